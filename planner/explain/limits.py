"""The limits of a question by name, in the words of the request, with the place where it states them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.document import Location
from planner.request.positions import ANCHORED
from planner.request.schema import Request
from planner.sizing.data import HallData, PositionClass, SizingData
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
    STORAGE,
    WEIGHT,
    WORKLOAD,
    Limit,
)
from planner.wording import sentence

DEMANDS = (WORKLOAD, STORAGE)
"""What is asked of the site. A demand is dropped, not moved."""


@dataclass(frozen=True)
class Kind:
    """What all limits of a kind have in common: the sentence that names one, and where a hall states it."""

    said: str
    unit: str = ""  # the sentence of an amount of it, exact; none: it has no amount
    place: Location = ()


KINDS: dict[str, Kind] = {
    WORKLOAD: Kind("workload"),
    APART: Kind("apart", "count"),
    STORAGE: Kind("storage"),
    FLOW: Kind("flow", "flow"),
    PEAK: Kind("peak", "power", ("power", "feeds")),
    AIR: Kind("air", "power", ("cooling", "air")),
    AIRFLOW: Kind("airflow", "airflow", ("cooling", "airflow")),
    ROW_AIR: Kind("row-air", "power", ("rows",)),
    ROW_AIRFLOW: Kind("row-airflow", "airflow", ("rows",)),
    LIQUID: Kind("liquid", "power"),
    COOLING_KIND: Kind("no-liquid", "power", ("rows",)),
    HEIGHT: Kind("height", "height", ("rows", 0)),
    ANCHORS: Kind("anchors", "count", ("anchors",)),
    POSITIONS: Kind("positions", "count", ("rows",)),
    RACK_POWER: Kind("rack-power", "power", ("rows", 0, "rack_power")),
    WEIGHT: Kind("weight", "weight", ("floor",)),
    POWER: Kind("power", "power", ("power", "feeds")),
    FIRST_PHASE: Kind("first-phase", "weeks"),
    LEAD: Kind("lead", "weeks"),
    BUDGET: Kind("budget", "money"),
}
"""Every kind of limit; `changes` says how each is moved."""


def limits_of(data: SizingData) -> list[Limit]:
    """Every limit that may bind, those a reader cares least about first (the deletion filter drops in this order)."""
    found: list[Limit] = [Limit(WORKLOAD, w.key) for w in data.workloads]
    found.extend(Limit(APART, w.key) for w in data.workloads if w.keep_apart is not None)
    found.extend(Limit(STORAGE, s.site) for s in data.storage if s.usable_tb or s.read_mb_s or s.write_mb_s)
    for hall in data.halls:
        found.extend(_limits_of_hall(hall))
    found.extend(Limit(FIRST_PHASE, w.key) for w in data.workloads if w.weeks is not None)
    if data.weeks is not None:
        found.append(Limit(LEAD))
    if data.budget is not None:
        found.append(Limit(BUDGET))
    return found


def _limits_of_hall(hall: HallData) -> Iterator[Limit]:
    for loop in hall.loops:
        if loop.flow_ml_min is not None:
            yield Limit(FLOW, f"{hall.key}/{loop.key}")
    yield Limit(PEAK, hall.key)
    yield Limit(AIR, hall.key)
    if hall.airflow_m3_h is not None:
        yield Limit(AIRFLOW, hall.key)
    if any(place.row_air_w is not None for place in hall.classes):
        yield Limit(ROW_AIR, hall.key)
    if any(place.row_airflow_m3_h is not None for place in hall.classes):
        yield Limit(ROW_AIRFLOW, hall.key)
    for loop in hall.loops:
        yield Limit(LIQUID, f"{hall.key}/{loop.key}")
    yield Limit(COOLING_KIND, hall.key)
    yield Limit(HEIGHT, hall.key)
    if any(place.admits != frozenset(ANCHORED) for place in hall.classes):
        yield Limit(ANCHORS, hall.key)
    yield Limit(POSITIONS, hall.key)
    yield Limit(RACK_POWER, hall.key)
    yield Limit(WEIGHT, hall.key)
    yield Limit(POWER, hall.key)


def place_of(limit: Limit, request: Request) -> Location:
    """Where the request states a limit."""
    if limit.kind == WORKLOAD:
        return ("workloads", next(i for i, w in enumerate(request.workloads) if w.id == limit.subject))
    if limit.kind == APART:
        return ("workloads", next(i for i, w in enumerate(request.workloads) if w.id == limit.subject), "keep_apart")
    if limit.kind == STORAGE:
        return ("workloads", _first_with_data(request))
    if limit.kind == BUDGET:
        return ("policy", "budget")
    if limit.kind == FIRST_PHASE:
        return ("phases", first_phase_of(request, limit.subject), "date")
    if limit.kind == LEAD:
        return ("phases", len(request.phases) - 1, "date") if request.phases else ("policy", "in_service_by")
    name, _, loop = limit.subject.partition("/")
    i, j = next((i, j) for i, site in enumerate(request.sites) for j, hall in enumerate(site.halls) if hall.id == name)
    at: Location = ("sites", i, "halls", j)
    if loop:
        loops = request.sites[i].halls[j].cooling.loops
        return (*at, "cooling", "loops", next(n for n, entry in enumerate(loops) if entry.id == loop))
    return (*at, *KINDS[limit.kind].place)


def first_phase_of(request: Request, workload: str) -> int:
    """The first phase that serves any of a workload."""
    return next(n for n, phase in enumerate(request.phases) if phase.shares.get(workload, 1.0))


def _first_with_data(request: Request) -> int:
    keeping = (i for i, w in enumerate(request.workloads) if w.kind in ("storage", "retrieval"))
    return next(keeping, 0)


def _hall(data: SizingData, limit: Limit) -> HallData:
    name = limit.subject.split("/")[0]
    return next(h for h in data.halls if h.key == name)


def free_positions(hall: HallData) -> list[PositionClass]:
    """Kinds of positions at which no rack stands."""
    return [place for place in hall.classes if not place.standing]


def value_of(limit: Limit, data: SizingData) -> int | None:
    """What the limit is now, in its base unit; None where it has no single amount."""
    if limit.kind == BUDGET:
        return data.budget
    if limit.kind == LEAD:
        return data.weeks
    if limit.kind == FIRST_PHASE:
        return next(w.weeks for w in data.workloads if w.key == limit.subject)
    if limit.kind in (WORKLOAD, COOLING_KIND, STORAGE, ANCHORS, APART):
        return None
    hall = _hall(data, limit)
    if limit.kind in (LIQUID, FLOW):
        loop = next(entry for entry in hall.loops if entry.key == limit.subject.split("/")[1])
        return loop.capacity_w if limit.kind == LIQUID else loop.flow_ml_min
    if limit.kind == WEIGHT:
        return max((c.weight_kg for c in free_positions(hall) if c.weight_kg is not None), default=None)
    return {
        POWER: hall.survivable_w, PEAK: hall.nameplate_w, AIR: hall.air_w,
        POSITIONS: sum(c.positions for c in free_positions(hall)),
        RACK_POWER: max((c.design_w for c in free_positions(hall)), default=None),
        HEIGHT: max((c.height_u for c in free_positions(hall)), default=None),
        AIRFLOW: hall.airflow_m3_h,
        ROW_AIR: sum(c.row_air_w or 0 for c in hall.classes),
        ROW_AIRFLOW: sum(c.row_airflow_m3_h or 0 for c in hall.classes),
    }[limit.kind]  # fmt: skip


def amount(limit: Limit, value: int, currency: str) -> str:
    """An amount of a limit to four digits, as limits of the request are told."""
    if KINDS[limit.kind].unit == "power":
        return sentence("figure.power", value=value)
    return exact(limit, value, currency)


def exact(limit: Limit, value: int, currency: str) -> str:
    """An amount of a limit, every digit of it told."""
    unit = KINDS[limit.kind].unit
    if unit in ("power", "flow"):
        return sentence(f"amount.{unit}", value=value / 1000)
    return sentence(f"amount.{unit}", value=value, n=value, currency=currency)


def words(limit: Limit, data: SizingData, currency: str) -> str:
    """The limit in words, with its amount now."""
    now = value_of(limit, data)
    said = amount(limit, now, currency) if now is not None else ""
    name = limit.subject.split("/")[0]
    if limit.kind == COOLING_KIND:
        some = any(c.liquid for c in _halls(data, name))
        return sentence("limit.some-liquid" if some else "limit.no-liquid", hall=name)
    if limit.kind == APART:
        return sentence("limit.apart", workload=limit.subject, domain=_apart(data, limit.subject))
    if limit.kind == STORAGE:
        return sentence("limit.storage", site=limit.subject, stored=_stored(data, limit.subject))
    if limit.kind == HEIGHT and not now:
        return sentence("limit.no-height", hall=name)
    return sentence(f"limit.{KINDS[limit.kind].said}", hall=name, subject=limit.subject, now=said)


def _apart(data: SizingData, workload: str) -> str:
    return next((w.keep_apart for w in data.workloads if w.key == workload and w.keep_apart is not None), "nothing")


def _stored(data: SizingData, site: str) -> str:
    return next(
        (sentence("amount.usable", value=s.usable_tb) for s in data.storage if s.site == site), sentence("amount.none")
    )


def _halls(data: SizingData, name: str) -> tuple[PositionClass, ...]:
    hall = next((h for h in data.halls if h.key == name), None)
    return hall.classes if hall is not None else ()
