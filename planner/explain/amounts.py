"""By how much one limit must move, the others as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from planner.sizing.data import Cut, HallData, PositionClass, SizingData
from planner.sizing.limits import RACK_POWER, WEIGHT, Limit, measuring
from planner.sizing.model import least_excess
from planner.sizing.variables import MOST_OF_A_PIECE


def missing_amount(
    data: SizingData,
    limit: Limit,
    cuts: Sequence[Cut] = (),
    *,
    dropped: frozenset[Limit] = frozenset(),
) -> int | None:
    """The least by which a limit must move by counts while those in `dropped` do not hold; None: it does not help."""
    return least_excess(data, measuring(limit, dropped=dropped), cuts)


def enough_to_pack(data: SizingData, limit: Limit, least: int, enough: Callable[[SizingData], bool]) -> int | None:
    """The least by which a limit must move for racks to be packed, where `least` is enough by counts; None: no help.

    A limit of every rack is raised until `enough` says that the question can be met: certificates of packing hold for
    racks as they were.
    """
    if limit.kind not in (RACK_POWER, WEIGHT):
        return least
    return _least_raise(least, lambda by: enough(raised(data, limit, by)))


def _least_raise(low: int, enough: Callable[[int], bool]) -> int | None:
    """The least raise from `low` on of what every rack of the hall may draw or weigh; None: no raise is enough."""
    if enough(low):
        return low
    if not enough(MOST_OF_A_PIECE):
        return None
    low, high, step = low + 1, low + 1, 1
    while not enough(high):
        low, high, step = high + 1, min(MOST_OF_A_PIECE, high + step), 2 * step
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def raised(data: SizingData, limit: Limit, by: int) -> SizingData:
    """The question with the limit of every rack of a hall raised: W, or kg."""
    return replace(data, halls=tuple(_raised_hall(hall, limit, by) for hall in data.halls))


def _raised_hall(hall: HallData, limit: Limit, by: int) -> HallData:
    if hall.key != limit.subject:
        return hall
    return replace(hall, classes=tuple(_raised_class(place, limit.kind, by) for place in hall.classes))


def _raised_class(place: PositionClass, kind: str, by: int) -> PositionClass:
    if place.standing:
        return place
    if kind == WEIGHT:
        own = tuple((key, kg + by) for key, kg in place.own_weight_kg)
        return replace(
            place, weight_kg=place.weight_kg + by if place.weight_kg is not None else None, own_weight_kg=own
        )
    air = place.air_w + by if place.air_w is not None else None
    peak = place.peak_w + (0 if place.peak_of_feeds else by)
    return replace(place, design_w=place.design_w + by, peak_w=peak, air_w=air)
