"""The integer program over a pool of rack contents, in CP-SAT: how many racks of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from planner.packing.budget import Budget
from planner.packing.classes import Column, Counted


@dataclass(frozen=True)
class IntegerAnswer:
    """The best choice found (None: none found), and whether the pool is proven to hold no better one."""

    chosen: list[tuple[Column, int]] | None
    complete: bool


def choose_columns(
    counted: Counted, columns: Sequence[Column], between: tuple[int, int], time: float, budget: Budget
) -> IntegerAnswer:
    """Cover the demand with racks of these columns, as cheaply as possible, at a cost within `between` (inclusive)."""
    model = cp_model.CpModel()
    amount = [_amount(model, counted, column) for column in columns]
    _hold_every_device(model, counted, columns, amount)
    _open_no_more_than_exist(model, counted, columns, amount)
    cost = sum(int(counted.cost[rack]) * x for (rack, _), x in zip(columns, amount, strict=True))
    model.add_linear_constraint(cost, *between)
    model.minimize(cost)
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = max(min(time, budget.left), 1e-3)
    with budget.watching(solver.stop_search):
        status = solver.solve(model)
    budget.spend(solver.response_proto.deterministic_time)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        values = [int(solver.value(x)) for x in amount]
        chosen = [(column, value) for column, value in zip(columns, values, strict=True) if value]
        return IntegerAnswer(chosen, status == cp_model.OPTIMAL)
    return IntegerAnswer(None, status == cp_model.INFEASIBLE)


def _amount(model: cp_model.CpModel, counted: Counted, column: Column) -> cp_model.IntVar:
    rack, content = column
    most = max(-(-int(counted.demand[item]) // copies) for item, copies in enumerate(content) if copies)
    return model.new_int_var(0, min(most, int(counted.limit[rack])), "")


def _hold_every_device(
    model: cp_model.CpModel, counted: Counted, columns: Sequence[Column], amount: Sequence[cp_model.IntVar]
) -> None:
    for item, need in enumerate(counted.demand):
        terms = [x * content[item] for (_, content), x in zip(columns, amount, strict=True) if content[item]]
        model.add(sum(terms) >= int(need))


def _open_no_more_than_exist(
    model: cp_model.CpModel, counted: Counted, columns: Sequence[Column], amount: Sequence[cp_model.IntVar]
) -> None:
    opened: dict[int, list[cp_model.IntVar]] = {}
    for (rack, _), x in zip(columns, amount, strict=True):
        opened.setdefault(rack, []).append(x)
    for rack, racks in sorted(opened.items()):
        if counted.limited[rack]:
            model.add(sum(racks) <= int(counted.limit[rack]))
