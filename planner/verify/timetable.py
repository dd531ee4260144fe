"""Who runs when, checked slot by slot: what workloads must hold, and that the accelerators in service carry it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.demand.timetable import Spread, Timetable, spread_of, timetable_of
from planner.plan.jobs import SPARE_REPLICAS, restart_s
from planner.plan.schema import Decision, Run
from planner.request.workload import Embedding, Inference, Workload
from planner.verify.subject import Broken, Rule, Subject, differs

JOINED = " + "


def asked_timetable(subject: Subject) -> Timetable | None:
    """The slots that the request implies."""
    return timetable_of(subject.request, restart_s(subject.library.priors))


def held_by(subject: Subject, workload: str) -> tuple[int, ...]:
    """Accelerators that a workload holds in each slot, over all locations; () without a timetable."""
    told = subject.plan.timetable
    runs = [run.accelerators for run in told.runs if run.workload == workload] if told is not None else []
    return tuple(sum(slot) for slot in zip(*runs, strict=False)) if runs else ()


def most_at_once(subject: Subject) -> Counter[tuple[str, str]]:
    """The most accelerators that a location needs of a system in any slot; without a timetable nothing."""
    slots: dict[tuple[str, str], Counter[int]] = {}
    for run in subject.plan.timetable.runs if subject.plan.timetable is not None else ():
        here = slots.setdefault((run.location, run.system), Counter())
        here.update(dict(enumerate(run.accelerators)))
    return Counter({place: max(counts.values(), default=0) for place, counts in slots.items()})


def slots_are_those_of_the_request(subject: Subject) -> Iterator[Broken]:
    """There is a timetable where a workload says when it runs, with the slots that all of them imply."""
    asked, told = asked_timetable(subject), subject.plan.timetable
    yield from differs("timetable", "slots", told.slots if told else None, asked.slots if asked else None)


def runs_are_those_of_the_decisions(subject: Subject) -> Iterator[Broken]:
    """Every decision has its runs at its locations on its system, in every slot, and holds no more than it says."""
    told = subject.plan.timetable
    if told is None:
        return
    known = {(d.workload, place, d.system) for d in subject.plan.decisions for place in d.location.split(JOINED)}
    found = [(run.workload, run.location, run.system) for run in told.runs]
    yield from differs("timetable", "runs", sorted(found), sorted(known))
    for run in told.runs:
        if len(run.accelerators) != len(told.slots) or min(run.accelerators, default=0) < 0:
            yield Broken(f"{run.workload} at {run.location}", "it has not one count for each slot")
    for decision in subject.plan.decisions:
        most = max(held_by(subject, decision.workload), default=0)
        yield from differs(decision.workload, "most accelerators at once", decision.accelerators, most)


def workloads_hold_what_they_need(subject: Subject) -> Iterator[Broken]:
    """In every slot a service holds its share of the peak with its spares, and a job does its work of the day."""
    asked = asked_timetable(subject)
    if asked is None or subject.plan.timetable is None:
        return
    for decision in subject.plan.decisions:
        workload = next(w for w in subject.request.workloads if w.id == decision.workload)
        runs = [run for run in subject.plan.timetable.runs if run.workload == workload.id]
        yield from _holds(subject, decision, workload, asked, runs)


def _holds(
    subject: Subject, decision: Decision, workload: Workload, asked: Timetable, runs: list[Run]
) -> Iterator[Broken]:
    need = subject.needs.get((decision.workload, decision.system))
    if need is None or any(len(run.accelerators) != len(asked.slots) for run in runs):
        return
    unit = max(1, need.unit_accelerators)
    if any(count % unit for run in runs for count in run.accelerators):
        yield Broken(workload.id, f"it holds accelerators that are no whole units of {unit}")
        return
    if need.indivisible and len(runs) > 1:
        yield Broken(workload.id, "it is spread over locations, and its units must stand together")
    units = tuple(sum(run.accelerators[slot] for run in runs) // unit for slot in range(len(asked.slots)))
    spread = spread_of(need, workload, asked, min(standing_by(workload), need.units - 1))
    if not spread.flexible or units == spread.load:
        yield from differs(workload.id, "units in each slot", units, spread.load)
        return
    yield from _flexible(workload.id, spread, units, need.units if need.indivisible else 0)


def _flexible(workload: str, spread: Spread, units: tuple[int, ...], least: int) -> Iterator[Broken]:
    for slot, (count, load) in enumerate(zip(units, spread.load, strict=True)):
        if count > (spread.most if load else 0) or 0 < count < least:
            yield Broken(workload, f"{count} units in slot {slot}: none, or {max(1, least)} to {spread.most} can work")
    worked = sum(count * seconds for count, seconds in zip(units, spread.seconds, strict=True))
    if worked < spread.volume_s:
        numbers = {"found": worked, "needed": spread.volume_s}
        yield Broken(workload, f"{worked:,} unit-seconds of work a day, {spread.volume_s:,} needed", numbers)


def standing_by(workload: Workload) -> int:
    """Replicas of a service that stand by whenever it runs."""
    if isinstance(workload, Embedding):
        return 1
    return SPARE_REPLICAS[workload.redundancy] if isinstance(workload, Inference) else 0


def working_units(subject: Subject, workload: Workload, system: str, spare: int) -> tuple[int, ...]:
    """Units that must go on in each slot when nodes fail: spares left out, and work that may wait."""
    asked, need = asked_timetable(subject), subject.needs[workload.id, system]
    if asked is None:
        return (need.units - spare,)
    spread = spread_of(need, workload, asked, min(standing_by(workload), need.units - 1))
    return tuple(0 if spread.flexible or not load else load - spare for load in spread.load)


RULES: tuple[Rule, ...] = (
    slots_are_those_of_the_request,
    runs_are_those_of_the_decisions,
    workloads_hold_what_they_need,
)
