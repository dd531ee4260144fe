"""Solves changed requests for explanations: question, sizing, packing, floor by counts, bill and cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from planner.errors import TimeLimitReached
from planner.explain.case import said_by
from planner.explain.trial import Amount, Outcome, Standing, Tried
from planner.money import Range
from planner.packing.data import PackingInfeasible
from planner.plan.footing import FloorMaker, refused_by_floor
from planner.plan.frontier import systems_of
from planner.plan.library import Library
from planner.plan.question import make_question, rulings_of
from planner.plan.schema import Pattern
from planner.plan.why import Sketch, unpriced_mains
from planner.request.schema import Request
from planner.sizing.answer import Settled
from planner.sizing.model import SizingInfeasible
from planner.sizing.network import Surroundings
from planner.sizing.question import Question, Ruling
from planner.sizing.rounds import Outgrown
from planner.sizing.settle import settle_from_a_look, settle_unproved
from planner.wording import sentence


@dataclass(frozen=True)
class Trials:
    """`planner.explain.trial.Trial` with the library behind it. `sketch` prices an answer, `floor` places its racks."""

    library: Library
    sketch: Callable[[Question, Settled], Sketch]
    floor: FloorMaker

    def ask(self, request: Request, like: Question | None = None) -> Question:
        """The question of a changed request; needs of workloads that are as in `like` are not estimated again."""
        return make_question(request, self.library, like)

    def rulings(self, request: Request) -> tuple[Ruling, ...]:
        """What the rules of a changed request exclude, before any need is estimated."""
        return rulings_of(request, self.library)

    def solve(self, question: Question, around: Mapping[str, Surroundings] | None = None) -> Tried | None:
        """The best plan of a question, its racks standing in their halls; None: there is none.

        Networks start as large as `around` says, by hall, where that is known.

        Raises:
            TimeLimitReached: undecided within the deterministic limits, or the best mix packs and does not stand.
        """
        try:
            return self._standing(question, _settled(question, around))
        except (SizingInfeasible, PackingInfeasible):
            return None

    def solve_or_grow(self, question: Question) -> Tried | Mapping[str, Surroundings] | None:
        """The quick plan of a question, or the networks, by hall, that left no room for one; None: neither.

        Raises:
            TimeLimitReached: as `solve`.
        """
        try:
            return self._standing(question, settle_unproved(question))
        except Outgrown as refusal:
            return refusal.around
        except (SizingInfeasible, PackingInfeasible):
            return None

    def _standing(self, question: Question, settled: Settled) -> Tried:
        """The plan of an answer whose racks stand; sized again row by row where they do not.

        Raises:
            SizingInfeasible: no mix stands.
        """
        by_row: frozenset[str] = frozenset()
        while (refused := refused_by_floor(question, settled, self.floor)) is not None:
            refusal, hall = refused
            if hall in by_row:
                raise TimeLimitReached(sentence("stopped.floor-none-tried", refusal=said_by(refusal)))
            by_row |= {hall}
            settled = _settled_by_row(question, by_row)
        return self.told(question, settled)

    def told(self, question: Question, settled: Settled) -> Tried:
        """A settled answer whose racks stand, in a few figures."""
        sketched = self.sketch(question, settled)
        return Tried(outcome_of(question, sketched), standing_of(sketched.contents.patterns), settled)

    def clause(self, rule: str) -> str:
        """The clause of a sovereignty rule; empty for a rule of the request itself."""
        found = self.library.rules.rules.get(rule)
        return found.clause if found is not None else ""


def _settled(question: Question, around: Mapping[str, Surroundings] | None) -> Settled:
    """The quick answer; where there is none, that of networks which grow in another order."""
    for start in (around, None) if around is not None else (None,):
        with suppress(SizingInfeasible, PackingInfeasible):
            return settle_unproved(question, start)
    return settle_from_a_look(question)


def _settled_by_row(question: Question, by_row: frozenset[str]) -> Settled:
    """The quick answer row by row. Where it fails for its networks or its packing, other mixes may do: undecided."""
    try:
        return settle_unproved(question, by_row=by_row)
    except (Outgrown, PackingInfeasible) as refusal:
        raise TimeLimitReached(sentence("stopped.floor-none-found", refusal=said_by(refusal))) from None


def outcome_of(question: Question, sketched: Sketch) -> Outcome:
    """A plan in a few figures."""
    cost = sketched.cost
    return Outcome(
        currency=cost.currency,
        capex=_amount(cost.capex),
        tco=_amount(cost.tco),
        horizon_years=cost.horizon_years,
        lines=cost.lines_total,
        lines_without_price=cost.lines_without_price,
        power_design_w=sketched.design_w,
        racks=sketched.racks,
        systems=systems_of(question, sketched) if _any(sketched) else sentence("name.no-system"),
        unpriced=tuple(unpriced_mains(sketched)),
    )


def _any(sketched: Sketch) -> bool:
    return bool(sketched.contents.systems or sketched.contents.rents)


def _amount(money: Range) -> Amount:
    return Amount(money.low, money.typical, money.high)


def standing_of(patterns: tuple[Pattern, ...]) -> tuple[Standing, ...]:
    """What stands on the positions of each hall, by kind of rack."""
    return tuple(
        Standing(
            hall=p.hall,
            positions=p.positions * p.count,
            design_w=p.power_design_w or 0,
            weight_kg=-(-(p.weight_kg or 0) // max(1, p.positions)),
        )
        for p in patterns
    )
