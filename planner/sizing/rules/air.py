"""Air: what the hall moves, and what the cooling of its rows takes and moves."""

from __future__ import annotations

from collections.abc import Callable

from planner.sizing.data import HallData, PositionClass
from planner.sizing.limits import AIRFLOW, ROW_AIR, ROW_AIRFLOW
from planner.sizing.variables import Expr, Variables, total

Bound = Callable[[Expr, int, str, str], None]
"""Adds expression <= bound as a limit of a kind and a subject."""


def air_is_moved(hall: HallData, v: Variables, limit: Bound) -> None:
    """All devices together draw no more air than the hall moves."""
    if hall.airflow_m3_h is not None:
        drawn = total(v.counts[hall.key, key] * item.airflow_m3_h for key, item in sorted(hall.items.items()))
        limit(drawn, hall.airflow_m3_h, AIRFLOW, hall.key)


def rows_take_their_air(hall: HallData, v: Variables, limit: Bound) -> None:
    """Rows that are alike take the heat and the air of all that stands in them, and a row that of all its stretches.

    Which of the rows a rack stands in is for the floor to choose, row by row.
    """
    for parts in _divided_rows(hall):
        for of, most, kind in (
            ("air_w", parts[0].row_air_w, ROW_AIR),
            ("airflow_m3_h", parts[0].row_airflow_m3_h, ROW_AIRFLOW),
        ):
            if most is not None:
                limit(total(_in_class(hall, place, v, of) for place in parts), most, kind, hall.key)
    for place in hall.classes:
        if place.row_air_w is not None:
            limit(_in_class(hall, place, v, "air_w"), place.row_air_w, ROW_AIR, hall.key)
        if place.row_airflow_m3_h is not None:
            limit(_in_class(hall, place, v, "airflow_m3_h"), place.row_airflow_m3_h, ROW_AIRFLOW, hall.key)


def _divided_rows(hall: HallData) -> list[list[PositionClass]]:
    """The position classes of each row that has several, where none of them has another row too."""
    found: dict[tuple[str, ...], list[PositionClass]] = {}
    for place in hall.classes:
        if not place.standing:
            found.setdefault(place.rows, []).append(place)
    return [parts for rows, parts in found.items() if len(rows) == 1 and len(parts) > 1]


def heat_to_doors(hall: HallData, v: Variables, loop: str | None = None) -> Expr:
    """Heat to air in W of all that stands in rows whose rear doors give it to a loop; None: to any loop."""
    doors = [c for c in hall.classes if c.door_loop is not None and loop in (None, c.door_loop)]
    pieces = total(_in_class(hall, place, v, "air_w") for place in doors)
    return pieces + total(v.racks[hall.key, c.key] * c.rack.air_w for c in doors)


def _in_class(hall: HallData, place: PositionClass, v: Variables, of: str) -> Expr:
    return total(
        v.placed[hall.key, place.key, key] * getattr(item, of)
        for key, item in sorted(hall.items.items())
        if (hall.key, place.key, key) in v.placed
    )
