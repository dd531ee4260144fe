"""The single changes that make a request possible: limits that move, workloads that go, rules lifted, regions allowed.

A change is on the menu only where the plan with it was found. Where no solve decided in time, or no change of the
request moves a limit, that is told beside the menu.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from planner.errors import TimeLimitReached
from planner.explain.amounts import enough_to_pack, missing_amount
from planner.explain.case import Case, OffMenu, Undecided, WayOut, undecided_about
from planner.explain.changes import Change, moved
from planner.explain.deadlines import deadlines_moved
from planner.explain.fitting import no_rack, openings_widened
from planner.explain.limits import DEMANDS, exact, value_of, words
from planner.explain.regions import regions_allowed
from planner.explain.relief import relief_of
from planner.explain.trial import Tried
from planner.packing.data import PackingInfeasible
from planner.request.schema import Request
from planner.sizing.data import Stage
from planner.sizing.limits import (
    AIR,
    AIRFLOW,
    ANCHORS,
    APART,
    BUDGET,
    COOLING_KIND,
    FIRST_PHASE,
    FLOW,
    HEIGHT,
    LEAD,
    LIQUID,
    PEAK,
    POSITIONS,
    POWER,
    RACK_POWER,
    ROW_AIR,
    ROW_AIRFLOW,
    WORKLOAD,
    Limit,
    Relaxation,
)
from planner.sizing.model import SizingInfeasible, feasible
from planner.sizing.network import Surroundings
from planner.sizing.prepare import prepare
from planner.sizing.question import Question, Ruling
from planner.sizing.settle import packs, settle
from planner.wording import sentence

MOST_POSITIONS = 4096
MOST_NAMES = 4  # products told of a rule
GENEROUS = 20  # a plan with a twentieth more of the limit shows how large its networks are
OF_ONE_ROW = (ROW_AIR, ROW_AIRFLOW)  # measured over all rows, and moved in one or in each: less may do
TIMES = (1, 3, 7)  # or one with twice, four, eight times as much


def ways_out(case: Case, conflict: Sequence[Limit]) -> list[WayOut | OffMenu]:
    """Every single change that is enough, cheapest first, and changes of which that is not known."""
    conflicting = [limit.subject for limit in conflict if limit.kind == WORKLOAD]
    found = [
        *(way for limit in conflict if limit.kind not in DEMANDS for way in limit_moved(case, limit)),
        *openings_widened(case),
        *deadlines_moved(case, conflicting, conflict),
        *regions_allowed(case, conflicting),
        *rules_lifted(case),
        *(way for limit in conflict if limit.kind in DEMANDS for way in demand_dropped(case, limit)),
    ]
    return sorted(found, key=cheapest_first)


def cheapest_first(way: WayOut | OffMenu) -> tuple[int, int, float, str]:
    """By the known price, then by the share of the limit that moves; what moves no limit comes after, demand last."""
    if isinstance(way, OffMenu):
        return 4, 0, 0.0, way.text
    known = 0 if way.relief is not None else 1 if way.share is not None else 2
    if way.limit.startswith(DEMANDS):
        known = 3
    return known, way.relief.amount if way.relief is not None else 0, way.share or 0.0, way.text


def limit_moved(case: Case, limit: Limit) -> Iterator[WayOut | OffMenu]:
    """The least move of one limit that is enough, with the plan it would have, or why there is none."""
    if no_rack(case, limit) is not None:
        return  # what keeps racks out is moved by itself
    least = case.missing(limit)
    missing = enough_to_pack(case.data, limit, least, partial(packs, case.question)) if least is not None else None
    if missing is None:
        yield _no_help(case, limit)
        return
    if limit.kind == BUDGET:
        missing = _missing_money(case, missing)
    if limit.kind == POSITIONS:
        changes = list(_fewest_positions(case, limit, max(1, missing)))
    else:
        changes = [(missing, change) for change in moved(case.question.request, limit, missing, case.data)]
    if not changes:
        yield OffMenu(str(limit), _no_change(case, limit, missing), case.line_of(limit))
        return
    for by, change in changes:
        tried = case.tried_or_grown(case.question.asked_of(change.request))
        if isinstance(tried, Tried) and limit.kind in OF_ONE_ROW:
            yield _least_way(case, limit, 0, by, _Made(change.words, tried, changes.index((by, change))))
            return
        if isinstance(tried, Tried):
            yield _way(case, limit, by, _Made(change.words, tried))
            return
        if isinstance(tried, Undecided):
            text = moved_by(case, limit, by, change.words)
            yield undecided_about(str(limit), text, case.line_of(limit), tried)
            return
        way = _with_these_networks(case, limit, by, tried) if tried is not None else None
        if way is not None:
            yield way
            return
    way = _with_larger_networks(case, limit, max(by for by, _ in changes))
    yield way if way is not None else _no_help(case, limit)


def _no_help(case: Case, limit: Limit) -> OffMenu:
    return OffMenu(str(limit), words(limit, case.data, case.currency), case.line_of(limit), no_help=True)


def _no_change(case: Case, limit: Limit, missing: int) -> str:
    """Why no change of the request gives what would be enough by counts."""
    loop = "no-loop" if missing else "no-loop-unmeasured"
    key = {COOLING_KIND: loop, FIRST_PHASE: "next-phase", LEAD: "next-phase"}.get(limit.kind, "no-change")
    said, least = words(limit, case.data, case.currency), exact(limit, missing, case.currency)
    return sentence(f"untried.{key}", limit=said, least=least, hall=limit.subject)


def _missing_money(case: Case, least: int) -> int:
    """What the budget lacks of the cheapest that can be built, networks and racks counted exactly.

    By counts `least` is missing, with networks at their least. The cheapest plan of priced products is enough; between
    the two the least is found by halving.
    """
    budget = case.data.budget or 0
    built = _settled(case, {"budget": None, "objective": ("capex",)})
    if built is None or _settled(case, {"budget": budget + least}) is not None:
        return least
    low, high = least, max(least, next(s.value for s in built if s.objective == "capex") - budget)
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _settled(case, {"budget": budget + middle}) is not None else (middle, high)
    return high


def _settled(case: Case, changes: dict[str, object]) -> tuple[Stage, ...] | None:
    """The objectives of the question under another policy; None where it has no plan."""
    policy = case.question.request.policy.model_copy(update=changes)
    question = case.question.asked_of(case.question.request.model_copy(update={"policy": policy}))
    try:
        return settle(question).sizing.stages
    except (SizingInfeasible, PackingInfeasible, TimeLimitReached):
        return None


@dataclass(frozen=True)
class _Made:
    """A change with its plan. `way` is its number among the ways to move the limit."""

    words: str
    tried: Tried
    way: int = 0


def _with_these_networks(
    case: Case, limit: Limit, too_little: int, around: Mapping[str, Surroundings]
) -> WayOut | None:
    """The least move beside the networks that too little a move left no room for; None: it has no plan either."""
    least = missing_amount(prepare(case.question, around, wide=True).data, limit, case.cuts)
    made = _made(case, limit, least, around) if least is not None and least > too_little else None
    return _least_way(case, limit, too_little - 1, least, made) if least is not None and made is not None else None


def _with_larger_networks(case: Case, limit: Limit, too_little: int) -> WayOut | None:
    """The least move where networks outgrow what counts alone give them: measured with those of a roomier plan."""
    now = (value_of(limit, case.data) or 0) + too_little
    roomier = (too_little + more for more in (now // GENEROUS + 1, *(now * times for times in TIMES)))
    found = next(((by, made) for by in roomier if (made := _made(case, limit, by)) is not None), None)
    if found is None:
        return None
    by, made = found
    least = missing_amount(prepare(case.question, made.tried.settled.around, wide=True).data, limit, case.cuts)
    closer = _made(case, limit, least) if least is not None and too_little < least < by else None
    if least is not None and closer is not None:
        by, made = least, closer
    return _least_way(case, limit, too_little - 1, by, made)


def _least_way(case: Case, limit: Limit, low: int, high: int, made: _Made) -> WayOut:
    """The least move between one that is not enough and one that is, by the same way: one unit less has no plan."""

    def enough(by: int) -> bool:
        return _made(case, limit, by, way=made.way, exact=True) is not None

    worded, margin = high, (high + (value_of(limit, case.data) or 0)) // 1000 + 1
    while not enough(high):  # what was tried was rounded up
        low, high, margin = high, high + margin, 2 * margin
        if high > 2 * worded + margin:
            return _way(case, limit, worded, made)
    step = (high - low) // 2 if limit.kind in OF_ONE_ROW else 1
    while low + 1 < high:
        middle = max(low + 1, high - step)
        if enough(middle):
            high, step = middle, max(1, min(2 * step, (middle - low) // 2))
        else:
            low, step = middle, max(1, (high - middle) // 2)
    best = made if high == worded else _made(case, limit, high, way=made.way)
    return _way(case, limit, high, best or made)


def _made(
    case: Case, limit: Limit, by: int, around: Mapping[str, Surroundings] | None = None, way: int | None = None,
    *, exact: bool = False,
) -> _Made | None:  # fmt: skip
    """The first change that moves a limit by an amount and has a plan, or the one by a certain way if it has one."""
    for number, change in enumerate(moved(case.question.request, limit, by, case.data, exact=exact)):
        if way in (None, number):
            tried = case.tried(case.question.asked_of(change.request), around)
            if isinstance(tried, Tried):
                return _Made(change.words, tried, number)
    return None


def _way(case: Case, limit: Limit, missing: int, made: _Made) -> WayOut:
    return WayOut(
        limit=str(limit),
        text=moved_by(case, limit, missing, made.words),
        line=case.line_of(limit),
        missing=missing,
        relief=relief_of(limit, missing, case.question, case.data, made.tried.standing),
        plan=made.tried.outcome,
        share=share_of(case, limit, missing),
    )


def share_of(case: Case, limit: Limit, missing: int) -> float:
    """How far a limit moves against what it is now; 1 where there is nothing to compare with."""
    now = value_of(limit, case.data)
    return round(missing / now, 6) if now else 1.0


EXACT = (BUDGET, POSITIONS, HEIGHT)
"""Limits whose change in words is the least that is enough, to the unit."""


OF_THE_USABLE_SHARE = (POWER, PEAK, AIR, LIQUID, FLOW, RACK_POWER, AIRFLOW, ROW_AIR, ROW_AIRFLOW)
"""Limits of which only the site's usable share is planned with: what is missing is missing of that."""


