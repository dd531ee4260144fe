"""Diving: open the racks that the linear program likes best, price again for what is left, until nothing is left."""

from __future__ import annotations

import numpy as np

from planner.packing.classes import Column
from planner.packing.generation import Generation
from planner.packing.residual import residual_of

_REPRICING_ROUNDS = 12
_NEARLY_WHOLE = 0.2
"""A fraction of a rack at least this short of a whole one is opened at once."""


def dive(generation: Generation, upper: int, attempt: int) -> list[tuple[Column, int]] | None:
    """One dive; `attempt` 0 takes the largest fractions, later ones choose at random from a fixed seed.

    Returns a packing cheaper than `upper`, or None. Columns found on the way join the pool.
    """
    counted, budget = generation.counted, generation.budget
    noise = np.random.default_rng(attempt)
    left, stock = counted.demand.copy(), counted.limit.copy()
    chosen: dict[Column, int] = {}
    while left.any():
        step = residual_of(generation, left, stock, _REPRICING_ROUNDS)
        if step is None or budget.over():
            return None
        spent = sum(int(counted.cost[rack]) * count for (rack, _), count in chosen.items())
        if spent + step.objective > upper - counted.cost_step + 1e-6:
            return None
        taken = np.floor(step.amount + _NEARLY_WHOLE).astype(np.int64)
        if not taken.any():
            appeal = step.amount * noise.uniform(1.0 if attempt == 0 else 0.3, 1.0, size=len(step.amount))
            taken[int(np.argmax(appeal))] = 1
        for index in np.flatnonzero(taken):
            rack, content = column = step.column(int(index))
            count = int(min(taken[index], stock[rack]))
            if count and (np.minimum(left, np.array(content)) > 0).any():
                chosen[column] = chosen.get(column, 0) + count
                left = np.maximum(0, left - count * np.array(content))
                stock[rack] -= count
    return list(chosen.items())
