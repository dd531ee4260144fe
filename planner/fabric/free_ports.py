"""Free ports of switches that stand in a hall, as the request states them and the catalog knows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planner.catalog.load import Catalog
from planner.catalog.ports import group_of, lanes_at
from planner.catalog.schema import PortGroup, Switch
from planner.fabric.joining import FreePorts
from planner.fabric.site import OUT_OF_BAND
from planner.request.check_existing import spot_of
from planner.request.existing import ExistingDevice
from planner.request.existing import FreePorts as Stated
from planner.request.site import Hall


class SwitchPorts(NamedTuple):
    """Equal free ports of one switch that stands already, for one fabric at one speed, and where it is."""

    name: str
    product: str  # of the catalog, "" where the request brought its figures
    row: str
    number: int
    u: int
    fabric: str
    speed_gbit_s: float  # of each link
    connector: str
    technology: str  # ethernet, infiniband
    lanes: int  # links that each port takes
    ports: tuple[int, ...]


def existing_switches(hall: Hall, catalog: Catalog) -> tuple[SwitchPorts, ...]:
    """Free ports in the order of rows, numbers and units; of each switch as the request lists them."""
    found: list[SwitchPorts] = []
    order = {row.id: n for n, row in enumerate(hall.rows)}
    for rack in hall.existing.racks:
        spot = spot_of(hall, rack.position)
        if spot is None or rack.decision == "retire":
            continue
        for device in rack.devices:
            found += _merged(_ports_of(device, spot[0].id, spot[1], catalog))
    return tuple(sorted(found, key=lambda switch: (order[switch.row], switch.number, switch.u, switch.name)))


def _ports_of(device: ExistingDevice, row: str, number: int, catalog: Catalog) -> Iterator[SwitchPorts]:
    product = device.product if isinstance(device.product, str) else ""
    switch = catalog.products.get(product)
    for free in device.free_ports:
        for port in free.ports:
            group = group_of(switch, port) if isinstance(switch, Switch) else None
            if isinstance(switch, Switch) and group is not None:
                yield _of_catalog(device, row, number, free, port, switch, group)
            else:
                yield SwitchPorts(
                    device.name or "", product, row, number, device.u, free.fabric, free.speed / 1000,
                    free.connector or "RJ45", free.technology or "ethernet", 1, (port,),
                )  # fmt: skip


def _of_catalog(
    device: ExistingDevice, row: str, number: int, free: Stated, port: int, switch: Switch, group: PortGroup
) -> SwitchPorts:
    speed = free.speed / 1000
    return SwitchPorts(
        device.name or "", switch.id, row, number, device.u, free.fabric, speed, group.connector,
        switch.technology.partition("-")[0], lanes_at(switch, group, speed), (port,),
    )  # fmt: skip


def _merged(single: Iterator[SwitchPorts]) -> list[SwitchPorts]:
    """Ports that differ in their number alone, together."""
    found: dict[SwitchPorts, list[int]] = {}
    for one in single:
        found.setdefault(one._replace(ports=()), []).extend(one.ports)
    return [key._replace(ports=tuple(ports)) for key, ports in found.items()]


def free_ports(hall: Hall) -> int:
    """Free out-of-band ports of all existing switches of a hall."""
    return sum(
        len(free.ports)
        for rack in hall.existing.racks
        if rack.decision != "retire"
        for device in rack.devices
        for free in device.free_ports
        if free.fabric == OUT_OF_BAND
    )


def free_links(hall: Hall, catalog: Catalog) -> tuple[FreePorts, ...]:
    """Free ports of existing switches of a hall for all but out-of-band links, in the order of the switches."""
    return tuple(
        FreePorts(entry.name, entry.fabric, entry.technology, entry.speed_gbit_s, entry.lanes, entry.ports)
        for entry in existing_switches(hall, catalog)
        if entry.fabric != OUT_OF_BAND
    )