def moved_by(case: Case, limit: Limit, missing: int, changed: str) -> str:
    """A change of the request, and the least of it that is enough where the change is rounded up from it."""
    if limit.kind in EXACT:
        return changed
    least = exact(limit, missing, case.currency)
    if limit.kind in (ANCHORS, APART, COOLING_KIND):
        return sentence(f"moved.{limit.kind}", change=changed, least=least)
    if limit.kind in OF_THE_USABLE_SHARE:
        hall = limit.subject.partition("/")[0]
        site = next(site for site, one in case.question.request.halls() if one.id == hall)
        if site.usable_share != 1:
            return sentence("moved.usable", change=changed, least=least, share=site.usable_share)
    return sentence("moved.at-least", change=changed, least=least)


def _fewest_positions(case: Case, limit: Limit, least: int) -> Iterator[tuple[int, Change]]:
    """For each kind of row, the fewest more positions of it that are enough by counts; the fewest of all first."""
    found: list[tuple[int, int, Change]] = []
    for kind in range(len(moved(case.question.request, limit, least, case.data))):

        def change(by: int, kind: int = kind) -> Change:
            return moved(case.question.request, limit, by, case.data)[kind]

        low, high = least, least
        while high <= MOST_POSITIONS and not _enough(case, change(high)):
            low, high = high + 1, 2 * high
        if high > MOST_POSITIONS:
            continue
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if _enough(case, change(middle)) else (middle + 1, high)
        found.append((low, kind, change(low)))
    yield from ((by, change) for by, _, change in sorted(found, key=lambda entry: entry[:2]))


