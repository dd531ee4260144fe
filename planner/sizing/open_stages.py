"""The value of objectives in an answer: of what was bought in the end, and where no solve has come to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from planner.sizing.data import Item, RentOption, SizingData, SizingResult, Stage
from planner.sizing.objective import order
from planner.sizing.pdus import MONEY, capex_of_counted

NUMBERS: dict[str, Callable[[Item], int]] = {
    "capex": lambda item: item.capex,
    "tco": lambda item: item.tco,
    "power": lambda item: item.design_w,
    "carbon": lambda item: item.carbon_kg,
}


def with_open_stages(data: SizingData, found: SizingResult) -> SizingResult:
    """The answer with a stage for every objective of the request."""
    known = {stage.objective for stage in found.stages}
    more = tuple(_open(data, found, name) for name in order(data) if name not in known)
    return replace(found, stages=(*found.stages, *more))


def _open(data: SizingData, found: SizingResult, name: str) -> Stage:
    value = value_in(data, found, name)
    return Stage(name, value, 0, value == 0)


def value_in(data: SizingData, found: SizingResult, name: str) -> int:
    """What an objective comes to in an answer."""
    pieces = [(hall.items[key], n) for hall in data.halls for key, n in found.counts[hall.key].items() if n]
    opened = [
        (place.rack, found.racks[hall.key].get(place.key, 0))
        for hall in data.halls
        for place in hall.classes
        if not place.standing  # a rack that stands is neither bought nor opened
    ]
    if name == "lead-time":
        return max((item.lead_weeks for item, _ in pieces), default=0)
    if name == "racks":
        return sum(n for _, n in opened) + sum(item.positions * n for item, n in pieces)
    if name == "unpriced":
        used = {hall.key: {*(o.item for o in hall.systems), *(s.item for s in hall.storage)} for hall in data.halls}
        bought = [hall.items[key] for hall in data.halls for key in used[hall.key] if found.counts[hall.key].get(key)]
        return sum(not item.priced for item in bought) + sum(n for r, n in _rented(data, found) if r.tco is None)
    more = sum(capex_of_counted(hall, found.more_pdus.get(hall.key, {})) for hall in data.halls) if name in MONEY else 0
    return (
        more
        + sum(NUMBERS[name](item) * n for item, n in (*pieces, *opened))
        + sum({"tco": rent.tco or 0, "carbon": rent.carbon_kg}.get(name, 0) * n for rent, n in _rented(data, found))
    )


def recounted(data: SizingData, found: SizingResult) -> SizingResult:
    """The answer with the objectives of what is bought in the end, where networks or PDUs came out other than sized.

    What a later objective was proven to be, with the larger networks, is no bound of a smaller value.
    """
    stages = []
    for stage in found.stages:
        value = value_in(data, found, stage.objective)
        bound = stage.lower_bound if stage.lower_bound <= value else 0
        stages.append(Stage(stage.objective, value, bound, bound == value))
    return replace(found, stages=tuple(stages))


def _rented(data: SizingData, found: SizingResult) -> list[tuple[RentOption, int]]:
    return [(rent, found.rents.get((rent.region, rent.instance), 0)) for rent in data.rents]
