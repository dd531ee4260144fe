"""Deterministic time: work done, counted, never the clock, so that a limit stops every run at the same point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from planner.deadline import watched

STATES_PER_UNIT = 2_500_000
"""Knapsack states expanded in about one second of one core, so that a unit of work is about a second."""


class Budget:
    """Counts deterministic time against a limit; `stop` lets a caller end the search early at the next step."""

    def __init__(self, limit: float, stop: Callable[[], bool] | None = None, whole: Budget | None = None) -> None:
        self.limit = limit
        self.spent = 0.0
        self.stopped = False
        self._stop = stop
        self._whole = whole

    def part(self, limit: float) -> Budget:
        """A budget of its own that is also spent from this one."""
        return Budget(limit, self._stop, self)

    def spend(self, units: float) -> None:
        """Add work of `units` (about seconds)."""
        self.spent += units
        if self._whole is not None:
            self._whole.spend(units)

    def spend_states(self, states: int) -> None:
        """Add the work of expanding knapsack states."""
        self.spend(states / STATES_PER_UNIT)

    @property
    def left(self) -> float:
        """Deterministic time that may still be spent, never negative."""
        left = max(0.0, self.limit - self.spent)
        return left if self._whole is None else min(left, self._whole.left)

    def over(self) -> bool:
        """Whether the search must end: the limit is spent or the caller said stop."""
        if self._whole is not None:
            return self.left <= 0.0 or self._whole.over()
        if not self.stopped and self._stop is not None and self._stop():
            self.stopped = True
        return self.stopped or self.left <= 0.0

    @contextmanager
    def watching(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """While a solver runs, ask the caller's `stop` from a thread and interrupt the solver when it says so."""
        if self._stop is None:
            yield
            return
        with watched(self.over, interrupt):
            yield
