"""Column generation: prices from the linear master, columns from pricing, a proven bound from the heaviest contents."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np

from planner.packing.bounds import cover_bound, resource_bounds, whole_bound
from planner.packing.budget import Budget
from planner.packing.classes import Column, Counted
from planner.packing.columns import ColumnPool
from planner.packing.exact_pricing import Priced
from planner.packing.knapsack import Floats
from planner.packing.master import LinearMaster, LinearSolution
from planner.packing.pricing import Prices, Pricing

_PER_ROUND = 24
_TOLERANCE = 1e-6
_SMOOTHING = 0.7


class Generation:
    """Runs the rounds. `bound` (in fractions) and `proof` are the best lower bound so far and the prices that prove it.

    `lower` is the best bound in whole racks.
    """

    def __init__(self, counted: Counted, budget: Budget) -> None:
        self.counted = counted
        self.budget = budget
        self.pool = ColumnPool()
        self.pricing = Pricing(counted, counted.cost, budget)
        self.master = LinearMaster(counted, counted.cost.astype(np.float64))
        self.bound = Fraction(0)
        self.lower = 0
        self.proof: Priced | None = None
        self.rounds = 0
        self.solution: LinearSolution | None = None
        self._centre: Floats | None = None
        for priced in resource_bounds(counted):
            self.learn(priced)

    def add(self, columns: list[Column]) -> int:
        """Add columns to the pool and the master; returns how many are new."""
        new = self.pool.add(columns)
        for column in new:
            self.master.add(column)
        return len(new)

    def learn(self, priced: Priced) -> bool:
        """Keep the bound that these prices prove if it is the best so far."""
        bound = cover_bound(self.counted, priced)
        if bound is None or bound <= self.bound:
            return False
        self.bound, self.proof = bound, priced
        self.lower = max(self.lower, whole_bound(self.counted, priced))
        return True

    def converge(self, upper: int, to_the_end: bool = False) -> None:
        """Rounds until the rounded bound can rise no further, it meets `upper`, or the budget is over.

        With `to_the_end`, until no column helps: the bound is then as close to the linear optimum as integers allow.
        """
        stabilise = True
        while not self.budget.over() and self.lower < upper:
            solution = self.master.solve(self.budget)
            if solution is None:
                raise AssertionError("the first columns hold every device")
            self.solution = solution
            self.rounds += 1
            prices = self._prices(solution)
            if self.add(self.pricing.greedy(prices, _PER_ROUND)):
                continue
            added, learned, converged = self._exact_round(prices, stabilise)
            if converged or (not to_the_end and self._cannot_rise(solution)):
                return
            stabilise = bool(added) or learned

    def _exact_round(self, prices: Prices, stabilise: bool) -> tuple[int, bool, bool]:
        """Price exactly, at prices between the master's and the best proven ones; (columns, better bound, done)."""
        priced_at = prices
        if stabilise and self._centre is not None:
            device = _SMOOTHING * self._centre + (1 - _SMOOTHING) * prices.device
            priced_at = Prices(device, prices.hurdle)
        priced, columns = self.pricing.exact(priced_at, _PER_ROUND)
        learned = priced is not None and self.learn(priced)
        if learned:
            self._centre = priced_at.device
        columns = [column for column in columns if self._saves(column, prices)]
        added = self.add(columns)
        done = self.solution is not None and float(self.bound) >= self.solution.objective - _TOLERANCE
        return added, learned, done or (not added and priced_at is prices)

    def _cannot_rise(self, solution: LinearSolution) -> bool:
        step = self.counted.cost_step
        return self.lower >= ceil((solution.objective - _TOLERANCE) / step) * step

    def _saves(self, column: Column, prices: Prices) -> bool:
        rack, content = column
        return float(np.array(content) @ prices.device - prices.hurdle[rack]) > _TOLERANCE / 10

    def _prices(self, solution: LinearSolution) -> Prices:
        device = np.maximum(solution.device_price, 0.0)
        return Prices(device, self.counted.cost.astype(np.float64) + np.maximum(solution.limit_price, 0.0))
