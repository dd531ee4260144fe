"""Devices into racks: the fewest, or the cheapest, racks that hold a multiset of devices, with a proof.

Identical devices are a count, a rack content is a pattern, and racks are counted by pattern (column generation). The
names below load on first use, so that `planner.packing.certificate` can be imported without any solver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.packing.certificate import bound_from_certificate, check_certificate
    from planner.packing.data import (
        Certificate,
        DeviceClass,
        PackingInfeasible,
        PackingProblem,
        PackingResult,
        Pattern,
        RackClass,
    )
    from planner.packing.model import pack
    from planner.packing.u_positions import RackUnits, StackedDevice, UPosition, place_in_units

_HOME = {
    "Certificate": "data",
    "DeviceClass": "data",
    "PackingInfeasible": "data",
    "PackingProblem": "data",
    "PackingResult": "data",
    "Pattern": "data",
    "RackClass": "data",
    "RackUnits": "u_positions",
    "StackedDevice": "u_positions",
    "UPosition": "u_positions",
    "bound_from_certificate": "certificate",
    "check_certificate": "certificate",
    "pack": "model",
    "place_in_units": "u_positions",
}

__all__ = [
    "Certificate",
    "DeviceClass",
    "PackingInfeasible",
    "PackingProblem",
    "PackingResult",
    "Pattern",
    "RackClass",
    "RackUnits",
    "StackedDevice",
    "UPosition",
    "bound_from_certificate",
    "check_certificate",
    "pack",
    "place_in_units",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
