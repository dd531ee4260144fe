"""Contents of one rack class where nearly every device differs: device by device, bounded by tables.

What the devices still to come can add to a content is bounded by tables: two resources are packed exactly, by dynamic
programming over all amounts of both that may be left, and the others are charged at fixed prices. Several pairs of
resources are asked, and the least answer counts. Devices are taken in one order, the largest first, so that every
content is met once; partial contents are expanded together in arrays, the most promising first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from planner.packing.budget import Budget
from planner.packing.knapsack import Fillings, Ints, Shelf, resource_prices

_CELLS = 2_000_000
_CELLS_PER_UNIT = 40_000_000
_MOST_TABLES = 4
_BLOCK = 2048
_KEPT_PER_BLOCK = 64
_PLENTY = 200


@dataclass(frozen=True)
class Items:
    """The devices of one rack class in the order of the search, and what the rack has."""

    worth: Ints
    sizes: Ints
    copies: Ints
    capacity: Ints


@dataclass
class _Block:
    """Partial contents: devices taken (M, depth), the first device that may come next, value, room and bound."""

    taken: NDArray[np.int32]
    first: Ints
    value: Ints
    room: Ints
    bound: Ints

    def of(self, rows: Ints | NDArray[np.bool_]) -> _Block:
        return _Block(self.taken[rows], self.first[rows], self.value[rows], self.room[rows], self.bound[rows])


class _Table:
    """Most that the devices from one on can add, by what is left of two resources; the others are charged.

    Large capacities are counted in coarser units: what devices take is rounded down, so the bound stays valid.
    """

    def __init__(self, items: Items, pair: tuple[int, int], prices: Ints) -> None:
        self._pair = list(pair)
        self._others = [d for d in range(len(items.capacity)) if d not in pair]
        self._prices = prices[self._others]
        capacity = items.capacity[self._pair]
        side = int((_CELLS // (len(items.worth) + 1)) ** 0.5)
        self._unit = capacity // side + 1
        shape = capacity // self._unit + 1
        gain = items.worth - items.sizes[:, self._others] @ self._prices
        steps = (items.sizes[:, self._pair] // self._unit).tolist()
        self._most = np.zeros((len(items.worth) + 1, *shape), dtype=np.int64)
        for item in range(len(items.worth) - 1, -1, -1):
            _add(self._most[item + 1], self._most[item], steps[item], int(gain[item]), int(items.copies[item]))

    @property
    def cells(self) -> int:
        return int(self._most.size)

    def bound(self, first: Ints, room: Ints) -> Ints:
        left = room[:, self._pair] // self._unit
        most: Ints = self._most[first, left[:, 0], left[:, 1]]
        return most + room[:, self._others] @ self._prices


def _add(before: Ints, after: Ints, step: list[int], gain: int, copies: int) -> None:
    """Write into `after` what `before` becomes when up to `copies` more of a device may be taken."""
    after[:] = before
    if gain <= 0:
        return
    if not any(step):
        after += gain * copies
        return
    rows, columns = after.shape
    for _ in range(min(copies, *((n - 1) // s for n, s in zip(after.shape, step, strict=True) if s))):
        source = after[: rows - step[0], : columns - step[1]] + gain
        np.maximum(after[step[0] :, step[1] :], source, out=after[step[0] :, step[1] :])


class TableSearch:
    """The search in one rack class; `complete` says whether it reached its end."""

    def __init__(self, worth: Ints, shelf: Shelf, rack: int, budget: Budget) -> None:
        capacity, copies = shelf.capacity[rack], shelf.copies[rack]
        self._order = np.argsort(-(shelf.sizes / np.maximum(capacity, 1)).sum(axis=1), kind="stable")
        self._order = self._order[copies[self._order] > 0]
        order = self._order
        self._items = Items(worth[order], shelf.sizes[order], copies[order], capacity)
        self._devices, self._rack, self._budget = len(worth), rack, budget
        one = Shelf(self._items.sizes, capacity[None], self._items.copies[None])
        prices = resource_prices(self._items.worth, one)[0]
        self._tables = [_Table(self._items, pair, prices) for pair in _pairs(prices * capacity)]
        budget.spend(sum(table.cells for table in self._tables) / _CELLS_PER_UNIT)
        self.complete = False
        self.states = 0

    def best(self, floor: int, patience: int) -> Fillings:
        """Contents worth more than `floor`: the heaviest of all when complete, and others met on the way.

        Once plenty are found, the search goes on for no more than `patience` states in all.
        """
        found: list[_Block] = []
        stack, useful, number = self._start(), floor, 0
        while stack and not self._budget.over() and not (number >= _PLENTY and self.states > patience):
            block = self._expanded(stack.pop(), floor)
            better = block.of(block.value > useful)
            if len(better.value):
                top = better.of(np.argsort(-better.value, kind="stable")[:_KEPT_PER_BLOCK])
                found.append(top)
                number += len(top.value)
                floor = max(floor, int(top.value[0]))
            _push(stack, block.of(block.bound > floor))
        self.complete = not stack
        return self._fillings(found)

    def all(self, floor: int, most: int) -> Fillings | None:
        """Every content worth `floor` or more to which nothing can be added; None when they are more than `most`."""
        found: list[_Block] = []
        stack, number = self._start(), 0
        while stack:
            block = self._expanded(stack.pop(), floor - 1)
            full = block.of(self._is_full(block) & (block.value >= floor))
            number += len(full.value)
            if number > most or self._budget.over():
                return None
            found.append(full)
            _push(stack, block)
        self.complete = True
        return self._fillings(found)

    def _start(self) -> list[_Block]:
        zero = np.zeros(1, dtype=np.int64)
        nothing = np.zeros((1, 0), dtype=np.int32)
        return [_Block(nothing, zero, zero, self._items.capacity[None].copy(), zero + np.iinfo(np.int64).max)]

    def _expanded(self, block: _Block, floor: int) -> _Block:
        """Each content with one more device, in every way that may still lead to more than the floor."""
        items = self._items
        block = block.of(block.bound > floor)
        fits = np.arange(len(items.worth))[None, :] >= block.first[:, None]
        for resource in range(len(items.capacity)):
            fits &= items.sizes[None, :, resource] <= block.room[:, resource, None]
        parent, item = np.nonzero(fits)
        self.states += len(parent)
        self._budget.spend_states(len(parent) + fits.size // 16)
        first = item + (self._taken(block, parent, item) + 1 >= items.copies[item])
        value, room = block.value[parent] + items.worth[item], block.room[parent] - items.sizes[item]
        bound = value + np.iinfo(np.int64).max // 4
        for table in self._tables:
            bound = np.minimum(bound, value + table.bound(first, room))
            keep = np.flatnonzero(bound > floor)
            parent, item, first = parent[keep], item[keep], first[keep]
            value, room, bound = value[keep], room[keep], bound[keep]
        taken = np.concatenate([block.taken[parent], item[:, None].astype(np.int32)], axis=1)
        return _Block(taken, first, value, room, bound)

    def _taken(self, block: _Block, parent: Ints, item: Ints) -> Ints:
        """How often each content has the device already."""
        if not block.taken.shape[1] or (self._items.copies <= 1).all():
            return np.zeros(len(parent), dtype=np.int64)
        return np.asarray((block.taken[parent] == item[:, None]).sum(axis=1), dtype=np.int64)

    def _is_full(self, block: _Block) -> NDArray[np.bool_]:
        """Whether nothing can be added: neither what may come next nor what was passed over."""
        full = np.ones(len(block.value), dtype=np.bool_)
        for item, size in enumerate(self._items.sizes):
            more = (block.room >= size).all(axis=1)
            if more.any():
                more &= (block.taken == item).sum(axis=1) < self._items.copies[item]
            full &= ~more
        return full

    def _fillings(self, found: list[_Block]) -> Fillings:
        """The contents found as counts of all device classes."""
        content = np.zeros((sum(len(block.value) for block in found), self._devices), dtype=np.int64)
        row = 0
        for block in found:
            rows = np.arange(row, row + len(block.value))
            for place in range(block.taken.shape[1]):
                content[rows, self._order[block.taken[:, place]]] += 1
            row += len(block.value)
        value = np.concatenate([np.zeros(0, dtype=np.int64), *(block.value for block in found)])
        return Fillings(np.full(len(value), self._rack, dtype=np.int64), value, content)


def _pairs(paid: Ints) -> list[tuple[int, int]]:
    """Pairs of resources, those first that contents pay most for."""
    pairs = list(combinations(range(len(paid)), 2))
    return sorted(pairs, key=lambda pair: (-int(paid[list(pair)].sum()), pair))[:_MOST_TABLES]


def _push(stack: list[_Block], block: _Block) -> None:
    """Push in pieces of bounded size, the most promising on top."""
    order = np.argsort(block.bound, kind="stable")
    stack.extend(block.of(order[start : start + _BLOCK]) for start in range(0, len(order), _BLOCK))
