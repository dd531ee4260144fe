"""Rules of the free ports of switches that stand: what a request may say of them, and what the catalog knows."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.ports import cages_of, group_of, lanes_at
from planner.catalog.schema import Device, PortGroup, Switch
from planner.document import Document, Location
from planner.errors import Problem
from planner.request.existing import ExistingDevice, ExistingRack, FreePorts, OwnDevice

FOR_LINKS = ("data", "uplink")  # roles of ports that links of a fabric may take


def ports_problems(source: Document, place: Location, rack: ExistingRack, device: ExistingDevice) -> Iterator[Problem]:
    """What has free ports is one named switch in a rack that stands; each of its ports is free once."""
    if device.name is None:
        yield source.problem(place, 'free ports without a "name"', "the name of the switch that has them", key=True)
    if device.count != 1:
        yield source.problem(
            (*place, "count"), f"free ports of {device.count} devices", "one device, with its own ports"
        )
    if rack.decision == "retire":
        yield source.problem((*place, "free_ports"), "free ports in a rack that is retired", "a rack that stands")
    taken: set[int] = set()
    for m, free in enumerate(device.free_ports):
        here = (*place, "free_ports", m)
        yield from _management(source, here, free)
        if isinstance(device.product, OwnDevice):
            yield from _own(source, here, free)
        twice = sorted(taken & set(free.ports))
        if twice:
            yield source.problem((*here, "ports"), f"port {twice[0]} a second time", "each port once")
        taken.update(free.ports)


def _management(source: Document, here: Location, free: FreePorts) -> Iterator[Problem]:
    if free.fabric != "out-of-band":
        return
    if free.speed != 1000:
        yield source.problem(
            (*here, "speed"), f"out-of-band ports of {free.speed / 1000:g} Gb/s", "ports of 1 Gb/s",
            "management ports run at 1 Gb/s",
        )  # fmt: skip
    if free.connector not in (None, "RJ45"):
        yield source.problem((*here, "connector"), f"out-of-band ports with {free.connector}", "RJ45")
    if free.technology == "infiniband":
        yield source.problem((*here, "technology"), "out-of-band ports that speak InfiniBand", "ethernet")


def _own(source: Document, here: Location, free: FreePorts) -> Iterator[Problem]:
    """Nothing but the request tells which plug fits a port of a device that the catalog does not have."""
    if free.connector is None and free.speed != 1000:
        yield source.problem(
            here, f'free ports of {free.speed / 1000:g} Gb/s without a "connector"', "the connector of these ports",
            'for example "QSFP112"; only ports of 1 Gb/s are RJ45 without being said to be', key=True,
        )  # fmt: skip


def switch_problems(
    source: Document, place: Location, device: ExistingDevice, product: Device | None
) -> Iterator[Problem]:
    """Free ports of a product are ports that it has, of the stated connector and technology, at a speed they make."""
    if product is None:
        return
    for m, free in enumerate(device.free_ports):
        here = (*place, "free_ports", m)
        if isinstance(product, Switch) and cages_of(product):
            problem = _technology(source, here, free, product) or _cages(source, here, free, product)
            if problem is not None:
                yield problem
        else:
            yield from _own(source, here, free)


def _technology(source: Document, here: Location, free: FreePorts, switch: Switch) -> Problem | None:
    own = switch.technology.partition("-")[0]
    if free.technology in (None, own):
        return None
    return source.problem((*here, "technology"), f'"{free.technology}"', own, f"{switch.id} speaks {switch.technology}")


def _cages(source: Document, here: Location, free: FreePorts, switch: Switch) -> Problem | None:
    """The first thing that the ports of a switch contradict."""
    speed = free.speed / 1000
    for port in free.ports:
        group = group_of(switch, port)
        if group is None:
            return source.problem((*here, "ports"), f"port {port} of {switch.id}", f"ports 1 to {cages_of(switch)}")
        if group.role not in FOR_LINKS:
            return source.problem(
                (*here, "ports"), f"port {port} of {switch.id}, a {group.role} port", "a port for links of the fabric"
            )
        if free.connector not in (None, group.connector):
            return source.problem(
                (*here, "connector"), f'"{free.connector}" for port {port} of {switch.id}', f'"{group.connector}"',
                "leave it out: the catalog knows",
            )  # fmt: skip
        if not lanes_at(switch, group, speed):
            return _wrong_speed(source, here, free, switch, group, port)
    return None


def _wrong_speed(
    source: Document, here: Location, free: FreePorts, switch: Switch, group: PortGroup, port: int
) -> Problem:
    """The speed of ports that do not run at it; where it is left out, the problem is that of the ports."""
    made = ", ".join(f"{speed:g}" for speed in sorted(group.speed_gbit_s / split for split in group.splits))
    less = ", or less" if switch.technology == "ethernet" else ""
    stated = "speed" in free.model_fields_set
    return source.problem(
        (*here, "speed") if stated else here, f"{free.speed / 1000:g} Gb/s for port {port} of {switch.id}",
        f"a speed that the port makes: {made} Gb/s{less}", "" if stated else 'state the key "speed"',
    )  # fmt: skip
