"""Racks that change places until every row and feed holds what stands there, at the least more cable.

What depends on rows is linear in counts, but for the odd watts of feeds: an amount of each rack times a weight of its
row, against a most. Two places change what stands on them, or a rack takes a free one. Places are compared all at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

import numpy as np
import numpy.typing as npt

from planner.floor.data import RackGroup
from planner.floor.field import Field, Ints, Mask
from planner.floor.layout import Question, rows_hold
from planner.floor.stand import Stand, at_slots
from planner.floor.work import Work

Floats = npt.NDArray[np.float64]

MOST_SWAPS = 400
HALF = 0.5
"""Of the swaps that take at least this part of the most excess that any swap takes, the one with the least cable."""


@dataclass(frozen=True)
class Sums:
    """Sums that must hold: the amount of each class of racks (`racks`), the weight of each stretch, and the most."""

    amount: Ints  # sums x classes; the last class is nobody
    weight: Ints  # sums x stretches
    most: Ints


@dataclass
class Places:
    """Slots that share no position, what stands on each (the last class: nobody), and what each class pays there."""

    slots: Ints
    stretch: Ints
    wide: Mask
    who: Ints
    cost: Ints  # classes x places
    may: Mask  # classes x places


def sums_of(question: Question, racks: Sequence[RackGroup], stretches: Sequence[str]) -> Sums:
    """All that depends on the row of a rack; what every row counts alike is left out, for no swap changes it."""
    amounts: list[list[int]] = []
    weights: list[list[int]] = []
    most: list[int] = []
    for limit in question.problem.limits:
        amounts.append([*(limit.of(rack) for rack in racks), 0])
        weights.append([int(name in limit.rows) for name in stretches])
        most.append(limit.most)
    feeds = {cell.stretch: cell.feeds for cell in question.ground.cells}
    for room in question.rooms:
        scale = lcm(*(among for _, among, _ in room.shares))
        odd = sum(scale - scale // among for _, among, _ in room.shares)  # watts that are rounded up
        for tier in ("design_w", "peak_w"):
            amounts.append([*(getattr(rack, tier) for rack in racks), 0])
            weights.append([int(room.share(feeds[name]) * scale) for name in stretches])
            most.append(getattr(room, tier) * scale - odd)
    kept = [n for n, weight in enumerate(weights) if len(set(weight)) > 1]
    return Sums(
        np.array([amounts[n] for n in kept], dtype=np.int64).reshape(len(kept), len(racks) + 1),
        np.array([weights[n] for n in kept], dtype=np.int64).reshape(len(kept), len(stretches)),
        np.array([most[n] for n in kept], dtype=np.int64),
    )


def swapped_into_rows(question: Question, field: Field, stand: Stand, work: Work) -> Stand | None:
    """The racks around the same hubs, each row and feed holding what stands there; None where no way is found."""
    hubs = tuple(entry for entry in stand if entry[0].hub)
    stretches = tuple(dict.fromkeys(slot.stretch for slot in field.slots))
    racks = question.others
    sums = sums_of(question, (*racks, *question.hubs), stretches)
    row = {name: number for number, name in enumerate(stretches)}
    standing = np.zeros(len(sums.most), dtype=np.int64)
    for number, rack in enumerate(question.hubs, start=len(racks)):
        for hub, at in hubs:
            if hub == rack:
                standing += sums.weight[:, row[field.slots[at].stretch]] * sums.amount[:, number]
    nobody = len(racks) + len(question.hubs)
    places = _places(question, field, stand, nobody, row)
    swaps = Swaps(sums, places, standing, work)
    if not swaps.repaired():
        return None
    moved = [(racks[who], int(at)) for who, at in zip(places.who.tolist(), places.slots, strict=True) if who != nobody]
    found = (*hubs, *moved)
    return found if rows_hold(question, at_slots(field, found)) else None


def _places(question: Question, field: Field, stand: Stand, nobody: int, row: dict[str, int]) -> Places:
    """The slots of all racks but hubs, and the free ones: pairs where any rack takes two positions."""
    free = np.ones(field.cells, dtype=bool)
    for _, at in stand:
        free[[*field.slots[at].cells]] = False
    others = [(question.others.index(rack), at) for rack, at in stand if not rack.hub]
    widths = (2, 1) if any(rack.positions == 2 for rack in question.others) else (1,)
    for width in widths:
        for at in np.nonzero(open_slots(field, free, width))[0].tolist():
            others.append((nobody, at))
            free[[*field.slots[at].cells]] = False
    slots = np.array([at for _, at in others], dtype=np.int64)
    cost = np.zeros((nobody + 1, len(slots)), dtype=np.int64)
    may = np.ones((nobody + 1, len(slots)), dtype=bool)
    for number, rack in enumerate(question.others):
        target = question.target[rack]
        near = np.array([at for hub, at in stand if hub.hub and hub.group == target], dtype=np.int64)
        may[number] = np.isin(slots, field.allowed[rack])
        if len(near):
            cost[number] = rack.cables * field.far_from(near, slots)
            if rack.reach_mm is not None and rack.cables:
                may[number] &= field.farthest_from(near, slots) <= rack.reach_mm
    stretch = np.array([row[field.slots[at].stretch] for at in slots.tolist()], dtype=np.int64)
    who = np.array([number for number, _ in others], dtype=np.int64)
    return Places(slots, stretch, field.last[slots] > field.first[slots], who, cost, may)


def open_slots(field: Field, free: Mask, width: int) -> Mask:
    """Which slots of one width are free; of pairs, disjoint ones from the left of each run."""
    if width == 1:
        return np.asarray((field.first == field.last) & free[field.first], dtype=bool)
    found = np.zeros(len(field.slots), dtype=bool)
    last = -1
    for index in np.nonzero((field.first < field.last) & free[field.first] & free[field.last])[0]:
        if field.first[index] > last:
            found[index], last = True, field.last[index]
    return found


class Swaps:
    """Places of one layout on their way to sums that hold."""

    def __init__(self, sums: Sums, places: Places, standing: Ints, work: Work) -> None:
        self.sums, self.places, self.work = sums, places, work
        self.used = standing + (sums.weight[:, places.stretch] * sums.amount[:, places.who]).sum(axis=1)

    @property
    def hold(self) -> bool:
        """Whether no sum is above its most."""
        return bool((self.used <= self.sums.most).all())

    def repaired(self) -> bool:
        """Swap until every sum holds, then while that shortens cables; False where no swap helps any more."""
        for _ in range(MOST_SWAPS):
            if self.work.over() or not self._swap_once():
                break
        return self.hold

    def _swap_once(self) -> bool:
        """The next swap; False where none helps."""
        held = self.hold
        first = np.arange(len(self.places.slots)) if held else np.nonzero(self._crowded())[0]
        saved = self._excess(self.used[:, None, None])[0, 0] - self._excess_after(first)
        more = self._more_cable(first)
        if held:
            saved = np.where(saved < 0, -np.inf, 0.0)
            best = np.where(np.isneginf(saved), np.iinfo(np.int64).max, more)
            at = int(best.argmin())
            if best.flat[at] >= 0:
                return False
        else:
            saved = np.where(more == np.iinfo(np.int64).max, 0.0, saved)
            if saved.max(initial=0.0) <= 0.0:
                return False
            at = int(np.where(saved >= saved.max() * HALF, more, np.iinfo(np.int64).max).argmin())
        one, other = divmod(at, len(self.places.slots))
        self._swap(int(first[one]), other)
        return True

    def _crowded(self) -> Mask:
        """Places that count in a sum above its most."""
        over = self.used > self.sums.most
        weighs = (self.sums.weight[over] > 0).any(axis=0)
        return np.asarray(weighs[self.places.stretch], dtype=bool)

    def _excess(self, used: Ints) -> Floats:
        """By how much sums are above their most, each as a part of it."""
        scale = np.maximum(1, self.sums.most).astype(np.float64)
        total = np.zeros(used.shape[1:])
        for n, most in enumerate(self.sums.most.tolist()):
            total += np.maximum(0, used[n] - most) / scale[n]
        return total

    def _excess_after(self, first: Ints) -> Floats:
        """The excess after every swap of one of `first` with any place."""
        at, who = self.places.stretch, self.places.who
        total = np.zeros((len(first), len(at)))
        for n, most in enumerate(self.sums.most.tolist()):
            weight, amount = self.sums.weight[n, at], self.sums.amount[n, who]
            moved = (weight[None, :] - weight[first][:, None]) * (amount[first][:, None] - amount[None, :])
            total += np.maximum(0, self.used[n] + moved - most) / max(1, most)
        self.work.spend_elements(2 * total.size * max(1, len(self.sums.most)))
        return total

    def _more_cable(self, first: Ints) -> Ints:
        """What every swap costs; the largest number where one of the racks may not stand there."""
        where, who = np.arange(len(self.places.slots)), self.places.who
        cost, may = self.places.cost, self.places.may
        more = cost[who[first]] + cost[who][:, first].T - cost[who[first], first][:, None] - cost[who, where][None, :]
        allowed = may[who[first]] & may[who][:, first].T & (who[first][:, None] != who[None, :])
        allowed &= self.places.wide[first][:, None] == self.places.wide[None, :]
        return np.asarray(np.where(allowed, more, np.iinfo(np.int64).max), dtype=np.int64)

    def _swap(self, one: int, other: int) -> None:
        who, at = self.places.who, self.places.stretch
        moved = self.sums.weight[:, at[other]] - self.sums.weight[:, at[one]]
        self.used = self.used + moved * (self.sums.amount[:, who[one]] - self.sums.amount[:, who[other]])
        who[one], who[other] = who[other], who[one]
