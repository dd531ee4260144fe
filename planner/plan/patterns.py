"""Racks by content: patterns with devices at U positions, power, heat and weight, as sizing and packing decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.catalog.facts import ceiling
from planner.catalog.schema import Device, Product, System
from planner.facility.busbar import shelves_u
from planner.facility.standing import standing_racks
from planner.packing.data import Pattern as PackedPattern
from planner.packing.u_positions import RackUnits, StackedDevice, Zone, place_in_units
from planner.plan.schema import Pattern, PlacedDevice
from planner.request.site import Hall, Row
from planner.sizing.answer import Settled
from planner.sizing.data import HallData, Item, PositionClass
from planner.sizing.items import SOCKETS, own_weight_kg
from planner.sizing.phase_ratings import needs_of_rack, pdus_on_a_feed, rack_in
from planner.sizing.question import Question
from planner.sizing.rack_kinds import members_of_kinds, rack_kinds
from planner.wording import sentence

ZONES: dict[str, Zone] = {"out-of-band-leaf": "top", "in-band-leaf": "top", "converged-leaf": "top"}


@dataclass(frozen=True)
class MadePattern:
    """A pattern, the position class it stands in, and how many cables leave it for a hub."""

    pattern: Pattern
    place: PositionClass
    hub: bool
    cables: int
    stands_at: tuple[tuple[str, int], ...] = ()  # where, if it is added to racks that stand already


def patterns_of(question: Question, settled: Settled, hall: Hall) -> list[MadePattern]:
    """Every distinct rack of a hall: packed racks first, then systems and CDUs that stand on their own."""
    data = next(h for h in settled.prepared.data.halls if h.key == hall.id)
    made: list[MadePattern] = []
    packing = settled.packing.get(hall.id)
    packed = packing.patterns if packing is not None else ()
    kinds = {kind.key: kind for kind in rack_kinds(data)}
    ordered = sorted(packed, key=_pattern_order)
    new = [entry for entry in ordered if not kinds[entry[0].rack].standing]
    for number, (content, count) in enumerate(new, start=1):
        made.append(_packed(question, hall, data, f"{hall.id}-R{number}", content, count))
    made.extend(added_to_racks(question, hall, data, [entry for entry in ordered if entry not in new]))
    number = 0
    for place, standing in _standing_by_kind(data, settled):
        for key, count in standing.items():
            number += 1
            made.append(_standing(question, data, place, f"{hall.id}-S{number}", data.items[key], count))
    return made


def _standing_by_kind(data: HallData, settled: Settled) -> Iterator[tuple[PositionClass, dict[str, int]]]:
    """What stands on its own in each kind of position: items and their number."""
    of_classes = settled.sizing.standing[data.key]
    for kind, members in zip(rack_kinds(data), members_of_kinds(data).values(), strict=True):
        found: dict[str, int] = {}
        for place in members:
            for key, count in of_classes[place.key].items():
                found[key] = found.get(key, 0) + count
        yield kind, dict(sorted(found.items()))


def added_to_racks(
    question: Question, hall: Hall, data: HallData, packed: Sequence[tuple[PackedPattern, int]]
) -> Iterator[MadePattern]:
    """What is added to racks that stand: one pattern for each content of each kind, its racks in the hall's order."""
    kinds = {kind.key: kind for kind in data.classes if kind.standing}
    racks = {rack.id: rack for rack in standing_racks(hall, question.catalog, question.request.policy)}
    left = {key: list(kind.stands_at) for key, kind in kinds.items()}
    for number, (content, count) in enumerate(packed, start=1):
        place = kinds[content.rack]
        spots, left[place.key] = left[place.key][:count], left[place.key][count:]
        like = racks[f"{hall.id}/{spots[0][0]}{spots[0][1]:02d}"]
        pieces = [(data.items[key], n) for key, n in content.content]
        design_w, sockets = needs_of_rack(data, content)
        units = RackUnits(like.height_u or 0, like.taken)
        pattern = Pattern(
            id=f"{hall.id}-E{number}",
            hall=hall.id,
            title=title_of(question, pieces),
            rack_product=None,
            system=None,
            positions=1,
            height_u=like.height_u,
            devices=stack(pieces, units),
            power_typical_w=sum(i.typical_w * n for i, n in pieces),
            power_design_w=design_w,
            power_peak_w=sum(i.peak_w * n for i, n in pieces),
            heat_air_w=sum(i.air_w * n for i, n in pieces),
            heat_liquid_w=sum(i.liquid_w * n for i, n in pieces),
            weight_kg=sum(i.weight_kg * n for i, n in pieces),
            weight_known=all(item.weight_known for item, _ in pieces),
            outlets={kind: sockets[kind] for kind in SOCKETS if kind in sockets},
            pdus={},
            count=count,
        )
        yield MadePattern(pattern, place, _is_hub(pieces), _cables(question, pieces), tuple(spots))


def _pattern_order(entry: tuple[PackedPattern, int]) -> tuple[int, str, tuple[tuple[str, int], ...]]:
    content, count = entry
    return -count, content.rack, content.content


