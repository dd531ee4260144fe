"""Ordering cables by rack distance, where a site works with a table instead of positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.errors import InputError


@dataclass(frozen=True)
class Step:
    """One step of a rack-distance ladder: up to `racks_apart` racks away, order `length_m`."""

    racks_apart: int
    length_m: float


# Adjacent racks, cables under the floor (Oracle multi-rack cabling tables, rule R16): optics above 5 m.
ADJACENT_RACKS = (Step(0, 3), Step(2, 5), Step(7, 10))


def length_by_rack_distance(racks_apart: int, ladder: Sequence[Step] = ADJACENT_RACKS) -> float:
    """The length in metres to order between two racks of a row.

    Raises:
        InputError: farther apart than the ladder goes.
    """
    for step in ladder:
        if racks_apart <= step.racks_apart:
            return step.length_m
    raise InputError.of(
        "cabling: rack distance",
        f"{racks_apart} racks apart",
        f"at most {ladder[-1].racks_apart} racks",
        "give positions, so that lengths follow from the hall",
    )


def spread_links(links: int, uppers: int, start: int) -> list[int]:
    """Links from one leaf to each upper switch: evenly, what is left over from its own rack's switch onwards."""
    base, rest = divmod(links, uppers)
    return [base + (1 if (upper - start) % uppers < rest else 0) for upper in range(uppers)]


def row_of_racks_lengths(racks: int, leaves_per_rack: int, links_per_leaf: int) -> dict[float, int]:
    """Cables by length for adjacent racks with one spine each, every leaf linked to every spine.

    Raises:
        InputError: the row is longer than the ladder.
    """
    found: dict[float, int] = {}
    length_by_rack_distance(racks - 1)  # the two ends of the row
    for rack in range(racks):
        for spine, links in enumerate(spread_links(links_per_leaf, racks, rack)):
            length = length_by_rack_distance(abs(rack - spine))
            found[length] = found.get(length, 0) + links * leaves_per_rack
    return dict(sorted(found.items()))
