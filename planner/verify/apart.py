"""Workloads that are kept apart: the loss of any one failure domain, counted from the racks of the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.catalog.schema import Region, System
from planner.facility.apart import CONTAINED_IN, domain_of
from planner.facility.energy import HOURS_PER_YEAR
from planner.plan.jobs import SPARE_REPLICAS
from planner.plan.schema import Decision
from planner.request.workload import Domain, Inference
from planner.verify.demand import locations
from planner.verify.subject import Broken, Rule, Subject, contents


def workloads_survive_the_loss_of_a_domain(subject: Subject) -> Iterator[Broken]:
    """With any one row, pod, set of feeds or hall lost, what is left carries the workloads kept apart by it."""
    apart = {w.id: getattr(w, "keep_apart", None) for w in subject.request.workloads}
    for kind in CONTAINED_IN:
        if kind not in apart.values():
            continue
        needed: Counter[str] = Counter()
        for decision in subject.plan.decisions:
            if decision.system and apart.get(decision.workload) in CONTAINED_IN[kind]:
                needed[decision.system] += _working(subject, decision)
        for system, need in sorted(needed.items()):
            yield from _every_loss(subject, kind, system, need)


def _working(subject: Subject, decision: Decision) -> int:
    """Accelerators that a workload needs without its spare replicas; rented instances have none that stand by."""
    need = subject.needs[decision.workload, decision.system]
    workload = next(w for w in subject.request.workloads if w.id == decision.workload)
    here = subject.product(decision.system, System) is not None
    spare = SPARE_REPLICAS[workload.redundancy] if here and isinstance(workload, Inference) else 0
    return (need.units - min(spare, need.units - 1)) * need.unit_accelerators


def _every_loss(subject: Subject, kind: Domain, system: str, need: int) -> Iterator[Broken]:
    product = subject.product(system, System)
    there = _rented(subject, system) if product is None else _standing(subject, kind, system, product.accelerators)
    service = sum(there.values())
    if product is not None:
        spares = sum(choice.spares for choice in subject.plan.systems if choice.product == system)
        service -= spares * product.accelerators
    for domain, lost in sorted(there.items()):
        if service - lost < need:
            numbers = {"left": service - lost, "needed": need}
            text = f"with {kind} {domain} lost, {service - lost:,} accelerators of {system} are left, {need:,} needed"
            yield Broken(domain, text, numbers)


def _standing(subject: Subject, kind: Domain, system: str, accelerators: int) -> Counter[str]:
    """Accelerators of a system by domain, spares too."""
    found: Counter[str] = Counter()
    for rack in subject.plan.racks:
        held = contents(subject.pattern_of(rack)).count(system)
        if held:
            row = subject.places[rack.hall].row(rack.row)
            found[domain_of(rack.hall, row, kind)] += held * accelerators
    return found


def _rented(subject: Subject, instance: str) -> Counter[str]:
    """Accelerators of an instance by region, each region a domain."""
    hours = HOURS_PER_YEAR * subject.request.policy.horizon_years
    regions = {name for d in subject.plan.decisions if d.system == instance for name in locations(d)}
    found: Counter[str] = Counter()
    for name in sorted(regions):
        region = subject.product(name, Region)
        each = next((i.accelerators for i in region.instances if i.name == instance), 0) if region is not None else 0
        own = f"{instance}, {name}"
        billed = sum(line.quantity for line in subject.plan.bill if line.group == "cloud" and line.name == own)
        found[name] += billed // hours * each
    return found


RULES: tuple[Rule, ...] = (workloads_survive_the_loss_of_a_domain,)
