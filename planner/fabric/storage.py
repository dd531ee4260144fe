"""The storage fabric: systems oversubscribed, storage one to one, uplinks striped evenly (rule R8)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from planner.catalog.fabrics import FabricDesign, StorageFabric
from planner.errors import InputError
from planner.fabric.compute import manager_part, module_counts
from planner.fabric.counts import (
    FabricCounts,
    FabricNote,
    Part,
    cable_counts,
    fixed_cables,
    link_counts,
    switch_counts,
)
from planner.fabric.joining import STORAGE
from planner.fabric.tree import Striping, stripe
from planner.wording import sentence


@dataclass(frozen=True)
class StorageIsland:
    """Leaves that share spines. Most sites have one; what outgrows two tiers has several."""

    leaves: int
    spines: int
    links_per_pair: int

    @property
    def uplinks(self) -> int:
        """Links between its leaves and spines."""
        return self.leaves * self.spines * self.links_per_pair


@dataclass(frozen=True)
class Block:
    """The leaves of one scalable unit: how many, and the uplinks that each needs and may have."""

    leaves: int
    uplinks: int
    most_uplinks: int


def storage_islands(design: FabricDesign, base: FabricCounts, storage_ports: int) -> tuple[StorageIsland, ...]:
    """The fewest groups of whole scalable units whose leaves two tiers join, of the fewest switches.

    A leaf more than the ports need may save many spines: where uplinks fill every port that is left, and their number
    is a prime, each would need a spine of its own. A full-unit fabric is sized for the unit's systems, a right-sized
    one for those that are there.

    Raises:
        InputError: the leaves of a single unit are more than the spines join, or the design has no storage fabric.
    """
    fabric, units = design.storage, max(1, base.sus)
    if fabric is None:
        raise InputError.of(f"fabric {design.id}", "no storage fabric", "a design with one")
    bought = units * design.unit_systems if base.growth == "full-unit" else base.systems
    of_unit = partial(_block, fabric, -(-max(bought, base.systems) // units), -(-storage_ports // units))
    for count in range(1, units + 1):
        sizes = [units // count + (1 if index < units % count else 0) for index in range(count)]
        islands = _of_fewest_switches(fabric, of_unit, sizes)
        if islands:
            return islands
    block = of_unit(0)
    raise InputError.of(
        "storage fabric: tier limit",
        f"{block.leaves} leaves with {block.uplinks} uplinks each in one unit",
        f"as many as spines of {fabric.spine.ports} ports join",
        "split the storage into several fabrics, or use a switch with more ports",
    )


def _of_fewest_switches(
    fabric: StorageFabric, of_unit: Callable[[int], Block], sizes: list[int]
) -> tuple[StorageIsland, ...]:
    """Islands of so many units with as many leaves more as save switches; none where no spines join the fewest."""
    best: tuple[StorageIsland, ...] = ()
    for more in itertools.count():
        block = of_unit(more)
        islands = tuple(island for size in sizes if (island := _island(fabric, block, size)) is not None)
        joined = len(islands) == len(sizes)
        if not joined and not best:
            return ()
        if joined and (not best or _switches(islands) < _switches(best)):
            best = islands
        if sum(sizes) * (block.leaves + 1) >= _switches(best):
            return best
    raise AssertionError("leaves alone come to any number of switches")


def _switches(islands: tuple[StorageIsland, ...]) -> int:
    return sum(island.leaves + island.spines for island in islands)


def _block(fabric: StorageFabric, systems: int, storage_ports: int, more: int = 0) -> Block:
    """The leaves of a unit, and `more` than its ports need."""
    node_ports = systems * fabric.ports_per_system
    share = Fraction(str(fabric.uplink_share))
    up = -(-node_ports * share.numerator // share.denominator) + storage_ports
    down = node_ports + storage_ports
    leaves = max(1, -(-(down + up) // fabric.leaf.ports))
    while -(-down // leaves) + -(-up // leaves) > fabric.leaf.ports:
        leaves += 1
    leaves += more
    return Block(leaves, -(-up // leaves), fabric.leaf.ports - -(-down // leaves))


def _island(fabric: StorageFabric, block: Block, units: int) -> StorageIsland | None:
    leaves = units * block.leaves
    if leaves == 1:
        return StorageIsland(1, 0, 0)
    striping: Striping | None = stripe(leaves, block.uplinks, block.most_uplinks, fabric.spine.ports, fabric.min_spines)
    return None if striping is None else StorageIsland(leaves, striping.upper, striping.links_per_pair)


def storage_part(fabric: StorageFabric, systems: int, storage_ports: int, islands: tuple[StorageIsland, ...]) -> Part:
    """Switches, links, modules and cables of the islands, and the fabric manager."""
    up_links = sum(island.uplinks for island in islands)
    manager, optics = fabric.manager, fabric.optics
    own = manager.links if manager and not manager.dedicated_ports else 0
    switches = switch_counts(
        ("storage-leaf", fabric.leaf.switch, sum(island.leaves for island in islands)),
        ("storage-spine", fabric.spine.switch, sum(island.spines for island in islands)),
    )
    above = Part(
        switches,
        link_counts(STORAGE, ("leaf-spine", fabric.link_gbit_s, up_links)),
        (),
        cable_counts(STORAGE, ("leaf-spine", optics.fibre, up_links, 1)),
        (),
        _notes(islands),
    )
    return _below(fabric, systems, storage_ports, own + 2 * up_links) + above + manager_part(STORAGE, manager)


def joined_part(fabric: StorageFabric, systems: int, storage_ports: int) -> Part:
    """The links of systems and storage to leaves that stand already; their fabric manager stands too."""
    return _below(fabric, systems, storage_ports, 0)


def _below(fabric: StorageFabric, systems: int, storage_ports: int, other_ports: int) -> Part:
    """Links of systems and storage, and the modules of their ports and of `other_ports` of switches."""
    node_links, optics, speed = systems * fabric.ports_per_system, fabric.optics, fabric.link_gbit_s
    on_switches = -(-(node_links + other_ports) // optics.switch_ports_per_module)
    links = link_counts(STORAGE, ("node-leaf", speed, node_links), ("storage-leaf", speed, storage_ports))
    cables = cable_counts(STORAGE, ("node-leaf", optics.fibre, node_links, 1))
    if fabric.storage_cable is not None:
        cables += fixed_cables(STORAGE, ("storage-leaf", fabric.storage_cable, storage_ports, 1))
    else:
        cables += cable_counts(STORAGE, ("storage-leaf", optics.fibre, storage_ports, 1))
    return Part((), links, module_counts(STORAGE, optics, node_links, on_switches), cables)


def _notes(islands: tuple[StorageIsland, ...]) -> tuple[FabricNote, ...]:
    if len(islands) == 1:
        return ()
    return (FabricNote("R8", sentence("network.storage-islands", groups=len(islands))),)
