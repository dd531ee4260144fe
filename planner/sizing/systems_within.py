"""Which systems a plan within given values of the objectives may have: often few, and then much is quick to prove."""

from __future__ import annotations

from collections.abc import Sequence

from ortools.sat.python import cp_model

from planner.deadline import Deadline
from planner.sizing.data import Cut, SizingData, SizingResult
from planner.sizing.model import Caps, build_capped, solver
from planner.sizing.variables import total


def systems_used(sized: SizingResult) -> frozenset[str]:
    """The items that workloads run on, on site or rented."""
    return frozenset(system for placed in sized.units.values() for _, system, _ in placed)


def systems_within(
    data: SizingData, caps: Caps, cuts: Sequence[Cut], known: frozenset[str], deadline: Deadline
) -> frozenset[str] | None:
    """The systems of all plans within `caps`, by item; `known` are those of some. None: not decided in time.

    Asked again and again for a plan with another one, until there is none.
    """
    found = known
    while True:
        built = build_capped(data, caps, cuts)
        others = {key: uses for key, uses in built.v.uses.items() if key[1] not in found}
        if not others:
            return found
        built.model.add(total(others.values()) >= 1)
        run = solver()
        with deadline.watching(run.stop_search):
            status = run.solve(built.model)
        if status == cp_model.INFEASIBLE:
            return found
        if status == cp_model.UNKNOWN:
            return None
        found |= {system for (_, system), uses in others.items() if run.value(uses)}
