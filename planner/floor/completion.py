"""All other racks around hubs that stand, at least cost, by minimum-cost flow. Loads ortools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from planner.errors import TimeLimitReached
from planner.floor.counting import solve_counts
from planner.floor.data import RackGroup
from planner.floor.field import Field, Ints
from planner.floor.layout import Question, rows_hold
from planner.floor.rooms import Counts, row_rooms
from planner.floor.stand import Stand, at_slots
from planner.floor.swaps import open_slots, swapped_into_rows
from planner.floor.work import Work

NEAREST = 48
COUNTING = 0.2
ARCS_PER_UNIT = 400_000
BUNDLE_WORK = 0.0001
LEAST_WORK = 0.001
"""In units of about a second, as measured: arcs of a flow, classes of racks, and starting it."""


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
    swapped = None if stand is None else swapped_into_rows(question, field, stand, work)
    quotas = _within_limits(question, field, hubs, stand or (), work) if swapped is None else _per_row(field, swapped)
    return swapped if quotas is None else _around(question, field, hubs, quotas, work, nearest) or swapped


def _within_limits(question: Question, field: Field, hubs: Stand, wanted: Stand, work: Work) -> Counts | None:
    """Racks per row that keep feeds and rows within their limits beside these hubs, as near as can be to the wanted."""
    taken = {cell for _, index in hubs for cell in field.slots[index].cells}
    rooms = row_rooms(cell for index, cell in enumerate(question.ground.cells) if index not in taken)
    near, standing = _per_row(field, wanted), at_slots(field, hubs)
    limited = Work(min(COUNTING, work.left))
    try:
        return solve_counts(question.problem, question.others, rooms, standing=standing, near=near, work=limited)
    except TimeLimitReached:
        return None  # one of many layouts: another one may be easier
    finally:
        work.spend(limited.spent)


def _per_row(field: Field, stand: Stand) -> Counts:
    """How many racks of each class stand in each row, hubs left out."""
    counts: Counts = {}
    for rack, index in stand:
        if not rack.hub:
            key = rack, field.slots[index].stretch
            counts[key] = counts.get(key, 0) + 1
    return counts


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
        left = open_slots(field, free, width)
        bundles: list[_Bundle] = []
        for rack in racks:
            slots = field.allowed[rack][left[field.allowed[rack]]]
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
