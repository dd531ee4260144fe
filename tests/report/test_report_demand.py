"""The demand section: what moves a count most is told in figures, in HTML and in print."""

from __future__ import annotations

from sample_plan import sample_plan

from planner.cli.plan import what_moves
from planner.plan.schema import Plan, Sensitivity
from planner.report import render_html, render_typst


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
