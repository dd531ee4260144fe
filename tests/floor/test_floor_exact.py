"""Tiny halls, against every placement there is."""

from __future__ import annotations

import pytest
from floor_brute import every_placement, rough_cost
from floor_halls import make_hall
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.floor import FloorInfeasible, FloorProblem, RackGroup, RowLimit, place


@st.composite
def halls(draw: st.DrawFn):
    rows = []
    for name in draw(st.sampled_from(["A", "AB"])):
        positions = draw(st.integers(1, 4))
        blocked = draw(st.lists(st.integers(1, positions), max_size=1))
        feeds = draw(st.sampled_from([["A", "B"], ["B", "C"], ["A", "C"]]))
        rows.append({"id": name, "positions": positions, "blocked": blocked, "feeds": feeds})
    capacity = st.integers(3_000, 9_000)
    return make_hall(*rows, feeds={feed: draw(capacity) for feed in "ABC"})


@st.composite
def problems(draw: st.DrawFn) -> FloorProblem:
    hall = draw(halls())
    names = sorted(row.id for row in hall.rows)
    racks = []
    for pattern, hub in (("net", True), ("node", False), ("wide", False), ("store", False)):
        group = draw(st.sampled_from(["", "su-1"]))
        rows = frozenset(draw(st.lists(st.sampled_from(names), min_size=1, unique=True)))
        count = draw(st.integers(0, 2))
        watts = draw(st.integers(0, 3_001))
        peak = watts + draw(st.integers(0, 500))
        width = 2 if pattern == "wide" else 1
        reach = None if hub else draw(st.sampled_from([None, None, 600, 1800]))
        racks.append(RackGroup(pattern, count, width, rows, watts, peak, draw(st.integers(0, 9)), hub, group, reach))
    if draw(st.booleans()):
        racks.append(RackGroup("spine", 1, 1, frozenset(names), 100, 100, 0, True, ""))
    if draw(st.booleans()):
        racks.append(RackGroup("leaf-2", 1, 1, frozenset(names), 100, 100, 5, True, "su-2"))
        racks.append(RackGroup("node-2", 1, 1, frozenset(names), 100, 100, 7, False, "su-2"))
    limits = []
    for rows in draw(st.lists(st.sampled_from([*map(frozenset, names), frozenset(names)]), max_size=2)):
        each = tuple((pattern, draw(st.integers(0, 3))) for pattern in ("net", "node", "wide", "store"))
        limits.append(RowLimit("things", "of them", rows, each, draw(st.integers(0, 8))))
    return FloorProblem(hall, tuple(racks), limits=tuple(limits))


@settings(max_examples=60, deadline=None)
@given(problems())
def test_no_placement_is_better_and_infeasible_means_none_exists(problem: FloorProblem) -> None:
    floors = {tuple(_in_order(problem, placed)) for placed in every_placement(problem)}
    if not floors:
        with pytest.raises(FloorInfeasible):
            place(problem)
        return
    found = place(problem)
    assert found.placements in floors
    least = min(rough_cost(problem, placed) for placed in floors)
    assert found.objective_mm == rough_cost(problem, found.placements) == least
    assert found.lower_bound_mm == found.objective_mm
    assert found.status == "optimal"


def _in_order(problem: FloorProblem, placed):
    order = [row.id for row in problem.hall.rows]
    return sorted(placed, key=lambda rack: (order.index(rack.row), rack.numbers))
