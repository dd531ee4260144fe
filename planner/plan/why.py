"""Why this and not another: the decision of each workload, and the best plan with each other system family."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from planner.catalog.schema import System
from planner.errors import TimeLimitReached
from planner.explain.explanation import why_not
from planner.explain.wording import difference_of
from planner.packing.data import PackingInfeasible
from planner.plan.bill import Contents
from planner.plan.library import Library
from planner.plan.schema import Alternative, BillLine, Cost, Decision
from planner.request.workload import Domain
from planner.sizing.answer import Settled
from planner.sizing.apart import caps_of
from planner.sizing.items import SYSTEM, item_key
from planner.sizing.model import SizingInfeasible
from planner.sizing.objective import UNPRICED
from planner.sizing.question import Question
from planner.sizing.settle import settle_with
from planner.wording import joined, sentence


@dataclass(frozen=True)
class Sketch:
    """A settled answer with its bill and cost: what alternatives are compared by."""

    settled: Settled
    contents: Contents
    bill: tuple[BillLine, ...]
    cost: Cost
    design_w: int
    racks: int


def families(library: Library) -> dict[str, list[System]]:
    """System products by family, each by id."""
    found: dict[str, list[System]] = {}
    for system in library.catalog.of(System).values():
        found.setdefault(system.family, []).append(system)
    return dict(sorted(found.items()))


def decisions_of(question: Question, settled: Settled) -> list[Decision]:
    """Where each workload runs, on what, and what binds it."""
    decisions = []
    for workload in question.request.workloads:
        placed = settled.sizing.units.get(workload.id, ())
        if not placed:
            continue
        system = placed[0][1].removeprefix(f"{SYSTEM}/")
        need = next(n for n in question.needs if n.workload == workload.id and n.system == system)
        product = question.catalog.products.get(system)
        entries = settled.sizing.held.get(workload.id)
        most = need.units if entries is None else max(map(sum, zip(*(units for _, _, units in entries), strict=True)))
        decisions.append(
            Decision(
                workload=workload.id,
                location=" + ".join(sorted({place for place, _, _ in placed})),
                system=system,
                accelerators=most * need.unit_accelerators,
                why=joined(
                    [
                        _why(question, workload.id, product.name if product is not None else system),
                        *_kept_apart(settled, placed[0][1], getattr(workload, "keep_apart", None)),
                    ]
                ),
                binding=need.binding,
                headroom=sentence("decision.headroom", least=need.accelerators_p10, most=need.accelerators_p90),
            )
        )
    return decisions


def _kept_apart(settled: Settled, item: str, kind: Domain | None) -> Iterator[str]:
    """What keeps a workload apart, where it is."""
    for cap in caps_of(settled.prepared.data, settled.sizing):
        if (cap.kind, cap.item) == (kind, item):
            yield sentence("decision.kept-apart", domain=cap.kind, most=cap.most)


def _why(question: Question, workload: str, chosen: str) -> str:
    able = [n for n in question.needs if n.workload == workload and n.feasible]
    objective = question.request.policy.objective[0]
    return sentence("decision.why", system=chosen, objective=objective, able=len(able))


def alternatives_of(
    question: Question, library: Library, chosen: Sketch, sketch: Callable[[Settled], Sketch]
) -> Iterator[Alternative]:
    """One entry per system family: the chosen ones, then each other one solved the same way, till the run must end."""
    used = {c.product for c in chosen.contents.systems}
    for systems in families(library).values():
        mine = sorted(used & {s.id for s in systems})
        if mine:
            yield _entry(systems, mine, "chosen", sentence("why-not.chosen"), chosen)
        elif not question.deadline.over():
            try:
                yield _other(question, systems, chosen, sketch)
            except TimeLimitReached:
                if not question.deadline.stopped:
                    raise


def _other(
    question: Question, systems: list[System], chosen: Sketch, sketch: Callable[[Settled], Sketch]
) -> Alternative:
    names = [s.id for s in systems]
    rulings = [question.ruled_out("product", name) for name in names]
    if rulings[0] is not None and all(rulings):
        reason = sentence("why-not.rule", rule=rulings[0].rule, reason=rulings[0].reason)
        return Alternative(system=names[0], name=_name(systems), status="excluded", reason=reason)
    try:
        settled = settle_with(question, frozenset(item_key(name, SYSTEM) for name in names), chosen.settled)
    except (SizingInfeasible, PackingInfeasible):
        reason = why_not(question, names, chosen.settled.cuts)
        return Alternative(system=names[0], name=_name(systems), status="impossible", reason=reason)
    other = sketch(settled)
    mine = sorted({c.product for c in other.contents.systems} & set(names))
    told = joined([difference(question, chosen, other), *rests_on(question, mine)])
    return _entry(systems, mine, "possible", told, other)


def rests_on(question: Question, names: list[str]) -> Iterator[str]:
    """What a reader must know of a system before comparing: who operates it, and which figures are not the maker's."""
    policy = question.request.policy
    for name in names:
        system = question.catalog.get(name, System)
        if system.operator:
            yield sentence("why-not.operated", operator=system.operator)
        if name in policy.assumed_power_w and not system.power_design_w.known:
            yield sentence("why-not.own-power", power=policy.assumed_power_w[name])
            if system.chip_floor_w.value is not None:
                yield sentence("why-not.chips-alone", power=system.chip_floor_w.value)


def difference(question: Question, chosen: Sketch, other: Sketch) -> str:
    """What makes another plan worse than the chosen one, in the first objective and in what else is larger."""
    comparable = not unpriced_mains(other) and not unpriced_mains(chosen)
    return difference_of(
        other.cost.tco.typical - chosen.cost.tco.typical if comparable else 0,
        other.design_w - chosen.design_w,
        other.racks - chosen.racks,
        question.request.currency,
    )


def unpriced_mains(sketch: Sketch) -> list[str]:
    """Systems and storage of a plan without a price: its cost cannot be compared."""
    return sorted({x.product for x in sketch.bill if x.group in ("systems", "storage") and x.extended is None})


def _name(systems: list[System]) -> str:
    return systems[0].name if len(systems) == 1 else sentence("name.more", first=systems[0].name, n=len(systems) - 1)


def _names(names: list[str]) -> str:
    return sentence("name.and", names=names) if len(names) > 1 else "".join(names)


def _entry(
    systems: list[System], mine: list[str], status: Literal["chosen", "possible"], reason: str, sketch: Sketch
) -> Alternative:
    by_id = {s.id: s for s in systems}
    counted = [c for c in sketch.contents.systems if c.product in mine]
    leads = [weeks for line in sketch.bill if (weeks := line.lead_time_weeks) is not None]
    unpriced = unpriced_mains(sketch)
    if unpriced and status == "possible":
        reason = sentence("why-not.unpriced", products=unpriced, reason=reason)
    return Alternative(
        system=mine[0] if mine else systems[0].id,
        name=_names([by_id[name].name for name in mine]) or _name(systems),
        status=status,
        reason=reason,
        objective=None if unpriced else next(s.value for s in sketch.settled.sizing.stages if s.objective != UNPRICED),
        capex=None if unpriced else sketch.cost.capex,
        quote_required=sketch.cost.lines_without_price,
        tco=None if unpriced else sketch.cost.tco,
        power_design_w=sketch.design_w,
        racks=sketch.racks,
        systems=sum(c.count for c in counted),
        accelerators=sum(c.accelerators for c in counted),
        lead_time_weeks=max(leads, default=None),
    )
