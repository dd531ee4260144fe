"""Hubs that serve a whole hall and all its racks in one exact model, for halls that are not large. Loads ortools.

Racks that are alike in all that counts are one class. A rack at a slot pays its distance step by step: the step from
one distance of hub slots to the next where no hub stands within the first. Steps beyond a distance are left out, which
only lowers the cost; where the best racks need none of those, nothing is lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ortools.sat.python import cp_model

from planner.deadline import Deadline
from planner.floor.constraints import (
    Load,
    feeds_survive_a_loss,
    new_solver,
    one_rack_per_position,
    rows_keep_their_limits,
)
from planner.floor.data import COMMON, RackGroup
from planner.floor.exact import cost_mm
from planner.floor.layout import Layout, Placed, Question, distances_mm
from planner.floor.slots import Slot, distance_mm

DETERMINISTIC_TIME = 2.0
MOST_STEPS = 20_000
"""A model with more steps of distance than this does not close in the time above."""

LEAST_WORK = 0.01
"""Building the model and starting the solver."""


@dataclass(frozen=True)
class Proven:
    """The best placement known, its cost, and a bound on every placement, in mm."""

    placed: Placed
    cost_mm: int
    lower_bound_mm: int


@dataclass(frozen=True)
class _Class:
    """Racks that may stand for each other, the first of them as their example."""

    racks: tuple[RackGroup, ...]

    @property
    def rack(self) -> RackGroup:
        return self.racks[0]

    @property
    def count(self) -> int:
        return sum(rack.count for rack in self.racks)


@dataclass(frozen=True)
class _Step:
    """What racks of these classes pay at a slot where none of the hubs stands."""

    slot: Slot
    classes: tuple[_Class, ...]
    hubs: tuple[int, ...]  # numbers of slots
    mm: int  # cables x distance


def together(question: Question, known: Proven, deterministic_time: float, deadline: Deadline) -> Proven:
    """What is known, improved and proven where the hall is small enough and all its hubs serve all of it."""
    time = min(DETERMINISTIC_TIME, deterministic_time)
    if any(hub.group != COMMON for hub in question.hubs):
        return known
    within, widest = _farthest(known.placed) * 11 // 10, _width(question)
    while known.lower_bound_mm < known.cost_mm and time > 0 and not deadline.over():
        model = _Model(question, within)
        if len(model.steps) > MOST_STEPS:
            break
        known, spent, lossless = model.improve(known, time)
        time -= spent + LEAST_WORK
        if lossless or within >= widest:
            break
        within *= 2
    return known


def _farthest(placed: Placed) -> int:
    """The distance of the rack that is farthest from its hub."""
    hubs = _hubs_of(placed)
    return max(
        (distances_mm(hubs, COMMON, (slot,))[0] for rack, slot in placed if not rack.hub and rack.cables), default=0
    )


def _width(question: Question) -> int:
    slots = question.ground.by_width[1]
    return sum(max(side) - min(side) for side in ([s.x_mm for s in slots], [s.y_mm for s in slots]))


def _hubs_of(placed: Placed) -> Layout:
    return tuple(entry for entry in placed if entry[0].hub)


def _classes(question: Question, racks: Iterable[RackGroup]) -> tuple[_Class, ...]:
    """The racks by what counts: where they may stand, their cables and reach, and their load where rows matter."""
    found: dict[tuple[object, ...], list[RackGroup]] = {}
    for rack in racks:
        kind: tuple[object, ...] = (rack.positions, rack.rows)
        if not rack.hub:
            kind = (*kind, rack.cables, rack.reach_mm)
        if question.rows_matter:
            limits = question.problem.limits
            kind = (*kind, rack.design_w, rack.peak_w, tuple(limit.of(rack) for limit in limits))
        found.setdefault(kind, []).append(rack)
    return tuple(_Class(tuple(alike)) for alike in found.values())


class _Model:
    """All racks of one hall at slots; distances beyond `within_mm` count as that much."""

    def __init__(self, question: Question, within_mm: int) -> None:
        self.question, self.within_mm = question, within_mm
        self.hubs, self.others = _classes(question, question.hubs), _classes(question, question.others)
        self.slots = {each: question.ground.slots_for(each.rack) for each in (*self.hubs, *self.others)}
        self.hub_slots = list(dict.fromkeys(slot for each in self.hubs for slot in self.slots[each]))
        self.steps = list(self._steps())
        self.step_mm = math.gcd(*(step.mm for step in self.steps)) or 1

    def improve(self, known: Proven, deterministic_time: float) -> tuple[Proven, float, bool]:
        """What is known then, the deterministic time spent, and whether no distance left out was needed."""
        model = cp_model.CpModel()
        at = {
            (each, slot): model.new_bool_var(f"{each.rack.pattern}@{slot.row}{slot.numbers[0]}")
            for each, slots in self.slots.items()
            for slot in slots
        }
        self._rules(model, at)
        cost = self._cost(model, at, self._hubs_at(model, at))
        model.add(cost <= known.cost_mm // self.step_mm)
        model.minimize(cost)
        self._hint(model, at, known.placed)
        solver = new_solver(deterministic_time)
        solver.parameters.linearization_level = 2  # steps of distance are linear: the relaxation is nearly exact
        status = solver.solve(model)
        spent = solver.response_proto.deterministic_time
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return known, spent, True
        least = math.ceil(solver.best_objective_bound - 1e-6) * self.step_mm
        placed = self._placed({key for key, var in at.items() if solver.value(var)})
        found = cost_mm(self.question, _hubs_of(placed), placed)
        lossless = found == round(solver.objective_value) * self.step_mm
        if found >= known.cost_mm:
            placed, found = known.placed, known.cost_mm
        return Proven(placed, found, min(found, max(least, known.lower_bound_mm))), spent, lossless

    def _rules(self, model: cp_model.CpModel, at: dict[tuple[_Class, Slot], cp_model.IntVar]) -> None:
        takers: dict[int, list[cp_model.IntVar]] = {}
        for (_, slot), var in at.items():
            for cell in slot.cells:
                takers.setdefault(cell, []).append(var)
        one_rack_per_position(model, takers)
        for each, slots in self.slots.items():
            model.add(sum(at[each, slot] for slot in slots) == each.count)
        if self.question.rows_matter:
            loads: list[Load] = [(each.rack, slot.feeds, var) for (each, slot), var in at.items()]
            feeds_survive_a_loss(model, self.question.rooms, loads)
            inside: list[tuple[RackGroup, str, cp_model.LinearExprT]] = [
                (each.rack, slot.stretch, var) for (each, slot), var in at.items()
            ]
            rows_keep_their_limits(model, self.question.problem.limits, inside)
        for each in self.others:
            if each.rack.reach_mm is not None and each.rack.cables:
                for slot in self.slots[each]:
                    far = {hub for hub in self.hub_slots if distance_mm(slot, hub) > each.rack.reach_mm}
                    beyond = [at[kind, hub] for kind in self.hubs for hub in self.slots[kind] if hub in far]
                    model.add(sum(beyond) == 0).only_enforce_if(at[each, slot])

    def _steps(self) -> Iterator[_Step]:
        """Racks with the most cables first: each lot of classes pays what its last has in cables beyond the next."""
        here: dict[Slot, list[_Class]] = {}
        for each in sorted(self.others, key=lambda c: -c.rack.cables):
            if each.rack.cables:
                for slot in self.slots[each]:
                    here.setdefault(slot, []).append(each)
        for slot, classes in here.items():
            near = self._hubs_by_distance(slot)
            for number, each in enumerate(classes, start=1):
                cables = each.rack.cables - (classes[number].rack.cables if number < len(classes) else 0)
                if cables:
                    yield from _paid(slot, tuple(classes[:number]), near, cables)

    def _hubs_by_distance(self, slot: Slot) -> list[tuple[int, list[int]]]:
        near: dict[int, list[int]] = {}
        for number, hub in enumerate(self.hub_slots):
            if set(slot.cells).isdisjoint(hub.cells):
                near.setdefault(min(self.within_mm, distance_mm(slot, hub)), []).append(number)
        return sorted(near.items(), key=lambda entry: entry[0])

    def _hubs_at(
        self, model: cp_model.CpModel, at: dict[tuple[_Class, Slot], cp_model.IntVar]
    ) -> list[cp_model.IntVar]:
        """Whether a hub of any class stands at each of the slots for hubs."""
        found: list[cp_model.IntVar] = []
        for slot in self.hub_slots:
            kinds = [at[each, slot] for each in self.hubs if (each, slot) in at]
            if len(kinds) > 1:
                kinds = [model.new_bool_var("")]
                model.add(sum(at[each, slot] for each in self.hubs if (each, slot) in at) == kinds[0])
            found.append(kinds[0])
        return found

    def _cost(
        self, model: cp_model.CpModel, at: dict[tuple[_Class, Slot], cp_model.IntVar], hubs: list[cp_model.IntVar]
    ) -> cp_model.LinearExprT:
        paid: list[cp_model.LinearExprT] = []
        for step in self.steps:
            racks = sum(at[each, step.slot] for each in step.classes)
            if not step.hubs:
                paid.append(step.mm // self.step_mm * racks)
                continue
            pays = model.new_bool_var("")
            model.add(pays + cp_model.LinearExpr.sum([hubs[number] for number in step.hubs]) >= racks)
            paid.append(step.mm // self.step_mm * pays)
        return sum(paid)

    def _hint(self, model: cp_model.CpModel, at: dict[tuple[_Class, Slot], cp_model.IntVar], placed: Placed) -> None:
        of = {rack: each for each in (*self.hubs, *self.others) for rack in each.racks}
        standing = {(of[rack], slot) for rack, slot in placed}
        for key, var in at.items():
            model.add_hint(var, key in standing)

    def _placed(self, taken: set[tuple[_Class, Slot]]) -> Placed:
        """Racks of a class in their order at the slots of the class in the hall's order, hubs first."""
        placed: list[tuple[RackGroup, Slot]] = []
        for each, slots in self.slots.items():
            racks = (rack for rack in each.racks for _ in range(rack.count))
            placed.extend(zip(racks, (slot for slot in slots if (each, slot) in taken), strict=True))
        return tuple(placed)


def _paid(
    slot: Slot, classes: tuple[_Class, ...], near: Sequence[tuple[int, list[int]]], cables: int
) -> Iterator[_Step]:
    if near and near[0][0]:
        yield _Step(slot, classes, (), cables * near[0][0])
    within: list[int] = []
    for (mm, hubs), (farther, _) in pairwise(near):
        within.extend(hubs)
        yield _Step(slot, classes, tuple(within), cables * (farther - mm))
