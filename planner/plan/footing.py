"""Whether the racks of a settled answer find positions, each hall by itself, before any plan is assembled."""

from __future__ import annotations

from collections.abc import Callable

from planner.floor.data import FloorInfeasible, FloorProblem
from planner.floor.fitting import fit
from planner.floor.slots import ground_of
from planner.request.site import Hall, Site
from planner.sizing.answer import Settled
from planner.sizing.question import Question

FloorMaker = Callable[[Question, Settled, Site, Hall], FloorProblem | None]


def refused_by_floor(question: Question, settled: Settled, floor: FloorMaker) -> tuple[FloorInfeasible, str] | None:
    """Why the racks as they are packed do not stand, and the first hall where they do not; None where they do."""
    for site, hall in question.request.halls():
        try:
            problem = floor(question, settled, site, hall)
            if problem is not None:
                fit(problem, ground_of(problem))
        except FloorInfeasible as refusal:
            return refusal, hall.id
    return None
