"""Where a number comes from, in words: source, date and confidence of the facts, prices and priors behind it."""

from __future__ import annotations

from collections import Counter

from planner.plan.schema import BillLine, Pattern, Plan
from planner.report import text
from planner.report.language import say, term
from planner.report.lookup import Lookup


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
    return "\n".join(_of_product(product, many, fact, lookup) for product, many in holds.items())


def _of_product(product: str, many: int, fact: str, lookup: Lookup) -> str:
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


def of_workload(workload: str, plan: Plan) -> str:
    """The priors that a workload's count rests on, one line each."""
    return "\n".join(
        say(
            "why.prior",
            text=text.sentence(prior.text),
            value=prior.value,
            source=prior.source,
            confidence=term("confidence", prior.confidence),
        )
        for prior in plan.assumptions
        if prior.id.startswith("prior.") and workload in prior.used_by
    )


def of_money(plan: Plan) -> str:
    """What the capital cost rests on: the shares of its confidences, and what is in no sum."""
    shares = plan.cost.confidence_share
    each = ", ".join(f"{term('confidence', key)} {text.percent(shares[key])}" for key in sorted(shares) if shares[key])
    return say("why.money", shares=each or text.unknown(), n=plan.cost.lines_without_price)
