"""An explanation as a person reads it: each fact once, with the line of the request that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from planner.explain.case import OffMenu, WayOut
from planner.explain.combination import Combination
from planner.explain.trial import Amount, Outcome
from planner.sizing.limits import PEAK, POWER
from planner.wording import in_language, joined, sentence

if TYPE_CHECKING:
    from planner.explain.explanation import Explanation, Told


@dataclass(frozen=True)
class Line:
    """One line of a text: a heading, or an entry under one; what is said of an entry stands below it."""

    text: str
    depth: int = 0
    entry: bool = False

    def deeper(self) -> Line:
        """The line under a heading of a larger text."""
        return replace(self, depth=self.depth + 1)

    def written(self, code: str) -> str:
        """The line in a language."""
        return f"{'  ' * self.depth}{'- ' if self.entry else ''}{in_language(self.text, code)}"


def written(lines: Iterable[Line], code: str) -> str:
    """A whole text in a language."""
    return "\n".join(line.written(code) for line in lines)


def entry(text: str, line: int) -> Line:
    """A fact, with the line of the request where that is known."""
    return Line(sentence("explain.at", line=line, what=text) if line else text, 1, entry=True)


def below(text: str) -> Line:
    """What is said of the entry above."""
    return Line(text, 3)


def explanation_lines(explanation: Explanation) -> Iterator[Line]:
    """The whole explanation."""
    yield Line(sentence("explain.no-plan"))
    yield from refusal_lines(explanation)


def refusal_lines(explanation: Explanation) -> Iterator[Line]:
    """What conflicts, the single changes that are enough, several together, and what is not among them and why."""
    yield from _conflict(explanation)
    yield from menu_lines(explanation.ways_out)
    if not explanation.ways_out:
        yield Line(sentence("explain.no-way" if _several(explanation) else "explain.no-way-found"))
    if explanation.combination is not None:
        yield from combination_lines(explanation.combination)
    yield from off_menu_lines(explanation.off_menu, explanation.no_option)


def _several(explanation: Explanation) -> bool:
    """Whether it is shown that no single change can do: two limits must move whatever becomes of the others.

    Larger feeds have larger breakers, so that peak load and design load of a hall are one.
    """
    must = {small.limit.replace(f"{PEAK}:", f"{POWER}:") for small in explanation.too_small}
    return explanation.combination is not None or len(must) > 1


def _conflict(explanation: Explanation) -> Iterator[Line]:
    if explanation.impossible:
        yield Line(sentence("explain.impossible"))
        yield from (entry(told.text, told.line) for told in explanation.impossible)
    told = _told_by_a_move(explanation)
    alone = {small.limit: small for small in explanation.too_small if small.limit not in told}
    if explanation.conflict:
        yield Line(sentence("explain.conflict"))
        yield from conflict_lines(explanation.conflict, explanation.off_menu, alone)
    known = {fact.limit for fact in explanation.conflict}
    others = [small for small in explanation.too_small if small.limit not in known]
    if others:
        yield Line(sentence("explain.too-small-too" if known else "explain.too-small"))
        yield from (entry(_with_need(small, alone), small.line) for small in others)


def _told_by_a_move(explanation: Explanation) -> dict[str, int | None]:
    """Limits whose need the combination tells already."""
    moves = explanation.combination.moves if explanation.combination is not None else ()
    return {move.limit: move.missing for move in moves}


def conflict_lines(
    conflict: Sequence[Told], off_menu: Sequence[OffMenu], alone: Mapping[str, Told] = MappingProxyType({})
) -> Iterator[Line]:
    """Limits that conflict, with what is needed at least of those that are too small `alone`, or that no move helps."""
    no_help = {change.limit for change in off_menu if change.no_help}
    for fact in conflict:
        helpless = fact.limit in no_help
        yield entry(sentence("explain.no-help", limit=fact.text) if helpless else _with_need(fact, alone), fact.line)


def _with_need(fact: Told, alone: Mapping[str, Told]) -> str:
    small = alone.get(fact.limit)
    if small is None or not small.needed:
        return fact.text
    return sentence("explain.needed", limit=fact.text, needed=small.needed)


def menu_lines(ways: Sequence[WayOut]) -> Iterator[Line]:
    """Single changes that are enough, and by what they are ordered."""
    if ways:
        yield Line(sentence(f"explain.{_order_of(ways)}"))
    for way in ways:
        yield from _way(way)


def _order_of(ways: Sequence[WayOut]) -> str:
    if len(ways) == 1:
        return "way"
    amounts = [way for way in ways if way.missing is not None]
    if not amounts:
        return "ways"
    return "ways-priced" if all(way.relief is not None for way in amounts) else "ways-unpriced"


def _way(way: WayOut) -> Iterator[Line]:
    """One change, its price, and the plan with it."""
    yield entry(way.text, way.line)
    if way.plan is not None:
        if way.missing is not None:
            yield below(price_words(way, way.plan.currency))
        yield below(sentence("explain.plan", plan=outcome_words(way.plan)))


def price_words(way: WayOut, currency: str) -> str:
    """The price of a change, or that it is not known."""
    if way.relief is None:
        return sentence("explain.price-unknown")
    return sentence("explain.price", amount=way.relief.amount, currency=currency, basis=way.relief.basis)


def outcome_words(plan: Outcome) -> str:
    """A plan in a line; what has no price is told beside every sum."""
    said = sentence(
        "outcome.plan",
        systems=plan.systems,
        power=plan.power_design_w,
        positions=sentence("outcome.positions", n=plan.racks),
        capex=money_words(plan.capex, plan.currency),
        tco=money_words(plan.tco, plan.currency),
        years=plan.horizon_years,
        open=plan.lines_without_price,
        lines=plan.lines,
    )
    return sentence("outcome.unpriced", plan=said, products=list(plan.unpriced)) if plan.unpriced else said


def money_words(amount: Amount, currency: str) -> str:
    """Typical, and the range around it where there is one."""
    typical = {"value": amount.typical, "currency": currency}
    if amount.low == amount.high:
        return sentence("amount.money", **typical)
    return sentence("outcome.money", low=amount.low, high=amount.high, **typical)


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


def combination_lines(found: Combination) -> Iterator[Line]:
    """The moves of a combination, their prices, and the plan with all of them."""
    yield Line(sentence(f"explain.combination-by-{found.weighed}"))
    for way in found.moves:
        yield entry(way.text, way.line)
        yield below(price_words(way, found.plan.currency))
    known = [way.relief.amount for way in found.moves if way.relief is not None]
    lacking = len(found.moves) - len(known)
    if known:
        key = "explain.together-unpriced" if lacking else "explain.together"
        yield Line(sentence(key, amount=sum(known), currency=found.plan.currency, n=lacking), 1)
    yield Line(sentence("explain.plan", plan=outcome_words(found.plan)), 1)


def off_menu_lines(changes: Sequence[OffMenu], products: Sequence[str] = ()) -> Iterator[Line]:
    """Changes and products that were not tried, or of which nothing was found, and why."""
    told = [change for change in changes if not change.no_help]
    if told or products:
        yield Line(sentence("explain.off-menu"))
        yield from (entry(change.text, change.line) for change in told)
        yield from (Line(text, 1, entry=True) for text in products)
