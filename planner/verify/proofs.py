"""Proofs: bounds below what they bound, gaps by our own arithmetic."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.schema import Proof
from planner.verify.subject import Broken, Rule, Subject, differs

TOLERANCE = 1e-9


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
    """There is one proof of the whole plan, and the first page repeats its gap and status."""
    proofs = [proof for proof in subject.plan.proofs if proof.stage == "plan"]
    yield from differs("proofs", "proofs of the whole plan", len(proofs), 1)
    if len(proofs) == 1:
        headline = subject.plan.headline
        if abs(headline.gap - proofs[0].gap) > TOLERANCE:
            yield from differs("headline", "gap", headline.gap, proofs[0].gap)
        status = "optimal" if proofs[0].lower_bound == proofs[0].objective else "feasible"
        yield from differs("headline", "status", headline.status, status)


def sizing_bounds_the_plan(subject: Subject) -> Iterator[Broken]:
    """The bound of the whole plan is not above the bound that sizing proved for the same objective."""
    plan = whole_plan(subject)
    sizing = [p for p in subject.plan.proofs if p.stage == "sizing" and plan is not None and p.subject == plan.subject]
    for proof in sizing:
        if plan is not None and plan.lower_bound > proof.lower_bound:
            text = f"its lower bound {plan.lower_bound:,} is above the {proof.lower_bound:,} that sizing proved"
            yield Broken(f"plan, {plan.subject}", text)


RULES: tuple[Rule, ...] = (gaps_are_computed_from_their_bounds, the_plan_states_one_gap, sizing_bounds_the_plan)