def _enough(case: Case, change: Change) -> bool:
    question = case.question.asked_of(change.request)
    return packs(question, prepare(question, wide=True).data)


def demand_dropped(case: Case, limit: Limit) -> Iterator[WayOut | OffMenu]:
    """A workload, or the data of a site, without which the rest can be met; the last workload is never dropped."""
    request = case.question.request
    smaller = _without(request, limit)
    if not smaller.workloads or not case.possible_without(limit):
        return
    text = sentence("change.drop", what=words(limit, case.data, case.currency))
    yield from case.way(str(limit), text, case.line_of(limit), case.tried(case.trial.ask(smaller, case.question)))


def _without(request: Request, limit: Limit) -> Request:
    if limit.kind == WORKLOAD:
        kept = tuple(w for w in request.workloads if w.id != limit.subject)
        return request.model_copy(update={"workloads": kept})
    site = next(site for site in request.sites if site.id == limit.subject)
    here, first = {hall.id for hall in site.halls}, site is request.sites[0]
    kept = tuple(
        w
        for w in request.workloads
        if w.kind not in ("storage", "retrieval") or not (first if w.locations is None else here & set(w.locations))
    )
    data = tuple(d for d in request.datasets if not (d.location == site.id or (d.location is None and first)))
    return request.model_copy(update={"workloads": kept, "datasets": data})


