"""Racks: what stands in them, and where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from planner.catalog.facts import ceiling
from planner.catalog.schema import CoolingUnit, Device, PowerShelf, Rack, System
from planner.facility.anchors import anchored_role
from planner.facility.busbar import box_w
from planner.facility.power import loss_states
from planner.facility.standing import extended
from planner.floor.geometry import positions_of
from planner.plan.schema import Pattern, PlacedDevice
from planner.request.ground import admitted_roles, free_positions
from planner.request.site import Hall, Row
from planner.verify.subject import Broken, Place, Rule, Subject, above, contents, differs, feeds_of

OUTLETS = ("C13", "C19")  # sockets of rack PDUs
SHARED_OUTLET = "C39"  # takes the plug of either


def devices_have_their_height(subject: Subject) -> Iterator[Broken]:
    """A device takes the height that the catalog gives, from a U position of 1 or more."""
    for pattern in subject.plan.patterns:
        for device in pattern.devices:
            place = f"pattern {pattern.id}, U{device.u}"
            height = subject.known(device.product, Device).height_u.value
            yield from differs(place, f"height of {device.product} in U", device.height_u, height)
            if device.u < 1:
                yield Broken(place, f"{device.product} stands below U1")


def devices_do_not_overlap(subject: Subject) -> Iterator[Broken]:
    """No U holds two devices, and none is above the rack's top."""
    for pattern in subject.plan.patterns:
        order: list[PlacedDevice] = sorted(pattern.devices, key=lambda device: (device.u, device.product))
        for lower, upper in pairwise(order):
            if lower.u + lower.height_u > upper.u:
                yield Broken(f"pattern {pattern.id}, U{upper.u}", f"{upper.product} overlaps {lower.product}")
        top = max((device.u + device.height_u - 1 for device in pattern.devices), default=0)
        if pattern.height_u is not None:
            yield from above(f"pattern {pattern.id}", "highest U in use", top, pattern.height_u)


def racks_fit_their_row(subject: Subject) -> Iterator[Broken]:
    """A rack is no higher than its product and its row, no deeper than the row, and holds what is no deeper than it."""
    for pattern in subject.plan.patterns:
        if pattern.rack_product is not None:
            rack = subject.known(pattern.rack_product, Rack)
            if pattern.height_u is not None and rack.height_u.value is not None:
                yield from above(f"pattern {pattern.id}", "height in U", pattern.height_u, rack.height_u.value)
    for rack_ in subject.plan.racks:
        pattern, row = subject.pattern_of(rack_), subject.places[rack_.hall].row(rack_.row)
        if pattern.height_u is not None:
            yield from above(rack_.id, "height in U", pattern.height_u, row.rack_height_u)
        for name in sorted({*contents(pattern), *([pattern.rack_product] if pattern.rack_product else [])}):
            product = subject.catalog.products[name]
            depth = ceiling(product.depth_mm) if isinstance(product, Device | Rack) else None
            if depth is not None:
                yield from above(rack_.id, f"depth of {name} in mm", depth, row.rack_depth)


def every_device_stands_once(subject: Subject) -> Iterator[Broken]:
    """What the racks of a hall hold is exactly what the plan counts there; rear doors and coolers take no rack."""
    for hall in subject.places:
        counted, placed = subject.counted_devices(hall), subject.placed_devices(hall)
        for name in sorted(counted | placed):
            if isinstance(subject.catalog.products[name], CoolingUnit):
                continue
            if placed[name] != counted[name]:
                numbers = {"standing": placed[name], "counted": counted[name]}
                yield Broken(hall, f"{placed[name]} of {name} stand in racks, {counted[name]} are counted", numbers)


def devices_keep_their_role(subject: Subject) -> Iterator[Broken]:
    """A device stands in its rack in the role in which it is counted."""
    for hall in subject.places:
        counted: Counter[tuple[str, str]] = Counter()
        for device in subject.plan.devices:
            if device.hall == hall and not isinstance(subject.catalog.products[device.product], CoolingUnit):
                counted[device.product, device.role] += device.count
        counted.update({(s.product, "system"): s.count for s in subject.plan.systems if s.hall == hall})
        counted.update({(s.product, "storage"): s.units for s in subject.plan.storage if s.hall == hall})
        placed: Counter[tuple[str, str]] = Counter()
        for rack in subject.racks_in(hall):
            pattern = subject.pattern_of(rack)
            placed.update((device.product, device.role) for device in pattern.devices)
            placed.update([(pattern.system, role_alone(subject, pattern.system))] if pattern.system else [])
        for name, role in sorted(counted.keys() | placed.keys()):
            standing, counts = placed[name, role], counted[name, role]
            if standing != counts:
                numbers = {"standing": standing, "counted": counts}
                yield Broken(hall, f"{standing} of {name} stand as {role}, {counts} are counted", numbers)


