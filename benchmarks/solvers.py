"""The sizing model in the other solvers that MathOpt carries: the same optimum, and how long each takes.

    python -m benchmarks.solvers [--sizes 1024,10000] [--time-limit S] [--json]

The linear form of the CP-SAT model goes to each solver that is built in. Its answer is rounded and every constraint is
checked again in whole numbers. Seconds are wall time of one solve in this process; ratios are against CP-SAT with one
worker in the same run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from ortools.math_opt.python import mathopt

from benchmarks.linear_form import LinearForm, broken_rows, linear_form, mathopt_model, value_of
from benchmarks.scale_request import scaled
from planner.plan.library import load_library
from planner.plan.question import make_question
from planner.request import load_request
from planner.sizing.model import Model, build, solver
from planner.sizing.objective import expression
from planner.sizing.prepare import prepare
from planner.sizing.question import Question

SIZES = (1024, 10_000)
OTHERS = ("HIGHS", "GSCIP", "GLPK")
LIMIT_S = 60.0


@dataclass(frozen=True)
class Solved:
    """One solver on one model. `broken` counts constraints that its rounded answer breaks; None: no answer."""

    size: int
    variables: int
    solver: str
    status: str
    seconds: float
    ratio: float
    objective: int | None
    broken: int | None
    equal: bool


def question_of(size: int) -> Question:
    """The benchmark's request as a question."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "request.yaml"
        path.write_text(json.dumps(scaled(size)), encoding="utf-8")
        request, _ = load_request(path)
    return make_question(request, load_library((), ()))


def sizing_model(question: Question) -> Model:
    """Sizing with its first objective, products without a price left out."""
    data = prepare(question).data
    built = build(data)
    built.model.add(expression("unpriced", built.model, data, built.v) == 0)
    built.model.minimize(expression(data.objectives[0], built.model, data, built.v))
    return built


def available(name: str) -> bool:
    """Whether a solver is built into this MathOpt."""
    model = mathopt.Model()
    model.maximize(model.add_integer_variable(lb=0, ub=1))
    try:
        mathopt.solve(model, mathopt.SolverType[name])
    except (AttributeError, ValueError, RuntimeError):  # the first is how MathOpt reports a solver that is missing
        return False
    return True


def solve_all(size: int, limit_s: float) -> Iterator[Solved]:
    """CP-SAT first, then the others; theirs must be its optimum where they finish."""
    built = sizing_model(question_of(size))
    form = linear_form(built.model)
    run = solver(10 * limit_s)
    run.parameters.max_time_in_seconds = limit_s
    start = time.perf_counter()
    status = run.solve(built.model)
    seconds = time.perf_counter() - start
    values = [run.value(built.model.get_int_var_from_proto_index(n)) for n in range(len(form.bounds))]
    best = value_of(form, values)
    name = run.status_name(status).lower()
    yield Solved(size, len(values), "CP_SAT", name, round(seconds, 3), 1.0, best, broken_rows(form, values), True)
    for other in OTHERS:
        yield _other(size, form, other, limit_s, best, seconds)


def _other(size: int, form: LinearForm, name: str, limit_s: float, best: int, seconds: float) -> Solved:
    if not available(name):
        return Solved(size, len(form.bounds), name, "not built in", 0.0, 0.0, None, None, True)
    model, variables = mathopt_model(form)
    limits = mathopt.SolveParameters(
        time_limit=timedelta(seconds=limit_s), relative_gap_tolerance=0.0, absolute_gap_tolerance=0.9
    )
    start = time.perf_counter()
    result = mathopt.solve(model, mathopt.SolverType[name], params=limits)
    spent = time.perf_counter() - start
    reason = result.termination.reason.name.lower()
    if not result.has_primal_feasible_solution():
        return Solved(size, len(form.bounds), name, reason, round(spent, 3), spent / seconds, None, None, False)
    values = [round(result.variable_values(variable)) for variable in variables]
    broken, value = broken_rows(form, values), value_of(form, values)
    ratio = round(spent / seconds, 2)
    return Solved(size, len(values), name, reason, round(spent, 3), ratio, value, broken, value == best and broken == 0)


def run(sizes: tuple[int, ...] = SIZES, limit_s: float = LIMIT_S) -> list[dict[str, object]]:
    """Every solver on every size."""
    return [asdict(row) for size in sizes for row in solve_all(size, limit_s)]


def main() -> None:
    """Prints the table; exits with 1 when a solver that proved its optimum found another one than CP-SAT."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(str(size) for size in SIZES))
    parser.add_argument("--time-limit", type=float, default=LIMIT_S)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = run(tuple(int(text) for text in options.sizes.split(",")), options.time_limit)
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            print(" ".join(f"{name} {value}" for name, value in row.items()))
    sys.exit(any(row["status"] == "optimal" and not row["equal"] for row in rows))


if __name__ == "__main__":
    main()
