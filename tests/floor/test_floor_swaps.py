"""Rows that are tight: racks change places until every row holds what stands in it."""

from __future__ import annotations

import pytest
from floor_halls import make_hall

from planner.errors import TimeLimitReached
from planner.floor import FloorProblem, RackGroup, RowLimit
from planner.floor.completion import complete
from planner.floor.counting import solve_counts
from planner.floor.field import field_of
from planner.floor.layout import question_of, rows_hold
from planner.floor.rooms import row_rooms
from planner.floor.slots import ground_of
from planner.floor.stand import at_slots
from planner.floor.work import Work

AB = frozenset("AB")


def tight(most: int, rows: frozenset[str] = AB, **hall: object) -> FloorProblem:
    """Six racks of 3 to 8 kW, those with the most heat nearest to the switches; each row takes so many kW."""
    racks = [RackGroup(f"r{heat}", 1, 1, rows, heat, heat, cables=heat) for heat in range(3, 9)]
    each = tuple((f"r{heat}", heat) for heat in range(3, 9))
    limits = tuple(RowLimit(f"air of row {name}", "kW", frozenset(name), each, most) for name in "AB")
    net = RackGroup("net", 1, 1, frozenset("A"), 0, 0, hub=True)
    made = make_hall({"id": "A", "positions": 5}, {"id": "B", "positions": 5}, **hall)  # type: ignore[arg-type]
    return FloorProblem(made, (net, *racks), limits=limits)


@pytest.mark.parametrize(("most", "stands"), [(40, True), (17, True), (16, False)])
def test_racks_change_rows_until_both_hold_their_33_kw_to_the_last(most: int, stands: bool) -> None:
    question = question_of(tight(most), ground_of(tight(most)))
    field, work = field_of(question), Work(5.0)
    (hub,) = question.hubs
    found = complete(question, field, ((hub, 2),), work)
    assert (found is not None) == stands
    if found is not None:
        assert rows_hold(question, at_slots(field, found))
        assert len({at for _, at in found}) == 7
    assert work.spent > 0


def test_counting_is_charged_and_ends_with_what_is_left() -> None:
    problem = tight(17)
    question = question_of(problem, ground_of(problem))
    rooms, work = row_rooms(question.ground.cells), Work(1.0)
    assert solve_counts(problem, question.others, rooms, work=work)
    assert 0 < work.spent < 1
    with pytest.raises(TimeLimitReached):
        solve_counts(problem, question.others, rooms, work=Work(0.0))


def test_odd_watts_of_shared_feeds_are_rounded_up_as_the_power_tree_rounds_them() -> None:
    """Rows on F+G and G+H: where racks are found to stand, the power tree holds to the watt; else no counts exist."""
    for watts in range(24, 36):
        problem = tight(99)
        rows = ({"id": "A", "positions": 5, "feeds": ["F", "G"]}, {"id": "B", "positions": 5, "feeds": ["G", "H"]})
        made = make_hall(*rows, feeds={"F": watts, "G": watts, "H": watts}, redundancy="N+1")
        problem = FloorProblem(made, problem.racks)
        question = question_of(problem, ground_of(problem))
        field = field_of(question)
        found = complete(question, field, ((question.hubs[0], 2),), Work(5.0))
        counts = solve_counts(problem, question.others, row_rooms(question.ground.cells))
        assert (found is None) == (counts is None)
        assert found is None or rows_hold(question, at_slots(field, found))
