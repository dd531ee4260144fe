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
from planner.explain.ways import line_of_rule, rule_words
from planner.explain.wording import Line, difference_words, entry, outcome_words, refusal_lines, written
from planner.sizing.items import SYSTEM, item_key
from planner.sizing.prepare import prepare
from planner.sizing.question import Question
from planner.wording import CANONICAL, sentence

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

    def text(self, code: str = CANONICAL) -> str:
        """The answer as a person reads it, in a language."""
        return written(_lines(self), code)


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
        yield Reason(sentence("why-not.no-accelerators"), 0)
    for ruling in question.rulings:
        if ruling.kind == "product" and ruling.id == system:
            said = {"rule": rule_words(case, ruling.rule), "reason": ruling.reason}
            if ruling.workload == "*":
                text = sentence("why-not.ruled-out", **said)
            else:
                text = sentence("why-not.ruled-out-for", workload=ruling.workload, **said)
            yield Reason(text, line_of_rule(case, ruling.rule))
    for bar in case.prepared.bars:
        if bar.product == system:
            yield Reason(sentence("why-not.barred", place=bar.place, reason=bar.reason), 0)
    for index, workload in enumerate(question.request.workloads):
        if workload.systems is not None and system not in workload.systems:
            text = sentence("why-not.others-named", workload=workload.id)
            yield Reason(text, case.line(("workloads", index, "systems")))
        for need in question.needs:
            if need.workload == workload.id and need.system == system and not need.feasible:
                text = sentence("why-not.cannot-serve", workload=workload.id, reason=need.reason)
                yield Reason(text, case.line(("workloads", index)))


def _with(case: Case, system: str, workloads: tuple[str, ...], all_of_them: bool, plan: Outcome | None) -> For:
    """The best plan in which these workloads run on the system and nothing else."""
    needs = tuple(n for n in case.question.needs if n.workload not in workloads or n.system == system)
    question = replace(case.question, needs=needs)
    name = "" if all_of_them else workloads[0]
    tried = case.tried(question)
    if isinstance(tried, Undecided):
        return For(name, "undecided", None, "", None, tried.reason)
    if tried is None:
        refusal = explain(question, case.source, case.trial, keep=workloads)
        return For(name, "conflict", None, "", replace(refusal, no_option=()))
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


def _lines(answer: WhyNot) -> Iterator[Line]:
    if answer.status == "chosen":
        yield Line(sentence("why-not.in-the-plan", name=answer.name, system=answer.system))
        return
    verdict = sentence(f"verdict.{answer.status}")
    yield Line(sentence("why-not.question", name=answer.name, system=answer.system, verdict=verdict))
    yield from (entry(reason.text, reason.line) for reason in answer.reasons)
    for alike in _alike(answer.tried):
        yield from _for(alike)
    if answer.plan is not None and answer.tried:
        yield Line(sentence("why-not.as-it-is", plan=outcome_words(answer.plan)))
    if answer.phased and answer.tried:
        yield Line(sentence("why-not.phased"))


def _alike(tried: Sequence[For]) -> list[list[For]]:
    """Those with the same answer together, in the order of the first of each."""
    found: list[list[For]] = []
    for one in tried:
        same = next((group for group in found if replace(group[0], workload="") == replace(one, workload="")), None)
        if same is not None:
            same.append(one)
        else:
            found.append([one])
    return found


def _for(alike: Sequence[For]) -> Iterator[Line]:
    names = [one.workload for one in alike if one.workload]
    key = "for-one" if len(names) == len(alike) else "for-all-and-each" if names else "for-all"
    tried = alike[0]

    def whom(answer: str) -> Line:
        return Line(sentence(f"why-not.{key}", n=len(names), workloads=names, answer=answer))

    if tried.refusal is not None:
        yield whom(sentence("why-not.not-possible"))
        yield from (line.deeper() for line in refusal_lines(tried.refusal))
    elif tried.plan is not None:
        told = sentence("why-not.possible-at", difference=tried.difference) if tried.difference else ""
        yield whom(told or sentence("why-not.possible"))
        yield Line(sentence("explain.plan", plan=outcome_words(tried.plan)), 1)
    else:
        yield whom(sentence("why-not.undecided", reason=tried.undecided))