def rules_lifted(case: Case) -> Iterator[WayOut | OffMenu]:
    """Rules whose lifting alone would make the request possible."""
    question = case.question
    if not question.rulings or not _may_help(ruled_by(question, ()), case):
        return
    for rule in sorted({ruling.rule for ruling in question.rulings}):
        without = ruled_by(question, tuple(r for r in question.rulings if r.rule != rule))
        if not _may_help(without, case):
            continue
        lifted = [r for r in question.rulings if r.rule == rule]
        text = sentence("change.rule", rule=rule_words(case, rule), products=_who(lifted))
        yield from case.way(f"rule:{rule}", text, line_of_rule(case, rule), case.tried(without))


def rule_words(case: Case, rule: str) -> str:
    """A rule with its clause, where it has one."""
    clause = case.trial.clause(rule)
    return sentence("rule-name.clause", rule=rule, clause=clause) if clause else rule


def ruled_by(question: Question, rulings: tuple[Ruling, ...]) -> Question:
    """The question with other rulings; nothing that was computed under the old ones is kept."""
    return replace(question.asked_of(question.request), rulings=rulings)


def _may_help(without: Question, case: Case) -> bool:
    """Whether a question with fewer rulings has an option that the case has not, and can then be met by counts."""
    data = prepare(without, wide=True).data
    if data == case.data:
        return False
    return all(w.places for w in data.workloads) and feasible(data, Relaxation())


def line_of_rule(case: Case, rule: str) -> int:
    """Where the request asks for a rule: the policy's own list, or its profiles."""
    if rule.startswith("policy."):
        return case.line(tuple(rule.split(".")))
    return case.line(("policy", "sovereignty"))


def _who(rulings: list[Ruling]) -> str:
    names = sorted({ruling.id for ruling in rulings})
    if len(names) <= MOST_NAMES:
        return sentence("name.and", names=names)
    return sentence("name.first-of", names=names[:MOST_NAMES], n=len(names) - MOST_NAMES)
