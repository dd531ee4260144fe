"""The best placement so far: hubs where the bound suggests, racks flowed around them, hubs moved within their tiles."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from planner.floor.closing import Closer
from planner.floor.completion import complete
from planner.floor.data import COMMON, RackGroup
from planner.floor.exchange import exchanged
from planner.floor.field import Field, Ints, Mask
from planner.floor.layout import Placed, Question, worst_reach
from planner.floor.pricing import Choice
from planner.floor.stand import Stand, at_slots
from planner.floor.work import Work

FREE_NEIGHBOURS = 6
SHAKEN = 3
CLOSING = 0.5
PROMISING = 300
"""Tiles are rebuilt where the cost is within one part in so many of the best."""


class Incumbent:
    """Keeps the best feasible placement and its cost in mm."""

    def __init__(self, question: Question, field: Field, standing: Placed, work: Work) -> None:
        self.question, self.field, self.work = question, field, work
        index = {slot: number for number, slot in enumerate(field.slots)}
        self.stand: Stand = tuple((rack, index[slot]) for rack, slot in standing)
        self._reaching = any(rack.reach_mm is not None for rack in question.others)
        self.cost_mm = self.cost(self.stand)
        self._seen: set[tuple[int, ...]] = set()

    @property
    def placed(self) -> Placed:
        """The placement with its slots in full."""
        return at_slots(self.field, self.stand)

    def cost(self, stand: Stand) -> int:
        """Sum of cables x distance to the nearest hub of each rack's group; more than any, beyond a rack's reach."""
        total = 0
        if self._reaching and worst_reach(self.question, at_slots(self.field, stand)) is not None:
            total = self.field.far * sum(rack.cables for rack, _ in stand)
        for group, racks in self._by_target(stand).items():
            far = self.field.far_from(self._hubs(stand, group), _slots(racks))
            total += int((far * _cables(racks)).sum())
        return total

    def _by_target(self, stand: Stand) -> dict[str, list[tuple[RackGroup, int]]]:
        racks: dict[str, list[tuple[RackGroup, int]]] = {}
        for rack, at in stand:
            target = self.question.target[rack]
            if target is not None and rack.cables:
                racks.setdefault(target, []).append((rack, at))
        return racks

    def _hubs(self, stand: Stand, group: str) -> Ints:
        return np.array([at for rack, at in stand if rack.hub and rack.group == group], dtype=np.int64)

    def try_choice(self, choice: Choice) -> None:
        """Improve on the hubs that the bound has chosen."""
        hubs = self._hubs_of(choice)
        if hubs is not None:
            self.try_hubs(hubs)

    def try_hubs(self, hubs: Stand) -> None:
        """Complete the hubs, move each to the middle of what cables to it, and repeat while that helps.

        Where it no longer helps, neighbouring tiles are rebuilt in pairs, and so on until neither helps.
        """
        best: int | None = None
        good: Stand = hubs
        rebuilt = False
        while not self.work.over():
            key = tuple(at for _, at in hubs)
            known = key in self._seen
            self._seen.add(key)
            stand = None if known else self._completed(hubs)
            cost = None if stand is None else self.cost(stand)
            if stand is not None and cost is not None and (best is None or cost < best):
                best, good, rebuilt = cost, stand, False
                if cost < self.cost_mm:
                    self.stand, self.cost_mm = stand, cost
                hubs = self.centred(stand)
            elif best is None or rebuilt or best > self.cost_mm + self.cost_mm // PROMISING:
                return
            else:
                hubs, rebuilt = exchanged(self.field, good, self.work), True

    def shake(self, draw: random.Random) -> None:
        """Hubs of a few neighbouring tiles of the best placement moved at random within their tiles, then improved."""
        hubs = [entry for entry in self.stand if entry[0].hub]
        served = self._served(self.stand, tuple(hubs))
        moving = [number for number in sorted(served) if served[number]]
        at = _slots([hubs[number] for number in moving])
        near = np.argsort(self.field.far_from(at[[draw.randrange(len(at))]], at), kind="stable")[:SHAKEN]
        for number in (moving[index] for index in near.tolist()):
            rack, _ = hubs[number]
            spots = [spot for _, spot in served[number] if spot in self.field.allowed[rack]]
            if spots:
                hubs[number] = (rack, draw.choice(spots))
        if len({cell for _, spot in hubs for cell in self.field.slots[spot].cells}) == sum(
            r.positions for r, _ in hubs
        ):
            self.try_hubs(tuple(hubs))

    def _completed(self, hubs: Stand) -> Stand | None:
        return complete(self.question, self.field, hubs, self.work) or self._closed(hubs)

    def close(self) -> None:
        """The best placement around the hubs of the best one, proven, where a flow alone may miss it."""
        closer = Closer(self.question, self.work)
        if closer.flows() or not closer.small():
            return
        hubs = tuple(entry for entry in self.placed if entry[0].hub)
        _, better = closer.close(hubs, self.cost_mm)
        if better is not None:
            index = {slot: number for number, slot in enumerate(self.field.slots)}
            self.stand = tuple((rack, index[slot]) for rack, slot in better)
            self.cost_mm = self.cost(self.stand)

    def _closed(self, hubs: Stand) -> Stand | None:
        """A placement around hubs where the flow finds none; None where there is none or the model would be large."""
        closer = Closer(self.question, Work(min(CLOSING, self.work.left)))
        if closer.flows() or not closer.small():
            return None
        _, placed = closer.close(at_slots(self.field, hubs), None)
        self.work.spend(closer.work.spent)
        index = {slot: number for number, slot in enumerate(self.field.slots)}
        return None if placed is None else tuple((rack, index[slot]) for rack, slot in placed)

    def _hubs_of(self, choice: Choice) -> Stand | None:
        """Hub racks on the chosen slots; where two overlap, the later one goes to the nearest slot left."""
        free = np.ones(self.field.cells, dtype=bool)
        wanted: dict[str, list[int]] = {COMMON: choice.common_hubs.tolist()}
        for kind, hubs in zip(self.field.kinds, choice.hubs, strict=True):
            wanted.update(_by_group(self.field, kind.groups, kind.hubs, hubs))
        stand: list[tuple[RackGroup, int]] = []
        for rack in self.question.hubs:
            for _ in range(rack.count):
                options = wanted.get(rack.group, [])
                at = self._free_near(rack, options.pop(0) if options else None, free)
                if at is None:
                    return None
                stand.append((rack, at))
                free[[*self.field.slots[at].cells]] = False
        return tuple(stand)

    def _free_near(self, rack: RackGroup, near: int | None, free: Mask) -> int | None:
        slots = self.field.allowed[rack]
        slots = slots[free[self.field.first[slots]] & free[self.field.last[slots]]]
        if not len(slots):
            return None
        if near is None:
            return int(slots[0])
        return int(slots[self.field.far_from(np.array([near]), slots).argmin()])

    def centred(self, stand: Stand) -> Stand:
        """Each hub at the slot, among its own racks' and the nearest free ones, with the shortest cables."""
        free = np.ones(self.field.cells, dtype=bool)
        for _, at in stand:
            free[[*self.field.slots[at].cells]] = False
        hubs = tuple(entry for entry in stand if entry[0].hub)
        served = self._served(stand, hubs)
        moved: list[tuple[RackGroup, int]] = []
        taken: set[int] = set()
        for number, (rack, at) in enumerate(hubs):
            spot = self._middle(rack, at, served.get(number, []), free, hubs)
            if not taken.isdisjoint(self.field.slots[spot].cells):
                spot = at
            if not taken.isdisjoint(self.field.slots[spot].cells):
                return hubs
            taken.update(self.field.slots[spot].cells)
            moved.append((rack, spot))
        return tuple(moved)

    def _served(self, stand: Stand, hubs: Stand) -> dict[int, list[tuple[RackGroup, int]]]:
        """The racks that cable to each hub, by its number."""
        served: dict[int, list[tuple[RackGroup, int]]] = {}
        numbers: dict[str, list[int]] = {}
        for number, (rack, _) in enumerate(hubs):
            numbers.setdefault(rack.group, []).append(number)
        for group, racks in self._by_target(stand).items():
            own = numbers[group]
            if len(own) == 1:
                served[own[0]] = racks
                continue
            nearest = self.field.nearest_of(np.array([hubs[n][1] for n in own]), _slots(racks))
            for entry, hub in zip(racks, nearest.tolist(), strict=True):
                served.setdefault(own[hub], []).append(entry)
        return served

    def _middle(
        self, rack: RackGroup, at: int, served: Sequence[tuple[RackGroup, int]], free: Mask, hubs: Stand
    ) -> int:
        field, others = self.field, _slots(served)
        slots = field.allowed[rack]
        open_slots = slots[free[field.first[slots]] & free[field.last[slots]]]
        near = open_slots[np.argsort(field.far_from(np.array([at]), open_slots), kind="stable")[:FREE_NEIGHBOURS]]
        spots = np.concatenate([np.array([at]), others[np.isin(others, slots)], near])
        far = np.abs(field.x_mm[spots][:, None] - field.x_mm[others]) + np.abs(
            field.y_mm[spots][:, None] - field.y_mm[others]
        )
        back = field.far_from(np.array([at]), others)
        swapped = np.where(spots[:, None] == others, back, far)  # a rack that stood there takes the hub's old place
        pull = (swapped * _cables(served)).sum(axis=1)
        target = self.question.target[rack]
        if target is not None and rack.cables:
            above = np.array([slot for hub, slot in hubs if hub.group == target], dtype=np.int64)
            pull = pull + rack.cables * field.far_from(above, spots)
        return int(spots[pull.argmin()])


def _slots(racks: Sequence[tuple[RackGroup, int]]) -> Ints:
    return np.array([at for _, at in racks], dtype=np.int64)


def _cables(racks: Sequence[tuple[RackGroup, int]]) -> Ints:
    return np.array([rack.cables for rack, _ in racks], dtype=np.int64)


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
