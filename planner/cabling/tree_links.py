"""Port-to-port links of a fat tree: rails to leaves, uplinks in runs to spines, spines of one index to cores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.cabling.devices import SYSTEM, device_id
from planner.cabling.model import Link
from planner.cabling.ports import Bank
from planner.catalog.fabrics import FabricDesign, Tree
from planner.fabric.compute import block_of
from planner.fabric.tree import TreeShape, leaves_per_unit, rails_per_leaf

COMPUTE = "compute"


@dataclass(frozen=True)
class TreeBanks:
    """The cages that the links of a tree use."""

    system: Bank
    leaf_down: Bank
    leaf_up: Bank
    spine: Bank
    core: Bank


@dataclass(frozen=True)
class LeafPort:
    """Where one link of a system lands: leaf within the plane and downlink on it, both from 0."""

    leaf: int
    port: int


class Rails:
    """Which leaf and downlink each link of each system takes in one plane (rule R1)."""

    def __init__(self, design: FabricDesign, tree: Tree, shape: TreeShape, systems: int) -> None:
        self.tree, self.block, self.systems = tree, block_of(design, tree), systems
        self.whole = leaves_per_unit(tree, self.block)
        full_blocks = shape.leaves // self.whole
        self.partial_from = full_blocks * self.block
        self.full_rails = rails_per_leaf(tree, self.block)
        self.rest_rails = shape.rails_per_leaf
        self.shared_leaf = shape.leaves < self.whole or shape.leaves % self.whole > 0
        self.rest_leaves = shape.leaves - full_blocks * self.whole

    def of(self, system: int, rail: int, copy: int) -> LeafPort:
        """The leaf port of link `copy` of a system in a rail; all counted from 0."""
        block, local = divmod(system, self.block)
        if self.tree.striping == "single-homed":
            return self._single_homed(block, local, rail, copy)
        in_rest = self.shared_leaf and system >= self.partial_from
        rails = self.rest_rails if in_rest else self.full_rails
        per_system = rails * self.tree.ports_per_rail
        fits = max(1, self.tree.leaf.down // per_system)
        row, place = divmod(local, fits)
        group = rail // rails
        leaves_of_group = max(1, (self.rest_leaves if in_rest else self.whole) // (self.tree.rails // rails))
        leaf = block * self.whole + group * leaves_of_group + row
        return LeafPort(leaf, place * per_system + (rail % rails) * self.tree.ports_per_rail + copy)

    def _single_homed(self, block: int, local: int, rail: int, copy: int) -> LeafPort:
        fits = max(1, self.tree.leaf.down // self.tree.links_per_system)
        row, place = divmod(local, fits)
        port = place * self.tree.links_per_system + rail * self.tree.ports_per_rail + copy
        return LeafPort(block * self.whole + row, port)


def tree_links(design: FabricDesign, tree: Tree, shape: TreeShape, systems: int, banks: TreeBanks) -> Iterator[Link]:
    """Every link of every plane: node-leaf, leaf-spine, spine-core, in a fixed order."""
    for plane in range(tree.planes):
        yield from _node_links(design, tree, shape, systems, banks, plane)
        yield from _leaf_spine_links(tree, shape, banks, plane)
        yield from _spine_core_links(tree, shape, banks, plane)


def _node_links(
    design: FabricDesign, tree: Tree, shape: TreeShape, systems: int, banks: TreeBanks, plane: int
) -> Iterator[Link]:
    rails = Rails(design, tree, shape, systems)
    first_leaf, speed, planes = plane * shape.leaves + 1, tree.link_gbit_s, tree.planes
    leaf_ids = [device_id("compute-leaf", first_leaf + leaf) for leaf in range(shape.leaves)]
    node_ports = [
        (rail, copy, *banks.system.at((copy * tree.rails + rail) * planes + plane))
        for rail in range(tree.rails)
        for copy in range(tree.ports_per_rail)
    ]
    leaf_cages = [banks.leaf_down.at(port) for port in range(tree.leaf.down)]
    for system in range(systems):
        name = device_id(SYSTEM, system + 1)
        for rail, copy, cage, lane in node_ports:
            at = rails.of(system, rail, copy)
            leaf_cage, leaf_lane = leaf_cages[at.port]
            yield Link(COMPUTE, "node-leaf", speed, name, cage, lane, leaf_ids[at.leaf], leaf_cage, leaf_lane)


def _leaf_spine_links(tree: Tree, shape: TreeShape, banks: TreeBanks, plane: int) -> Iterator[Link]:
    """Uplink t of a leaf goes to spine t // m of its pod, where m links join each pair: neighbours share a cage."""
    if not shape.spines:
        return
    leaves_in_pod, spines_in_pod = shape.leaves // shape.pods, shape.spines // shape.pods
    per_pair, speed = shape.leaf_spine_per_pair, tree.uplink_gbit_s
    up = [banks.leaf_up.at(port) for port in range(shape.leaf_uplinks)]
    down = [banks.spine.at(port) for port in range(leaves_in_pod * per_pair)]
    spine_ids = [device_id("compute-spine", plane * shape.spines + s + 1) for s in range(shape.spines)]
    for leaf in range(shape.leaves):
        name = device_id("compute-leaf", plane * shape.leaves + leaf + 1)
        pod, index = divmod(leaf, leaves_in_pod)
        for port, (cage, lane) in enumerate(up):
            spine, copy = divmod(port, per_pair)
            to_cage, to_lane = down[index * per_pair + copy]
            upper = spine_ids[pod * spines_in_pod + spine]
            yield Link(COMPUTE, "leaf-spine", speed, name, cage, lane, upper, to_cage, to_lane)


def _spine_core_links(tree: Tree, shape: TreeShape, banks: TreeBanks, plane: int) -> Iterator[Link]:
    """Spines of one index in all pods share a group of cores; their uplinks start in the upper half of the cages."""
    if not shape.cores:
        return
    spines_in_pod = shape.spines // shape.pods
    group, per_pair, speed = shape.cores // spines_in_pod, shape.spine_core_per_pair, tree.uplink_gbit_s
    start = tree.spine.ports // 2
    up = [banks.spine.at(start + port) for port in range(group * per_pair)]
    down = [banks.core.at(port) for port in range(shape.pods * per_pair)]
    core_ids = [device_id("compute-core", plane * shape.cores + c + 1) for c in range(shape.cores)]
    for spine in range(shape.spines):
        name = device_id("compute-spine", plane * shape.spines + spine + 1)
        pod, index = divmod(spine, spines_in_pod)
        for port, (cage, lane) in enumerate(up):
            core, copy = divmod(port, per_pair)
            to_cage, to_lane = down[pod * per_pair + copy]
            yield Link(COMPUTE, "spine-core", speed, name, cage, lane, core_ids[index * group + core], to_cage, to_lane)
