"""The single changes that make a request possible: limits that move, workloads that go, rules lifted, regions allowed.

A change is on the menu only where the plan with it was found, or where no solve decided in time, which is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from planner.errors import TimeLimitReached
from planner.explain.amounts import enough_to_pack, missing_amount
from planner.explain.case import DEMANDS, Case, Undecided, WayOut
from planner.explain.changes import Change, moved
from planner.explain.deadlines import deadlines_moved
from planner.explain.limits import amount, value_of, words
from planner.explain.regions import regions_allowed
from planner.explain.relief import relief_of
from planner.explain.trial import Tried
from planner.packing.data import PackingInfeasible
from planner.request.schema import Request
from planner.sizing.data import Stage
from planner.sizing.limits import ANCHORS, APART, BUDGET, POSITIONS, WORKLOAD, Limit, Relaxation
from planner.sizing.model import SizingInfeasible, feasible
from planner.sizing.network import Surroundings
from planner.sizing.prepare import prepare
from planner.sizing.question import Question, Ruling
from planner.sizing.settle import packs, settle

MOST_POSITIONS = 4096
GENEROUS = 20  # a plan with a twentieth more of the limit shows how large its networks are


def ways_out(case: Case, conflict: Sequence[Limit]) -> list[WayOut]:
    """Every single change that is enough, cheapest first. One that is enough is part of every conflict."""
    found = [
        *(way for limit in conflict if limit.kind not in DEMANDS for way in limit_moved(case, limit)),
        *deadlines_moved(case, [limit.subject for limit in conflict if limit.kind == WORKLOAD], conflict),
        *regions_allowed(case, [limit.subject for limit in conflict if limit.kind == WORKLOAD]),
        *rules_lifted(case),
        *(way for limit in conflict if limit.kind in DEMANDS for way in demand_dropped(case, limit)),
    ]
    return sorted(found, key=cheapest_first)


def cheapest_first(way: WayOut) -> tuple[int, int, float, str]:
    """By the known price, then by the share of the limit that moves; what moves no limit comes after, demand last."""
    known = 0 if way.relief is not None else 1 if way.share is not None else 2
    if way.limit.startswith(DEMANDS):
        known = 3
    return known, way.relief.amount if way.relief is not None else 0, way.share or 0.0, way.text


def limit_moved(case: Case, limit: Limit) -> Iterator[WayOut]:
    """The least move of one limit that is enough, if any is, with the plan it would have."""
    least = case.missing(limit)
    missing = enough_to_pack(case.data, limit, least, partial(packs, case.question)) if least is not None else None
    if missing is None:
        return
    if limit.kind == BUDGET:
        missing = _missing_money(case, missing)
    if limit.kind == POSITIONS:
        changes = list(_fewest_positions(case, limit, max(1, missing)))
    else:
        changes = [(missing, change) for change in moved(case.question.request, limit, missing, case.data)]
    for by, change in changes:
        tried = case.tried_or_grown(case.question.asked_of(change.request))
        if isinstance(tried, Tried | Undecided):
            yield _way(case, limit, by, change.words, tried)
            return
        way = _with_these_networks(case, limit, by, tried) if tried is not None else None
        if way is not None:
            yield way
            return
    yield from _with_larger_networks(case, limit, max(by for by, _ in changes) if changes else missing)
    if not changes:
        yield _way(case, limit, missing, "", Undecided())


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
    question = replace(case.question, request=case.question.request.model_copy(update={"policy": policy}))
    try:
        return settle(question).sizing.stages
    except (SizingInfeasible, PackingInfeasible, TimeLimitReached):
        return None


def _with_these_networks(
    case: Case, limit: Limit, too_little: int, around: Mapping[str, Surroundings]
) -> WayOut | None:
    """The least move beside the networks that too little a move left no room for; None: it has no plan either."""
    least = missing_amount(prepare(case.question, around, wide=True).data, limit, case.cuts)
    made = _made(case, limit, least, around) if least is not None and least > too_little else None
    return _way(case, limit, least, *made) if least is not None and made is not None else None


def _with_larger_networks(case: Case, limit: Limit, too_little: int) -> Iterator[WayOut]:
    """The least move where networks outgrow what counts alone give them: measured with those of a roomier plan."""
    generous = too_little + ((value_of(limit, case.data) or 0) + too_little) // GENEROUS + 1
    found = _made(case, limit, generous)
    if found is None:
        return
    around = prepare(case.question, found[1].settled.around, wide=True).data
    least = missing_amount(around, limit, case.cuts)
    closer = _made(case, limit, least) if least is not None and too_little < least < generous else None
    yield _way(case, limit, least, *closer) if least is not None and closer else _way(case, limit, generous, *found)


def _made(
    case: Case, limit: Limit, by: int, around: Mapping[str, Surroundings] | None = None
) -> tuple[str, Tried] | None:
    """The first change that moves a limit by an amount and has a plan, in words, with that plan."""
    for change in moved(case.question.request, limit, by, case.data):
        tried = case.tried(case.question.asked_of(change.request), around)
        if isinstance(tried, Tried):
            return change.words, tried
    return None


def _way(case: Case, limit: Limit, missing: int, changed: str, tried: Tried | Undecided) -> WayOut:
    solved = tried if isinstance(tried, Tried) else None
    return WayOut(
        limit=str(limit),
        text=change_words(case, limit, missing, changed),
        line=case.line_of(limit),
        missing=missing,
        relief=relief_of(limit, missing, case.question, case.data, solved.standing if solved else ()),
        plan=solved.outcome if solved else None,
        share=share_of(case, limit, missing),
    )


def share_of(case: Case, limit: Limit, missing: int) -> float:
    """How far a limit moves against what it is now; 1 where there is nothing to compare with."""
    now = value_of(limit, case.data)
    return round(missing / now, 6) if now else 1.0


def change_words(case: Case, limit: Limit, missing: int, changed: str) -> str:
    """A limit, how far it must move, and what that is in the request."""
    now, said = value_of(limit, case.data), words(limit, case.data, case.currency)
    if limit.kind == ANCHORS:
        need = f"room for {missing} devices that do not fit there"
    elif limit.kind == APART:
        need = f"{missing:,} accelerators more elsewhere when one is lost"
    elif now is None:
        need = f"liquid cooling for {amount(limit, missing, case.currency)} of one system"
    else:
        need = f"{amount(limit, now + missing, case.currency)} ({amount(limit, missing, case.currency)} more)"
    return f"{said}; needed: {need}" + (f": {changed}" if changed else "")


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


def demand_dropped(case: Case, limit: Limit) -> Iterator[WayOut]:
    """A workload, or the data of a site, without which the rest can be met; the last workload is never dropped."""
    request = case.question.request
    smaller = _without(request, limit)
    if not smaller.workloads or not case.possible_without(limit):
        return
    tried = case.tried(case.trial.ask(smaller, case.question))
    if tried is not None:
        plan = tried.outcome if isinstance(tried, Tried) else None
        text = f"drop {words(limit, case.data, case.currency)}"
        yield WayOut(str(limit), text, case.line_of(limit), None, plan=plan)


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


def rules_lifted(case: Case) -> Iterator[WayOut]:
    """Rules whose lifting alone would make the request possible."""
    question = case.question
    if not question.rulings or not _may_help(ruled_by(question, ()), case):
        return
    for rule in sorted({ruling.rule for ruling in question.rulings}):
        without = ruled_by(question, tuple(r for r in question.rulings if r.rule != rule))
        if not _may_help(without, case):
            continue
        tried = case.tried(without)
        if tried is None:
            continue
        lifted = [r for r in question.rulings if r.rule == rule]
        clause = case.trial.clause(rule)
        text = f"lift rule {rule}{f', {clause}' if clause else ''} ({_who(lifted)})"
        plan = tried.outcome if isinstance(tried, Tried) else None
        yield WayOut(f"rule:{rule}", text, line_of_rule(case, rule), None, plan=plan)


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
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
