"""Counts per row to racks at slots, in the order of the positions."""

from __future__ import annotations

from planner.floor.data import RackGroup
from planner.floor.layout import Placed
from planner.floor.rooms import Counts
from planner.floor.slots import Ground, Slot, adjacent


def stand_in_rows(ground: Ground, counts: Counts) -> Placed:
    """Each row holds its counts: racks of two positions on disjoint pairs from the left, then racks of one."""
    placed: list[tuple[RackGroup, Slot]] = []
    for row in dict.fromkeys(cell.stretch for cell in ground.cells):
        here = [(rack, count) for (rack, of), count in counts.items() if of == row]
        pairs = _disjoint_pairs(ground, row)
        doubles = [rack for rack, count in here if rack.positions == 2 for _ in range(count)]
        placed.extend(zip(doubles, pairs, strict=False))
        taken = {cell for _, slot in placed for cell in slot.cells}
        free = [slot for slot in ground.by_width[1] if slot.stretch == row and taken.isdisjoint(slot.cells)]
        singles = [rack for rack, count in here if rack.positions == 1 for _ in range(count)]
        placed.extend(zip(singles, free, strict=False))
    return tuple(placed)


def _disjoint_pairs(ground: Ground, row: str) -> list[Slot]:
    found: list[Slot] = []
    for slot in ground.by_width[2]:
        left, right = (ground.cells[cell] for cell in slot.cells)
        if slot.stretch == row and adjacent(left, right) and (not found or found[-1].cells[1] < slot.cells[0]):
            found.append(slot)
    return found
