"""Cabling: links of a fabric to both ends, lengths, products, schedule and spares. Pure functions, no solver."""

from planner.cabling.devices import Inventory, named_devices
from planner.cabling.model import (
    CablePlan,
    CableRun,
    CableTotal,
    CablingNote,
    Device,
    Link,
    ModuleTotal,
    Position,
    Products,
    SiteParameters,
)
from planner.cabling.schedule import ScheduleRow, schedule, schedule_csv
from planner.cabling.standing import EXISTING, ExistingSwitch
from planner.cabling.wire import link_all, wire

__all__ = [
    "EXISTING",
    "CablePlan",
    "CableRun",
    "CableTotal",
    "CablingNote",
    "Device",
    "ExistingSwitch",
    "Inventory",
    "Link",
    "ModuleTotal",
    "Position",
    "Products",
    "ScheduleRow",
    "SiteParameters",
    "link_all",
    "named_devices",
    "schedule",
    "schedule_csv",
    "wire",
]
