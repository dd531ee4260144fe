"""Air in a plan: of each rack, of each row that limits it, and of the hall."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.schema import Device
from planner.facility.air import AIR_RISE_K, Airflow, airflow_together, counts_air
from planner.facility.power import plannable_hall
from planner.plan.schema import AirPlan, Pattern, Rack, RowAir
from planner.request.site import Hall, Site
from planner.sizing.data import HallData
from planner.sizing.question import Question


def air_of_pattern(question: Question, data: HallData, hall: Hall, pattern: Pattern) -> Airflow:
    """Air that the devices of one rack need in a hall."""
    items = data.items.values()
    heat = {(item.role, item.product): item.air_w for item in items}
    by_product = {item.product: item.air_w for item in items}
    pieces = [(question.catalog.get(d.product, Device), 1, heat[d.role, d.product]) for d in pattern.devices]
    if pattern.system is not None:
        pieces.append((question.catalog.get(pattern.system, Device), 1, by_product[pattern.system]))
    return airflow_together(pieces, hall)


def air_plan(
    question: Question, data: HallData, site: Site, hall: Hall, patterns: dict[str, Pattern], racks: list[Rack]
) -> AirPlan | None:
    """The air of a hall and of its rows against their limits; None where the request neither limits nor counts it."""
    planned = plannable_hall(site, hall)
    if not counts_air(hall) and all(row.air is None for row in hall.rows):
        return None
    flows = {name: air_of_pattern(question, data, hall, pattern) for name, pattern in patterns.items()}
    return AirPlan(
        published_m3_h=sum(flows[rack.pattern].published_m3_h for rack in racks),
        derived_m3_h=sum(flows[rack.pattern].derived_m3_h for rack in racks),
        rise_k=hall.cooling.air_rise if hall.cooling.air_rise is not None else AIR_RISE_K,
        altitude_m=hall.altitude_m,
        limit_m3_h=planned.cooling.airflow,
        rows=tuple(_rows(planned, patterns, racks, flows)),
    )


def _rows(
    planned: Hall, patterns: dict[str, Pattern], racks: list[Rack], flows: dict[str, Airflow]
) -> Iterator[RowAir]:
    for row in planned.rows:
        if row.air is None and row.airflow is None:
            continue
        here = [rack.pattern for rack in racks if rack.row == row.id]
        yield RowAir(
            row=row.id,
            air_w=sum(patterns[name].heat_air_w or 0 for name in here),
            air_limit_w=row.air,
            airflow_m3_h=sum(flows[name].total_m3_h for name in here),
            airflow_limit_m3_h=row.airflow,
        )
