"""The rules of the power tree for CP-SAT: no source, feed or panel carries too much in any state."""

from __future__ import annotations

from collections.abc import Mapping

from ortools.sat.python import cp_model

from planner.sizing.data import HallData, NodeLimit, PositionClass
from planner.sizing.limits import PEAK, POWER, Limit, Relaxation
from planner.sizing.variables import Expr, Variables, total

PER_MILLE = 1000


def load_of(hall: HallData, place: PositionClass, of: str, v: Variables) -> Expr:
    """The sum of one number over everything in one position class, racks included."""
    pieces = [
        v.placed[hall.key, place.key, key] * getattr(item, of)
        for key, item in sorted(hall.items.items())
        if getattr(item, of) and (hall.key, place.key, key) in v.placed
    ]
    return total([*pieces, v.racks[hall.key, place.key] * getattr(place.rack, of)])


def nodes_survive_a_loss(model: cp_model.CpModel, hall: HallData, v: Variables, relaxation: Relaxation) -> None:
    """Design load fits what each node carries continuously in each state, and peak load its nameplate.

    Where the hall's power is measured, every node grows by the same part as the hall does; where breakers are, by the
    same part of the peak.
    """
    design = {place.key: load_of(hall, place, "design_w", v) for place in hall.classes}
    peak = {place.key: load_of(hall, place, "peak_w", v) for place in hall.classes}
    power, breakers = Limit(POWER, hall.key), Limit(PEAK, hall.key)
    if power in relaxation.dropped:
        return
    for node in hall.nodes:
        growth = v.excess[power] if power in relaxation.measured else None
        _fits(model, node, design, node.design_w, growth, hall.survivable_w)
        if breakers in relaxation.dropped:
            continue
        if growth is None and breakers in relaxation.measured:
            growth = v.excess[breakers]
        _fits(model, node, peak, node.peak_w, growth, hall.nameplate_w)


def _fits(
    model: cp_model.CpModel,
    node: NodeLimit,
    loads: Mapping[str, Expr],
    limit_w: int,
    growth: cp_model.IntVar | None,
    hall_w: int,
) -> None:
    """The node's part of every class's load is within its limit; `growth` is what the hall's limit grows by, in W."""
    carried = total(loads[key] * part for key, part in node.parts)
    if growth is None:
        model.add(carried <= node.scale * limit_w)
        return
    part = PER_MILLE * max(limit_w, 0) // hall_w if hall_w else PER_MILLE
    model.add(carried * PER_MILLE <= PER_MILLE * node.scale * limit_w + node.scale * part * growth)
