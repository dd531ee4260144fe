"""The site as it is: halls, rows and positions, the power tree, cooling, the floor."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.catalog.facts import Strict
from planner.request.electrical import Circuit, Feed, Panel, Power, Source, Standard
from planner.request.existing import Existing
from planner.request.positions import Anchor, Column, Floor, Row
from planner.request.units import Country, LengthMm, Name, OffsetMm, Share, Title
from planner.request.water_and_air import Cooling, Loop

__all__ = [
    "Anchor",
    "Cabling",
    "Circuit",
    "Column",
    "Cooling",
    "Energy",
    "Feed",
    "Floor",
    "Hall",
    "Loop",
    "Medium",
    "Operator",
    "Panel",
    "Power",
    "Row",
    "Site",
    "Source",
    "Standard",
]


class Operator(Strict):
    """Who runs the site day to day, and who owns them. Left out means not known, never "fine"."""

    name: Title = "the organisation itself"
    country: Country | None = None
    parent_country: Country | None = None
    staff_countries: tuple[Country, ...] | None = None
    support_countries: tuple[Country, ...] | None = None
    foreign_access_law: bool | None = None  # subject to a law that lets another state reach the data


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
    """A room where racks may stand. Existing equipment is listed rack by rack, or stated by the load it takes."""

    id: Name
    name: Title | None = None
    rows: tuple[Row, ...] = Field(min_length=1, max_length=200)
    power: Power
    cooling: Cooling
    floor: Floor = Floor()
    cabling: Cabling = Cabling()
    width: LengthMm | None = None  # along the rows (x)
    depth: LengthMm | None = None  # across the rows (y)
    height: LengthMm | None = None
    columns: tuple[Column, ...] = Field(default=(), max_length=2000)
    anchors: tuple[Anchor, ...] = Field(default=(), max_length=200)
    altitude_m: float = Field(default=0, ge=-430, le=6000)
    existing: Existing = Existing()


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
