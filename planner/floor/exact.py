"""Few ways to place the hubs: try them all, the most promising first, and place the other racks best around each.

Where every rack takes one position and fits everywhere, the best places around a hub follow from sorting. Otherwise the
same bound prunes, and a small assignment model closes the layouts that are left.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from planner.floor.data import RackGroup
from planner.floor.layout import (
    Layout,
    Placed,
    Question,
    beyond_reach_mm,
    distances_mm,
    hub_cost_mm,
    layouts,
    lower_bound_mm,
    rows_hold,
)
from planner.floor.slots import Slot

if TYPE_CHECKING:
    from planner.floor.closing import Closer


@dataclass(frozen=True)
class Best:
    """The best placement found, its cost, and a bound on every placement."""

    placed: Placed | None
    cost_mm: int
    lower_bound_mm: int


def best_of_all_layouts(question: Question, deterministic_time: float) -> Best:
    """The optimum, or what is known of it when the deterministic limit ends the search. Nothing placed: none exists."""
    ordered = sorted(((lower_bound_mm(question, layout), n, layout) for n, layout in enumerate(layouts(question))))
    best: Placed | None = None
    cost, closer = 0, _Closing(question, deterministic_time)
    undecided: list[int] = []
    for bound, _, layout in ordered:
        if best is not None and bound >= cost:
            break
        found = nearest_first(question, layout)
        if found is not None and rows_hold(question, found):
            value = cost_mm(question, layout, found)
            if best is None or value < cost:
                best, cost = found, value
            if value == bound:
                continue
        closed, found = closer.close(layout, None if best is None else cost)
        if found is not None:
            best, cost = found, cost_mm(question, layout, found)
        if not closed:
            undecided.append(bound)
    return Best(best, cost, min([cost, *undecided]))


class _Closing:
    """Loads the solver when the first layout needs it; most halls never do."""

    def __init__(self, question: Question, deterministic_time: float) -> None:
        self._question, self._time = question, deterministic_time

    @cached_property
    def _closer(self) -> Closer:
        from planner.floor.closing import Closer  # noqa: PLC0415
        from planner.floor.work import Work  # noqa: PLC0415

        return Closer(self._question, Work(self._time))

    def close(self, layout: Layout, below: int | None) -> tuple[bool, Placed | None]:
        """Whether it is settled what these hubs can do, and their best placement if it costs less than `below`."""
        return self._closer.close(layout, below)


def cost_mm(question: Question, layout: Layout, placed: Placed) -> int:
    """Sum of cables x distance of all racks around these hubs."""
    total = hub_cost_mm(question, layout)
    for rack, slot in placed:
        if not rack.hub:
            total += rack.cables * distances_mm(layout, question.target[rack], (slot,))[0]
    return total


def nearest_first(question: Question, layout: Layout) -> Placed | None:
    """Each rack at the nearest slot left: racks with few slots first, then those with most cables. None: no place."""
    taken = {cell for _, slot in layout for cell in slot.cells}
    placed: list[tuple[RackGroup, Slot]] = list(layout)
    for rack in sorted(question.others, key=lambda r: (len(r.rows), -r.positions, -r.cables)):
        target = question.target[rack]
        every = question.ground.slots_for(rack)
        beyond = beyond_reach_mm(layout, target, rack, every)
        slots = [slot for slot, over in zip(every, beyond, strict=True) if not over]
        far = distances_mm(layout, target, slots)
        left = rack.count
        for _, slot in sorted(zip(far, slots, strict=True), key=lambda entry: (entry[0], entry[1].cells)):
            if not left:
                break
            if taken.isdisjoint(slot.cells):
                placed.append((rack, slot))
                taken.update(slot.cells)
                left -= 1
        if left:
            return None
    return tuple(placed)
