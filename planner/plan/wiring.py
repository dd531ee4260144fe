"""Cables of a plan: every device of every fabric at its rack and U, then port to port. Pure: a plan is all it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from planner.cabling import (
    EXISTING,
    CablePlan,
    ExistingSwitch,
    Inventory,
    Position,
    Products,
    SiteParameters,
    named_devices,
    schedule_csv,
    wire,
)
from planner.cabling.devices import STORAGE
from planner.cabling.ports import Socket, socket_of
from planner.cabling.standing import switches_used
from planner.catalog.fabrics import FabricDesign
from planner.catalog.load import Catalog
from planner.catalog.ports import group_of
from planner.catalog.schema import Appliance, Cable, Module, Server, Storage, Switch, System
from planner.errors import InputError
from planner.fabric.counts import FabricCounts
from planner.fabric.free_ports import SwitchPorts, existing_switches, free_links, free_ports
from planner.fabric.generic import fitted
from planner.fabric.sharing import HallEndpoints, count_hall, management_fabric, storage_box, storage_ports_of_each
from planner.fabric.site import OUT_OF_BAND, Endpoints, management_servers
from planner.floor.geometry import positions_of
from planner.plan.library import Library
from planner.plan.power_caps import with_power_caps
from planner.plan.schema import CableLine, Pattern, Plan, Rack, SwitchPortsPlan
from planner.request.schema import Request
from planner.request.site import Hall
from planner.wording import sentence

MANAGEMENT = "management-server"
STANDING = {"system": "system", "server": MANAGEMENT, "storage": "storage"}


@dataclass(frozen=True)
class HallFabric:
    """One system product's networks in one hall."""

    hall: str
    system: str
    design: FabricDesign
    counts: FabricCounts


class StoragePorts(NamedTuple):
    """Ports of every storage box of a hall: on one fabric, and on those before it."""

    own: int
    before: int


@dataclass(frozen=True)
class Standing:
    """Where the devices of a hall stand, by role and product, in the order of racks and from the lowest U up."""

    places: Mapping[tuple[str, str], Sequence[Position]]
    pdus: Sequence[Position]

    def product(self, role: str) -> str:
        """The first product of a role; "" where there is none."""
        return next((product for own, product in sorted(self.places) if own == role), "")

    def count(self, role: str, product: str) -> int:
        """Devices of a role and product."""
        return len(self.places.get((role, product), ()))


def standing_of(hall: str, racks: Sequence[Rack], patterns: Mapping[str, Pattern]) -> Standing:
    """Every device of a hall at its rack and U."""
    places: dict[tuple[str, str], list[Position]] = {}
    pdus: list[Position] = []
    for rack in racks:
        if rack.hall != hall:
            continue
        pattern = patterns[rack.pattern]
        at = Position(hall, rack.row, rack.positions[0], rack.x_mm, rack.y_mm)
        if pattern.system is not None:
            places.setdefault(("system", pattern.system), []).append(at)
        for device in pattern.devices:
            places.setdefault((device.role, device.product), []).append(replace(at, u=device.u))
        pdus.extend(at for count in pattern.pdus.values() for _ in range(count))
    return Standing(places, pdus)


def inventory_of(fabric: HallFabric, standing: Standing, ports: StoragePorts, *, manages: bool) -> Inventory:
    """What a fabric joins besides switches: its own management servers, the hall's storage and PDUs.

    Storage has ports on every fabric, `ports` of each box on this one; PDUs hang on the fabric that `manages` the hall.
    """
    storage, server = standing.product("storage"), standing.product(MANAGEMENT)
    return Inventory(
        system_product=fabric.system,
        servers=min(management_servers(fabric.design, Endpoints()), standing.count(MANAGEMENT, server)),
        server_product=server,
        storage=standing.count("storage", storage) if ports.own or manages else 0,
        storage_product=storage,
        storage_first_port=ports.before,
        pdus=len(standing.pdus) if manages else 0,
    )


Places = dict[tuple[str, str], Iterator[Position]]


