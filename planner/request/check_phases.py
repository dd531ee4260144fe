"""Rules of phases and of capacity that arrives later, each with the line where it is broken."""

from __future__ import annotations

from collections.abc import Iterator

from planner.document import Document, Location, nearest
from planner.errors import Problem
from planner.request.schema import Request
from planner.request.workload import WITHOUT_ACCELERATORS


def phases_go_forward(request: Request, source: Document) -> Iterator[Problem]:
    """Phases have ids of their own, come one after the other, and begin after the order."""
    before = request.policy.order_date or request.date
    what = "the order"
    seen: set[str] = set()
    for n, phase in enumerate(request.phases):
        if phase.id in seen:
            yield source.problem(("phases", n, "id"), f'the phase id "{phase.id}" a second time', "an id of its own")
        seen.add(phase.id)
        if phase.date <= before:
            yield source.problem(("phases", n, "date"), phase.date, f"a date after {before}, the date of {what}")
        before, what = phase.date, f'phase "{phase.id}"'


def phases_end_the_plan(request: Request, source: Document) -> Iterator[Problem]:
    """The last phase is the day of service: a second date for it would be one too many."""
    if request.phases and request.policy.in_service_by is not None:
        last = request.phases[-1]
        yield source.problem(
            ("policy", "in_service_by"), "a day of service beside phases", f'the phases alone: "{last.id}" is the last',
            "remove in_service_by; the last phase's date stands for it", key=True,
        )  # fmt: skip


def shares_are_of_workloads(request: Request, source: Document) -> Iterator[Problem]:
    """Shares name workloads that run on accelerators; a run of training is there whole or not at all."""
    kinds = {workload.id: workload.kind for workload in request.workloads}
    served = [name for name, kind in kinds.items() if kind not in WITHOUT_ACCELERATORS]
    for n, phase in enumerate(request.phases):
        for name, share in phase.shares.items():
            place: Location = ("phases", n, "shares", name)
            if name not in kinds:
                hint = nearest(name, served) or f"the workloads on accelerators are {', '.join(served)}"
                yield source.problem(place, f'the workload "{name}"', "a workload of the request", hint)
            elif name not in served:
                yield source.problem(
                    place, f'the {kinds[name]} workload "{name}"', "a workload that runs on accelerators",
                    'the share of stored data is the key "storage" of the phase',
                )  # fmt: skip
            elif kinds[name] == "training" and share not in (0, 1):
                yield source.problem(place, f"{share:.0%} of a training run", "0 % or 100 %: a run does not split")


def phases_never_shrink(request: Request, source: Document) -> Iterator[Problem]:
    """What one phase serves the next ones serve too, and the last one serves everything."""
    for n, (phase, after) in enumerate(zip(request.phases, request.phases[1:], strict=False)):
        for workload in request.workloads:
            now, then = phase.shares.get(workload.id, 1.0), after.shares.get(workload.id, 1.0)
            if then < now:
                yield source.problem(
                    ("phases", n + 1, "shares", workload.id),
                    f'{then:.0%} of "{workload.id}" after {now:.0%} in phase "{phase.id}"',
                    f"at least {now:.0%}: a phase does not shrink",
                )
        if after.storage < phase.storage:
            yield source.problem(
                ("phases", n + 1, "storage"),
                f'{after.storage:.0%} of the storage after {phase.storage:.0%} in phase "{phase.id}"',
                f"at least {phase.storage:.0%}: a phase does not shrink",
            )
    if request.phases:
        yield from _last_is_whole(request, source)


def _last_is_whole(request: Request, source: Document) -> Iterator[Problem]:
    n, last = len(request.phases) - 1, request.phases[-1]
    for name, share in last.shares.items():
        if share < 1:
            yield source.problem(
                ("phases", n, "shares", name), f"{share:.0%} in the last phase", "100 %: it is the whole request",
                "add a later phase, or ask for less in the workload itself",
            )  # fmt: skip
    if last.storage < 1:
        yield source.problem(
            ("phases", n, "storage"), f"{last.storage:.0%} in the last phase", "100 %: it is the whole request"
        )
    if last.redundancy is not None:
        yield source.problem(
            ("phases", n, "redundancy"), "a redundancy of its own in the last phase",
            "the redundancy of the halls", "only a phase before the last may do with less",
        )  # fmt: skip


def capacity_arrives_in_time(request: Request, source: Document) -> Iterator[Problem]:
    """What arrives later has come when the whole request must be served."""
    last = request.service_date
    for place, what, date in arrivals_of(request):
        if last is None:
            yield source.problem(
                place, f"{what} from {date} on, in a request without dates", "phases, or policy.in_service_by",
                "say by which dates what must be served, or remove available_from",
            )  # fmt: skip
        elif date > last:
            yield source.problem(
                place, f"{what} from {date} on", f"a date up to {last}, when everything must be served",
                "add a phase after it, or leave it out",
            )  # fmt: skip


def arrivals_of(request: Request) -> Iterator[tuple[Location, str, str]]:
    """Feeds, loops and rows that arrive on a date: (place, words, date)."""
    for i, site in enumerate(request.sites):
        for j, hall in enumerate(site.halls):
            at: Location = ("sites", i, "halls", j)
            for k, feed in enumerate(hall.power.feeds):
                if feed.available_from is not None:
                    yield (*at, "power", "feeds", k, "available_from"), f"feed {feed.id}", feed.available_from
            for k, loop in enumerate(hall.cooling.loops):
                if loop.available_from is not None:
                    yield (*at, "cooling", "loops", k, "available_from"), f"loop {loop.id}", loop.available_from
            for k, row in enumerate(hall.rows):
                if row.available_from is not None:
                    yield (*at, "rows", k, "available_from"), f"row {row.id}", row.available_from


CHECKS = (
    phases_go_forward,
    phases_end_the_plan,
    shares_are_of_workloads,
    phases_never_shrink,
    capacity_arrives_in_time,
)
