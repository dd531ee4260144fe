"""What must run, be stored and may be rented, in integers: the side of demand in a question of sizing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from planner import money
from planner.catalog.schema import Region
from planner.demand.results import AcceleratorNeed
from planner.demand.timetable import Spread, spread_of
from planner.facility.energy import HOURS_PER_YEAR
from planner.request.schema import Request
from planner.request.site import Site
from planner.request.workload import WITHOUT_ACCELERATORS, Embedding, Workload
from planner.sizing.data import (
    HallData,
    RentOption,
    StorageDemandData,
    WorkloadData,
    WorkloadOption,
)
from planner.sizing.items import (
    SYSTEM,
    item_key,
    no_price_under_a_budget,
)
from planner.sizing.question import Bar, Question
from planner.sizing.totals import may_stand_in


def weeks_until(day: str, request: Request) -> int:
    """Whole weeks from the order to a day."""
    ordered = date.fromisoformat(request.policy.order_date or request.date)
    return (date.fromisoformat(day) - ordered).days // 7


def first_weeks(request: Request, workload: str) -> int | None:
    """Whole weeks from the order to the first phase that serves any of a workload; None without phases."""
    serving = (phase for phase in request.phases if phase.shares.get(workload, 1.0))
    return next((weeks_until(phase.date, request) for phase in serving), None)


def storage_demand(question: Question, site: Site) -> StorageDemandData:
    """What a site keeps, and how fast it must be read and written; all 0 where it keeps no data."""
    need = question.storage[site.id]
    if not need.keeps_data:
        return StorageDemandData(site.id, 0, 0, 0, 0, 0)
    return StorageDemandData(
        site=site.id,
        usable_tb=need.usable_tb,
        read_mb_s=need.read_base_gb_s * 1000,
        write_mb_s=need.write_base_gb_s * 1000,
        read_mb_s_per_accelerator=need.read_milli_gb_s,
        write_mb_s_per_accelerator=need.write_milli_gb_s,
    )


def rents_of(question: Question) -> tuple[RentOption, ...]:
    """The instances that open regions rent."""
    years = question.request.policy.horizon_years
    rents = []
    for name in question.request.policy.regions:
        region = question.catalog.get(name, Region)
        if question.ruled_out("region", name):
            continue
        for instance in region.instances:
            entry = question.catalog.prices.find(instance.price or "", "hour")
            tco = None
            if entry is not None:
                hourly = money.unit_price(entry, question.request).typical
                tco = money.whole(hourly * HOURS_PER_YEAR * years)
            rents.append(RentOption(name, instance.name, instance.name, instance.accelerators, tco))
    return tuple(rents)


def workloads_of(
    question: Question, halls: tuple[HallData, ...], rents: tuple[RentOption, ...]
) -> tuple[WorkloadData, ...]:
    """What each workload needs on every system, and where it may run."""
    options_of = {h.key: {o.item for o in h.systems} for h in halls}
    instances = {rent.system for rent in rents}
    found = []
    for workload in question.request.workloads:
        needs = [n for n in question.needs if n.workload == workload.id and n.feasible]
        if workload.kind in WITHOUT_ACCELERATORS:
            continue
        options, places = [], set()
        for need in needs:
            key = item_key(need.system, SYSTEM)
            rented = need.system in instances
            spare = 0 if rented else question.spare_units.get(workload.id, 0)
            options.append(
                WorkloadOption(
                    need.system if rented else key,
                    need.units,
                    need.unit_accelerators,
                    need.indivisible,
                    min(spare, need.units - 1),
                    _spread(question, workload, need),
                )
            )
            for hall in halls:
                if key in options_of[hall.key] and may_stand_in(question, workload, hall.site, hall.key, need.system):
                    places.add((hall.key, key))
            for rent in rents:
                if rent.system == need.system and _region_allowed(
                    question, workload.id, workload.locations, rent.region
                ):
                    places.add((rent.region, need.system))
        weeks = first_weeks(question.request, workload.id)
        apart = getattr(workload, "keep_apart", None)
        found.append(WorkloadData(workload.id, tuple(options), frozenset(places), weeks, apart))
    return tuple(found)


def within_a_budget(
    question: Question, workload: WorkloadData, halls: tuple[HallData, ...], rents: tuple[RentOption, ...],
    bars: list[Bar],
) -> WorkloadData:  # fmt: skip
    """The workload without systems of unknown price, where the request has a budget and other systems have prices."""
    priced = {o.item for hall in halls for o in hall.systems if hall.items[o.item].priced}
    priced |= {rent.system for rent in rents if rent.tco is not None}
    kept = tuple(option for option in workload.options if option.system in priced)
    if question.request.policy.budget is None or not kept:
        return workload
    for place, system in sorted(workload.places):
        bar = Bar(place, system.rpartition("/")[2], *no_price_under_a_budget())
        if system not in priced and bar not in bars:
            bars.append(bar)
    return replace(workload, options=kept, places=frozenset(p for p in workload.places if p[1] in priced))


def _spread(question: Question, workload: Workload, need: AcceleratorNeed) -> Spread | None:
    """What a workload holds over the day; None where it holds the same at all times."""
    if question.timetable is None:
        return None
    standing_by = 1 if isinstance(workload, Embedding) else question.spare_units.get(workload.id, 0)
    spread = spread_of(need, workload, question.timetable, min(standing_by, need.units - 1))
    return None if not spread.flexible and set(spread.load) == {need.units} else spread


def _may_run(locations: tuple[str, ...] | None, place: str) -> bool:
    return locations is None or place in locations


def _region_allowed(question: Question, workload: str, locations: tuple[str, ...] | None, region: str) -> bool:
    return _may_run(locations, region) and question.ruled_out("region", region, workload) is None
