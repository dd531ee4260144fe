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

    shelf: str = Field(min_length=1, description="Product id of the power shelf.")
    shelves: int = Field(ge=1, le=16, description="Shelves in one rack.")


class RearDoor(Strict):
    """Every position of the row has a rear-door heat exchanger: what stands there, CDUs too, heats a loop and no air.

    The doors are there already: none is bought, and `rack_weight` is stated without them. The air that devices draw
    passes through the doors and is moved as before.
    """

    capacity: SupplyW = Field(description="The most heat to air of one rack that its door takes.")
    loop: Name = Field(description="The loop that the doors heat; it states no flow, as what doors draw is not known.")


class Row(Strict):
    """A row of equal positions. Positions are named row id + two digits: A01, A02, ...

    Positions that differ (in width, power, feeds, cooling, load) are stated as several rows side by side, each with its
    own `x` and the same `y`.
    """

    id: Name = Field(description="Names the row; its positions are the id and two digits.")
    positions: int = Field(ge=1, le=2000, description="Equal positions side by side.")
    rack_power: SupplyW = Field(description="Design power that one rack may draw with one feed lost.")
    feeds: tuple[Name, ...] = Field(
        min_length=1, description="Every rack of the row takes its load from these, in equal shares."
    )
    panels: dict[Name, Name] = Field(
        default_factory=dict, description="For each feed the panel on it that carries the row."
    )
    cooling: tuple[Literal["air", "liquid"], ...] = Field(default=("air",), description="What reaches the row.")
    loop: Name | None = Field(default=None, description="The liquid loop that reaches the row.")
    air_per_rack: SupplyW | None = Field(
        default=None, description="Most heat to air of one rack; left out: its power is the limit."
    )
    rear_door: RearDoor | None = Field(
        default=None, description="The rear door at every position; left out: heat to air goes to the room."
    )
    air: SupplyW | None = Field(
        default=None, description="Heat to air that the cooling of the whole row takes from new racks."
    )
    airflow: SupplyM3H | None = Field(default=None, description="Air that the whole row is given for new racks.")
    rack_weight: SupplyKg | None = Field(default=None, description="Heaviest rack that a position carries.")
    rack_height_u: int = Field(
        default=48, ge=10, le=60, description="Tallest rack that a position takes, in rack units."
    )
    rack_depth: LengthMm = Field(default=1200, description="Depth of a position.")
    pitch: LengthMm = Field(default=600, description="Width of a position.")
    x: OffsetMm = Field(default=0, description="The first position, along the rows from the hall's corner.")
    y: OffsetMm | None = Field(
        default=None,
        description="The row's front, across the rows; left out: rows follow each other with the aisles of the floor.",
    )
    circuit: Circuit | None = Field(
        default=None, description="The final circuits to each rack; left out: rack_power alone is the limit."
    )
    busbar: Busbar | None = Field(
        default=None, description="The DC busbar of every rack; left out: racks with PDUs, for devices with cords."
    )
    available_from: Date | None = Field(default=None, description="The day it may be filled; left out: it may be.")
    blocked: tuple[int, ...] = Field(
        default=(), description="Position numbers taken by columns, doors, other equipment."
    )
    reserved: tuple[int, ...] = Field(
        default=(), description="Position numbers kept free for growth: counted, shown, never used."
    )
    pod: Name | None = Field(
        default=None, description="Rows of one pod share what fails together: a cooling unit, a busway, a fire zone."
    )


class Column(Strict):
    """A physical column or a blocked tile. Every position that shares floor with it is blocked."""

    x: OffsetMm = Field(description="Its corner nearest to the hall's corner, along the rows.")
    y: OffsetMm = Field(description="The same corner, across the rows.")
    width: LengthMm = Field(description="Size along the rows.")
    depth: LengthMm = Field(description="Size across the rows.")


class Anchor(Strict):
    """Where racks of a role may stand, and nowhere else. Others may stand there too. No positions: the whole row."""

    role: Role = Field(description="Racks with switches (but for out-of-band ones), or racks with storage.")
    row: Name = Field(description="The row where they may stand.")
    positions: tuple[int, ...] | None = Field(
        default=None, min_length=1, description="The position numbers; left out: the whole row."
    )


class Floor(Strict):
    """What the floor carries and how wide the aisles are."""

    distributed_load: SupplyPa | None = Field(
        default=None, description="Uniformly distributed load, over the rack's share of the aisles too."
    )
    footprint_load: SupplyPa | None = Field(default=None, description="Load under the rack's own footprint.")
    point_load: SupplyKg | None = Field(default=None, description="Load under one of the four feet.")
    cold_aisle: LengthMm = Field(default=1200, description="Width of the aisle at the fronts.")
    hot_aisle: LengthMm = Field(default=1200, description="Width of the aisle at the backs.")
    containment: Containment | None = Field(
        default=None, description="How hot and cold air are kept apart; left out: not known."
    )
    door_width: LengthMm | None = Field(default=None, description="Narrowest door on the way in.")
    door_height: LengthMm | None = Field(default=None, description="Lowest door on the way in.")
    lift_capacity: SupplyKg | None = Field(default=None, description="What the lift on the way in carries.")
    route_capacity: SupplyKg | None = Field(
        default=None, description="The heaviest rack that floors and ramps on the way in carry."
    )
    ramp_slope: Share | None = Field(default=None, description="Rise over length of the steepest ramp on the way in.")
