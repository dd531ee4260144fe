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
PortTechnology = Literal["ethernet", "infiniband"]
SocketName = Literal[
    "RJ45", "SFP28", "QSFP28", "QSFP56", "QSFP112", "QSFP-DD", "OSFP", "OSFP-twin", "MPO-12/APC", "MMC-12"
]
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
            "x-quantity": "port numbers",
            "examples": ["25-48, 50"],
            "anyOf": [
                {"type": "string"},
                {"type": "integer", "minimum": 1},
                {"type": "array", "items": {"type": "integer", "minimum": 1}},
            ],
        }
    ),
]


class FreePorts(Strict):
    """Free ports of an existing switch that new links of one fabric may take.

    A network joins existing switches whole or not at all. Where free ports of its fabric in the hall take all links
    that would go to its leaves (of systems, management servers, storage, and uplinks of out-of-band switches), each at
    its own speed, no leaf, spine, inter-switch link, site uplink or fabric manager of it is bought. Where they do not,
    it is planned whole and new, and the plan says what was missing. Out-of-band ports are taken one by one. In-band
    ports serve a converged network too. In-band networks take switches in pairs, two by two in the order of rows,
    positions and units, and half of the links end at each; storage is dealt out over all switches, of which the largest
    takes no more links than the next; a compute network takes as many switches in that order as its design has leaves
    in one unit, rail by rail (a pair that carries the in-band network too takes none). A cage of a catalog switch takes
    as many links as it is split into at the speed, of one kind alone. The first system product of a hall chooses first.
    A port that no cable reaches refuses the plan.
    """

    fabric: FabricRole = Field(description="The fabric whose links may take the ports.")
    ports: Ports = Field(description="Numbers of the free ports; of a catalog switch: of its cages.")
    speed: LinkMbitS = Field(default=1000, description="Speed of each link that a port takes.")
    connector: SocketName | None = Field(
        default=None, description="Connector of each port; left out: as the catalog has it, and RJ45 at 1 Gb/s."
    )
    technology: PortTechnology | None = Field(
        default=None, description="What the ports speak; left out: as the catalog has it, else Ethernet."
    )


class OwnDevice(Strict):
    """A device that the catalog does not have. Power that is left out is unknown, never 0."""

    name: Title = Field(description="What it is.")
    height_u: int = Field(ge=1, le=60, description="Rack units that it takes.")
    power: LoadW | None = Field(default=None, description="Design load; left out: unknown, never 0.")
    peak: LoadW | None = Field(default=None, description="The most it draws; left out: the design load stands in.")
    air: LoadW | None = Field(default=None, description="Heat to room air; left out: all of its power.")
    weight: LoadKg | None = Field(default=None, description="Weight; left out: unknown.")


class OwnRack(Strict):
    """A rack that the catalog does not have."""

    name: Title = Field(default="existing rack", description="What it is.")
    height_u: int = Field(ge=1, le=60, description="Rack units inside.")
    width: LengthMm | None = Field(default=None, description="Width; left out: the row's pitch.")
    depth: LengthMm | None = Field(default=None, description="Depth; left out: the row's rack depth.")
    weight: LoadKg | None = Field(
        default=None, description="Weight of the empty rack with its PDUs; left out: unknown."
    )


class ExistingDevice(Strict):
    """`count` like devices in an existing rack, one above the other, the lowest at `u` (1 is the lowest unit)."""

    product: Name | OwnDevice = Field(description="Product id, or a device that the catalog does not have.")
    u: int = Field(ge=1, le=60, description="Lowest rack unit of the lowest of them; 1 is the lowest of the rack.")
    count: int = Field(default=1, ge=1, le=60, description="Like devices, one above the other.")
    name: Name | None = Field(default=None, description="What people call it; needed where it has free ports.")
    free_ports: tuple[FreePorts, ...] = Field(default=(), description="Ports of a switch that new links may take.")


class ExistingRack(Strict):
    """A rack that stands.

    keep: nothing enters. extend: its free units, power, air, weight and outlets may take devices. retire: it is
    removed; its position, load and weight are free, and the work is listed, not priced.
    """

    position: str = Field(min_length=2, max_length=50, description="Row id and two digits.")
    decision: Treatment = Field(
        default="keep", description="keep: nothing enters; extend: what it has left may be used; retire: it is removed."
    )
    rack: Name | OwnRack = Field(
        description="A rack of the catalog, a system that is a rack of its own, or one of your own."
    )
    devices: tuple[ExistingDevice, ...] = Field(default=(), description="What is in it.")
    load: LoadW | None = Field(
        default=None, description="The most it draws, where measured: in place of the sum of its devices."
    )
    power_left: SupplyW | None = Field(
        default=None,
        description="What its PDUs still give with one feed lost; left out: the row's limit less its load.",
    )
    outlets_left: dict[Literal["C13", "C19"], Annotated[int, Field(ge=0, le=500)]] | None = Field(
        default=None, description="Free outlets on each feed side, by type."
    )


class Existing(Strict):
    """What stands in a hall. The load of racks listed here is added to the existing loads of feeds and cooling."""

    racks: tuple[ExistingRack, ...] = Field(
        default=(),
        max_length=5000,
        description="Racks that stand. Their load is added to the existing loads of feeds and cooling.",
    )
    other_loads: Title | None = Field(
        default=None, description="What draws the stated existing loads besides the racks listed here."
    )
