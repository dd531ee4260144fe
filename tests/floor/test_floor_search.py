"""Halls with many hubs: the bound never passes the optimum, and the placement keeps every rule."""

from __future__ import annotations

import random

import pytest
from floor_brute import rough_cost
from floor_halls import make_hall

from planner.deadline import Deadline
from planner.floor import FloorInfeasible, FloorProblem, RackGroup, RowLimit
from planner.floor.exact import best_of_all_layouts
from planner.floor.fitting import fit
from planner.floor.layout import Question, layouts_at_most, placements, question_of, rows_hold
from planner.floor.search import search
from planner.floor.slots import ground_of
from planner.floor.standing import stand_in_rows


def random_problem(seed: int) -> FloorProblem:
    draw = random.Random(seed)
    rows, tight = [], draw.random() < 0.4
    for name in "ABC"[: draw.randint(1, 3)]:
        positions = draw.randint(3, 6)
        feeds = draw.choice([["F", "G"], ["G", "H"], ["F", "H"]]) if tight else ["F", "G", "H"]
        blocked = [draw.randint(1, positions)] if draw.random() < 0.4 else []
        rows.append({"id": name, "positions": positions, "blocked": blocked, "feeds": feeds})
    capacity = {feed: draw.randint(4_000, 12_000) if tight else 10**6 for feed in "FGH"}
    names = frozenset(row["id"] for row in rows)

    patterns = ("net", "leaf", "spine", "a", "b", "w", "st")
    limits = ()
    if draw.random() < 0.4:
        each = tuple((pattern, draw.randint(0, 2)) for pattern in patterns)
        limits = (RowLimit("things", "of them", frozenset("A"), each, draw.randint(1, 4)),)

    def racks(pattern: str, count: int, width: int = 1, *, hub: bool = False, group: str = "") -> RackGroup:
        where = frozenset(draw.sample(sorted(names), 1)) if draw.random() < 0.2 else names
        watts = draw.randint(0, 1_500)
        return RackGroup(pattern, count, width, where, watts, watts + 99, draw.randint(0, 9), hub, group)

    if draw.random() < 0.4:
        wide = draw.randint(0, 1)
        return FloorProblem(make_hall(*rows, feeds=capacity), (
            racks("net", draw.randint(1, 3), hub=True), racks("a", draw.randint(1, 3)), racks("b", 2),
            racks("w", wide, 2)), limits=limits)  # fmt: skip
    unit = [racks("leaf", draw.choice([1, 1, 2]), hub=True), racks("a", draw.randint(1, 3)), racks("w", 0, 2)]
    groups = [
        RackGroup(r.pattern, r.count, r.positions, r.rows, r.design_w, r.peak_w, r.cables, r.hub, group)
        for group in ("su-1", "su-2")
        for r in unit
    ]
    spine = [racks("spine", draw.choice([1, 1, 2]), hub=True)] if draw.random() < 0.7 else []
    return FloorProblem(
        make_hall(*rows, feeds=capacity), (*spine, *groups, racks("st", draw.randint(0, 2))), limits=limits
    )


def prepared(problem: FloorProblem) -> tuple[Question, tuple] | None:
    ground = ground_of(problem)
    try:
        counts = fit(problem, ground)
    except FloorInfeasible:
        return None
    question = question_of(problem, ground)
    wired = any(rack.cables for rack, target in question.target.items() if target is not None)
    return (question, stand_in_rows(ground, counts)) if wired and layouts_at_most(question) <= 1_000 else None


def check(seeds: range) -> int:
    compared = 0
    for seed in seeds:
        problem = random_problem(seed)
        ready = prepared(problem)
        if ready is None:
            continue
        question, standing = ready
        best = best_of_all_layouts(question, 30.0)
        placed, cost_mm, bound_mm = search(question, standing, 0.3, Deadline())
        racks = placements(placed)
        taken = {(rack.row, number) for rack in racks for number in rack.numbers}
        assert best.cost_mm == best.lower_bound_mm
        assert bound_mm <= best.cost_mm <= cost_mm == rough_cost(problem, racks), seed
        assert len(taken) == sum(rack.count * rack.positions for rack in problem.racks), seed
        assert rows_hold(question, placed), seed
        compared += 1
    return compared


def test_the_bound_never_passes_the_optimum() -> None:
    assert check(range(60)) >= 15


@pytest.mark.slow
def test_the_bound_never_passes_the_optimum_in_many_halls() -> None:
    assert check(range(60, 1_000)) >= 200
