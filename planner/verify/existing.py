"""What stands already: listed as it is, never moved, filled no further than its free units, power, air and weight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.errors import InputError
from planner.facility.loads import max_rack_weight_kg
from planner.facility.power import rack_limits
from planner.facility.standing import Room, StandingRack, extended, room_left
from planner.plan.existing import standing_plan
from planner.plan.schema import FabricPlan, Pattern, Rack, SwitchPortsPlan
from planner.plan.wiring import switch_ports, wire_plan
from planner.verify.subject import Broken, Place, Rule, Subject, above, differs

OUT_OF_BAND = "out-of-band"
ROLE_OF = {
    "in-band": "in-band",
    "converged": "in-band",
    "storage": "storage",
    "compute": "compute",
}  # ports that a network may join by
TO_LEAVES = {"node-leaf", "server-leaf", "storage-leaf"}


def existing_racks_are_those_of_the_request(subject: Subject) -> Iterator[Broken]:
    """Every listed rack is in the plan with its decision, place, content and load, and nothing of it has moved."""
    stated = {rack.id: rack for rack in subject.plan.existing}
    yield from differs("existing racks", "racks", len(subject.plan.existing), len(stated))
    for hall, place in subject.places.items():
        racks = subject.standing(hall)
        here = {name for name, rack in stated.items() if rack.hall == hall}
        yield from differs(hall, "existing racks", sorted(here), sorted(racks))
        for name in sorted(here & racks.keys()):
            found = stated[name]
            right = standing_plan(place.hall, racks[name], found.added, found.ports)
            for what in ("decision", "row", "position", "rack_product", "title", "height_u", "devices", "free_u",
                         "power_design_w", "power_peak_w", "heat_air_w", "weight_kg", "x_mm", "y_mm"):  # fmt: skip
                yield from differs(name, what.replace("_", " "), getattr(found, what), getattr(right, what))


def what_is_added_goes_into_extended_racks(subject: Subject) -> Iterator[Broken]:
    """Devices without a rack of their own are added to extended racks, one pattern to each, as the plan lists."""
    added: Counter[str] = Counter()
    patterns: dict[str, str] = {}
    for rack in subject.plan.racks:
        if not subject.added_to(rack):
            continue
        added[rack.id] += 1
        patterns[rack.id] = rack.pattern
        if rack.id not in extended(subject.standing(rack.hall).values()):
            yield Broken(rack.id, "devices are added, and no rack that stands there is extended")
    for name, count in sorted(added.items()):
        yield from differs(name, "patterns added", count, 1)
    for entry in subject.plan.existing:
        yield from differs(entry.id, "pattern added", entry.added, patterns.get(entry.id))


def added_devices_stand_in_free_units(subject: Subject) -> Iterator[Broken]:
    """What is added overlaps nothing that stands, and stays below the rack's top."""
    for rack, pattern, standing in _added(subject):
        for device in pattern.devices:
            units = range(device.u, device.u + device.height_u)
            held = sorted(standing.taken.intersection(units))
            if held:
                yield Broken(rack.id, f"{device.product} at U{device.u} overlaps what stands at U{held[0]}")
            yield from above(rack.id, "highest U in use", device.u + device.height_u - 1, standing.height_u or 0)


def extended_racks_keep_their_limits(subject: Subject) -> Iterator[Broken]:
    """Power, heat, weight and sockets of what is added fit into what the rack and its place have left."""
    for rack, pattern, standing in _added(subject):
        place = subject.places[rack.hall]
        room = room_of(place, standing)
        yield from above(rack.id, "design W added", pattern.power_design_w or 0, room.design_w)
        yield from above(rack.id, "peak W added", pattern.power_peak_w or 0, room.peak_w)
        if room.air_w is not None:
            yield from above(rack.id, "W to air added", pattern.heat_air_w or 0, room.air_w)
        if room.weight_kg is not None:
            yield from above(rack.id, "kg added", pattern.weight_kg or 0, room.weight_kg)
        if room.outlets is not None:
            free = dict(room.outlets)
            for kind, needed in sorted(pattern.outlets.items()):
                yield from above(rack.id, f"{kind} sockets of one feed side", needed, free.get(kind, 0))
        if standing.height_u is not None:
            yield from differs(rack.id, "height in U", pattern.height_u, standing.height_u)


def room_of(place: Place, rack: StandingRack) -> Room:
    """What an extended rack may still take at its place."""
    row = place.row(rack.row)
    most_kg = max_rack_weight_kg(row, place.planned.floor, rack.width_mm or row.pitch, rack.depth_mm or row.rack_depth)
    return room_left(rack, row, rack_limits(row, place.planned.power), most_kg)


def _added(subject: Subject) -> Iterator[tuple[Rack, Pattern, StandingRack]]:
    for rack in subject.plan.racks:
        standing = subject.standing(rack.hall).get(rack.id)
        if subject.added_to(rack) and standing is not None:
            yield rack, subject.pattern_of(rack), standing


def retired_racks_leave_nothing(subject: Subject) -> Iterator[Broken]:
    """Nothing is added to a rack that is kept or retired, and no link ends in a rack that is retired."""
    for entry in subject.plan.existing:
        if entry.decision != "extend" and entry.added is not None:
            yield Broken(entry.id, f"devices are added to a rack with the decision {entry.decision}")
        if entry.decision == "retire" and any(ports.used for ports in entry.ports):
            yield Broken(entry.id, "links end at a switch in a rack that is retired")


