"""The cheapest way to move several limits of the site together: by money where prices are known, else by shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Literal

from planner.errors import TimeLimitReached
from planner.explain.amounts import enough_to_pack, missing_amount
from planner.explain.case import Case, WayOut
from planner.explain.changes import Change, moved
from planner.explain.limits import DEMANDS, limits_of, value_of
from planner.explain.relief import AT_POSITIONS, rate_of, relief_of
from planner.explain.trial import Outcome, Tried
from planner.explain.ways import GENEROUS, moved_by, share_of
from planner.request.schema import Request
from planner.sizing.constraints import PROVEN_WITH
from planner.sizing.data import Cut, SizingData
from planner.sizing.limits import APART, NOTHING, PEAK, POSITIONS, POWER, Limit, measuring
from planner.sizing.model import feasible, least_move
from planner.sizing.prepare import prepare
from planner.sizing.question import Question
from planner.sizing.settle import packs, refusal_cuts

MOST_ROUNDS = 5
FINE = 10**7  # a whole limit, in a sum of shares
FINEST_RATE = 10**5  # the dearest rate, in a sum of money
Weighed = Literal["money", "share"]


@dataclass(frozen=True)
class Combination:
    """Limits that move together, each by its amount, and the plan with all of the moves.

    `weighed` says by what they are the least: money for relief, with limits that have no price as they are, or the sum
    of the shares by which they move. `relief` is the price of all moves, None where one of them has no known price.
    """

    moves: tuple[WayOut, ...]
    weighed: Weighed
    relief: int | None
    plan: Outcome


def cheapest_combination(case: Case) -> Combination | None:
    """The least move of all limits of the site together, solved with packing and floor; None: no move is enough.

    Raises:
        TimeLimitReached: undecided within the deterministic limits.
    """
    for search in _searches(case):
        found = search.together()
        if found is not None:
            return found
    return None


def hold_together(case: Case) -> frozenset[Limit]:
    """Limits that a first look at the combination has shown to hold together; none where it shows nothing.

    It moves limits of racks too, and so knows of no certificate of packing: where there are any, what these rest on is
    not shown to hold.
    """
    try:
        moves = next(_searches(case)).first()
    except TimeLimitReached:
        return frozenset()
    if not moves:
        return frozenset()
    certified = {cut.hall for cut in case.cuts}
    return frozenset(
        limit
        for limit in limits_of(case.data)
        if not moves.get(limit) and not (limit.kind in PROVEN_WITH and limit.subject in certified)
    )


def _searches(case: Case) -> Iterator[_Moves]:
    """By money where the request has any price, then by shares."""
    request = case.question.request
    movable = [
        limit
        for limit in limits_of(case.data)
        if limit.kind not in (*DEMANDS, APART) and moved(request, limit, 1, case.data)
    ]
    movable = [limit for limit in movable if limit.kind != PEAK or Limit(POWER, limit.subject) not in movable]
    rates = {limit: rate for limit in movable if (rate := rate_of(limit, request)) is not None}
    if any(rates.values()):
        yield _Moves(case, _by_money(rates), "money")
    yield _Moves(case, {limit: _by_share(limit, case.data) for limit in movable}, "share")


def _until_it_packs(question: Question, data: SizingData, limit: Limit, cuts: Sequence[Cut]) -> int | None:
    least = missing_amount(data, limit, cuts)
    return enough_to_pack(data, limit, least, partial(packs, question)) if least is not None else None


def _by_money(rates: Mapping[Limit, Fraction]) -> dict[Limit, int]:
    """Whole weights in proportion to the rates. What costs nothing still weighs one, and is not moved in vain."""
    dearest = max(rates.values())
    return {limit: max(1, round(rate * FINEST_RATE / dearest)) for limit, rate in rates.items()}


def _by_share(limit: Limit, data: SizingData) -> int:
    """Weight of one base unit of a limit; what has no amount is held against the hall's power."""
    now = value_of(limit, data)
    if not now:
        now = next(h.survivable_w for h in data.halls if h.key == limit.subject.split("/")[0])
    return max(1, FINE // max(1, now))


@dataclass
class _Moves:
    """A search for moves with given weights."""

    case: Case
    weights: dict[Limit, int]
    weighed: Weighed

    def together(self) -> Combination | None:
        """By counts first; what packing or the floor then refuse is added. One limit alone is no combination."""
        moves = self.least(self.case.question, self.case.data, self.case.cuts)
        for _ in range(MOST_ROUNDS):
            if len(moves) < 2:
                return None
            found = self.made(moves)
            if found is not None:
                return found[0]
            question = self.asked_with(self.applied(moves))
            more = self.least(question, prepare(question, wide=True).data, refusal_cuts(question))
            if not more:
                return self.with_larger_networks(moves)
            moves = {limit: moves.get(limit, 0) + more.get(limit, 0) for limit in {**moves, **more}}
        return None

    def made(self, moves: Mapping[Limit, int]) -> tuple[Combination, Tried] | None:
        """The plan with these moves, if there is one."""
        changes = self.applied(moves)
        tried = self.case.trial.solve(self.asked_with(changes))
        return (self.combination(moves, changes, tried), tried) if tried is not None else None

    def asked_with(self, changes: Sequence[tuple[Limit, Change]]) -> Question:
        """The question after every change."""
        return self.case.question.asked_of(changes[-1][1].request)

    def with_larger_networks(self, moves: Mapping[Limit, int]) -> Combination | None:
        """Moves that are enough by counts and not for what networks grow to: measured with those of a roomier plan."""
        now = {limit: value_of(limit, self.case.data) or 0 for limit in moves}
        generous = self.made({limit: by + (now[limit] + by) // GENEROUS + 1 for limit, by in moves.items()})
        if generous is None:
            return None
        around = prepare(self.case.question, generous[1].settled.around, wide=True).data
        closer = self.made(self.least(self.case.question, around, self.case.cuts))
        return (closer or generous)[0]

    def least(self, question: Question, data: SizingData, cuts: Sequence[Cut]) -> dict[Limit, int]:
        """The least moves by counts; where counts are enough, the least of one rack's limit with which racks pack."""
        found = self.first() if data is self.case.data else self.measured(data, cuts)
        moves = {limit: by for limit, by in (found or {}).items() if by}
        if moves or found is None:
            return moves
        packing = {
            limit: by
            for limit in sorted(self.weights)
            if limit.kind in AT_POSITIONS and (by := _until_it_packs(question, data, limit, cuts))
        }
        cheapest = min(packing, key=lambda limit: (self.weights[limit] * packing[limit], limit), default=None)
        return {cheapest: packing[cheapest]} if cheapest is not None else {}

    def first(self) -> dict[Limit, int] | None:
        """The least moves of the question as it is, measured once."""
        key = ("least moves", self.weighed)
        return self.case.question.once(key, lambda: self.measured(self.case.data, self.case.cuts))

    def measured(self, data: SizingData, cuts: Sequence[Cut]) -> dict[Limit, int] | None:
        """How far each limit moves where the weighed sum of the moves is least by counts; None: no moves help."""
        at_positions = self.weighed == "money"
        return least_move(data, measuring(*self.weights), self.weights, cuts, at_positions=at_positions)

    def applied(self, moves: Mapping[Limit, int]) -> list[tuple[Limit, Change]]:
        """Every move made in the request, one after the other; positions last, in the first row where they help."""
        request, made = self.case.question.request, []
        for limit, by in sorted(moves.items(), key=lambda move: (move[0].kind == POSITIONS, move[0])):
            ways = moved(request, limit, by, self.case.data)
            change = next((way for way in ways if len(ways) > 1 and self.possible(way.request)), ways[0])
            made.append((limit, change))
            request = change.request
        return made

    def possible(self, request: Request) -> bool:
        """Whether a changed request can be met by counts."""
        return feasible(prepare(self.case.question.asked_of(request), wide=True).data, NOTHING)

    def combination(
        self, moves: Mapping[Limit, int], changes: Sequence[tuple[Limit, Change]], tried: Tried
    ) -> Combination:
        """The moves as ways out, with the price of all of them together."""
        case = self.case
        ways = tuple(
            WayOut(
                str(limit),
                moved_by(case, limit, moves[limit], change.words),
                case.line_of(limit),
                moves[limit],
                relief_of(limit, moves[limit], case.question, case.data, tried.standing),
                None,
                share_of(case, limit, moves[limit]),
            )
            for limit, change in changes
        )
        prices = [way.relief.amount for way in ways if way.relief is not None]
        whole = sum(prices) if len(prices) == len(ways) else None
        return Combination(ways, self.weighed, whole, tried.outcome)
