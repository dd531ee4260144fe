"""The proof of each stage, with gaps computed by us from values and bounds."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.schema import Cost, CutCertificate, Proof
from planner.plan.site import PlacedHall
from planner.sizing.answer import Settled
from planner.sizing.data import Cut
from planner.sizing.objective import UNPRICED
from planner.wording import sentence

UNITS = {
    "capex": "money", "tco": "money", "power": "W", "racks": "positions", "carbon": "kg CO2e", "lead-time": "weeks",
    UNPRICED: "products without a price",
}  # fmt: skip


def gap_of(objective: int, lower_bound: int) -> float:
    """(objective - bound) / objective; 0 when both are 0."""
    return round((objective - lower_bound) / objective, 9) if objective else 0.0


def proofs_of(settled: Settled, halls: list[PlacedHall], cost: Cost) -> Iterator[Proof]:
    """Sizing by objective, packing and floor by hall, and the whole plan."""
    certificates = tuple(certificate_of(cut) for cut in settled.cuts)
    for stage in settled.sizing.stages:
        bound = settled.bounds.get(stage.objective, 0)
        method = sentence("method.sizing")
        yield _proof("sizing", stage.objective, stage.value, bound, UNITS[stage.objective], method, certificates)
    for hall, packed in sorted(settled.packing.items()):
        own = tuple(CutCertificate(hall=hall, weights=dict(c.weights), z=dict(c.z)) for c in packed.certificates)
        method = sentence("method.packing")
        yield _proof("packing", hall, packed.cost, packed.lower_bound, "1000 x rack price + 1, per rack", method, own)
    for placed in halls:
        floor = placed.floor
        yield _proof("floor", placed.hall.id, floor.objective_mm, floor.lower_bound_mm, "mm of cable", floor.method)
    value, bound = plan_value(settled, cost)
    method = sentence("method.plan")
    rests_on: tuple[Cut, ...] = ()
    if settled.whole is not None and settled.whole.value > settled.bounds.get(main_objective(settled), 0):
        method = sentence("method.plan-every-pdu")
        rests_on = settled.whole.cuts
    own = tuple(certificate_of(cut) for cut in rests_on)
    yield _proof("plan", main_objective(settled), value, bound, UNITS[main_objective(settled)], method, own)


def certificate_of(cut: Cut) -> CutCertificate:
    """A certificate of packing as the plan carries it."""
    return CutCertificate(hall=cut.hall, weights=dict(cut.weights), z=dict(cut.z))


def _proof(
    stage: str, subject: str, value: int, bound: int, unit: str, method: str,
    certificates: tuple[CutCertificate, ...] = (),
) -> Proof:  # fmt: skip
    return Proof(
        stage=stage,  # type: ignore[arg-type]
        subject=subject,
        status="optimal" if value == bound else "feasible",
        objective=value,
        lower_bound=bound,
        gap=gap_of(value, bound),
        unit=unit,
        method=method,
        certificates=certificates,
    )


def main_objective(settled: Settled) -> str:
    """The first objective that the request names."""
    return next(s.objective for s in settled.sizing.stages if s.objective != UNPRICED)


def plan_value(settled: Settled, cost: Cost) -> tuple[int, int]:
    """(final value, bound) of the first objective.

    Money is taken from the priced bill, positions from the racks that were packed, the rest from the counts.
    """
    name = main_objective(settled)
    stage = next(s for s in settled.sizing.stages if s.objective == name)
    value = {"capex": cost.capex.typical, "tco": cost.tco.typical, "racks": positions_used(settled)}.get(
        name, stage.value
    )
    return value, min(max(settled.bounds.get(name, 0), settled.whole.value if settled.whole else 0), value)


def positions_used(settled: Settled) -> int:
    """Positions of all new racks that were packed and of what stands on its own."""
    standing_racks = {kind.key for hall in settled.prepared.data.halls for kind in hall.classes if kind.standing}
    packed = sum(
        count
        for result in settled.packing.values()
        for pattern, count in result.patterns
        if pattern.rack not in standing_racks
    )
    return packed + sum(
        count * hall.items[key].positions
        for hall in settled.prepared.data.halls
        for standing in settled.sizing.standing[hall.key].values()
        for key, count in standing.items()
    )


PROVEN_GAP = 1e-5  # rounding of single prices to whole units of money stays below this


def proven(settled: Settled, halls: list[PlacedHall], cost: Cost) -> bool:
    """Whether no plan with these prices can be better: every stage closed, and the final value is the bound."""
    stages = [p for p in proofs_of(settled, halls, cost) if p.stage in ("sizing", "packing")]
    return all(p.status == "optimal" for p in stages) and plan_gap(settled, cost) < PROVEN_GAP


def plan_gap(settled: Settled, cost: Cost) -> float:
    """The plan's gap: (final value - sizing bound) / final value."""
    return gap_of(*plan_value(settled, cost))
