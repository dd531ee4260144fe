"""One budget of wall time for a whole run, and the wish to stop it: asked between steps, and while a solver works."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

POLL_S = 0.05


@contextmanager
def watched(over: Callable[[], bool], stop: Callable[[], object]) -> Iterator[None]:
    """Asks `over` from a thread of its own and calls `stop` while it says yes; a solver keeps the caller busy."""
    finished = threading.Event()

    def watch() -> None:
        while not finished.wait(POLL_S):
            if over():
                stop()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()


class Deadline:
    """When a run must end with the best it has. Without `seconds`, only when it is interrupted.

    `stopped` says that some work was cut short: another run may then find something else. `listens` says that somebody
    may interrupt.
    """

    def __init__(self, seconds: float | None = None, *, listens: bool = False) -> None:
        self.seconds = seconds
        self.interrupted = False
        self.stopped = False
        self._end = None if seconds is None else time.monotonic() + seconds
        self._listens = listens

    @property
    def may_come(self) -> bool:
        """Whether this run can end early at all."""
        return self._end is not None or self._listens

    def interrupt(self) -> None:
        """The run is to end at its next step."""
        self.interrupted = True

    def over(self) -> bool:
        """Whether the run must end now."""
        late = self._end is not None and time.monotonic() >= self._end
        if late or self.interrupted:
            self.stopped = True
        return late or self.interrupted

    @contextmanager
    def watching(self, stop: Callable[[], object]) -> Iterator[None]:
        """Calls `stop` from a thread of its own as soon as the run must end; a solver keeps the caller busy."""
        if not self.may_come:
            yield
            return
        with watched(self.over, stop):
            yield
