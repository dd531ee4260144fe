"""A floor problem as arrays: slots, distances, and racks by kind of group (groups alike in all but name)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.floor.data import COMMON, RackGroup
from planner.floor.layout import Question
from planner.floor.slots import Slot

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Member:
    """Racks of one class in one group: how many, their cables, and the slots they may take."""

    count: int
    cables: int
    slots: Ints


@dataclass(frozen=True)
class Kind:
    """Groups alike in all but name: `hubs` in each, on `hub_slots`, each with `hub_cables` to the hall's hub."""

    groups: tuple[str, ...]
    hubs: int
    hub_slots: Ints
    hub_cables: int
    members: tuple[Member, ...]

    @property
    def all_hubs(self) -> int:
        """Hubs of all groups of the kind."""
        return self.hubs * len(self.groups)


@dataclass(frozen=True)
class Field:
    """Slots with their first and last cell, distances between them (overlapping slots are `far` apart), and the racks.

    Every objective is a multiple of `step_mm`. `common` is the group whose hubs serve the hall, None when there is
    none; `loose` racks have no cables to a hub.
    """

    slots: tuple[Slot, ...]
    cells: int
    x_mm: Ints
    y_mm: Ints
    first: Ints
    last: Ints
    distance: Ints
    far: int
    step_mm: int
    kinds: tuple[Kind, ...]
    common: Kind | None
    loose: tuple[Member, ...]
    allowed: Mapping[RackGroup, Ints]

    def far_from(self, hubs: Ints, slots: Ints) -> Ints:
        """Distance of each slot to the nearest of some hubs, in mm."""
        return np.asarray(self._between(hubs, slots).min(axis=0), dtype=np.int64)

    def nearest_of(self, hubs: Ints, slots: Ints) -> Ints:
        """Index of the hub nearest to each slot, the first of equals."""
        return np.asarray(self._between(hubs, slots).argmin(axis=0), dtype=np.int64)

    def _between(self, hubs: Ints, slots: Ints) -> Ints:
        across = np.abs(self.x_mm[hubs][:, None] - self.x_mm[slots])
        along = np.abs(self.y_mm[hubs][:, None] - self.y_mm[slots])
        return np.asarray(across + along, dtype=np.int64)

    def farthest_from(self, hubs: Ints, slots: Ints) -> Ints:
        """Distance of each slot to the farthest of some hubs, in mm."""
        across = np.abs(self.x_mm[hubs][:, None] - self.x_mm[slots])
        along = np.abs(self.y_mm[hubs][:, None] - self.y_mm[slots])
        return np.asarray((across + along).max(axis=0), dtype=np.int64)

    def slot_prices(self, prices: Ints) -> Ints:
        """Prices of cells as prices of slots."""
        pairs = np.where(self.last > self.first, prices[self.last], 0)
        return np.asarray(prices[self.first] + pairs, dtype=np.int64)


def field_of(question: Question) -> Field:
    """The arrays of a question."""
    widths = sorted({rack.positions for rack in (*question.hubs, *question.others)} | {1})
    slots = tuple(slot for width in widths for slot in question.ground.by_width[width])
    first = np.array([slot.cells[0] for slot in slots], dtype=np.int64)
    last = np.array([slot.cells[-1] for slot in slots], dtype=np.int64)
    x = np.array([slot.x_mm for slot in slots], dtype=np.int64)
    y = np.array([slot.y_mm for slot in slots], dtype=np.int64)
    distance, far = _distances(x, y, first, last)
    allowed = {rack: _allowed(slots, [rack]) for rack in (*question.hubs, *question.others)}
    loose = [r for r in question.others if question.target[r] is None or not r.cables]
    by_group: dict[str, list[RackGroup]] = {}
    for rack in (*question.hubs, *question.others):
        group = rack.group if rack.hub else question.target[rack]
        if group is not None and rack not in loose:
            by_group.setdefault(group, []).append(rack)
    named: dict[tuple[object, ...], list[str]] = {}
    for group, racks in sorted(by_group.items()):
        if group != COMMON:
            named.setdefault(_signature(racks), []).append(group)
    has_common = COMMON in by_group
    return Field(
        slots, len(question.ground.cells), x, y, first, last, distance, far, _step(x, y, question),
        tuple(_kind(slots, by_group[names[0]], names, has_common) for names in named.values()),
        _kind(slots, by_group[COMMON], [COMMON], False) if has_common else None,
        tuple(_member(slots, [rack], rack.count) for rack in loose), allowed,
    )  # fmt: skip


def _distances(x: Ints, y: Ints, first: Ints, last: Ints) -> tuple[Ints, int]:
    distance = np.abs(x[:, None] - x) + np.abs(y[:, None] - y)
    far = 4 * int(distance.max(initial=0)) + 1
    overlap = (first[:, None] <= last) & (first <= last[:, None])
    distance[overlap] = far
    return distance, far


def _step(x: Ints, y: Ints, question: Question) -> int:
    """The greatest common divisor of all distances times that of all cables; 1 where there are none."""
    far = math.gcd(*(x - x[0]).tolist(), *(y - y[0]).tolist())
    return max(1, far * math.gcd(*(rack.cables for rack in (*question.hubs, *question.others))))


def _signature(racks: Iterable[RackGroup]) -> tuple[object, ...]:
    return tuple(
        sorted(
            (
                r.hub,
                r.pattern,
                r.count,
                r.positions,
                tuple(sorted(r.rows)),
                r.cables,
                r.design_w,
                r.peak_w,
                r.reach_mm or 0,
            )
            for r in racks
        )
    )


def _kind(slots: Sequence[Slot], racks: Sequence[RackGroup], groups: Sequence[str], to_common: bool) -> Kind:
    """Hubs of several classes are taken together: any of their slots, the fewest of their cables. It only loosens."""
    hubs = [rack for rack in racks if rack.hub]
    cables = min(rack.cables for rack in hubs) if to_common else 0
    together = _member(slots, hubs, sum(rack.count for rack in hubs))
    others = tuple(_member(slots, [rack], rack.count) for rack in racks if not rack.hub)
    return Kind(tuple(groups), together.count, together.slots, cables, others)


def _member(slots: Sequence[Slot], racks: Sequence[RackGroup], count: int) -> Member:
    return Member(count, racks[0].cables, _allowed(slots, racks))


def _allowed(slots: Sequence[Slot], racks: Sequence[RackGroup]) -> Ints:
    places = {(row, rack.positions) for rack in racks for row in rack.rows}
    found = [index for index, slot in enumerate(slots) if (slot.stretch, len(slot.numbers)) in places]
    return np.array(found, dtype=np.int64)
