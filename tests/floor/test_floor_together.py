"""Hubs and racks in one model, against every placement there is and every layout of the hubs."""

from __future__ import annotations

import pytest
from floor_brute import every_placement, rough_cost
from floor_halls import make_hall
from hypothesis import given, settings
from test_floor_exact import problems
from test_floor_search import prepared, random_problem

from planner.deadline import Deadline
from planner.floor import FloorProblem, RackGroup, objective_mm, place
from planner.floor import model as floor_model
from planner.floor.exact import best_of_all_layouts, cost_mm
from planner.floor.layout import Placed, Question, placements, question_of, rows_hold
from planner.floor.slots import ground_of
from planner.floor.together import Proven, together


def known(question: Question, standing: Placed) -> Proven:
    """A placement of which nothing is proven yet."""
    hubs = tuple(entry for entry in standing if entry[0].hub)
    return Proven(standing, cost_mm(question, hubs, standing), 0)


def test_from_any_placement_the_best_is_found_and_proven() -> None:
    compared = 0
    for seed in range(60):
        problem = random_problem(seed)
        ready = prepared(problem)
        if ready is None or any(hub.group for hub in ready[0].hubs):
            continue
        question, standing = ready
        best = best_of_all_layouts(question, 30.0)
        found = together(question, known(question, standing), 2.0, Deadline())
        racks = placements(found.placed)
        assert found.lower_bound_mm == found.cost_mm == best.cost_mm == rough_cost(problem, racks), seed
        assert rows_hold(question, found.placed), seed
        compared += 1
    assert compared >= 10


@settings(max_examples=40, deadline=None)
@given(problems())
def test_what_searched_halls_get_is_best_of_all_placements(problem: FloorProblem) -> None:
    """Reach, limits of rows, feeds and wide racks, with no hall small enough for every layout of its hubs."""
    floors = list(every_placement(problem))
    if not floors or any(rack.hub and rack.count and rack.group for rack in problem.racks):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(floor_model, "MOST_LAYOUTS", 0)
        found = place(problem, deterministic_time=0.5)
    assert found.objective_mm == min(rough_cost(problem, placed) for placed in floors) == found.lower_bound_mm


def test_a_rack_that_must_stand_far_from_its_hub_so_that_others_stand_near_costs_its_full_distance(hall) -> None:
    """From a hub between two rows, at equal distance to both, to the row with the dear cables: twice as far."""
    room = hall(*({"id": row, "positions": 2} for row in "ABC"))
    hub = RackGroup("net", 1, 1, frozenset("AB"), 0, 0, 0, True)
    dear, cheap = RackGroup("dear", 1, 1, frozenset("A"), 0, 0, 40), RackGroup("cheap", 1, 1, frozenset("C"), 0, 0, 1)
    problem = FloorProblem(room, (hub, dear, cheap))
    question = question_of(problem, ground_of(problem))
    first = {row: next(s for s in question.ground.by_width[1] if s.row == row) for row in "ABC"}
    between = known(question, ((hub, first["B"]), (dear, first["A"]), (cheap, first["C"])))
    found = together(question, between, 2.0, Deadline())
    rows_mm = first["C"].y_mm - first["A"].y_mm
    assert found.cost_mm == found.lower_bound_mm == 40 * 600 + rows_mm


def test_a_hall_of_ninety_racks_with_many_hubs_is_proven_best() -> None:
    """Switches in a row of their own beside rows of systems: what tile prices alone leave open by a tenth."""
    names = [f"L{n}" for n in range(5)]
    room = make_hall(*({"id": name, "positions": 14} for name in names), {"id": "N", "positions": 24})
    wet, net = frozenset(names), frozenset("N")
    racks = (
        RackGroup("switch", 15, 1, net, 0, 0, 24, True), RackGroup("store", 8, 1, net, 0, 0, 24),
        RackGroup("system", 50, 1, wet, 0, 0, 148), RackGroup("air", 12, 1, wet, 0, 0, 48),
    )  # fmt: skip
    problem = FloorProblem(room, racks)
    found = place(problem, deterministic_time=5.0)
    assert objective_mm(problem, found.placements) == found.objective_mm == found.lower_bound_mm
