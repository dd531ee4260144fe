"""More positions, power, strength, height or air for the rows of a hall."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from planner.explain.edits import Edit, Place, span, spans, with_rows
from planner.facility.power import rack_limits
from planner.request.site import Row
from planner.wording import sentence

TALLEST_U = 60


def more_positions(place: Place) -> Iterator[Edit]:
    """More positions in the last row of one kind; each kind of row is another way."""
    total = sum(row.positions - len(row.blocked) for row in place.hall.rows)
    for kind in place.free:
        row = next(row for row in place.hall.rows if row.id == kind.rows[-1])
        then = row.positions + max(1, place.by)
        several = len(place.hall.rows) > 1
        words = sentence(
            "change.positions-in-row" if several else "change.positions", before=total, after=total + max(1, place.by),
            hall=place.hall.id, row=row.id, in_row=span("count", row.positions, then),
        )  # fmt: skip
        yield words, with_rows(place.hall, partial(_positions_of, row.id, then))


def _positions_of(row: str, positions: int, each: Row) -> dict[str, object]:
    return {"positions": positions} if each.id == row else {}


def more_rack_power(place: Place) -> Iterator[Edit]:
    """Every row with room gives a rack more, with larger circuits where the old ones would stop it."""
    share = Fraction(str(place.site.usable_share))
    kind_of = {row: kind for kind in place.free for row in kind.rows}

    def larger(row: Row) -> dict[str, object]:
        if row.id not in kind_of:
            return {}
        update: dict[str, object] = {"rack_power": place.before_share(kind_of[row.id].design_w + place.by)}
        if row.air_per_rack is not None:
            update["air_per_rack"] = place.worded(row.air_per_rack + math.ceil(place.by / share))
        if row.rear_door is not None:
            capacity = place.worded(row.rear_door.capacity + math.ceil(place.by / share))
            update["rear_door"] = row.rear_door.model_copy(update={"capacity": capacity})
        design, peak = rack_limits(row.model_copy(update=update), place.hall.power)
        enough = kind_of[row.id].peak_w + (place.by if row.circuit is not None else 0)
        if design < kind_of[row.id].design_w + place.by or peak < enough:
            update["circuit"] = None
        return update

    changed = with_rows(place.hall, larger)
    words = _of_rows(place, "rack-power", "power", "rack_power", changed.rows)
    if any(row.air_per_rack is not None for row in place.hall.rows):
        words = sentence("change.with-air-per-rack", change=words)
    if any(row.rear_door is not None for row in place.hall.rows):
        words = sentence("change.with-rear-doors", change=words)
    freed = [row.id for row in place.hall.rows if row.circuit is not None and larger(row).get("circuit", 0) is None]
    if freed:
        words = sentence("change.with-circuits", n=len(freed), change=words, rows=freed)
    yield words, changed


def _of_rows(place: Place, what: str, unit: str, key: str, rows: tuple[Row, ...]) -> str:
    """What a key of rows was and is, of the hall where all of them move alike, else row by row."""
    moves = [
        (old.id, getattr(old, key), getattr(new, key))
        for old, new in zip(place.hall.rows, rows, strict=True)
        if getattr(old, key) != getattr(new, key)
    ]
    alike = {(before, after) for _, before, after in moves}
    if len(alike) == 1 and len(moves) == len(rows):
        return sentence(f"change.{what}", hall=place.hall.id, span=span(unit, *alike.pop()))
    return sentence(f"change.{what}-of-rows", hall=place.hall.id, rows=spans("rows", unit, moves))


def stronger_floor(place: Place) -> Iterator[Edit]:
    """Every rated row with room carries more; ratings of the floor give way to the rack weight that they stood for."""
    rated = {row: kind.weight_kg for kind in place.free for row in kind.rows}
    moves = [(row, kg, place.worded(kg + place.by)) for row, kg in sorted(rated.items()) if kg is not None]
    then = {row: after for row, _, after in moves}
    floor = place.hall.floor.model_copy(update=dict.fromkeys(("distributed_load", "footprint_load", "point_load")))
    changed = with_rows(place.hall, lambda row: {"rack_weight": then[row.id]} if row.id in then else {})
    changed = changed.model_copy(update={"floor": floor})
    alike = {(before, after) for _, before, after in moves}
    if len(alike) == 1:
        yield sentence("change.floor", hall=place.hall.id, span=span("weight", *alike.pop())), changed
    else:
        rows = spans("rows", "weight", moves)
        yield sentence("change.floor-of-rows", hall=place.hall.id, rows=rows), changed


def taller_racks(place: Place) -> Iterator[Edit]:
    """Racks of every row may be taller, up to what any rack is."""
    now = max(row.rack_height_u for row in place.hall.rows)
    if now + place.by <= TALLEST_U:
        changed = with_rows(place.hall, lambda row: {"rack_height_u": min(TALLEST_U, row.rack_height_u + place.by)})
        yield sentence("change.height", hall=place.hall.id, before=now, after=now + place.by), changed


def more_for_rows(key: str, unit: str, place: Place) -> Iterator[Edit]:
    """One row that is limited takes more, or every one: each as much as all together lack."""
    more = math.ceil(place.by / Fraction(str(place.site.usable_share)))
    named = [row.id for row in place.hall.rows if getattr(row, key) is not None]

    def larger(rows: list[str], row: Row) -> dict[str, object]:
        return {key: place.worded(getattr(row, key) + more)} if row.id in rows else {}

    for rows in [named[:1], named] if len(named) > 1 else [named]:
        changed = with_rows(place.hall, partial(larger, rows))
        yield _of_rows(place, f"row-{key}", unit, key, changed.rows), changed
