"""Port-to-port links of the other networks: pairs, storage, leaf pairs (in-band, converged) and out-of-band."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from planner.cabling.devices import PDU, SERVER, STORAGE, SYSTEM, device_id
from planner.cabling.model import Device, Link
from planner.cabling.ports import Bank
from planner.catalog.fabrics import OutOfBand, Pair
from planner.errors import InputError
from planner.fabric.joining import End

Sockets = Callable[[Device, str, int, float], Bank]  # (device, fabric, its links, speed) -> its cages


@dataclass
class Cages:
    """Hands out the ports of devices one after the other, for each device and speed from the next free cage."""

    used: dict[str, int] = field(default_factory=dict)  # device -> last cage in use
    open: dict[tuple[str, float], tuple[int, int]] = field(default_factory=dict)  # (cage, lanes taken)

    def take(self, device: str, bank: Bank, speed: float, what: str) -> tuple[int, int]:
        """The next (cage, lane). A cage is never split two ways: another speed starts a new cage.

        Raises:
            InputError: no cage is left.
        """
        key = (device, speed)
        cage, lane = self.open.get(key, (0, bank.socket.lanes))
        if lane >= bank.socket.lanes:
            cage, lane = max(self.used.get(device, 0), bank.first_cage - 1) + 1, 0
            if cage >= bank.first_cage + bank.cages:
                raise InputError.of(
                    f"cabling: ports of {device}",
                    f"more {what} links than its {bank.cages} cages take",
                    "a free cage",
                    "use a switch with more ports, or more switches",
                )
            self.used[device] = cage
        self.open[key] = (cage, lane + 1)
        return cage, lane + 1

    def room(self, device: str, bank: Bank, speed: float) -> bool:
        """Whether one more link of a speed finds a cage."""
        _, lane = self.open.get((device, speed), (0, bank.socket.lanes))
        return lane < bank.socket.lanes or self.used.get(device, 0) < bank.first_cage + bank.cages - 1

    def close(self, device: str) -> None:
        """Starts the next link of a device in a cage of its own."""
        for key in [key for key in self.open if key[0] == device]:
            del self.open[key]


@dataclass
class Wirer:
    """Joins devices with the next free ports at both ends."""

    devices: dict[str, Device]
    sockets: Sockets
    uppers: Cages = field(default_factory=Cages)
    lowers: dict[tuple[str, str], int] = field(default_factory=dict)  # (device, fabric) -> ports taken
    storage_first_port: int = 0  # ports of every storage box on other fabrics

    def link(self, fabric: str, tier: str, speed: float, lower: str, upper: str, links_of_lower: int) -> Link:
        """One link from a device that is no switch of the network to a switch of it."""
        at = self._lower_end(fabric, speed, lower, links_of_lower)
        bank = self.sockets(self.devices[upper], fabric, 0, speed)
        return Link(fabric, tier, speed, lower, *at, upper, *self.uppers.take(upper, bank, speed, tier))

    def link_to(self, fabric: str, tier: str, speed: float, lower: str, end: End, links_of_lower: int) -> Link:
        """One link to a free port of a switch that stands already."""
        at = self._lower_end(fabric, speed, lower, links_of_lower)
        return Link(fabric, tier, speed, lower, *at, end.switch, end.port, end.lane)

    def _lower_end(self, fabric: str, speed: float, lower: str, links_of_lower: int) -> tuple[int, int]:
        """The next (cage, lane) of a device that is no switch of the network."""
        device = self.devices[lower]
        taken = self.storage_first_port if device.role == STORAGE and fabric != "out-of-band" else 0
        bank = self.sockets(device, fabric, links_of_lower + taken, speed)
        index = self.lowers.get((lower, fabric), taken)
        self.lowers[lower, fabric] = index + 1
        return bank.at(index)

    def uplink_to(self, fabric: str, tier: str, speed: float, lower: str, end: End) -> Link:
        """One link from a switch to a free port of one that stands already."""
        bank = self.sockets(self.devices[lower], fabric, 0, speed)
        at = self.uppers.take(lower, bank, speed, tier)
        return Link(fabric, tier, speed, lower, *at, end.switch, end.port, end.lane)

    def between(self, fabric: str, tier: str, speed: float, a: str, b: str) -> Link:
        """One link between two switches."""
        one = self.uppers.take(a, self.sockets(self.devices[a], fabric, 0, speed), speed, tier)
        two = self.uppers.take(b, self.sockets(self.devices[b], fabric, 0, speed), speed, tier)
        return Link(fabric, tier, speed, a, *one, b, *two)

    def free(self, upper: str, fabric: str, speed: float) -> bool:
        """Whether a switch has a port left at a speed."""
        return self.uppers.room(upper, self.sockets(self.devices[upper], fabric, 0, speed), speed)

    def close(self, devices: Iterable[str]) -> None:
        """What follows starts in cages of its own."""
        for device in devices:
            self.uppers.close(device)


def ids_of(devices: dict[str, Device], role: str) -> list[str]:
    """The devices of a role in order."""
    return sorted(name for name, device in devices.items() if device.role == role)


def pair_links(wirer: Wirer, pair: Pair, systems: int, isl: int) -> Iterator[Link]:
    """Half of each system's links to each switch of its plane's pair, then the links between the two."""
    role = "converged-leaf" if pair.converged_ports_per_system else "compute-leaf"
    switches = ids_of(wirer.devices, role)
    total = pair.planes * pair.links_per_system
    for system in range(systems):
        name = device_id(SYSTEM, system + 1)
        for link in range(pair.links_per_system):
            for plane in range(pair.planes):
                upper = switches[2 * plane + link * 2 // pair.links_per_system]
                yield wirer.link("compute", "node-leaf", pair.link_gbit_s, name, upper, total)
    wirer.close(switches)
    converged = pair.converged_gbit_s or pair.link_gbit_s
    for system in range(systems):
        for link in range(pair.converged_ports_per_system):
            name = device_id(SYSTEM, system + 1)
            yield wirer.link(
                "converged", "node-leaf", converged, name, switches[link % 2], pair.converged_ports_per_system
            )
    wirer.close(switches)
    speed = pair.isl_gbit_s or pair.link_gbit_s
    for plane in range(pair.planes):
        for _ in range(isl // pair.planes):
            yield wirer.between("compute", "isl", speed, switches[2 * plane], switches[2 * plane + 1])


@dataclass(frozen=True)
class Group:
    """Equal endpoints of a network: `devices` with `each` ports at a speed, counted as one tier."""

    tier: str
    devices: tuple[str, ...]
    links: int
    speed_gbit_s: float
    per_cable: int = 1  # links that share a split cable, and so a leaf

    def dealt(self) -> Iterator[tuple[str, int]]:
        """Each device with its links; those that do not divide go to the first devices."""
        each, more = divmod(self.links, len(self.devices)) if self.devices else (0, 0)
        return ((name, each + (1 if index < more else 0)) for index, name in enumerate(self.devices))


def joined_links(wirer: Wirer, fabric: str, groups: Sequence[Group], ends: Sequence[Sequence[End]]) -> Iterator[Link]:
    """Links of a network that joins switches that stand, each group to its `ends` in turn."""
    for group, own in zip(groups, ends, strict=False):
        left = iter(own)
        for name, links in group.dealt():
            for _ in range(links):
                yield wirer.link_to(fabric, group.tier, group.speed_gbit_s, name, next(left), links)


def spread_over_pairs(
    wirer: Wirer, fabric: str, groups: Sequence[Group], leaves: list[str], leaf_down: int
) -> Iterator[Link]:
    """Each device's ports in turn to the two leaves of a pair; devices in equal runs over the pairs.

    Where runs would take more than the `leaf_down` ports of a leaf, each device goes to the pair with most room
    instead, and groups share cages.
    """
    pairs = max(1, len(leaves) // 2)
    runs = _runs_fit(wirer, fabric, groups, leaves, leaf_down)
    taken = [0] * pairs
    for group in groups:
        for index, (name, own) in enumerate(group.dealt()):
            pair = index * pairs // len(group.devices) if runs else taken.index(min(taken))
            first = taken[pair] % 2  # after an odd number of ports, so that devices with one port use both leaves
            taken[pair] += own
            for port in range(own):
                upper = leaves[min(2 * pair + (first + port) % 2, len(leaves) - 1)]
                yield wirer.link(fabric, group.tier, group.speed_gbit_s, name, upper, own)
        if runs:
            wirer.close(leaves)
    wirer.close(leaves)


def _runs_fit(wirer: Wirer, fabric: str, groups: Sequence[Group], leaves: list[str], leaf_down: int) -> bool:
    """Whether equal runs of every group, each in cages of its own, and a cage for slower uplinks fit each leaf."""
    pairs = len(leaves) // 2
    if pairs < 2:
        return True
    cages = 1
    lanes = 1
    for group in groups:
        if group.devices:
            lanes = wirer.sockets(wirer.devices[leaves[0]], fabric, 0, group.speed_gbit_s).socket.lanes
            each = -(-group.links // len(group.devices))
            on_leaf = -(-(-(-len(group.devices) // pairs) * each) // 2)
            cages += -(-on_leaf // lanes)
    return cages * lanes <= leaf_down


def striped(
    wirer: Wirer, fabric: str, speed: float, lowers: list[str], uppers: list[str], links: int
) -> Iterator[Link]:
    """Uplinks of each lower switch in equal runs over the upper switches."""
    if not lowers or not uppers:
        return
    per_pair = links // (len(lowers) * len(uppers))
    for lower in lowers:
        for upper in uppers:
            for _ in range(per_pair):
                yield wirer.between(fabric, "leaf-spine", speed, lower, upper)


def spread_over_leaves(wirer: Wirer, fabric: str, groups: Iterable[Group], leaves: list[str]) -> Iterator[Link]:
    """Ports dealt out over all leaves in turn: every device reaches as many leaves as it has ports."""
    turn = 0
    for group in groups:
        for name, own in group.dealt():
            for _ in range(own):
                leaf = leaves[turn // group.per_cable % len(leaves)]
                yield wirer.link(fabric, group.tier, group.speed_gbit_s, name, leaf, own)
                turn += 1
        turn = 0 if group.per_cable > 1 else turn
        wirer.close(leaves)


def isl_links(wirer: Wirer, fabric: str, speed: float, leaves: list[str], links: int) -> Iterator[Link]:
    """Links between the two leaves of each pair."""
    pairs = len(leaves) // 2
    for pair in range(pairs):
        for _ in range(links // pairs):
            yield wirer.between(fabric, "isl", speed, leaves[2 * pair], leaves[2 * pair + 1])


def out_of_band_links(
    wirer: Wirer,
    network: OutOfBand,
    counts: dict[str, int],
    switches: list[str],
    in_band: list[str],
    free: Sequence[End] = (),
    joined: Sequence[End] = (),
) -> Iterator[Link]:
    """One link for each counted port, devices in order over the switches, then uplinks to the in-band leaves.

    `free` ports of existing switches come first, one after the other; uplinks go to `joined` where the in-band network
    joins existing switches.
    """
    served = {
        "system": ids_of(wirer.devices, SYSTEM),
        "server": [*ids_of(wirer.devices, SERVER), *_managers(wirer.devices)],
        "storage": ids_of(wirer.devices, STORAGE),
        "pdu": ids_of(wirer.devices, PDU),
        "fabric-switch": _switches(wirer.devices, ("compute-", "storage-")),
        "in-band-switch": _switches(wirer.devices, ("in-band-", "converged-")),
    }
    turn = 0
    for tier, names in served.items():
        for name, own in Group(tier, tuple(names), counts.get(tier, 0), 1.0).dealt():
            for _ in range(own):
                if turn < len(free):
                    yield wirer.link_to("out-of-band", tier, 1.0, name, free[turn], own)
                    turn += 1
                    continue
                upper = switches[(turn - len(free)) // network.ports]
                turn += 1
                yield wirer.link("out-of-band", tier, 1.0, name, upper, own)
    ends = iter(joined)
    for index, name in enumerate(switches):
        for uplink in range(network.uplinks_per_switch if in_band or joined else 0):
            if joined:
                yield wirer.uplink_to("out-of-band", "uplink", network.uplink_gbit_s, name, next(ends))
                continue
            first = 2 * index + uplink
            turns = [in_band[(first + turn) % len(in_band)] for turn in range(len(in_band))]
            upper = next((leaf for leaf in turns if wirer.free(leaf, "out-of-band", network.uplink_gbit_s)), turns[0])
            yield wirer.between("out-of-band", "uplink", network.uplink_gbit_s, name, upper)


def _managers(devices: dict[str, Device]) -> list[str]:
    return sorted(name for name, device in devices.items() if device.role.endswith("-manager"))


def _switches(devices: dict[str, Device], starts: tuple[str, ...]) -> list[str]:
    ends = ("-leaf", "-spine", "-core")
    return sorted(n for n, d in devices.items() if d.role.startswith(starts) and d.role.endswith(ends))
