"""Whether any layout keeps every rack within reach of its switches: one exact model. Loads ortools.

The Manhattan distance of two slots is the larger of their differences in x + y and in x - y. So a rack is within reach
of all hubs of its group where both of its sums are within reach of the least and the largest of theirs, and one number
for each of these four says enough about the hubs, wherever they stand. Racks of one position that reach nothing are
counts by stretch; they take what cells are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from planner.floor.constraints import (
    Load,
    feeds_survive_a_loss,
    new_solver,
    one_rack_per_position,
    rows_keep_their_limits,
)
from planner.floor.data import RackGroup
from planner.floor.layout import Placed, Question
from planner.floor.slots import Slot

DETERMINISTIC_TIME = 20.0
SIDES = (-1, 1)  # a difference of x and y, and a sum


@dataclass(frozen=True)
class Reaching:
    """The least by which reach must grow, as far as it is decided: a layout with `missing_mm`, and a bound below it.

    Nothing `placed`: none was found. `least_mm` over 0 proves that there is no layout within reach.
    """

    placed: Placed | None
    missing_mm: int
    least_mm: int


@dataclass
class _Model:
    """Racks at slots, or as counts by stretch; the extremes of the hubs of a group by side."""

    question: Question
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    at: dict[tuple[RackGroup, Slot], cp_model.IntVar] = field(default_factory=dict)
    inside: dict[tuple[RackGroup, str], cp_model.IntVar] = field(default_factory=dict)
    ends: dict[tuple[str, int], tuple[cp_model.IntVar, cp_model.IntVar]] = field(default_factory=dict)

    def build(self) -> cp_model.IntVar:
        """Every rule; what is returned is by how much reach grows."""
        racks = (*self.question.hubs, *self.question.others)
        for rack in racks:
            self.all_stand(rack)
        self.cells_take_one_rack()
        self.stretches_hold_their_racks()
        everything = [*self._slots_taken(), *((rack, name, var) for (rack, name), var in self.inside.items())]
        rows_keep_their_limits(self.model, self.question.problem.limits, everything)
        feeds = {cell.stretch: cell.feeds for cell in self.question.ground.cells}
        loads: list[Load] = [(rack, feeds[name], count) for rack, name, count in everything]
        feeds_survive_a_loss(self.model, self.question.rooms, loads)
        more = self.model.new_int_var(0, 2 * self._farthest(), "more")
        for rack in racks:
            if _reaches(self.question, rack):
                self.stand_within_reach(rack, more)
        return more

    def all_stand(self, rack: RackGroup) -> None:
        """Every rack stands where it may."""
        if rack.hub or rack.positions == 2 or _reaches(self.question, rack):
            for slot in self.question.ground.slots_for(rack):
                self.at[rack, slot] = self.model.new_bool_var(f"{rack.pattern}@{slot.row}{slot.numbers[0]}")
            mine = [var for (kind, _), var in self.at.items() if kind == rack]
        else:
            here = {cell.stretch for cell in self.question.ground.cells} & rack.rows
            for name in sorted(here):
                self.inside[rack, name] = self.model.new_int_var(0, rack.count, f"{rack.pattern}@{name}")
            mine = [self.inside[rack, name] for name in sorted(here)]
        self.model.add(sum(mine) == rack.count)

    def cells_take_one_rack(self) -> None:
        """No two racks at slots share a position."""
        takers: dict[int, list[cp_model.IntVar]] = {}
        for (_, slot), var in self.at.items():
            for cell in slot.cells:
                takers.setdefault(cell, []).append(var)
        one_rack_per_position(self.model, takers)

    def stretches_hold_their_racks(self) -> None:
        """Racks that are counted take the cells that the others leave."""
        free: dict[str, int] = {}
        for cell in self.question.ground.cells:
            free[cell.stretch] = free.get(cell.stretch, 0) + 1
        for name, cells in free.items():
            taken = [rack.positions * var for (rack, slot), var in self.at.items() if slot.stretch == name]
            taken += [var for (_, stretch), var in self.inside.items() if stretch == name]
            self.model.add(sum(taken) <= cells)

    def stand_within_reach(self, rack: RackGroup, more: cp_model.IntVar) -> None:
        """A slot that a rack takes is within reach of the first and last hub of its group on either side."""
        target = self.question.target[rack]
        assert target is not None and rack.reach_mm is not None
        for side in SIDES:
            first, last = self._ends_of(target, side)
            for slot in self.question.ground.slots_for(rack):
                taken, place = self.at[rack, slot], _along(slot, side)
                self.model.add(last - place <= rack.reach_mm + more).only_enforce_if(taken)
                self.model.add(place - first <= rack.reach_mm + more).only_enforce_if(taken)

    def _ends_of(self, group: str, side: int) -> tuple[cp_model.IntVar, cp_model.IntVar]:
        if (group, side) not in self.ends:
            far = self._farthest()
            first = self.model.new_int_var(-far, far, f"first[{group},{side}]")
            last = self.model.new_int_var(-far, far, f"last[{group},{side}]")
            for (rack, slot), var in self.at.items():
                if rack.hub and rack.group == group:
                    self.model.add(first <= _along(slot, side)).only_enforce_if(var)
                    self.model.add(last >= _along(slot, side)).only_enforce_if(var)
            self.ends[group, side] = first, last
        return self.ends[group, side]

    def _farthest(self) -> int:
        return max(abs(slot.x_mm) + abs(slot.y_mm) for slot in self.question.ground.by_width[1]) + 1

    def _slots_taken(self) -> Iterable[tuple[RackGroup, str, cp_model.IntVar]]:
        return [(rack, slot.stretch, var) for (rack, slot), var in self.at.items()]

    def placed(self, solver: cp_model.CpSolver) -> Placed:
        """The racks at their slots; those that were counted on the first cells left of their stretch."""
        placed = [key for key, var in self.at.items() if solver.value(var)]
        taken = {cell for _, slot in placed for cell in slot.cells}
        left: dict[str, list[Slot]] = {}
        for slot in self.question.ground.by_width[1]:
            if taken.isdisjoint(slot.cells):
                left.setdefault(slot.stretch, []).append(slot)
        for (rack, name), var in self.inside.items():
            placed.extend((rack, left[name].pop(0)) for _ in range(solver.value(var)))
        return tuple(placed)


def _reaches(question: Question, rack: RackGroup) -> bool:
    """Whether it matters how far a rack stands from its hubs."""
    return not rack.hub and rack.reach_mm is not None and bool(rack.cables) and question.target[rack] is not None


def _along(slot: Slot, side: int) -> int:
    return slot.x_mm + side * slot.y_mm


def least_reach(question: Question, deterministic_time: float = DETERMINISTIC_TIME) -> Reaching:
    """The layout that needs the least more reach, and a proven bound on it, as far as the deterministic limit goes."""
    built = _Model(question)
    more = built.build()
    built.model.minimize(more)
    solver = new_solver(deterministic_time)
    status = solver.solve(built.model)
    least = max(0, round(solver.best_objective_bound))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Reaching(None, 0, 0 if status == cp_model.UNKNOWN else 1)
    return Reaching(built.placed(solver), solver.value(more), least)


def reaching_racks(question: Question) -> Sequence[RackGroup]:
    """Racks whose reach is limited."""
    return [rack for rack in question.others if _reaches(question, rack)]
