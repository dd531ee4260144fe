"""Reach decided exactly: by how much it must grow, whatever the search finds, against every layout there is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from floor_brute import every_placement
from hypothesis import given, settings
from test_floor_exact import problems

from planner.floor import FloorInfeasible, FloorProblem, RackGroup, place
from planner.floor import model as floor_model
from planner.floor.fitting import fit
from planner.floor.layout import question_of
from planner.floor.reaching import least_reach, reaching_racks
from planner.floor.slots import ground_of


def longer(problem: FloorProblem, by_mm: int) -> FloorProblem:
    """The same problem with more reach for every rack that has a limit of it."""
    racks = (replace(r, reach_mm=None if r.reach_mm is None else r.reach_mm + by_mm) for r in problem.racks)
    return replace(problem, racks=tuple(racks))


@settings(max_examples=40, deadline=None)
@given(problems())
def test_the_least_more_reach_is_enough_and_a_millimetre_less_is_not(problem: FloorProblem) -> None:
    ground = ground_of(problem)
    try:
        fit(problem, ground)
    except FloorInfeasible as refused:
        assert refused.proven
        return
    question = question_of(problem, ground)
    if not reaching_racks(question):
        return
    found = least_reach(question)
    assert found.placed is not None
    assert found.missing_mm == found.least_mm
    assert any(every_placement(longer(problem, found.missing_mm)))
    assert not found.missing_mm or not any(every_placement(longer(problem, found.missing_mm - 1)))


@pytest.fixture
def narrow(hall) -> FloorProblem:
    """Switches at the end of a row and three racks that reach the three positions beside them."""
    rows = frozenset("A")
    return FloorProblem(
        hall({"id": "A", "positions": 9}),
        (
            RackGroup("net", 1, 1, frozenset({"A"}), 0, 0, 0, True),
            RackGroup("far", 3, 1, rows, 0, 0, 30),
            RackGroup("near", 3, 1, rows, 0, 0, 1, reach_mm=1_200),
        ),
        reserved=frozenset({("A", 1)}),
    )


@pytest.mark.parametrize("layouts", [0, floor_model.MOST_LAYOUTS])
def test_racks_with_more_cables_make_way_for_those_that_reach_no_farther(
    narrow: FloorProblem, layouts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cables are shortest with the others nearest to the switches: the search starts from a layout within reach."""
    monkeypatch.setattr(floor_model, "MOST_LAYOUTS", layouts)
    found = place(narrow, deterministic_time=0.3)
    at = {rack.numbers[0]: rack.pattern for rack in found.placements}
    (net,) = (n for n, pattern in at.items() if pattern == "net")
    assert all(abs(n - net) <= 2 for n, pattern in at.items() if pattern == "near")
    with pytest.raises(FloorInfeasible, match="600 mm are missing where they stand best") as refused:
        place(longer(narrow, -600), deterministic_time=0.3)
    assert refused.value.limit == "reach"
    assert refused.value.proven