def placement_of(
    fabric: HallFabric, inventory: Inventory, standing: Standing, taken: Places | None = None
) -> dict[str, Position]:
    """A position for every device that the fabric's counts name. `taken` are the places that are left in the hall.

    The same storage boxes are on every fabric: none of their places is taken.
    """
    left: Places = {} if taken is None else taken
    left.pop(("storage", inventory.storage_product), None)
    found: dict[str, Position] = {}
    for name, device in named_devices(fabric.counts, inventory).items():
        if device.role == "pdu":
            key, places = ("pdu", ""), standing.pdus
        else:
            key = (STANDING.get(device.role, device.role), device.product)
            places = standing.places.get(key, ())
        queue = left.setdefault(key, iter(places))
        position = next(queue, None)
        if position is not None:
            found[name] = position
    return found


class FabricName(NamedTuple):
    """What tells the devices of a fabric from those of others, and those that all fabrics of its hall share."""

    own: str
    hall: str


def names_of(fabrics: Sequence[HallFabric]) -> list[FabricName]:
    """Nothing for the only fabric, else the hall, and the system where a hall has several."""
    halls = [fabric.hall for fabric in fabrics]
    names = []
    for fabric in fabrics:
        hall = fabric.hall if len(set(halls)) > 1 else ""
        system = fabric.system if halls.count(fabric.hall) > 1 else ""
        names.append(FabricName("-".join(part for part in (hall, system) if part), hall))
    return names


def named_for(plan: CablePlan, name: FabricName) -> CablePlan:
    """The same cabling with the fabric's name before that of each device, so that no two devices share one.

    Storage is on every fabric of its hall under one name; what stands already keeps the name that people know.
    """
    if not name.own:
        return plan
    prefixes = {EXISTING: "", STORAGE: name.hall}
    own = {
        key: f"{prefix}-{key}" if (prefix := prefixes.get(device.role, name.own)) else key
        for key, device in plan.devices.items()
    }
    return replace(
        plan,
        links=tuple(link._replace(a=own[link.a], b=own[link.b]) for link in plan.links),
        devices={own[key]: replace(device, id=own[key]) for key, device in plan.devices.items()},
        placement={own[key]: position for key, position in plan.placement.items()},
        highest_cage={own[key]: cage for key, cage in plan.highest_cage.items()},
    )


def parameters_of(hall: Hall) -> SiteParameters:
    """The hall's own cabling figures over the defaults. A link that no medium reaches is refused."""
    own = hall.cabling
    return SiteParameters(
        tray_height_m=own.tray_height / 1000,
        side_offset_m=own.side_offset / 1000,
        slack_m=own.slack / 1000,
        slack_in_rack_m=own.slack_in_rack / 1000,
        under_floor=own.under_floor,
        floor_depth_m=own.floor_depth / 1000,
        rack_base_m=own.rack_base / 1000,
        rack_top_m=own.rack_top / 1000,
        crossovers_x_mm=tuple(float(x) for x in own.crossovers),
        media=own.media,
        reach_margin=own.reach_margin,
        max_copper_m=None if own.max_copper is None else own.max_copper / 1000,
        switch_ports_face=own.switch_ports,
    )


def products_of(catalog: Catalog, refused: Collection[str]) -> Products:
    """The products that cabling chooses from: modules and cables of refused vendors are none of them."""
    modules = {name: m for name, m in catalog.of(Module).items() if m.vendor not in refused}
    cables = {name: c for name, c in catalog.of(Cable).items() if c.vendor not in refused}
    return Products(
        switches=catalog.of(Switch), systems=catalog.of(System), modules=modules, cables=cables,
        servers=catalog.of(Server), storage=catalog.of(Storage), appliances=catalog.of(Appliance),
    )  # fmt: skip


@dataclass(frozen=True)
class Wired:
    """The cables of one system product's networks in one hall."""

    fabric: HallFabric
    cables: CablePlan


