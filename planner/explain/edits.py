"""What changes of a hall have in common: whose limit moves, rows replaced, and the words for before and after."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from planner.explain.limits import free_positions
from planner.request.site import Hall, Row, Site
from planner.sizing.data import HallData, PositionClass
from planner.wording import sentence

DIGITS = 4

Edit = tuple[str, Hall]
"""What is changed, in words, and the hall so changed."""


@dataclass(frozen=True)
class Place:
    """The hall whose limit moves, its numbers in sizing, and by how much: W, kg, mL/min, m3/h or pieces."""

    site: Site
    hall: Hall
    data: HallData
    by: int
    loop: str = ""
    peak_only: bool = False  # breakers are short, and what they carry continuously is not
    exact: bool = False  # amounts as they are, and not rounded up to what words say

    @property
    def free(self) -> list[PositionClass]:
        """Kinds of positions that are free. What stands already keeps the limits that it stands under."""
        return free_positions(self.data)

    def before_share(self, planned: int, digits: int = DIGITS) -> int:
        """The limit of the request of which the site's usable share is `planned`, as words say it."""
        return self.worded(math.ceil(Fraction(planned) / Fraction(str(self.site.usable_share))), digits)

    def worded(self, value: int, digits: int = DIGITS) -> int:
        """An amount as words say it: so many digits, rounded up."""
        return value if self.exact else rounded_up(value, digits)


def rounded_up(value: int, digits: int = DIGITS) -> int:
    """The next number with so many leading digits and then zeros: 175,173 -> 175,200."""
    step = int("1" + "0" * max(0, len(str(value)) - digits))
    return -(-value // step) * step


def with_rows(hall: Hall, update: Callable[[Row], dict[str, object]]) -> Hall:
    """The hall with keys of its rows replaced."""
    return hall.model_copy(update={"rows": tuple(row.model_copy(update=update(row)) for row in hall.rows)})


def spans(kind: str, unit: str, moves: Iterable[tuple[str, int, int]]) -> list[str]:
    """Names with what each has before and after, those that move alike together: "feeds A and B from 1 kW to 2 kW"."""
    alike: dict[tuple[int, int], list[str]] = {}
    for name, before, after in moves:
        alike.setdefault((before, after), []).append(name)
    return [
        sentence(f"span.{kind}", n=len(names), names=names, span=span(unit, before, after))
        for (before, after), names in alike.items()
    ]


def span(unit: str, before: int, after: int) -> str:
    """An amount before and after, in a unit of the section `from-to`."""
    return sentence(f"from-to.{unit}", before=before, after=after)
