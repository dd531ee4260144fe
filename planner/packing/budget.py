"""Deterministic time: work done, counted, never the clock, so that a limit stops every run at the same point."""

from __future__ import annotations

from collections.abc import Callable

STATES_PER_UNIT = 2_500_000
"""Knapsack states expanded in about one second of one core, so that a unit of work is about a second."""


class Budget:
    """Counts deterministic time against a limit; `stop` lets a caller end the search early at the next step."""

    def __init__(self, limit: float, stop: Callable[[], bool] | None = None) -> None:
        self.limit = limit
        self.spent = 0.0
        self.stopped = False
        self._stop = stop

    def spend(self, units: float) -> None:
        """Add work of `units` (about seconds)."""
        self.spent += units

    def spend_states(self, states: int) -> None:
        """Add the work of expanding knapsack states."""
        self.spent += states / STATES_PER_UNIT

    @property
    def left(self) -> float:
        """Deterministic time that may still be spent, never negative."""
        return max(0.0, self.limit - self.spent)

    def over(self) -> bool:
        """Whether the search must end: the limit is spent or the caller said stop."""
        if not self.stopped and self._stop is not None and self._stop():
            self.stopped = True
        return self.stopped or self.spent >= self.limit
