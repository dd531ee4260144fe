"""A question without an answer, with what every part of its explanation needs, and the words for what may change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from planner.document import Document
from planner.errors import TimeLimitReached
from planner.explain.amounts import missing_amount
from planner.explain.limits import place_of
from planner.explain.relief import Relief
from planner.explain.trial import Outcome, Trial, Tried
from planner.sizing.data import Cut, SizingData
from planner.sizing.limits import Limit, Relaxation
from planner.sizing.model import feasible
from planner.sizing.network import Surroundings
from planner.sizing.prepare import Prepared, prepare
from planner.sizing.question import Question
from planner.sizing.settle import refusal_of
from planner.wording import Said, sentence


@dataclass(frozen=True)
class WayOut:
    """A change that makes the request possible, the rest as it is.

    `missing` is what the limit lacks, in its base unit (W, kg, mL/min, weeks, pieces, money). `relief` is the price of
    the change itself, None while no source gives one; `plan` is the plan with the change, None for one of several moves
    that are enough together.
    """

    limit: str
    text: str
    line: int
    missing: int | None
    relief: Relief | None = None
    plan: Outcome | None = None
    share: float | None = None  # of the limit as it is, by which it moves


@dataclass(frozen=True)
class OffMenu:
    """A change that is not on the menu, and why: it is not enough, was not decided, or could not be tried."""

    limit: str
    text: str
    line: int
    no_help: bool = False  # it was tried, and no amount of it alone is enough


@dataclass
class Case:
    """One refusal under study."""

    question: Question
    source: Document | None
    trial: Trial

    @cached_property
    def prepared(self) -> Prepared:
        """The question as integers, with room for more systems than the site's power would feed."""
        return prepare(self.question, wide=True)

    @property
    def data(self) -> SizingData:
        """The limits and options."""
        return self.prepared.data

    @cached_property
    def _refusal(self) -> tuple[Sequence[Cut], str]:
        return refusal_of(self.question)

    @property
    def cuts(self) -> Sequence[Cut]:
        """What packing had proven when the question was refused."""
        return self._refusal[0]

    @property
    def unwired(self) -> str:
        """Why the racks cannot be wired, which no limit of sizing would explain; "" where that is not the reason."""
        return self._refusal[1]

    @property
    def currency(self) -> str:
        """In which the request counts."""
        return self.question.request.currency

    def line_of(self, limit: Limit) -> int:
        """The line of the request that states a limit; 0 without a document."""
        return self.line(place_of(limit, self.question.request))

    def line(self, place: tuple[str | int, ...]) -> int:
        """The line of a place in the request, or of the nearest place around it that is written; 0 without one."""
        return self.source.mark(place).line if self.source is not None else 0

    def possible_without(self, limit: Limit) -> bool:
        """Whether counts meet everything but one limit."""
        dropped = Relaxation(dropped=frozenset({limit}))
        return self.question.once(("possible without", limit), lambda: feasible(self.data, dropped, self.cuts))

    def missing(self, limit: Limit) -> int | None:
        """The least by which a limit must move by counts, the others as they are; None: moving it does not help."""
        return self.question.once(("missing", limit), lambda: missing_amount(self.data, limit, self.cuts))

    def way(self, limit: str, text: str, line: int, tried: Tried | Undecided | None) -> Iterator[WayOut | OffMenu]:
        """A change that moves no amount, on the menu where it has a plan, beside it where that is undecided."""
        if isinstance(tried, Undecided):
            yield undecided_about(limit, text, line, tried)
        elif tried is not None:
            yield WayOut(limit, text, line, None, plan=tried.outcome)

    def tried(self, question: Question, around: Mapping[str, Surroundings] | None = None) -> Tried | Undecided | None:
        """The plan of a changed question, from networks as large as those in `around` on; None: there is none."""
        try:
            return self.trial.solve(question, around)
        except TimeLimitReached as reason:
            return Undecided(said_by(reason))

    def tried_or_grown(self, question: Question) -> Tried | Mapping[str, Surroundings] | Undecided | None:
        """The quick plan of a changed question, or the networks that left no room for one; None: neither."""
        try:
            return self.trial.solve_or_grow(question)
        except TimeLimitReached as reason:
            return Undecided(said_by(reason))


@dataclass(frozen=True)
class Undecided:
    """No plan was found for a change within the limits, and no proof that there is none."""

    reason: str


def undecided_about(limit: str, change: str, line: int, undecided: Undecided) -> OffMenu:
    """A change of which no solve decided whether it is enough."""
    return OffMenu(limit, sentence("untried.undecided", change=change, reason=undecided.reason), line)


def said_by(reason: Exception) -> str:
    """The text of an exception: a sentence where it was raised with one, else in English as it stands."""
    text = reason.args[0] if reason.args else ""
    return text if isinstance(text, Said) else sentence("explain.in-english", text=str(reason))
