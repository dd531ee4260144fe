"""What stands already, in a plan: racks with what becomes of them, what they hold and what is added."""

from __future__ import annotations

from typing import Literal

from planner.catalog.facts import Strict


class SwitchPortsPlan(Strict):
    """Equal ports of an existing switch: those that were free, and those that new links take, once for each link."""

    switch: str
    fabric: str  # as the request names it
    speed_gbit_s: float  # of each link
    connector: str
    links_per_port: int
    free: tuple[int, ...]
    used: tuple[int, ...]


class StandingDevicePlan(Strict):
    """A device that stands already, at its U position. It is never moved."""

    name: str  # what people call it, "" where it has no name
    product: str | None  # of the catalog; None: the request brought its figures
    title: str
    u: int
    height_u: int
    power_design_w: int | None


class StandingRackPlan(Strict):
    """A rack that stands already: kept, extended or retired. Figures are those before anything is added."""

    id: str  # hall/position
    hall: str
    row: str
    position: int
    decision: Literal["keep", "extend", "retire"]
    rack_product: str | None
    title: str
    height_u: int | None
    devices: tuple[StandingDevicePlan, ...]
    free_u: tuple[int, ...]  # its gaps, from the lowest up
    power_design_w: int | None
    power_peak_w: int | None
    heat_air_w: int
    weight_kg: int | None
    added: str | None  # the pattern of what is added to it
    ports: tuple[SwitchPortsPlan, ...] = ()
    x_mm: int
    y_mm: int
