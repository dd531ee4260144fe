"""The explanation of a refusal: a minimal set of conflicting limits, and a menu of changes that would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.demand.results import AcceleratorNeed
from planner.document import Document
from planner.errors import TimeLimitReached
from planner.explain.amounts import missing_amount
from planner.explain.case import DEMANDS, Case, WayOut
from planner.explain.combination import Combination, cheapest_combination, hold_together
from planner.explain.conflict import minimal_conflict
from planner.explain.deadlines import deadlines_moved
from planner.explain.limits import limits_of, words
from planner.explain.regions import regions_allowed
from planner.explain.trial import Trial
from planner.explain.ways import change_words, cheapest_first, rules_lifted, ways_out
from planner.explain.wording import text_of
from planner.sizing.data import Cut, SizingData
from planner.sizing.items import SYSTEM, item_key
from planner.sizing.prepare import prepare
from planner.sizing.question import Question
from planner.wording import joined, sentence


@dataclass(frozen=True)
class Conflict:
    """One limit of the minimal set: drop any one of them and the rest can be met."""

    limit: str
    text: str
    line: int


@dataclass(frozen=True)
class Explanation:
    """Why there is no plan.

    `conflict` cannot hold together. `ways_out` are single changes that are enough, cheapest first, and `combination`
    the cheapest move of several limits together where it moves more than one. `too_small` are limits that must move
    whatever becomes of the others, each by at least the amount. `impossible` names workloads that no system of the
    catalog can serve at all, and racks whose phases no circuit carries.
    """

    conflict: tuple[Conflict, ...]
    ways_out: tuple[WayOut, ...]
    too_small: tuple[WayOut, ...]
    impossible: tuple[str, ...]
    no_option: tuple[str, ...]
    combination: Combination | None = None

    def text(self) -> str:
        """The explanation as a person reads it."""
        return text_of(self)


def explain(question: Question, source: Document | None, trial: Trial) -> Explanation:
    """The explanation of a question that has no answer. `source` gives line numbers; without it they are 0.

    Raises:
        TimeLimitReached: what conflicts is not decided within the deterministic limits.
    """
    case = Case(question, source, trial)
    systems = {need.system for need in question.needs}
    bars = tuple(f"{b.product} in {b.place}: {b.reason}" for b in case.prepared.bars if b.product in systems)
    stuck = tuple(unserved(question, case.data))
    if stuck:
        served = [w.key for w in case.data.workloads if not w.places]
        ways = (*deadlines_moved(case, served), *regions_allowed(case, served), *rules_lifted(case))
        return Explanation((), tuple(sorted(ways, key=cheapest_first)), (), stuck, bars)
    if case.unwired:
        return Explanation((), (), (), (case.unwired,), bars)
    limits = minimal_conflict(case.data, case.cuts, hold_together(case))
    conflict = tuple(Conflict(str(one), words(one, case.data, case.currency), case.line_of(one)) for one in limits)
    ways = tuple(ways_out(case, limits))
    small = () if ways else tuple(too_small(case))
    return Explanation(conflict, ways, small, (), bars, _combination(case))


def _combination(case: Case) -> Combination | None:
    """Several limits together; one alone is on the menu already, and a search that stops is no answer."""
    try:
        found = cheapest_combination(case)
    except TimeLimitReached:
        return None
    return found if found is not None and len(found.moves) > 1 else None


def unserved(question: Question, data: SizingData) -> Iterator[str]:
    """Workloads that no system can serve whatever the amounts, with the nearest reasons."""
    for workload in data.workloads:
        if workload.places:
            continue
        needs = [n for n in question.needs if n.workload == workload.key]
        allowed = [n for n in needs if question.ruled_out("product", n.system, n.workload) is None]
        if needs and all(not n.feasible for n in needs):
            yield f"workload {workload.key}: no system can serve it; {nearest_reason(question, allowed or needs)}"
        elif allowed and all(not n.feasible for n in allowed):
            reason = nearest_reason(question, allowed)
            yield f"workload {workload.key}: no system that is allowed can serve it, others could; {reason}"
        else:
            yield f"workload {workload.key}: every system that could serve it is excluded or is no option here"


def nearest_reason(question: Question, needs: list[AcceleratorNeed]) -> str:
    """Why a workload runs on no system, told of the one that misses by least, else the first by words."""
    nearest = min(needs, key=lambda n: (n.shortfall is None, n.shortfall or 0.0, n.reason, n.system))
    if nearest.shortfall is None:
        return nearest.reason
    product = question.catalog.products.get(nearest.system)
    return f"{nearest.reason}, on {product.name if product is not None else nearest.system}"


def too_small(case: Case) -> Iterator[WayOut]:
    """Limits that stop the request alone, all the others dropped, and the least by which each must move."""
    site = [limit for limit in limits_of(case.data) if limit.kind not in DEMANDS]
    for limit in site:
        others = frozenset(other for other in site if other != limit)
        missing = missing_amount(case.data, limit, dropped=others)
        if missing:
            yield WayOut(str(limit), change_words(case, limit, missing, ""), case.line_of(limit), missing)


def why_not(question: Question, systems: Sequence[str], cuts: Sequence[Cut] = ()) -> str:
    """Why no plan uses only these systems, in one sentence. The caller knows that there is none."""
    prepared = prepare(question, None, frozenset(item_key(name, SYSTEM) for name in systems), wide=True)
    data = prepared.data
    bars = [sentence("why-not.bar", product=b.product, reason=b.reason) for b in prepared.bars if b.product in systems]
    needs = [n for n in question.needs if n.system in systems]
    for workload in data.workloads:
        reasons = [n.reason for n in needs if n.workload == workload.key and not n.feasible]
        able = [n for n in needs if n.workload == workload.key and n.feasible]
        if not able and reasons:
            return sentence("why-not.cannot-serve", workload=workload.key, reason=reasons[0])
        if not any(system in (data.only or ()) for _, system in workload.places):
            return bars[0] if bars else sentence("why-not.no-option", workload=workload.key)
    said = [words(limit, data, question.request.currency) for limit in minimal_conflict(data, cuts)]
    return sentence("why-not.conflict", limits=joined(said)) if said else sentence("why-not.no-rack")
