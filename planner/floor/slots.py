"""The free positions of a hall as cells, and the slots that racks of one or two positions take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.floor.data import FloorProblem, RackGroup
from planner.floor.geometry import Position, middle, positions_of


@dataclass(frozen=True)
class Slot:
    """One place for one rack, in one stretch. `cells` are the indices of the free positions that it takes."""

    row: str
    stretch: str
    numbers: tuple[int, ...]
    cells: tuple[int, ...]
    x_mm: int
    y_mm: int
    feeds: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """The free cells of a hall, in the hall's order, and the slots on them; `by_width[2]` are the adjacent pairs."""

    cells: tuple[Position, ...]
    by_width: dict[int, tuple[Slot, ...]]

    def slots_for(self, rack: RackGroup) -> list[Slot]:
        """Slots that a rack may take, in the hall's order."""
        return [slot for slot in self.by_width[rack.positions] if slot.stretch in rack.rows]


def ground_of(problem: FloorProblem) -> Ground:
    """The positions that are neither blocked nor kept free."""
    cells = tuple(
        position
        for position in positions_of(problem.hall)
        if position.stretch and (position.row, position.number) not in problem.reserved
    )
    singles = tuple(_slot(cells, (index,)) for index in range(len(cells)))
    pairs = tuple(
        _slot(cells, (index, index + 1)) for index, (left, right) in enumerate(pairwise(cells)) if adjacent(left, right)
    )
    return Ground(cells, {1: singles, 2: pairs})


def _slot(cells: Sequence[Position], taken: tuple[int, ...]) -> Slot:
    positions = [cells[index] for index in taken]
    x_mm, y_mm = middle(positions)
    numbers = tuple(position.number for position in positions)
    return Slot(positions[0].row, positions[0].stretch, numbers, taken, x_mm, y_mm, positions[0].feeds)


def adjacent(left: Position, right: Position) -> bool:
    """Whether two positions are neighbours in one stretch."""
    return left.stretch == right.stretch and right.number == left.number + 1


def disjoint_pairs(cells: Iterable[Position]) -> int:
    """How many racks of two positions fit on these cells, given in order, if nothing else stands there."""
    pairs, previous = 0, None
    for cell in cells:
        if previous is not None and adjacent(previous, cell):
            pairs, previous = pairs + 1, None
        else:
            previous = cell
    return pairs


def distance_mm(one: Slot, other: Slot) -> int:
    """Manhattan distance of two slots along the trays, in mm."""
    return abs(one.x_mm - other.x_mm) + abs(one.y_mm - other.y_mm)
