"""The sizing model as an integer program: whole-number answers are judged by every row, enforced ones too."""

from __future__ import annotations

import pytest
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from benchmarks.linear_form import broken_rows, linear_form, mathopt_model, value_of


def small() -> cp_model.CpModel:
    """Two pieces and a switch: without the switch at most 3 of the first, with it 4 of the second."""
    model = cp_model.CpModel()
    one, two, on = model.new_int_var(0, 9, "one"), model.new_int_var(0, 9, "two"), model.new_bool_var("on")
    model.add(one <= 3).only_enforce_if(on.negated())
    model.add(two >= 4).only_enforce_if(on)
    model.add(one + two >= 6)
    model.add_bool_or([on, on.negated()])
    model.minimize(2 * one + 3 * two + on)
    return model


@pytest.mark.parametrize("name", ["HIGHS", "GSCIP", "CP_SAT"])
def test_other_solvers_reach_the_optimum_of_cp_sat(name: str) -> None:
    model = small()
    solver = cp_model.CpSolver()
    assert solver.solve(model) == cp_model.OPTIMAL
    form = linear_form(model)
    program, variables = mathopt_model(form)
    result = mathopt.solve(program, mathopt.SolverType[name])
    values = [round(result.variable_values(variable)) for variable in variables]
    assert broken_rows(form, values) == 0
    assert value_of(form, values) == round(solver.objective_value)


def test_an_answer_that_breaks_an_enforced_row_is_seen() -> None:
    form = linear_form(small())
    assert broken_rows(form, [3, 3, 0]) == 0
    assert broken_rows(form, [4, 2, 0]) == 1
    assert broken_rows(form, [2, 3, 1]) == 2
    assert broken_rows(form, [10, 0, 0]) == 2


def test_a_product_of_variables_is_refused() -> None:
    model = cp_model.CpModel()
    one, two = model.new_int_var(0, 9, ""), model.new_int_var(0, 9, "")
    model.add_multiplication_equality(model.new_int_var(0, 81, ""), [one, two])
    with pytest.raises(ValueError, match="not linear"):
        linear_form(model)
