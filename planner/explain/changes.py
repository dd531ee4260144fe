"""A limit moved in the request itself: what its owner would change, in words, and the request so changed.

Amounts in a changed request are rounded up to what its words say, so that a reader who writes them gets the same plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import TypeVar

from planner.facility.power import plannable_hall, rack_limits
from planner.facility.tree_loads import carried_w, tree_of
from planner.quantity import show
from planner.request.schema import Request
from planner.request.site import Feed, Hall, Loop, Panel, Row, Site, Source
from planner.sizing.data import HallData, SizingData
from planner.sizing.halls import nameplate_w
from planner.sizing.limits import (
    AIR,
    AIRFLOW,
    ANCHORS,
    APART,
    BUDGET,
    COOLING_KIND,
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

DIGITS = 4
MOST_W = 10**11
TALLEST_U = 60


@dataclass(frozen=True)
class Change:
    """A request with one limit moved, and what was changed, in words."""

    words: str
    request: Request


@dataclass(frozen=True)
class _Place:
    """The hall whose limit moves, its numbers in sizing, and by how much: W, kg, mL/min or pieces."""

    site: Site
    hall: Hall
    data: HallData
    by: int
    loop: str = ""
    peak_only: bool = False  # breakers are short, and what they carry continuously is not

    def before_share(self, planned: int) -> int:
        """The limit of the request of which the site's usable share is `planned`, rounded up."""
        share = Fraction(str(self.site.usable_share))
        return rounded_up(math.ceil(Fraction(planned) / share))


Edit = tuple[str, Hall]
Node = TypeVar("Node", Feed, Source, Panel)


