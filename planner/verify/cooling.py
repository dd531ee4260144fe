"""Cooling: heat of racks and halls, liquid loops and their distribution units, airflow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.catalog.schema import Cdu, Device, System
from planner.facility.air import inlet_refusal
from planner.facility.cooling import (
    cdu_capacity_w,
    cdu_flow_max_l_min,
    cdus_needed,
    coolant_flow_l_min,
    coolant_refusal,
    coolant_supply_c,
    total_airflow,
    warmest_coolant_c,
)
from planner.facility.rear_doors import door_heat_w, room_air_w
from planner.plan.schema import HallCooling, LoopPlan
from planner.request.site import Loop
from planner.verify.subject import Broken, Place, Rule, Subject, above, contents, differs

SHARE_TOLERANCE = 1e-4  # shares are written with four digits


def patterns_split_their_heat(subject: Subject) -> Iterator[Broken]:
    """Heat of a rack to air and to liquid is the sum of its devices; unknown power leaves it unknown."""
    for pattern in subject.plan.patterns:
        names = contents(pattern)
        known = all(subject.tiers(name).design_w is not None for name in names)
        heat = [subject.heat(name) for name in names]
        place = f"pattern {pattern.id}"
        yield from differs(place, "W to air", pattern.heat_air_w, sum(air for air, _ in heat) if known else None)
        liquid = sum(liquid for _, liquid in heat) if known else None
        yield from differs(place, "W to liquid", pattern.heat_liquid_w, liquid)


def racks_stand_where_they_are_cooled(subject: Subject) -> Iterator[Broken]:
    """A rack with heat to liquid stands in a row with liquid, one with air alone in one with air, within its limit."""
    for rack in subject.plan.racks:
        pattern, row = subject.pattern_of(rack), subject.places[rack.hall].row(rack.row)
        if pattern.heat_liquid_w and "liquid" not in row.cooling:
            yield Broken(rack.id, f"its devices need liquid and row {row.id} has {', '.join(row.cooling)}")
        if pattern.heat_air_w and not pattern.heat_liquid_w and "air" not in row.cooling:
            yield Broken(rack.id, f"its devices need air and row {row.id} has {', '.join(row.cooling)}")
        if row.air_per_rack is not None:
            limit = row.air_per_rack * pattern.positions
            yield from above(rack.id, "W to air", pattern.heat_air_w or 0, limit)
        if row.rear_door is not None:
            yield from above(rack.id, "W to its rear door", pattern.heat_air_w or 0, row.rear_door.capacity)


def air_is_cooled(subject: Subject) -> Iterator[Broken]:
    """Heat to air of every rack, liquid-cooled ones too, with what is there already, fits the hall's air cooling.

    What rear doors take does not reach the room.
    """
    for hall in subject.plan.cooling:
        place, racks = subject.places[hall.hall], subject.racks_in(hall.hall)
        cooling = place.planned.cooling
        air = sum(room_air_w(place.row(rack.row), subject.pattern_of(rack).heat_air_w or 0) for rack in racks)
        room = max(0, cooling.air - cooling.existing_air_load)
        yield from differs(hall.hall, "W to air", hall.air_w, air)
        yield from differs(hall.hall, "air capacity in W", hall.air_capacity_w, room)
        yield from above(hall.hall, "W to air", air, room)
        yield from _airflow(subject, hall)


def _airflow(subject: Subject, hall: HallCooling) -> Iterator[Broken]:
    placed = subject.placed_devices(hall.hall)
    devices = [(subject.known(n, Device), count, subject.heat(n)[0]) for n, count in sorted(placed.items())]
    flow, known = total_airflow(devices)
    yield from differs(hall.hall, "airflow in m3/h", hall.airflow_m3_h, flow)
    if abs(hall.airflow_known_share - known) > SHARE_TOLERANCE:
        yield from differs(hall.hall, "share of air heat with known airflow", hall.airflow_known_share, known)
    limit = subject.places[hall.hall].planned.cooling.airflow
    if limit is not None and flow is not None:
        yield from above(hall.hall, "airflow in m3/h", flow, limit)


def inlets_are_within_the_makers_limits(subject: Subject) -> Iterator[Broken]:
    """The hall's supply air is one that every device there may breathe."""
    for hall, place in subject.places.items():
        for name in sorted(subject.placed_devices(hall)):
            refusal = inlet_refusal(subject.known(name, Device), place.hall)
            if refusal is not None:
                yield Broken(f"{hall}, {name}", refusal)


