"""Nothing is used that the policy, a workload or a rule rules out."""

from __future__ import annotations

from collections.abc import Iterator

from planner.request.policy import Choice
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


def policy_choices_are_kept(subject: Subject) -> Iterator[Broken]:
    """Vendors, systems and storage are those that the policy allows."""
    policy = subject.request.policy
    for name in products_in_use(subject):
        vendor = subject.catalog.products[name].vendor
        if reason := _refused_vendor(vendor, policy.vendors):
            yield Broken(name, f"its vendor {vendor} {reason} by policy.vendors")
    for what, ids, choice in (
        ("systems", {s.product for s in subject.plan.systems}, policy.systems),
        ("storage", {s.product for s in subject.plan.storage}, policy.storage),
    ):
        for name in sorted(ids):
            if reason := _refused(name, choice):
                yield Broken(name, f"it {reason} by policy.{what}")


def _refused_vendor(vendor: str, choice: Choice) -> str | None:
    """Vendors are compared without regard to case."""
    folded = Choice(
        allow=tuple(v.casefold() for v in choice.allow), exclude=tuple(v.casefold() for v in choice.exclude)
    )
    return _refused(vendor.casefold(), folded)


def workloads_keep_their_limits(subject: Subject) -> Iterator[Broken]:
    """A workload runs on the systems and at the locations that it is limited to."""
    limits = {workload.id: workload for workload in subject.request.workloads}
    for decision in subject.plan.decisions:
        workload = limits[decision.workload]
        if decision.system and workload.systems is not None and decision.system not in workload.systems:
            yield Broken(workload.id, f"it is limited to {', '.join(workload.systems)} and runs on {decision.system}")
        for place in locations(decision):
            if workload.locations is not None and place not in workload.locations:
                yield Broken(workload.id, f"it is limited to {', '.join(workload.locations)} and runs at {place}")


def nothing_ruled_out_is_used(subject: Subject) -> Iterator[Broken]:
    """What the policy and the sovereignty rules rule out, worked out again, is not in the plan."""
    yield from _used(subject, [(r.kind, r.id, r.workload, r.rule, r.reason) for r in subject.rulings])


def nothing_excluded_is_used(subject: Subject) -> Iterator[Broken]:
    """What the plan itself lists as ruled out is not in it."""
    yield from _used(subject, [(e.kind, e.id, e.workload, e.rule, e.reason) for e in subject.plan.excluded])


def _used(subject: Subject, entries: list[tuple[str, str, str, str, str]]) -> Iterator[Broken]:
    used = set(products_in_use(subject))
    for kind, name, workload, rule, reason in entries:
        if kind == "product" and workload == EVERY and name in used:
            yield Broken(name, f"it is ruled out by {rule} and used: {reason}")
        for decision in subject.plan.decisions:
            named = {decision.system} if kind == "product" else _named(subject, decision.location)
            if workload in (EVERY, decision.workload) and name in named:
                yield Broken(decision.workload, f"{name} is ruled out for it by {rule}: {reason}")


def _named(subject: Subject, location: str) -> set[str]:
    """The halls or region of a location, and the sites of its halls."""
    names = set(location.split(" + "))
    return names | {subject.places[name].site.id for name in names if name in subject.places}


RULES: tuple[Rule, ...] = (
    policy_choices_are_kept,
    workloads_keep_their_limits,
    nothing_ruled_out_is_used,
    nothing_excluded_is_used,
)
