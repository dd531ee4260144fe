"""Where the positions of a hall are, in mm from its corner. Pure: loads no solver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from planner.request.site import Hall, Row


@dataclass(frozen=True)
class Position:
    """One place for a rack: the centre of its width on x, the front of its row on y, and the feeds that reach it."""

    row: str
    number: int
    x_mm: int
    y_mm: int
    feeds: tuple[str, ...]
    blocked: bool

    @property
    def name(self) -> str:
        """Row id and two digits: A01."""
        return f"{self.row}{self.number:02d}"


class Place(Protocol):
    """Anything with a row and position numbers, the lowest first."""

    @property
    def row(self) -> str:
        """Row id."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """Position numbers."""


def positions_of(hall: Hall) -> tuple[Position, ...]:
    """Every position of the hall, blocked ones too, in the order of its rows and then by number.

    The first position of a row is at the row's `x`, the next one pitch further. A row without `y` follows the one
    before it at that row's depth and an aisle; aisles alternate, cold first: rows stand front to front, back to back.
    """
    found: list[Position] = []
    for row, y_mm in _rows_with_y(hall):
        blocked = set(row.blocked)
        found.extend(
            Position(row.id, number, row.x + (number - 1) * row.pitch, y_mm, row.feeds, number in blocked)
            for number in range(1, row.positions + 1)
        )
    return tuple(found)


def _rows_with_y(hall: Hall) -> Iterator[tuple[Row, int]]:
    following = 0
    for index, row in enumerate(hall.rows):
        y_mm = following if row.y is None else row.y
        yield row, y_mm
        following = y_mm + row.rack_depth + (hall.floor.hot_aisle if index % 2 else hall.floor.cold_aisle)


def rack_id(hall: Hall, position: Position | Place) -> str:
    """The name of the rack that stands at a position, or from it on: hall-1/A03."""
    number = position.number if isinstance(position, Position) else position.numbers[0]
    return f"{hall.id}/{position.row}{number:02d}"


def middle(positions: Iterable[Position]) -> tuple[int, int]:
    """(x, y) of a rack on these adjacent positions, rounded down to whole mm."""
    taken = list(positions)
    return sum(position.x_mm for position in taken) // len(taken), taken[0].y_mm
