"""The devices that the counts of a site speak of, named in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass

from planner.cabling.model import Device
from planner.fabric.counts import FabricCounts

SYSTEM, SERVER, STORAGE, PDU = "system", "server", "storage", "pdu"


@dataclass(frozen=True)
class Inventory:
    """What the fabrics join besides switches: products by kind, and how many of each.

    The first `storage_first_port` ports of every storage box are on other fabrics.
    """

    system_product: str
    servers: int = 0
    server_product: str = ""
    storage: int = 0
    storage_product: str = ""
    pdus: int = 0
    storage_first_port: int = 0


def device_id(role: str, number: int) -> str:
    """The id of the n-th device of a role, counted from 1."""
    return f"{role}-{number:04d}"


def named_devices(counts: FabricCounts, inventory: Inventory) -> dict[str, Device]:
    """Every device by id: systems, servers, storage, PDUs, then switches and managers by role (planes in turn)."""
    found: dict[str, Device] = {}
    others = (
        (SYSTEM, inventory.system_product, counts.systems),
        (SERVER, inventory.server_product, inventory.servers),
        (STORAGE, inventory.storage_product, inventory.storage),
        (PDU, "", inventory.pdus),
    )
    for role, product, count in others:
        _add(found, role, product, count, 1)
    for entry in (*counts.switches, *counts.appliances):
        planes = counts.planes if entry.role.startswith("compute-") and "manager" not in entry.role else 1
        _add(found, entry.role, entry.product, entry.count, planes)
    return found


def _add(found: dict[str, Device], role: str, product: str, count: int, planes: int) -> None:
    for index in range(count):
        device = Device(device_id(role, index + 1), role, product, index * planes // count)
        found[device.id] = device