def wire_halls(
    catalog: Catalog, request: Request, fabrics: Sequence[HallFabric], racks: Sequence[Rack],
    patterns: Mapping[str, Pattern],
) -> list[Wired]:  # fmt: skip
    """Port-to-port cabling of every fabric whose counts are known."""
    products = products_of(catalog, request.policy.vendors.exclude)
    names = dict(zip(((f.hall, f.system) for f in fabrics), names_of(fabrics), strict=True))
    wired = []
    for _, hall in request.halls():
        here = [fabric for fabric in fabrics if fabric.hall == hall.id]
        for fabric, cables in _wired_hall(catalog, hall, here, standing_of(hall.id, racks, patterns), products):
            wired.append(Wired(fabric, named_for(cables, names[fabric.hall, fabric.system])))
    return wired


def _wired_hall(
    catalog: Catalog, hall: Hall, fabrics: Sequence[HallFabric], standing: Standing, products: Products
) -> Iterator[tuple[HallFabric, CablePlan]]:
    """The fabrics of one hall, which share its storage, PDUs and existing switches."""
    each, _ = storage_box(catalog.products.get(standing.product("storage")))
    ports = storage_ports_of_each(each, [(fabric.design, fabric.counts.systems) for fabric in fabrics])
    manager = management_fabric([fabric.design for fabric in fabrics])
    taken: Places = {}
    stands = switches_that_stand(hall, catalog)
    for n, fabric in enumerate(fabrics):
        manages = n == manager
        inventory = inventory_of(fabric, standing, StoragePorts(ports[n], sum(ports[:n])), manages=manages)
        placement = placement_of(fabric, inventory, standing, taken)
        used = switches_used(stands, fabric.counts, manages=manages)
        yield fabric, wire(fabric.design, fabric.counts, placement, products, inventory, parameters_of(hall), used)


def switches_that_stand(hall: Hall, catalog: Catalog) -> tuple[ExistingSwitch, ...]:
    """Existing switches of a hall with free ports, at their place."""
    where = {(p.row, p.number): p for p in positions_of(hall)}
    found: dict[str, ExistingSwitch] = {}
    for entry in existing_switches(hall, catalog):
        spot = where[entry.row, entry.number]
        at = Position(hall.id, entry.row, entry.number, spot.x_mm, spot.y_mm, entry.u)
        switch = found.setdefault(entry.name, ExistingSwitch(entry.name, entry.product, at, {}))
        found[entry.name] = replace(
            switch,
            sockets={**switch.sockets, **{port: _socket_of(entry, port, catalog) for port in entry.ports}},
            management=(*switch.management, *(entry.ports if entry.fabric == OUT_OF_BAND else ())),
        )
    return tuple(found.values())


def _socket_of(entry: SwitchPorts, port: int, catalog: Catalog) -> Socket:
    """The kind of a free port; the catalog knows the cages of its switches, the request all others."""
    switch = catalog.products.get(entry.product)
    group = group_of(switch, port) if isinstance(switch, Switch) else None
    if isinstance(switch, Switch) and group is not None:
        return socket_of(switch, group, entry.lanes)
    return Socket(entry.connector, "", entry.lanes, entry.speed_gbit_s)


def ports_taken(wired: Sequence[Wired]) -> dict[tuple[str, str], tuple[int, ...]]:
    """Ports of existing switches that links end at, by (hall, switch), each as often as a link ends there."""
    found: dict[tuple[str, str], list[int]] = {}
    for entry in wired:
        existing = {name for name, device in entry.cables.devices.items() if device.role == EXISTING}
        for link in entry.cables.links:
            if link.b in existing:
                found.setdefault((entry.fabric.hall, link.b), []).append(link.b_cage)
    return {key: tuple(sorted(ports)) for key, ports in found.items()}


def switch_ports(
    request: Request, catalog: Catalog, wired: Sequence[Wired]
) -> dict[tuple[str, str], tuple[SwitchPortsPlan, ...]]:
    """Free and taken ports of the existing switches of every rack, by (hall, rack)."""
    taken = ports_taken(wired)
    found: dict[tuple[str, str], list[SwitchPortsPlan]] = {}
    for _, hall in request.halls():
        for switch in existing_switches(hall, catalog):
            used = tuple(port for port in taken.get((hall.id, switch.name), ()) if port in switch.ports)
            plan = SwitchPortsPlan(
                switch=switch.name, fabric=switch.fabric, speed_gbit_s=switch.speed_gbit_s,
                connector=switch.connector, links_per_port=switch.lanes, free=switch.ports, used=used,
            )  # fmt: skip
            found.setdefault((hall.id, f"{hall.id}/{switch.row}{switch.number:02d}"), []).append(plan)
    return {key: tuple(plans) for key, plans in found.items()}