def role_alone(subject: Subject, name: str) -> str:
    """The role of what stands on the floor in a rack of its own."""
    product = subject.catalog.products[name]
    return {"system": "system", "storage": "storage"}.get(product.kind, product.kind)


def racks_of_each_pattern_are_counted(subject: Subject) -> Iterator[Broken]:
    """A pattern's count is the number of racks that follow it, and at least one."""
    followed = Counter(rack.pattern for rack in subject.plan.racks)
    for pattern in subject.plan.patterns:
        yield from differs(f"pattern {pattern.id}", "racks", pattern.count, followed[pattern.id])
        if pattern.count < 1:
            yield Broken(f"pattern {pattern.id}", "a pattern that no rack follows")


def racks_stand_on_free_positions(subject: Subject) -> Iterator[Broken]:
    """Positions exist, are not blocked, reserved or under a column, hold one rack, and are as many and as adjacent as
    the pattern needs."""
    taken: dict[tuple[str, str, int], str] = {}
    free = {hall: free_positions(place.hall) for hall, place in subject.places.items()}
    for rack in subject.plan.racks:
        added = subject.added_to(rack) and rack.id in extended(subject.standing(rack.hall).values())
        for position in rack.positions:
            if not added and position not in free[rack.hall][rack.row]:
                yield Broken(rack.id, f"row {rack.row} has no free position {position}")
            other = taken.setdefault((rack.hall, rack.row, position), rack.id)
            if other != rack.id:
                yield Broken(rack.id, f"position {position} already holds {other}")
        if list(rack.positions) != list(range(rack.positions[0], rack.positions[0] + len(rack.positions))):
            yield Broken(rack.id, "its positions are not next to each other")
        yield from differs(rack.id, "positions taken", len(rack.positions), subject.pattern_of(rack).positions)


def anchored_racks_stand_at_their_anchors(subject: Subject) -> Iterator[Broken]:
    """Racks with network switches or storage stand where the hall anchors that role, if it anchors it anywhere."""
    for hall, place in subject.places.items():
        admitted = admitted_roles(place.hall)
        for rack in subject.racks_in(hall):
            devices = subject.pattern_of(rack).devices
            roles = {anchored_role(subject.catalog.products[d.product], d.role) for d in devices}
            for role in sorted(role for role in roles if role is not None):
                if any(role not in admitted.get((rack.row, number), frozenset()) for number in rack.positions):
                    yield Broken(rack.id, f"it holds {role} devices, and {role} is anchored elsewhere")


def rack_systems_take_their_positions(subject: Subject) -> Iterator[Broken]:
    """A rack system takes the positions that the catalog gives, everything else one; a node system stands in a rack."""
    for pattern in subject.plan.patterns:
        place = f"pattern {pattern.id}"
        product = subject.product(pattern.system, System) if pattern.system is not None else None
        wanted = max(1, product.racks) if product is not None else 1
        yield from differs(place, "positions", pattern.positions, wanted)
        if product is not None and product.form != "rack":
            yield Broken(place, f"{product.id} is no rack system and must stand in a rack")
        for device in pattern.devices:
            system = subject.product(device.product, System)
            if system is not None and system.form == "rack":
                yield Broken(place, f"{system.id} brings its own rack and cannot stand in another")


def systems_keep_apart(subject: Subject) -> Iterator[Broken]:
    """A rack holds no more of a system than its maker allows."""
    for pattern in subject.plan.patterns:
        for name, count in sorted(Counter(contents(pattern)).items()):
            system = subject.product(name, System)
            if system is not None and system.max_per_rack.value is not None:
                yield from above(f"pattern {pattern.id}", f"{name} in one rack", count, system.max_per_rack.value)


def racks_take_the_feeds_of_their_row(subject: Subject) -> Iterator[Broken]:
    """A rack has the feeds of its row, all of them."""
    for rack in subject.plan.racks:
        row = subject.places[rack.hall].row(rack.row)
        yield from differs(rack.id, "feeds", ", ".join(sorted(rack.feeds)), ", ".join(sorted(row.feeds)))


def rack_names_and_places_agree(subject: Subject) -> Iterator[Broken]:
    """A rack is named after its first position and stands where that position is."""
    spots = {(h, p.row, p.number): p for h, place in subject.places.items() for p in positions_of(place.hall)}
    for rack in subject.plan.racks:
        first = rack.positions[0]
        yield from differs(rack.id, "name", rack.id, f"{rack.hall}/{rack.row}{first:02d}")
        spot = spots.get((rack.hall, rack.row, first))
        if spot is not None:
            yield from differs(rack.id, "x in mm", rack.x_mm, spot.x_mm)
            yield from differs(rack.id, "y in mm", rack.y_mm, spot.y_mm)