def free_ports_are_taken_once(subject: Subject) -> Iterator[Broken]:
    """Links end at free ports of existing switches, each at a port of its own, as the wiring says."""
    try:
        wired = wire_plan(subject.plan, subject.request, subject.library)
    except InputError:
        return  # every_system_has_a_fabric, or cables_are_wired_again, says so
    right = switch_ports(subject.request, subject.catalog, wired)
    for entry in subject.plan.existing:
        for ports in entry.ports:
            place = f"{entry.id}, {ports.switch}"
            for port, count in sorted(Counter(ports.used).items()):
                yield from above(place, f"links at port {port}", count, ports.links_per_port)
                if port not in ports.free:
                    yield Broken(place, f"port {port} is taken and was not free")
        expected = right.get((entry.hall, entry.id), ())
        yield from differs(entry.id, "ports of its switches", list(entry.ports), list(expected))


def networks_join_whole(subject: Subject) -> Iterator[Broken]:
    """A network without switches of its own ends at free ports of its fabric with every link; others take none."""
    for hall in subject.places:
        found: Counter[tuple[str, float]] = Counter()
        for ports in _ports_in(subject, hall):
            found[ports.fabric, ports.speed_gbit_s] += len(ports.used)
        wanted: Counter[tuple[str, float]] = Counter()
        for fabric in subject.plan.fabrics:
            if fabric.hall == hall and _joins(fabric):
                for tier in sorted({link.tier for link in fabric.links} - TO_LEAVES):
                    yield Broken(f"{hall}, {fabric.fabric}", f"{tier} links, and no switch of its own")
                wanted.update(dict(_to_leaves(subject, fabric)))
        for role, speed in sorted(key for key in found | wanted if key[0] != OUT_OF_BAND):
            what = f"links at {speed:g} Gb/s at {role} ports of switches that stand"
            yield from differs(hall, what, found[role, speed], wanted[role, speed])


def _to_leaves(subject: Subject, fabric: FabricPlan) -> Iterator[tuple[tuple[str, float], int]]:
    """Links of a network by the role of the ports that they need and by speed, uplinks of its out-of-band network too.

    Links that no device of the plan has, as those of storage where none is bought, take no port.
    """
    role = ROLE_OF[fabric.fabric]
    total: Counter[tuple[str, float]] = Counter()
    for link in fabric.links:
        if link.tier != "storage-leaf" or _has_storage(subject, fabric.hall):
            total[role, link.speed_gbit_s] += link.links
    beside = (f for f in subject.plan.fabrics if (f.hall, f.system) == (fabric.hall, fabric.system))
    for other in beside:
        if other.fabric == OUT_OF_BAND and role == "in-band":
            for link in other.links:
                total[role, link.speed_gbit_s] += link.links if link.tier == "uplink" else 0
    yield from total.items()


def _has_storage(subject: Subject, hall: str) -> bool:
    return any(choice.units for choice in subject.plan.storage if choice.hall == hall)


def _joins(fabric: FabricPlan) -> bool:
    """Whether the leaves of a network are switches that stand already.

    A compute fabric with inter-switch links has switches, which its plan names as those of the converged network.
    """
    own = bool(fabric.switches) or (fabric.fabric == "compute" and any(link.tier == "isl" for link in fabric.links))
    return fabric.fabric in ROLE_OF and bool(fabric.links) and not own


def _ports_in(subject: Subject, hall: str) -> list[SwitchPortsPlan]:
    return [ports for rack in subject.plan.existing if rack.hall == hall for ports in rack.ports]


def joined_links_survive_a_switch(subject: Subject) -> Iterator[Broken]:
    """Half of the in-band links end at each switch of a pair; no switch takes more storage links than all others."""
    for hall in subject.places:
        names: dict[str, list[str]] = {role: [] for role in ("in-band", "storage")}
        used: Counter[tuple[str, float, str]] = Counter()
        for ports in _ports_in(subject, hall):
            if ports.fabric in names:
                used[ports.fabric, ports.speed_gbit_s, ports.switch] += len(ports.used)
                if ports.switch not in names[ports.fabric]:
                    names[ports.fabric].append(ports.switch)
        for role, speed in sorted({(role, speed) for role, speed, _ in used}):
            groups = _halves(names[role]) if role == "in-band" else [names[role]]
            for switches in groups:
                each = [used[role, speed, name] for name in switches]
                most = sum(each) - max(each) + _odd(subject, hall, role, speed)
                yield from above(f"{hall}, {' and '.join(switches)}", f"{role} links on one of them", max(each), most)


def _halves(names: list[str]) -> list[list[str]]:
    """Pairs two by two; the last may be alone."""
    return [names[n : n + 2] for n in range(0, len(names), 2)]


def _odd(subject: Subject, hall: str, role: str, speed: float) -> int:
    """Links that the first switch may have more: one of each tier with an odd number."""
    mine = (f for f in subject.plan.fabrics if f.hall == hall)
    joined = [f for f in mine if ROLE_OF.get(f.fabric) == role or (role == "in-band" and f.fabric == OUT_OF_BAND)]
    return sum(link.links % 2 for f in joined for link in f.links if link.speed_gbit_s == speed)


RULES: tuple[Rule, ...] = (
    existing_racks_are_those_of_the_request,
    what_is_added_goes_into_extended_racks,
    added_devices_stand_in_free_units,
    extended_racks_keep_their_limits,
    retired_racks_leave_nothing,
    free_ports_are_taken_once,
    networks_join_whole,
    joined_links_survive_a_switch,
)
