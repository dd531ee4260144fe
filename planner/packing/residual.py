"""The linear program of what a dive has left: remaining demand and racks, over the pool and freshly priced columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.packing.classes import Column
from planner.packing.columns import ColumnPool
from planner.packing.generation import Generation
from planner.packing.knapsack import Floats, Ints, Shelf
from planner.packing.master import LinearMaster
from planner.packing.pricing import Prices, Pricing

_PER_ROUND = 16
_MANY_COLUMNS = 3_000
_KEPT_PER_RACK_CLASS = 3


@dataclass(frozen=True)
class Residual:
    """Objective and fractional amounts of the columns, which count the device classes that are left alone."""

    objective: float
    amount: Floats
    columns: list[Column]
    need: Ints
    devices: int

    def column(self, index: int) -> Column:
        """One of the columns, over all device classes."""
        rack, content = self.columns[index]
        wide = np.zeros(self.devices, dtype=np.int64)
        wide[self.need] = content
        return rack, tuple(int(c) for c in wide)


def _worth_trying(generation: Generation, matrix: Ints, racks: Ints, need: Ints) -> NDArray[np.bool_]:
    """Of many columns the few of each rack class that the master's prices like best; all where racks have no limit,
    for those hold whatever is left."""
    keep = np.ones(len(racks), dtype=np.bool_)
    if len(racks) <= _MANY_COLUMNS or generation.solution is None:
        return keep
    gain = matrix @ generation.solution.device_price[need]
    order = np.lexsort((-gain, racks))
    _, first = np.unique(racks[order], return_index=True)
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    keep[order] = rank < _KEPT_PER_RACK_CLASS
    keep[~np.array(generation.counted.limited)[racks]] = True
    return keep


def residual_of(generation: Generation, left: Ints, stock: Ints, rounds: int) -> Residual | None:
    """Solve what is left with `rounds` of greedy pricing; None when the columns at hand do not hold it.

    Columns are cut to what is left, so that the linear program does not count devices twice.
    """
    counted, budget = generation.counted, generation.budget
    need = np.flatnonzero(left)
    copies = np.minimum(counted.shelf.copies[:, need], left[need])
    gaps = counted.shelf.gaps.of(need) if counted.shelf.gaps is not None else None
    shelf = Shelf(counted.shelf.sizes[need], counted.shelf.capacity, copies, gaps)
    small = replace(counted, shelf=shelf, demand=left[need], limit=stock)
    pool = ColumnPool()
    matrix = np.array([content for _, content in generation.pool.columns], dtype=np.int64)[:, need]
    racks = np.array([rack for rack, _ in generation.pool.columns], dtype=np.int64)
    cut = np.minimum(matrix, copies[racks])
    usable = cut.any(axis=1) & (stock[racks] > 0)
    usable &= _worth_trying(generation, matrix, racks, need)
    pool.add((int(k), tuple(int(c) for c in row)) for k, row in zip(racks[usable], cut[usable], strict=True))
    known = len(pool)
    master = LinearMaster(small, small.cost.astype(np.float64))
    for column in pool.columns:
        master.add(column)
    pricing = Pricing(small, small.cost, budget)
    solution = master.solve(budget)
    for _ in range(rounds):
        if solution is None or budget.over():
            break
        device = np.maximum(solution.device_price, 0.0)
        prices = Prices(device, small.cost.astype(np.float64) + np.maximum(solution.limit_price, 0.0))
        new = pool.add(pricing.greedy(prices, _PER_ROUND))
        if not new:
            break
        for column in new:
            master.add(column)
        solution = master.solve(budget)
    if solution is None:
        return None
    residual = Residual(solution.objective, solution.amount, pool.columns, need, len(left))
    generation.add([residual.column(index) for index in range(known, len(pool))])
    return residual
