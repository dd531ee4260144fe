"""Tile columns priced exactly. A tile is a hub with the racks that cable to it; positions carry prices.

For a hub of its own, the cheapest tile at a slot is found by sorting: each class takes the slots with the least
cables x distance + price. Where several hubs share a group's racks, each class also has a reward per rack, and a hub
takes every slot that pays. The bound is the Lagrangian dual of the tile master: best tiles minus the sum of prices.
Everything is in whole numbers, so that the bound holds exactly whatever the prices are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.floor.field import Field, Ints, Kind, Member

NARROW = 2**30
"""Two numbers below this add up within 32 bits."""


@dataclass(frozen=True)
class Prices:
    """A price for each cell (not negative), and a reward for each rack of a group that shares several hubs.

    `rewards[k]` belongs to `field.kinds[k]`, in the order of its members. `common` belongs to the hall's group: its
    members, then one reward for the hubs of each kind.
    """

    cells: Ints
    rewards: tuple[Ints, ...]
    common: Ints


@dataclass(frozen=True)
class Choice:
    """The racks that the bound takes at some prices: how often each cell is used and each rewarded class is placed."""

    bound: int
    usage: Ints
    placed: tuple[Ints, ...]
    common_placed: Ints
    hubs: tuple[Ints, ...]  # of each kind: slots
    common_hubs: Ints


def least(costs: Ints, count: int) -> Ints:
    """In each row the sum of the `count` least costs."""
    if count >= costs.shape[1]:
        return np.asarray(costs.sum(axis=1), dtype=np.int64)
    return np.asarray(np.partition(costs, count - 1, axis=1)[:, :count].sum(axis=1), dtype=np.int64)


def which(costs: Ints, count: int) -> Ints:
    """In each row the columns of the `count` least costs; equal costs go to the first column."""
    columns = costs.shape[1]
    if count >= columns:
        return np.tile(np.arange(columns, dtype=np.int64), (costs.shape[0], 1))
    keyed = costs * columns + np.arange(columns, dtype=np.int64)
    return np.asarray(np.partition(keyed, count - 1, axis=1)[:, :count] % columns, dtype=np.int64)


def best_of_each_slot(parts: Sequence[tuple[Ints, Ints]]) -> list[tuple[Ints, Ints]]:
    """Classes of the same slots compete: at each slot the first with the least cost keeps it, others get 0 there.

    A slot takes one rack of a tile. Parts are costs less rewards with the slots of their columns.
    """
    kept = [gain.copy() for gain, _ in parts]
    for index, (gain, slots) in enumerate(parts):
        for other in range(index):
            if len(slots) == len(parts[other][1]) and (slots == parts[other][1]).all():
                better = gain < parts[other][0]
                kept[other][better] = 0
                kept[index][~better] = 0
    return [(gain, slots) for gain, (_, slots) in zip(kept, parts, strict=True)]


class Pricing:
    """Evaluates the bound of a field at given prices."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self._near: dict[tuple[int, int], Ints] = {}
        self._narrow: dict[tuple[int, int], npt.NDArray[np.int32] | None] = {}
        self._buffers: dict[tuple[int, int], npt.NDArray[np.int32]] = {}

    def tiles(self, prices: Prices) -> list[Ints]:
        """For each kind, the price of the best tile at each of its hub slots, the hub's own slot included."""
        at = self.field.slot_prices(prices.cells)
        return [
            self._tile(kind, at, rewards, number) + at[kind.hub_slots]
            for number, (kind, rewards) in enumerate(zip(self.field.kinds, prices.rewards, strict=True))
        ]

    def _tile(self, kind: Kind, at: Ints, rewards: Ints, number: int) -> Ints:
        total = np.zeros(len(kind.hub_slots), dtype=np.int64)
        if kind.hubs == 1:
            for index, member in enumerate(kind.members):
                total += self._nearest(number, index, kind, member, at)
            return total
        parts = [
            (self._weighted(number, index, kind, member) + at[member.slots] - rewards[index], member.slots)
            for index, member in enumerate(kind.members)
        ]
        for gain, _ in best_of_each_slot(parts):
            total += np.minimum(gain, 0).sum(axis=1)
        return total

    def _nearest(self, number: int, index: int, kind: Kind, member: Member, at: Ints) -> Ints:
        """For each hub slot the least costs of a class, in a buffer of half the width where the numbers allow it."""
        weighted = self._weighted(number, index, kind, member)
        prices = at[member.slots]
        if member.count >= len(member.slots):
            return least(weighted + prices, member.count)
        if (number, index) not in self._narrow:
            most = int(weighted.max(initial=0))
            self._narrow[number, index] = weighted.astype(np.int32) if most < NARROW else None
        narrow = self._narrow[number, index]
        if narrow is None or int(prices.max(initial=0)) >= NARROW:
            return least(weighted + prices, member.count)
        buffer = self._buffers.setdefault((number, index), np.empty_like(narrow))
        np.add(narrow, prices.astype(np.int32), out=buffer)
        buffer.partition(member.count - 1, axis=1)
        return np.asarray(buffer[:, : member.count].sum(axis=1, dtype=np.int64))

    def _weighted(self, number: int, index: int, kind: Kind, member: Member) -> Ints:
        if (number, index) not in self._near:
            near = self.field.distance[np.ix_(kind.hub_slots, member.slots)]
            self._near[number, index] = near * member.cables
        return self._near[number, index]

    def elements(self) -> int:
        """Matrix elements that one evaluation of all tiles handles."""
        return sum(len(kind.hub_slots) * len(m.slots) for kind in self.field.kinds for m in kind.members)

    def constant(self, prices: Prices) -> int:
        """What every choice pays: racks without cables, rewards promised, less the prices of all cells."""
        at = self.field.slot_prices(prices.cells)
        total = -int(prices.cells.sum())
        for member in self.field.loose:
            total += int(least(at[member.slots][None, :], member.count)[0])
        for kind, rewards in zip(self.field.kinds, prices.rewards, strict=True):
            if kind.hubs > 1:
                total += len(kind.groups) * sum(m.count * int(r) for m, r in zip(kind.members, rewards, strict=True))
        common = self.field.common
        if common is not None and common.hubs > 1:
            counts = [*(m.count for m in common.members), *(kind.all_hubs for kind in self.field.kinds)]
            total += sum(count * int(reward) for count, reward in zip(counts, prices.common, strict=True))
        return total

    def around(self, prices: Prices, tiles: Sequence[Ints], rows: Ints) -> Ints:
        """With the hall's hub at each of these rows of its hub slots: the price of it and of all that cables to it."""
        common = self.field.common
        assert common is not None
        at = self.field.slot_prices(prices.cells)
        total = at[common.hub_slots[rows]]
        parts = self._parts(tiles, at, rows)
        if common.hubs == 1:
            return np.asarray(total + sum(least(costs, count) for costs, count, _ in parts), dtype=np.int64)
        gains = [(costs - reward, slots) for (costs, _, slots), reward in zip(parts, prices.common, strict=True)]
        taken = sum(np.minimum(gain, 0).sum(axis=1) for gain, _ in best_of_each_slot(gains))
        return np.asarray(total + taken, dtype=np.int64)

    def _parts(self, tiles: Sequence[Ints], at: Ints, rows: Ints) -> list[tuple[Ints, int, Ints]]:
        """Costs at every slot, how many are taken, and the slots, of each class that cables to the hall's hub."""
        common = self.field.common
        assert common is not None
        hubs = common.hub_slots[rows]
        parts = [
            (self.field.distance[np.ix_(hubs, m.slots)] * m.cables + at[m.slots], m.count, m.slots)
            for m in common.members
        ]
        for kind, tile in zip(self.field.kinds, tiles, strict=True):
            # a hub without cables to the hall's hub is not kept off its slot by distance; that only loosens the bound
            costs = self.field.distance[np.ix_(hubs, kind.hub_slots)] * kind.hub_cables + tile
            parts.append((costs, kind.all_hubs, kind.hub_slots))
        return parts

    def choose(self, prices: Prices, tiles: Sequence[Ints], rows: Ints) -> Choice:
        """The best choice with the hall's hubs at these rows (none: they are not there), and where it breaks rules."""
        field, at = self.field, self.field.slot_prices(prices.cells)
        usage = np.zeros(field.cells, dtype=np.int64)
        common, bound = field.common, self.constant(prices)
        common_placed = np.zeros(len(prices.common), dtype=np.int64)
        taken_rows: list[Ints] = []
        if common is None:
            for kind, tile in zip(field.kinds, tiles, strict=True):
                taken_rows.append(which(tile[None, :], kind.all_hubs)[0])
                bound += int(tile[taken_rows[-1]].sum())
        else:
            bound += int(self.around(prices, tiles, rows).sum())
            self._use(usage, common.hub_slots[rows])
            parts = self._parts(tiles, at, rows)
            gains = [(costs - reward, slots) for (costs, _, slots), reward in zip(parts, prices.common, strict=True)]
            kept = best_of_each_slot(gains) if common.hubs > 1 else gains
            for index, (costs, count, slots) in enumerate(parts):
                picked = which(costs, count)[0] if common.hubs == 1 else np.nonzero(kept[index][0] < 0)[1]
                common_placed[index] = len(picked)
                if index < len(common.members):
                    self._use(usage, slots[picked])
                else:
                    taken_rows.append(picked)
        placed = tuple(
            self._use_tiles(usage, number, kind, at, prices.rewards[number], taken_rows[number])
            for number, kind in enumerate(field.kinds)
        )
        for member in field.loose:
            self._use(usage, member.slots[which(at[member.slots][None, :], member.count)[0]])
        hubs = tuple(kind.hub_slots[taken] for kind, taken in zip(field.kinds, taken_rows, strict=True))
        found = common.hub_slots[rows] if common is not None else np.zeros(0, dtype=np.int64)
        return Choice(bound, usage, placed, common_placed, hubs, found)

    def _use_tiles(self, usage: Ints, number: int, kind: Kind, at: Ints, rewards: Ints, rows: Ints) -> Ints:
        self._use(usage, kind.hub_slots[rows])
        parts = [
            (self._weighted(number, index, kind, member)[rows] + at[member.slots] - rewards[index], member.slots)
            for index, member in enumerate(kind.members)
        ]
        placed = np.zeros(len(kind.members), dtype=np.int64)
        kept = best_of_each_slot(parts) if kind.hubs > 1 else parts
        for index, member in enumerate(kind.members):
            gain = kept[index][0]
            columns = which(gain, member.count).ravel() if kind.hubs == 1 else np.nonzero(gain < 0)[1]
            placed[index] = len(columns)
            self._use(usage, member.slots[columns])
        return placed

    def _use(self, usage: Ints, slots: Ints) -> None:
        np.add.at(usage, self.field.first[slots], 1)
        wide = slots[self.field.last[slots] > self.field.first[slots]]
        np.add.at(usage, self.field.last[wide], 1)
