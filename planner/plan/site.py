"""The site under the plan: heat and coolant, positions and weight, with findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.catalog.schema import Device, System
from planner.facility.cooling import airflow_m3_h, cdu_flow_max_l_min, coolant_supply_c
from planner.facility.loads import distributed_pa, each_position_kg, footprint_pa, point_kg
from planner.facility.power import plannable_hall
from planner.facility.rear_doors import door_heat_w, room_air_w
from planner.floor.data import FloorResult, Placement
from planner.floor.geometry import positions_of
from planner.plan.air import air_plan
from planner.plan.patterns import MadePattern, body_mm
from planner.plan.schema import (
    HallCooling,
    HallFloor,
    LoopPlan,
    Pattern,
    Rack,
)
from planner.request.ground import free_positions, growth_positions
from planner.request.site import Hall, Site
from planner.sizing.data import HallData
from planner.sizing.halls import cdu_for
from planner.sizing.items import own_weight_kg
from planner.sizing.question import Question
from planner.wording import joined, sentence


@dataclass(frozen=True)
class PlacedHall:
    """A hall with everything that stands in it."""

    site: Site
    hall: Hall
    data: HallData
    made: tuple[MadePattern, ...]
    floor: FloorResult

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """Its patterns."""
        return tuple(made.pattern for made in self.made)


def racks_of(placed: PlacedHall) -> list[Rack]:
    """Every rack at its positions, in the order of rows and numbers."""
    order = {row.id: n for n, row in enumerate(placed.hall.rows)}
    where = {(p.row, p.number): p for p in positions_of(placed.hall)}
    feeds = {row.id: row.feeds for row in placed.hall.rows}

    def first(placement: Placement) -> tuple[int, int]:
        return order[placement.row], placement.numbers[0]

    racks = []
    for placement in sorted(placed.floor.placements, key=first):
        spot = where[placement.row, placement.numbers[0]]
        racks.append(
            Rack(
                id=f"{placed.hall.id}/{placement.row}{placement.numbers[0]:02d}",
                pattern=placement.pattern,
                hall=placed.hall.id,
                row=placement.row,
                positions=placement.numbers,
                feeds=feeds[placement.row],
                x_mm=spot.x_mm,
                y_mm=spot.y_mm,
            )
        )
    return racks


def hall_cooling(question: Question, placed: PlacedHall, racks: list[Rack]) -> HallCooling:
    """Heat to air and to each loop, the air that must move, the coolant that must flow."""
    planned = plannable_hall(placed.site, placed.hall)
    flow, known, air = _airflow(question, placed)
    rows = {row.id: row for row in placed.hall.rows}
    return HallCooling(
        hall=placed.hall.id,
        air_w=sum(
            room_air_w(rows[made.place.rows[0]], made.pattern.heat_air_w or 0) * made.pattern.count
            for made in placed.made
        ),
        air_capacity_w=max(0, planned.cooling.air - planned.cooling.existing_air_load),
        airflow_m3_h=flow if known else None,
        airflow_known_share=round(known / air, 4) if air else 1.0,
        air=air_plan(question, placed.data, placed.site, placed.hall, {p.id: p for p in placed.patterns}, racks),
        loops=tuple(_loops(question, placed)),
    )


def _airflow(question: Question, placed: PlacedHall) -> tuple[int, int, int]:
    """(m3/h of devices with a published airflow, their air heat, all air heat)."""
    flow = known = air = 0
    items = {(i.role, i.product): i for i in placed.data.items.values()}
    for made in placed.made:
        pattern = made.pattern
        air += (pattern.heat_air_w or 0) * pattern.count
        contents = [(d.role, d.product) for d in pattern.devices]
        if pattern.system is not None:
            contents = [(i.role, i.product) for i in placed.data.items.values() if i.product == pattern.system]
        for role, name in contents:
            product = question.catalog.get(name, Device)
            moved = airflow_m3_h(product)
            if moved is not None:
                flow += moved * pattern.count
                known += items[role, name].air_w * pattern.count
    return flow, known, air


def _loops(question: Question, placed: PlacedHall) -> Iterator[LoopPlan]:
    planned = plannable_hall(placed.site, placed.hall)
    rows = {row.id: row for row in planned.rows}
    for loop in planned.cooling.loops:
        heat = flow = cdus = 0
        flows_known = True
        cdu, capacity = cdu_for(question, loop) if loop.cdus == "buy" else (None, None)
        for made in placed.made:
            if cdu is not None and made.pattern.system == cdu.id and made.place.loop == loop.id:
                cdus += made.pattern.count
            if made.place.loop != loop.id or not made.pattern.heat_liquid_w:
                continue
            heat += made.pattern.heat_liquid_w * made.pattern.count
            pieces = [i for i in placed.data.items.values() if i.product in _contents(made.pattern) and i.liquid_w]
            flows_known = flows_known and all(i.flow_ml_min for i in pieces)
            flow += sum(i.flow_ml_min * _contents(made.pattern)[i.product] for i in pieces) * made.pattern.count
        doors = sum(
            door_heat_w(rows[made.place.rows[0]], loop.id, made.pattern.heat_air_w or 0) * made.pattern.count
            for made in placed.made
        )
        yield LoopPlan(
            loop=loop.id,
            load_w=heat + doors,
            capacity_w=loop.capacity,
            flow_l_min=-(-flow // 1000) if flows_known and not doors else None,
            flow_capacity_l_min=loop.flow,
            cdu=cdu.id if cdu is not None else None,
            cdus=cdus,
            cdu_capacity_w=capacity,
            rear_doors_w=doors,
            note=_loop_note(coolant_supply_c(loop), cdu_flow_max_l_min(cdu) if cdu is not None else None),
        )


def _loop_note(supply_c: float, flow_max: int | None) -> str:
    moved = [sentence("loop.moved", flow=flow_max)] if flow_max is not None else []
    return joined([sentence("loop.supply", supply=supply_c), *moved])


def _contents(pattern: Pattern) -> dict[str, int]:
    found: dict[str, int] = {pattern.system: 1} if pattern.system is not None else {}
    for device in pattern.devices:
        found[device.product] = found.get(device.product, 0) + 1
    return found


def hall_floor(question: Question, placed: PlacedHall, racks: list[Rack]) -> HallFloor:
    """Positions in use, and the heaviest rack against the floor's ratings."""
    by_id = {p.id: p for p in placed.patterns}
    rows = {row.id: row for row in placed.hall.rows}
    floor = placed.hall.floor
    weighed = []
    new = [rack for rack in racks if not by_id[rack.pattern].in_standing_rack]
    for rack in new:
        pattern, row = by_id[rack.pattern], rows[rack.row]
        if pattern.weight_kg is None:
            continue
        width, depth = body_mm(question, pattern, row)
        each = each_position_kg(pattern.weight_kg, pattern.positions)
        spread = distributed_pa(each, row.pitch, depth, floor.cold_aisle, floor.hot_aisle)
        weighed.append((pattern.weight_kg, footprint_pa(each, width, depth), spread, point_kg(each), rack.id))
    heaviest = max(weighed, key=lambda entry: (entry[0], entry[4]), default=None)
    return HallFloor(
        hall=placed.hall.id,
        positions=sum(len(free) for free in free_positions(placed.hall).values()),
        used=sum(len(rack.positions) for rack in new),
        racks=len(new),
        heaviest_kg=heaviest[0] if heaviest else None,
        heaviest_rack=heaviest[4] if heaviest else None,
        footprint_pa=max((w[1] for w in weighed), default=None),
        distributed_pa=max((w[2] for w in weighed), default=None),
        footprint_limit_pa=floor.footprint_load,
        distributed_limit_pa=floor.distributed_load,
        point_kg=max((w[3] for w in weighed), default=None),
        point_limit_kg=floor.point_load,
        unknown_weight=tuple(sorted(unknown_weights(question, placed))),
        reserved=len(growth_positions(placed.hall)),
        containment=floor.containment,
    )


def unknown_weights(question: Question, placed: PlacedHall) -> set[str]:
    """Products in the hall whose weight is not published; what is known of a rack's weight leaves them out."""
    used = {name for pattern in placed.patterns for name in _contents(pattern)}
    unknown = {i.product for i in placed.data.items.values() if i.product in used and not i.weight_known}
    boxes = {name for p in placed.patterns for name in (*p.pdus, *([p.rack_product] if p.rack_product else []))}
    return unknown | {name for name in boxes if own_weight_kg(question, question.catalog.products[name]) is None}


def systems_of(question: Question, placed: PlacedHall) -> Iterator[System]:
    """System products that stand in the hall, by id."""
    used = sorted({name for pattern in placed.patterns for name in _contents(pattern)})
    for name in used:
        product = question.catalog.products[name]
        if isinstance(product, System):
            yield product
