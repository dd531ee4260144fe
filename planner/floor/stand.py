"""Racks on slots of a field, as numbers."""

from __future__ import annotations

from planner.floor.data import RackGroup
from planner.floor.field import Field
from planner.floor.layout import Placed

Stand = tuple[tuple[RackGroup, int], ...]
"""Racks with the slots they stand on, hubs first."""


def at_slots(field: Field, stand: Stand) -> Placed:
    """The same racks with their slots in full."""
    return tuple((rack, field.slots[index]) for rack, index in stand)
