"""The power tree of a hall as the request states it: sources, feeds, panels, and the circuits of the racks."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any, Literal

from pydantic import Field, model_validator

from planner.catalog.facts import Strict
from planner.request.units import (
    CapacityW,
    CurrentA,
    Date,
    LoadW,
    Name,
    Names,
    PowerFactor,
    Share,
    VoltageV,
    power_factor,
    watts_of,
)

Standard = Literal["IEC", "NEC"]
Redundancy = Literal["N", "N+1", "2N", "3-make-2", "4-make-3", "catcher"]


class Circuit(Strict):
    """The final circuit from one feed to one rack. IEC: the rating holds continuously; NEC: 80 % of it does."""

    voltage: VoltageV = 400
    current: CurrentA = 32
    phases: Literal[1, 3] = 3
    per_feed: int = Field(default=1, ge=1, le=8)
    power_factor: PowerFactor | None = None  # left out: that of the hall


def rating_w(circuit: Circuit, power_factor: float, share: Fraction = Fraction(1)) -> int:
    """A share of what the circuits of one feed give one rack, in W, rounded down.

    Three phases give sqrt(3) x line voltage x current volt-amperes, one gives voltage x current; W = VA x power factor,
    the circuit's own where it states one.
    """
    own = circuit.power_factor if circuit.power_factor is not None else power_factor
    part = Fraction(str(own)) * share
    volt_amperes = circuit.voltage * circuit.current * circuit.per_feed
    return isqrt(circuit.phases * (volt_amperes * part.numerator) ** 2) // part.denominator


class Source(Strict):
    """What stands behind the feeds. It gives its capacity all the time: the 80 % of NEC belong to breakers.

    A source with several `upstream` takes its power from the first of them that works (a transfer switch), and is lost
    only with all of them.
    """

    id: Name
    kind: Literal["utility", "ups", "generator"]
    capacity: CapacityW | None = None  # left out: not stated, and not a limit
    upstream: Names = ()


class Feed(Strict):
    """One power path to the hall."""

    id: Name
    capacity: CapacityW  # continuous, at the hall
    existing_load: LoadW = 0
    source: Name | None = None  # what stands behind it; feeds of one source fail together
    available_from: Date | None = None
    role: Literal["active", "catcher"] = "active"  # a catcher takes what a lost active feed carried, and nothing before


class Panel(Strict):
    """A panel, busway or remote power panel: part of a feed, between it and the circuits of some rows."""

    id: Name
    kind: Literal["panel", "busway", "rpp"] = "panel"
    upstream: Name  # the feed or panel that it hangs on
    capacity: CapacityW
    existing_load: LoadW = 0  # part of what its feed states


class Power(Strict):
    """The power tree of a hall, and what it must survive.

    Capacities may be written in kVA: each is then a capacity in W of VA x `power_factor`, rounded down.
    """

    standard: Standard = "IEC"
    redundancy: Redundancy  # N: no loss is survived; otherwise any one feed or source may fail
    power_factor: PowerFactor = 1.0
    sources: tuple[Source, ...] = Field(default=(), max_length=32)
    feeds: tuple[Feed, ...] = Field(min_length=1, max_length=16)
    panels: tuple[Panel, ...] = Field(default=(), max_length=400)
    phase_tolerance: Share | None = None  # largest distance of a phase from the mean of a feed's three, over the mean

    @model_validator(mode="before")
    @classmethod
    def capacities_in_watts(cls, data: Any) -> Any:
        """Capacities written in VA become W at the hall's power factor; one that is wrong has its own message."""
        if not isinstance(data, dict):
            return data
        try:
            factor = Fraction(str(power_factor(data.get("power_factor", 1))))
        except ValueError:
            return data
        return data | {
            key: [_in_watts(entry, factor) for entry in data[key]]
            for key in ("sources", "feeds", "panels")
            if isinstance(data.get(key), list | tuple)
        }


def _in_watts(entry: Any, factor: Fraction) -> Any:
    stated = isinstance(entry, dict) and "capacity" in entry
    return entry | {"capacity": watts_of(entry["capacity"], factor)} if stated else entry