def outlets_are_enough(subject: Subject) -> Iterator[Broken]:
    """The PDUs of one feed side have a socket for every cord that plugs in there."""
    for pattern in subject.plan.patterns:
        place = f"pattern {pattern.id}"
        feeds = feeds_of(subject.places[pattern.hall], pattern, subject.racks_in(pattern.hall))
        needed = outlets_needed(subject, pattern, fewest_feeds(subject.places[pattern.hall].hall))
        yield from differs(place, "outlets per feed", _words(pattern.outlets), _words(needed))
        given = outlets_given(subject, pattern, feeds)
        if given is None or not needed or pattern.in_standing_rack:
            continue
        if not pattern.pdus:
            yield Broken(place, "devices with cords and no PDU")
            continue
        short = {name: count - given[name] for name, count in needed.items() if count > given[name]}
        if sum(short.values()) > given[SHARED_OUTLET]:
            yield Broken(place, f"sockets missing on each feed side: {_words(short)}")


def _words(outlets: dict[str, int]) -> str:
    return ", ".join(f"{count} x {name}" for name, count in sorted(outlets.items()) if count)


def fewest_feeds(hall: Hall) -> int:
    """Feeds of the row that has the fewest: a device must find its sockets wherever in the hall it stands."""
    return min(len(row.feeds) for row in hall.rows)


def cords_per_side(count: int, feeds: int) -> int:
    """Cords of a device on one feed side: all on a single feed, else half of them, as it may use only two feeds."""
    return count if feeds < 2 else -(-count // 2)


def outlets_needed(subject: Subject, pattern: Pattern, feeds: int) -> dict[str, int]:
    """Sockets by type that the devices of a rack need on each feed side."""
    needed: Counter[str] = Counter()
    for device in pattern.devices:
        for inlet in subject.known(device.product, Device).inlets:
            if inlet.outlet in OUTLETS:
                needed[inlet.outlet] += cords_per_side(inlet.count, feeds)
    return dict(+needed)


def outlets_given(subject: Subject, pattern: Pattern, feeds: int) -> Counter[str] | None:
    """Sockets by type on each feed side; None where a PDU's outlets are not published."""
    given: Counter[str] = Counter()
    for name, count in pattern.pdus.items():
        pdu = subject.box(name)
        if isinstance(pdu, PowerShelf) or not pdu.outlets:
            return None
        for outlet, sockets in pdu.outlets.items():
            given[outlet] += sockets * (count // feeds)
    return given


def every_feed_side_has_its_pdus(subject: Subject) -> Iterator[Broken]:
    """A rack with devices has as many PDUs on each feed, and together those of one feed carry its worst share."""
    for pattern in subject.plan.patterns:
        feeds = feeds_of(subject.places[pattern.hall], pattern, subject.racks_in(pattern.hall))
        for name, count in sorted(pattern.pdus.items()):
            if count < 1 or count % feeds:
                yield Broken(f"pattern {pattern.id}", f"{count} of {name} on {feeds} feeds")
    for rack in subject.plan.racks:
        pattern = subject.pattern_of(rack)
        place = subject.places[rack.hall]
        given, power = _pdu_w(subject, pattern, place, place.row(rack.row)), place.planned.power
        left = min(len([f for f in rack.feeds if f not in state.lost]) for state in loss_states(power))
        if given is not None and left and pattern.power_design_w is not None:
            yield from above(rack.id, "W on the PDUs of one feed", -(-pattern.power_design_w // left), given)


def _pdu_w(subject: Subject, pattern: Pattern, place: Place, row: Row) -> int | None:
    """Continuous W of the PDUs on one feed; None without PDUs or where a rating is not published."""
    power, feeds = place.planned.power, len(row.feeds)
    ratings = [(box_w(subject.box(name), row, power), count) for name, count in pattern.pdus.items()]
    if not ratings or any(rating is None for rating, _ in ratings):
        return None
    return sum((rating or 0) * (count // max(1, feeds)) for rating, count in ratings)


RULES: tuple[Rule, ...] = (
    devices_have_their_height,
    devices_do_not_overlap,
    racks_fit_their_row,
    every_device_stands_once,
    devices_keep_their_role,
    racks_of_each_pattern_are_counted,
    racks_stand_on_free_positions,
    anchored_racks_stand_at_their_anchors,
    rack_systems_take_their_positions,
    systems_keep_apart,
    racks_take_the_feeds_of_their_row,
    rack_names_and_places_agree,
    outlets_are_enough,
    every_feed_side_has_its_pdus,
)
