"""Where the positions of a hall are, in mm from its corner. Pure: loads no solver."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from planner.request.ground import rows_with_y, stretches_of, under_columns
from planner.request.power_tree import drops_of
from planner.request.site import Hall


@dataclass(frozen=True)
class Position:
    """One place for a rack: where it starts on x, the front of its row on y, and the feeds (or panels) of its row.

    `stretch` names the positions of the row that admit the same racks; it is empty where none may stand now.
    """

    row: str
    number: int
    x_mm: int
    y_mm: int
    feeds: tuple[str, ...]
    blocked: bool
    stretch: str = ""

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

    The first position of a row is at the row's `x`, the next one pitch further. Blocked are those that the row names
    and those under a column.
    """
    columns = under_columns(hall)
    stretch = {(s.row.id, number): s.name for s in stretches_of(hall) for number in s.numbers}
    found: list[Position] = []
    for row, y_mm in rows_with_y(hall):
        blocked = {*row.blocked, *(number for name, number in columns if name == row.id)}
        found.extend(
            Position(
                row.id, number, row.x + (number - 1) * row.pitch, y_mm, drops_of(row), number in blocked,
                stretch.get((row.id, number), ""),
            )
            for number in range(1, row.positions + 1)
        )  # fmt: skip
    return tuple(found)


def rack_id(hall: Hall, position: Position | Place) -> str:
    """The name of the rack that stands at a position, or from it on: hall-1/A03."""
    number = position.number if isinstance(position, Position) else position.numbers[0]
    return f"{hall.id}/{position.row}{number:02d}"


def middle(positions: Iterable[Position]) -> tuple[int, int]:
    """(x, y) of a rack on these adjacent positions, rounded down to whole mm."""
    taken = list(positions)
    return sum(position.x_mm for position in taken) // len(taken), taken[0].y_mm
