"""The frontier of two objectives: real plans, in order, none dominated, ends that are the best of each axis."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from planner.floor.data import FloorInfeasible
from planner.plan.frontier import Frontier, frontier_of
from planner.plan.library import Library, load_library
from planner.plan.question import make_question
from planner.plan.sketching import sketch
from planner.plan.standing import floor_problem
from planner.request import load_request
from planner.sizing.question import Question
from planner.sizing.settle import settle

EXAMPLE = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def question(library: Library) -> Question:
    return make_question(load_request(EXAMPLE)[0], library)


def aiming_at(question: Question, *objectives: str) -> Question:
    policy = question.request.policy.model_copy(update={"objective": objectives})
    return replace(question, request=question.request.model_copy(update={"policy": policy}))


def searched(question: Question, points: int) -> Frontier:
    return frontier_of(question, settle(question), ("capex", "power"), points, sketch, floor_problem)


def test_the_ends_are_the_best_plans_of_each_axis(question: Question) -> None:
    found = searched(question, 15)
    cheapest = aiming_at(question, "capex", "power")
    leanest = aiming_at(question, "power", "capex")
    assert found.points[0].first == sketch(cheapest, settle(cheapest)).cost.capex.typical
    assert found.points[-1].second == sketch(leanest, settle(leanest)).design_w


def test_no_point_dominates_another_and_each_keeps_its_bound(question: Question) -> None:
    found = searched(question, 15)
    for one, other in pairwise(found.points):
        assert one.first < other.first
        assert one.second > other.second
    for point in found.points:
        assert 0 < point.lower_bound <= point.first
        assert (point.status == "optimal") == (point.gap < 1e-5)


def test_fewer_points_than_asked_for_are_said_to_be_all(question: Question) -> None:
    every = searched(question, 15)
    assert every.complete
    assert 2 < len(every.points) < 15
    assert every.note() == f"these {len(every.points)} points are all that exist, fewer than the 15 asked for"
    some = searched(question, 2)
    assert not some.complete
    assert some.note() == "2 points; there may be others between them"
    assert {(p.first, p.second) for p in some.points} <= {(p.first, p.second) for p in every.points}


def test_a_point_of_money_has_no_more_unpriced_products_than_the_plan(library: Library) -> None:
    request = load_request(EXAMPLE)[0]
    question = make_question(request, library)
    assert all(point.unpriced == () for point in searched(question, 15).points)


def test_axes_that_agree_have_one_point(question: Question) -> None:
    found = frontier_of(question, settle(question), ("tco", "racks"), 5, sketch, floor_problem)
    assert len(found.points) == 1
    assert found.note() == "one point is all there is, fewer than the 5 asked for"


def test_a_point_whose_racks_do_not_stand_says_so(question: Question) -> None:
    def full(*_: object) -> None:
        raise FloorInfeasible("no position of hall-1 is free", "positions", proven=False)

    settled = settle(question)
    found = frontier_of(question, settled, ("tco", "racks"), 5, sketch, full)
    (caution,) = found.cautions()
    assert caution.startswith("point 1: its racks as packed do not stand")
    assert caution.endswith("no position of hall-1 is free")
    assert frontier_of(question, settled, ("tco", "racks"), 5, sketch, floor_problem).cautions() == ()
