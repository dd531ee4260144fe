"""What each row of free positions has room for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from planner.floor.data import RackGroup
from planner.floor.feeds import Feeds
from planner.floor.geometry import Position
from planner.floor.slots import disjoint_pairs

Counts = dict[tuple[RackGroup, str], int]
"""Racks of a kind in a row."""


@dataclass(frozen=True)
class RowRoom:
    """The free positions of a row, the disjoint pairs among them, and its feeds."""

    row: str
    positions: int
    pairs: int
    feeds: Feeds


def row_rooms(cells: Iterable[Position]) -> tuple[RowRoom, ...]:
    """Room of each row with a free position. The cells come row by row, in the hall's order."""
    rooms: list[RowRoom] = []
    for row, group in groupby(cells, key=lambda cell: cell.row):
        free = list(group)
        rooms.append(RowRoom(row, len(free), disjoint_pairs(free), free[0].feeds))
    return tuple(rooms)
