"""A limit moved in the request itself: what its owner would change, in words, and the request so changed.

Amounts in a changed request are rounded up to what its words say, so that a reader who writes them gets the same plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from planner.explain.cooling_changes import (
    larger_loop,
    liquid_everywhere,
    more_air,
    more_airflow,
    more_flow,
    no_anchors,
)
from planner.explain.edits import Edit, Place
from planner.explain.limits import first_phase_of
from planner.explain.power_changes import larger_feeds
from planner.explain.row_changes import more_for_rows, more_positions, more_rack_power, stronger_floor, taller_racks
from planner.request.schema import Request
from planner.request.site import Hall
from planner.sizing.data import SizingData
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
    WEIGHT,
    Limit,
)
from planner.wording import sentence


@dataclass(frozen=True)
class Change:
    """A request with one limit moved, and what was changed, in words."""

    words: str
    request: Request


def moved(request: Request, limit: Limit, by: int, data: SizingData, *, exact: bool = False) -> list[Change]:
    """The requests in which a limit is moved by an amount, each another way to do it; empty: none is known.

    `exact`: by no more than the amount, where it is otherwise rounded up to what the words say.
    """
    if limit.kind in OF_A_HALL:
        name, _, loop = limit.subject.partition("/")
        site, hall = next((site, hall) for site, hall in request.halls() if hall.id == name)
        place = Place(site, hall, next(h for h in data.halls if h.key == name), by, loop, limit.kind == PEAK, exact)
        return [Change(words, with_hall(request, changed)) for words, changed in OF_A_HALL[limit.kind](place)]
    return list(OF_THE_REQUEST[limit.kind](request, limit.subject, by)) if limit.kind in OF_THE_REQUEST else []


def with_hall(request: Request, changed: Hall) -> Request:
    """The request with one hall replaced."""
    sites = tuple(
        site.model_copy(update={"halls": tuple(changed if h.id == changed.id else h for h in site.halls)})
        for site in request.sites
    )
    return request.model_copy(update={"sites": sites})


def _larger_budget(request: Request, _: str, by: int) -> Iterator[Change]:
    now = request.policy.budget or 0
    policy = request.policy.model_copy(update={"budget": now + by})
    words = sentence("change.budget", before=now, after=now + by, currency=request.currency)
    yield Change(words, request.model_copy(update={"policy": policy}))


def _later_service(request: Request, _: str, by: int) -> Iterator[Change]:
    """Service, or the last phase where there are phases, on the first day that gives so many more weeks."""
    if request.phases:
        yield from _later_phase(request, len(request.phases) - 1, by)
        return
    now = request.policy.in_service_by or request.date
    then = _weeks_later(request, now, by)
    policy = request.policy.model_copy(update={"in_service_by": then})
    yield Change(sentence("change.service", before=now, after=then), request.model_copy(update={"policy": policy}))


def _later_first_phase(request: Request, workload: str, by: int) -> Iterator[Change]:
    yield from _later_phase(request, first_phase_of(request, workload), by)


def _later_phase(request: Request, number: int, by: int) -> Iterator[Change]:
    """A phase on the first day that gives so many more weeks, where the next one is not before it."""
    phase = request.phases[number]
    then = _weeks_later(request, phase.date, by)
    if any(other.date <= then for other in request.phases[number + 1 :]):
        return
    later = phase.model_copy(update={"date": then})
    phases = (*request.phases[:number], later, *request.phases[number + 1 :])
    words = sentence("change.phase", phase=phase.id, before=phase.date, after=then)
    yield Change(words, request.model_copy(update={"phases": phases}))


def _weeks_later(request: Request, day: str, by: int) -> str:
    """The first day that is so many whole weeks farther from the order than a day."""
    ordered = date.fromisoformat(request.policy.order_date or request.date)
    weeks = (date.fromisoformat(day) - ordered).days // 7 + by
    return (ordered + timedelta(weeks=weeks)).isoformat()


def _together(request: Request, workload: str, _: int) -> Iterator[Change]:
    """The workload without the domains that keep it apart."""
    workloads = tuple(w.model_copy(update={"keep_apart": None}) if w.id == workload else w for w in request.workloads)
    words = sentence("change.together", workload=workload)
    yield Change(words, request.model_copy(update={"workloads": workloads}))


OF_A_HALL: dict[str, Callable[[Place], Iterator[Edit]]] = {
    POWER: larger_feeds,
    PEAK: larger_feeds,
    AIR: more_air,
    LIQUID: larger_loop,
    FLOW: more_flow,
    POSITIONS: more_positions,
    RACK_POWER: more_rack_power,
    WEIGHT: stronger_floor,
    COOLING_KIND: liquid_everywhere,
    HEIGHT: taller_racks,
    ANCHORS: no_anchors,
    AIRFLOW: more_airflow,
    ROW_AIR: partial(more_for_rows, "air", "power"),
    ROW_AIRFLOW: partial(more_for_rows, "airflow", "airflow"),
}
OF_THE_REQUEST: dict[str, Callable[[Request, str, int], Iterator[Change]]] = {
    BUDGET: _larger_budget,
    LEAD: _later_service,
    FIRST_PHASE: _later_first_phase,
    APART: _together,
}
"""How a limit of each kind is moved. Every kind of `limits.KINDS` is in one of the two, or is a demand, which is
dropped and not moved."""
