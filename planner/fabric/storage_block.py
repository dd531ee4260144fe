"""Storage that a design prescribes for each scalable unit, and the switches of its own cluster."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.fabrics import StorageBlock


@dataclass(frozen=True)
class StorageBlockCount:
    """Storage systems, their cluster switches, rack units and typical watts (switches not counted in the watts)."""

    product: str
    systems: int
    cluster_switches: int
    height_u: int
    power_typical_w: int


def count_storage_block(block: StorageBlock, units: int) -> StorageBlockCount:
    """The storage for a number of scalable units: linear in systems, switches in pairs."""
    systems = units * block.per_unit
    served = block.systems_per_switch_pair
    switches = 2 * -(-systems // served) if served else 0
    height_u = systems * block.height_u + switches * block.cluster_switch_height_u
    return StorageBlockCount(block.product, systems, switches, height_u, systems * block.power_typical_w)
