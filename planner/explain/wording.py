"""An explanation as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.explain.case import WayOut
from planner.explain.combination import Combination
from planner.explain.trial import Amount, Outcome
from planner.quantity import show
from planner.wording import joined, sentence

if TYPE_CHECKING:
    from planner.explain.explanation import Explanation


def text_of(explanation: Explanation) -> str:
    """The whole explanation."""
    return "\n".join(_lines(explanation))


def _lines(explanation: Explanation) -> Iterator[str]:
    yield "No plan meets this request."
    yield from refusal_lines(explanation)


def refusal_lines(explanation: Explanation) -> Iterator[str]:
    """What conflicts, what would be enough, and what was no option."""
    for reason in explanation.impossible:
        yield f"  - {reason}"
    if explanation.conflict:
        yield "These limits conflict; without any one of them the others could be met:"
        for entry in explanation.conflict:
            yield f"  - line {entry.line}: {entry.text}"
    yield from _ways(explanation)
    if explanation.combination is not None:
        yield from combination_lines(explanation.combination)
    if explanation.too_small:
        yield "Each of these is too small by itself, whatever becomes of the others:"
        for way in explanation.too_small:
            yield f"  - line {way.line}: {way.text}"
    if explanation.no_option:
        yield "Products that were no option, and why:"
        yield from (f"  - {text}" for text in explanation.no_option)


def _ways(explanation: Explanation) -> Iterator[str]:
    if explanation.ways_out:
        yield "Any one of these changes would be enough, all else as it is (cheapest first):"
        for way in explanation.ways_out:
            yield from way_lines(way)
    elif not explanation.impossible:
        yield "No single change is enough: several limits must move together."


def way_lines(way: WayOut) -> Iterator[str]:
    """One change, its price, and the plan with it."""
    yield f"  - line {way.line}: {way.text}"
    if way.missing is not None:
        yield f"      the change: {price_words(way, way.plan.currency if way.plan is not None else '')}"
    yield f"      the plan with it: {outcome_words(way.plan)}"


def price_words(way: WayOut, currency: str) -> str:
    """The price of a change, or that it is not known."""
    if way.relief is None:
        return "price not known"
    return f"{way.relief.amount:,} {currency}".rstrip() + f" ({way.relief.basis})"


def outcome_words(plan: Outcome | None) -> str:
    """A plan in a line; what has no price is told beside every sum."""
    if plan is None:
        return "not solved"
    unpriced = f"; no price is published for {', '.join(plan.unpriced)}" if plan.unpriced else ""
    return (
        f"{plan.systems}, {show(plan.power_design_w, 'W')}, {plan.racks:,} positions; "
        f"capex {money_words(plan.capex, plan.currency)}, "
        f"{plan.horizon_years} years {money_words(plan.tco, plan.currency)}; "
        f"{plan.lines_without_price} of {plan.lines} lines besides cables need a quote{unpriced}"
    )


def money_words(amount: Amount, currency: str) -> str:
    """Typical, and the range around it."""
    return f"{amount.typical:,} {currency} ({amount.low:,} to {amount.high:,})"


def difference_words(chosen: Outcome, other: Outcome) -> str:
    """What another plan costs, draws and takes up more or less than the chosen one."""
    comparable = not chosen.unpriced and not other.unpriced
    return difference_of(
        other.tco.typical - chosen.tco.typical if comparable else 0,
        other.power_design_w - chosen.power_design_w,
        other.racks - chosen.racks,
        chosen.currency,
    )


def difference_of(money: int, watts: int, positions: int, currency: str) -> str:
    """Differences in words; money of 0 is none, or none that can be told."""
    told = []
    if money:
        told.append(sentence("why-not.dearer" if money > 0 else "why-not.cheaper", money=abs(money), currency=currency))
    if watts:
        told.append(sentence("why-not.more-power" if watts > 0 else "why-not.less-power", power=abs(watts)))
    if positions:
        told.append(
            sentence("why-not.more-positions" if positions > 0 else "why-not.fewer-positions", n=abs(positions))
        )
    return joined(told) if told else sentence("why-not.equal")


def combination_lines(found: Combination) -> Iterator[str]:
    """The moves of a combination, their prices, and the plan with all of them."""
    yield f"The cheapest combination ({found.weighed}):"
    for way in found.moves:
        yield f"  - line {way.line}: {way.text}"
        yield f"      the change: {price_words(way, found.plan.currency)}"
    known = [way.relief.amount for way in found.moves if way.relief is not None]
    if found.relief is not None:
        yield f"  together: {found.relief.amount:,} {found.plan.currency}"
    elif known:
        lacking = len(found.moves) - len(known)
        rest = f"{lacking} change{'s' if lacking > 1 else ''} without a price"
        yield f"  together: {sum(known):,} {found.plan.currency} and {rest}"
    yield f"  the plan with it: {outcome_words(found.plan)}"
