"""The explanation of a refusal: a minimal set of conflicting limits, and a menu of changes that would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from planner.demand.results import AcceleratorNeed
from planner.document import Document
from planner.errors import TimeLimitReached
from planner.explain.amounts import missing_amount
from planner.explain.case import Case, OffMenu, WayOut, said_by
from planner.explain.combination import Combination, cheapest_combination, hold_together
from planner.explain.conflict import minimal_conflict
from planner.explain.deadlines import deadlines_moved
from planner.explain.fitting import no_rack, openings_widened
from planner.explain.limits import DEMANDS, exact, limits_of, value_of, words
from planner.explain.regions import regions_allowed
from planner.explain.trial import Trial
from planner.explain.ways import cheapest_first, rules_lifted, ways_out
from planner.explain.wording import explanation_lines, written
from planner.sizing.data import Cut
from planner.sizing.items import SYSTEM, item_key
from planner.sizing.limits import ANCHORS, APART, WORKLOAD, Limit
from planner.sizing.prepare import prepare
from planner.sizing.question import Question
from planner.wording import CANONICAL, joined, sentence


@dataclass(frozen=True)
class Told:
    """A limit of the request in words, with its line.

    Of a limit that is too small by itself `missing` is what it lacks, in its base unit, and `needed` says so.
    """

    limit: str
    text: str
    line: int
    missing: int | None = None
    needed: str = ""


@dataclass(frozen=True)
class Explanation:
    """Why there is no plan.

    `conflict` cannot hold together; without any one of it the rest can be met. `ways_out` are single changes that are
    enough, each with its plan, cheapest first; `off_menu` are changes that are not among them, and why; `combination`
    is the cheapest move of several limits together where it moves more than one. `too_small` are limits that must move
    whatever becomes of the others, each by at least the amount. `impossible` names workloads that no system of the
    catalog can serve at all, and racks whose phases no circuit carries; `no_option` products that were no option.
    """

    conflict: tuple[Told, ...] = ()
    ways_out: tuple[WayOut, ...] = ()
    too_small: tuple[Told, ...] = ()
    impossible: tuple[Told, ...] = ()
    no_option: tuple[str, ...] = ()
    combination: Combination | None = None
    off_menu: tuple[OffMenu, ...] = ()

    def text(self, code: str = CANONICAL) -> str:
        """The explanation as a person reads it, in a language."""
        return written(explanation_lines(self), code)


def explain(question: Question, source: Document | None, trial: Trial, *, keep: Sequence[str] = ()) -> Explanation:
    """The explanation of a question that has no answer. `source` gives line numbers; without it they are 0.

    Workloads in `keep` are what is asked about: that the rest is possible without them is no way out.

    Raises:
        TimeLimitReached: what conflicts is not decided within the deterministic limits.
    """
    case = Case(question, source, trial)
    barred = tuple(products_barred(case))
    stuck = tuple(unserved(case))
    if stuck:
        served = [w.key for w in case.data.workloads if not w.places]
        found = [*deadlines_moved(case, served), *regions_allowed(case, served), *openings_widened(case)]
        ways, others = parted(sorted([*found, *rules_lifted(case)], key=cheapest_first))
        return Explanation(ways_out=ways, impossible=stuck, no_option=barred, off_menu=others)
    if case.unwired:
        return Explanation(
            impossible=(Told("wiring", sentence("explain.in-english", text=case.unwired), 0),), no_option=barred
        )
    limits = minimal_conflict(case.data, case.cuts, hold_together(case))
    kept = [str(Limit(WORKLOAD, name)) for name in keep]
    ways, others = parted([way for way in ways_out(case, limits) if way.limit not in kept])
    small = () if ways else tuple(too_small(case))
    together, undecided = _combination(case, alone=bool(ways))
    return Explanation(
        conflict=tuple(told(case, limit) for limit in limits),
        ways_out=ways,
        too_small=small,
        no_option=barred,
        combination=together,
        off_menu=(*others, *_whole_demand(case, limits, keep), *undecided, *_phases(case, bool(ways or together))),
    )


def parted(found: Sequence[WayOut | OffMenu]) -> tuple[tuple[WayOut, ...], tuple[OffMenu, ...]]:
    """The menu, and what is not on it; where nothing is on it, that no limit alone is enough needs no telling."""
    ways = tuple(way for way in found if isinstance(way, WayOut))
    return ways, tuple(one for one in found if isinstance(one, OffMenu) and (ways or not one.no_help))


def told(case: Case, limit: Limit) -> Told:
    """A limit as it is; where no rack fits a hall, the key that keeps racks out."""
    text, line = no_rack(case, limit) or (words(limit, case.data, case.currency), case.line_of(limit))
    return Told(str(limit), text, line)


def _whole_demand(case: Case, conflict: Sequence[Limit], keep: Sequence[str]) -> Iterator[OffMenu]:
    """Demands are dropped or kept whole: what a site has room for between the two was not asked."""
    workloads = [limit.subject for limit in conflict if limit.kind == WORKLOAD and limit.subject not in keep]
    if workloads:
        text = sentence("untried.less-demand", n=len(workloads), workloads=workloads)
        yield OffMenu("demand", text, case.line_of(Limit(WORKLOAD, workloads[0])))


def _phases(case: Case, planned: bool) -> Iterator[OffMenu]:
    """A plan with a change is an end state."""
    if planned and case.question.request.phases:
        yield OffMenu("phases", sentence("untried.phases"), case.line(("phases",)))


def _combination(case: Case, *, alone: bool) -> tuple[Combination | None, tuple[OffMenu, ...]]:
    """Several limits together, or why there are none; one alone is on the menu already.

    `alone`: there is a menu, so that no combination is missed where none is found.
    """
    try:
        found = cheapest_combination(case)
    except TimeLimitReached as reason:
        text = sentence("untried.undecided", change=sentence("untried.together"), reason=said_by(reason))
        return None, (OffMenu("combination", text, 0),)
    if found is not None and len(found.moves) > 1:
        return found, ()
    return None, () if alone else (OffMenu("combination", sentence("untried.no-combination"), 0),)


def products_barred(case: Case) -> Iterator[str]:
    """Products that were no option, together by hall and reason."""
    systems = {need.system for need in case.question.needs}
    alike: dict[tuple[str, str], list[str]] = {}
    for bar in case.prepared.bars:
        if bar.product in systems:
            alike.setdefault((bar.place, bar.reason), []).append(bar.product)
    for (place, reason), products in alike.items():
        yield sentence("explain.barred", reason=reason, place=place, products=products)


def unserved(case: Case) -> Iterator[Told]:
    """Workloads that no system can serve whatever the amounts, with the nearest reasons."""
    question = case.question
    for workload in case.data.workloads:
        if workload.places:
            continue
        needs = [n for n in question.needs if n.workload == workload.key]
        allowed = [n for n in needs if question.ruled_out("product", n.system, n.workload) is None]
        said = {"workload": workload.key}
        if needs and all(not n.feasible for n in needs):
            text = sentence("unserved.by-none", reason=nearest_reason(question, allowed or needs), **said)
        elif allowed and all(not n.feasible for n in allowed):
            text = sentence("unserved.by-none-allowed", reason=nearest_reason(question, allowed), **said)
        else:
            text = sentence("unserved.by-none-here", **said)
        limit = Limit(WORKLOAD, workload.key)
        yield Told(str(limit), text, case.line_of(limit))


def nearest_reason(question: Question, needs: list[AcceleratorNeed]) -> str:
    """Why a workload runs on no system, told of the one that misses by least, else the first by words."""
    nearest = min(needs, key=lambda n: (n.shortfall is None, n.shortfall or 0.0, n.reason, n.system))
    if nearest.shortfall is None:
        return nearest.reason
    product = question.catalog.products.get(nearest.system)
    return sentence(
        "unserved.on", reason=nearest.reason, system=product.name if product is not None else nearest.system
    )


def too_small(case: Case) -> Iterator[Told]:
    """Limits that stop the request alone, all the others dropped, and the least by which each must move."""
    site = [limit for limit in limits_of(case.data) if limit.kind not in DEMANDS]
    for limit in site:
        others = frozenset(other for other in site if other != limit)
        missing = missing_amount(case.data, limit, dropped=others)
        if missing:
            found = told(case, limit)
            yield replace(found, missing=missing, needed=_needed(case, limit, missing))


def _needed(case: Case, limit: Limit, missing: int) -> str:
    """What a limit must be at least; "" where that is told by its words already, or is no amount of it."""
    now = value_of(limit, case.data)
    if no_rack(case, limit) is not None or limit.kind in (ANCHORS, APART):
        return ""
    if now is None:
        return sentence("explain.liquid-needed", least=exact(limit, missing, case.currency))
    return sentence("explain.at-least", least=exact(limit, now + missing, case.currency))


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
