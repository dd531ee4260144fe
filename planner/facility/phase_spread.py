"""Cords over the phases of a rack: the most even spread, exact for few cords, the same on every run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from planner.facility.electrical_phases import Cords, Wiring, branch_loads, overloaded

FEW = 12  # cords that an exact search spreads
MOST_STEPS = 50_000  # of the exact search; counted, so that the result never depends on the clock

Pair = tuple[int, int]  # design and peak W


def spread(wiring: Wiring, cords: Sequence[Cords]) -> tuple[tuple[int, ...], ...]:
    """The branch of every cord, device by device, so that the fullest branch is least full.

    Fullness is the worse of design W over the continuous and peak W over the nameplate rating. The largest cords first
    onto the emptiest branch; up to `FEW` cords are then searched for the best there is.
    """
    return _spread(wiring, tuple((c.count, c.design_w, c.peak_w) for c in cords))


def fits_the_phases(wiring: Wiring, cords: Sequence[Cords]) -> bool:
    """Whether the spread keeps every line within its continuous rating at design and its nameplate at peak load."""
    found = spread(wiring, cords)
    design = branch_loads(wiring, [(b, c.design_w) for b, c in zip(found, cords, strict=True)])
    peak = branch_loads(wiring, [(b, c.peak_w) for b, c in zip(found, cords, strict=True)])
    return not overloaded(wiring, design, continuous=True) and not overloaded(wiring, peak, continuous=False)


@lru_cache(maxsize=4096)
def _spread(wiring: Wiring, devices: tuple[tuple[int, int, int], ...]) -> tuple[tuple[int, ...], ...]:
    scale = (wiring.branch_w(continuous=False), wiring.branch_w(continuous=True))
    cords = sorted(
        ((design, peak, n) for n, (count, design, peak) in enumerate(devices) for _ in range(count)),
        key=lambda cord: (-_fullness(cord[:2], scale), -cord[0], -cord[1], cord[2]),
    )
    found = _greedy(wiring.branches, [cord[:2] for cord in cords], scale)
    if len(cords) <= FEW:
        found = _Search(wiring.branches, [cord[:2] for cord in cords], scale, found).best
    by_device: list[list[int]] = [[] for _ in devices]
    for (_, _, n), branch in zip(cords, found, strict=True):
        by_device[n].append(branch)
    return tuple(tuple(sorted(branches)) for branches in by_device)


def _fullness(load: Pair, scale: Pair) -> int:
    return max(load[0] * scale[0], load[1] * scale[1])


def _greedy(branches: int, cords: Sequence[Pair], scale: Pair) -> tuple[int, ...]:
    loads: list[Pair] = [(0, 0)] * branches
    chosen = []
    for cord in cords:
        after = [(load[0] + cord[0], load[1] + cord[1]) for load in loads]
        branch = min(range(branches), key=lambda b: (_fullness(after[b], scale), b))
        loads[branch] = after[branch]
        chosen.append(branch)
    return tuple(chosen)


class _Search:
    """Every spread that may beat the greedy one: least fullest branch, then least sum of squares."""

    def __init__(self, branches: int, cords: Sequence[Pair], scale: Pair, start: tuple[int, ...]) -> None:
        self.cords, self.scale, self.steps = cords, scale, 0
        self.loads: list[Pair] = [(0, 0)] * branches
        self.best = start
        for cord, branch in zip(cords, start, strict=True):
            self._add(branch, cord, 1)
        self.value = self._value()
        self.loads = [(0, 0)] * branches
        self._go((), 0)

    def _add(self, branch: int, cord: Pair, sign: int) -> None:
        design, peak = self.loads[branch]
        self.loads[branch] = (design + sign * cord[0], peak + sign * cord[1])

    def _value(self) -> tuple[int, int]:
        full = [_fullness(load, self.scale) for load in self.loads]
        return max(full), sum(f * f for f in full)

    def _go(self, chosen: tuple[int, ...], first: int) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            return
        if len(chosen) == len(self.cords):
            value = self._value()
            if value < self.value:
                self.best, self.value = chosen, value
            return
        cord = self.cords[len(chosen)]
        tried: set[Pair] = set()
        for branch in range(first, len(self.loads)):
            if self.loads[branch] in tried:  # a branch with the same load leads to the same spreads
                continue
            tried.add(self.loads[branch])
            self._add(branch, cord, 1)
            if _fullness(self.loads[branch], self.scale) <= self.value[0]:
                following = self.cords[len(chosen) + 1] if len(chosen) + 1 < len(self.cords) else None
                self._go((*chosen, branch), branch if following == cord else 0)
            self._add(branch, cord, -1)
