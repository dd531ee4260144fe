"""Which origins a number of the plan has, and what more is to be said of it: facts, prices and priors behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from planner.plan.schema import Assumption, BillLine, Pattern, Plan, SovereigntyResult
from planner.report import text
from planner.report.blocks import Origin
from planner.report.language import say, term
from planner.report.lookup import Lookup


def product_id(product: str) -> str:
    """The origin of a product's facts."""
    return f"product/{product}"


def products(names: Iterable[str | None]) -> Origin:
    """The origins of the facts of products, each once."""
    return tuple(product_id(name) for name in dict.fromkeys(names) if name)


def price_id(line: BillLine) -> str:
    """The origin of a price: lines with the same source and basis share it."""
    return f"price/{line.price_source}/{line.price_basis}"


def law_id(result: SovereigntyResult) -> str:
    """The origin of a rule of law or of a standard."""
    return f"law/{result.framework}/{result.clause}/{result.source}"


def assumption_ids(plan: Plan) -> Iterator[tuple[str, Assumption]]:
    """The origins of the assumptions: several may have the same id."""
    for number, entry in enumerate(plan.assumptions):
        yield f"assumption/{number}", entry


def assumed(plan: Plan, user: str) -> Origin:
    """The origins of the assumptions that a workload or another part of the plan uses."""
    return tuple(key for key, entry in assumption_ids(plan) if user in entry.used_by)


def in_pattern(pattern: Pattern) -> Origin:
    """The origins of the facts of everything in a rack."""
    own = (pattern.system, pattern.rack_product)
    return products((*(device.product for device in pattern.devices), *own, *sorted(pattern.pdus)))


def price(line: BillLine) -> str:
    """The price of a line of the bill."""
    if line.unit_price is None:
        return ""
    return say(
        "why.price",
        source=line.price_source or say("bill.no-source"),
        day=text.day(line.price_as_of),
        confidence=term("confidence", line.price_confidence),
        basis=line.price_basis or text.DASH,
    )


def of_pattern(pattern: Pattern, fact: str, lookup: Lookup) -> str:
    """One fact of everything that stands in a rack, one line a product."""
    holds = Counter(device.product for device in pattern.devices)
    if pattern.system is not None and not pattern.devices:
        holds[pattern.system] += 1
    return "\n".join(of_product(product, many, fact, lookup) for product, many in holds.items())


def of_product(product: str, many: int, fact: str, lookup: Lookup) -> str:
    """One fact of so many of a product: its value, source, date and confidence."""
    used = lookup.products.get(product)
    found = next((f for f in used.facts if f.name == fact), None) if used else None
    name = text.times(many, lookup.name(product))
    if found is None or found.value is None:
        return say("why.unknown", product=name, fact=term("fact", fact))
    return say(
        "why.fact",
        product=name,
        fact=term("fact", fact),
        value=f"{text.number(found.value)} {found.unit}".strip(),
        source=found.source or say("bill.no-source"),
        day=text.day(found.as_of) or text.DASH,
        confidence=term("confidence", found.confidence),
    )


def of_money(plan: Plan) -> str:
    """What the capital cost rests on: the shares of its confidences, and what is in no sum."""
    shares = plan.cost.confidence_share
    each = ", ".join(f"{term('confidence', key)} {text.percent(shares[key])}" for key in sorted(shares) if shares[key])
    return say("why.money", shares=each or text.unknown(), n=plan.cost.lines_without_price)
