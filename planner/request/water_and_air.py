"""What cools a hall, as the request states it: room air and liquid loops."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.catalog.facts import Strict
from planner.request.units import Date, LoadW, Name, SupplyLMin, SupplyM3H, SupplyW, TemperatureC

WaterClass = Literal["W17", "W27", "W32", "W40", "W45"]
"""Facility water by its warmest supply in C, which the name says."""


class Loop(Strict):
    """A facility water loop for direct liquid cooling."""

    id: Name = Field(description="Names the loop; rows name the one that reaches them.")
    capacity: SupplyW = Field(description="The most heat that it takes.")
    supply: TemperatureC = Field(description="Temperature of the water that it supplies.")
    water_class: WaterClass | None = Field(
        default=None, description="What the water may become, by its warmest supply; left out: it stays at supply."
    )
    flow: SupplyLMin | None = Field(
        default=None, description="Water that it moves; left out: not stated, and not a limit."
    )
    approach: float = Field(
        default=4, gt=0, le=20, description="Kelvin between the facility water and the coolant of a rack."
    )
    available_from: Date | None = Field(default=None, description="The day it is there; left out: it is there.")
    cdus: Literal["buy", "present"] = Field(
        default="buy", description="present: the capacity is already behind installed CDUs; buy: the plan buys them."
    )


class Cooling(Strict):
    """What the hall can cool."""

    air: SupplyW = Field(description="The most heat to air that the hall takes.")
    airflow: SupplyM3H | None = Field(
        default=None, description="Air that the hall moves; left out: not stated, and not a limit."
    )
    air_rise: float | None = Field(
        default=None, ge=2, le=40, description="Kelvin that air warms in devices that publish no airflow; left out: 11."
    )
    inlet: TemperatureC = Field(default=24, description="Temperature of the air at the front of the racks.")
    existing_air_load: LoadW = Field(
        default=0, description="Heat to air already there, besides racks listed under existing."
    )
    loops: tuple[Loop, ...] = Field(default=(), description="Facility water loops.")
