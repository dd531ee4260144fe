"""A choice of slots for all hubs, and what every other rack then pays at every slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from planner.facility.tree_loads import NodeRoom, node_rooms, tree_of
from planner.floor.data import COMMON, FloorProblem, Placement, RackGroup, hub_group, merged
from planner.floor.feeds import overload, total_loads
from planner.floor.slots import Ground, Slot, distance_mm

Layout = tuple[tuple[RackGroup, Slot], ...]
"""Every hub rack at its slot."""

Placed = tuple[tuple[RackGroup, Slot], ...]


@dataclass(frozen=True)
class Question:
    """A problem made ready: its free ground, racks in order, and whom each of them cables to."""

    problem: FloorProblem
    ground: Ground
    hubs: tuple[RackGroup, ...]
    others: tuple[RackGroup, ...]
    target: Mapping[RackGroup, str | None]
    rooms: tuple[NodeRoom, ...]

    @property
    def rows_matter(self) -> bool:
        """Whether it counts in which row a rack stands: rows differ in feeds, or have limits of their own."""
        return bool(self.problem.limits) or len({cell.feeds for cell in self.ground.cells}) > 1


def question_of(problem: FloorProblem, ground: Ground) -> Question:
    """The problem with its racks split into hubs and others."""
    racks = merged(problem.racks)
    return Question(
        problem,
        ground,
        tuple(rack for rack in racks if rack.hub),
        tuple(rack for rack in racks if not rack.hub),
        {rack: hub_group(racks, rack) for rack in racks},
        node_rooms(tree_of(problem.hall), (cell.feeds for cell in ground.cells)),
    )


def layouts_at_most(question: Question) -> int:
    """How many layouts there are, overlapping ones counted too."""
    product = 1
    for rack in question.hubs:
        product *= comb(len(question.ground.slots_for(rack)), rack.count)
    return product


def layouts(question: Question) -> Iterator[Layout]:
    """Every layout in which no two hubs overlap. Of groups that are alike, one order of their hubs is enough."""
    alike = _alike_before(question)
    chosen: list[tuple[RackGroup, tuple[Slot, ...]]] = []

    def choose(index: int, taken: frozenset[int]) -> Iterator[Layout]:
        if index == len(question.hubs):
            yield tuple((rack, slot) for rack, slots in chosen for slot in slots)
            return
        rack = question.hubs[index]
        free = [slot for slot in question.ground.slots_for(rack) if not taken.intersection(slot.cells)]
        twin = alike.get(index)
        for slots in combinations(free, rack.count):
            cells = [cell for slot in slots for cell in slot.cells]
            if len(set(cells)) < len(cells):
                continue
            if twin is not None and slots[0].cells < chosen[twin][1][0].cells:
                continue
            chosen.append((rack, slots))
            yield from choose(index + 1, taken.union(cells))
            chosen.pop()

    yield from choose(0, frozenset())


def _alike_before(question: Question) -> dict[int, int]:
    """For the only hub of a group: the index of the hub before it whose group is the same in all but name."""
    last: dict[object, int] = {}
    before: dict[int, int] = {}
    for index, rack in enumerate(question.hubs):
        group = [r for r in (*question.hubs, *question.others) if r.group == rack.group]
        if rack.group == COMMON or sum(r.hub for r in group) != 1:
            continue
        kind = tuple(
            (r.hub, r.pattern, r.count, r.positions, r.rows, r.cables, r.design_w, r.peak_w, r.reach_mm) for r in group
        )
        if kind in last:
            before[index] = last[kind]
        last[kind] = index
    return before


def hub_cost_mm(question: Question, layout: Layout) -> int:
    """Cables of the hubs themselves, to the nearest hub of the hall."""
    common = [slot for rack, slot in layout if rack.group == COMMON]
    return sum(
        rack.cables * min(distance_mm(slot, hub) for hub in common)
        for rack, slot in layout
        if question.target[rack] is not None
    )


def distances_mm(layout: Layout, group: str | None, slots: Iterable[Slot]) -> list[int]:
    """Distance of every slot to the nearest hub of a group; 0 without a group."""
    hubs = [slot for rack, slot in layout if rack.group == group] if group is not None else []
    if len(hubs) == 1:
        x, y = hubs[0].x_mm, hubs[0].y_mm
        return [abs(slot.x_mm - x) + abs(slot.y_mm - y) for slot in slots]
    return [min((distance_mm(slot, hub) for hub in hubs), default=0) for slot in slots]


def beyond_reach_mm(layout: Layout, group: str | None, rack: RackGroup, slots: Iterable[Slot]) -> list[int]:
    """By how much each slot is too far from the farthest hub of a group for the cables of a rack; 0 within reach."""
    hubs = [slot for hub, slot in layout if hub.hub and hub.group == group] if group is not None else []
    if rack.reach_mm is None or not rack.cables:
        return [0 for _ in slots]
    return [max(0, max((distance_mm(slot, hub) for hub in hubs), default=0) - rack.reach_mm) for slot in slots]


def worst_reach(question: Question, placed: Placed) -> tuple[RackGroup, int] | None:
    """The rack that is farthest beyond its reach, and by how many mm; None: all are within."""
    hubs = tuple(entry for entry in placed if entry[0].hub)
    over = [
        (beyond, n)
        for n, (rack, slot) in enumerate(placed)
        if not rack.hub and (beyond := beyond_reach_mm(hubs, question.target[rack], rack, (slot,))[0])
    ]
    return (placed[max(over)[1]][0], max(over)[0]) if over else None


def lower_bound_mm(question: Question, layout: Layout) -> int:
    """No placement with these hubs costs less: in every group the racks with the most cables take the nearest slots.

    Rows, feeds and other groups are left out; sorting both sides is best by the rearrangement inequality.
    """
    taken = {cell for _, slot in layout for cell in slot.cells}
    bound = hub_cost_mm(question, layout)
    for width in (1, 2):
        free = [slot for slot in question.ground.by_width[width] if not taken.intersection(slot.cells)]
        for group in sorted({t for r in question.others if (t := question.target[r]) is not None}):
            racks = [r for r in question.others if question.target[r] == group and r.positions == width and r.cables]
            if racks:
                bound += rearranged(racks, least_apart(free, distances_mm(layout, group, free)))
    return bound


def least_apart(slots: Sequence[Slot], far: Sequence[int]) -> list[int]:
    """The least distances, ascending, that slots without a common position can have; one by one no choice has less.

    Pairs next to each other share positions: of so many in a block every other one counts.
    """
    order = sorted(range(len(slots)), key=lambda n: (far[n], slots[n].cells))
    length: dict[int, int] = {}  # of blocks of overlapping pairs, at the first cell of their first and last pair
    found: list[int] = []
    for n in order:
        cell = slots[n].cells[0]
        wide = len(slots[n].cells) > 1
        before, after = (length.get(cell - 1, 0), length.get(cell + 1, 0)) if wide else (0, 0)
        whole = before + 1 + after
        if (whole + 1) // 2 > (before + 1) // 2 + (after + 1) // 2:
            found.append(far[n])
        if wide:
            length[cell - before] = length[cell + after] = length[cell] = whole
    return found


def rearranged(racks: Sequence[RackGroup], ascending: Sequence[int]) -> int:
    """The least sum of cables x distance: most cables with the least distance."""
    total, at = 0, 0
    for rack in sorted(racks, key=lambda r: -r.cables):
        total += rack.cables * sum(ascending[at : at + rack.count])
        at += rack.count
    return total


def rows_hold(question: Question, placed: Placed) -> bool:
    """Whether every feed survives every state, and every limit of rows holds, with these racks at these slots."""
    for limit in question.problem.limits:
        if sum(limit.of(rack) for rack, slot in placed if slot.stretch in limit.rows) > limit.most:
            return False
    loads = total_loads((rack, slot.feeds, 1) for rack, slot in placed)
    return overload(question.problem.hall, loads) is None


def placements(placed: Placed) -> tuple[Placement, ...]:
    """The racks in the order of the hall's positions."""
    ordered = sorted(placed, key=lambda entry: entry[1].cells)
    return tuple(Placement(rack.pattern, slot.row, slot.numbers, rack.group, rack.hub) for rack, slot in ordered)
