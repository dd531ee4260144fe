"""Position classes as packing sees them: those that differ only in where they hang on the power tree are one kind.

Sizing keeps them apart, since each loads other feeds and panels. A rack's content does not depend on it, and the floor
chooses rows for racks to the watt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.sizing.data import HallData, PositionClass


def members_of_kinds(hall: HallData) -> dict[str, tuple[PositionClass, ...]]:
    """The position classes of each kind, by the kind's key, in the order of the hall."""
    alike: dict[PositionClass, list[PositionClass]] = {}
    for place in hall.classes:
        alike.setdefault(anywhere(place), []).append(place)
    return {_key(hall, members): tuple(members) for members in alike.values()}


def anywhere(place: PositionClass) -> PositionClass:
    """A position class without where it hangs on the power tree and how many positions it has."""
    if place.standing:
        return replace(place, parts=())
    return replace(
        place, key="", rows=(), parts=(), positions=0, pairs=0, drops=(), row_air_w=None, row_airflow_m3_h=None
    )


def _key(hall: HallData, members: list[PositionClass]) -> str:
    if len(members) == 1:
        return members[0].key
    return f"{hall.key}/{'+'.join(part.stretch for place in members for part in place.parts)}"


def rack_kinds(hall: HallData) -> tuple[PositionClass, ...]:
    """Each kind as one position class with all its rows; its `drops` are those of the first."""
    return tuple(
        members[0]
        if len(members) == 1
        else replace(
            members[0],
            key=key,
            rows=tuple(dict.fromkeys(row for place in members for row in place.rows)),
            parts=tuple(part for place in members for part in place.parts),
            positions=sum(place.positions for place in members),
            pairs=sum(place.pairs for place in members),
        )
        for key, members in members_of_kinds(hall).items()
    )


def by_kind(hall: HallData, of_classes: Mapping[str, int]) -> dict[str, int]:
    """Numbers of position classes as numbers of kinds; kinds of none are left out."""
    found = {
        key: sum(of_classes.get(place.key, 0) for place in members) for key, members in members_of_kinds(hall).items()
    }
    return {key: n for key, n in found.items() if n}
