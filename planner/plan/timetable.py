"""Who runs when: what every workload holds over the slots of a day, as the plan tells it."""

from __future__ import annotations

from planner.plan.schema import Run, Timetable
from planner.sizing.answer import Settled
from planner.sizing.items import SYSTEM
from planner.sizing.question import Question


def timetable_plan(question: Question, settled: Settled) -> Timetable | None:
    """Accelerators of every workload in every slot and location; None where no workload says when it runs."""
    if question.timetable is None:
        return None
    slots = question.timetable.slots
    each = {(need.workload, need.system): need.unit_accelerators for need in question.needs}
    runs = []
    for workload in question.request.workloads:
        always = [(place, key, (n,) * len(slots)) for place, key, n in settled.sizing.units.get(workload.id, ())]
        for place, key, units in settled.sizing.held.get(workload.id, always):
            system = key.removeprefix(f"{SYSTEM}/")
            counts = tuple(n * each[workload.id, system] for n in units)
            runs.append(Run(workload=workload.id, location=place, system=system, accelerators=counts))
    return Timetable(slots=slots, runs=tuple(runs))
