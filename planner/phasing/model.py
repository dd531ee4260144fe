"""Builds the phasing model, solves it, reads it back; says which phase cannot be and what stops it."""

from __future__ import annotations

import math

from ortools.sat.python import cp_model

from planner.errors import TimeLimitReached
from planner.phasing.constraints import Constraints
from planner.phasing.data import PhasingData, PhasingInfeasible, PhasingResult
from planner.phasing.variables import Variables, create

DETERMINISTIC_TIME = 10.0
KINDS = ("feeds", "cooling", "not-there-yet", "lead-time")


def phase_in(data: PhasingData, *, deterministic_time: float = DETERMINISTIC_TIME) -> PhasingResult:
    """The least capital bought early, over all phases together.

    Raises:
        PhasingInfeasible: some phase cannot be served by parts of the end state.
        TimeLimitReached: nothing found within the deterministic limit.
    """
    if not data.phases:
        return PhasingResult((), (), (), (), 0, 0)
    model, v = _build(data, frozenset())
    v.minimise_early_capital(model, data)
    run = _solver(deterministic_time)
    status = run.solve(model)
    if status == cp_model.INFEASIBLE:
        raise _explained(data)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise TimeLimitReached("no order of installing was found within the solver's limit")
    value = round(run.objective_value)
    bound = min(value, math.ceil(run.best_objective_bound - 1e-6))
    return v.read(run, data, value, max(0, bound))


def _build(data: PhasingData, dropped: frozenset[str]) -> tuple[cp_model.CpModel, Variables]:
    model = cp_model.CpModel()
    v = create(model, data)
    Constraints(model, data, v, dropped).add_all()
    return model, v


def _solver(deterministic_time: float) -> cp_model.CpSolver:
    run = cp_model.CpSolver()
    run.parameters.catch_sigint_signal = False
    run.parameters.num_workers = 1
    run.parameters.random_seed = 7
    run.parameters.max_deterministic_time = deterministic_time
    return run


def _explained(data: PhasingData) -> PhasingInfeasible:
    """The first phase that cannot be, and the kinds of limit without which it could (each alone, else all)."""
    for n, phase in enumerate(data.phases):
        alone = _until(data, n)
        if possible(alone, frozenset()):
            continue
        single = tuple(kind for kind in KINDS if possible(alone, frozenset({kind})))
        together = KINDS if possible(alone, frozenset(KINDS)) else ()
        return PhasingInfeasible(phase.id, single or together)
    raise AssertionError("every phase can be, and so can all of them together")


def _until(data: PhasingData, n: int) -> PhasingData:
    return PhasingData(data.racks, data.stocks, data.pools, data.always, data.phases[: n + 1])


def possible(data: PhasingData, dropped: frozenset[str] = frozenset()) -> bool:
    """Whether parts of the end state serve every phase while some kinds of limit do not hold.

    Raises:
        TimeLimitReached: not decided within the deterministic limit.
    """
    model, _ = _build(data, dropped)
    status = _solver(DETERMINISTIC_TIME).solve(model)
    if status == cp_model.UNKNOWN:
        raise TimeLimitReached("whether the phases can be met was not decided within the solver's limit")
    return status != cp_model.INFEASIBLE
