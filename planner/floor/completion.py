"""All other racks around hubs that stand, at least cost, by minimum-cost flow. Loads ortools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from planner.floor.counting import solve_counts
from planner.floor.data import RackGroup
from planner.floor.field import Field, Ints
from planner.floor.layout import Layout, Placed, Question, feeds_hold
from planner.floor.rooms import Counts, row_rooms
from planner.floor.work import Work

NEAREST = 48
ARCS_PER_UNIT = 400_000


@dataclass(frozen=True)
class _Bundle:
    """Racks of one class that must stand on these slots; `far` are the distances to their hub."""

    rack: RackGroup
    count: int
    slots: Ints
    far: Ints


def complete(question: Question, field: Field, layout: Layout, work: Work) -> Placed | None:
    """The racks around these hubs: exact for racks of one position while feeds allow it; None when it finds no way.

    Racks of two positions stand first, on pairs counted from the left of each run of free positions.
    """
    placed = _around(question, field, layout, None, work)
    if placed is not None and (not question.power_depends_on_rows or feeds_hold(question, placed)):
        return placed
    if not question.power_depends_on_rows:
        return None
    quotas = _within_feeds(question, layout, placed or ())
    return None if quotas is None else _around(question, field, layout, quotas, work)


def _within_feeds(question: Question, layout: Layout, wanted: Placed) -> Counts | None:
    """Racks per row that keep every feed within its rating beside these hubs, as near as can be to those wanted."""
    taken = {cell for _, slot in layout for cell in slot.cells}
    rooms = row_rooms(cell for index, cell in enumerate(question.ground.cells) if index not in taken)
    near: Counts = {}
    for rack, slot in wanted:
        near[rack, slot.row] = near.get((rack, slot.row), 0) + 1
    standing = [(rack, slot.feeds, 1) for rack, slot in layout]
    return solve_counts(question.problem, question.others, rooms, standing=standing, near=near)


def _around(question: Question, field: Field, layout: Layout, quotas: Counts | None, work: Work) -> Placed | None:
    taken = np.zeros(field.cells, dtype=bool)
    for _, slot in layout:
        taken[list(slot.cells)] = True
    placed = list(layout)
    for width in (2, 1):
        racks = [rack for rack in question.others if rack.positions == width]
        if not racks:
            continue
        free = _free_slots(field, taken, width)
        bundles = [bundle for rack in racks for bundle in _bundles(question, field, layout, rack, free, quotas)]
        stand = _flow(bundles, len(field.slots), work)
        if stand is None:
            return None
        for rack, index in stand:
            placed.append((rack, field.slots[index]))
            taken[list(field.slots[index].cells)] = True
    return tuple(placed)


def _free_slots(field: Field, taken: np.ndarray[tuple[int], np.dtype[np.bool_]], width: int) -> Ints:
    """Slots of one width on free cells; of pairs, disjoint ones."""
    free: list[int] = []
    last = -1
    for index, slot in enumerate(field.slots):
        if len(slot.cells) == width and not taken[list(slot.cells)].any() and slot.cells[0] > last:
            free.append(index)
            last = slot.cells[-1]
    return np.array(free, dtype=np.int64)


def _bundles(
    question: Question, field: Field, layout: Layout, rack: RackGroup, free: Ints, quotas: Counts | None
) -> list[_Bundle]:
    group = question.target[rack]
    hubs = [slot for hub, slot in layout if hub.group == group]
    far = np.zeros(len(free), dtype=np.int64)
    if hubs and group is not None:
        places = [field.slots[index] for index in free]
        x = np.array([slot.x_mm for slot in places], dtype=np.int64)
        y = np.array([slot.y_mm for slot in places], dtype=np.int64)
        far = np.min([np.abs(x - hub.x_mm) + np.abs(y - hub.y_mm) for hub in hubs], axis=0)
    rows = np.array([field.slots[index].row for index in free])
    wanted: Mapping[frozenset[str], int] = {rack.rows: rack.count}
    if quotas is not None:
        wanted = {frozenset({row}): count for (kind, row), count in quotas.items() if kind == rack}
    bundles: list[_Bundle] = []
    for names, count in sorted(wanted.items(), key=lambda entry: sorted(entry[0])):
        here = np.isin(rows, sorted(names))
        bundles.append(_Bundle(rack, count, free[here], far[here]))
    return bundles


def _flow(bundles: Sequence[_Bundle], slots: int, work: Work) -> list[tuple[RackGroup, int]] | None:
    """Each rack on a slot, the sum of cables x distance least over the nearest slots of each class, or over all."""
    for nearest in (NEAREST, slots):
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
    work.spend(len(tail) / ARCS_PER_UNIT)
    if flow.solve() != flow.OPTIMAL:
        return None
    carried = np.nonzero(flow.flows(np.arange(len(tail))))[0]
    return [(bundles[tail[arc]].rack, int(head[arc]) - len(bundles)) for arc in carried]