def loops_carry_their_heat(subject: Subject) -> Iterator[Broken]:
    """Heat and flow of each loop are the sums over its rows and fit it; no system gets coolant too warm for it."""
    for hall in subject.plan.cooling:
        place = subject.places[hall.hall]
        stated = {loop.loop: loop for loop in hall.loops}
        expected = [loop.id for loop in place.planned.cooling.loops]
        yield from differs(hall.hall, "loops", [loop.loop for loop in hall.loops], expected)
        for loop in place.planned.cooling.loops:
            if loop.id in stated:
                yield from _loop(subject, place, loop, stated[loop.id])


def _loop(subject: Subject, place: Place, loop: Loop, stated: LoopPlan) -> Iterator[Broken]:
    where = f"{place.hall.id}, loop {loop.id}"
    rows = {row.id for row in place.planned.rows if row.loop == loop.id}
    racks = [rack for rack in subject.racks_in(place.hall.id) if rack.row in rows]
    everywhere = [(place.row(rack.row), subject.pattern_of(rack)) for rack in subject.racks_in(place.hall.id)]
    doors = sum(door_heat_w(row, loop.id, pattern.heat_air_w or 0) for row, pattern in everywhere)
    heat = sum(subject.pattern_of(rack).heat_liquid_w or 0 for rack in racks) + doors
    yield from differs(where, "W from rear doors", stated.rear_doors_w, doors)
    yield from differs(where, "W to liquid", stated.load_w, heat)
    yield from differs(where, "capacity in W", stated.capacity_w, loop.capacity)
    yield from above(where, "W to liquid", heat, loop.capacity)
    wet: Counter[str] = Counter()
    for rack in racks:
        wet.update(name for name in contents(subject.pattern_of(rack)) if subject.heat(name)[1])
    flow = None if doors else _flow(subject, wet, coolant_supply_c(loop))  # what doors draw is not known
    yield from differs(where, "flow in L/min", stated.flow_l_min, flow)
    yield from differs(where, "flow capacity in L/min", stated.flow_capacity_l_min, loop.flow)
    if flow is not None and loop.flow is not None:
        yield from above(where, "flow in L/min", flow, loop.flow)
    for name in sorted(wet):
        system = subject.product(name, System)
        refusal = coolant_refusal(system, warmest_coolant_c(loop)) if system is not None else None
        if refusal is not None:
            yield Broken(where, refusal)


def _flow(subject: Subject, wet: Counter[str], supply_c: float) -> int | None:
    """L/min of every liquid-cooled device of a loop; None where that of one is not published; 0 of nothing."""
    total = 0
    for name, count in wet.items():
        system = subject.product(name, System)
        flow = coolant_flow_l_min(system, supply_c) if system is not None else None
        if flow is None:
            return None
        total += count * flow
    return total


def distribution_units_carry_their_loop(subject: Subject) -> Iterator[Broken]:
    """CDUs that are bought carry their loop's heat at its approach, one of them lost where N+1 is asked."""
    for hall in subject.plan.cooling:
        bought: Counter[str] = Counter()
        for stated in hall.loops:
            loop = next((p for p in subject.places[hall.hall].planned.cooling.loops if p.id == stated.loop), None)
            if loop is None:
                continue
            bought[stated.cdu or ""] += stated.cdus
            yield from _units(subject, f"{hall.hall}, loop {loop.id}", loop, stated)
        counted = subject.counted_devices(hall.hall)
        for name in sorted({*bought, *(n for n in counted if subject.product(n, Cdu))} - {""}):
            yield from differs(hall.hall, f"{name} of all loops", bought[name], counted[name])


def _units(subject: Subject, where: str, loop: Loop, stated: LoopPlan) -> Iterator[Broken]:
    if loop.cdus == "present":
        yield from differs(where, "CDUs to buy", stated.cdus, 0)
        return
    cdu = subject.product(stated.cdu or "", Cdu)
    if cdu is None:
        if stated.load_w:
            yield Broken(where, "heat to liquid and no CDU of the catalog")
        return
    capacity = cdu_capacity_w(cdu, loop.approach, loop.supply)
    yield from differs(where, f"capacity of one {cdu.id} in W", stated.cdu_capacity_w, capacity)
    if capacity is not None:
        redundancy = subject.request.policy.cdu_redundancy
        wanted = cdus_needed(stated.load_w, capacity, redundancy, stated.flow_l_min, cdu_flow_max_l_min(cdu))
        if stated.cdus < wanted:
            yield Broken(
                where, f"{stated.cdus} CDUs, at least {wanted} needed", {"found": stated.cdus, "needed": wanted}
            )


RULES: tuple[Rule, ...] = (
    patterns_split_their_heat,
    racks_stand_where_they_are_cooled,
    air_is_cooled,
    inlets_are_within_the_makers_limits,
    loops_carry_their_heat,
    distribution_units_carry_their_loop,
)
