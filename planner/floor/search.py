"""Many hubs: a proven bound by tile prices, and placements grown from what the bound chooses.

Where one hub serves the whole hall, its slot is branched on: the bound is the least over its slots of the best bound
found with it there, so that it holds for every place of that hub. Slots with the least bound are worked on first.
"""

from __future__ import annotations

import math
import random

import numpy as np

from planner.deadline import Deadline
from planner.floor.ascent import Ascent, flat_start, start_around
from planner.floor.field import Field, Ints, field_of
from planner.floor.incumbent import Incumbent
from planner.floor.layout import Placed, Question
from planner.floor.pricing import Choice, Pricing
from planner.floor.work import Work

STEPS, LONG_STEPS = 150, 1500
TRY_EVERY = 15
ENOUGH = 400
SEED = 7
FRUITLESS = 60
LOOK, CLIMB, LAST = 1, 3, 4
"""What is done with a slot when its turn comes: look with its own prices, then with learned ones, then climb twice."""

CLIMB_SHARE = 4
"""One climb takes at most this part of the work that is left, so that every slot has its turn."""

NOTHING = np.zeros(0, dtype=np.int64)


def search(
    question: Question, standing: Placed, deterministic_time: float, deadline: Deadline
) -> tuple[Placed, int, int]:
    """The best placement found, its cost and a lower bound on any placement's cost, in mm."""
    field, work = field_of(question), Work(deterministic_time, deadline)
    incumbent = Incumbent(question, field, standing, work)
    bounds = Bounds(field, incumbent, work)
    bounds.raise_all()
    _shake(incumbent, bounds.least(), work)
    incumbent.close()
    return incumbent.placed, incumbent.cost_mm, min(bounds.least(), incumbent.cost_mm)


def enough(cost_mm: int, bound_mm: int) -> bool:
    """Whether a cost is within one part in `ENOUGH` of its bound."""
    return (cost_mm - bound_mm) * ENOUGH <= cost_mm


def _shake(incumbent: Incumbent, bound: int, work: Work) -> None:
    draw, fruitless = random.Random(SEED), 0
    while not work.over() and not enough(incumbent.cost_mm, bound) and fruitless < FRUITLESS:
        before = incumbent.cost_mm
        incumbent.shake(draw)
        fruitless = 0 if incumbent.cost_mm < before else fruitless + 1


class Bounds:
    """The best bound known for each slot of the hall's hub; one for all where there is no single such hub."""

    def __init__(self, field: Field, incumbent: Incumbent, work: Work) -> None:
        self.field, self.incumbent, self.work = field, incumbent, work
        self.pricing = Pricing(field)
        self.branched = field.common is not None and field.common.hubs == 1
        rows = len(field.common.hub_slots) if field.common is not None and self.branched else 1
        self.of_row = np.zeros(rows, dtype=np.int64)

    def least(self) -> int:
        """The bound that holds for every placement, rounded up to a sum that cables and distances can make."""
        return -(-int(self.of_row.min()) // self.field.step_mm) * self.field.step_mm

    def proven(self) -> bool:
        """Whether no placement can be better than the best one."""
        return self.least() >= self.incumbent.cost_mm

    def enough(self) -> bool:
        """Whether the best placement is so near to the bound that more work is not worth its time."""
        return enough(self.incumbent.cost_mm, self.least())

    def raise_all(self) -> None:
        """Work on the slots with the least bound until the bound meets the cost, or work or ideas run out.

        A slot's first prices fall with the distance from it; what a climb elsewhere has added to such prices is tried
        on it before it is climbed itself.
        """
        if not self.branched:
            self.climb(flat_start(self.field), NOTHING, LONG_STEPS)
            return
        self.look(flat_start(self.field))
        tried: dict[int, int] = {}
        learned = np.zeros(self.field.cells)
        row = self._centre()
        while not self.work.over() and not self.enough() and tried.get(row, 0) < LAST:
            assert self.field.common is not None
            ascent = start_around(self.field, int(self.field.common.hub_slots[row]))
            first = ascent.cells
            tried[row] = tried.get(row, 0 if tried else CLIMB - 1) + 1
            if tried[row] > LOOK:
                ascent.cells = np.maximum(0.0, first + learned)
            if tried[row] < CLIMB:
                self.look(ascent)
            else:
                self.climb(ascent, np.array([row]), until=self.work.spent + self.work.left / CLIMB_SHARE)
                learned = ascent.best_cells - first
            row = int(self.of_row.argmin())

    def _centre(self) -> int:
        assert self.field.common is not None
        singles = self.field.distance[self.field.common.hub_slots][:, : self.field.cells]
        return int(singles.sum(axis=1).argmin())

    def look(self, ascent: Ascent) -> None:
        """One evaluation at the ascent's prices, for every open slot of the hall's hub."""
        prices = ascent.prices()
        tiles = self.pricing.tiles(prices)
        rows = np.nonzero(self.of_row < self.incumbent.cost_mm)[0]
        values = self.pricing.around(prices, tiles, rows) + self.pricing.constant(prices)
        self.of_row[rows] = np.maximum(self.of_row[rows], values)
        self.work.spend_elements(self.pricing.elements() + len(rows) * len(self.field.slots))

    def climb(self, ascent: Ascent, rows: Ints, steps: int = STEPS, until: float = math.inf) -> None:
        """Steps for some slots of the hall's hub at once, always for the one whose bound is least."""
        for number in range(steps):
            if ascent.over() or self.work.over() or self.work.spent > until or (not self.branched and self.proven()):
                break
            choice = self._choice(ascent, rows)
            if number % TRY_EVERY == 0:
                self.incumbent.try_choice(choice)
            ascent.step(choice, self.incumbent.cost_mm)

    def _choice(self, ascent: Ascent, rows: Ints) -> Choice:
        prices = ascent.prices()
        tiles = self.pricing.tiles(prices)
        self.work.spend_elements(self.pricing.elements() + len(rows) * len(self.field.slots))
        common = self.field.common
        if self.branched:
            values = self.pricing.around(prices, tiles, rows)
            bounds = values + self.pricing.constant(prices)
            self.of_row[rows] = np.maximum(self.of_row[rows], bounds)
            return self.pricing.choose(prices, tiles, rows[[int(values.argmin())]])
        chosen = NOTHING
        if common is not None:
            every = np.arange(len(common.hub_slots))
            values = self.pricing.around(prices, tiles, every)
            chosen = np.sort(np.argsort(values, kind="stable")[: common.hubs])
        choice = self.pricing.choose(prices, tiles, chosen)
        self.of_row[0] = max(int(self.of_row[0]), choice.bound)
        return choice
