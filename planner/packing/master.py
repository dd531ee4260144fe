"""The linear program of column generation: least cost of fractional racks by pattern that hold every device.

Rows: each device class at least its demand; each limited rack class at most its limit. GLOP keeps its basis from one
round to the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt

from planner.packing.budget import Budget
from planner.packing.classes import Column, Counted
from planner.packing.knapsack import Floats


@dataclass(frozen=True)
class LinearSolution:
    """Objective, price of each device class, price of each rack class's limit, and the columns' amounts."""

    objective: float
    device_price: Floats
    limit_price: Floats
    amount: Floats


class LinearMaster:
    """Columns may be added at any time; `solve` starts from the last basis."""

    def __init__(self, counted: Counted, cost: Floats) -> None:
        self._cost = cost
        self._model = mathopt.Model(name="racks by pattern")
        self._rows = [self._model.add_linear_constraint(lb=float(need)) for need in counted.demand]
        self._limits = {
            rack: self._model.add_linear_constraint(ub=float(counted.limit[rack]))
            for rack, limited in enumerate(counted.limited)
            if limited
        }
        self._columns: list[mathopt.Variable] = []
        self._racks = len(counted.cost)
        self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)

    def add(self, column: Column) -> None:
        """Add one rack content."""
        rack, content = column
        variable = self._model.add_variable(lb=0.0)
        self._model.objective.set_linear_coefficient(variable, float(self._cost[rack]))
        for item, copies in enumerate(content):
            if copies:
                self._rows[item].set_coefficient(variable, float(copies))
        if rack in self._limits:
            self._limits[rack].set_coefficient(variable, 1.0)
        self._columns.append(variable)

    def solve(self, budget: Budget) -> LinearSolution | None:
        """The optimum, or None when no fractional packing exists in the columns at hand."""
        result = self._solver.solve()
        budget.spend(2e-3 + 2e-6 * result.solve_stats.simplex_iterations * len(self._rows))
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return None
        device_price = np.array(result.dual_values(self._rows), dtype=np.float64)
        limit_price = np.zeros(self._racks)
        limit_price[list(self._limits)] = -np.array(result.dual_values(self._limits.values()), dtype=np.float64)
        amount = np.array(result.variable_values(self._columns), dtype=np.float64)
        return LinearSolution(result.objective_value(), device_price, limit_price, amount)
