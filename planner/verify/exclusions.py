"""Nothing is used that the policy, a workload or a rule rules out."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.schema import System
from planner.request.policy import Choice
from planner.sizing.question import Ruling
from planner.verify.demand import locations
from planner.verify.subject import Broken, Rule, Subject, contents

EVERY = "*"


def products_in_use(subject: Subject) -> list[str]:
    """Ids of every product that the plan puts into a hall, in order."""
    plan = subject.plan
    used = {s.product for s in plan.systems} | {s.product for s in plan.storage} | {d.product for d in plan.devices}
    for pattern in plan.patterns:
        used.update(contents(pattern))
        used.update(pattern.pdus)
        used.update([pattern.rack_product] if pattern.rack_product is not None else [])
    for cable in plan.cables:
        used.update(cable.modules)
        used.update([cable.product] if cable.product is not None else [])
    return sorted(used)


def _refused(name: str, choice: Choice) -> str | None:
    if name in choice.exclude:
        return "is excluded"
    return "is not among those allowed" if choice.allow and name not in choice.allow else None


def _uncapped(subject: Subject, name: str) -> str:
    """The system that is bought and run under a power cap; any other product itself."""
    product = subject.product(name, System)
    return product.capped_from or name if product is not None else name


def policy_choices_are_kept(subject: Subject) -> Iterator[Broken]:
    """No product of an excluded vendor; systems of allowed vendors; systems and storage that the policy allows."""
    policy = subject.request.policy
    for name in products_in_use(subject):
        product = subject.catalog.products[name]
        allowed = policy.vendors.allow if isinstance(product, System) else ()
        if reason := _refused(product.vendor, Choice(allow=allowed, exclude=policy.vendors.exclude)):
            yield Broken(name, f"its vendor {product.vendor} {reason} by policy.vendors")
    for what, ids, choice in (
        ("systems", {s.product for s in subject.plan.systems}, policy.systems),
        ("storage", {s.product for s in subject.plan.storage}, policy.storage),
    ):
        for name in sorted({_uncapped(subject, name) for name in ids}):
            if reason := _refused(name, choice):
                yield Broken(name, f"it {reason} by policy.{what}")


def workloads_keep_their_limits(subject: Subject) -> Iterator[Broken]:
    """A workload runs on the systems and at the locations that it is limited to."""
    limits = {workload.id: workload for workload in subject.request.workloads}
    for decision in subject.plan.decisions:
        workload = limits[decision.workload]
        bought = _uncapped(subject, decision.system)
        if bought and workload.systems is not None and bought not in workload.systems:
            yield Broken(workload.id, f"it is limited to {', '.join(workload.systems)} and runs on {decision.system}")
        for place in locations(decision):
            if workload.locations is not None and place not in workload.locations:
                yield Broken(workload.id, f"it is limited to {', '.join(workload.locations)} and runs at {place}")


def nothing_ruled_out_is_used(subject: Subject) -> Iterator[Broken]:
    """What the policy and the sovereignty rules rule out, worked out again, is not in the plan."""
    for ruling in subject.rulings:
        yield from _used(subject, ruling)


def exclusions_are_those_of_the_rules(subject: Subject) -> Iterator[Broken]:
    """The plan lists exactly what is ruled out, each with its rule."""
    right = {(r.kind, r.id, r.workload, r.rule, r.reason) for r in subject.rulings}
    listed = {(e.kind, e.id, e.workload, e.rule, e.reason) for e in subject.plan.excluded}
    for kind, name, workload, rule, reason in sorted(right ^ listed):
        here = (kind, name, workload, rule, reason) in listed
        whom = "" if workload == EVERY else f" for {workload}"
        text = (
            f"the {kind} is listed as ruled out{whom} by {rule} ({reason}), which does not say so"
            if here
            else (f"the {kind} is ruled out{whom} by {rule}, and not listed")
        )
        yield Broken(name, text)


def _used(subject: Subject, ruling: Ruling) -> Iterator[Broken]:
    here = [hall for hall, place in subject.places.items() if ruling.location in (EVERY, place.site.id)]
    if ruling.kind == "product" and ruling.workload == EVERY and ruling.id in _standing(subject, here):
        yield Broken(ruling.id, f"it is ruled out by {ruling.rule} and used: {ruling.reason}")
    for decision in subject.plan.decisions:
        if ruling.workload not in (EVERY, decision.workload):
            continue
        places = locations(decision)
        at_site = ruling.location == EVERY or any(place in here for place in places)
        named = _chips(subject, decision.system) if ruling.kind == "product" else _named(subject, places)
        if at_site and ruling.id in named:
            yield Broken(decision.workload, f"{ruling.id} is ruled out for it by {ruling.rule}: {ruling.reason}")


def _standing(subject: Subject, halls: list[str]) -> set[str]:
    """Products that stand in these halls, and the accelerators of the systems among them."""
    found = {name for hall in halls for name in subject.placed_devices(hall) | subject.counted_devices(hall)}
    return {chip for name in found for chip in _chips(subject, name)}


def _chips(subject: Subject, name: str) -> set[str]:
    system = subject.product(name, System)
    return {name, system.accelerator} if system is not None else {name}


def _named(subject: Subject, places: tuple[str, ...]) -> set[str]:
    """The halls or region of a decision, and the sites of its halls."""
    return set(places) | {subject.places[name].site.id for name in places if name in subject.places}


RULES: tuple[Rule, ...] = (
    policy_choices_are_kept,
    workloads_keep_their_limits,
    nothing_ruled_out_is_used,
    exclusions_are_those_of_the_rules,
)
