"""Open designs as topology maps: server classes, their connections, switch classes and port zones become links.

A zone is a run of cages at one breakout; ports are handed out in order. Leaves follow from rails and ports as in any
rail-optimised fabric, spines from even striping, meshes from the zone that joins leaves directly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from planner.cabling.tree_links import Rails
from planner.catalog.fabrics import FabricDesign, Leaf, Tier, Tree
from planner.errors import InputError
from planner.fabric.compute import count_tree
from planner.fabric.tree import stripe


class OpenLink(NamedTuple):
    """One link of an open design, by device and interface name; `cage_b` is set where the b end is a switch cage."""

    a_class: str
    a_device: str
    a_interface: str
    b_class: str
    b_device: str
    b_interface: str


@dataclass(frozen=True)
class Zone:
    """Ports of a switch class for one purpose, in the order they are handed out."""

    name: str
    kind: str
    cages: tuple[int, ...]
    lanes: int
    peer: str

    @property
    def ports(self) -> int:
        """Logical ports of the zone on one switch."""
        return len(self.cages) * self.lanes

    def interface(self, port: int) -> str:
        """The name of a port counted from 0: cage, and lane where the cage is split."""
        cage = self.cages[port // self.lanes]
        return f"E1/{cage}" if self.lanes == 1 else f"E1/{cage}/{port % self.lanes + 1}"


@dataclass
class OpenDesign:
    """A topology map made ready: every table by the id that others refer to."""

    data: Mapping[str, Any]
    zones: dict[str, dict[str, Zone]] = field(default_factory=dict)
    switches: dict[str, int] = field(default_factory=dict)
    taken: dict[tuple[str, str], int] = field(default_factory=dict)

    def servers(self) -> dict[str, int]:
        """Servers by class."""
        return {entry["server_class_id"]: int(entry["quantity"]) for entry in self.data["server_classes"]}

    def take(self, switch: str, zone: Zone) -> str:
        """The next free port of a zone on one switch.

        Raises:
            InputError: the zone is full.
        """
        port = self.taken.get((switch, zone.name), 0)
        if port >= zone.ports:
            raise InputError.of(
                f"zone {zone.name} of {switch}",
                f"link {port + 1}",
                f"at most {zone.ports} links",
                "give the zone more ports, or the class more switches",
            )
        self.taken[switch, zone.name] = port + 1
        return zone.interface(port)


def port_list(spec: str) -> tuple[int, ...]:
    """Cages of a port specification: "1-32", "1-63:2" (every second), "26,28,38-63".

    Raises:
        InputError: it is none of these.
    """
    cages: list[int] = []
    for part in str(spec).split(","):
        match = re.fullmatch(r"\s*(\d+)(?:-(\d+)(?::(\d+))?)?\s*", part)
        if match is None:
            raise InputError.of("port_spec", f'"{part}"', 'cages such as "1-32", "1-63:2" or "26,28"')
        cages.extend(range(int(match[1]), int(match[2] or match[1]) + 1, int(match[3] or 1)))
    return tuple(cages)


def read_open_design(data: Mapping[str, Any]) -> OpenDesign:
    """The topology map with its zones read and its switches counted.

    Raises:
        InputError: a part that other parts refer to is missing.
    """
    design = OpenDesign(data)
    try:
        lanes = {b["id"]: int(b["logical_ports"]) for b in data["reference_data"].get("breakout_options", [])}
        for entry in data["switch_port_zones"]:
            own = design.zones.setdefault(entry["switch_class"], {})
            own[entry["zone_name"]] = Zone(
                entry["zone_name"], entry["zone_type"], port_list(entry["port_spec"]),
                lanes.get(entry.get("breakout_option", ""), 1), str(entry.get("peer_zone") or ""),
            )  # fmt: skip
        _count_switches(design)
    except KeyError as error:
        raise InputError.of("topology map", f"no {error}", "the keys of a topology map") from None
    return design


def _connections(design: OpenDesign, switch_class: str) -> list[dict[str, Any]]:
    return [c for c in design.data["server_connections"] if c["target_zone"].split("/")[0] == switch_class]


def _count_switches(design: OpenDesign) -> None:
    """Leaves from what their zones must carry, then spines from the uplinks of their leaves."""
    classes = design.data["switch_classes"]
    for entry in (entry for entry in classes if entry["hedgehog_role"] != "spine"):
        name = entry["switch_class_id"]
        least = 2 if entry.get("redundancy_group") else 1
        design.switches[name] = int(entry.get("override_quantity") or max(least, _leaves(design, name)))
    for entry in (entry for entry in classes if entry["hedgehog_role"] == "spine"):
        name = entry["switch_class_id"]
        design.switches[name] = int(entry.get("override_quantity") or _spines(design, entry))


def _leaves(design: OpenDesign, name: str) -> int:
    servers, most = design.servers(), 1
    for zone in design.zones[name].values():
        own = [c for c in _connections(design, name) if c["target_zone"].endswith(f"/{zone.name}")]
        if own and own[0]["distribution"] == "rail-optimized":
            most = max(most, _rails(design, name, zone, own).leaves)
        elif own:
            ports = sum(servers[c["server_class"]] * int(c["ports_per_connection"]) for c in own)
            most = max(most, -(-ports // zone.ports))
    return most


@dataclass(frozen=True)
class RailPlan:
    """Leaves of a rail-optimised zone and which leaf each rail of each server takes."""

    leaves: int
    rails: Rails


def _rails(design: OpenDesign, name: str, zone: Zone, connections: list[dict[str, Any]]) -> RailPlan:
    rails = len({int(c["rail"]) for c in connections})
    classes = {c["server_class"] for c in connections}
    servers = sum(count for server, count in design.servers().items() if server in classes)
    up = sum(z.ports for z in design.zones[name].values() if z.kind == "uplink") or zone.ports
    tree = Tree(
        kind="tree", technology="ethernet", rails=rails, link_gbit_s=1, uplink_gbit_s=1, min_spines=1,
        leaf=Leaf(switch="open", ports=zone.ports + up, down=zone.ports, up=up),
        spine=Tier(switch="open", ports=1 << 16), uplinks="all",
    )  # fmt: skip
    block = FabricDesign(
        schema="fabric/v1", id="open", name="open", source="topology map", as_of="2026-01-01",
        unit_systems=zone.ports, compute=(tree,),
    )  # fmt: skip
    shape = count_tree(block, tree, servers, "right-size", with_manager=False).shape
    if shape is None:
        raise InputError.of(f"zone {zone.name}", f"{servers} servers", "a number of servers that rails carry")
    return RailPlan(shape.leaves, Rails(block, tree, shape, servers))


def _spines(design: OpenDesign, entry: Mapping[str, Any]) -> int:
    zone = _zone_of(design, entry["switch_class_id"], "fabric")
    lowers = _leaves_of_fabric(design, entry["fabric_name"])
    up = max((_uplinks(design, name).ports for name in lowers), default=0)
    striping = stripe(sum(design.switches[name] for name in lowers), up, up, zone.ports) if up else None
    if striping is None:
        raise InputError.of(
            f"spines of {entry['fabric_name']}", f"{up} uplinks from each leaf", "uplinks that spines join evenly"
        )
    return striping.upper


def _leaves_of_fabric(design: OpenDesign, fabric: str) -> list[str]:
    return [
        entry["switch_class_id"]
        for entry in design.data["switch_classes"]
        if entry["fabric_name"] == fabric and entry["hedgehog_role"] != "spine"
    ]


def _zone_of(design: OpenDesign, name: str, kind: str) -> Zone:
    for zone in design.zones[name].values():
        if zone.kind == kind:
            return zone
    raise InputError.of(f"switch class {name}", f"no {kind} zone", f"a {kind} zone")


def _uplinks(design: OpenDesign, name: str) -> Zone:
    return _zone_of(design, name, "uplink")


def open_links(design: OpenDesign) -> Iterator[OpenLink]:
    """Every link of the design: servers first, then leaves to spines, meshes and peers."""
    yield from _server_links(design)
    for entry in design.data["switch_classes"]:
        name = entry["switch_class_id"]
        if entry["hedgehog_role"] == "spine":
            yield from _spine_links(design, entry)
        for zone in design.zones.get(name, {}).values():
            if zone.kind == "mesh":
                yield from _mesh_links(design, name, zone)
            elif zone.peer:
                yield from _peer_links(design, name, zone)


def _server_links(design: OpenDesign) -> Iterator[OpenLink]:
    plans: dict[str, RailPlan] = {}
    first, turns = _first_server(design), dict[str, int]()
    modules = _interfaces(design)
    for server, count in design.servers().items():
        own = [c for c in design.data["server_connections"] if c["server_class"] == server]
        for index in range(count):
            for connection in own:
                yield from _connect(design, connection, index, first, plans, turns, modules)


def _connect(
    design: OpenDesign,
    connection: Mapping[str, Any],
    index: int,
    first: dict[str, int],
    plans: dict[str, RailPlan],
    turns: dict[str, int],
    modules: dict[tuple[str, str], list[str]],
) -> Iterator[OpenLink]:
    """The ports of one connection of one server, on leaves by its distribution."""
    target = connection["target_zone"]
    name, zone_name = target.split("/")
    zone, leaves, server = design.zones[name][zone_name], design.switches[name], connection["server_class"]
    device = f"{server}-{index + 1:03d}"
    for port in range(int(connection["ports_per_connection"])):
        if connection["distribution"] == "rail-optimized":
            leaf = _rail_leaf(design, target, connection, first[server] + index, plans)
        elif connection["distribution"] == "same-switch":
            leaf = index % leaves
        else:
            leaf = turns.get(target, 0) % leaves
            turns[target] = turns.get(target, 0) + 1
        switch = f"{name}-{leaf + 1:02d}"
        templates = modules[server, connection["nic"]]
        interface = f"{connection['nic']}-{templates[int(connection['port_index']) + port]}"
        yield OpenLink(server, device, interface, name, switch, design.take(switch, zone))


def _rail_leaf(
    design: OpenDesign, target: str, connection: Mapping[str, Any], server: int, plans: dict[str, RailPlan]
) -> int:
    name, zone_name = target.split("/")
    own = [c for c in _connections(design, name) if c["target_zone"] == target]
    rails = sorted({int(c["rail"]) for c in own})
    rail, leaves = rails.index(int(connection["rail"])), design.switches[name]
    if target not in plans:
        plans[target] = _rails(design, name, design.zones[name][zone_name], own)
    if plans[target].leaves != leaves:  # the map sets the number of leaves itself
        return rail * leaves // len(rails)
    return plans[target].rails.of(server, rail, 0).leaf


def _first_server(design: OpenDesign) -> dict[str, int]:
    """Index of the first server of a class among the servers of the zones that it shares with other classes."""
    firsts: dict[str, int] = {}
    seen: dict[str, int] = {}
    for server, count in design.servers().items():
        zones = {c["target_zone"] for c in design.data["server_connections"] if c["server_class"] == server}
        firsts[server] = max((seen.get(zone, 0) for zone in zones), default=0)
        for zone in zones:
            seen[zone] = seen.get(zone, 0) + count
    return firsts


def _interfaces(design: OpenDesign) -> dict[tuple[str, str], list[str]]:
    templates = {
        module["id"]: [port["name"] for port in module.get("interface_templates", [])]
        for module in design.data["reference_data"].get("module_types", [])
    }
    return {(n["server_class"], n["nic_id"]): templates[n["module_type"]] for n in design.data["server_nics"]}


def _spine_links(design: OpenDesign, entry: Mapping[str, Any]) -> Iterator[OpenLink]:
    """Uplinks of each leaf in equal runs over the spines of its fabric."""
    name = entry["switch_class_id"]
    zone, spines = _zone_of(design, name, "fabric"), design.switches[name]
    for lower in _leaves_of_fabric(design, entry["fabric_name"]):
        up = _uplinks(design, lower)
        per_pair = up.ports // spines
        for leaf in range(design.switches[lower]):
            device = f"{lower}-{leaf + 1:02d}"
            for spine in range(spines):
                upper = f"{name}-{spine + 1:02d}"
                for _ in range(per_pair):
                    interface = design.take(device, up)
                    yield OpenLink(lower, device, interface, name, upper, design.take(upper, zone))


def _mesh_links(design: OpenDesign, name: str, zone: Zone) -> Iterator[OpenLink]:
    """Every two leaves of a mesh share the zone's ports evenly."""
    leaves = design.switches[name]
    per_pair = zone.ports // (leaves - 1) if leaves > 1 else 0
    for one in range(leaves):
        for two in range(one + 1, leaves):
            a, b = f"{name}-{one + 1:02d}", f"{name}-{two + 1:02d}"
            for _ in range(per_pair):
                yield OpenLink(name, a, design.take(a, zone), name, b, design.take(b, zone))


