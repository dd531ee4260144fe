"""The explanation of a refusal: a minimal set of conflicting limits, and a menu of single changes that would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from planner.document import Document
from planner.explain.amounts import missing_amount
from planner.explain.limits import amount, limits_of, place_of, value_of, words
from planner.request.schema import Request
from planner.sizing.data import Cut, SizingData
from planner.sizing.items import item_key
from planner.sizing.limits import ANCHORS, STORAGE, WORKLOAD, Limit, Relaxation
from planner.sizing.model import feasible
from planner.sizing.prepare import SYSTEM, prepare
from planner.sizing.question import Question, Ruling
from planner.sizing.settle import packs, refusal_cuts

DEMANDS = (WORKLOAD, STORAGE)


@dataclass(frozen=True)
class Conflict:
    """One limit of the minimal set: drop any one of them and the rest can be met."""

    limit: str
    text: str
    line: int


@dataclass(frozen=True)
class WayOut:
    """A single change that makes the request possible, the rest as it is. `amount` is what is missing, in words."""

    limit: str
    text: str
    line: int
    missing: int | None


@dataclass(frozen=True)
class Explanation:
    """Why there is no plan.

    `conflict` cannot hold together. `ways_out` are single changes that are enough. `too_small` are limits that must
    move whatever becomes of the others, each by at least the amount. `impossible` names workloads that no system of the
    catalog can serve at all.
    """

    conflict: tuple[Conflict, ...]
    ways_out: tuple[WayOut, ...]
    too_small: tuple[WayOut, ...]
    impossible: tuple[str, ...]
    no_option: tuple[str, ...]

    def text(self) -> str:
        """The explanation as a person reads it."""
        return "\n".join(_lines(self))


def _lines(explanation: Explanation) -> Iterator[str]:
    yield "No plan meets this request."
    for reason in explanation.impossible:
        yield f"  - {reason}"
    if explanation.conflict:
        yield "These limits conflict; without any one of them the others could be met:"
        for entry in explanation.conflict:
            yield f"  - line {entry.line}: {entry.text}"
    if explanation.ways_out:
        yield "Any one of these changes would be enough, all else as it is:"
        for way in explanation.ways_out:
            yield f"  - line {way.line}: {way.text}"
    elif not explanation.impossible:
        yield "No single change is enough: several limits must move together."
    if explanation.too_small:
        yield "Each of these is too small by itself, whatever becomes of the others:"
        for way in explanation.too_small:
            yield f"  - line {way.line}: {way.text}"
    if explanation.no_option:
        yield "Products that were no option, and why:"
        yield from (f"  - {text}" for text in explanation.no_option)


def explain(question: Question, source: Document | None) -> Explanation:
    """The explanation of a question that has no answer. `source` gives line numbers; without it they are 0."""
    cuts = refusal_cuts(question)
    prepared = prepare(question, wide=True)
    data = prepared.data
    stuck = tuple(unserved(question, data))
    bars = tuple(f"{b.product} in {b.place}: {b.reason}" for b in prepared.bars if b.product in _systems(question))
    if stuck:
        ways = tuple(_without_rules(question, source))
        return Explanation((), ways, (), stuck, bars)
    conflict = tuple(
        Conflict(str(limit), words(limit, data, question.request.currency), line_of(limit, question.request, source))
        for limit in minimal_conflict(data, cuts)
    )
    ways = (*menu(question, data, source, cuts), *_without_rules(question, source))
    small = () if ways else tuple(too_small(question, data, source))
    return Explanation(conflict, tuple(sorted(ways, key=_cheapest_first)), small, (), bars)


def _cheapest_first(way: WayOut) -> tuple[int, int, str]:
    # Amounts of different limits have no common price here: smaller shares first, dropping a workload last.
    return int(way.limit.startswith(DEMANDS)), way.missing or 0, way.text


def _systems(question: Question) -> set[str]:
    return {need.system for need in question.needs}


def unserved(question: Question, data: SizingData) -> Iterator[str]:
    """Workloads that no system can serve whatever the amounts, with the nearest reasons."""
    for workload in data.workloads:
        if workload.places:
            continue
        needs = [n for n in question.needs if n.workload == workload.key]
        reasons = sorted({n.reason for n in needs if not n.feasible})
        if needs and reasons and all(not n.feasible for n in needs):
            yield f"workload {workload.key}: no system can serve it; {reasons[0]}"
        else:
            yield f"workload {workload.key}: every system that could serve it is excluded or is no option here"


def minimal_conflict(data: SizingData, cuts: Sequence[Cut] = ()) -> list[Limit]:
    """A set of limits that cannot hold together, none of which can be left out (deletion filter)."""
    dropped: set[Limit] = set()
    for limit in limits_of(data):
        trial = frozenset({*dropped, limit})
        if not feasible(data, Relaxation(dropped=trial), cuts):
            dropped.add(limit)
    return [limit for limit in limits_of(data) if limit not in dropped]


def menu(question: Question, data: SizingData, source: Document | None, cuts: Sequence[Cut] = ()) -> Iterator[WayOut]:
    """Each limit that would make the request possible if it alone moved, and the least by which it must."""
    currency = question.request.currency
    for limit in limits_of(data):
        line = line_of(limit, question.request, source)
        if limit.kind in DEMANDS:
            if len(question.request.workloads) > 1 and feasible(data, Relaxation(dropped=frozenset({limit})), cuts):
                yield WayOut(str(limit), f"drop {words(limit, data, currency)}", line, None)
            continue
        missing = missing_amount(data, limit, cuts, enough=partial(packs, question))
        if missing is not None:
            yield WayOut(str(limit), change(limit, data, missing, currency), line, missing)


def too_small(question: Question, data: SizingData, source: Document | None) -> Iterator[WayOut]:
    """Limits that stop the request alone, all the others dropped, and the least by which each must move."""
    site = [limit for limit in limits_of(data) if limit.kind not in DEMANDS]
    for limit in site:
        others = frozenset(other for other in site if other != limit)
        missing = missing_amount(data, limit, dropped=others)
        if missing:
            line = line_of(limit, question.request, source)
            yield WayOut(str(limit), change(limit, data, missing, question.request.currency), line, missing)


def change(limit: Limit, data: SizingData, missing: int, currency: str) -> str:
    """A limit and how far it must move, in words."""
    now = value_of(limit, data)
    said = words(limit, data, currency)
    if limit.kind == ANCHORS:
        return f"{said}; {missing} devices do not fit there: name more positions"
    if now is None:
        return f"{said}; needed: liquid cooling for {amount(limit, missing, currency)} of one system"
    if missing == 0:
        return f"{said}; enough in number, but more of them must be of the kind that is short"
    return f"{said}; needed: {amount(limit, now + missing, currency)} ({amount(limit, missing, currency)} more)"


def line_of(limit: Limit, request: Request, source: Document | None) -> int:
    """The line of the request that states a limit."""
    return source.mark(place_of(limit, request)).line if source is not None else 0


def _without_rules(question: Question, source: Document | None) -> Iterator[WayOut]:
    """Rules whose lifting alone would make the request possible."""
    for rule in sorted({ruling.rule for ruling in question.rulings}):
        kept = tuple(ruling for ruling in question.rulings if ruling.rule != rule)
        without = replace(question, rulings=kept)
        data = prepare(without, wide=True).data
        if all(w.places for w in data.workloads) and packs(without, data):
            lifted = [r for r in question.rulings if r.rule == rule]
            line = source.mark(("policy",)).line if source is not None else 0
            yield WayOut(f"rule:{rule}", f"lift rule {rule} ({_who(lifted)})", line, None)


def _who(rulings: list[Ruling]) -> str:
    names = sorted({ruling.id for ruling in rulings})
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def why_not(question: Question, systems: Sequence[str], cuts: Sequence[Cut] = ()) -> str:
    """Why no plan uses only these systems, in one sentence. The caller knows that there is none."""
    prepared = prepare(question, None, frozenset(item_key(name, SYSTEM) for name in systems), wide=True)
    data = prepared.data
    bars = [f"{b.product}: {b.reason}" for b in prepared.bars if b.product in systems]
    needs = [n for n in question.needs if n.system in systems]
    for workload in data.workloads:
        reasons = [n.reason for n in needs if n.workload == workload.key and not n.feasible]
        able = [n for n in needs if n.workload == workload.key and n.feasible]
        if not able and reasons:
            return f"cannot serve workload {workload.key}: {reasons[0]}"
        if not any(system in (data.only or ()) for _, system in workload.places):
            return bars[0] if bars else f"no option for workload {workload.key} where it may run"
    said = [words(limit, data, question.request.currency) for limit in minimal_conflict(data, cuts)]
    return f"these limits conflict: {'; '.join(said)}" if said else "its nodes fit no rack of the hall"
