"""Workloads over the slots of a day, against brute force, and what a window or a priority never does."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_sizing import NODE, hall, item, kind, need, option, question, workload

from planner.demand.timetable import Spread
from planner.sizing.data import SizingData
from planner.sizing.limits import NOTHING
from planner.sizing.model import SizingInfeasible, feasible, size

HOURS = (6, 10, 8)  # of three slots
SECONDS = tuple(3600 * hours for hours in HOURS)


@dataclass(frozen=True)
class Day:
    """A service by its profile, a job of fixed hours, work of a volume, and one that always runs; nodes of 4."""

    service: tuple[int, int, int]
    spare: int
    job: tuple[int, int, int]
    volume_h: int
    flat: int
    most: int
    always: int
    indivisible: bool


DAY = st.builds(
    Day,
    service=st.tuples(*[st.integers(0, 4)] * 3).filter(any),
    spare=st.integers(0, 1),
    job=st.tuples(*[st.sampled_from([0, 2])] * 3).filter(any),
    volume_h=st.integers(1, 60),
    flat=st.integers(1, 3),
    most=st.integers(3, 6),
    always=st.integers(0, 2),
    indivisible=st.booleans(),
)


def asked(day: Day, *, service: Spread | None = None, work: Spread | None = None) -> SizingData:
    spread = service if service is not None else Spread(day.service)
    flexible = work if work is not None else Spread((day.flat,) * 3, 3600 * day.volume_h, SECONDS, day.most)
    top = max(spread.load)
    needs = [
        ("service", need(units=top, unit_accelerators=1, spare_units=min(day.spare, top - 1), spread=spread)),
        ("job", need(units=2, unit_accelerators=1, indivisible=True, spread=Spread(day.job))),
        ("work", need(units=day.flat, unit_accelerators=1, indivisible=day.indivisible, spread=flexible)),
    ]
    if day.always:
        needs.append(("always", need(units=day.always, unit_accelerators=1)))
    room = hall(systems=[option(accelerators=4, max_systems=12)], classes=[kind(positions=12)])
    wants = [workload(name, options=[wanted]) for name, wanted in needs]
    return question(room, workloads=wants, objectives=("power",), slot_hours=HOURS)


def fewest_nodes(day: Day) -> int:
    """By trying every count of the flexible work in every slot."""
    others = [day.always + a + b for a, b in zip(day.service, day.job, strict=True)]
    ways = [(day.flat,) * 3]
    counts = [n for n in range(day.most + 1) if not day.indivisible or n == 0 or n >= day.flat]
    for way in itertools.product(counts, repeat=3):
        if sum(n * hours for n, hours in zip(way, HOURS, strict=True)) >= day.volume_h:
            ways.append(way)
    peak = min(max(o + n for o, n in zip(others, way, strict=True)) for way in ways)
    spare = min(day.spare, max(day.service) - 1)
    lossy = [
        -(-(o - spare) // 4) + spare for o, load in zip(others, day.service, strict=True) if load and spare
    ]  # the flexible work waits when a node fails
    return max([-(-peak // 4), *lossy])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(DAY)
def test_the_nodes_are_the_fewest_that_carry_every_slot(day: Day) -> None:
    if day.spare and any(0 < load <= min(day.spare, max(day.service) - 1) for load in day.service):
        return  # a service holds its spares besides one that works
    answer = size(asked(day))
    assert answer.counts["hall"].get(NODE, 0) == fewest_nodes(day)
    held = {name: entries[0][2] for name, entries in answer.held.items() if entries}
    assert held["service"] == day.service and held["job"] == day.job
    worked = sum(n * hours for n, hours in zip(held["work"], HOURS, strict=True))
    assert worked >= day.volume_h or held["work"] == (day.flat,) * 3
    for slot in range(3):
        carried = sum(units[slot] for units in held.values()) + day.always
        assert carried <= 4 * answer.counts["hall"][NODE]


def least(data: SizingData) -> float:
    try:
        return size(data).stages[-1].value
    except SizingInfeasible:
        return float("inf")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(DAY, st.integers(0, 2))
def test_a_window_of_a_service_or_freedom_of_a_job_never_costs_more(day: Day, slot: int) -> None:
    day = replace(day, spare=0)
    always = Spread((max(day.service),) * 3)
    windowed = Spread(tuple(0 if n == slot else n for n in always.load))
    assert least(asked(day, service=windowed)) <= least(asked(day, service=always))
    bound = Spread((day.flat,) * 3)
    assert least(asked(day)) <= least(asked(day, work=bound))


@pytest.mark.parametrize(("volume_h", "nodes"), [(28, 1), (29, 2)])
def test_work_of_a_volume_takes_what_a_service_leaves_and_not_an_hour_more(volume_h: int, nodes: int) -> None:
    """A node of 4: the service holds 4, 2 and 3 of them, which leaves 2 for 10 hours and 1 for 8."""
    service = need(units=4, unit_accelerators=1, spread=Spread((4, 2, 3)))
    work = need(units=2, unit_accelerators=1, spread=Spread((2, 2, 2), 3600 * volume_h, SECONDS, 4))
    room = hall(systems=[option(accelerators=4)])
    wants = [workload("service", options=[service]), workload("work", options=[work])]
    answer = size(question(room, workloads=wants, slot_hours=HOURS))
    assert answer.counts["hall"][NODE] == nodes


def test_two_services_that_take_turns_need_the_accelerators_of_one() -> None:
    turns = [Spread((8, 0)), Spread((0, 8))]
    wants = [
        workload(name, options=[need(units=8, unit_accelerators=1, spread=s)])
        for name, s in zip("ab", turns, strict=True)
    ]
    small = hall(systems=[option(max_systems=1)], items=[item()])
    assert feasible(question(small, workloads=wants, slot_hours=(12, 12)), NOTHING)
    both = [workload(name, options=[need(units=8, unit_accelerators=1)]) for name in "ab"]
    assert not feasible(question(small, workloads=both, slot_hours=(12, 12)), NOTHING)
