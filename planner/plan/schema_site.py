"""The site in a plan: cooling and floor of each hall."""

from __future__ import annotations

from planner.catalog.facts import Strict
from planner.plan.said import Words


class LoopPlan(Strict):
    """One liquid loop."""

    loop: str
    load_w: int
    capacity_w: int
    flow_l_min: int | None
    flow_capacity_l_min: int | None
    cdu: str | None
    cdus: int
    cdu_capacity_w: int | None
    rear_doors_w: int = 0  # of the load, heat to air that rear doors take
    note: Words = ""


class RowAir(Strict):
    """Heat to air and air of a row that limits either; None: not limited."""

    row: str
    air_w: int
    air_limit_w: int | None
    airflow_m3_h: int
    airflow_limit_m3_h: int | None


class AirPlan(Strict):
    """All air of a hall that limits it: what makers publish, and what is derived from the heat of the other devices."""

    published_m3_h: int
    derived_m3_h: int
    rise_k: float  # of the air, for what is derived
    altitude_m: float
    limit_m3_h: int | None
    rows: tuple[RowAir, ...]


class HallCooling(Strict):
    """Heat of one hall, to air and to liquid."""

    hall: str
    air_w: int  # to the room: what rear doors take is in their loop
    air_capacity_w: int
    airflow_m3_h: int | None
    airflow_known_share: float  # share of the air heat whose airflow is published
    air: AirPlan | None = None  # None: the request limits no air and states no rise
    loops: tuple[LoopPlan, ...]


class HallFloor(Strict):
    """Positions and weight of one hall."""

    hall: str
    positions: int
    used: int
    racks: int
    heaviest_kg: int | None
    heaviest_rack: str | None
    footprint_pa: int | None
    distributed_pa: int | None
    footprint_limit_pa: int | None
    distributed_limit_pa: int | None
    point_kg: int | None
    point_limit_kg: int | None
    unknown_weight: tuple[str, ...]
    reserved: int = 0  # positions kept free for growth, not among `positions`
    containment: str | None = None  # as the request states it; None: not stated
