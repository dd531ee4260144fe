"""The heaviest content of each rack class for given weights, proven: own search first, CP-SAT for what is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from planner.packing.budget import Budget
from planner.packing.gaps import Gaps
from planner.packing.knapsack import Fillings, Ints, Shelf, all_contents, best_contents, joined
from planner.packing.tables import TableSearch

_FEW_CLASSES = 24
_STATES_FEW_CLASSES = 15_000
"""With few device classes and many copies of each, CP-SAT is the quicker one; it takes over early."""
_STATES_MANY_CLASSES = 1_500_000
_ENDLESS = 2**62
_FEW_RACK_CLASSES = 4
"""Tables are made for each rack class."""
_FEW_COPIES = 2.0
"""Of a device class in one rack, on average: the search by tables takes devices one by one."""
_STATES_PER_RACK = 1_000
_STATES_PER_RACK_WITH_GAPS = 16_000
"""CP-SAT must also say in which block each device stands; the own search only asks at the end."""


@dataclass(frozen=True)
class Priced:
    """Weights of the merged device classes; z, a valid upper bound on the weight of each rack class's contents."""

    worth: Ints
    z: Ints


def heaviest(
    worth: Ints, shelf: Shelf, floor: Ints, budget: Budget, patience: int = _ENDLESS
) -> tuple[Priced | None, Fillings]:
    """The heaviest contents; classes whose contents weigh no more than `floor` count as the floor.

    All improvements met come back as contents. None for the proof when the budget ended the search, or `patience`: so
    many states are enough when plenty of contents are found.
    """
    weighs = worth > 0
    gaps = shelf.gaps.of(weighs) if shelf.gaps is not None else None
    part = Shelf(shelf.sizes[weighs], shelf.capacity, shelf.copies[:, weighs], gaps)
    few = int(weighs.sum()) <= _FEW_CLASSES
    per_rack = _STATES_PER_RACK if gaps is None else _STATES_PER_RACK_WITH_GAPS
    most_states = max(_STATES_FEW_CLASSES if few else _STATES_MANY_CLASSES, per_rack * len(shelf.capacity))
    by_tables = tables_serve(part)
    if by_tables:
        found, undecided = _by_tables(worth[weighs], part, floor, budget, patience)
    else:
        found, undecided = best_contents(worth[weighs], part, floor, most_states, budget)
    z = floor.copy()
    np.maximum.at(z, found.rack, found.value)
    parts, proven = [found], True
    for rack in undecided:
        if by_tables or budget.over():
            proven = False
            break
        best, more, complete = _solve_one(worth[weighs], part, int(rack), int(z[rack]), budget)
        z[rack] = best
        proven = proven and complete
        parts.append(more)
    content = np.zeros((sum(len(p.rack) for p in parts), len(worth)), dtype=np.int64)
    content[:, weighs] = np.concatenate([p.content for p in parts])
    everything = Fillings(np.concatenate([p.rack for p in parts]), np.concatenate([p.value for p in parts]), content)
    return (Priced(worth, z) if proven else None), everything


def all_heavy(worth: Ints, shelf: Shelf, floor: Ints, most: int, budget: Budget) -> Fillings | None:
    """Every content worth at least its class's floor to which nothing can be added; None: more than `most`, or time."""
    if not tables_serve(shelf):
        return all_contents(worth, shelf, floor, most, budget)
    parts: list[Fillings] = []
    for rack in range(len(shelf.capacity)):
        found = TableSearch(worth, shelf, rack, budget).all(int(floor[rack]), most)
        if found is None:
            return None
        parts.append(found)
        most -= len(found.rack)
    return joined(parts)


def tables_serve(shelf: Shelf) -> bool:
    """Whether tables over pairs of resources bound contents well: nearly every device differs, no gaps, few racks."""
    if shelf.gaps is not None or len(shelf.capacity) > _FEW_RACK_CLASSES or shelf.sizes.shape[1] < 2:
        return False
    return len(shelf.sizes) > _FEW_CLASSES and bool(shelf.copies.mean() <= _FEW_COPIES)


def _by_tables(worth: Ints, shelf: Shelf, floor: Ints, budget: Budget, patience: int) -> tuple[Fillings, Ints]:
    """What `best_contents` finds, by the search for many device classes."""
    found, undecided = [], []
    for rack in range(len(shelf.capacity)):
        search = TableSearch(worth, shelf, rack, budget)
        found.append(search.best(int(floor[rack]), patience))
        if not search.complete:
            undecided.append(rack)
    return joined(found), np.array(undecided, dtype=np.int64)


class _Contents(cp_model.CpSolverSolutionCallback):
    """Collects each content that the solver finds."""

    def __init__(self, copies: list[cp_model.IntVar]) -> None:
        super().__init__()
        self._copies = copies
        self.found: list[list[int]] = []

    def on_solution_callback(self) -> None:
        """Called by the solver at each better content."""
        self.found.append([self.value(x) for x in self._copies])


def _stand_in_one_block_each(model: cp_model.CpModel, copies: list[cp_model.IntVar], gaps: Gaps, rack: int) -> None:
    blocks = [int(block) for block in gaps.blocks[rack] if block]
    room: list[list[cp_model.LinearExprT]] = [[] for _ in blocks]
    for x, height in zip(copies, gaps.height.tolist(), strict=True):
        if not height:
            continue
        parts = [model.new_int_var(0, block // height, "") for block in blocks]
        model.add(sum(parts) == x)
        for used, part in zip(room, parts, strict=True):
            used.append(part * height)
    for used, block in zip(room, blocks, strict=True):
        model.add(sum(used) <= block)


def _solve_one(worth: Ints, shelf: Shelf, rack: int, floor: int, budget: Budget) -> tuple[int, Fillings, bool]:
    """The heaviest content of one rack class above `floor`: its weight or the floor, all met, proven or not."""
    model = cp_model.CpModel()
    copies = [model.new_int_var(0, int(most), "") for most in shelf.copies[rack]]
    for resource, capacity in enumerate(shelf.capacity[rack]):
        model.add(sum(int(a) * x for a, x in zip(shelf.sizes[:, resource], copies, strict=True)) <= int(capacity))
    if shelf.gaps is not None:
        _stand_in_one_block_each(model, copies, shelf.gaps, rack)
    weight = sum(int(w) * x for w, x in zip(worth, copies, strict=True))
    model.add(weight >= floor + 1)
    model.maximize(weight)
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = max(budget.left, 1e-3)
    met = _Contents(copies)
    with budget.watching(solver.stop_search):
        status = solver.solve(model, met)
    budget.spend(solver.response_proto.deterministic_time + 1e-3)
    content = np.array(met.found, dtype=np.int64).reshape(len(met.found), len(worth))
    value = content @ worth
    best = max([floor, *(int(v) for v in value)])
    fillings = Fillings(np.full(len(value), rack, dtype=np.int64), value, content)
    return best, fillings, status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
