"""What each row of free positions has room for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.floor.data import RackGroup
from planner.floor.feeds import Feeds
from planner.floor.geometry import Position
from planner.floor.slots import disjoint_pairs

Counts = dict[tuple[RackGroup, str], int]
"""Racks of a kind in a stretch of a row."""


@dataclass(frozen=True)
class RowRoom:
    """The free positions of a row, or of one stretch of it, the disjoint pairs among them, and its feeds."""

    row: str
    positions: int
    pairs: int
    feeds: Feeds


def row_rooms(cells: Iterable[Position]) -> tuple[RowRoom, ...]:
    """Room of each stretch with a free position. The cells come in the hall's order."""
    free: dict[str, list[Position]] = {}
    for cell in cells:
        free.setdefault(cell.stretch, []).append(cell)
    return tuple(RowRoom(name, len(found), disjoint_pairs(found), found[0].feeds) for name, found in free.items())
