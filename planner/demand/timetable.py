"""A day as slots, and what a workload holds in each: services by their profile, jobs in their hours or where free."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from planner.demand.results import AcceleratorNeed, Assumption
from planner.request.schema import Request
from planner.request.times import DAY_S, HOURS_OF_A_DAY
from planner.request.workload import Batch, Embedding, FineTuning, Inference, Notebooks, Training, Workload
from planner.wording import sentence

HOUR_S = 3600
SERVED = (Inference, Embedding, Notebooks)
JOBS = (Training, FineTuning, Batch)
ALWAYS = (Fraction(1),) * HOURS_OF_A_DAY


@dataclass(frozen=True)
class Timetable:
    """`slots` are the hours of a day in which nothing changes; `shares` of the peak by workload in each slot.

    A workload that is not in `shares` runs at its peak in every slot. Hours are on the clock of the site where the
    workload runs; in a region, on that of the first site.
    """

    slots: tuple[tuple[int, ...], ...]
    shares: Mapping[str, tuple[Fraction, ...]]
    restart_s: float  # before a unit that starts again does work

    def seconds(self, slot: int) -> int:
        """Seconds that a unit works in a slot of a day when it starts anew with every stretch of it."""
        hours = self.slots[slot]
        return max(0, HOUR_S * len(hours) - math.ceil(self.restart_s * stretches(hours)))


@dataclass(frozen=True)
class Spread:
    """Units of one workload on one system over the slots of a day.

    `load` is what it holds in each slot. With a `volume_s` of unit-seconds a day it may instead hold any number of
    units up to `most` in the slots where `load` is not 0, as long as their `seconds` add up to the volume.
    """

    load: tuple[int, ...]
    volume_s: int = 0
    seconds: tuple[int, ...] = ()
    most: int = 0

    @property
    def flexible(self) -> bool:
        """Whether the workload leaves open when it runs."""
        return self.volume_s > 0


def stretches(hours: tuple[int, ...]) -> int:
    """How often a day of these hours starts anew: (20, 21, 0, 1) twice; midnight alone does not stop anything."""
    return max(1, sum((hour - 1) % HOURS_OF_A_DAY not in hours for hour in hours))


def day_of(workload: Workload) -> tuple[Fraction, ...]:
    """The share of its peak that a workload needs in each hour."""
    profile, hours = getattr(workload, "profile", None), getattr(workload, "hours", None)
    if profile is not None:
        return tuple(Fraction(str(share)) for share in profile)
    if hours is not None:
        return tuple(Fraction(int(hour in hours)) for hour in range(HOURS_OF_A_DAY))
    return ALWAYS


def is_low(workload: Workload) -> bool:
    """Whether a workload takes what is left."""
    return getattr(workload, "priority", "normal") == "low"


def timetable_of(request: Request, restart_s: float) -> Timetable | None:
    """The slots that the hours and profiles of a request imply; None where no workload says when it runs."""
    days = {w.id: day_of(w) for w in request.workloads}
    if not any(day != ALWAYS for day in days.values()) and not any(is_low(w) for w in request.workloads):
        return None
    slots: dict[tuple[Fraction, ...], list[int]] = {}
    for hour in range(HOURS_OF_A_DAY):
        slots.setdefault(tuple(day[hour] for day in days.values()), []).append(hour)
    hours = tuple(tuple(found) for found in slots.values())
    shares = {name: tuple(day[slot[0]] for slot in hours) for name, day in days.items() if day != ALWAYS}
    return Timetable(hours, shares, restart_s)


def running_s(workload: Training | FineTuning | Batch, restart_s: float) -> float:
    """Seconds that a job has: its own time, or its hours of the whole days in it, less a start for each stretch."""
    if workload.hours is None:
        return workload.within
    each = HOUR_S * len(workload.hours) - restart_s * stretches(workload.hours)
    return whole_days(workload) * max(each, 1.0)


def whole_days(workload: Training | FineTuning | Batch) -> int:
    """Whole days that a job has: what is done by the day is not promised for a part of one."""
    return max(1, int(workload.within // DAY_S))


def spread_of(need: AcceleratorNeed, workload: Workload, timetable: Timetable, spare: int) -> Spread:
    """What a workload holds in each slot on the system of a need; `spare` of its units stand by whenever it runs."""
    shares = timetable.shares.get(workload.id, (Fraction(1),) * len(timetable.slots))
    if not isinstance(workload, JOBS):
        return Spread(tuple(_at(need.units, share, spare, split=_is_split(workload)) for share in shares))
    load = tuple(need.units if share else 0 for share in shares)
    if not need.unit_seconds_per_day:
        return Spread(load)
    seconds = tuple(timetable.seconds(slot) if units else 0 for slot, units in enumerate(load))
    return Spread(load, need.unit_seconds_per_day, seconds, need.units_most)


def _is_split(workload: Workload) -> bool:
    return isinstance(workload, Inference) and workload.pools == "split"


def _at(units: int, share: Fraction, spare: int, *, split: bool) -> int:
    """Units of a service at a share of its peak: those that work go with the share, those that stand by do not.

    Of two pools each rounds up on its own and has its own spares, so two of each are added.
    """
    if not share:
        return 0
    if split:
        return min(units, math.ceil(units * share) + 2 * spare + 2)
    return min(units, max(1, math.ceil((units - spare) * share)) + spare)


def time_assumptions(workload: Workload, restart_s: float) -> tuple[Assumption, ...]:
    """What is taken for granted of a workload that does not always run at its peak."""
    if day_of(workload) == ALWAYS and not is_low(workload):
        return ()
    if isinstance(workload, JOBS):
        value, source = sentence("figure.seconds", value=restart_s), sentence("source.restart-prior")
        return (Assumption("timetable.start", sentence("assumed.restart"), value, source, "press"),)
    value = sentence("assumed.profile-value")
    return (
        Assumption("timetable.profile", sentence("assumed.profile"), value, sentence("source.planner"), "estimate"),
    )
