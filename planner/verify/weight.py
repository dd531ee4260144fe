"""Weight: racks and what they hold, against every limit of the floor."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import ceiling
from planner.catalog.schema import Device, Rack
from planner.facility.loads import distributed_pa, each_position_kg, floor_findings, footprint_pa, point_kg
from planner.plan.schema import HallFloor, Pattern
from planner.plan.schema import Rack as PlacedRack
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


def hall_floor_adds_up(subject: Subject) -> Iterator[Broken]:
    """Positions, racks and the heaviest rack of a hall, and the loads under it."""
    for hall in subject.plan.floor:
        place, racks = subject.places[hall.hall], subject.racks_in(hall.hall)
        free = sum(row.positions - len(set(row.blocked)) for row in place.hall.rows)
        yield from differs(hall.hall, "positions", hall.positions, free)
        yield from differs(hall.hall, "positions in use", hall.used, sum(len(rack.positions) for rack in racks))
        yield from differs(hall.hall, "racks", hall.racks, len(racks))
        floor = place.hall.floor
        yield from differs(hall.hall, "footprint limit in Pa", hall.footprint_limit_pa, floor.footprint_load)
        yield from differs(hall.hall, "distributed limit in Pa", hall.distributed_limit_pa, floor.distributed_load)
        yield from differs(hall.hall, "point limit in kg", hall.point_limit_kg, floor.point_load)
        unknown = {n for r in racks for n in bodies(subject.pattern_of(r)) if subject.weight_kg(n) is None}
        yield from differs(hall.hall, "products of unknown weight", list(hall.unknown_weight), sorted(unknown))
        yield from _worst(subject, hall, racks)


def _worst(subject: Subject, hall: HallFloor, racks: list[PlacedRack]) -> Iterator[Broken]:
    """The heaviest rack, and the greatest load of each kind under any rack."""
    weights: dict[str, int] = {}
    under: list[tuple[int, int, int]] = []
    floor = subject.places[hall.hall].hall.floor
    for rack in racks:
        pattern, row = subject.pattern_of(rack), subject.places[hall.hall].row(rack.row)
        if pattern.weight_kg is None:
            continue
        weights[rack.id] = pattern.weight_kg
        weight = each_position_kg(pattern.weight_kg, max(1, pattern.positions))
        spread = distributed_pa(weight, row.pitch, row.rack_depth, floor.cold_aisle, floor.hot_aisle)
        under.append((footprint_pa(weight, *footprint_mm(subject, pattern, row)), spread, point_kg(weight)))
    yield from differs(hall.hall, "kg of the heaviest rack", hall.heaviest_kg, max(weights.values(), default=None))
    if hall.heaviest_rack is not None:
        yield from differs(hall.hall, "kg of the rack it names", hall.heaviest_kg, weights.get(hall.heaviest_rack))
    for index, (what, found) in enumerate(
        (
            ("footprint load in Pa", hall.footprint_pa),
            ("distributed load in Pa", hall.distributed_pa),
            ("point load in kg", hall.point_kg),
        )
    ):
        yield from differs(hall.hall, what, found, max((loads[index] for loads in under), default=None))


RULES: tuple[Rule, ...] = (patterns_add_up_their_weight, floors_carry_their_racks, hall_floor_adds_up)
