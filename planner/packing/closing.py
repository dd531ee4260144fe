"""Closing the gap by enumeration: only contents whose reduced cost fits into the gap can be part of a better packing.

Let prices u be feasible for the dual, with value L. A packing that costs at most B uses only contents of reduced cost
at most B - L. All of these, up to ones contained in others, are listed; an integer program over the list then finds a
packing of cost at most B or proves that there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.packing.budget import Budget
from planner.packing.classes import Column, Counted
from planner.packing.exact_pricing import Priced, all_heavy, heaviest
from planner.packing.generation import Generation
from planner.packing.integer_master import choose_columns
from planner.packing.knapsack import Ints

_MOST_CONTENTS = 60_000


@dataclass(frozen=True)
class Closed:
    """A packing cheaper than the best known (None: none found); `complete` when no cheaper one exists than it."""

    chosen: list[tuple[Column, int]] | None
    complete: bool


def close_gap(generation: Generation, lower: int, upper: int, time: float) -> Closed:
    """Search for a packing cheaper than `upper` among all contents that can be part of one."""
    counted, budget = generation.counted, generation.budget
    target = upper - counted.cost_step
    columns = contents_within(generation, target, budget.part(time))
    if columns is None or budget.over():
        return Closed(None, False)
    answer = choose_columns(counted, columns, (lower, target), time, budget)
    return Closed(answer.chosen, answer.complete)


def contents_within(generation: Generation, target: int, budget: Budget) -> list[Column] | None:
    """All largest contents that a packing of cost at most `target` may use; None when there are too many to list."""
    if generation.proof is None:
        return None
    counted, scale = generation.counted, generation.pricing.scale
    dual = dual_feasible(counted, generation.proof, scale, budget)
    if dual is None:
        return None
    rent = np.where(np.array(counted.limited), np.maximum(0, dual.z - counted.cost * scale), 0)
    value = int((dual.worth * counted.demand).sum()) - int((rent * counted.limit).sum())
    spare = target * scale - value
    if spare < 0:
        return []
    floor = counted.cost * scale + rent - spare
    found = all_heavy(dual.worth, counted.shelf, floor, _MOST_CONTENTS, budget)
    if found is None:
        return None
    return [
        (int(rack), tuple(int(c) for c in content)) for rack, content in zip(found.rack, found.content, strict=True)
    ]


def dual_feasible(counted: Counted, proof: Priced, scale: int, budget: Budget) -> Priced | None:
    """The proof's weights scaled so that no content of an unlimited rack class is worth more than the class costs."""
    unlimited = ~np.array(counted.limited)
    heavy = unlimited & (proof.z > 0)
    ceilings = counted.cost[heavy] * float(scale) / proof.z[heavy]
    factor = float(ceilings.min(initial=np.inf)) if heavy.any() else 1.0
    worth: Ints = np.floor(proof.worth * factor * (1 - 1e-12)).astype(np.int64)
    priced, _ = heaviest(worth, counted.shelf, np.where(unlimited, counted.cost * scale, 0), budget)
    if priced is None or (priced.z[unlimited] > counted.cost[unlimited] * scale).any():
        return None
    return priced
