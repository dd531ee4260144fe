"""Demand worked out again from the request: needs of workloads, storage of sites, spares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from planner.catalog.schema import Storage, System
from planner.demand.results import Figure
from planner.demand.spares import repair_of, spares
from planner.plan.jobs import SPARE_REPLICAS
from planner.plan.question import sensitivities_on, storage_need
from planner.plan.schema import Decision
from planner.plan.storage_patterns import storage_patterns
from planner.plan.words import summary_of
from planner.request.workload import Inference
from planner.verify.demand import locations
from planner.verify.subject import Broken, Rule, Subject, differs
from planner.verify.timetable import working_units

SECONDS_PER_DAY = 86_400
COMPARED = (
    "feasible", "accelerators", "accelerators_p10", "accelerators_p90", "unit_accelerators", "units", "indivisible",
    "binding", "calibrated", "reason", "unit_seconds_per_day", "units_most",
)  # fmt: skip


def needs_are_recomputed(subject: Subject) -> Iterator[Broken]:
    """Every need that the plan states is what its workload needs on that system."""
    fresh = subject.needs
    for workload in subject.plan.demand:
        for need in workload.needs:
            place = f"{workload.id} on {need.system}"
            right = fresh.get((workload.id, need.system))
            if right is None:
                yield Broken(place, "the workload has no need to state there")
                continue
            for name in COMPARED:
                yield from differs(place, name.replace("_", " "), getattr(need, name), getattr(right, name))
            yield from differs(place, "workload", need.workload, workload.id)
            product = subject.catalog.products.get(need.system)
            if product is not None and need.name:
                yield from differs(place, "name", need.name, product.name)
            yield from differs(place, "layout", need.layout, dict(right.layout))
            yield from _figures(place, need.figures, right.figures)


def _figures(place: str, found: Mapping[str, float | str], right: tuple[Figure, ...]) -> Iterator[Broken]:
    """Figures are stated with their unit and six digits."""
    expected = {f"{name} ({unit})" if unit else name: float(f"{value:.6g}") for name, value, unit in right}
    for name in sorted(found.keys() | expected.keys()):
        yield from differs(place, name, found.get(name), expected.get(name))


def sensitivities_are_recomputed(subject: Subject) -> Iterator[Broken]:
    """The inputs that move a workload most, on the system that it was given, are those that the plan names."""
    given = {decision.workload: decision.system for decision in subject.plan.decisions}
    asked = {workload.id: workload for workload in subject.request.workloads}
    for told in subject.plan.demand:
        system = given.get(told.id, "")
        right = sensitivities_on(system, asked[told.id], subject.request, subject.library) if told.id in asked else ()
        for number in range(max(len(told.sensitivities), len(right))):
            found = told.sensitivities[number] if number < len(told.sensitivities) else None
            expected = right[number] if number < len(right) else None
            if found != expected:
                yield Broken(told.id, f"input {number + 1} of those that move its count most is not as recomputed")


def workloads_are_told_as_asked(subject: Subject) -> Iterator[Broken]:
    """Every workload stands in the demand once, by its kind, name and request in one sentence."""
    asked = {workload.id: workload for workload in subject.request.workloads}
    yield from differs("demand", "workloads", [told.id for told in subject.plan.demand], list(asked))
    for told in subject.plan.demand:
        workload = asked[told.id]
        yield from differs(told.id, "kind", told.kind, workload.kind)
        yield from differs(told.id, "name", told.name, workload.name or workload.id)
        yield from differs(told.id, "summary", told.summary, summary_of(workload))


def assumptions_of_the_needs_are_listed(subject: Subject) -> Iterator[Broken]:
    """Whatever the need of a decided workload takes for granted stands among the assumptions, used by it."""
    listed: dict[tuple[str, ...], set[str]] = {
        (a.id, a.text, a.value, a.source, a.confidence): set(a.used_by) for a in subject.plan.assumptions
    }
    for decision in subject.plan.decisions:
        need = subject.needs.get((decision.workload, decision.system))
        for a in need.assumptions if need is not None else ():
            if decision.workload not in listed.get((a.id, a.text, a.value, a.source, a.confidence), set()):
                yield Broken(decision.workload, f'the assumption "{a.text}: {a.value}" is not listed')


def decided_needs_are_stated(subject: Subject) -> Iterator[Broken]:
    """Every workload that runs on accelerators has its need stated on the system that it was given."""
    stated = {(w.id, n.system) for w in subject.plan.demand for n in w.needs}
    for decision in subject.plan.decisions:
        if decision.system and (decision.workload, decision.system) not in stated:
            yield Broken(decision.workload, f"its need on {decision.system} is not stated")
        if not decision.system and any(w == decision.workload and n.feasible for (w, _), n in subject.needs.items()):
            yield Broken(decision.workload, "it needs accelerators and was given no system")


def _in_service(subject: Subject) -> Counter[tuple[str, str]]:
    """Accelerators in service by (site, system product), spares apart."""
    found: Counter[tuple[str, str]] = Counter()
    for choice in subject.plan.systems:
        each = subject.known(choice.product, System).accelerators
        found[subject.places[choice.hall].site.id, choice.product] += (choice.count - choice.spares) * each
    return found


def storage_demand_is_recomputed(subject: Subject) -> Iterator[Broken]:
    """Capacity is that of the data, bandwidth that of the data and of the accelerators in service at the site."""
    stated = {demand.site: demand for demand in subject.plan.storage_demand}
    running = _in_service(subject)
    for site in subject.request.sites:
        need = storage_need(subject.request, site, subject.library)
        accelerators = sum(count for (name, _), count in running.items() if name == site.id)
        served = accelerators if need.keeps_data else 0
        read = need.read_base_gb_s * 1000 + need.read_milli_gb_s * served
        write = need.write_base_gb_s * 1000 + need.write_milli_gb_s * served
        place = f"storage of {site.id}"
        if site.id in stated:
            demand = stated[site.id]
            yield from differs(place, "usable TB asked for", demand.usable_tb, need.usable_tb)
            yield from differs(place, "read GB/s asked for", demand.read_gb_s, -(-read // 1000))
            yield from differs(place, "write GB/s asked for", demand.write_gb_s, -(-write // 1000))
        if need.usable_tb or read:
            yield from _moves(subject, site.id, read, write)


def _moves(subject: Subject, site: str, read_mb_s: int, write_mb_s: int) -> Iterator[Broken]:
    for what, fact, wanted in (("read", "read_gb_s", read_mb_s), ("write", "write_gb_s", write_mb_s)):
        given = Fraction(0)
        for choice in subject.plan.storage:
            if subject.places[choice.hall].site.id == site:
                each = getattr(subject.known(choice.product, Storage), fact).value
                given += choice.units * Fraction(str(each or 0)) * 1000
        if given < wanted:
            numbers = {"found": int(given), "needed": wanted}
            yield Broken(f"storage of {site}", f"{what}: {int(given):,} MB/s, {wanted:,} MB/s needed", numbers)


def storage_patterns_are_recomputed(subject: Subject) -> Iterator[Broken]:
    """Every way of access is stated once, with the time that it takes on the storage bought."""
    right = storage_patterns(subject.request, subject.library, subject.plan.storage)
    for number in range(max(len(right), len(subject.plan.storage_patterns))):
        found = subject.plan.storage_patterns[number] if number < len(subject.plan.storage_patterns) else None
        expected = right[number] if number < len(right) else None
        if found != expected:
            named = expected or found
            assert named is not None
            yield Broken(f"storage of {named.site}", f"{named.pattern} of {named.subject} is not as recomputed")


def spares_cover_the_repair_time(subject: Subject) -> Iterator[Broken]:
    """Spare nodes are enough for the failures expected while one is being repaired; a rack's spares are its trays."""
    policy = subject.request.policy.spares
    rate = subject.library.priors.of("reliability", "any").values["failures_per_accelerator_day"]
    for choice in subject.plan.systems:
        system = subject.known(choice.product, System)
        if system.form != "node":
            continue
        units = max(0, choice.count - choice.spares)
        wanted = spares(units, rate * system.accelerators, policy.repair / SECONDS_PER_DAY, policy.cover)
        if choice.spares < wanted:
            numbers = {"found": choice.spares, "needed": wanted}
            yield Broken(f"{choice.hall}, {choice.product}", f"{choice.spares} spares, {wanted} needed", numbers)


