"""Requests of files after a change of what they say, with the lines of the file."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.document import Document
from planner.request import load_request

Change = Callable[[Any], object]


def changed(file: Path, change: Change = lambda _: None) -> Document:
    """The document of a request, changed; `read_request` makes the request of it."""
    _, source = load_request(file)
    data = copy.deepcopy(source.data)
    change(data)
    return replace(source, data=data)
