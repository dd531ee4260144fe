"""What a fabric design comes to: switches, links, modules and cables, counted apart and each labelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.fabric.joining import Join


@dataclass(frozen=True, order=True)
class SwitchCount:
    """Switches of one role. Unit: pieces."""

    role: str  # compute-leaf, compute-spine, compute-core, storage-leaf, in-band-leaf, out-of-band-leaf ...
    product: str
    count: int


@dataclass(frozen=True, order=True)
class LinkCount:
    """Logical connections at port speed. Not cables: one cable may carry two links, one link two modules."""

    fabric: str  # compute, storage, in-band, converged, out-of-band
    tier: str  # node-leaf, leaf-spine, spine-core, isl, manager, storage-leaf, server-leaf, uplink ...
    speed_gbit_s: float
    count: int


@dataclass(frozen=True, order=True)
class ModuleCount:
    """Optical modules in cages. `product` is a catalog id, or "" where the design does not fix one."""

    fabric: str
    where: str  # node, switch, manager
    product: str
    count: int
    ports: int  # links that one module carries


@dataclass(frozen=True, order=True)
class CableCount:
    """Cables and fibres as bought."""

    fabric: str
    tier: str
    product: str
    count: int
    links_per_cable: int
    ends: str  # fibre: modules at both ends; fixed: the ends are part of the cable


@dataclass(frozen=True, order=True)
class FabricNote:
    """Something a reader of the counts must know: which rule spoke, and what it says."""

    rule: str
    text: str


@dataclass(frozen=True)
class FabricCounts:
    """The networks of a number of systems.

    `unknown` names the counts that nobody has published (then the matching tuples are empty, which is not zero).
    `appliances` are fabric managers by product. `racks` and `pdus` are the published design's own, not a packing.
    """

    design: str
    systems: int
    sus: int
    growth: str
    accelerators: int | None
    planes: int
    tiers: int
    capacity: int  # systems these switches could carry
    switches: tuple[SwitchCount, ...] = ()
    links: tuple[LinkCount, ...] = ()
    modules: tuple[ModuleCount, ...] = ()
    cables: tuple[CableCount, ...] = ()
    appliances: tuple[SwitchCount, ...] = ()
    endpoint_gbit_s: float | None = None  # of all systems together
    unknown: tuple[str, ...] = ()
    notes: tuple[FabricNote, ...] = ()
    joins: tuple[Join, ...] = ()  # networks for which switches that stand have free ports, and whether they join

    def joined(self, network: str) -> Join | None:
        """How a network joins switches that stand; None where its own are bought."""
        return next((one for one in self.joins if one.network == network and one.joined), None)

    def switches_of(self, role: str) -> int:
        """Switches of one role, all planes."""
        return sum(entry.count for entry in self.switches if entry.role == role)

    def links_of(self, fabric: str, tier: str) -> int:
        """Links of one tier of one fabric, at port speed."""
        return sum(entry.count for entry in self.links if (entry.fabric, entry.tier) == (fabric, tier))

    def modules_of(self, fabric: str, where: str) -> int:
        """Modules at one side of one fabric."""
        return sum(entry.count for entry in self.modules if (entry.fabric, entry.where) == (fabric, where))

    def cables_of(self, fabric: str, tier: str) -> int:
        """Cables of one tier of one fabric."""
        return sum(entry.count for entry in self.cables if (entry.fabric, entry.tier) == (fabric, tier))

    @property
    def switch_total(self) -> int:
        """All switches of all roles."""
        return sum(entry.count for entry in self.switches)


@dataclass(frozen=True)
class Part:
    """The counts that one network adds; parts add up to a site."""

    switches: tuple[SwitchCount, ...] = ()
    links: tuple[LinkCount, ...] = ()
    modules: tuple[ModuleCount, ...] = ()
    cables: tuple[CableCount, ...] = ()
    appliances: tuple[SwitchCount, ...] = ()
    notes: tuple[FabricNote, ...] = ()

    def __add__(self, other: Part) -> Part:
        return Part(
            self.switches + other.switches,
            self.links + other.links,
            self.modules + other.modules,
            self.cables + other.cables,
            self.appliances + other.appliances,
            self.notes + other.notes,
        )


def added(parts: Iterable[Part]) -> Part:
    """All parts together."""
    total = Part()
    for part in parts:
        total = total + part
    return total


def switch_counts(*entries: tuple[str, str, int]) -> tuple[SwitchCount, ...]:
    """The entries (role, product, count) that are there at all."""
    return tuple(SwitchCount(role, product, count) for role, product, count in entries if count)


def link_counts(fabric: str, *entries: tuple[str, float, int]) -> tuple[LinkCount, ...]:
    """The entries (tier, speed, count) of one fabric that are there at all."""
    return tuple(LinkCount(fabric, tier, speed, count) for tier, speed, count in entries if count)


def cable_counts(fabric: str, *entries: tuple[str, str | None, int, int]) -> tuple[CableCount, ...]:
    """Fibres of one fabric from (tier, product, links, links per cable)."""
    return tuple(
        CableCount(fabric, tier, product or "", -(-links // each), each, "fibre")
        for tier, product, links, each in entries
        if links
    )


def fixed_cables(fabric: str, *entries: tuple[str, str | None, int, int]) -> tuple[CableCount, ...]:
    """Cables with ends of their own (copper, active optical) from (tier, product, links, links per cable)."""
    return tuple(
        CableCount(fabric, tier, product or "", -(-links // each), each, "fixed")
        for tier, product, links, each in entries
        if links
    )
