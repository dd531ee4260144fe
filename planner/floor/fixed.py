"""Racks that stand already, on the floor: each a row of one position, where it is, so that nothing can move it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from planner.floor.data import Placement
from planner.floor.geometry import positions_of
from planner.request.site import Hall

Spot = tuple[str, int]


def row_at(spot: Spot) -> str:
    """The name of the row of one position that stands for a rack at (row, number)."""
    return f"@{spot[0]}{spot[1]:02d}"


def with_fixed(hall: Hall, spots: Iterable[Spot]) -> Hall:
    """The hall with a row of one position at each of these places, after its own rows."""
    wanted = sorted(set(spots))
    if not wanted:
        return hall
    rows = {row.id: row for row in hall.rows}
    where = {(spot.row, spot.number): spot for spot in positions_of(hall)}
    fixed = tuple(
        rows[spot[0]].model_copy(
            update={
                "id": row_at(spot),
                "positions": 1,
                "x": where[spot].x_mm,
                "y": where[spot].y_mm,
                "blocked": (),
                "reserved": (),
            }
        )
        for spot in wanted
    )
    return hall.model_copy(update={"rows": (*hall.rows, *fixed)})


def where_they_stand(placements: Iterable[Placement], spots: Iterable[Spot]) -> tuple[Placement, ...]:
    """The placements of a hall `with_fixed` racks, at the rows and numbers of the hall itself."""
    names = {row_at(spot): spot for spot in spots}
    return tuple(
        replace(entry, row=names[entry.row][0], numbers=(names[entry.row][1],)) if entry.row in names else entry
        for entry in placements
    )
