"""How many racks of each kind stand in each row: one small exact model over counts. Loads ortools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from planner.errors import TimeLimitReached
from planner.facility.tree_loads import node_rooms, tree_of
from planner.floor.constraints import Load, feeds_survive_a_loss, new_solver, rows_keep_their_limits
from planner.floor.data import FloorProblem, RackGroup
from planner.floor.rooms import Counts, RowRoom
from planner.floor.slots import Slot
from planner.floor.work import Work

DETERMINISTIC_TIME = 20.0
LEAST_WORK = 0.01
"""Building the model and starting the solver."""

Variables = dict[tuple[RackGroup, str], cp_model.IntVar]


def solve_counts(
    problem: FloorProblem,
    racks: Sequence[RackGroup],
    rooms: Sequence[RowRoom],
    *,
    feeds: bool = True,
    standing: Sequence[tuple[RackGroup, Slot]] = (),
    near: Mapping[tuple[RackGroup, str], int] | None = None,
    work: Work | None = None,
) -> Counts | None:
    """Counts that fit every row's room and limits, and with `feeds` keep every feed within its rating.

    Racks that are `standing` count too.

    As near as can be to `near`; without it, early rows first. None when it is proven that there are none. `work` is
    what may be spent, and is charged; without it, the deterministic limit.

    Raises:
        TimeLimitReached: undecided within the deterministic limit.
    """
    model = cp_model.CpModel()
    count = _variables(model, racks, rooms)
    all_racks_stand(model, racks, count)
    rows_hold_their_racks(model, rooms, count)
    places = [(rack, row, var) for (rack, row), var in count.items()]
    rows_keep_their_limits(model, problem.limits, [*places, *((rack, slot.stretch, 1) for rack, slot in standing)])
    if feeds:
        of_row = {room.row: room.feeds for room in rooms}
        loads: list[Load] = [(rack, of_row[row], var) for (rack, row), var in count.items()]
        loads += [(rack, slot.feeds, 1) for rack, slot in standing]
        limits = node_rooms(tree_of(problem.hall), (of for _, of, _ in loads))
        feeds_survive_a_loss(model, limits, loads)
    model.minimize(_early_rows(rooms, count) if near is None else _moved(model, count, near))
    work = work or Work(DETERMINISTIC_TIME)
    solver = new_solver(work.left)
    status = solver.solve(model)
    work.spend(LEAST_WORK + solver.response_proto.deterministic_time)
    if status == cp_model.INFEASIBLE:
        return None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise TimeLimitReached(f"hall {problem.hall.id}: whether the racks fit its rows and feeds is undecided")
    return {key: solver.value(var) for key, var in count.items() if solver.value(var)}


def _variables(model: cp_model.CpModel, racks: Sequence[RackGroup], rooms: Sequence[RowRoom]) -> Variables:
    return {
        (rack, room.row): model.new_int_var(0, rack.count, f"{rack.pattern}@{room.row}")
        for rack in racks
        for room in rooms
        if room.row in rack.rows
    }


def all_racks_stand(model: cp_model.CpModel, racks: Sequence[RackGroup], count: Variables) -> None:
    """Every rack stands in a row that it may use."""
    for rack in racks:
        model.add(sum(var for (kind, _), var in count.items() if kind == rack) == rack.count)


def rows_hold_their_racks(model: cp_model.CpModel, rooms: Sequence[RowRoom], count: Variables) -> None:
    """Racks of two positions take disjoint pairs of a row; all together take no more than its free positions."""
    for room in rooms:
        here = [(rack, var) for (rack, row), var in count.items() if row == room.row]
        model.add(sum(rack.positions * var for rack, var in here) <= room.positions)
        model.add(sum(var for rack, var in here if rack.positions == 2) <= room.pairs)


def _early_rows(rooms: Sequence[RowRoom], count: Variables) -> cp_model.LinearExprT:
    order = {room.row: index for index, room in enumerate(rooms)}
    return sum(order[row] * var for (_, row), var in count.items())


def _moved(
    model: cp_model.CpModel, count: Variables, near: Mapping[tuple[RackGroup, str], int]
) -> cp_model.LinearExprT:
    """Racks in a row beyond those wanted there."""
    moved: list[cp_model.IntVar] = []
    for (rack, row), var in count.items():
        over = model.new_int_var(0, rack.count, f"over[{rack.pattern},{row}]")
        model.add(over >= var - near.get((rack, row), 0))
        moved.append(over)
    return sum(moved)
