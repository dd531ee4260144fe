"""Air of halls and rows, worked out again from the racks, against what the request says they are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planner.catalog.schema import Device
from planner.facility.air import AIR_RISE_K, Airflow, airflow_together, counts_air
from planner.plan.schema import AirPlan, Rack, RowAir
from planner.verify.subject import Broken, Place, Rule, Subject, above, contents, differs


def air_is_counted_and_moved(subject: Subject) -> Iterator[Broken]:
    """Where the request limits air, the plan states all of it, published and derived, and none is above its limit."""
    for cooling in subject.plan.cooling:
        place = subject.places[cooling.hall]
        asked = counts_air(place.hall) or any(row.air is not None for row in place.hall.rows)
        if not asked or cooling.air is None:
            yield from differs(cooling.hall, "air", cooling.air is not None, asked)
            continue
        racks = subject.racks_in(cooling.hall)
        flow = _together(subject, place, racks)
        rise = place.hall.cooling.air_rise
        expected = AirPlan(
            published_m3_h=flow.published_m3_h,
            derived_m3_h=flow.derived_m3_h,
            rise_k=AIR_RISE_K if rise is None else rise,
            altitude_m=place.hall.altitude_m,
            limit_m3_h=place.planned.cooling.airflow,
            rows=tuple(_rows(subject, place, racks)),
        )
        yield from differs(cooling.hall, "air", cooling.air, expected)
        yield from _within(cooling.hall, expected)


def _together(subject: Subject, place: Place, racks: Iterable[Rack]) -> Airflow:
    names = [name for rack in racks for name in contents(subject.pattern_of(rack))]
    return airflow_together(((subject.known(n, Device), 1, subject.heat(n)[0]) for n in names), place.hall)


def _rows(subject: Subject, place: Place, racks: list[Rack]) -> Iterator[RowAir]:
    for row in place.planned.rows:
        if row.air is not None or row.airflow is not None:
            here = [rack for rack in racks if rack.row == row.id]
            yield RowAir(
                row=row.id,
                air_w=sum(subject.pattern_of(rack).heat_air_w or 0 for rack in here),
                air_limit_w=row.air,
                airflow_m3_h=_together(subject, place, here).total_m3_h,
                airflow_limit_m3_h=row.airflow,
            )


def _within(hall: str, air: AirPlan) -> Iterator[Broken]:
    if air.limit_m3_h is not None:
        yield from above(hall, "air in m3/h", air.published_m3_h + air.derived_m3_h, air.limit_m3_h)
    for row in air.rows:
        place = f"{hall}, row {row.row}"
        if row.air_limit_w is not None:
            yield from above(place, "W to air", row.air_w, row.air_limit_w)
        if row.airflow_limit_m3_h is not None:
            yield from above(place, "air in m3/h", row.airflow_m3_h, row.airflow_limit_m3_h)


RULES: tuple[Rule, ...] = (air_is_counted_and_moved,)
