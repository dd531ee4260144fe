"""Weight: racks and what they hold, against every limit of the floor."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import ceiling
from planner.catalog.schema import Device, Rack
from planner.facility.loads import (
    delivery_findings,
    distributed_pa,
    each_position_kg,
    floor_findings,
    footprint_pa,
    point_kg,
)
from planner.plan.schema import HallFloor, Pattern
from planner.plan.schema import Rack as PlacedRack
from planner.request.ground import free_positions
from planner.request.site import Row
from planner.verify.subject import Broken, Rule, Subject, contents, differs


def bodies(pattern: Pattern) -> list[str]:
    """Product ids of everything that weighs: the rack, its PDUs and its devices."""
    rack = [pattern.rack_product] if pattern.rack_product is not None else []
    return rack + [name for name, count in sorted(pattern.pdus.items()) for _ in range(count)] + contents(pattern)


def patterns_add_up_their_weight(subject: Subject) -> Iterator[Broken]:
    """A rack weighs the sum of its empty rack, PDUs and devices; what is not published is said to be missing."""
    for pattern in subject.plan.patterns:
        weights = [subject.weight_kg(name) for name in bodies(pattern)]
        known = [weight for weight in weights if weight is not None]
        place = f"pattern {pattern.id}"
        yield from differs(place, "whether its weight is known", pattern.weight_known, len(known) == len(weights))
        if known or pattern.weight_kg is not None:
            yield from differs(place, "kg", pattern.weight_kg, sum(known))


def footprint_mm(subject: Subject, pattern: Pattern, row: Row) -> tuple[int, int]:
    """(width, depth) in mm of a rack on one position: of the rack or rack system, else of the position."""
    name = pattern.rack_product or pattern.system
    product = subject.catalog.products[name] if name is not None else None
    width = ceiling(product.width_mm) if isinstance(product, Rack | Device) else None
    depth = ceiling(product.depth_mm) if isinstance(product, Rack | Device) else None
    return width or row.pitch, depth or row.rack_depth


def floors_carry_their_racks(subject: Subject) -> Iterator[Broken]:
    """No rack is heavier than its row, its footprint, its share of the aisles or one foot may carry."""
    for rack in subject.plan.racks:
        place, pattern = subject.places[rack.hall], subject.pattern_of(rack)
        row = place.row(rack.row)
        if pattern.weight_kg is None:
            continue
        weight = each_position_kg(pattern.weight_kg, max(1, pattern.positions))
        width, depth = footprint_mm(subject, pattern, row)
        for finding in floor_findings(rack.id, weight, row, place.hall.floor, width_mm=width, depth_mm=depth):
            yield Broken(rack.id, f"{finding.rule}: {finding.text}", finding.numbers)


def racks_can_be_delivered(subject: Subject) -> Iterator[Broken]:
    """What comes whole passes the door and the lift, and so does every empty rack, as far as both sides are known."""
    for pattern in subject.plan.patterns:
        name = pattern.system or pattern.rack_product
        product = subject.catalog.products[name] if name is not None else None
        if not isinstance(product, Rack | Device) or name is None:
            continue
        positions = max(1, pattern.positions)
        weight = subject.weight_kg(name)
        found = delivery_findings(
            f"pattern {pattern.id}",
            subject.places[pattern.hall].hall.floor,
            weight_kg=each_position_kg(weight, positions) if weight is not None else None,
            width_mm=ceiling(product.width_mm),
            depth_mm=ceiling(product.depth_mm),
            height_mm=ceiling(product.height_mm) if isinstance(product, Rack) else None,
            loaded=pattern.system is not None,
        )
        yield from (Broken(finding.place, f"{finding.rule}: {finding.text}", finding.numbers) for finding in found)


def hall_floor_adds_up(subject: Subject) -> Iterator[Broken]:
    """Positions, racks and the heaviest rack of a hall, and the loads under it."""
    for hall in subject.plan.floor:
        place = subject.places[hall.hall]
        racks = [rack for rack in subject.racks_in(hall.hall) if not subject.added_to(rack)]
        free = sum(len(numbers) for numbers in free_positions(place.hall).values())
        yield from differs(hall.hall, "positions", hall.positions, free)
        growth = sum(len(row.reserved) for row in place.hall.rows)
        yield from differs(hall.hall, "positions kept free for growth", hall.reserved, growth)
        yield from differs(hall.hall, "containment", hall.containment, place.hall.floor.containment)
        yield from differs(hall.hall, "positions in use", hall.used, sum(len(rack.positions) for rack in racks))
        yield from differs(hall.hall, "racks", hall.racks, len(racks))
        floor = place.hall.floor
        yield from differs(hall.hall, "footprint limit in Pa", hall.footprint_limit_pa, floor.footprint_load)
        yield from differs(hall.hall, "distributed limit in Pa", hall.distributed_limit_pa, floor.distributed_load)
        yield from differs(hall.hall, "point limit in kg", hall.point_limit_kg, floor.point_load)
        yield from _unknown(subject, hall, racks)
        yield from _worst(subject, hall, racks)


def _unknown(subject: Subject, hall: HallFloor, racks: list[PlacedRack]) -> Iterator[Broken]:
    """Every device of unknown weight is named; empty racks and PDUs may be, and nothing else."""
    unknown = {n for r in racks for n in bodies(subject.pattern_of(r)) if subject.weight_kg(n) is None}
    devices = {name for name in unknown if subject.product(name, Device) is not None}
    named = set(hall.unknown_weight)
    for name in sorted(devices - named):
        yield Broken(hall.hall, f"the weight of {name} is not published, and the plan does not say so")
    for name in sorted(named - unknown):
        yield Broken(hall.hall, f"{name} is not a product of unknown weight in this hall")


def _worst(subject: Subject, hall: HallFloor, racks: list[PlacedRack]) -> Iterator[Broken]:
    """The heaviest rack, and the greatest load of each kind under any rack.

    The spread load may be taken over the row's depth, or, higher, over the depth of the rack alone.
    """
    weighed = [(rack, subject.pattern_of(rack)) for rack in racks]
    weights = {rack.id: p.weight_kg for rack, p in weighed if p.weight_kg is not None}
    under = [_loads(subject, rack, pattern) for rack, pattern in weighed if pattern.weight_kg is not None]
    footprint, by_row, by_rack, point = (max(loads) for loads in zip(*under, strict=True)) if under else (None,) * 4
    yield from differs(hall.hall, "kg of the heaviest rack", hall.heaviest_kg, max(weights.values(), default=None))
    if hall.heaviest_rack is not None:
        yield from differs(hall.hall, "kg of the rack it names", hall.heaviest_kg, weights.get(hall.heaviest_rack))
    yield from differs(hall.hall, "footprint load in Pa", hall.footprint_pa, footprint)
    yield from differs(hall.hall, "point load in kg", hall.point_kg, point)
    if hall.distributed_pa != by_rack:
        yield from differs(hall.hall, "distributed load in Pa", hall.distributed_pa, by_row)


def _loads(subject: Subject, rack: PlacedRack, pattern: Pattern) -> tuple[int, int, int, int]:
    """Pa under the footprint, Pa spread at the row's depth and at the rack's own, kg under one foot."""
    place = subject.places[rack.hall]
    row, floor = place.row(rack.row), place.hall.floor
    weight = each_position_kg(pattern.weight_kg or 0, max(1, pattern.positions))
    width, depth = footprint_mm(subject, pattern, row)
    by_row, by_rack = (
        distributed_pa(weight, row.pitch, deep, floor.cold_aisle, floor.hot_aisle) for deep in (row.rack_depth, depth)
    )
    return footprint_pa(weight, width, depth), by_row, by_rack, point_kg(weight)


RULES: tuple[Rule, ...] = (
    patterns_add_up_their_weight,
    floors_carry_their_racks,
    racks_can_be_delivered,
    hall_floor_adds_up,
)
