"""Column generation: prices from the linear master, columns from pricing, a proven bound from the heaviest contents."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from planner.packing.bounds import cover_bound, resource_bounds, whole_bound
from planner.packing.budget import Budget
from planner.packing.classes import Column, Counted
from planner.packing.columns import ColumnPool
from planner.packing.exact_pricing import Priced, tables_serve
from planner.packing.knapsack import Floats
from planner.packing.master import LinearMaster, LinearSolution
from planner.packing.pricing import Prices, Pricing

_PER_ROUND = 24
_TOLERANCE = 1e-6
_CLOSE_ENOUGH = 0.005
_SMOOTHING = 0.6


@dataclass(frozen=True)
class _Outcome:
    """What an exact pricing brought: new columns, a better bound, the end."""

    added: int
    learned: bool
    converged: bool


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
        self._centre_bound = Fraction(0)
        self._exact_is_quick = tables_serve(counted.shelf)
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

    def converge(self, upper: int, until: float, to_the_end: bool) -> bool:
        """Rounds until the bound in whole racks can rise no further or meets `upper`; False when time ended first.

        `until` is the deterministic time at which to pause; an exact pricing gets at most what is left till then. With
        `to_the_end` the rounds go on until no column helps: the bound in fractions is then close to the linear optimum.
        """
        stabilise = True
        while self.lower < upper:
            if self.budget.over() or self.budget.spent >= until:
                return False
            solution = self.master.solve(self.budget)
            if solution is None:
                raise AssertionError("the first columns hold every device")
            self.solution = solution
            self.rounds += 1
            if not to_the_end and self._cannot_rise(solution):
                return True
            prices = self._prices(solution)
            quick = self.add(self.pricing.greedy(prices, _PER_ROUND))
            if quick >= (_PER_ROUND if self._exact_is_quick else 1):
                continue
            outcome = self._exact_round(prices, stabilise, until - self.budget.spent)
            if outcome.converged and not quick:
                return True
            stabilise = outcome.added > 0 or outcome.learned
        return True

    def _exact_round(self, prices: Prices, stabilise: bool, time: float) -> _Outcome:
        """Price exactly, at the master's prices or, to stabilise, between those and the best proven ones."""
        priced_at = prices
        if stabilise and self._centre is not None:
            device = _SMOOTHING * self._centre + (1 - _SMOOTHING) * prices.device
            priced_at = Prices(device, prices.hurdle)
        priced, columns = self.pricing.exact(priced_at, _PER_ROUND, time)
        learned = priced is not None and self.learn(priced)
        if priced is not None and (learned or self._exact_is_quick):
            self._recentre(priced, priced_at.device)
        added = self.add([column for column in columns if self._saves(column, prices)])
        close = _CLOSE_ENOUGH * self.counted.cost_step
        done = self.solution is not None and float(self.bound) >= self.solution.objective - close
        return _Outcome(added, learned, done or (priced is not None and not added and priced_at is prices))

    def _recentre(self, priced: Priced, device: Floats) -> None:
        """Prices that prove more than those before are where the next rounds are held back to."""
        bound = cover_bound(self.counted, priced)
        if bound is not None and bound > self._centre_bound:
            self._centre, self._centre_bound = device, bound

    def _cannot_rise(self, solution: LinearSolution) -> bool:
        step = self.counted.cost_step
        return self.lower >= ceil((solution.objective - _TOLERANCE) / step) * step

    def _saves(self, column: Column, prices: Prices) -> bool:
        rack, content = column
        return float(np.array(content) @ prices.device - prices.hurdle[rack]) > _TOLERANCE / 10

    def _prices(self, solution: LinearSolution) -> Prices:
        device = np.maximum(solution.device_price, 0.0)
        return Prices(device, self.counted.cost.astype(np.float64) + np.maximum(solution.limit_price, 0.0))
