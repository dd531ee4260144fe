"""Cages and lanes: where the n-th port of a device is, and what may be plugged into it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from planner.cabling.model import Products
from planner.catalog.ports import lanes_at, speeds_of
from planner.catalog.schema import Port, PortGroup, Switch
from planner.errors import InputError

# Plugs for a port whose product does not say: the usual cage at that speed.
USUAL_CAGE = {
    1.0: "RJ45",
    10.0: "SFP28",
    25.0: "SFP28",
    100.0: "QSFP28",
    200.0: "QSFP112",
    400.0: "QSFP112",
    800.0: "OSFP",
}


@dataclass(frozen=True, slots=True)
class Socket:
    """A kind of cage: its form, the plug top it takes, lanes (logical ports) at the link's speed, native speed."""

    form: str  # OSFP-twin, OSFP, QSFP112, QSFP28, RJ45 ...
    top: str  # finned, flat, or "" where it makes no difference
    lanes: int
    port_gbit_s: float  # of one unsplit port
    known: bool = True

    @property
    def plug(self) -> str:
        """The connector that fits, as cable products name it."""
        return f"{self.form} {self.top}".strip()


@dataclass(frozen=True, slots=True)
class Bank:
    """Equal cages of one device for one purpose: the first cage, how many, and their kind."""

    first_cage: int
    cages: int
    socket: Socket

    @property
    def ports(self) -> int:
        """Logical ports of the bank."""
        return self.cages * self.socket.lanes

    def at(self, port: int) -> tuple[int, int]:
        """(cage, lane) of a port counted from 0."""
        return self.first_cage + port // self.socket.lanes, port % self.socket.lanes + 1


def switch_bank(switch: Switch, speed_gbit_s: float, role: str = "data") -> Bank:
    """All cages of a switch that make ports of a speed, cages counted over all port groups.

    Raises:
        InputError: no port group of the switch makes the speed.
    """
    first = 1
    for group in switch.port_groups:
        lanes = lanes_at(switch, group, speed_gbit_s)
        if lanes and (group.role == role or (role == "data" and group.role == "uplink")):
            return Bank(first, group.cages, socket_of(switch, group, lanes))
        first += group.cages
    made = [f"{speed:g}" for speed in speeds_of(switch)]
    raise InputError.of(
        f"switch {switch.id}: breakout",
        f"links at {speed_gbit_s:g} Gb/s",
        f"a speed its ports make ({', '.join(made) or 'none is known'})",
        "choose a switch with such ports, or another link speed",
    )


def socket_of(switch: Switch, group: PortGroup, lanes: int) -> Socket:
    """The cages of a port group of a switch."""
    top = ("flat" if switch.cooling == "liquid" else "finned") if group.connector.startswith("OSFP") else ""
    return Socket(group.connector, top, lanes, group.speed_gbit_s)


def check_zones(splits: dict[int, int], cages_per_zone: int, most: int) -> None:
    """Logical ports of neighbouring cages that share a pipeline (rule R15). `splits` is lanes by cage.

    Raises:
        InputError: a zone with more logical ports than its pipeline has.
    """
    zones: dict[int, int] = {}
    for cage, lanes in splits.items():
        zone = (cage - 1) // cages_per_zone
        zones[zone] = zones.get(zone, 0) + lanes
    for zone, lanes in sorted(zones.items()):
        if lanes > most:
            first = zone * cages_per_zone + 1
            raise InputError.of(
                f"breakout zone of cages {first} to {first + cages_per_zone - 1}",
                f"{lanes} logical ports",
                f"at most {most} in a zone",
                "split only every second cage, or leave cages empty",
            )


def device_bank(ports: tuple[Port, ...], fabric: str, links: int, speed_gbit_s: float) -> Bank:
    """The cages of a system, server or storage box that its links of one fabric leave through."""
    port = next((port for port in ports if port.fabric == fabric), None)
    if port is None or (port.count * port.speed_gbit_s < links * speed_gbit_s and port.speed_gbit_s != speed_gbit_s):
        return usual_bank(links, speed_gbit_s)
    form = port.connector or USUAL_CAGE.get(speed_gbit_s, "unknown")
    cages = port.cages or port.count
    lanes = max(1, -(-links // cages))
    top = "flat" if form.startswith("OSFP") else ""
    per_cage = max(1, port.count // cages)
    native = port.speed_gbit_s if lanes == per_cage else speed_gbit_s
    shown = "OSFP-twin" if form == "OSFP" and lanes > 1 else form
    return Bank(1, cages, Socket(shown, top, lanes, native, bool(port.connector)))


@lru_cache(maxsize=256)
def usual_bank(links: int, speed_gbit_s: float) -> Bank:
    """Cages of a device whose ports are not known: one link in each of the usual kind for the speed."""
    form = USUAL_CAGE.get(speed_gbit_s, "unknown")
    return Bank(1, max(1, links), Socket(form, "flat" if form == "OSFP" else "", 1, speed_gbit_s, known=False))


def ports_of(product: str, products: Products) -> tuple[Port, ...]:
    """The ports that the catalog states of a product that is no switch."""
    for kind in (products.systems, products.servers, products.storage, products.appliances):
        found = kind.get(product)
        if found is not None:
            return found.ports
    return ()
