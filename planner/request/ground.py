"""Where the positions of a hall are and which of them are free, from the request alone, in mm from the hall's corner.

A row starts at its `x` and goes on by its pitch; its positions reach from its front at `y` to its depth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.request.positions import ANCHORED, Column, Role, Row
from planner.request.site import Hall

Spot = tuple[str, int]
"""Row id and position number."""


@dataclass(frozen=True)
class Box:
    """A rectangle on the floor, in mm."""

    x: int
    y: int
    width: int
    depth: int

    @property
    def right(self) -> int:
        """Where it ends on x."""
        return self.x + self.width

    @property
    def end(self) -> int:
        """Where it ends on y."""
        return self.y + self.depth

    def overlaps(self, other: Box) -> bool:
        """Whether the two share floor; edges that touch do not."""
        return self.x < other.right and other.x < self.right and self.y < other.end and other.y < self.end


@dataclass(frozen=True)
class Stretch:
    """The free positions of a row that admit the same racks. Named after the row, with a number where it has several.

    `admits` are the anchored roles that may stand here: all of them where the hall anchors nothing.
    """

    name: str
    row: Row
    numbers: tuple[int, ...]
    admits: frozenset[Role]


def rows_with_y(hall: Hall) -> Iterator[tuple[Row, int]]:
    """Each row and the y of its front.

    A row without `y` follows the one before it at that row's depth and an aisle; aisles alternate, cold first: rows
    stand front to front, back to back.
    """
    following = 0
    for index, row in enumerate(hall.rows):
        y_mm = following if row.y is None else row.y
        yield row, y_mm
        following = y_mm + row.rack_depth + (hall.floor.hot_aisle if index % 2 else hall.floor.cold_aisle)


def row_box(row: Row, y_mm: int) -> Box:
    """The floor under all positions of a row."""
    return Box(row.x, y_mm, row.positions * row.pitch, row.rack_depth)


def position_box(row: Row, y_mm: int, number: int) -> Box:
    """The floor under one position."""
    return Box(row.x + (number - 1) * row.pitch, y_mm, row.pitch, row.rack_depth)


def column_box(column: Column) -> Box:
    """The floor that a column takes."""
    return Box(column.x, column.y, column.width, column.depth)


def under_columns(hall: Hall) -> frozenset[Spot]:
    """Positions that share floor with a column or a blocked tile."""
    columns = [column_box(column) for column in hall.columns]
    return frozenset(
        (row.id, number)
        for row, y_mm in (rows_with_y(hall) if columns else ())
        for column in columns
        if column.overlaps(row_box(row, y_mm))
        for number in range(1, row.positions + 1)
        if column.overlaps(position_box(row, y_mm, number))
    )


def growth_positions(hall: Hall) -> frozenset[Spot]:
    """Positions that are kept free for later."""
    return frozenset((row.id, number) for row in hall.rows for number in row.reserved)


def free_positions(hall: Hall) -> Mapping[str, tuple[int, ...]]:
    """The numbers of each row where a rack may stand now: not blocked, not under a column, not kept for growth."""
    taken = under_columns(hall)
    return {
        row.id: tuple(
            number
            for number in range(1, row.positions + 1)
            if number not in row.blocked and number not in row.reserved and (row.id, number) not in taken
        )
        for row in hall.rows
    }


def admitted_roles(hall: Hall) -> Mapping[Spot, frozenset[Role]]:
    """The anchored roles that may stand at each position. A role that the hall anchors nowhere may stand anywhere."""
    named: dict[Role, set[Spot]] = {}
    for anchor in hall.anchors:
        row = next(row for row in hall.rows if row.id == anchor.row)
        numbers = range(1, row.positions + 1) if anchor.positions is None else anchor.positions
        named.setdefault(anchor.role, set()).update((row.id, number) for number in numbers)
    anywhere = frozenset(role for role in ANCHORED if role not in named)
    admitted = {(row.id, number): anywhere for row in hall.rows for number in range(1, row.positions + 1)}
    for role, spots in named.items():
        admitted |= {spot: admitted[spot] | {role} for spot in spots if spot in admitted}
    return admitted


def stretches_of(hall: Hall) -> tuple[Stretch, ...]:
    """The free positions of every row by what they admit, in the order of rows and first positions."""
    free, admitted = free_positions(hall), admitted_roles(hall)
    found: list[Stretch] = []
    for row in hall.rows:
        alike: dict[frozenset[Role], list[int]] = {}
        for number in free[row.id]:
            alike.setdefault(admitted[row.id, number], []).append(number)
        for n, (admits, numbers) in enumerate(alike.items(), 1):
            name = row.id if len(alike) == 1 else f"{row.id}:{n}"
            found.append(Stretch(name, row, tuple(numbers), admits))
    return tuple(found)
