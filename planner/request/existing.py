"""What already stands in a hall, as the request states it: racks with their devices, and switches with free ports.

One rule for loads: the power and heat of every listed rack that is kept or extended are added to `feed.existing_load`
and `cooling.existing_air_load`, and so must not be inside them. Where a hall lists racks and states such a load too,
`other_loads` says what draws it.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from planner.catalog.facts import Strict
from planner.errors import Expected
from planner.request.units import LengthMm, LinkMbitS, LoadKg, LoadW, Name, SupplyW, Title

Treatment = Literal["keep", "extend", "retire"]
FabricRole = Literal["in-band", "out-of-band", "storage", "compute"]
MOST_PORTS = 1024

_RUN = re.compile(r"^(\d{1,4})(?:\s*-\s*(\d{1,4}))?$")


def _ports(value: Any) -> tuple[int, ...]:
    """Port numbers of "25-48, 50", of a number, or of a list of numbers."""
    expected = 'port numbers such as "25-48, 50"'
    if isinstance(value, bool) or not isinstance(value, str | int | list | tuple):
        raise Expected(f'"{value}"', expected)
    words = (
        value.split(",") if isinstance(value, str) else [str(v) for v in ([value] if isinstance(value, int) else value)]
    )
    found: list[int] = []
    for word in words:
        match = _RUN.match(word.strip())
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= low <= high <= MOST_PORTS:
            raise Expected(f'"{word.strip()}"', expected)
        found.extend(range(low, high + 1))
    twice = next((port for port in found if found.count(port) > 1), None)
    if twice is not None:
        raise Expected(f"port {twice} twice", "each port once")
    return tuple(found)


Ports = Annotated[
    tuple[int, ...],
    BeforeValidator(_ports),
    WithJsonSchema(
        {
            "description": "port numbers, for example 25-48, 50",
            "anyOf": [
                {"type": "string"},
                {"type": "integer", "minimum": 1},
                {"type": "array", "items": {"type": "integer", "minimum": 1}},
            ],
        }
    ),
]


class FreePorts(Strict):
    """Free ports of an existing switch that new links of one fabric may take."""

    fabric: FabricRole
    ports: Ports
    speed: LinkMbitS = 1000
    connector: Literal["RJ45"] = "RJ45"


class OwnDevice(Strict):
    """A device that the catalog does not have. Power that is left out is unknown, never 0."""

    name: Title
    height_u: int = Field(ge=1, le=60)
    power: LoadW | None = None  # design load
    peak: LoadW | None = None  # left out: the design load stands in
    air: LoadW | None = None  # heat to room air; left out: all of its power
    weight: LoadKg | None = None


class OwnRack(Strict):
    """A rack that the catalog does not have."""

    name: Title = "existing rack"
    height_u: int = Field(ge=1, le=60)
    width: LengthMm | None = None  # left out: the row's pitch
    depth: LengthMm | None = None  # left out: the row's rack depth
    weight: LoadKg | None = None  # of the empty rack with its PDUs


class ExistingDevice(Strict):
    """`count` like devices in an existing rack, one above the other, the lowest at `u` (1 is the lowest unit)."""

    product: Name | OwnDevice
    u: int = Field(ge=1, le=60)
    count: int = Field(default=1, ge=1, le=60)
    name: Name | None = None  # what people call it; needed where it has free ports
    free_ports: tuple[FreePorts, ...] = ()


class ExistingRack(Strict):
    """A rack that stands.

    keep: nothing enters. extend: its free units, power, air, weight and outlets may take devices. retire: it is
    removed; its position, load and weight are free, and the work is listed, not priced.
    """

    position: str = Field(min_length=2, max_length=50)  # row id and two digits: A03
    decision: Treatment = "keep"
    rack: Name | OwnRack  # a rack of the catalog, or a system that is a rack of its own
    devices: tuple[ExistingDevice, ...] = ()
    load: LoadW | None = None  # the most it draws, where measured: in place of the sum of its devices
    power_left: SupplyW | None = (
        None  # what its PDUs still give with one feed lost; left out: the row's limit less its load
    )
    outlets_left: dict[Literal["C13", "C19"], Annotated[int, Field(ge=0, le=500)]] | None = (
        None  # free on each feed side
    )


class Existing(Strict):
    """What stands in a hall. The load of racks listed here is added to the existing loads of feeds and cooling."""

    racks: tuple[ExistingRack, ...] = Field(default=(), max_length=5000)
    other_loads: Title | None = None  # what draws the stated existing loads besides the racks listed here
