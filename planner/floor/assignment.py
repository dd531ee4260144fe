"""Racks to slots around hubs that stand: one small exact model. Loads ortools."""

from __future__ import annotations

from ortools.sat.python import cp_model

from planner.floor.constraints import (
    Load,
    feeds_survive_a_loss,
    new_solver,
    one_rack_per_position,
    rows_keep_their_limits,
)
from planner.floor.data import RackGroup
from planner.floor.layout import Layout, Placed, Question, beyond_reach_mm, distances_mm, hub_cost_mm
from planner.floor.slots import Slot

Stands = dict[tuple[RackGroup, Slot], cp_model.IntVar]


def assign(
    question: Question, layout: Layout, below: int | None, deterministic_time: float
) -> tuple[bool, float, Placed | None]:
    """The least placement around these hubs that costs less than `below`.

    Returns whether the answer is proven, the deterministic time spent, and the placement, None when there is none.
    """
    model = cp_model.CpModel()
    stands = _variables(model, question, layout)
    for rack in question.others:
        model.add(sum(var for (kind, _), var in stands.items() if kind == rack) == rack.count)
    takers: dict[int, list[cp_model.IntVar]] = {}
    for (_, slot), var in stands.items():
        for cell in slot.cells:
            takers.setdefault(cell, []).append(var)
    one_rack_per_position(model, takers)
    racks: list[Load] = [(rack, slot.feeds, var) for (rack, slot), var in stands.items()]
    racks += [(rack, slot.feeds, 1) for rack, slot in layout]
    feeds_survive_a_loss(model, question.rooms, racks)
    at: list[tuple[RackGroup, str, cp_model.LinearExprT]] = [(r, s.stretch, var) for (r, s), var in stands.items()]
    rows_keep_their_limits(model, question.problem.limits, [*at, *((rack, slot.stretch, 1) for rack, slot in layout)])
    far = {rack: _distances(question, layout, rack) for rack in question.others}
    cost = sum(rack.cables * far[rack][slot] * var for (rack, slot), var in stands.items())
    if below is not None:
        model.add(cost <= below - 1 - hub_cost_mm(question, layout))
    model.minimize(cost)
    solver = new_solver(deterministic_time)
    status = solver.solve(model)
    spent = solver.response_proto.deterministic_time
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return status == cp_model.INFEASIBLE, spent, None
    others = tuple(key for key, var in stands.items() if solver.value(var))
    return status == cp_model.OPTIMAL, spent, (*layout, *others)


def _variables(model: cp_model.CpModel, question: Question, layout: Layout) -> Stands:
    taken = {cell for _, slot in layout for cell in slot.cells}
    return {
        (rack, slot): model.new_bool_var(f"{rack.pattern}@{slot.row}{slot.numbers[0]}")
        for rack in question.others
        for slot in question.ground.slots_for(rack)
        if taken.isdisjoint(slot.cells) and not beyond_reach_mm(layout, question.target[rack], rack, (slot,))[0]
    }


def _distances(question: Question, layout: Layout, rack: RackGroup) -> dict[Slot, int]:
    slots = question.ground.slots_for(rack)
    return dict(zip(slots, distances_mm(layout, question.target[rack], slots), strict=True))
