"""How many of one system a hall can come to hold: few totals where no workload may be split over halls.

A hall holds what some of the workloads need, the systems that survive a loss besides, and the spares. Where every
workload stands as a whole, these totals are few, and a fabric need be counted at them alone. Every rule of sizing asks
for more devices as systems grow and none for more systems than these, so no better plan is left out.
"""

from __future__ import annotations

from collections.abc import Callable

from planner.catalog.schema import System
from planner.demand.results import AcceleratorNeed
from planner.request.site import Hall, Site
from planner.request.workload import Workload
from planner.sizing.question import Question

MOST_TOTALS = 512


def may_stand_in(question: Question, workload: Workload, site: str, hall: str, system: str) -> bool:
    """A hall may run a workload on a system unless the request or a rule says otherwise."""
    if workload.locations is not None and hall not in workload.locations:
        return False
    at_all = question.ruled_out("location", site, workload.id)
    return at_all is None and question.ruled_out("product", system, workload.id, site) is None


def totals_in_hall(
    question: Question, system: System, site: Site, hall: Hall, spares: Callable[[int], int]
) -> tuple[int, ...] | None:
    """Systems with spares that the hall may hold, ascending; None: any number, or too many to list.

    `spares` says how many spares so many systems in service take.
    """
    if system.min_accelerators.value or question.timetable is not None:
        return None  # an order's minimum may be filled anywhere; workloads that take turns need less than their sum
    workloads = {workload.id: workload for workload in question.request.workloads}
    if any(getattr(workload, "keep_apart", None) is not None for workload in workloads.values()):
        return None  # a workload kept apart needs more than its sum, by how much depends on the domains
    needs = [n for n in question.needs if n.system == system.id and n.feasible]
    sums, extra = {0}, 0
    for need in needs:
        workload = workloads[need.workload]
        extra = max(extra, question.spare_units.get(workload.id, 0))
        if not may_stand_in(question, workload, site.id, hall.id, system.id):
            continue
        if _may_be_split(question, workload, need):
            return None
        sums |= {total + need.units * need.unit_accelerators for total in sums}
        if len(sums) > MOST_TOTALS:
            return None
    if system.form != "node":
        extra = 0
    served = {-(-total // system.accelerators) + more for total in sums for more in range(extra + 1)}
    return tuple(sorted({n + spares(n) for n in served if n}))


def _may_be_split(question: Question, workload: Workload, need: AcceleratorNeed) -> bool:
    """Whether the units of a workload may stand in several halls."""
    if need.indivisible:
        return False
    halls = [
        hall.id
        for site, hall in question.request.halls()
        if may_stand_in(question, workload, site.id, hall.id, need.system)
    ]
    return len(halls) > 1