def cable_lines(wired: Sequence[Wired]) -> list[CableLine]:
    """Cables by fabric, tier, product and length, with the modules at their ends."""
    lines = []
    for entry in wired:
        modules: dict[tuple[str, str], dict[str, int]] = {}
        for total in entry.cables.module_totals:
            ends = modules.setdefault((total.fabric, total.tier), {})
            ends[total.product] = ends.get(total.product, 0) + total.modules
        shown: set[tuple[str, str]] = set()
        for cable in entry.cables.cable_totals:
            tier = (cable.fabric, cable.tier)
            lines.append(
                CableLine(
                    hall=entry.fabric.hall,
                    fabric=cable.fabric,
                    tier=cable.tier,
                    product=cable.product or None,
                    medium=cable.medium,
                    length_m=cable.length_m,
                    part_number=cable.part_number,
                    cables=cable.cables,
                    links=cable.links,
                    modules=dict(sorted(modules.get(tier, {}).items())) if tier not in shown else {},
                    note="" if cable.product else sentence("cable.none-fits"),
                )
            )
            shown.add(tier)
    return lines


def endpoints_of(plan: Plan, catalog: Catalog, request: Request, hall: str) -> HallEndpoints:
    """What the fabrics of a hall connect besides systems, read off the plan; existing ports off the request."""
    stored = next((choice for choice in plan.storage if choice.hall == hall and choice.units), None)
    ports, controllers = storage_box(catalog.products.get(stored.product) if stored is not None else None)
    return HallEndpoints(
        storage_units=stored.units if stored is not None else 0,
        storage_ports_each=ports,
        storage_controllers_each=controllers,
        pdus=sum(p.count * sum(p.pdus.values()) for p in plan.patterns if p.hall == hall),
        other_ports=sum(d.count for d in plan.devices if d.hall == hall and d.role == "cdu"),
        existing_ports=sum(free_ports(room) for _, room in request.halls() if room.id == hall),
        free=tuple(free for _, room in request.halls() if room.id == hall for free in free_links(room, catalog)),
    )


def fabrics_of(plan: Plan, request: Request, library: Library) -> list[HallFabric]:
    """The fabrics of a plan, counted again from their designs.

    Raises:
        InputError: a design that the library does not have.
    """
    found = []
    for hall in sorted({entry.hall for entry in plan.fabrics}, key=[hall.id for _, hall in request.halls()].index):
        used = sorted({(entry.system, entry.design, entry.systems) for entry in plan.fabrics if entry.hall == hall})
        for _, name, _ in used:
            if name not in library.fabrics:
                raise InputError.of(f"fabric of {hall}", f'the design "{name}"', "a design of the catalog")
        designs = [(fitted(library.fabrics[name], library.catalog.get(system, System)), n) for system, name, n in used]
        ends = endpoints_of(plan, library.catalog, request, hall)
        counted = count_hall(ends, designs, request.policy.fabric_growth)
        for (system, _, _), (design, _), counts in zip(used, designs, counted, strict=True):
            found.append(HallFabric(hall, system, design, counts))
    return found


def wire_plan(plan: Plan, request: Request, library: Library) -> list[Wired]:
    """Port-to-port cabling of a finished plan."""
    library = with_power_caps(library, request)
    patterns = {pattern.id: pattern for pattern in plan.patterns}
    return wire_halls(library.catalog, request, fabrics_of(plan, request, library), plan.racks, patterns)


def schedule_of(wired: Sequence[Wired]) -> str:
    """The cable schedule of every hall as one CSV text, under one header."""
    texts = [schedule_csv(entry.cables) for entry in wired]
    return "".join(text if n == 0 else text.split("\n", 1)[1] for n, text in enumerate(texts))
