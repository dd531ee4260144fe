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

    voltage: VoltageV = Field(
        default=400, description="Line voltage with three phases, voltage of the circuit with one."
    )
    current: CurrentA = Field(default=32, description="Rating of the breaker.")
    phases: Literal[1, 3] = Field(default=3, description="Phases of the circuit.")
    per_feed: int = Field(default=1, ge=1, le=8, description="Circuits that each feed brings to one rack.")
    power_factor: PowerFactor | None = Field(
        default=None, description="Watts for each volt-ampere; left out: that of the hall."
    )


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

    id: Name = Field(description="Names the source.")
    kind: Literal["utility", "ups", "generator"] = Field(description="What it is.")
    capacity: CapacityW | None = Field(
        default=None, description="The most it gives, all the time; left out: not stated, and not a limit."
    )
    upstream: Names = Field(
        default=(),
        description="The sources it takes its power from, the first that works; none: it is an end of the tree.",
    )


class Feed(Strict):
    """One power path to the hall."""

    id: Name = Field(description="Names the feed; rows list the feeds that reach them.")
    capacity: CapacityW = Field(description="The most it gives continuously, at the hall.")
    existing_load: LoadW = Field(default=0, description="What it carries already, besides racks listed under existing.")
    source: Name | None = Field(default=None, description="The source behind it; feeds of one source fail together.")
    available_from: Date | None = Field(default=None, description="The day it is there; left out: it is there.")
    role: Literal["active", "catcher"] = Field(
        default="active", description="A catcher takes what a lost active feed carried, and nothing before."
    )


class Panel(Strict):
    """A panel, busway or remote power panel: part of a feed, between it and the circuits of some rows."""

    id: Name = Field(description="Names the panel; rows name the panel that carries them.")
    kind: Literal["panel", "busway", "rpp"] = Field(
        default="panel", description="What it is, for the drawing: all three count alike."
    )
    upstream: Name = Field(description="The feed or the panel that it hangs on.")
    capacity: CapacityW = Field(description="The most it gives.")
    existing_load: LoadW = Field(default=0, description="What it carries already, as part of what its feed states.")


class Power(Strict):
    """The power tree of a hall, and what it must survive.

    Capacities may be written in kVA: each is then a capacity in W of VA x `power_factor`, rounded down.
    """

    standard: Standard = Field(
        default="IEC", description="IEC: a circuit's rating holds continuously; NEC: 80 % of it does."
    )
    redundancy: Redundancy = Field(description="N: no loss is survived; otherwise any one feed or source may fail.")
    power_factor: PowerFactor = Field(
        default=1.0, description="Watts for each volt-ampere, for capacities in kVA and for circuits."
    )
    sources: tuple[Source, ...] = Field(
        default=(), max_length=32, description="What stands behind the feeds: grids, UPS, generators."
    )
    feeds: tuple[Feed, ...] = Field(min_length=1, max_length=16, description="Power paths to the hall.")
    panels: tuple[Panel, ...] = Field(
        default=(), max_length=400, description="Panels and busways between feeds and rows."
    )
    phase_tolerance: Share | None = Field(
        default=None, description="Largest distance of one phase from the mean of a feed's three, over the mean."
    )

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
