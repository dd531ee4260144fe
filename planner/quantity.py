"""Quantities as people write them ("14.3 kW") to numbers in fixed base units. The only place that parses units.

Base units: W, kg, mm, seconds, bytes (decimal and binary prefixes kept apart), bytes per second, Gb/s, FLOP, FLOP/s,
litres per minute, m3/h, degrees Celsius, dimensionless. Arithmetic is exact (`Fraction`) until the caller rounds:
supply rounds down, demand rounds up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction


class QuantityError(ValueError):
    """The text is not a quantity of the wanted dimension. `found`, `expected` and `hint` build the message."""

    def __init__(self, found: str, expected: str, hint: str = "") -> None:
        self.found, self.expected, self.hint = found, expected, hint
        super().__init__(f"found {found}, expected {expected}" + (f"; {hint}" if hint else ""))


@dataclass(frozen=True)
class Dimension:
    """A physical dimension: its base unit, an example for messages, and the factor of every unit to the base."""

    name: str
    base: str
    example: str
    units: dict[str, Fraction]

    @property
    def words(self) -> str:
        """The dimension as a message names it, with its article."""
        return _WORDS.get(self.name, f"a {self.name}")


_WORDS = {
    "apparent power": "an apparent power",
    "capacity": "a power",
    "data": "an amount of data",
    "energy": "an energy",
    "air flow": "an air flow",
    "tokens": "a number of tokens",
    "compute": "a number of operations",
    "compute rate": "a rate of operations",
}

_DAY = 86_400
_MONTH = "2628000"  # a twelfth of 365 days, in seconds
_DECIMAL = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50}
_BYTES = {f"{p}B": Fraction(10**e) for p, e in _DECIMAL.items() if e <= 18} | {
    f"{p}B": Fraction(2**e) for p, e in _BINARY.items()
}
_BITS_S = {f"{p}b/s": Fraction(10**e) for p, e in _DECIMAL.items() if e <= 12}
_COUNTS = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


def _decimal(stem: str, highest: int) -> dict[str, Fraction]:
    return {f"{prefix}{stem}": Fraction(10**e) for prefix, e in _DECIMAL.items() if e <= highest}


def _factors(text: str) -> dict[str, Fraction]:
    """ "kg=1 t=1000" -> the factor of each unit to the base."""
    pairs = (entry.split("=") for entry in text.split())
    return {unit: Fraction(factor) for unit, factor in pairs}


_TIME = (
    "ms=1/1000 s=1 min=60 h=3600 hour=3600 hours=3600 d=86400 day=86400 days=86400 week=604800 weeks=604800 "
    f"month={_MONTH} months={_MONTH} year=31536000 years=31536000"
)
_TOKENS = {**_COUNTS, "tokens": 1, **{f"{p} tokens": f for p, f in _COUNTS.items() if p}}

DIMENSIONS: dict[str, Dimension] = {
    d.name: d
    for d in (
        Dimension("power", "W", "300 kW", _decimal("W", 9)),
        Dimension("apparent power", "VA", "300 kVA", _decimal("VA", 9)),
        Dimension("capacity", "W", "300 kW", _decimal("W", 9) | _decimal("VA", 9)),  # VA here at power factor 1
        Dimension("energy", "kWh", "120 kWh", _factors("Wh=1/1000 kWh=1 MWh=1000 GWh=1000000")),
        Dimension("mass", "kg", "1360 kg", _factors("g=1/1000 kg=1 t=1000 lb=0.45359237")),
        Dimension("length", "mm", "1200 mm", _factors("mm=1 cm=10 m=1000 km=1000000")),
        Dimension("floor load", "Pa", "12 kPa", _factors("Pa=1 kPa=1000 kN/m2=1000 kg/m2=9.80665 lb/ft2=47.88025898")),
        Dimension("time", "s", "30 days", _factors(_TIME)),
        Dimension("data", "B", "500 TB", _BYTES),
        Dimension(
            "data rate",
            "B/s",
            "40 GB/s",
            {f"{u}/s": f for u, f in _BYTES.items()} | {u: f / 8 for u, f in _BITS_S.items()},
        ),
        Dimension("link speed", "Mb/s", "400 Gb/s", {u: f / 10**6 for u, f in _BITS_S.items()}),
        Dimension("compute", "FLOP", "1e25 FLOP", _decimal("FLOP", 24)),
        Dimension("compute rate", "FLOP/s", "4.5 PFLOP/s", _decimal("FLOP/s", 24) | _decimal("FLOPS", 24)),
        Dimension("flow", "L/min", "120 L/min", _factors("L/min=1 L/s=60 m3/h=50/3")),
        Dimension("air flow", "m3/h", "3000 m3/h", _factors("m3/h=1 CFM=1.699010796 m3/s=3600")),
        Dimension("temperature", "C", "27 C", _factors("C=1 °C=1")),
        Dimension("share", "", "85 %", {"": Fraction(1), "%": Fraction(1, 100)}),
        Dimension("current", "A", "63 A", _factors("A=1")),
        Dimension("voltage", "V", "400 V", _factors("V=1 kV=1000")),
        Dimension("rate", "1/s", "30 /s", _factors("/s=1 1/s=1 /min=1/60 /h=1/3600 /day=1/86400")),
        Dimension("price per power", "/kW", "1200 /kW", _factors("/W=1000 /kW=1 /MW=1/1000")),
        Dimension("price per mass", "/kg", "15 /kg", _factors("/kg=1 /t=1/1000")),
        Dimension("price of a piece", "each", "9000 each", {"": Fraction(1), "each": Fraction(1)}),
        Dimension("tokens", "tokens", "15 T tokens", {unit: Fraction(f) for unit, f in _TOKENS.items()}),
    )
}

_NUMBER = re.compile(r"^\s*([+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(.*?)\s*$")


def parse(text: str | int | float, dimension: str) -> Fraction:
    """The exact value of `text` in the base unit of `dimension`.

    A bare number is taken only where the dimension has a unit-less form (shares, token counts).

    Raises:
        QuantityError: no number, no unit, an unknown unit, or a unit of another dimension.
    """
    wanted = DIMENSIONS[dimension]
    expected = f'{wanted.words} such as "{wanted.example}"'
    if isinstance(text, bool):
        raise QuantityError(str(text).lower(), expected)
    if isinstance(text, int | float):
        return _bare(text, wanted, expected)
    match = _NUMBER.match(text)
    if not match:
        raise QuantityError(f'"{text}"', expected)
    number, unit = Fraction(match[1].replace("_", "")), match[2]
    if unit in wanted.units:
        return number * wanted.units[unit]
    raise QuantityError(f'"{text}"', expected, _unit_hint(unit, wanted))


def _bare(number: int | float, wanted: Dimension, expected: str) -> Fraction:
    if isinstance(number, float) and not math.isfinite(number):
        raise QuantityError(str(number), expected)
    if "" in wanted.units:
        return Fraction(str(number))
    raise QuantityError(
        f"{number} without a unit", expected, f'write "{number} {wanted.base}" if that is what you mean'
    )


def _unit_hint(unit: str, wanted: Dimension) -> str:
    if not unit:
        return f"add a unit: {', '.join(sorted(wanted.units, key=_by_size(wanted)))}"
    for other in wanted.units:
        if unit.casefold() == other.casefold():
            return f'write "{other}" (units are case-sensitive)'
    for other_dimension in DIMENSIONS.values():
        if unit in other_dimension.units and unit:
            return f'"{unit}" is a unit of {other_dimension.name}'
    known = ", ".join(u for u in sorted(wanted.units, key=_by_size(wanted)) if u)
    return f'"{unit}" is not a known unit; use one of {known}'


def _by_size(wanted: Dimension) -> Callable[[str], tuple[Fraction, str]]:
    return lambda unit: (wanted.units[unit], unit)


def supply(value: Fraction) -> int:
    """An integer no larger than the value: what a site can give."""
    return math.floor(value)


def demand(value: Fraction) -> int:
    """An integer no smaller than the value: what something needs."""
    return math.ceil(value)


_STEPS = ((10**18, "E"), (10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def show(value: float | int | Fraction, unit: str, digits: int = 4) -> str:
    """A quantity for people: 14300, "W" -> "14.3 kW". Mass, length, time and counts keep their unit."""
    number = float(value)
    if unit in ("W", "B", "B/s", "FLOP", "FLOP/s", "VA", "Wh"):
        for step, prefix in _STEPS:
            if abs(number) >= step:
                return f"{_plain(number / step, digits)} {prefix}{unit}"
    return f"{_plain(number, digits)} {unit}".rstrip()


def _plain(number: float, digits: int) -> str:
    if number == int(number) and abs(number) < 10**15:
        return f"{int(number):,}"
    rounded = f"{number:,.{max(0, digits - 1 - _magnitude(number))}f}"
    return rounded.rstrip("0").rstrip(".") if "." in rounded else rounded


def _magnitude(number: float) -> int:
    return math.floor(math.log10(abs(number))) if number else 0
