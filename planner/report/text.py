"""Numbers as the report prints them. None is unknown and is said so; nothing turns an unknown into a zero."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planner import quantity
from planner.money import Range
from planner.report.language import current, say
from planner.wording import CANONICAL, Said

DASH = "–"
_ID = re.compile(r"(?=\S*[\d._])[a-z][\w.-]*[-._][\w.-]*\w:")  # "aws-trn2-ultraserver:", "policy.systems.allow:"
LEAST_GAP = 0.0001  # a smaller gap is said to be less than this
UNKNOWN, QUOTE = "unknown", "quote required"  # as the data files say it, in every language


def unknown() -> str:
    """What nobody has published or told us."""
    return say("unknown")


def quote() -> str:
    """What stands where a price is missing."""
    return say("quote")


def figure(english: str) -> str:
    """A figure written the English way ("1,234.5 kW") as the language writes it."""
    return current().figure(english)


def count(number: int | float | None) -> str:
    """1234567 -> "1,234,567"."""
    return unknown() if number is None else figure(f"{number:,}")


def counted(what: str, number: int) -> str:
    """A number of things: "rack", 14 -> "14 racks". What can be counted stands under `count` in the catalogue."""
    return say(f"count.{what}", n=number)


def times(number: int, what: str) -> str:
    """ "1,200 x NVIDIA QM9700"."""
    return f"{count(number)} x {what}"


def money(amount: int | None, currency: str) -> str:
    """Whole units with thousands separators and the currency; no price is "quote required"."""
    return quote() if amount is None else say("money.one", currency=currency, amount=amount)


def span(amount: Range | None, currency: str) -> str:
    """Low to high; one figure where both are equal."""
    if amount is None:
        return quote()
    if amount.low == amount.high:
        return money(amount.low, currency)
    return say("money.span", currency=currency, low=amount.low, high=amount.high)


def low_to_high(low: str | int, high: str | int) -> str:
    """ "5 to 7"."""
    return say("span", low=low, high=high)


def power(watts: int | None) -> str:
    """14300 -> "14.3 kW"."""
    return unknown() if watts is None else figure(quantity.show(watts, "W"))


def mass(kilograms: int | None, *, known: bool = True) -> str:
    """1420 -> "1,420 kg"; "at least" where some of it is unknown."""
    if kilograms is None:
        return unknown()
    written = figure(f"{kilograms:,} kg")
    return written if known else say("at-least", what=written)


def tonnes(kilograms: int | None, *, known: bool = True) -> str:
    """1420 -> "1.42 t"; "at least" where some of it is unknown."""
    if kilograms is None:
        return unknown()
    written = figure(f"{kilograms / 1000:,.2f} t")
    return written if known else say("at-least", what=written)


def floor_load(pascals: int | None) -> str:
    """12000 -> "12 kPa"."""
    return unknown() if pascals is None else figure(f"{pascals / 1000:,.1f} kPa")


def length(metres: float | None) -> str:
    """A cable's length."""
    return unknown() if metres is None else figure(f"{metres:,g} m")


def speed(gbit_s: float) -> str:
    """A link's speed."""
    return figure(f"{gbit_s:,g} Gb/s")


def weeks(number: float | None) -> str:
    """A lead time, in weeks that need not be whole."""
    if number is None:
        return unknown()
    return say("lead.week" if number == 1 else "lead.weeks", weeks=figure(f"{number:,g}"))


def day(iso: str) -> str:
    """A date as the language writes it; what is no date stays as it is."""
    return current().day(iso)


def percent(share: float | None, digits: int = 1) -> str:
    """0.1234 -> "12.3 %"; what is not nothing is never printed as 0 %."""
    if share is None:
        return unknown()
    least = 10.0 ** -(digits + 2)
    if 0 < share < least / 2:
        return say("under", what=figure(f"{least * 100:.{digits}f} %"))
    written = f"{share * 100:,.{digits}f}"
    return figure((written.rstrip("0").rstrip(".") if digits else written) + " %")


def gap(share: float, status: str) -> str:
    """The quality of an answer in words."""
    if status == "optimal" and share == 0:
        return say("gap.optimal")
    if 0 < share < LEAST_GAP:
        return say("gap.close", share=figure(f"{LEAST_GAP * 100:g} %"))
    return say("gap.within", share=percent(share, 2))


def number(value: float | int | str | bool | None) -> str:
    """Any figure of the plan."""
    if value is None:
        return unknown()
    if isinstance(value, bool):
        return say("answer.true" if value else "answer.false")
    if isinstance(value, str):
        return day(value)
    return figure(quantity.show(value, ""))


def listed(words: tuple[str, ...] | list[str], nothing: str = "") -> str:
    """ "a, b and c"."""
    if not words:
        return nothing or say("list.none")
    return words[0] if len(words) == 1 else say("list.and", first=", ".join(words[:-1]), last=words[-1])


def tongue(words: str) -> str:
    """The language of a text of the plan where it is not that of the report: what the catalogs have is in English."""
    return "" if current().code == CANONICAL or isinstance(words, Said) else CANONICAL


def lost(name: str) -> str:
    """What fails in a state of the power tree: a feed by its name, or a source, said to be one."""
    source = name.removeprefix("source ")
    return name if source == name else say("power.source", source=source)


def some(words: Sequence[str], most: int) -> str:
    """The first of many words, and how many more there are."""
    shown = "; ".join(words[:most])
    return say("decide.more", names=shown, n=len(words) - most) if len(words) > most else shown


def sentence(text: str) -> str:
    """First letter upper case, unless the text starts with an id or a key: "aws-trn2-ultraserver: not published"."""
    return text if _ID.match(text) else text[:1].upper() + text[1:]


def start(words_: str, most: int) -> str:
    """The text, or its first whole words where it is longer than `most` characters."""
    return words_ if len(words_) <= most else words_[: most - 1].rsplit(" ", 1)[0].rstrip(",;:. ") + " …"


def words(name: str) -> str:
    """ "compute-leaf" -> "compute leaf"."""
    return name.replace("-", " ").replace("_", " ")


def runs_of(numbers: list[int]) -> list[tuple[int, int]]:
    """[1, 2, 3, 7] -> [(1, 3), (7, 7)]: first and last of each run, in rising order."""
    parts: list[tuple[int, int]] = []
    for value in sorted(numbers):
        if parts and parts[-1][1] + 1 == value:
            parts[-1] = (parts[-1][0], value)
        else:
            parts.append((value, value))
    return parts


def run(low: int, high: int, prefix: str = "") -> str:
    """ "A01 to A05", or "A01" alone."""
    first, last = f"{prefix}{low:02d}", f"{prefix}{high:02d}"
    return first if low == high else low_to_high(first, last)


def runs(numbers: list[int]) -> str:
    """[1, 2, 3, 7] -> "01 to 03, 07"."""
    return ", ".join(run(low, high) for low, high in runs_of(numbers))


def anchor(prefix: str, name: str) -> str:
    """An id for links inside the document, from any text."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    return f"{prefix}-{plain}" if plain == name else f"{prefix}-{plain}-{sum(map(ord, name)) % 9973}"
