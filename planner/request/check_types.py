"""What pydantic would take for something else: true is 1 to it, and no number to a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from planner.document import Document, Location
from planner.errors import Problem


def truths_are_no_numbers(request: BaseModel, source: Document) -> Iterator[Problem]:
    """`users: true` is refused instead of read as one user."""
    for place, written in _truths_read_as_numbers(request, source.data, ()):
        yield source.problem(place, str(written).lower(), "a number")


def _truths_read_as_numbers(value: Any, written: Any, place: Location) -> Iterator[tuple[Location, bool]]:
    if isinstance(written, bool):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield place, written
    elif isinstance(value, BaseModel) and isinstance(written, dict):
        for name, field in type(value).model_fields.items():
            key = field.alias or name
            if key in written:
                yield from _truths_read_as_numbers(getattr(value, name), written[key], (*place, key))
    elif isinstance(value, dict) and isinstance(written, dict):
        for key in written.keys() & value.keys():
            yield from _truths_read_as_numbers(value[key], written[key], (*place, key))
    elif isinstance(value, tuple) and isinstance(written, list):
        for index, (part, part_written) in enumerate(zip(value, written, strict=False)):
            yield from _truths_read_as_numbers(part, part_written, (*place, index))
