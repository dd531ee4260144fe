"""Why a phase cannot be served, and the single changes of the request that would do, each tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from planner.document import Document, Location
from planner.explain.wording import Line, entry, written
from planner.phasing.model import possible
from planner.plan.phase_question import EndState, PhasingQuestion
from planner.request.check_phases import arrivals_of
from planner.request.schema import Request
from planner.request.site import Feed, Loop, Row
from planner.sizing.question import Question
from planner.wording import CANONICAL, sentence

Dated = TypeVar("Dated", Feed, Loop, Row)
WHY = ("feeds", "cooling", "not-there-yet", "lead-time")  # what may stop a phase


@dataclass(frozen=True)
class Change:
    """One change of the request, in words, with the line that states what changes."""

    text: str
    line: int


@dataclass(frozen=True)
class PhaseExplanation:
    """Why no part of the end state serves a phase. Each of the `reasons` stops it `alone`, or all of them together."""

    phase: str
    date: str
    line: int
    reasons: tuple[str, ...]
    alone: bool
    ways_out: tuple[Change, ...]

    def text(self, code: str = CANONICAL) -> str:
        """The explanation as a person reads it, in a language."""
        return written(self._lines(), code)

    def _lines(self) -> Iterator[Line]:
        yield Line(sentence("phase-refusal.no-plan", phase=self.phase, line=self.line, day=self.date))
        if self.reasons:
            yield Line(sentence("phase-refusal.alone" if self.alone else "phase-refusal.together"))
            yield from (entry(reason, 0) for reason in self.reasons)
        yield Line(sentence("phase-refusal.ways" if self.ways_out else "phase-refusal.no-way"))
        yield from (entry(change.text, change.line) for change in self.ways_out)


class Refusal:
    """The first phase that no part of the end state serves."""

    def __init__(self, question: Question, end: EndState, source: Document, number: int) -> None:
        self.question, self.end, self.source, self.number = question, end, source, number
        self.request = question.request
        self.phase = self.request.phases[number]

    def explanation(self, kinds: tuple[str, ...]) -> PhaseExplanation:
        """What stops the phase, and every change that alone would do."""
        line = self._line(("phases", self.number))
        reasons = tuple(sentence(f"phase-refusal.{kind}") for kind in kinds)
        alone = len(kinds) < len(WHY)
        return PhaseExplanation(self.phase.id, self.phase.date, line, reasons, alone, tuple(self.changes()))

    def changes(self) -> Iterator[Change]:
        """Arrivals that come in time, a later date, less redundancy, less of a workload."""
        yield from self._earlier_arrivals()
        yield from self._later_date()
        yield from self._less_redundancy()
        yield from self._smaller_shares()

    def _line(self, place: Location) -> int:
        return self.source.mark(place).line

    def _possible(self, request: Request) -> bool:
        """Whether the phases up to this one can be served if the request reads so, by the same end state."""
        upto = request.model_copy(update={"phases": (*request.phases[: self.number + 1], request.phases[-1])})
        return possible(PhasingQuestion(replace(self.question, request=upto), self.end).data())

    def _with(self, **changed: object) -> Request:
        phases = list(self.request.phases)
        phases[self.number] = self.phase.model_copy(update=changed)
        return self.request.model_copy(update={"phases": tuple(phases)})

    def _earlier_arrivals(self) -> Iterator[Change]:
        for place, _, day in arrivals_of(self.request):
            if day > self.phase.date and self._possible(_there(self.request, place)):
                what = _named(self.request, place)
                text = sentence("phase-refusal.arrival", what=what, before=day, after=self.phase.date)
                yield Change(text, self._line(place))

    def _later_date(self) -> Iterator[Change]:
        after = self.request.phases[self.number + 1].date
        ordered = date.fromisoformat(self.request.policy.order_date or self.request.date)
        weeks = {item.lead_weeks for hall in self.end.settled.prepared.data.halls for item in hall.items.values()}
        days = {day for _, _, day in arrivals_of(self.request)}
        days |= {(ordered + timedelta(weeks=n)).isoformat() for n in weeks}
        for day in sorted(day for day in days if self.phase.date < day < after):
            if self._possible(self._with(date=day)):
                place: Location = ("phases", self.number, "date")
                text = sentence("phase-refusal.later", phase=self.phase.id, before=self.phase.date, after=day)
                yield Change(text, self._line(place))
                return

    def _less_redundancy(self) -> Iterator[Change]:
        if self.phase.redundancy != "N" and self._possible(self._with(redundancy="N")):
            text = sentence("phase-refusal.redundancy", phase=self.phase.id)
            yield Change(text, self._line(("phases", self.number)))

    def _smaller_shares(self) -> Iterator[Change]:
        for workload in sorted(self.end.settled.sizing.units):
            now = round(100 * self.phase.shares.get(workload, 1.0))

            def with_share(percent: int, name: str = workload) -> bool:
                return self._possible(self._with(shares={**self.phase.shares, name: percent / 100}))

            most = _most(now, with_share)
            if most is not None:
                shares = {"most": most / 100, "now": now / 100}
                text = sentence("phase-refusal.share", workload=workload, phase=self.phase.id, **shares)
                yield Change(text, self._line(("phases", self.number)))


def _most(now: int, enough: Callable[[int], bool]) -> int | None:
    """The largest whole percentage below `now` that is enough; None: not even 0 is, or there is none below."""
    if now == 0 or not enough(0):
        return None
    low, high = 0, now
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if enough(middle) else (low, middle)
    return low


def _named(request: Request, place: Location) -> str:
    """The feed, loop or row at a place whose date it is."""
    found: Any = request
    for step in place[:-1]:
        found = found[step] if isinstance(step, int) else getattr(found, step)
    return sentence(f"arrival.{place[-3]}", name=found.id)


def _there(request: Request, place: Location) -> Request:
    """The request with what arrives at a place there from the start."""
    _, i, _, j, *rest = place
    site = request.sites[int(i)]
    hall = site.halls[int(j)]
    if rest[0] == "rows":
        rows = _without_date(hall.rows, int(rest[1]))
        hall = hall.model_copy(update={"rows": rows})
    else:
        part = getattr(hall, str(rest[0]))
        entries = _without_date(getattr(part, str(rest[1])), int(rest[2]))
        hall = hall.model_copy(update={str(rest[0]): part.model_copy(update={str(rest[1]): entries})})
    halls = (*site.halls[: int(j)], hall, *site.halls[int(j) + 1 :])
    sites = (*request.sites[: int(i)], site.model_copy(update={"halls": halls}), *request.sites[int(i) + 1 :])
    return request.model_copy(update={"sites": sites})


def _without_date(entries: tuple[Dated, ...], at: int) -> tuple[Dated, ...]:
    return tuple(
        entry.model_copy(update={"available_from": None}) if n == at else entry for n, entry in enumerate(entries)
    )