def _packed(
    question: Question, hall: Hall, data: HallData, name: str, content: PackedPattern, count: int
) -> MadePattern:
    place = next(c for c in rack_kinds(data) if c.key == content.rack)
    choice, row = rack_in(question, data, content.rack)
    pieces = [(data.items[key], n) for key, n in content.content]
    devices = stack(pieces, RackUnits(place.height_u))
    design_w, sockets = needs_of_rack(data, content)
    pdus = choice.feeds * pdus_on_a_feed(question, data, choice, row, content)
    weights_known = place.rack.weight_known and all(item.weight_known for item, _ in pieces)
    empty_kg = (own_weight_kg(question, choice.rack) or 0) + (own_weight_kg(question, choice.pdu) or 0) * pdus
    pattern = Pattern(
        id=name,
        hall=hall.id,
        title=title_of(question, pieces),
        rack_product=choice.rack.id,
        system=None,
        positions=1,
        height_u=place.height_u + shelves_u(choice.pdu, pdus),
        devices=devices,
        power_typical_w=sum(i.typical_w * n for i, n in pieces),
        power_design_w=design_w,
        power_peak_w=sum(i.peak_w * n for i, n in pieces),
        heat_air_w=sum(i.air_w * n for i, n in pieces),
        heat_liquid_w=sum(i.liquid_w * n for i, n in pieces),
        weight_kg=empty_kg + sum(i.weight_kg * n for i, n in pieces),
        weight_known=weights_known,
        outlets={kind: sockets[kind] for kind in SOCKETS if kind in sockets},
        pdus={choice.pdu.id: pdus},
        count=count,
    )
    return MadePattern(pattern, place, _is_hub(pieces), _cables(question, pieces))


def row_of(hall: Hall, place: PositionClass) -> Row:
    """The first row of a position class."""
    return next(row for row in hall.rows if row.id == place.rows[0])


def stack(pieces: list[tuple[Item, int]], units: RackUnits) -> tuple[PlacedDevice, ...]:
    """The devices of one rack at their U positions, heavy ones low, switches high."""
    standing = [
        StackedDevice(item.key, item.height_u, item.weight_kg, item.design_w, item.role, ZONES.get(item.role))
        for item, n in pieces
        for _ in range(n)
    ]
    items = {item.key: item for item, _ in pieces}
    placed = place_in_units(standing, units)
    return tuple(
        PlacedDevice(
            product=items[p.device_id].product, role=items[p.device_id].role, u=p.lowest_u, height_u=p.height_u
        )
        for p in placed
    )


def title_of(question: Question, pieces: list[tuple[Item, int]]) -> str:
    """What a rack holds, in words: systems first."""

    def rank(piece: tuple[Item, int]) -> tuple[int, str]:
        return {"system": 0, "storage": 1}.get(piece[0].role, 2), piece[0].role

    named = [f"{n} x {question.catalog.products[i.product].name}" for i, n in sorted(pieces, key=rank)]
    if len(named) > 3:
        return sentence("name.more-kinds", names=named[:3], n=len(named) - 3)
    return ", ".join(named)


def _is_hub(pieces: list[tuple[Item, int]]) -> bool:
    return any(item.role in ("compute-leaf", "converged-leaf", "in-band-leaf") for item, _ in pieces)


def _cables(question: Question, pieces: list[tuple[Item, int]]) -> int:
    return sum(ports_of(question.catalog.products[i.product]) * n for i, n in pieces if i.role in ("system", "storage"))


def ports_of(product: Product) -> int:
    """Network ports of one device, all fabrics but scale-up."""
    ports = product.ports if isinstance(product, Device) else ()
    return sum(port.count for port in ports if port.fabric != "scale-up")


def _standing(
    question: Question, data: HallData, place: PositionClass, name: str, item: Item, count: int
) -> MadePattern:
    product = question.catalog.get(item.product, Device)
    height = product.height_u.value if isinstance(product, System) else None
    pattern = Pattern(
        id=name,
        hall=data.key,
        title=product.name,
        rack_product=None,
        system=item.product,
        positions=item.positions,
        height_u=height,
        devices=(),
        power_typical_w=item.typical_w,
        power_design_w=item.design_w,
        power_peak_w=item.peak_w,
        heat_air_w=item.air_w,
        heat_liquid_w=item.liquid_w,
        weight_kg=item.weight_kg if item.weight_known else None,
        weight_known=item.weight_known,
        outlets={},
        pdus={},
        count=count,
    )
    return MadePattern(pattern, place, False, ports_of(product) if item.role == "system" else 0)


def body_mm(question: Question, pattern: Pattern, row: Row) -> tuple[int, int]:
    """Width and depth of a rack: its product's where known, else the position's."""
    product = question.catalog.products.get(pattern.rack_product or pattern.system or "")
    width = ceiling(product.width_mm) if product is not None and hasattr(product, "width_mm") else None
    depth = ceiling(product.depth_mm) if product is not None and hasattr(product, "depth_mm") else None
    return width or row.pitch, depth or row.rack_depth


def devices_in(patterns: list[MadePattern]) -> Iterator[tuple[str, str, int]]:
    """(role, product, count) of everything in packed racks."""
    for made in patterns:
        for device in made.pattern.devices:
            yield device.role, device.product, made.pattern.count


__all__ = ["MadePattern", "body_mm", "devices_in", "patterns_of", "row_of"]
