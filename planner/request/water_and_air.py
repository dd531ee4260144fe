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

    id: Name
    capacity: SupplyW
    supply: TemperatureC
    water_class: WaterClass | None = None  # what the water may become; left out: it stays at `supply`
    flow: SupplyLMin | None = None
    approach: float = Field(default=4, gt=0, le=20)  # K between facility water and the rack's coolant
    available_from: Date | None = None
    cdus: Literal["buy", "present"] = "buy"  # present: the loop's capacity is already behind installed CDUs


class Cooling(Strict):
    """What the hall can cool."""

    air: SupplyW
    airflow: SupplyM3H | None = None
    air_rise: float | None = Field(default=None, ge=2, le=40)  # K, in devices that publish no airflow; left out: 11
    inlet: TemperatureC = 24
    existing_air_load: LoadW = 0
    loops: tuple[Loop, ...] = ()