def availability_is_recomputed(subject: Subject) -> Iterator[Broken]:
    """The share that works, and the trays to keep, follow from failures, repair time and what stands by."""
    policy = subject.request.policy.spares
    rate = subject.library.priors.of("reliability", "any").values["failures_per_accelerator_day"]
    for choice in subject.plan.systems:
        system, place = subject.known(choice.product, System), f"{choice.hall}, {choice.product}"
        right = repair_of(
            choice.count, choice.spares, system.compute_trays.value, system.form == "node", rate * system.accelerators,
            policy.repair / SECONDS_PER_DAY, policy.cover,
        )  # fmt: skip
        yield from differs(place, "availability", choice.availability, right.availability)
        yield from differs(place, "spare trays", choice.spare_trays, right.spare_trays)


def services_survive_the_loss_of_nodes(subject: Subject) -> Iterator[Broken]:
    """When as many nodes fail as a service has spare replicas, what is left runs everything on that system."""
    halls = [(d, name) for d in subject.plan.decisions for name in locations(d)]
    for system, deciders in _by_system(subject).items():
        product = subject.known(system, System)
        elsewhere = any(name not in subject.places for d, name in halls if d.system == system)
        if product.form != "node" or elsewhere:
            continue
        nodes = sum(c.count - c.spares for c in subject.plan.systems if c.product == system)
        for lost, working in _working_in_each_slot(subject, deciders):
            left = (nodes - lost) * product.accelerators
            if lost and left < working:
                text = f"with {lost} of {nodes} nodes lost {left} accelerators are left, {working} needed"
                yield Broken(system, text, {"found": left, "needed": working})


