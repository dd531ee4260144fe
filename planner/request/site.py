"""The site as it is: halls, rows and positions, the power tree, cooling, the floor."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.catalog.facts import Strict
from planner.request.units import (
    Country,
    CurrentA,
    Date,
    LengthMm,
    LoadW,
    Name,
    OffsetMm,
    Share,
    SupplyKg,
    SupplyLMin,
    SupplyM3H,
    SupplyPa,
    SupplyW,
    TemperatureC,
    Title,
    VoltageV,
)

Standard = Literal["IEC", "NEC"]


class Operator(Strict):
    """Who runs the site day to day, and who owns them. Left out means not known, never "fine"."""

    name: Title = "the organisation itself"
    country: Country | None = None
    parent_country: Country | None = None
    staff_countries: tuple[Country, ...] | None = None
    support_countries: tuple[Country, ...] | None = None
    foreign_access_law: bool | None = None  # subject to a law that lets another state reach the data


class Circuit(Strict):
    """The final circuit from one feed to one rack. IEC: the rating holds continuously; NEC: 80 % of it does."""

    voltage: VoltageV = 400
    current: CurrentA = 32
    phases: Literal[1, 3] = 3
    per_feed: int = Field(default=1, ge=1, le=8)


class Row(Strict):
    """A row of equal positions. Positions are named row id + two digits: A01, A02, ..."""

    id: Name
    positions: int = Field(ge=1, le=2000)
    rack_power: SupplyW  # design power that one rack may draw with one feed lost
    feeds: tuple[Name, ...] = Field(min_length=1)  # every rack of the row takes its load from these, in equal shares
    cooling: tuple[Literal["air", "liquid"], ...] = ("air",)
    loop: Name | None = None  # the liquid loop that reaches this row
    air_per_rack: SupplyW | None = None
    rack_weight: SupplyKg | None = None
    rack_height_u: int = Field(default=48, ge=10, le=60)
    rack_depth: LengthMm = 1200
    pitch: LengthMm = 600
    x: OffsetMm = 0  # of the row's first position, from the hall's corner
    y: OffsetMm | None = None  # of the row's front; left out: rows follow each other at the hall's row pitch
    circuit: Circuit | None = None
    blocked: tuple[int, ...] = ()  # position numbers taken by columns, doors, other equipment


class Feed(Strict):
    """One power path to the hall."""

    id: Name
    capacity: SupplyW  # continuous, at the hall
    existing_load: LoadW = 0
    source: Name | None = None  # the UPS or utility behind it; feeds of one source fail together
    available_from: Date | None = None


class Power(Strict):
    """The power tree of a hall, and what it must survive."""

    standard: Standard = "IEC"
    redundancy: Literal["N", "N+1", "2N"]  # N: no loss is survived; otherwise any one feed (or its source) may fail
    feeds: tuple[Feed, ...] = Field(min_length=1, max_length=16)


class Loop(Strict):
    """A facility water loop for direct liquid cooling."""

    id: Name
    capacity: SupplyW
    supply: TemperatureC
    flow: SupplyLMin | None = None
    approach: float = Field(default=4, gt=0, le=20)  # K between facility water and the rack's coolant
    cdus: Literal["buy", "present"] = "buy"  # present: the loop's capacity is already behind installed CDUs


class Cooling(Strict):
    """What the hall can cool."""

    air: SupplyW
    airflow: SupplyM3H | None = None
    inlet: TemperatureC = 24
    existing_air_load: LoadW = 0
    loops: tuple[Loop, ...] = ()


class Floor(Strict):
    """What the floor carries and how wide the aisles are."""

    distributed_load: SupplyPa | None = None  # uniformly distributed, over the rack's share of the aisles too
    footprint_load: SupplyPa | None = None  # under the rack's own footprint
    point_load: SupplyKg | None = None  # under one of the four feet
    cold_aisle: LengthMm = 1200
    hot_aisle: LengthMm = 1200
    door_width: LengthMm | None = None
    door_height: LengthMm | None = None
    lift_capacity: SupplyKg | None = None


Medium = Literal["dac", "active-copper", "cat6", "aoc", "multimode", "single-mode"]


class Cabling(Strict):
    """Routes and media that the planner cannot see. The defaults are ours, estimates that a site replaces."""

    tray_height: LengthMm = 2700
    under_floor: bool = False
    floor_depth: LengthMm = 600
    rack_base: OffsetMm = 100
    rack_top: LengthMm = 2400
    side_offset: OffsetMm = 300
    slack: OffsetMm = 1000
    slack_in_rack: OffsetMm = 300
    crossovers: tuple[OffsetMm, ...] = ()  # x of the trays that join rows; none: anywhere
    media: tuple[Medium, ...] = ("dac", "active-copper", "cat6", "aoc", "multimode", "single-mode")  # preferred first
    reach_margin: Share = 0.9  # of a medium's reach is used before the next one is taken
    max_copper: LengthMm | None = None
    switch_ports: Literal["hot", "cold"] = "hot"  # the aisle that switch ports face


class Hall(Strict):
    """A room where racks may stand. Existing equipment is stated by the load and positions that it takes."""

    id: Name
    name: Title | None = None
    rows: tuple[Row, ...] = Field(min_length=1, max_length=200)
    power: Power
    cooling: Cooling
    floor: Floor = Floor()
    cabling: Cabling = Cabling()
    height: LengthMm | None = None
    altitude_m: float = Field(default=0, ge=-430, le=6000)


class Energy(Strict):
    """What power costs and emits at the site. Left out: the catalog's dated factor for the country."""

    price_per_kwh: float | None = Field(default=None, ge=0)  # in the request's currency
    carbon_g_per_kwh: float | None = Field(default=None, ge=0)
    pue: float | None = Field(default=None, ge=1, le=4)  # power usage effectiveness
    source: str = ""


class Site(Strict):
    """A place with one or more halls under one operator and one law."""

    id: Name
    name: Title | None = None
    country: Country
    operator: Operator = Operator()
    connectivity: Literal["connected", "intermittent", "air-gapped"]
    accreditations: tuple[str, ...] = ()
    waste_heat_plan: bool | None = None
    floor_area_m2: float | None = Field(default=None, gt=0)
    energy: Energy = Energy()
    halls: tuple[Hall, ...] = Field(min_length=1, max_length=50)
    redundancy_note: str = ""
    usable_share: Share = 1.0  # share of every power and cooling limit that may be planned; the rest is headroom
