"""Checks of rows with rear doors: the loop that takes their heat, and what cannot be stated beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planner.document import Document, Location, nearest
from planner.errors import Problem
from planner.request.check_ground import each_hall
from planner.request.positions import Row
from planner.request.schema import Request
from planner.request.water_and_air import Loop


def rear_doors_have_their_loop(request: Request, source: Document) -> Iterator[Problem]:
    """Doors hang on a loop of their hall that gives facility water without a limit of flow, no later than their row."""
    for at, hall in each_hall(request):
        known = {loop.id: loop for loop in hall.cooling.loops}
        for k, row in enumerate(hall.rows):
            if row.rear_door is None:
                continue
            place = (*at, "rows", k, "rear_door", "loop")
            loop = known.get(row.rear_door.loop)
            if loop is not None:
                yield from _loop_takes_doors(source, place, row, loop)
                continue
            names = list(known)
            hint = nearest(row.rear_door.loop, names) or (
                f"the hall has {', '.join(names)}" if names else "add it to loops"
            )
            yield source.problem(place, f'the loop "{row.rear_door.loop}"', "a loop of this hall", hint)


def _loop_takes_doors(source: Document, place: Location, row: Row, loop: Loop) -> Iterator[Problem]:
    if loop.cdus != "present":
        yield source.problem(
            place, f'the loop "{loop.id}", whose CDUs are to buy', "a loop with cdus: present",
            "doors take facility water, and no CDU stands before them",
        )  # fmt: skip
    if loop.flow is not None:
        yield source.problem(
            place, f'the loop "{loop.id}", whose flow is limited', "a loop without flow",
            "what a rear door draws is not known: state the capacity that its flow leaves",
        )  # fmt: skip
    if loop.available_from is not None and (row.available_from is None or row.available_from < loop.available_from):
        yield source.problem(
            place, f'the loop "{loop.id}", which arrives after the row', f"a row from {loop.available_from} on",
            "its racks cannot be cooled before",
        )  # fmt: skip


def rear_doors_take_the_heat_of_their_row(request: Request, source: Document) -> Iterator[Problem]:
    """A row with doors gives no heat to the cooling of the row, so none is limited there."""
    for at, hall in each_hall(request):
        for k, row in enumerate(hall.rows):
            if row.rear_door is not None and row.air is not None:
                yield source.problem(
                    (*at, "rows", k, "air"), "heat to the air of a row with rear doors", "rear_door or air, not both",
                    "the doors take the heat of every rack to their loop",
                )  # fmt: skip


CHECKS: tuple[Callable[[Request, Document], Iterator[Problem]], ...] = (
    rear_doors_have_their_loop,
    rear_doors_take_the_heat_of_their_row,
)
