"""The words of cabling: positions, what the site allows, links with both ends, cables, and the plan of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from planner.catalog.schema import Appliance, Cable, Module, Server, Storage, Switch, System


@dataclass(frozen=True, slots=True)
class Position:
    """Where a device stands: rack by hall, row and number; floor coordinates in mm; its lowest U."""

    hall: str
    row: str
    number: int
    x_mm: float
    y_mm: float
    u: int = 1

    @property
    def rack(self) -> str:
        """The rack's name."""
        return f"{self.hall}/{self.row}/{self.number}"


@dataclass(frozen=True)
class SiteParameters:
    """What the site says about routes and media. Every default is an estimate of ours; a site's own value overrides it.

    Lengths in metres. `crossovers_x_mm` are where trays cross from row to row; none: anywhere. `media` in the order
    preferred; a medium left out is not used. `reach_margin` of a medium's reach is used before the next one is taken.
    """

    u_height_m: float = 0.04445  # EIA-310
    rack_base_m: float = 0.1
    rack_top_m: float = 2.4
    tray_height_m: float = 2.7
    under_floor: bool = False
    floor_depth_m: float = 0.6
    side_offset_m: float = 0.4
    slack_in_rack_m: float = 0.3
    slack_m: float = 2.0
    crossovers_x_mm: tuple[float, ...] = ()
    reach_margin: float = 0.9
    media: tuple[str, ...] = ("dac", "active-copper", "cat6", "aoc", "multimode", "single-mode")
    max_copper_m: float | None = None
    switch_ports_face: Literal["hot", "cold"] = "hot"  # the aisle that systems with rear ports face
    over_reach: Literal["error", "note"] = "error"  # note: cabled without a product, and said so
    spare_share: float = 0.02
    spare_least: int = 2


@dataclass(frozen=True, slots=True)
class Device:
    """One device that cables end at."""

    id: str
    role: str  # system, compute-leaf, storage, server, pdu ...
    product: str
    plane: int = 0


class Link(NamedTuple):
    """One logical connection. Cages and lanes count from 1; `a` is the lower tier's end."""

    fabric: str
    tier: str
    speed_gbit_s: float
    a: str
    a_cage: int
    a_lane: int
    b: str
    b_cage: int
    b_lane: int

    @property
    def id(self) -> str:
        """Follows from the lower end alone, so it stays when other parts of the plan change."""
        return f"{self.fabric}:{self.a}:{self.a_cage}.{self.a_lane}"


class CableRun(NamedTuple):
    """One cable or fibre as bought: the links it carries (indices), product, ordered length and what it needs."""

    links: tuple[int, ...]
    product: str  # "" where no product of the catalog fits
    medium: str
    length_m: float  # as ordered
    needed_m: float
    part_number: str


@dataclass(frozen=True, order=True)
class CableTotal:
    """Identical cables for the bill of materials. `spares` come on top of `cables`."""

    fabric: str
    tier: str
    product: str
    medium: str
    length_m: float
    part_number: str
    cables: int
    links: int
    spares: int


@dataclass(frozen=True, order=True)
class ModuleTotal:
    """Identical modules for the bill of materials. `spares` come on top of `modules`."""

    fabric: str
    tier: str
    end: str  # role of the devices they sit in
    product: str
    modules: int
    spares: int


@dataclass(frozen=True, order=True)
class CablingNote:
    """A finding of cabling: rule and text."""

    rule: str
    text: str


@dataclass(frozen=True)
class CablePlan:
    """Port-to-port cabling of the fabrics of a hall. `modules[i]` are the module products at both ends of link i."""

    links: tuple[Link, ...]
    runs: tuple[CableRun, ...]
    modules: tuple[tuple[str, str], ...]
    cable_totals: tuple[CableTotal, ...]
    module_totals: tuple[ModuleTotal, ...]
    devices: Mapping[str, Device]
    placement: Mapping[str, Position]
    parameters: SiteParameters
    highest_cage: Mapping[str, int] = field(default_factory=dict)  # in use, by device
    notes: tuple[CablingNote, ...] = ()


@dataclass(frozen=True)
class Products:
    """The products that cabling may choose from and look into, by id."""

    switches: Mapping[str, Switch]
    systems: Mapping[str, System]
    modules: Mapping[str, Module]
    cables: Mapping[str, Cable]
    servers: Mapping[str, Server] = field(default_factory=dict)
    storage: Mapping[str, Storage] = field(default_factory=dict)
    appliances: Mapping[str, Appliance] = field(default_factory=dict)
