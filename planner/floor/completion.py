"""All other racks around hubs that stand, at least cost, by minimum-cost flow. Loads ortools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from planner.errors import TimeLimitReached
from planner.floor.counting import solve_counts
from planner.floor.data import RackGroup
from planner.floor.field import Field, Ints, Mask
from planner.floor.layout import Placed, Question, rows_hold
from planner.floor.rooms import Counts, row_rooms
from planner.floor.work import Work

NEAREST = 48
ARCS_PER_UNIT = 400_000
BUNDLE_WORK = 0.0001
LEAST_WORK = 0.001
"""In units of about a second, as measured: arcs of a flow, classes of racks, and starting it."""


Stand = tuple[tuple[RackGroup, int], ...]
"""Racks with the slots they stand on, hubs first."""


@dataclass(frozen=True)
class _Bundle:
    """Racks of one class that must stand on these slots; `far` are the distances to their hub."""

    rack: RackGroup
    count: int
    slots: Ints
    far: Ints


def complete(question: Question, field: Field, hubs: Stand, work: Work, nearest: int = NEAREST) -> Stand | None:
    """The racks around these hubs: exact for racks of one position while rows allow it; None when it finds no way.

    Each class looks at its `nearest` slots first, at all where those do not suffice. Racks of two positions stand
    first, on pairs counted from the left of each run of free positions.
    """
    stand = _around(question, field, hubs, None, work, nearest)
    if not question.rows_matter or (stand is not None and rows_hold(question, at_slots(field, stand))):
        return stand
    quotas = _within_limits(question, field, hubs, stand or ())
    return None if quotas is None else _around(question, field, hubs, quotas, work, nearest)


def at_slots(field: Field, stand: Stand) -> Placed:
    """The same racks with their slots in full."""
    return tuple((rack, field.slots[index]) for rack, index in stand)


def _within_limits(question: Question, field: Field, hubs: Stand, wanted: Stand) -> Counts | None:
    """Racks per row that keep feeds and rows within their limits beside these hubs, as near as can be to the wanted."""
    taken = {cell for _, index in hubs for cell in field.slots[index].cells}
    rooms = row_rooms(cell for index, cell in enumerate(question.ground.cells) if index not in taken)
    near: Counts = {}
    for rack, index in wanted:
        near[rack, field.slots[index].stretch] = near.get((rack, field.slots[index].stretch), 0) + 1
    standing = at_slots(field, hubs)
    try:
        return solve_counts(question.problem, question.others, rooms, standing=standing, near=near)
    except TimeLimitReached:
        return None  # one of many layouts: another one may be easier


def _around(
    question: Question, field: Field, hubs: Stand, quotas: Counts | None, work: Work, nearest: int
) -> Stand | None:
    free = np.ones(field.cells, dtype=bool)
    for _, index in hubs:
        free[[*field.slots[index].cells]] = False
    hubs_of: dict[str, list[int]] = {}
    for rack, index in hubs:
        hubs_of.setdefault(rack.group, []).append(index)
    stand = list(hubs)
    for width in (2, 1):
        racks = [rack for rack in question.others if rack.positions == width]
        if not racks:
            continue
        open_slots = _open_slots(field, free, width)
        bundles: list[_Bundle] = []
        for rack in racks:
            slots = field.allowed[rack][open_slots[field.allowed[rack]]]
            target = question.target[rack]
            near = np.array(hubs_of.get(target, []) if target is not None else [], dtype=np.int64)
            if rack.reach_mm is not None and rack.cables and len(near):
                slots = slots[field.farthest_from(near, slots) <= rack.reach_mm]
            far = field.far_from(near, slots) if len(near) else np.zeros(len(slots), dtype=np.int64)
            bundles.extend(_bundles(field, rack, slots, far, quotas))
        found = _flow(bundles, len(field.slots), nearest, work)
        if found is None:
            return None
        stand.extend(found)
        for _, index in found:
            free[[*field.slots[index].cells]] = False
    return tuple(stand)


def _open_slots(field: Field, free: Mask, width: int) -> Mask:
    """Which slots of one width are free; of pairs, disjoint ones from the left of each run."""
    if width == 1:
        return np.asarray((field.first == field.last) & free[field.first], dtype=bool)
    found = np.zeros(len(field.slots), dtype=bool)
    last = -1
    for index in np.nonzero((field.first < field.last) & free[field.first] & free[field.last])[0]:
        if field.first[index] > last:
            found[index], last = True, field.last[index]
    return found


def _bundles(field: Field, rack: RackGroup, slots: Ints, far: Ints, quotas: Counts | None) -> list[_Bundle]:
    if quotas is None:
        return [_Bundle(rack, rack.count, slots, far)]
    rows = [field.slots[index].stretch for index in slots]
    bundles: list[_Bundle] = []
    for (kind, row), count in sorted(quotas.items(), key=lambda entry: entry[0][1]):
        if kind == rack:
            here = np.array([name == row for name in rows], dtype=bool)
            bundles.append(_Bundle(rack, count, slots[here], far[here]))
    return bundles


def _flow(bundles: Sequence[_Bundle], slots: int, first: int, work: Work) -> list[tuple[RackGroup, int]] | None:
    """Each rack on a slot, the sum of cables x distance least over the nearest slots of each class, or over all."""
    for nearest in (first, slots):
        found = _flow_over(bundles, slots, nearest, work)
        if found is not None:
            return found
    return None


def _flow_over(bundles: Sequence[_Bundle], slots: int, nearest: int, work: Work) -> list[tuple[RackGroup, int]] | None:
    tails, heads, costs = [], [], []
    for node, bundle in enumerate(bundles):
        keep = np.arange(len(bundle.slots))
        if bundle.rack.cables and len(keep) > max(nearest, 3 * bundle.count):
            keep = np.argsort(bundle.far, kind="stable")[: max(nearest, 3 * bundle.count)]
        tails.append(np.full(len(keep), node, dtype=np.int64))
        heads.append(len(bundles) + bundle.slots[keep])
        costs.append(bundle.rack.cables * bundle.far[keep])
    tail, head, cost = np.concatenate(tails), np.concatenate(heads), np.concatenate(costs)
    used = np.unique(head)
    sink = len(bundles) + slots
    flow = SimpleMinCostFlow()
    ones = np.ones(len(tail), dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(tail, head, ones, cost)
    flow.add_arcs_with_capacity_and_unit_cost(
        used, np.full(len(used), sink), np.ones(len(used), dtype=np.int64), np.zeros(len(used), dtype=np.int64)
    )
    supply = np.array([bundle.count for bundle in bundles], dtype=np.int64)
    flow.set_nodes_supplies(np.arange(len(bundles)), supply)
    flow.set_node_supply(sink, -int(supply.sum()))
    work.spend(LEAST_WORK + len(bundles) * BUNDLE_WORK + len(tail) / ARCS_PER_UNIT)
    if flow.solve() != flow.OPTIMAL:
        return None
    carried = np.nonzero(flow.flows(np.arange(len(tail))))[0]
    return [(bundles[tail[arc]].rack, int(head[arc]) - len(bundles)) for arc in carried]
