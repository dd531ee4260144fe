"""Floor: racks to positions at the least cable length, with a proof.

The names below load on first use, so that `planner.floor.data` and `planner.floor.geometry` load no solver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.floor.cables import CableRun, cable_runs, objective_mm
    from planner.floor.data import FloorInfeasible, FloorProblem, FloorResult, Placement, RackGroup, RowLimit
    from planner.floor.geometry import Position, positions_of, rack_id
    from planner.floor.model import place

_HOME = {
    "CableRun": "cables",
    "FloorInfeasible": "data",
    "FloorProblem": "data",
    "FloorResult": "data",
    "Placement": "data",
    "Position": "geometry",
    "RackGroup": "data",
    "RowLimit": "data",
    "cable_runs": "cables",
    "objective_mm": "cables",
    "place": "model",
    "positions_of": "geometry",
    "rack_id": "geometry",
}

__all__ = [
    "CableRun",
    "FloorInfeasible",
    "FloorProblem",
    "FloorResult",
    "Placement",
    "Position",
    "RackGroup",
    "RowLimit",
    "cable_runs",
    "objective_mm",
    "place",
    "positions_of",
    "rack_id",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
