"""The demand section: what moves a count most is told in figures, in HTML and in print."""

from __future__ import annotations

from sample_plan import sample_plan

from planner.cli.plan import what_moves
from planner.plan.schema import Plan, Run, Sensitivity, Timetable
from planner.report import render_html, render_typst
from planner.report.blocks import Figure
from planner.report.drawings.canvas import Box, faults
from planner.report.lookup import Lookup
from planner.report.view import timetable


def with_sensitivity(*moved: Sensitivity) -> Plan:
    plan = sample_plan()
    first, *others = plan.demand
    return plan.model_copy(update={"demand": (first.model_copy(update={"sensitivities": moved}), *others)})


SWING = Sensitivity(system="nvidia-dgx-b200", input="tpot", factor=1.2, accelerators=37, if_larger=31, if_smaller=None)


def test_the_inputs_that_move_a_count_are_in_both_outputs_with_what_is_not_possible() -> None:
    plan = with_sensitivity(SWING)
    for output in (render_html(plan), render_typst(plan)):
        source = output if isinstance(output, str) else str(output)
        assert "ime per output token moves the 37 accelerators most" in source
        assert "31 if larger, not possible if smaller" in source


def test_a_workload_that_nothing_moves_has_no_drawing_of_it() -> None:
    assert 'id="sensitivity-' not in render_html(with_sensitivity())


def test_the_summary_names_the_input_that_moves_most() -> None:
    plan = with_sensitivity(SWING, SWING.model_copy(update={"input": "ttft"}))
    first = plan.demand[0].id
    assert list(what_moves(plan)) == [f"{first}: 37 accelerators; tpot / 1.2: not possible, x 1.2: 31"]


def shared() -> Plan:
    """The sample plan with two workloads that take turns on its first pool."""
    plan = sample_plan()
    pool = plan.systems[0]
    names = [workload.id for workload in plan.demand][:2]
    day, night = tuple(range(8, 20)), (*range(8), *range(20, 24))
    runs = tuple(
        Run(workload=name, location=pool.hall, system=pool.product, accelerators=counts)
        for name, counts in zip(names, ((13, 2), (0, 11)), strict=True)
    )
    return plan.model_copy(update={"timetable": Timetable(slots=(day, night), runs=runs)})


def test_who_runs_when_is_told_by_slot_and_drawn_by_the_hour() -> None:
    plan = shared()
    for output in (render_html(plan), str(render_typst(plan))):
        assert "at most 13 accelerators at once; it would be 24 if they did not take turns" in output
        assert "00-08 and 20-24 h" in output or "00-08, 20-24 h" in output
    for figure in (block for block in timetable.blocks(plan, Lookup(plan)) if isinstance(block, Figure)):
        assert faults(figure.drawing) == []
        columns = [item for item in figure.drawing.items if isinstance(item, Box) and item.title.endswith(" h")]
        assert len(columns) == 24 + 12  # one workload at all hours, the other at night


def test_a_plan_without_times_tells_no_timetable() -> None:
    assert timetable.blocks(sample_plan(), Lookup(sample_plan())) == []
