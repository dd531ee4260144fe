"""Why a system is not in the plan: a rule, a missing fact, limits that conflict, or a price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from planner.catalog.schema import System
from planner.document import Document
from planner.errors import InputError
from planner.explain.case import Case, Undecided
from planner.explain.explanation import Explanation, explain
from planner.explain.trial import Outcome, Trial, Tried
from planner.explain.ways import line_of_rule
from planner.explain.wording import difference_words, outcome_words, refusal_lines
from planner.sizing.items import SYSTEM, item_key
from planner.sizing.limits import WORKLOAD
from planner.sizing.prepare import prepare
from planner.sizing.question import Question

Status = Literal["chosen", "ruled-out", "no-option", "conflict", "possible", "undecided"]


@dataclass(frozen=True)
class Reason:
    """One fact, rule or need that stands against a system, and the line of the request that it comes from, or 0."""

    text: str
    line: int


@dataclass(frozen=True)
class For:
    """The best plan with a system under some workloads, the others free; an empty `workload` is all of them."""

    workload: str
    status: Status
    plan: Outcome | None
    difference: str  # against the plan of the request, in words
    refusal: Explanation | None
    undecided: str = ""  # why neither a plan nor a proof against one was found


@dataclass(frozen=True)
class WhyNot:
    """The answer for one system. `plan` is the plan of the request as it is, None where there is none."""

    system: str
    name: str
    status: Status
    reasons: tuple[Reason, ...]
    tried: tuple[For, ...]
    plan: Outcome | None
    phased: bool = False  # the request has phases, which none of these plans was made for

    def text(self) -> str:
        """The answer as a person reads it."""
        return "\n".join(_lines(self))


def why_not_system(
    question: Question, source: Document | None, system: str, trial: Trial, chosen: Tried | None
) -> WhyNot:
    """Why a system is not in the plan, and what a plan with it would be. `chosen` is the plan, if there is one.

    Raises:
        InputError: the catalog has no such system.
        TimeLimitReached: what conflicts is not decided within the deterministic limits.
    """
    product = question.catalog.get(system, System)
    found = Case(question, source, trial)
    plan = chosen.outcome if chosen is not None else None
    if chosen is not None and any(
        item_key(system, SYSTEM) in counts for counts in chosen.settled.sizing.counts.values()
    ):
        return WhyNot(system, product.name, "chosen", (), (), plan)
    reasons = tuple(dict.fromkeys(_reasons(found, system)))
    served = _served(question, system)
    everyone = tuple(w.key for w in found.data.workloads)
    groups = [*([everyone] if everyone and served == everyone else []), *((w,) for w in served if len(everyone) > 1)]
    tried = tuple(_with(found, system, group, group == everyone, plan) for group in groups)
    phased = bool(question.request.phases)
    return WhyNot(system, product.name, _status(question, system, tried), reasons, tried, plan, phased)


def _status(question: Question, system: str, tried: Sequence[For]) -> Status:
    order: tuple[Status, ...] = ("possible", "undecided", "conflict")
    for status in order:
        if any(entry.status == status for entry in tried):
            return status
    return "ruled-out" if any(r.kind == "product" and r.id == system for r in question.rulings) else "no-option"


def _served(question: Question, system: str) -> tuple[str, ...]:
    """Workloads that the system may serve somewhere on site, whatever the amounts."""
    data = prepare(question, wide=True).data
    key = item_key(system, SYSTEM)
    return tuple(w.key for w in data.workloads if any(option == key for _, option in w.places))


def _reasons(case: Case, system: str) -> Iterator[Reason]:
    question = case.question
    if not case.data.workloads:
        yield Reason("no workload of the request runs on accelerators", 0)
    for ruling in question.rulings:
        if ruling.kind == "product" and ruling.id == system:
            clause = case.trial.clause(ruling.rule)
            whom = "" if ruling.workload == "*" else f" for workload {ruling.workload}"
            text = f"ruled out{whom} by {ruling.rule}{f', {clause}' if clause else ''}: {ruling.reason}"
            yield Reason(text, line_of_rule(case, ruling.rule))
    for bar in case.prepared.bars:
        if bar.product == system:
            yield Reason(f"no option in {bar.place}: {bar.reason}", 0)
    for index, workload in enumerate(question.request.workloads):
        if workload.systems is not None and system not in workload.systems:
            yield Reason(f"workload {workload.id} names other systems", case.line(("workloads", index, "systems")))
        for need in question.needs:
            if need.workload == workload.id and need.system == system and not need.feasible:
                yield Reason(f"cannot serve workload {workload.id}: {need.reason}", case.line(("workloads", index)))


def _with(case: Case, system: str, workloads: tuple[str, ...], all_of_them: bool, plan: Outcome | None) -> For:
    """The best plan in which these workloads run on the system and nothing else."""
    needs = tuple(n for n in case.question.needs if n.workload not in workloads or n.system == system)
    question = replace(case.question, needs=needs)
    name = "" if all_of_them else workloads[0]
    tried = case.tried(question)
    if isinstance(tried, Undecided):
        return For(name, "undecided", None, "", None, tried.reason)
    if tried is None:
        refusal = explain(question, case.source, case.trial)
        kept = tuple(way for way in refusal.ways_out if way.limit not in [f"{WORKLOAD}:{w}" for w in workloads])
        return For(name, "conflict", None, "", replace(refusal, ways_out=kept, no_option=()))
    return For(name, "possible", tried.outcome, difference_words(plan, tried.outcome) if plan else "", None)


def known_system(question: Question, system: str) -> None:
    """Refuses an id that is no system of the catalog.

    Raises:
        InputError: with the nearest id.
    """
    from planner.document import nearest  # noqa: PLC0415 - for the message alone

    known = list(question.catalog.of(System))
    if system not in known:
        hint = nearest(system, known) or "see `planner catalog list --kind system`"
        raise InputError.of("--why-not", f'"{system}"', "a system of the catalog", hint, file="command line")


def _lines(answer: WhyNot) -> Iterator[str]:
    if answer.status == "chosen":
        yield f"{answer.name} ({answer.system}) is in the plan."
        return
    yield f"Why not {answer.name} ({answer.system})? {WORDS[answer.status]}"
    for reason in answer.reasons:
        yield f"  - {f'line {reason.line}: ' if reason.line else ''}{reason.text}"
    for entry in answer.tried:
        yield from _for(entry)
    if answer.plan is not None and answer.tried:
        yield f"The plan as it is: {outcome_words(answer.plan)}"
    if answer.phased and answer.tried:
        yield "Phases were not planned: these plans are end states."


WORDS: dict[Status, str] = {
    "ruled-out": "It is ruled out.",
    "no-option": "It is no option for any workload.",
    "conflict": "It conflicts with limits of the request.",
    "possible": "It is possible, and no part of the best plan.",
    "undecided": "No solve decided within its limits.",
}  # fmt: skip


def _for(entry: For) -> Iterator[str]:
    whom = f"For workload {entry.workload}, the others free" if entry.workload else "For every workload"
    if entry.refusal is not None:
        yield f"{whom}: not possible."
        yield from (f"  {line}" for line in refusal_lines(entry.refusal))
    elif entry.plan is not None:
        yield f"{whom}: possible" + (f", {entry.difference}" if entry.difference else "")
        yield f"  the plan with it: {outcome_words(entry.plan)}"
    else:
        yield f"{whom}: not decided{f': {entry.undecided}' if entry.undecided else ' within the limits'}"
