"""Money: exact until it is written, then whole units of the request's currency, halves rounded up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from planner.catalog.facts import Strict
from planner.catalog.prices import PriceEntry
from planner.errors import InputError
from planner.request.schema import Request


class Range(Strict):
    """Money, low to high, in whole units of the plan's currency."""

    low: int = 0
    typical: int = 0
    high: int = 0


def whole(amount: Fraction) -> int:
    """The nearest whole unit, a half up."""
    return math.floor(amount + Fraction(1, 2))


def rate(base: str, request: Request) -> Fraction:
    """What one unit of `base` costs in the request's currency.

    Raises:
        InputError: the request states no rate for it.
    """
    if base == request.currency:
        return Fraction(1)
    for entry in request.exchange_rates:
        if entry.base == base:
            return Fraction(str(entry.rate))
    raise InputError.of(
        "exchange_rates", f"no rate from {base} to {request.currency}", f"a rate for {base}",
        f"add {{base: {base}, rate: ..., as_of: ..., source: ...}}",
    )  # fmt: skip


def convert(amount: float, base: str, request: Request) -> Fraction:
    """An amount in another currency, exactly, in the request's."""
    return Fraction(str(amount)) * rate(base, request)


@dataclass(frozen=True)
class UnitPrice:
    """The exact price of one unit in the request's currency, and the entry it comes from."""

    low: Fraction
    typical: Fraction
    high: Fraction
    entry: PriceEntry

    def times(self, quantity: Fraction | int) -> Range:
        """The price of so many, in whole units."""
        return Range(
            low=whole(self.low * quantity), typical=whole(self.typical * quantity), high=whole(self.high * quantity)
        )


def unit_price(entry: PriceEntry, request: Request) -> UnitPrice:
    """A price book entry in the request's currency."""
    low, typical, high = (convert(amount, entry.currency, request) for amount in entry.range)
    return UnitPrice(low, typical, high, entry)


def total(ranges: list[Range]) -> Range:
    """The sum, end by end."""
    return Range(
        low=sum(r.low for r in ranges), typical=sum(r.typical for r in ranges), high=sum(r.high for r in ranges)
    )