def _peer_links(design: OpenDesign, name: str, zone: Zone) -> Iterator[OpenLink]:
    """Every port of the zone to the peer zone's switches in turn."""
    upper, peer_name = zone.peer.split("/")
    peer = design.zones[upper][peer_name]
    for switch in range(design.switches[name]):
        device = f"{name}-{switch + 1:02d}"
        for port in range(zone.ports):
            other = f"{upper}-{port % design.switches[upper] + 1:02d}"
            yield OpenLink(name, device, design.take(device, zone), upper, other, design.take(other, peer))


@dataclass(frozen=True)
class OpenBill:
    """Quantities of a bill of materials: devices by class, network cards by model, cages with a module in them."""

    servers: dict[str, int]
    switches: dict[str, int]
    nics: dict[str, int]
    server_modules: int
    switch_modules: int


def open_bill(design: OpenDesign, links: list[OpenLink]) -> OpenBill:
    """What the links and classes need: one module for each server port, one for each switch cage in use."""
    servers = design.servers()
    models = {m["id"]: str(m["model"]) for m in design.data["reference_data"].get("module_types", [])}
    nics: dict[str, int] = {}
    for nic in design.data["server_nics"]:
        model = models[nic["module_type"]]
        nics[model] = nics.get(model, 0) + servers[nic["server_class"]]
    ports = {(link.a_device, link.a_interface) for link in links if link.a_class in servers}
    cages = {(link.b_device, "/".join(link.b_interface.split("/")[:2])) for link in links}
    cages |= {(k.a_device, "/".join(k.a_interface.split("/")[:2])) for k in links if k.a_class not in servers}
    return OpenBill(servers, dict(design.switches), nics, len(ports), len(cages))
