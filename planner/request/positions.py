"""Where racks may stand, as the request states it: rows of positions, and what the floor carries."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from planner.catalog.facts import Strict
from planner.request.electrical import Circuit
from planner.request.units import Date, LengthMm, Name, OffsetMm, Share, SupplyKg, SupplyM3H, SupplyPa, SupplyW

Role = Literal["network", "storage"]
"""Racks that may be bound to places: those with switches, but for out-of-band ones, and those with storage."""

ANCHORED: tuple[Role, ...] = get_args(Role)
Containment = Literal["none", "hot", "cold", "rear-door", "chimney"]


class Busbar(Strict):
    """Every rack of the row has a DC busbar fed by power shelves, as many of them on each feed of the row."""

    shelf: str = Field(min_length=1)  # a power shelf of the catalog
    shelves: int = Field(ge=1, le=16)  # in one rack


class RearDoor(Strict):
    """Every position of the row has a rear-door heat exchanger: what stands there, CDUs too, heats a loop and no air.

    The doors are there already: none is bought, and `rack_weight` is stated without them. The air that devices draw
    passes through the doors and is moved as before.
    """

    capacity: SupplyW  # of one door: the most heat to air of one rack
    loop: Name  # of facility water, which states no flow: what doors draw is not known


class Row(Strict):
    """A row of equal positions. Positions are named row id + two digits: A01, A02, ...

    Positions that differ (in width, power, feeds, cooling, load) are stated as several rows side by side, each with its
    own `x` and the same `y`.
    """

    id: Name
    positions: int = Field(ge=1, le=2000)
    rack_power: SupplyW  # design power that one rack may draw with one feed lost
    feeds: tuple[Name, ...] = Field(min_length=1)  # every rack of the row takes its load from these, in equal shares
    panels: dict[Name, Name] = Field(default_factory=dict)  # feed -> the panel on it that carries the row
    cooling: tuple[Literal["air", "liquid"], ...] = ("air",)
    loop: Name | None = None  # the liquid loop that reaches this row
    air_per_rack: SupplyW | None = None
    rear_door: RearDoor | None = None  # None: heat to air goes to the room
    air: SupplyW | None = None  # heat to air that the cooling of the whole row takes from new racks
    airflow: SupplyM3H | None = None  # air that the whole row is given for new racks
    rack_weight: SupplyKg | None = None
    rack_height_u: int = Field(default=48, ge=10, le=60)
    rack_depth: LengthMm = 1200
    pitch: LengthMm = 600
    x: OffsetMm = 0  # of the row's first position, from the hall's corner
    y: OffsetMm | None = None  # of the row's front; left out: rows follow each other at the hall's row pitch
    circuit: Circuit | None = None
    busbar: Busbar | None = None  # None: racks with PDUs, for devices with cords
    available_from: Date | None = None
    blocked: tuple[int, ...] = ()  # position numbers taken by columns, doors, other equipment
    reserved: tuple[int, ...] = ()  # position numbers kept free for growth: counted, shown, never used
    pod: Name | None = None  # rows of one pod share what fails together: a cooling unit, a busway, a fire zone


class Column(Strict):
    """A physical column or a blocked tile. Every position that shares floor with it is blocked."""

    x: OffsetMm  # of its corner nearest to the hall's corner
    y: OffsetMm
    width: LengthMm
    depth: LengthMm


class Anchor(Strict):
    """Where racks of a role may stand, and nowhere else. Others may stand there too. No positions: the whole row."""

    role: Role
    row: Name
    positions: tuple[int, ...] | None = Field(default=None, min_length=1)


class Floor(Strict):
    """What the floor carries and how wide the aisles are."""

    distributed_load: SupplyPa | None = None  # uniformly distributed, over the rack's share of the aisles too
    footprint_load: SupplyPa | None = None  # under the rack's own footprint
    point_load: SupplyKg | None = None  # under one of the four feet
    cold_aisle: LengthMm = 1200
    hot_aisle: LengthMm = 1200
    containment: Containment | None = None  # how hot and cold air are kept apart; left out: not known
    door_width: LengthMm | None = None
    door_height: LengthMm | None = None
    lift_capacity: SupplyKg | None = None
    route_capacity: SupplyKg | None = None  # the heaviest rack that floors and ramps on the way in carry
    ramp_slope: Share | None = None  # rise over length of the steepest ramp on the way in