def _working_in_each_slot(subject: Subject, deciders: list[Decision]) -> Iterator[tuple[int, int]]:
    """(nodes that may fail, accelerators that must go on) in each slot of a day for what runs on one system."""
    asked = {workload.id: workload for workload in subject.request.workloads}
    spare = {d.workload: _spare_units(subject, d) for d in deciders}
    units = {d.workload: working_units(subject, asked[d.workload], d.system, spare[d.workload]) for d in deciders}
    for slot in range(len(next(iter(units.values()), ()))):
        running = [d for d in deciders if units[d.workload][slot]]
        needs = {d.workload: subject.needs[d.workload, d.system].unit_accelerators for d in running}
        working = sum(units[d.workload][slot] * needs[d.workload] for d in running)
        yield max((spare[d.workload] for d in running), default=0), working


def _by_system(subject: Subject) -> dict[str, list[Decision]]:
    """Decisions by system product, where their need was found again."""
    found: dict[str, list[Decision]] = {}
    for decision in subject.plan.decisions:
        known = subject.product(decision.system, System) is not None
        if known and (decision.workload, decision.system) in subject.needs:
            found.setdefault(decision.system, []).append(decision)
    return dict(sorted(found.items()))


def _spare_units(subject: Subject, decision: Decision) -> int:
    """Replicas of a service that stand by; one at least must work."""
    workload = next(w for w in subject.request.workloads if w.id == decision.workload)
    spare = SPARE_REPLICAS[workload.redundancy] if isinstance(workload, Inference) else 0
    return max(0, min(spare, subject.needs[decision.workload, decision.system].units - 1))


RULES: tuple[Rule, ...] = (
    needs_are_recomputed,
    sensitivities_are_recomputed,
    workloads_are_told_as_asked,
    assumptions_of_the_needs_are_listed,
    decided_needs_are_stated,
    storage_demand_is_recomputed,
    storage_patterns_are_recomputed,
    spares_cover_the_repair_time,
    availability_is_recomputed,
    services_survive_the_loss_of_nodes,
)