def rounded_up(value: int, digits: int = DIGITS) -> int:
    """The next number with so many leading digits and then zeros: 175,173 -> 175,200."""
    step = int("1" + "0" * max(0, len(str(value)) - digits))
    return -(-value // step) * step


def moved(request: Request, limit: Limit, by: int, data: SizingData) -> list[Change]:
    """The requests in which a limit is moved by an amount, each another way to do it; empty: none is known."""
    if limit.kind == BUDGET:
        return [_budget(request, by)]
    if limit.kind == LEAD:
        return [_weeks(request, by)]
    if limit.kind == APART:
        return [_together(request, limit.subject)]
    if limit.kind not in EDITS:
        return []
    name, _, loop = limit.subject.partition("/")
    site, hall = next((site, hall) for site, hall in request.halls() if hall.id == name)
    place = _Place(site, hall, next(h for h in data.halls if h.key == name), by, loop, limit.kind == PEAK)
    return [Change(words, with_hall(request, changed)) for words, changed in EDITS[limit.kind](place)]


def with_hall(request: Request, changed: Hall) -> Request:
    """The request with one hall replaced."""
    sites = tuple(
        site.model_copy(update={"halls": tuple(changed if h.id == changed.id else h for h in site.halls)})
        for site in request.sites
    )
    return request.model_copy(update={"sites": sites})


def _budget(request: Request, by: int) -> Change:
    now = request.policy.budget or 0
    policy = request.policy.model_copy(update={"budget": now + by})
    words = f"budget from {now:,} to {now + by:,} {request.currency}"
    return Change(words, request.model_copy(update={"policy": policy}))


def _weeks(request: Request, by: int) -> Change:
    now = request.policy.in_service_by or request.date
    then = (date.fromisoformat(now) + timedelta(weeks=by)).isoformat()
    policy = request.policy.model_copy(update={"in_service_by": then})
    return Change(f"in service by {then} in place of {now}", request.model_copy(update={"policy": policy}))


def _together(request: Request, workload: str) -> Change:
    """The workload without the domains that keep it apart."""
    workloads = tuple(w.model_copy(update={"keep_apart": None}) if w.id == workload else w for w in request.workloads)
    return Change(f"no keep_apart for workload {workload}", request.model_copy(update={"workloads": workloads}))


def _feeds(place: _Place) -> Iterator[Edit]:
    """Every feed grows by the same, until what survives the worst loss has grown by enough; with it the tree behind."""
    hall = place.hall
    behind = bool(hall.power.panels) or any(source.capacity is not None for source in hall.power.sources)
    raised = partial(_grown_tree if behind else _raised_feeds, hall)
    if not _carries(place, raised(MOST_W)):
        return  # something else than capacity holds the hall back
    low, high = 0, place.by
    while not _carries(place, raised(high)):
        low, high = high + 1, 2 * high + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _carries(place, raised(middle)) else (middle + 1, high)
    changed = raised(low)
    words = f"{_feed_words(hall, changed)} in hall {hall.id}"
    yield words + (", and sources and panels by the same share" if behind else ""), changed


def _grown_tree(hall: Hall, by: int) -> Hall:
    """Every source, feed and panel grown by the share by which `by` grows the smallest feed."""
    share = 1 + Fraction(by, min(feed.capacity for feed in hall.power.feeds))

    def grown(nodes: Sequence[Node]) -> tuple[Node, ...]:
        return tuple(
            node.model_copy(update={"capacity": rounded_up(math.ceil(node.capacity * share)) if by else node.capacity})
            if node.capacity is not None
            else node
            for node in nodes
        )

    power = hall.power
    update = {"feeds": grown(power.feeds), "sources": grown(power.sources), "panels": grown(power.panels)}
    return hall.model_copy(update={"power": power.model_copy(update=update)})


def _raised_feeds(hall: Hall, by: int) -> Hall:
    feeds = tuple(
        feed.model_copy(update={"capacity": rounded_up(feed.capacity + by) if by else feed.capacity})
        for feed in hall.power.feeds
    )
    return hall.model_copy(update={"power": hall.power.model_copy(update={"feeds": feeds})})


def _carries(place: _Place, hall: Hall) -> bool:
    planned = plannable_hall(place.site, hall)
    if nameplate_w(planned) < place.data.nameplate_w + place.by:
        return False
    survives = carried_w(tree_of(planned))
    return place.peak_only or survives >= place.data.survivable_w + place.by


def _feed_words(before: Hall, after: Hall) -> str:
    groups: dict[tuple[int, int], list[str]] = {}
    for one, other in zip(before.power.feeds, after.power.feeds, strict=True):
        groups.setdefault((one.capacity, other.capacity), []).append(one.id)
    return ", ".join(
        f"feed{'s' if len(names) > 1 else ''} {_listed(names)} from {show(now, 'W')} to {show(then, 'W')}"
        for (now, then), names in groups.items()
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _air(place: _Place) -> Iterator[Edit]:
    cooling = place.hall.cooling
    existing = cooling.existing_air_load
    needed = place.before_share(place.data.air_w + place.by + existing)
    words = f"air cooling of hall {place.hall.id} from {show(cooling.air, 'W')} to {show(needed, 'W')}"
    yield words, place.hall.model_copy(update={"cooling": cooling.model_copy(update={"air": needed})})


def _liquid(place: _Place) -> Iterator[Edit]:
    now = next(loop for loop in place.data.loops if loop.key == place.loop)
    needed = place.before_share(now.capacity_w + place.by)
    yield from _loop_change(place, "capacity", needed, "W")


def _flow(place: _Place) -> Iterator[Edit]:
    now = next(loop for loop in place.data.loops if loop.key == place.loop)
    needed = place.before_share(-(-((now.flow_ml_min or 0) + place.by) // 1000))
    yield from _loop_change(place, "flow", needed, "L/min")


def _loop_change(place: _Place, name: str, needed: int, unit: str) -> Iterator[Edit]:
    def changed(loop: Loop) -> Loop:
        return loop.model_copy(update={name: needed}) if loop.id == place.loop else loop

    cooling = place.hall.cooling
    before = next(getattr(loop, name) for loop in cooling.loops if loop.id == place.loop)
    loops = tuple(changed(loop) for loop in cooling.loops)
    words = f"{name} of loop {place.hall.id}/{place.loop} from {show(before, unit)} to {show(needed, unit)}"
    yield words, place.hall.model_copy(update={"cooling": cooling.model_copy(update={"loops": loops})})


def _positions(place: _Place) -> Iterator[Edit]:
    """More positions in the last row of one kind; each kind of row is another way."""
    total = sum(row.positions - len(row.blocked) for row in place.hall.rows)
    for kind in place.data.classes:
        row = next(row for row in place.hall.rows if row.id == kind.rows[-1])
        then = row.positions + max(1, place.by)
        words = f"{total:,} to {total + max(1, place.by):,} positions in hall {place.hall.id}"
        if len(place.hall.rows) > 1:
            words += f" (row {row.id} from {row.positions} to {then})"
        yield words, _with_rows(place.hall, partial(_positions_of, row.id, then))


def _positions_of(row: str, positions: int, each: Row) -> dict[str, object]:
    return {"positions": positions} if each.id == row else {}


def _rack_power(place: _Place) -> Iterator[Edit]:
    """Every row gives a rack more, with larger circuits where the old ones would stop it."""
    share = Fraction(str(place.site.usable_share))
    kind_of = {row: kind for kind in place.data.classes for row in kind.rows}

    def larger(row: Row) -> dict[str, object]:
        update: dict[str, object] = {"rack_power": place.before_share(kind_of[row.id].design_w + place.by)}
        if row.air_per_rack is not None:
            update["air_per_rack"] = rounded_up(row.air_per_rack + math.ceil(place.by / share))
        if row.rear_door is not None:
            capacity = rounded_up(row.rear_door.capacity + math.ceil(place.by / share))
            update["rear_door"] = row.rear_door.model_copy(update={"capacity": capacity})
        design, peak = rack_limits(row.model_copy(update=update), place.hall.power)
        enough = kind_of[row.id].peak_w + (place.by if row.circuit is not None else 0)
        if design < kind_of[row.id].design_w + place.by or peak < enough:
            update["circuit"] = None
        return update

    now = sorted({row.rack_power for row in place.hall.rows})
    changed = _with_rows(place.hall, larger)
    then = sorted({row.rack_power for row in changed.rows})
    freed = [row.id for row in place.hall.rows if row.circuit is not None and larger(row).get("circuit", 0) is None]
    words = f"power per rack in hall {place.hall.id} from {_watts(now)} to {_watts(then)}"
    if any(row.rear_door is not None for row in place.hall.rows):
        words += ", with rear doors that take as much more"
    yield words + (f", with circuits to match in row {_listed(freed)}" if freed else ""), changed


def _watts(values: list[int]) -> str:
    return " / ".join(show(value, "W") for value in values)


def _weight(place: _Place) -> Iterator[Edit]:
    """Every rated row carries more; ratings of the floor give way to the rack weight that they stood for."""
    kind_of = {row: kind for kind in place.data.classes for row in kind.rows}

    def stronger(row: Row) -> dict[str, object]:
        rated = kind_of[row.id].weight_kg
        return {"rack_weight": rounded_up(rated + place.by)} if rated is not None else {}

    now = sorted({kind.weight_kg for kind in place.data.classes if kind.weight_kg is not None})
    ratings = ("distributed_load", "footprint_load", "point_load")
    floor = place.hall.floor.model_copy(update=dict.fromkeys(ratings))
    changed = _with_rows(place.hall, stronger).model_copy(update={"floor": floor})
    then = " / ".join(show(rounded_up(kg + place.by), "kg") for kg in now)
    before = " / ".join(show(kg, "kg") for kg in now)
    yield f"floor of hall {place.hall.id} from {before} to {then} per rack", changed


def _liquid_everywhere(place: _Place) -> Iterator[Edit]:
    loops = place.hall.cooling.loops
    dry = [row.id for row in place.hall.rows if "liquid" not in row.cooling]
    if not loops or not dry:
        return
    changed = _with_rows(
        place.hall, lambda row: {"cooling": (*row.cooling, "liquid"), "loop": loops[0].id} if row.id in dry else {}
    )
    yield f"loop {loops[0].id} to row {_listed(dry)} of hall {place.hall.id}", changed


def _no_anchors(place: _Place) -> Iterator[Edit]:
    words = f"network and storage at any position of hall {place.hall.id}"
    yield words, place.hall.model_copy(update={"anchors": ()})


def _airflow(place: _Place) -> Iterator[Edit]:
    now = place.hall.cooling.airflow or 0
    then = rounded_up(place.before_share((place.data.airflow_m3_h or 0) + place.by), 2)
    cooling = place.hall.cooling.model_copy(update={"airflow": then})
    words = f"air of hall {place.hall.id} from {now:,} to {then:,} m3/h"
    yield words, place.hall.model_copy(update={"cooling": cooling})


def _rows_with_more(key: str, unit: str, place: _Place) -> Iterator[Edit]:
    """One row that is limited takes more, or every one: each as much as all together lack."""
    share = Fraction(str(place.site.usable_share))
    more = rounded_up(math.ceil(place.by / share))
    named = [row.id for row in place.hall.rows if getattr(row, key) is not None]

    def larger(rows: list[str], row: Row) -> dict[str, object]:
        return {key: getattr(row, key) + more} if row.id in rows else {}

    for rows in [named[:1], named] if len(named) > 1 else [named]:
        words = f"{more:,} {unit} more {key} for row {_listed(rows)} of hall {place.hall.id}"
        yield words, _with_rows(place.hall, partial(larger, rows))


def _height(place: _Place) -> Iterator[Edit]:
    now = max(row.rack_height_u for row in place.hall.rows)
    if now + place.by <= TALLEST_U:
        changed = _with_rows(place.hall, lambda row: {"rack_height_u": min(TALLEST_U, row.rack_height_u + place.by)})
        yield f"racks of hall {place.hall.id} up to {now + place.by}U in place of {now}U", changed


def _with_rows(hall: Hall, update: Callable[[Row], dict[str, object]]) -> Hall:
    return hall.model_copy(update={"rows": tuple(row.model_copy(update=update(row)) for row in hall.rows)})


EDITS: dict[str, Callable[[_Place], Iterator[Edit]]] = {
    POWER: _feeds,
    PEAK: _feeds,
    AIR: _air,
    LIQUID: _liquid,
    FLOW: _flow,
    POSITIONS: _positions,
    RACK_POWER: _rack_power,
    WEIGHT: _weight,
    COOLING_KIND: _liquid_everywhere,
    HEIGHT: _height,
    ANCHORS: _no_anchors,
    AIRFLOW: _airflow,
    ROW_AIR: partial(_rows_with_more, "air", "W"),
    ROW_AIRFLOW: partial(_rows_with_more, "airflow", "m3/h"),
}
