"""Every workload has its place, and what stands there is enough for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from planner.catalog.facts import floor
from planner.catalog.schema import Storage, System
from planner.plan.schema import Decision, Need
from planner.request.workload import WITHOUT_ACCELERATORS
from planner.verify.subject import Broken, Rule, Subject, differs
from planner.verify.timetable import most_at_once

JOINED = " + "


def locations(decision: Decision) -> tuple[str, ...]:
    """Halls or the region of a decision."""
    return tuple(decision.location.split(JOINED))


def every_workload_is_decided_once(subject: Subject) -> Iterator[Broken]:
    """A workload that runs on accelerators has one decision, at halls of the request or regions the policy allows."""
    decided = Counter(decision.workload for decision in subject.plan.decisions)
    for workload in subject.request.workloads:
        if workload.kind not in WITHOUT_ACCELERATORS or decided[workload.id]:
            yield from differs(workload.id, "decisions", decided[workload.id], 1)
    known = {*subject.places, *subject.request.policy.regions}
    for decision in subject.plan.decisions:
        for name in locations(decision):
            if name not in known:
                yield Broken(decision.workload, f'"{name}" is neither a hall nor an allowed region')


def need_of(subject: Subject, decision: Decision) -> Need | None:
    """What the plan's demand says the workload needs on the system it was given."""
    for workload in subject.plan.demand:
        for need in workload.needs:
            if workload.id == decision.workload and need.system == decision.system:
                return need
    return None


def decisions_meet_their_need(subject: Subject) -> Iterator[Broken]:
    """A decision gives a workload a system on which it can run, and the accelerators that it needs there."""
    for decision in subject.plan.decisions:
        if not decision.system:
            continue
        need = need_of(subject, decision)
        if need is None or not need.feasible:
            reason = f": {need.reason}" if need is not None and need.reason else ""
            yield Broken(decision.workload, f"it cannot run on {decision.system}{reason}")
            continue
        if subject.plan.timetable is None:  # else it holds what its slots say, which is checked there
            wanted = max(need.accelerators, need.units * need.unit_accelerators)
            yield from differs(decision.workload, "accelerators", decision.accelerators, wanted)
        yield from differs(decision.workload, "what binds", decision.binding, need.binding)


def systems_serve_their_workloads(subject: Subject) -> Iterator[Broken]:
    """Accelerators in service, spares apart, cover every workload placed on a system, in its hall and in all."""
    in_service: Counter[tuple[str, str]] = Counter()
    for choice in subject.plan.systems:
        each = subject.known(choice.product, System).accelerators
        in_service[choice.hall, choice.product] += (choice.count - choice.spares) * each
    if subject.plan.timetable is not None:
        for (place, name), wanted in sorted(most_at_once(subject).items()):
            if place in subject.places:
                yield from _enough(f"{place}, {name}", in_service[place, name], wanted)
        return
    asked_here: Counter[tuple[str, str]] = Counter()
    asked: Counter[str] = Counter()
    for decision in subject.plan.decisions:
        places = locations(decision)
        if decision.system and all(place in subject.places for place in places):
            asked[decision.system] += decision.accelerators
            if len(places) == 1:
                asked_here[places[0], decision.system] += decision.accelerators
    for (hall, name), wanted in sorted(asked_here.items()):
        yield from _enough(f"{hall}, {name}", in_service[hall, name], wanted)
    for name, wanted in sorted(asked.items()):
        yield from _enough(name, sum(n for (_, product), n in in_service.items() if product == name), wanted)


def _enough(place: str, found: int, wanted: int) -> Iterator[Broken]:
    if found < wanted:
        text = f"{found:,} accelerators in service, {wanted:,} needed"
        yield Broken(place, text, {"found": found, "needed": wanted})


def systems_are_counted_right(subject: Subject) -> Iterator[Broken]:
    """Accelerators follow from the count, spares are part of it, and the workloads are those decided for it."""
    for choice in subject.plan.systems:
        place = f"{choice.hall}, {choice.product}"
        each = subject.known(choice.product, System).accelerators
        yield from differs(place, "accelerators", choice.accelerators, choice.count * each)
        if not 0 <= choice.spares < max(1, choice.count):
            yield Broken(place, f"{choice.spares} spares of {choice.count} systems")
        served = sorted(
            d.workload for d in subject.plan.decisions if d.system == choice.product and choice.hall in locations(d)
        )
        yield from differs(place, "workloads", sorted(choice.workloads), served)


def orders_meet_their_minimum(subject: Subject) -> Iterator[Broken]:
    """A system with a smallest order is bought for at least that many accelerators over all halls."""
    ordered: Counter[str] = Counter()
    for choice in subject.plan.systems:
        ordered[choice.product] += choice.accelerators
    for name, count in sorted(ordered.items()):
        least = subject.known(name, System).min_accelerators.value
        if least is not None and count < least:
            yield Broken(
                name, f"{count:,} accelerators, the smallest order is {least:,}", {"found": count, "least": least}
            )


def storage_is_counted_right(subject: Subject) -> Iterator[Broken]:
    """Capacity and bandwidth of storage follow from its units, of which there are no fewer than the maker sells."""
    for choice in subject.plan.storage:
        place = f"{choice.hall}, {choice.product}"
        product = subject.known(choice.product, Storage)
        yield from differs(place, "usable TB", choice.usable_tb, choice.units * (floor(product.usable_tb) or 0))
        for what, stated, fact in (
            ("read GB/s", choice.read_gb_s, product.read_gb_s.value),
            ("write GB/s", choice.write_gb_s, product.write_gb_s.value),
        ):
            each = None if fact is None else int(Fraction(str(fact)) * choice.units)
            yield from differs(place, what, stated, each)
        least = product.min_units.value or 1
        if choice.units < least:
            yield Broken(
                place, f"{choice.units} units, at least {least} are sold", {"found": choice.units, "least": least}
            )


def storage_holds_the_data(subject: Subject) -> Iterator[Broken]:
    """The storage of a site has the capacity that its demand asks for; bandwidth is held against needs recomputed."""
    sites = {hall: place.site.id for hall, place in subject.places.items()}
    for demand in subject.plan.storage_demand:
        found = sum(choice.usable_tb for choice in subject.plan.storage if sites[choice.hall] == demand.site)
        if found < demand.usable_tb:
            numbers = {"found": found, "needed": demand.usable_tb}
            yield Broken(f"storage of {demand.site}", f"{found:,} usable TB, {demand.usable_tb:,} needed", numbers)


def sites_state_their_storage(subject: Subject) -> Iterator[Broken]:
    """Every site of the request has its storage demand stated once."""
    stated = [demand.site for demand in subject.plan.storage_demand]
    expected = [site.id for site in subject.request.sites]
    yield from differs("storage demand", "sites", sorted(stated), sorted(expected))


RULES: tuple[Rule, ...] = (
    every_workload_is_decided_once,
    decisions_meet_their_need,
    systems_serve_their_workloads,
    systems_are_counted_right,
    orders_meet_their_minimum,
    storage_is_counted_right,
    storage_holds_the_data,
    sites_state_their_storage,
)
