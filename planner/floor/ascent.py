"""Prices of positions raised where the bound uses a position twice and lowered where it leaves one empty.

A subgradient step of Polyak's length: towards the best known cost, shortened when the bound stops growing. Steps are
element by element, and the prices used are whole numbers, so that the bounds do not depend on the machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from dataclasses import field as dataclass_field

import numpy as np
import numpy.typing as npt

from planner.floor.field import Field, Ints, Kind
from planner.floor.pricing import Choice, Prices

Floats = npt.NDArray[np.float64]

PATIENCE = 8
LONG_PATIENCE = 25
LONG_SHORTEST = 0.01
TURN = 0.3
SHORTER = 0.7
SHORTEST = 0.02


@dataclass
class Ascent:
    """Prices on their way up. `length` scales the step; it is over when that has become too short."""

    field: Field
    cells: Floats
    rewards: list[Floats]
    common: Floats
    patience: int
    length: float = 1.0
    best: int | None = None
    stale: int = 0
    turn: float = 1.0
    shortest: float = SHORTEST
    towards: list[Floats] = dataclass_field(default_factory=list)
    best_cells: Floats = dataclass_field(default_factory=lambda: np.zeros(0))

    def prices(self) -> Prices:
        """The prices in whole numbers."""
        return Prices(_whole(self.cells), tuple(_whole(r) for r in self.rewards), _whole(self.common))

    def over(self) -> bool:
        """Whether more steps would not help."""
        return self.length < self.shortest

    def step(self, choice: Choice, upper: int) -> None:
        """One step towards the cost `upper`, from what the bound chose at the current prices."""
        self._note(choice.bound)
        cells = choice.usage - 1
        cells[(cells < 0) & (self.cells <= 0)] = 0
        wanted = [*(_counts(kind) for kind in self.field.kinds), _common_counts(self.field)]
        misses = [
            _short(count, placed) for count, placed in zip(wanted, (*choice.placed, choice.common_placed), strict=True)
        ]
        self._turn(cells, misses)
        square = float((cells * cells).sum())
        square += sum(_weighed_square(count, miss) for count, miss in zip(wanted, misses, strict=True))
        if not square or upper <= choice.bound:
            self.length = 0.0
            return
        size = self.length * (upper - choice.bound) / square
        moved = [
            np.clip(old + size * part, 0.0, float(upper))  # a direction that cancels itself out makes steps without end
            for old, part in zip((self.cells, *self.rewards, self.common), self.towards, strict=True)
        ]
        self.cells, self.rewards, self.common = moved[0], moved[1:-1], moved[-1]

    def _turn(self, cells: Ints, misses: list[Floats]) -> None:
        """The direction of a step: mostly the last one, so that steps do not swing from side to side."""
        now = [cells.astype(np.float64), *misses]
        if self.towards:
            now = [self.turn * new + (1 - self.turn) * old for new, old in zip(now, self.towards, strict=True)]
        self.towards = now

    def _note(self, bound: int) -> None:
        if self.best is None or bound > self.best:
            self.best, self.stale, self.best_cells = bound, 0, self.cells
            return
        self.stale += 1
        if self.stale >= self.patience:
            self.length, self.stale = self.length * SHORTER, 0


def _counts(kind: Kind) -> Ints:
    """Racks of a kind by reward; none where each group has one hub."""
    each = len(kind.groups) if kind.hubs > 1 else 0
    return np.array([each * member.count for member in kind.members], dtype=np.int64)


def _short(counts: Ints, placed: Ints) -> Floats:
    """The share of each class that is not placed yet, negative where too many are.

    Shares instead of racks: a reward moves as far for a class that is missing as a price does for one cell.
    """
    return np.where(counts > 0, (counts - placed) / np.maximum(counts, 1), 0.0)


def _weighed_square(counts: Ints, misses: Floats) -> float:
    return math.fsum(count * miss * miss for count, miss in zip(counts.tolist(), misses.tolist(), strict=True))


def _common_counts(field: Field) -> Ints:
    """Racks and hubs that cable to the hall's hubs, by reward; none where there is one hub."""
    if field.common is None or field.common.hubs == 1:
        return np.zeros(_commons(field), dtype=np.int64)
    counts = [*(m.count for m in field.common.members), *(kind.all_hubs for kind in field.kinds)]
    return np.array(counts, dtype=np.int64)


def _commons(field: Field) -> int:
    return 0 if field.common is None else len(field.common.members) + len(field.kinds)


def _whole(values: Floats) -> Ints:
    return np.asarray(np.rint(values), dtype=np.int64)


def flat_start(field: Field) -> Ascent:
    """No prices; a rack that may choose among hubs is worth what it pays at the rim of an even share of the hall."""
    rewards = [_rim(field, kind.hub_slots, kind.hubs, [(m.count, m.cables) for m in kind.members], kind.hubs > 1)
               for kind in field.kinds]  # fmt: skip
    common = np.zeros(_commons(field))
    if field.common is not None and field.common.hubs > 1:
        classes = [(m.count, m.cables) for m in field.common.members]
        classes += [(kind.all_hubs, kind.hub_cables) for kind in field.kinds]
        common = _rim(field, field.common.hub_slots, field.common.hubs, classes, True)
    return Ascent(field, np.zeros(field.cells), rewards, common, LONG_PATIENCE, turn=TURN, shortest=LONG_SHORTEST)


def _rim(field: Field, hub_slots: Ints, hubs: int, classes: list[tuple[int, int]], shared: bool) -> Floats:
    if not shared:
        return np.zeros(len(classes))
    share = min(field.cells - 1, sum(count for count, _ in classes) // hubs)
    near = np.sort(field.distance[hub_slots], axis=1)[:, share]
    middle = int(np.sort(near)[len(near) // 2])
    return np.array([float(cables * middle) for _, cables in classes])


def start_around(field: Field, hub: int) -> Ascent:
    """Prices that fall with the distance from the hall's hub at this slot, to nothing where the racks end.

    A position's price is its share of the cables that a scalable unit there has to the hub: then tiles near and far
    cost the same, as they do at the optimum of an endless hall.
    """
    assert field.common is not None
    cables = sum(kind.all_hubs * kind.hub_cables for kind in field.kinds)
    racks = sum(kind.all_hubs + len(kind.groups) * sum(m.count for m in kind.members) for kind in field.kinds)
    cables += sum(m.count * m.cables for m in field.common.members)
    racks += 1 + sum(m.count for m in field.common.members)
    singles = field.distance[hub][: field.cells].copy()
    singles[singles >= field.far] = 0
    rim = int(np.sort(singles)[min(racks, field.cells) - 1])
    start = flat_start(field)
    start.patience, start.shortest = PATIENCE, SHORTEST
    start.cells = np.maximum(0.0, (rim - singles) * (cables / racks))
    return start
