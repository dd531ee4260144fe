"""Numbers as the report prints them. None is unknown and is said so; nothing turns an unknown into a zero."""

from __future__ import annotations

import re

from planner import quantity
from planner.money import Range

UNKNOWN = "unknown"
QUOTE = "quote required"
DASH = "–"


def count(number: int | float | None) -> str:
    """1234567 -> "1,234,567"."""
    return UNKNOWN if number is None else f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """1, "rack" -> "1 rack"; 14 -> "14 racks"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def money(amount: int | None, currency: str) -> str:
    """Whole units with thousands separators, the currency first; no price is "quote required"."""
    return QUOTE if amount is None else f"{currency} {amount:,}"


def span(amount: Range | None, currency: str) -> str:
    """Low to high; one figure where both are equal."""
    if amount is None:
        return QUOTE
    if amount.low == amount.high:
        return money(amount.low, currency)
    return f"{currency} {amount.low:,} to {amount.high:,}"


def power(watts: int | None) -> str:
    """14300 -> "14.3 kW"."""
    return UNKNOWN if watts is None else quantity.show(watts, "W")


def mass(kilograms: int | None, *, known: bool = True) -> str:
    """1420 -> "1,420 kg"; "at least" where some of it is unknown."""
    if kilograms is None:
        return UNKNOWN
    return f"{kilograms:,} kg" if known else f"at least {kilograms:,} kg"


def floor_load(pascals: int | None) -> str:
    """12000 -> "12 kPa"."""
    return UNKNOWN if pascals is None else f"{pascals / 1000:,.1f} kPa"


def length(metres: float | None) -> str:
    """A cable's length."""
    return UNKNOWN if metres is None else f"{metres:g} m"


def weeks(number: float | None) -> str:
    """A lead time."""
    return UNKNOWN if number is None else plural_number(number, "week")


def plural_number(number: float, one: str) -> str:
    """As `plural`, for numbers that need not be whole."""
    return f"{number:,g} {one if number == 1 else one + 's'}"


def percent(share: float | None, digits: int = 1) -> str:
    """0.1234 -> "12.3 %"; what is not nothing is never printed as 0 %."""
    if share is None:
        return UNKNOWN
    least = 10.0 ** -(digits + 2)
    if 0 < share < least / 2:
        return f"under {least * 100:.{digits}f} %"
    return f"{share * 100:,.{digits}f}".rstrip("0").rstrip(".") + " %" if digits else f"{share * 100:,.0f} %"


def gap(share: float, status: str) -> str:
    """The quality of an answer in words."""
    if status == "optimal" and share == 0:
        return "proven optimal"
    return f"within {percent(share, 2)} of the proven bound"


def number(value: float | int | str | bool | None) -> str:
    """Any figure of the plan."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    return quantity.show(value, "")


def listed(words: tuple[str, ...] | list[str], nothing: str = "none") -> str:
    """ "a, b and c"."""
    if not words:
        return nothing
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def sentence(text: str) -> str:
    """First letter upper case."""
    return text[:1].upper() + text[1:]


def start(words_: str, most: int) -> str:
    """The text, or its first whole words where it is longer than `most` characters."""
    return words_ if len(words_) <= most else words_[: most - 1].rsplit(" ", 1)[0].rstrip(",;:. ") + " …"


def words(name: str) -> str:
    """ "compute-leaf" -> "compute leaf"."""
    return name.replace("-", " ").replace("_", " ")


def runs(numbers: list[int]) -> str:
    """[1, 2, 3, 7] -> "1 to 3, 7"; numbers in rising order."""
    parts: list[list[int]] = []
    for value in sorted(numbers):
        if parts and parts[-1][1] + 1 == value:
            parts[-1][1] = value
        else:
            parts.append([value, value])
    return ", ".join(f"{low:02d}" if low == high else f"{low:02d} to {high:02d}" for low, high in parts)


def anchor(prefix: str, name: str) -> str:
    """An id for links inside the document, from any text."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    return f"{prefix}-{plain}" if plain == name else f"{prefix}-{plain}-{sum(map(ord, name)) % 9973}"
