"""The best placement around hubs that stand, proven: by flow where racks are alike in shape, else by a small model.

Loads ortools.
"""

from __future__ import annotations

from functools import cached_property

from planner.floor.assignment import assign
from planner.floor.completion import complete
from planner.floor.exact import cost_mm
from planner.floor.field import Field, field_of
from planner.floor.layout import Layout, Placed, Question
from planner.floor.stand import Stand, at_slots
from planner.floor.work import Work

LEAST_WORK = 0.01
"""Building the model and starting the solver."""

LARGEST_MODEL = 40_000
"""Racks' classes x slots; above it the small model is no longer small."""


class Closer:
    """Closes layouts of one question one after another, within one budget of work."""

    def __init__(self, question: Question, work: Work) -> None:
        self.question, self.work = question, work

    @cached_property
    def field(self) -> Field:
        """The question's arrays."""
        return field_of(self.question)

    def flows(self) -> bool:
        """Whether a flow is exact: racks of one position, and nothing that depends on their rows."""
        return not self.question.rows_matter and all(rack.positions == 1 for rack in self.question.others)

    def small(self) -> bool:
        """Whether the model is small enough to be tried."""
        return len(self.question.others) * len(self.question.ground.cells) <= LARGEST_MODEL

    def close(self, layout: Layout, below: int | None) -> tuple[bool, Placed | None]:
        """Whether it is settled what these hubs can do, and their best placement if it costs less than `below`."""
        if self.work.over():
            return False, None
        if self.flows():
            return True, self._by_flow(layout, below)
        closed, spent, placed = assign(self.question, layout, below, self.work.left)
        self.work.spend(LEAST_WORK + spent)
        return closed, placed

    def _by_flow(self, layout: Layout, below: int | None) -> Placed | None:
        index = {slot: number for number, slot in enumerate(self.field.slots)}
        hubs: Stand = tuple((rack, index[slot]) for rack, slot in layout)
        stand = complete(self.question, self.field, hubs, self.work, nearest=len(self.field.slots))
        if stand is None:
            return None
        placed = at_slots(self.field, stand)
        return placed if below is None or cost_mm(self.question, layout, placed) < below else None
