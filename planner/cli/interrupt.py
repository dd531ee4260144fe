"""Ctrl-C while a solver works: the first ends the search with the best it has, the second ends the program."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from planner.cli import NO_PLAN_IN_TIME
from planner.deadline import Deadline

SAID = "stopping: writing the best plan found so far; once more to end at once"


@contextmanager
def interruptible(deadline: Deadline) -> Iterator[None]:
    """Interrupts the deadline at the first Ctrl-C. The second ends the program with exit code 4 and writes nothing.

    Python runs a signal's handler only between its own steps, and a solver's step may be long: the signal also wakes a
    thread through a socket.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may take signals: the caller stops in its own way
        return
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    ours.setblocking(True)
    before = signal.signal(signal.SIGINT, lambda *_: None)
    wakened = signal.set_wakeup_fd(theirs.fileno())
    thread = threading.Thread(target=_listen, args=(ours, deadline), daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakened)
        signal.signal(signal.SIGINT, before)
        theirs.close()  # ends the thread
        thread.join()
        ours.close()


def _listen(wire: socket.socket, deadline: Deadline) -> None:
    while taken := wire.recv(16):
        for number in taken:
            if number != signal.SIGINT:
                continue
            if deadline.interrupted:
                os._exit(NO_PLAN_IN_TIME)
            deadline.interrupt()
            click.echo(SAID, err=True)
