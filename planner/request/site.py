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

    name: Title = Field(default="the organisation itself", description="Who runs the site day to day.")
    country: Country | None = Field(default=None, description="Where the operator is established.")
    parent_country: Country | None = Field(
        default=None, description="Where the operator's ultimate parent is established."
    )
    staff_countries: tuple[Country, ...] | None = Field(
        default=None, description="Where the staff with access to the site are employed."
    )
    support_countries: tuple[Country, ...] | None = Field(default=None, description="Where remote support comes from.")
    foreign_access_law: bool | None = Field(
        default=None, description="Whether the operator is subject to a law that lets another state reach the data."
    )


Medium = Literal["dac", "active-copper", "cat6", "aoc", "multimode", "single-mode"]


class Cabling(Strict):
    """Routes and media that the planner cannot see. The defaults are ours, estimates that a site replaces."""

    tray_height: LengthMm = Field(default=2700, description="Height of the cable trays above the floor.")
    under_floor: bool = Field(
        default=False, description="Whether cables run under a raised floor and not in trays above."
    )
    floor_depth: LengthMm = Field(default=600, description="Depth of the raised floor, where cables run in it.")
    rack_base: OffsetMm = Field(default=100, description="Height of the lowest rack unit above the floor.")
    rack_top: LengthMm = Field(default=2400, description="Height of a rack's top above the floor.")
    side_offset: OffsetMm = Field(
        default=300, description="Sideways way from a port to where its cable goes up or down, at each end."
    )
    slack: OffsetMm = Field(default=1000, description="Length that every cable between racks has to spare.")
    slack_in_rack: OffsetMm = Field(default=300, description="Length that every cable inside a rack has to spare.")
    crossovers: tuple[OffsetMm, ...] = Field(
        default=(), description="The x of the trays that join rows; none: anywhere."
    )
    media: tuple[Medium, ...] = Field(
        default=("dac", "active-copper", "cat6", "aoc", "multimode", "single-mode"),
        description="Media that may be used, preferred first.",
    )
    reach_margin: Share = Field(
        default=0.9, description="Share of a medium's reach that is used before the next one is taken."
    )
    max_copper: LengthMm | None = Field(
        default=None, description="Longest copper cable that the site accepts; left out: as far as the product reaches."
    )
    switch_ports: Literal["hot", "cold"] = Field(default="hot", description="The aisle that switch ports face.")


class Hall(Strict):
    """A room where racks may stand. Existing equipment is listed rack by rack, or stated by the load it takes."""

    id: Name = Field(description="Names the hall in the request and the plan.")
    name: Title | None = Field(default=None, description="What people call the hall.")
    rows: tuple[Row, ...] = Field(
        min_length=1, max_length=200, description="Rows of positions, in the order in which they stand."
    )
    power: Power = Field(description="The power tree of the hall, and what it must survive.")
    cooling: Cooling = Field(description="What cools the hall, and how much.")
    floor: Floor = Field(default=Floor(), description="What the floor carries, and the way in.")
    cabling: Cabling = Field(default=Cabling(), description="Cable routes and media.")
    width: LengthMm | None = Field(
        default=None, description="Inner width along the rows (x); no row may end beyond it."
    )
    depth: LengthMm | None = Field(
        default=None, description="Inner depth across the rows (y); no row may end beyond it."
    )
    height: LengthMm | None = Field(default=None, description="Clear height, for the record: no rule reads it.")
    columns: tuple[Column, ...] = Field(
        default=(), max_length=2000, description="Columns and blocked tiles; positions under them take no rack."
    )
    anchors: tuple[Anchor, ...] = Field(
        default=(), max_length=200, description="Where network or storage racks must stand; none: anywhere."
    )
    altitude_m: float = Field(
        default=0, ge=-430, le=6000, description="Height above the sea in metres: thinner air cools less."
    )
    existing: Existing = Field(default=Existing(), description="What stands in the hall already, rack by rack.")


class Energy(Strict):
    """What power costs and emits at the site. Left out: the catalog's dated factor for the country."""

    price_per_kwh: float | None = Field(default=None, ge=0, description="Price of a kWh in the request's currency.")
    carbon_g_per_kwh: float | None = Field(default=None, ge=0, description="Emissions of the site's power.")
    pue: float | None = Field(
        default=None,
        ge=1,
        le=4,
        description="Power usage effectiveness: what the site draws over what its devices draw.",
    )
    source: str = Field(default="", description="Where the price, the emissions and the PUE come from.")


class Site(Strict):
    """A place with one or more halls under one operator and one law."""

    id: Name = Field(description="Names the site in the request and the plan.")
    name: Title | None = Field(default=None, description="What people call the site.")
    country: Country = Field(
        description="ISO 3166-1 alpha-2: the law that holds at the site, its energy price and emissions."
    )
    operator: Operator = Field(default=Operator(), description="Who runs the site.")
    connectivity: Literal["connected", "intermittent", "air-gapped"] = Field(
        description="How the site reaches the outside: always, at times, or never."
    )
    accreditations: tuple[str, ...] = Field(
        default=(), description="Accreditations that the site holds, as rule profiles name them."
    )
    waste_heat_plan: bool | None = Field(
        default=None, description="Whether a plan for the waste heat exists, which some rules ask for."
    )
    floor_area_m2: float | None = Field(
        default=None, gt=0, description="Floor area in square metres, which some rules ask for."
    )
    energy: Energy = Field(default=Energy(), description="What power costs and emits.")
    halls: tuple[Hall, ...] = Field(min_length=1, max_length=50, description="Rooms where racks may stand.")
    redundancy_note: str = Field(default="", description="A note for readers of the request: no rule reads it.")
    usable_share: Share = Field(
        default=1.0, description="Share of every power and cooling limit that may be planned; the rest is headroom."
    )
