"""A CP-SAT model as an integer program in MathOpt, and a check of an answer against every constraint in plain integers.

An enforced linear constraint becomes one with a constant so large that it says nothing where it is not enforced.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ortools.math_opt.python import mathopt
from ortools.sat import cp_model_pb2
from ortools.sat.python import cp_model

FREE = 2**62  # a bound beyond it is none


@dataclass(frozen=True)
class Row:
    """lower <= sum(coefficient x variable) <= upper, wherever every literal in `enforced` is true."""

    variables: tuple[int, ...]
    coefficients: tuple[int, ...]
    lower: int
    upper: int
    enforced: tuple[int, ...] = ()


@dataclass(frozen=True)
class LinearForm:
    """Bounds of the variables, rows, and what is minimised."""

    bounds: tuple[tuple[int, int], ...]
    rows: tuple[Row, ...]
    objective: tuple[tuple[int, int], ...]  # (variable, coefficient)


def linear_form(model: cp_model.CpModel) -> LinearForm:
    """The model's constraints as rows.

    Raises:
        ValueError: a domain with holes, or a constraint that is not linear.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.pb"
        model.export_to_file(str(path))
        proto = cp_model_pb2.CpModelProto()
        proto.ParseFromString(path.read_bytes())
    bounds = []
    for number, variable in enumerate(proto.variables):
        if len(variable.domain) != 2:
            raise ValueError(f"variable {number} has a domain with holes")
        bounds.append((variable.domain[0], variable.domain[1]))
    rows = tuple(row for constraint in proto.constraints for row in _rows(constraint))
    sign = -1 if proto.objective.scaling_factor < 0 else 1
    if sign < 0:
        raise ValueError("an objective to maximise")
    return LinearForm(tuple(bounds), rows, tuple(zip(proto.objective.vars, proto.objective.coeffs, strict=True)))


def _rows(constraint: cp_model_pb2.ConstraintProto) -> Iterator[Row]:
    enforced = tuple(constraint.enforcement_literal)
    kind = constraint.WhichOneof("constraint")
    if kind == "linear":
        linear = constraint.linear
        if len(linear.domain) != 2:
            raise ValueError("a linear constraint with holes")
        yield Row(tuple(linear.vars), tuple(linear.coeffs), linear.domain[0], linear.domain[1], enforced)
    elif kind in ("at_most_one", "exactly_one", "bool_or"):
        literals = tuple(getattr(constraint, kind).literals)
        most = len(literals) if kind == "bool_or" else 1
        yield _of_literals(literals, 0 if kind == "at_most_one" else 1, most, enforced)
    elif kind == "bool_and":
        literals = tuple(constraint.bool_and.literals)
        yield _of_literals(literals, len(literals), len(literals), enforced)
    elif kind is not None:
        raise ValueError(f"a constraint of the kind {kind} is not linear")


def _of_literals(literals: Sequence[int], least: int, most: int, enforced: tuple[int, ...]) -> Row:
    """A row over literals: a negated one is 1 - its variable."""
    negated = sum(1 for literal in literals if literal < 0)
    variables = tuple(literal if literal >= 0 else -literal - 1 for literal in literals)
    return Row(variables, tuple(1 if n >= 0 else -1 for n in literals), least - negated, most - negated, enforced)


def mathopt_model(form: LinearForm) -> tuple[mathopt.Model, list[mathopt.Variable]]:
    """The integer program in MathOpt."""
    model = mathopt.Model(name="sizing")
    variables = [model.add_integer_variable(lb=low, ub=high) for low, high in form.bounds]
    for row in form.rows:
        _add(model, variables, form, row)
    model.minimize(sum(coefficient * variables[number] for number, coefficient in form.objective))
    return model, variables


def _add(model: mathopt.Model, variables: list[mathopt.Variable], form: LinearForm, row: Row) -> None:
    terms = [c * variables[v] for v, c in zip(row.variables, row.coefficients, strict=True)]
    reach = [
        sorted((c * form.bounds[v][0], c * form.bounds[v][1]))
        for v, c in zip(row.variables, row.coefficients, strict=True)
    ]
    least, most = sum(low for low, _ in reach), sum(high for _, high in reach)
    off = [1 - variables[n] if n >= 0 else variables[-n - 1] for n in row.enforced]  # 0 where enforced
    expression = mathopt.fast_sum(terms) if terms else mathopt.LinearExpression()
    if row.lower > -FREE and row.lower > least:
        model.add_linear_constraint(expression + (row.lower - least) * mathopt.fast_sum(off) >= row.lower)
    if row.upper < FREE and row.upper < most:
        model.add_linear_constraint(expression - (most - row.upper) * mathopt.fast_sum(off) <= row.upper)


def broken_rows(form: LinearForm, values: Sequence[int]) -> int:
    """How many bounds and rows some whole numbers break."""
    outside = sum(not low <= value <= high for (low, high), value in zip(form.bounds, values, strict=True))
    broken = 0
    for row in form.rows:
        if all(values[n] == 1 if n >= 0 else values[-n - 1] == 0 for n in row.enforced):
            total = sum(c * values[v] for v, c in zip(row.variables, row.coefficients, strict=True))
            broken += not row.lower <= total <= row.upper
    return outside + broken


def value_of(form: LinearForm, values: Sequence[int]) -> int:
    """The objective in whole numbers."""
    return sum(coefficient * values[number] for number, coefficient in form.objective)
