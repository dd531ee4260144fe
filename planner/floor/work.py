"""Deterministic time: array elements handled, counted, never the clock: a limit stops every run at one point."""

from __future__ import annotations

from planner.deadline import Deadline

ELEMENTS_PER_UNIT = 150_000_000
"""Matrix elements priced in about one second of one core, so that a unit of work is about a second."""


class Work:
    """Counts work against a limit; a deadline ends it too."""

    def __init__(self, limit: float, deadline: Deadline | None = None) -> None:
        self.limit = limit
        self._deadline = deadline or Deadline()
        self.spent = 0.0

    def spend(self, units: float) -> None:
        """Add work of `units` (about seconds)."""
        self.spent += units

    def spend_elements(self, elements: int) -> None:
        """Add the work of pricing matrix elements."""
        self.spent += elements / ELEMENTS_PER_UNIT

    @property
    def left(self) -> float:
        """Deterministic time that may still be spent, never negative."""
        return max(0.0, self.limit - self.spent)

    def over(self) -> bool:
        """Whether the limit is spent."""
        return self.spent >= self.limit or self._deadline.over()
