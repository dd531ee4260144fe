"""The power tree of a hall as the request states it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.catalog.facts import Strict
from planner.request.units import CurrentA, Date, LoadW, Name, SupplyW, VoltageV

Standard = Literal["IEC", "NEC"]


class Circuit(Strict):
    """The final circuit from one feed to one rack. IEC: the rating holds continuously; NEC: 80 % of it does."""

    voltage: VoltageV = 400
    current: CurrentA = 32
    phases: Literal[1, 3] = 3
    per_feed: int = Field(default=1, ge=1, le=8)


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
