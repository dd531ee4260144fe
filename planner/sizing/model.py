"""Builds the sizing model, solves its objectives one after the other, reads the counts back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ortools.sat.python import cp_model

from planner.deadline import Deadline
from planner.errors import TimeLimitReached
from planner.sizing.constraints import Constraints
from planner.sizing.data import Cut, HallData, SizingData, SizingResult, Stage
from planner.sizing.limits import NOTHING, Limit, Relaxation
from planner.sizing.objective import (
    UNPRICED,
    expression,
    order,
    tie_break,
    working_hours,
)
from planner.sizing.pdus import with_more
from planner.sizing.variables import Expr, Variables, create, total

DETERMINISTIC_TIME = 60.0
FIRST_WAY, LAST_TIME = 2.0, 5.0
"""Of that: before another way is tried, and in all for what settles equals."""

TIE_BREAK, TIMETABLE = "tie-break", "timetable"
LAST = {TIE_BREAK: tie_break, TIMETABLE: working_hours}  # what settles equals; no objective of the request
Progress = Callable[[str, int, int], None]
Caps = Sequence[tuple[str, int]]


class SizingInfeasible(Exception):  # noqa: N818 - an answer, not an error
    """No counts meet the limits: proven by the solver for this model."""


@dataclass
class Model:
    """A CP-SAT model of sizing and its variables."""

    model: cp_model.CpModel
    v: Variables
    data: SizingData


def build(data: SizingData, relaxation: Relaxation = NOTHING, cuts: Sequence[Cut] = ()) -> Model:
    """The model without an objective."""
    model = cp_model.CpModel()
    v = create(model, data, relaxation)
    Constraints(model, data, v, relaxation, cuts).add_all()
    return Model(model, v, data)


def solver(deterministic_time: float = DETERMINISTIC_TIME) -> cp_model.CpSolver:
    """One worker, a fixed seed and a deterministic limit: the same answer on every run."""
    chosen = cp_model.CpSolver()
    chosen.parameters.num_workers = 1
    chosen.parameters.random_seed = 7
    chosen.parameters.max_deterministic_time = deterministic_time
    chosen.parameters.linearization_level = 2  # what limits counts is linear: every rule belongs in the relaxation
    chosen.parameters.cp_model_probing_level = 0  # counts have wide domains: probing them costs more than it finds
    chosen.parameters.catch_sigint_signal = False  # the command line takes it
    return chosen


def size(
    data: SizingData,
    cuts: Sequence[Cut] = (),
    *,
    relaxation: Relaxation = NOTHING,
    deterministic_time: float = DETERMINISTIC_TIME,
    deadline: Deadline | None = None,
    progress: Progress | None = None,
    main_only: bool = False,
    caps: Caps = (),
    canonical: bool = True,
) -> SizingResult:
    """The best counts for the objectives in order, then the tie-break; with `main_only` for the first one alone.

    No objective in `caps` may pass its value there. Without `canonical` there is no tie-break.

    Raises:
        SizingInfeasible: proven impossible.
        TimeLimitReached: nothing found within the limits.
    """
    model = partial(build_capped, data, caps, cuts, relaxation)
    until = _Until(deterministic_time, deadline or Deadline())
    every = order(data)
    timed = (TIMETABLE,) if any(o.spread is not None for w in data.workloads for o in w.options) else ()
    ties = (TIE_BREAK,) if canonical else ()
    names = every[: every.index(data.objectives[0]) + 1] if main_only else (*every, *ties, *timed)
    if (UNPRICED, 0) in caps:  # it is part of the model already
        return _solve_in_order(model(), until, names, progress, without_unpriced=True)
    if UNPRICED in names:
        try:  # no product without a price is the best there can be of that objective: no solve is needed to prove it
            return _solve_in_order(model(), until, names, progress, without_unpriced=True)
        except SizingInfeasible:
            return _solve_in_order(model(), until, names, progress, without_unpriced=False)
    return _solve_in_order(model(), until, names, progress, without_unpriced=False)


def build_capped(data: SizingData, caps: Caps, cuts: Sequence[Cut], relaxation: Relaxation = NOTHING) -> Model:
    """The model in which no objective in `caps` passes its value there."""
    built = build(data, relaxation, cuts)
    for name, most in caps:
        built.model.add(expression(name, built.model, data, built.v) <= most)
    return built


@dataclass(frozen=True)
class _Until:
    """How long each solve may take, and when the whole run must end."""

    deterministic_time: float
    deadline: Deadline


def _solve_in_order(
    built: Model, until: _Until, names: tuple[str, ...], progress: Progress | None, *, without_unpriced: bool
) -> SizingResult:
    """Each objective in turn. Where a limit ends one without an answer, that of the one before it is the best found."""
    data, spent = built.data, 0.0
    stages: list[Stage] = []
    found: cp_model.CpSolver | None = None
    for name in names:
        last = LAST.get(name)
        goal = last(data, built.v) if last is not None else expression(name, built.model, data, built.v)
        if name == UNPRICED and without_unpriced:
            built.model.add(goal == 0)
            stages.append(Stage(name, 0, 0, True))
            continue
        try:
            stage, run, used = _optimise(built, until, name, goal)
        except TimeLimitReached:
            if found is None:
                raise
            break
        found = run
        spent += used
        if name not in LAST:
            stages.append(stage)
            if progress is not None:
                progress(name, stage.value, stage.lower_bound)
        built.model.add(goal <= stage.value)
        _hint(built.model, run)
    assert found is not None, "an objective"
    return _read(data, built.v, found, tuple(stages), spent)


def feasible(data: SizingData, relaxation: Relaxation, cuts: Sequence[Cut] = ()) -> bool:
    """Whether any counts meet the limits that are left.

    Raises:
        TimeLimitReached: not decided within the deterministic limit.
    """
    run = solver()
    return _decided(run.solve(build(data, relaxation, cuts).model))


def least_excess(data: SizingData, relaxation: Relaxation, cuts: Sequence[Cut] = ()) -> int | None:
    """The least by which the measured limit must move, the others holding; None: moving it alone does not help."""
    (limit,) = relaxation.measured
    found = least_move(data, relaxation, {limit: 1}, cuts)
    return found[limit] if found is not None else None


def least_move(
    data: SizingData,
    relaxation: Relaxation,
    weights: Mapping[Limit, int],
    cuts: Sequence[Cut] = (),
    *,
    at_positions: bool = False,
) -> dict[Limit, int] | None:
    """How far each measured limit moves where the weighted sum of the moves is least; None: moving them is no help.

    With `at_positions` the limit of a rack weighs as often as there are positions that need more.

    Raises:
        TimeLimitReached: not decided within the deterministic limit.
    """
    built = build(data, relaxation, cuts)
    terms: list[cp_model.LinearExprT] = []
    for limit, weight in sorted(weights.items()):
        terms.append(built.v.excess[limit] * weight)
        if at_positions:
            terms.extend(term * weight for term in built.v.excess_at_positions.get(limit, ()))
    built.model.minimize(total(terms))
    run = solver()
    if not _decided(run.solve(built.model)):
        return None
    return {limit: run.value(built.v.excess[limit]) for limit in sorted(weights)}


def _decided(status: cp_model.CpSolverStatus) -> bool:
    if status == cp_model.INFEASIBLE:
        return False
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return True
    raise TimeLimitReached("the solver neither found a plan nor proved that there is none within its limit")


def _optimise(built: Model, until: _Until, name: str, goal: Expr) -> tuple[Stage, cp_model.CpSolver, float]:
    """The best of one objective, the solver that found it, and the deterministic time spent.

    What the first way does not decide soon, a smaller relaxation often does at once, from where that ended. Which of
    equals is the answer is worth less time.
    """
    built.model.minimize(goal)
    most = min(until.deterministic_time, LAST_TIME) if name in LAST else until.deterministic_time
    runs: list[cp_model.CpSolver] = []
    spent = 0.0
    for time, level in ((min(FIRST_WAY, most), 2), (most - FIRST_WAY, 1)):
        if until.deadline.over():
            break
        run = solver(time)
        run.parameters.linearization_level = level
        status = _status(built, run, until.deadline)
        spent += run.response_proto.deterministic_time
        if status != cp_model.UNKNOWN:
            runs.append(run)
            _hint(built.model, run)
        if status == cp_model.OPTIMAL or most <= FIRST_WAY:
            break
    if not runs:
        raise TimeLimitReached("the solver neither found a plan nor proved that there is none within its limit")
    best = min(runs, key=lambda run: run.objective_value)  # the first of equals
    value = round(best.objective_value)
    lower = min(value, max(math.ceil(run.best_objective_bound - 1e-6) for run in runs))
    return Stage(name, value, lower, lower == value), best, spent


def _status(built: Model, run: cp_model.CpSolver, deadline: Deadline) -> cp_model.CpSolverStatus:
    with deadline.watching(run.stop_search):
        status = run.solve(built.model)
    if status == cp_model.MODEL_INVALID:
        raise AssertionError(built.model.validate())
    if status == cp_model.INFEASIBLE:
        raise SizingInfeasible
    return status


def _hint(model: cp_model.CpModel, run: cp_model.CpSolver) -> None:
    model.clear_hints()  # type: ignore[no-untyped-call]
    hint, values = model.proto.solution_hint, list(run.response_proto.solution)
    hint.vars.extend(range(len(values)))
    hint.values.extend(values)


def _read(
    data: SizingData, v: Variables, run: cp_model.CpSolver, stages: tuple[Stage, ...], spent: float
) -> SizingResult:
    counts = {
        hall.key: {k: n for k in sorted(hall.items) if (n := run.value(v.counts[hall.key, k]))} for hall in data.halls
    }
    standing, nodes = (_placed(data, v, run, form) for form in ("rack", "node"))
    racks = {
        hall.key: {c.key: n for c in hall.classes if (n := run.value(v.racks[hall.key, c.key]))} for hall in data.halls
    }
    spares = {
        hall.key: {o.item: n for o in hall.systems if (n := run.value(v.spares[hall.key, o.item]))}
        for hall in data.halls
    }
    rows = {
        hall.key: {
            o.item: row for o in hall.systems for k, row in enumerate(o.rows) if run.value(v.rows[hall.key, o.item, k])
        }
        for hall in data.halls
    }
    rents = {key: n for key, var in sorted(v.rents.items()) if (n := run.value(var))}
    units = {
        w.key: tuple(
            (place, system, n)
            for (key, place, system), var in sorted(v.units.items())
            if key == w.key and (n := run.value(var))
        )
        for w in data.workloads
    }
    return SizingResult(
        counts, standing, racks, spares, rows, rents, units, stages, spent, _held(data, v, run), nodes,
        {hall.key: _more_pdus(hall, v, run) for hall in data.halls},
    )  # fmt: skip


def _more_pdus(hall: HallData, v: Variables, run: cp_model.CpSolver) -> dict[str, tuple[int, ...]]:
    """Racks with two PDUs or more on each feed, three or more ..., by position class."""
    found = {place.key: tuple(run.value(var) for var in with_more(hall, place, v)) for place in hall.classes}
    return {key: steps for key, steps in found.items() if any(steps)}


def _placed(data: SizingData, v: Variables, run: cp_model.CpSolver, form: str) -> dict[str, dict[str, dict[str, int]]]:
    """Pieces of a form by hall, position class and item."""
    return {
        hall.key: {
            c.key: {
                k: n
                for k, item in sorted(hall.items.items())
                if item.form == form
                and (var := v.placed.get((hall.key, c.key, k))) is not None
                and (n := run.value(var))
            }
            for c in hall.classes
        }
        for hall in data.halls
    }


def _held(
    data: SizingData, v: Variables, run: cp_model.CpSolver
) -> dict[str, tuple[tuple[str, str, tuple[int, ...]], ...]]:
    """Units in each slot by workload, place and system, where any are held."""
    slots = range(len(data.slot_hours))
    held: dict[str, list[tuple[str, str, tuple[int, ...]]]] = {}
    for workload, place, system in sorted({key[:3] for key in v.held}):
        units = tuple(run.value(v.held[workload, place, system, slot]) for slot in slots)
        if any(units):
            held.setdefault(workload, []).append((place, system, units))
    return {name: tuple(entries) for name, entries in held.items()}
