"""Floor loads of a rack: under its footprint, spread over its share of the aisles, and under one foot."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from planner.facility.rear_doors import door_capacity_w
from planner.plan.schema import Finding
from planner.request.site import Floor, Row
from planner.wording import sentence

GRAVITY = Fraction("9.80665")  # m/s2, standard gravity
FEET = 4
STEEPEST_RAMP = Fraction(1, 12)
"""Rise over length of a ramp that a loaded frame is rolled over: 1 to 12 at most, as IBM asks of access routes in the
site planning of its systems (Transport and delivery, ibm.com/docs); Oracle allows 6 degrees, 1 to 9.5, for a server of
the size of a rack."""
UNEVEN = Fraction(1)  # share of the heaviest foot against a quarter of the rack: published rules take even feet
_MM2 = 10**6  # in one m2


def footprint_pa(weight_kg: int, width_mm: int, depth_mm: int) -> int:
    """Pressure in Pa under a rack's own footprint, rounded up."""
    return math.ceil(weight_kg * GRAVITY * _MM2 / (width_mm * depth_mm))


def distributed_pa(weight_kg: int, pitch_mm: int, depth_mm: int, cold_aisle_mm: int, hot_aisle_mm: int) -> int:
    """Pressure in Pa spread over a rack's place in the row and half of each aisle beside it, rounded up."""
    return math.ceil(weight_kg * GRAVITY * _MM2 / _place_mm2(pitch_mm, depth_mm, cold_aisle_mm, hot_aisle_mm))


def _place_mm2(pitch_mm: int, depth_mm: int, cold_aisle_mm: int, hot_aisle_mm: int) -> Fraction:
    return pitch_mm * (depth_mm + Fraction(cold_aisle_mm + hot_aisle_mm, 2))


def point_kg(weight_kg: int, uneven: Fraction = UNEVEN) -> int:
    """Load in kg under the heaviest of four feet, rounded up."""
    return math.ceil(weight_kg * uneven / FEET)


def each_position_kg(weight_kg: int, positions: int) -> int:
    """Weight in kg on each position of a system that takes several, rounded up."""
    return -(-weight_kg // positions)


def max_rack_weight_kg(row: Row, floor: Floor, width_mm: int, depth_mm: int) -> int | None:
    """The most that a rack of this footprint may weigh in this row under every stated limit, in kg; None: no limit."""
    limits: list[int] = []
    if row.rack_weight is not None:
        limits.append(row.rack_weight)
    if floor.footprint_load is not None:
        limits.append(math.floor(floor.footprint_load * width_mm * depth_mm / GRAVITY / _MM2))
    if floor.distributed_load is not None:
        place = _place_mm2(row.pitch, row.rack_depth, floor.cold_aisle, floor.hot_aisle)
        limits.append(math.floor(floor.distributed_load * place / GRAVITY / _MM2))
    if floor.point_load is not None:
        limits.append(math.floor(floor.point_load * FEET / UNEVEN))
    return min(limits, default=None)


def air_of_a_rack(row: Row) -> int | None:
    """The most heat to air in W of one rack: its own limit, that of its rear door, and that of its whole row.

    None: none is stated.
    """
    limits = (row.air_per_rack, door_capacity_w(row), row.air)
    return min((limit for limit in limits if limit is not None), default=None)


def floor_findings(
    place: str, weight_kg: int, row: Row, floor: Floor, *, width_mm: int, depth_mm: int
) -> tuple[Finding, ...]:
    """One error for each floor limit that a rack of this weight breaks at a place in the row."""
    spread = distributed_pa(weight_kg, row.pitch, row.rack_depth, floor.cold_aisle, floor.hot_aisle)
    checks = (
        ("rack-weight", "on-position", weight_kg, row.rack_weight),
        ("footprint-load", "footprint", footprint_pa(weight_kg, width_mm, depth_mm), floor.footprint_load),
        ("distributed-load", "distributed", spread, floor.distributed_load),
        ("point-load", "point", point_kg(weight_kg), floor.point_load),
    )
    return tuple(
        _over(rule, place, what, found, limit)
        for rule, what, found, limit in checks
        if limit is not None and found > limit
    )


def _over(rule: str, place: str, what: str, found: int, limit: int) -> Finding:
    text = sentence(f"load.{what}", found=found, limit=limit)
    return Finding(severity="error", rule=rule, place=place, text=text, numbers={"found": found, "limit": limit})


def delivery_findings(
    place: str,
    floor: Floor,
    *,
    weight_kg: int | None,
    width_mm: int | None,
    depth_mm: int | None,
    height_mm: int | None,
    loaded: bool = True,
) -> tuple[Finding, ...]:
    """Whether a rack passes the lift, the ramp and the door, as far as both sides are known (None: unknown).

    `loaded`: it comes with its content. Then no ramp may be steeper than `STEEPEST_RAMP`.
    """
    sides = [side for side in (width_mm, depth_mm) if side is not None]
    checks = (
        ("lift-capacity", "lift", weight_kg, floor.lift_capacity),
        ("route-capacity", "route", weight_kg, floor.route_capacity),
        ("door-width", "door-width", min(sides, default=None), floor.door_width),
        ("door-height", "door-height", height_mm, floor.door_height),
    )
    over = [
        _over(rule, place, what, found, limit)
        for rule, what, found, limit in checks
        if found is not None and limit is not None and found > limit
    ]
    return (*over, *(_steep(place, floor) if loaded else ()))


def _steep(place: str, floor: Floor) -> Iterator[Finding]:
    if floor.ramp_slope is not None and Fraction(str(floor.ramp_slope)) > STEEPEST_RAMP:
        text = sentence("load.ramp", slope=floor.ramp_slope, most=float(STEEPEST_RAMP))
        numbers: dict[str, float | int | str] = {"found": floor.ramp_slope, "limit": round(float(STEEPEST_RAMP), 4)}
        yield Finding(severity="error", rule="ramp-slope", place=place, text=text, numbers=numbers)
