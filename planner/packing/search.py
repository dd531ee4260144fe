"""The search on merged classes: greedy start, column generation, integer master, dives, closing by enumeration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from planner.packing.budget import Budget
from planner.packing.classes import Column, Counted
from planner.packing.closing import close_gap
from planner.packing.columns import trim_to_demand
from planner.packing.diving import dive
from planner.packing.emptying import Emptier
from planner.packing.exact_pricing import Priced
from planner.packing.filling import Rule, fill_up, greedy_packing, relative_size
from planner.packing.gaps import Gaps
from planner.packing.generation import Generation
from planner.packing.integer_master import choose_columns
from planner.packing.knapsack import Shelf

Chosen = list[tuple[Column, int]]

_MANY_RACK_CLASSES = 50
_MANY_DEVICE_CLASSES = 80
_FITS: tuple[Literal["product", "distance"], ...] = ("product", "distance")
_POWERS = (-1, 0, 1, 2)
"""Of scarcity, in the greedy packings that are tried where nearly every device differs."""
_FIRST_SLICE = 0.5
_SLICE_GROWTH = 3.0
_LARGEST_SLICE = 20.0
_FIRST_CONVERGENCE = 2.0
_FIRST_EMPTYING = 1.0


@dataclass(frozen=True)
class Found:
    """The best packing, the bound, the prices that gave it, and how much work it took."""

    chosen: Chosen
    cost: int
    lower: int
    proof: Priced | None
    rounds: int
    columns: int


def search(counted: Counted, budget: Budget, start: Chosen | None = None, enough: int | None = None) -> Found | None:
    """The cheapest packing and its bound, as far as the budget goes or until one costs `enough` or less.

    It begins with `start` or a greedy packing.

    None when there is no start and no greedy packing respects the limits.
    """
    first = start if start is not None else _greedy_start(counted)
    return None if first is None else _Search(counted, budget, first, enough).run()


def with_missing_class(counted: Counted) -> Counted:
    """The same devices with racks for nothing, and one more class that keeps one device out at a cost of 1 each.

    The least cost is then the number of devices that the racks that exist cannot hold.
    """
    devices, total = len(counted.demand), int(counted.demand.sum())
    sizes = np.column_stack([counted.shelf.sizes, np.ones(devices, dtype=np.int64)])
    room = np.full(len(counted.cost), total, dtype=np.int64)
    outside = np.append(counted.shelf.sizes.max(axis=0), 1)
    capacity = np.vstack([np.column_stack([counted.shelf.capacity, room]), outside])
    single = np.ones((1, devices), dtype=np.int64)
    gaps = counted.shelf.gaps
    if gaps is not None:
        alone = np.zeros((1, gaps.blocks.shape[1]), dtype=np.int64)
        alone[0, -1] = gaps.height.max()
        gaps = Gaps(gaps.height, np.vstack([gaps.blocks, alone]))
    return replace(
        counted,
        shelf=Shelf(sizes, capacity, np.vstack([counted.shelf.copies, single]), gaps),
        open_shelf=Shelf(sizes, capacity, np.vstack([counted.open_shelf.copies, single]), gaps),
        cost=np.append(np.zeros_like(counted.cost), 1),
        limit=np.append(counted.limit, total),
        limited=(*counted.limited, False),
        rack_ids=(*counted.rack_ids, ()),
    )


def cost_of(counted: Counted, chosen: Chosen) -> int:
    """Sum of the costs of the opened racks."""
    return sum(int(counted.cost[rack]) * count for (rack, _), count in chosen)


def _greedy_start(counted: Counted) -> Chosen | None:
    """The best of a few greedy packings: by weighted size, by scarcest resource, by plain size, by fit."""
    capacity = np.maximum(counted.shelf.capacity.max(axis=0), 1)
    share = counted.shelf.sizes / capacity
    weight = relative_size(counted)
    rules = [
        Rule(weight),
        Rule(share.max(axis=1, initial=0.0)),
        Rule(share.sum(axis=1)),
        Rule(weight, "product"),
        Rule(weight, "distance"),
    ]
    if len(counted.cost) > _MANY_RACK_CLASSES:  # one pass over them is work enough for a start
        rules = rules[:1]
    elif len(weight) >= _MANY_DEVICE_CLASSES:
        rules += [Rule(weight, fit, power, anew) for fit in _FITS for power in _POWERS for anew in (True, False)]
    found = [packing for rule in rules if (packing := greedy_packing(counted, rule)) is not None]
    return min(found, key=lambda chosen: cost_of(counted, chosen), default=None)


class _Search:
    def __init__(self, counted: Counted, budget: Budget, start: Chosen, enough: int | None = None) -> None:
        self.counted = counted
        self.budget = budget
        self.generation = Generation(counted, budget)
        self.best = start
        self.upper = cost_of(counted, start)
        self.enough = -1 if enough is None else enough
        self.lower = self.generation.lower
        self._tries = 0
        self._add_as_columns(start)

    def run(self) -> Found:
        """First converge, in growing slices so that a good packing comes early; then dive, choose and close."""
        self._empty(_FIRST_EMPTYING)
        self._converge(to_the_end=False)
        self._choose_from_pool(_FIRST_SLICE)
        self._converge(to_the_end=True)
        time = _FIRST_SLICE
        while not self._done():
            self._empty(time)
            self._dive(time)
            self._choose_from_pool(time)
            self._close(time)
            time = min(_SLICE_GROWTH * time, _LARGEST_SLICE)
        generation = self.generation
        return Found(self.best, self.upper, self.lower, generation.proof, generation.rounds, len(generation.pool))

    def _converge(self, to_the_end: bool) -> None:
        time = _FIRST_CONVERGENCE
        while not self._done():
            finished = self.generation.converge(self.upper, self.budget.spent + time, to_the_end)
            self._raise_lower(self.generation.lower)
            if finished:
                return
            self._dive(0.5 * time)
            self._empty(0.5 * time)
            self._choose_from_pool(0.25 * time)
            time *= 2.0

    def _done(self) -> bool:
        return self.lower >= self.upper or self.upper <= self.enough or self.budget.over()

    def _raise_lower(self, bound: int) -> None:
        self.lower = max(self.lower, min(bound, self.upper))

    def _keep(self, chosen: Chosen | None) -> None:
        """Keep a packing if it is cheaper than the best; what it packs twice is taken out first."""
        if chosen is None:
            return
        exact = trim_to_demand(chosen, [int(need) for need in self.counted.demand])
        cost = cost_of(self.counted, exact)
        if cost < self.upper:
            self.best, self.upper = exact, cost
            self._add_as_columns(exact)

    def _add_as_columns(self, chosen: Chosen) -> None:
        rack = np.array([column[0] for column, _ in chosen], dtype=np.int64)
        content = np.array([column[1] for column, _ in chosen], dtype=np.int64).reshape(len(chosen), -1)
        full = fill_up(self.counted, rack, content)
        self.generation.add([(int(k), tuple(int(c) for c in row)) for k, row in zip(rack, full, strict=True)])

    def _choose_from_pool(self, time: float) -> None:
        if self._done():
            return
        pool = self.generation.pool.columns
        target = self.upper - self.counted.cost_step
        answer = choose_columns(self.counted, pool, (self.lower, target), time, self.budget)
        self._keep(answer.chosen)

    def _dive(self, time: float) -> None:
        limit = self.budget.spent + time
        attempt = 0
        while not self._done() and self.budget.spent < limit:
            self._keep(dive(self.generation, self.upper, attempt))
            attempt += 1

    def _empty(self, time: float) -> None:
        """Closes racks by exchanges where nearly every device differs; few classes need no such search."""
        shelf = self.counted.shelf
        if len(shelf.sizes) < _MANY_DEVICE_CLASSES or shelf.gaps is not None:
            return
        part = self.budget.part(time)
        while not self._done() and not part.over():
            self._tries += 1
            fewer = Emptier(self.counted, self.best, self._tries).run(part)
            if fewer is None:
                return
            self._keep(fewer)

    def _close(self, time: float) -> None:
        if self._done():
            return
        closed = close_gap(self.generation, self.lower, self.upper, time)
        self._keep(closed.chosen)
        if closed.complete:
            self._raise_lower(self.upper)
