"""The pool of rack contents found so far: each once, in the order found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.packing.classes import Column


class ColumnPool:
    """Distinct columns; a column keeps its place."""

    def __init__(self) -> None:
        self.columns: list[Column] = []
        self._known: set[Column] = set()

    def __len__(self) -> int:
        return len(self.columns)

    def add(self, columns: Iterable[Column]) -> list[Column]:
        """Add the new ones; returns them."""
        new: list[Column] = []
        for column in columns:
            if column not in self._known:
                self._known.add(column)
                self.columns.append(column)
                new.append(column)
        return new


def trim_to_demand(chosen: Iterable[tuple[Column, int]], demand: Sequence[int]) -> list[tuple[Column, int]]:
    """Take away what is packed beyond the demand, from the last racks first; racks left empty are closed."""
    racks: list[tuple[int, list[int], int]] = [(rack, list(content), count) for (rack, content), count in chosen]
    for item, need in enumerate(demand):
        over = sum(content[item] * count for _, content, count in racks) - int(need)
        place = len(racks) - 1
        while over > 0:
            rack, content, count = racks[place]
            copies = content[item]
            if copies == 0:
                place -= 1
                continue
            whole = min(count, over // copies)
            if whole == 0:
                whole, drop = 1, over
            else:
                drop = copies
            over -= whole * drop
            shorter = list(content)
            shorter[item] -= drop
            if whole < count:
                racks[place] = (rack, content, count - whole)
                racks.insert(place + 1, (rack, shorter, whole))
            else:
                racks[place] = (rack, shorter, whole)
    merged: dict[Column, int] = {}
    for rack, content, count in racks:
        if any(content):
            column = (rack, tuple(content))
            merged[column] = merged.get(column, 0) + count
    return list(merged.items())
