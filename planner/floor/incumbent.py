"""The best placement so far: hubs as the bound suggests, other racks flowed around them, hubs moved within their tiles."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from planner.floor.completion import complete
from planner.floor.data import COMMON, RackGroup
from planner.floor.exact import cost_mm
from planner.floor.field import Field, Ints
from planner.floor.layout import Layout, Placed, Question, feeds_hold
from planner.floor.pricing import Choice
from planner.floor.work import Work

FREE_NEIGHBOURS = 6


class Incumbent:
    """Keeps the best feasible placement and its cost in mm."""

    def __init__(self, question: Question, field: Field, standing: Placed, work: Work) -> None:
        self.question, self.field, self.work = question, field, work
        self.placed = standing
        self.cost_mm = cost_mm(question, hubs_of(standing), standing)
        self._index = {slot: number for number, slot in enumerate(field.slots)}
        self._seen: set[tuple[int, ...]] = set()

    def try_choice(self, choice: Choice) -> None:
        """Improve on the hubs that the bound has chosen."""
        layout = self._layout_of(choice)
        if layout is not None:
            self.try_layout(layout)

    def try_layout(self, layout: Layout) -> None:
        """Complete the layout, move hubs to the middle of what cables to them, and repeat while that helps."""
        best: int | None = None
        while not self.work.over():
            key = tuple(self._index[slot] for _, slot in layout)
            if key in self._seen:
                return
            self._seen.add(key)
            placed = complete(self.question, self.field, layout, self.work)
            if placed is None:
                return
            cost = cost_mm(self.question, layout, placed)
            if cost < self.cost_mm and feeds_hold(self.question, placed):
                self.placed, self.cost_mm = placed, cost
            if best is not None and cost >= best:
                return
            best = cost
            layout = self._centred(layout, placed)

    def _layout_of(self, choice: Choice) -> Layout | None:
        """Hub racks on the chosen slots; where two overlap, the later one goes to the nearest slot left."""
        pieces = self.question.hubs
        taken = np.zeros(self.field.cells, dtype=bool)
        layout: list[tuple[RackGroup, int]] = []
        wanted: dict[str, list[int]] = {COMMON: choice.common_hubs.tolist()}
        for kind, hubs in zip(self.field.kinds, choice.hubs, strict=True):
            wanted.update(_by_group(self.field, kind.groups, kind.hubs, hubs))
        for rack in pieces:
            for _ in range(rack.count):
                options = wanted.get(rack.group, [])
                at = self._free_near(rack, options.pop(0) if options else None, taken)
                if at is None:
                    return None
                layout.append((rack, at))
                taken[list(self.field.slots[at].cells)] = True
        return tuple((rack, self.field.slots[at]) for rack, at in layout)

    def _free_near(
        self, rack: RackGroup, near: int | None, taken: np.ndarray[tuple[int], np.dtype[np.bool_]]
    ) -> int | None:
        allowed = [
            index
            for index, slot in enumerate(self.field.slots)
            if len(slot.cells) == rack.positions and slot.row in rack.rows and not taken[list(slot.cells)].any()
        ]
        if near is None or near in allowed:
            return near if near is not None else next(iter(allowed), None)
        return min(allowed, key=lambda index: (self._far(near, index), index), default=None)

    def _far(self, one: int, other: int) -> int:
        distance = int(self.field.distance[one, other])
        return 0 if distance == self.field.far else distance

    def _centred(self, layout: Layout, placed: Placed) -> Layout:
        """Each hub at the slot, among its own racks' and the nearest free ones, with the shortest cables."""
        held = {cell for _, slot in placed for cell in slot.cells}
        free = np.array([n for n, slot in enumerate(self.field.slots) if held.isdisjoint(slot.cells)], dtype=np.int64)
        served: dict[int, list[tuple[int, int]]] = {number: [] for number in range(len(layout))}
        for rack, slot in placed:
            number = self._nearest_hub(layout, rack, self._index[slot])
            if number is not None:
                served[number].append((self._index[slot], rack.cables))
        taken: set[int] = set()
        moved: list[tuple[RackGroup, int]] = []
        for number, (rack, slot) in enumerate(layout):
            at = self._middle(rack, self._index[slot], served[number], free, taken, layout)
            taken.update(self.field.slots[at].cells)
            moved.append((rack, at))
        if len({cell for _, at in moved for cell in self.field.slots[at].cells}) < sum(r.positions for r, _ in moved):
            return layout
        return tuple((rack, self.field.slots[at]) for rack, at in moved)

    def _nearest_hub(self, layout: Layout, rack: RackGroup, at: int) -> int | None:
        target = self.question.target[rack]
        if target is None or not rack.cables:
            return None
        hubs = [number for number, (hub, _) in enumerate(layout) if hub.group == target]
        return min(hubs, key=lambda number: (self._far(at, self._index[layout[number][1]]), number))

    def _middle(
        self, rack: RackGroup, at: int, served: list[tuple[int, int]], free: Ints, taken: set[int], layout: Layout
    ) -> int:
        spots = [at, *(spot for spot, _ in served)]
        near = free[np.argsort(self.field.distance[at, free], kind="stable")[:FREE_NEIGHBOURS]].tolist()
        allowed = [
            spot
            for spot in (*spots, *near)
            if len(self.field.slots[spot].cells) == rack.positions
            and self.field.slots[spot].row in rack.rows
            and taken.isdisjoint(self.field.slots[spot].cells)
        ]
        target = self.question.target[rack]
        above = [self._index[slot] for hub, slot in layout if target is not None and hub.group == target]
        cost = {spot: self._pull(spot, at, served, above, rack.cables) for spot in allowed}
        return min(allowed, key=lambda spot: (cost[spot], spot != at, spot), default=at)

    def _pull(self, spot: int, at: int, served: list[tuple[int, int]], above: Iterable[int], cables: int) -> int:
        """Cables of a hub at a spot; a rack that stood there takes the hub's old place."""
        total = sum(
            weight * (self._far(spot, at) if other == spot else self._far(spot, other)) for other, weight in served
        )
        return total + cables * min((self._far(spot, hub) for hub in above), default=0)


def hubs_of(placed: Placed) -> Layout:
    """The hubs of a placement."""
    return tuple(entry for entry in placed if entry[0].hub)


def _by_group(field: Field, groups: tuple[str, ...], each: int, hubs: Ints) -> dict[str, list[int]]:
    """Hub slots shared out: groups in order take the first slot left and those nearest to it."""
    left = sorted(set(hubs.tolist()))
    shared: dict[str, list[int]] = {}
    for group in groups:
        if not left:
            break
        first = left[0]
        near = sorted(left, key=lambda slot: (slot != first, int(field.distance[first, slot]), slot))[:each]
        shared[group] = near
        left = [slot for slot in left if slot not in near]
    return shared
