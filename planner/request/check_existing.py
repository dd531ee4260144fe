"""Rules of what stands in a hall: places, units, names and ports; and, with a catalog, products and what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.catalog.load import Catalog
from planner.catalog.schema import Device, Rack, System
from planner.document import Document, Location, nearest
from planner.errors import Problem
from planner.request.check_free_ports import ports_problems, switch_problems
from planner.request.check_ground import each_hall
from planner.request.existing import ExistingDevice, ExistingRack, OwnDevice, OwnRack
from planner.request.schema import Request
from planner.request.site import Hall, Row


def spot_of(hall: Hall, position: str) -> tuple[Row, int] | None:
    """The row and number that a position such as A03 names; None where the hall has none."""
    for row in hall.rows:
        digits = position.removeprefix(row.id)
        number = int(digits) if digits != position and digits.isascii() and digits.isdigit() else 0
        if 1 <= number <= row.positions and position == f"{row.id}{number:02d}":
            return row, number
    return None


def _racks(request: Request) -> Iterator[tuple[Location, Hall, ExistingRack]]:
    for at, hall in each_hall(request):
        for k, rack in enumerate(hall.existing.racks):
            yield (*at, "existing", "racks", k), hall, rack


def existing_racks_have_their_place(request: Request, source: Document) -> Iterator[Problem]:
    """A rack stands at a position of the hall that is not blocked or reserved, alone."""
    first: dict[tuple[str, str], Location] = {}
    for at, hall, rack in _racks(request):
        place, spot = (*at, "position"), spot_of(hall, rack.position)
        if spot is None:
            names = ", ".join(f"{row.id}01 to {row.id}{row.positions:02d}" for row in hall.rows[:4])
            yield source.problem(place, f'the position "{rack.position}"', "a position of this hall", f"it has {names}")
            continue
        row, number = spot
        for what, numbers in (("blocked", row.blocked), ("reserved", row.reserved)):
            if number in numbers:
                yield source.problem(
                    place, f"position {rack.position}, which is {what}", "a position where a rack can stand",
                    f"take {number} out of {what} of row {row.id}",
                )  # fmt: skip
        before = first.setdefault((hall.id, rack.position), place)
        if before != place:
            line = source.mark(before).line
            yield source.problem(
                place, f"a second rack at {rack.position}", "one rack at a position", f"the first is at line {line}"
            )


def existing_loads_are_counted_once(request: Request, source: Document) -> Iterator[Problem]:
    """The load of listed racks is added: a stated existing load beside them must say what else draws it."""
    for at, hall in each_hall(request):
        standing = any(rack.decision != "retire" for rack in hall.existing.racks)
        loads = [*(feed.existing_load for feed in hall.power.feeds), hall.cooling.existing_air_load]
        if standing and any(loads) and hall.existing.other_loads is None:
            yield source.problem(
                (*at, "existing"), "existing loads of feeds or cooling beside listed racks", 'the key "other_loads"',
                "the load of listed racks is added to existing_load and existing_air_load: take it out of them, and "
                "say here what draws the rest",
                key=True,
            )  # fmt: skip


def existing_switches_have_a_name(request: Request, source: Document) -> Iterator[Problem]:
    """What has free ports is one device with a name of its own, in a rack that stands; each port is free once."""
    first: dict[tuple[str, str], Location] = {}
    for at, hall, rack in _racks(request):
        for n, device in enumerate(rack.devices):
            place = (*at, "devices", n)
            if device.name is not None:
                before = first.setdefault((hall.id, device.name), (*place, "name"))
                if before != (*place, "name"):
                    yield source.problem(
                        (*place, "name"), f'the device name "{device.name}" a second time', "a name of its own",
                        f"it stands first at line {source.mark(before).line}",
                    )  # fmt: skip
            if device.free_ports:
                yield from ports_problems(source, place, rack, device)


@dataclass(frozen=True)
class _Standing:
    """One existing rack with the catalog at hand."""

    source: Document
    catalog: Catalog
    at: Location
    hall: Hall
    rack: ExistingRack
    assumed_w: dict[str, int]
    assumed_kg: dict[str, int]

    def product(self, device: ExistingDevice) -> Device | None:
        found = self.catalog.products.get(device.product) if isinstance(device.product, str) else None
        return found if isinstance(found, Device) else None

    def height_u(self, device: ExistingDevice) -> int | None:
        if isinstance(device.product, OwnDevice):
            return device.product.height_u
        product = self.product(device)
        return product.height_u.value if product is not None else None

    def body(self) -> Rack | System | OwnRack | None:
        if isinstance(self.rack.rack, OwnRack):
            return self.rack.rack
        found = self.catalog.products.get(self.rack.rack)
        whole = isinstance(found, System) and found.form == "rack"
        return found if isinstance(found, Rack) or (isinstance(found, System) and whole) else None

    def rack_u(self) -> int | None:
        body = self.body()
        if isinstance(body, OwnRack):
            return body.height_u
        return body.height_u.value if isinstance(body, Rack) else None

    def has_power(self, device: ExistingDevice) -> bool:
        if isinstance(device.product, OwnDevice):
            return device.product.power is not None
        product = self.product(device)
        return product is None or self.knows_power(product)

    def knows_power(self, product: Device) -> bool:
        facts = (product.power_typical_w, product.power_design_w, product.power_peak_w)
        return any(fact.known for fact in facts) or product.id in self.assumed_w

    def has_weight(self, device: ExistingDevice) -> bool:
        if isinstance(device.product, OwnDevice):
            return device.product.weight is not None
        product = self.product(device)
        return product is None or product.weight_kg.known or product.id in self.assumed_kg


def existing_problems(request: Request, source: Document, catalog: Catalog) -> list[Problem]:
    """What is wrong with existing racks once products are known."""
    policy = request.policy
    found: list[Problem] = []
    for at, hall, rack in _racks(request):
        here = _Standing(source, catalog, at, hall, rack, dict(policy.assumed_power_w), dict(policy.assumed_weight_kg))
        unknown = list(_products(here))
        found += unknown or [*_units(here), *_figures(here), *_switches(here)]
    return found


def _products(here: _Standing) -> Iterator[Problem]:
    """Racks and devices are products of the catalog, or brought along."""
    names = list(here.catalog.products)
    own = "or give its own figures: name, height_u, power, weight"
    if here.body() is None:
        name = str(here.rack.rack)
        yield here.source.problem(
            (*here.at, "rack"), f'the rack "{name}"', "a rack of the catalog", nearest(name, names) or own
        )
    body = here.body()
    if isinstance(body, System) and body.racks > 1:
        yield here.source.problem(
            (*here.at, "rack"), f"{body.id}, which takes {body.racks} positions", "a rack on one position",
            "block its positions in the row and state its load in existing_load",
        )  # fmt: skip
    for n, device in enumerate(here.rack.devices):
        if isinstance(device.product, str) and here.product(device) is None:
            hint = nearest(device.product, names) or own
            place = (*here.at, "devices", n, "product")
            yield here.source.problem(place, f'the device "{device.product}"', "a device of the catalog", hint)
        elif here.height_u(device) is None:
            place = (*here.at, "devices", n, "product")
            yield here.source.problem(
                place, f'"{device.product}", whose height is not known', "a device of known height", own
            )


def _units(here: _Standing) -> Iterator[Problem]:
    """Devices stand in the rack, below its top, and no unit holds two."""
    top, taken = here.rack_u(), dict[int, str]()
    spot = spot_of(here.hall, here.rack.position)
    if spot is not None and top is not None and top > spot[0].rack_height_u:
        yield here.source.problem(
            (*here.at, "rack"), f"a rack of {top}U", f"at most the {spot[0].rack_height_u}U of row {spot[0].id}"
        )
    if top is None and here.rack.devices:
        yield here.source.problem(
            (*here.at, "devices"),
            "devices in a rack whose height is not known",
            "a rack of known height, or no devices",
        )
        return
    for n, device in enumerate(here.rack.devices):
        place: Location = (*here.at, "devices", n, "u")
        height = here.height_u(device) or 0
        label = device.name or (device.product if isinstance(device.product, str) else device.product.name)
        end = device.u + height * device.count - 1
        if top is not None and end > top:
            yield here.source.problem(place, f"{label} up to U{end}", f"at most U{top}, the rack's top")
        for unit in range(device.u, end + 1):
            if unit in taken:
                yield here.source.problem(place, f"{label} at U{unit}", "a free unit", f"{taken[unit]} stands there")
                break
        taken.update(dict.fromkeys(range(device.u, end + 1), label))


def _figures(here: _Standing) -> Iterator[Problem]:
    """What stands loads the feeds, so its power must be known; on a rated floor, the weight of what is extended."""
    rack, body = here.rack, here.body()
    if rack.decision == "retire":
        return
    what = {"keep": "a kept rack", "extend": "an extended rack"}[rack.decision]
    if rack.decision == "extend" and isinstance(body, System):
        yield here.source.problem(
            (*here.at, "decision"), f'"extend" of {body.id}, a whole system', '"keep" or "retire"'
        )
    if rack.load is None:
        unknown = isinstance(body, System) and not here.knows_power(body)
        for n, device in enumerate(rack.devices):
            if not here.has_power(device):
                yield here.source.problem(
                    (*here.at, "devices", n), f"{what} with a device of unknown power",
                    "its power, or the load of the rack", 'give "load", the most that the rack draws', key=True,
                )  # fmt: skip
        if unknown:
            yield here.source.problem((*here.at, "rack"), f"{what} of unknown power", 'the key "load"')
        if rack.decision == "extend" and not rack.devices:
            yield here.source.problem(
                here.at, "an extended rack without power figures", 'the key "load", or its devices',
                'an empty rack draws "0 W"', key=True,
            )  # fmt: skip
    if rack.decision == "extend" and _floor_is_rated(here):
        light = isinstance(body, OwnRack) and body.weight is None
        light = light or (isinstance(body, Rack) and not body.weight_kg.known)
        if light or not all(here.has_weight(device) for device in rack.devices):
            yield here.source.problem(
                here.at, "an extended rack of unknown weight on a rated floor",
                "the weight of the rack and its devices", key=True,
            )  # fmt: skip


def _switches(here: _Standing) -> Iterator[Problem]:
    """Free ports of a switch of the catalog are ports that it has."""
    for n, device in enumerate(here.rack.devices):
        yield from switch_problems(here.source, (*here.at, "devices", n), device, here.product(device))


def _floor_is_rated(here: _Standing) -> bool:
    floor, spot = here.hall.floor, spot_of(here.hall, here.rack.position)
    rated = (floor.distributed_load, floor.footprint_load, floor.point_load)
    return any(limit is not None for limit in rated) or (spot is not None and spot[0].rack_weight is not None)


CHECKS = (existing_racks_have_their_place, existing_loads_are_counted_once, existing_switches_have_a_name)
