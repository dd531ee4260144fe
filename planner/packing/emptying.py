"""Emptying a rack: devices of a few racks are exchanged so that the least filled of them holds as little as can be.

Repeated with other racks, room that is spread over all of them gathers in one, until that rack is closed. This helps
where nearly every device differs, and whole contents at the linear prices leave a rack too many.
"""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model

from planner.packing.budget import Budget
from planner.packing.classes import Column, Counted
from planner.packing.filling import relative_size
from planner.packing.knapsack import Ints

Bin = tuple[int, Ints]  # rack class and content

_HELPERS = 3
_STEP_TIME = 0.01
_WORK_PER_STEP = 6e-3  # stating the model, which the solver does not count
_WORK_PER_ITEM = 3e-4
_FRUITLESS = 60
_UNITS = 10_000  # of a device's weight


class Emptier:
    """Racks of a packing, one of which is being emptied; the choice of helpers is drawn from a fixed seed."""

    def __init__(self, counted: Counted, chosen: list[tuple[Column, int]], seed: int) -> None:
        self._counted = counted
        self._draw = np.random.default_rng(seed)
        share = relative_size(counted)
        self._weight = np.maximum(1, np.rint(share / share.max() * _UNITS)).astype(np.int64)
        self._bins: list[Bin] = [
            (rack, np.array(content, dtype=np.int64)) for (rack, content), count in chosen for _ in range(count)
        ]

    def run(self, budget: Budget) -> list[tuple[Column, int]] | None:
        """A packing with a rack less, or None when time or luck ran out."""
        fruitless = 0
        while not budget.over() and fruitless < _FRUITLESS:
            paid = [n for n, (rack, _) in enumerate(self._bins) if self._counted.cost[rack] > 0]
            if len(paid) < 2:
                return None
            target = min(paid, key=lambda n: int(self._bins[n][1] @ self._weight))
            before = int(self._bins[target][1] @ self._weight)
            self._exchange(target, budget)
            after = int(self._bins[target][1] @ self._weight)
            if after == 0:
                del self._bins[target]
                return self._chosen()
            fruitless = 0 if after < before else fruitless + 1
        return None

    def _exchange(self, target: int, budget: Budget) -> None:
        """Moves what can be moved from the target to a few other racks, their contents exchanged as need be."""
        others = [n for n in range(len(self._bins)) if n != target]
        helpers = sorted(self._draw.choice(others, size=min(_HELPERS, len(others)), replace=False).tolist())
        group = [target, *helpers]
        items = np.flatnonzero(np.sum([self._bins[n][1] for n in group], axis=0))
        model = cp_model.CpModel()
        amounts = [self._amounts(model, n, items) for n in group]
        for place, item in enumerate(items):
            total = sum(int(self._bins[n][1][item]) for n in group)
            model.add(sum(amount[place] for amount in amounts) == total)
        model.minimize(sum(int(self._weight[item]) * x for item, x in zip(items, amounts[0], strict=True)))
        solver = cp_model.CpSolver()
        solver.parameters.catch_sigint_signal = False
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = _STEP_TIME
        with budget.watching(solver.stop_search):
            status = solver.solve(model)
        budget.spend(solver.response_proto.deterministic_time + _WORK_PER_STEP + _WORK_PER_ITEM * len(items))
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            for n, amount in zip(group, amounts, strict=True):
                self._bins[n][1][items] = [solver.value(x) for x in amount]

    def _amounts(self, model: cp_model.CpModel, number: int, items: Ints) -> list[cp_model.IntVar]:
        """Copies of each device class in one rack, within its capacity; what stands there now is the hint."""
        rack, content = self._bins[number]
        shelf = self._counted.shelf
        amount = [model.new_int_var(0, int(shelf.copies[rack, item]), "") for item in items]
        for resource, capacity in enumerate(shelf.capacity[rack]):
            sizes = shelf.sizes[items, resource]
            model.add(sum(int(size) * x for size, x in zip(sizes, amount, strict=True)) <= int(capacity))
        for item, x in zip(items, amount, strict=True):
            model.add_hint(x, int(content[item]))
        return amount

    def _chosen(self) -> list[tuple[Column, int]]:
        merged: dict[Column, int] = {}
        for rack, content in self._bins:
            column = (rack, tuple(int(copies) for copies in content))
            merged[column] = merged.get(column, 0) + 1
        return list(merged.items())
