"""Proofs: bounds below what they bound, gaps by our own arithmetic."""

from __future__ import annotations

from collections.abc import Iterator

from planner import money
from planner.plan.schema import Proof
from planner.verify.subject import Broken, Rule, Subject, differs

TOLERANCE = 1e-9
PROVEN_GAP = 1e-5  # rounding of single prices to whole units of money stays below this
UNPRICED = "unpriced"  # systems without a price come last where money decides


def gap_of(objective: int, lower_bound: int) -> float:
    """(objective - lower bound) / objective; 0 when both are 0."""
    return (objective - lower_bound) / objective if objective else 0.0


def gaps_are_computed_from_their_bounds(subject: Subject) -> Iterator[Broken]:
    """A lower bound is not above its objective nor below 0; the gap and the status follow from the two."""
    for proof in subject.plan.proofs:
        place = f"{proof.stage}, {proof.subject}"
        if not 0 <= proof.lower_bound <= proof.objective:
            yield Broken(place, f"lower bound {proof.lower_bound:,}, objective {proof.objective:,}")
        gap = gap_of(proof.objective, proof.lower_bound)
        if abs(proof.gap - gap) > TOLERANCE:
            yield from differs(place, "gap", proof.gap, gap)
        if (proof.status == "optimal") != (proof.lower_bound == proof.objective):
            yield Broken(place, f'status "{proof.status}" at a gap of {gap:.4%}')


def whole_plan(subject: Subject) -> Proof | None:
    """The proof of the whole plan."""
    return next((proof for proof in subject.plan.proofs if proof.stage == "plan"), None)


def the_plan_states_one_gap(subject: Subject) -> Iterator[Broken]:
    """There is one proof of the whole plan, and the first page repeats its gap.

    The first page says "optimal" only when sizing and packing are proven optimal and the final value is the bound,
    but for the rounding of single prices.
    """
    proofs = [proof for proof in subject.plan.proofs if proof.stage == "plan"]
    yield from differs("proofs", "proofs of the whole plan", len(proofs), 1)
    headline = subject.plan.headline
    if len(proofs) == 1 and abs(headline.gap - proofs[0].gap) > TOLERANCE:
        yield from differs("headline", "gap", headline.gap, proofs[0].gap)
    stages = [proof for proof in subject.plan.proofs if proof.stage in ("sizing", "packing")]
    proven = all(proof.lower_bound == proof.objective for proof in stages)
    proven = proven and all(gap_of(proof.objective, proof.lower_bound) < PROVEN_GAP for proof in proofs)
    yield from differs("headline", "status", headline.status, "optimal" if proven else "feasible")


def the_plan_proves_its_own_objective(subject: Subject) -> Iterator[Broken]:
    """The value that the plan's proof bounds is the one that the plan has, and the request's first objective."""
    plan = whole_plan(subject)
    if plan is None:
        return
    yield from differs("plan", "objective", plan.subject, subject.plan.inputs.objective[0])
    value = {
        "capex": subject.plan.cost.capex.typical,
        "tco": subject.plan.cost.tco.typical,
        "power": sum(hall.design_w for hall in subject.plan.power),
        "racks": sum(len(rack.positions) for rack in subject.plan.racks if not subject.added_to(rack)),
    }.get(plan.subject)
    if value is not None:
        yield from differs("plan", plan.subject, plan.objective, value)


def every_stage_is_proven(subject: Subject) -> Iterator[Broken]:
    """Sizing has a proof for each objective, packing for each hall with filled racks, the floor for each with any."""
    plan = subject.plan
    by_stage = {stage: [p.subject for p in plan.proofs if p.stage == stage] for stage in ("sizing", "packing", "floor")}
    sizing = [name for name in by_stage["sizing"] if name != UNPRICED]
    yield from differs("proofs", "objectives of sizing", sizing, list(plan.inputs.objective))
    halls = {rack.hall for rack in plan.racks}
    filled = {rack.hall for rack in plan.racks if subject.pattern_of(rack).system is None}
    yield from differs("proofs", "halls of packing", sorted(by_stage["packing"]), sorted(filled))
    yield from differs("proofs", "halls of the floor", sorted(by_stage["floor"]), sorted(halls))


def sizing_bounds_the_plan(subject: Subject) -> Iterator[Broken]:
    """The bound of the whole plan is not above the bound that sizing proved for the same objective.

    Sizing leaves out what PDUs beyond one on each feed cost, where racks have no price; the plan's bound may not.
    """
    plan = whole_plan(subject)
    sizing = [p for p in subject.plan.proofs if p.stage == "sizing" and plan is not None and p.subject == plan.subject]
    for proof in sizing:
        if plan is None or plan.lower_bound <= proof.lower_bound:
            continue
        if plan.lower_bound > proof.objective + price_of_further_pdus(subject):
            text = f"its lower bound {plan.lower_bound:,} is above the {proof.lower_bound:,} that sizing proved"
            yield Broken(f"plan, {plan.subject}", text)


def price_of_further_pdus(subject: Subject) -> int:
    """What the PDUs beyond one on each feed of every rack cost, in whole units; those without a price cost nothing."""
    total = 0
    for rack in subject.plan.racks:
        pattern, feeds = subject.pattern_of(rack), len(subject.places[rack.hall].row(rack.row).feeds)
        for name, count in pattern.pdus.items():
            entry = subject.catalog.prices.find(name)
            if entry is not None and count > feeds:
                total += money.whole(money.unit_price(entry, subject.request).typical * (count - feeds))
    return total


RULES: tuple[Rule, ...] = (
    gaps_are_computed_from_their_bounds,
    the_plan_states_one_gap,
    the_plan_proves_its_own_objective,
    every_stage_is_proven,
    sizing_bounds_the_plan,
)
