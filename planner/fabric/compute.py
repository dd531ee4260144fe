"""The compute fabric of a design: the first stage that carries the systems, counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from planner.catalog.fabrics import FabricDesign, Growth, Manager, Optics, Pair, Stage, Supplied, Tree
from planner.errors import InputError
from planner.fabric.counts import (
    FabricNote,
    LinkCount,
    ModuleCount,
    Part,
    SwitchCount,
    cable_counts,
    fixed_cables,
    link_counts,
    switch_counts,
)
from planner.fabric.tree import (
    TreeShape,
    displaced_systems,
    joins_in_two_tiers,
    leaves_per_unit,
    needed_uplinks,
    rails_per_leaf,
    shape_of,
)
from planner.wording import sentence

COMPUTE = "compute"


@dataclass(frozen=True)
class Compute:
    """One stage at one size: the part it adds, the systems it could carry, and the shape of a plane of a tree."""

    part: Part
    capacity: int
    units: int
    planes: int
    tiers: int
    stage: Stage
    shape: TreeShape | None = None


def pair_capacity(pair: Pair) -> int:
    """Systems that a switch pair carries: downlinks and inter-switch links share its ports (rule R13)."""
    down = pair.links_per_system + pair.converged_ports_per_system
    if pair.isl == "fixed":
        return (pair.ports - pair.isl_links) * 2 // down
    return pair.ports // down  # half of them on each switch, and as many inter-switch links


def units_for(design: FabricDesign, systems: int, displaced: int) -> int:
    """Scalable units that hold the systems and the ports that the fabric manager takes."""
    return -(-(systems + displaced) // design.unit_systems)


def block_of(design: FabricDesign, tree: Tree) -> int:
    """Systems that share one set of leaves: the scalable unit, unless the tree says otherwise."""
    return tree.block_systems or design.unit_systems


def tree_capacity(design: FabricDesign, tree: Tree, blocks: int) -> int:
    """Systems that this many full blocks of leaves hold."""
    return blocks * block_of(design, tree) - displaced_systems(tree)


@lru_cache(maxsize=512)
def tree_max_units(tree: Tree, unit_systems: int) -> int:
    """Full units under the last tier."""
    low, high = 0, 1
    while high < 1 << 20 and _fits(tree, unit_systems, high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _fits(tree, unit_systems, middle) else (low, middle)
    return low


def _fits(tree: Tree, unit_systems: int, units: int) -> bool:
    leaves = units * leaves_per_unit(tree, unit_systems)
    try:
        shape_of(tree, "", leaves=leaves, pods=_pods(tree, units), rails_in_last=1, uplinks=tree.leaf.up)
    except InputError:
        return False
    return True


def full_shape(design: FabricDesign, tree: Tree, units: int) -> TreeShape:
    """One plane with all leaves of every unit (rule R2: the fabric is bought for the full unit).

    Raises:
        InputError: more units than the last tier joins.
    """
    leaves = units * leaves_per_unit(tree, block_of(design, tree))
    rails = _unit_rails(design, tree)
    pods = _pods(tree, units)
    return shape_of(tree, design.id, leaves=leaves, pods=pods, rails_in_last=rails, uplinks=tree.leaf.up)


def _unit_rails(design: FabricDesign, tree: Tree) -> int:
    if tree.striping == "single-homed" or tree.leaf.down < block_of(design, tree) * tree.ports_per_rail:
        return 1
    return rails_per_leaf(tree, block_of(design, tree))


def _pods(tree: Tree, units: int) -> int:
    return units * tree.rails if tree.pod == "rail-of-unit" else units


def right_sized_shape(design: FabricDesign, tree: Tree, systems: int, displaced: int) -> TreeShape:
    """One plane with only the leaves that the systems need; in three tiers pods stay whole.

    Raises:
        InputError: more leaves than the last tier joins.
    """
    full, rest = divmod(systems + displaced, block_of(design, tree))
    if not rest:
        return full_shape(design, tree, full)
    leaves, rails, used = _rest_leaves(tree, rest)
    whole = leaves_per_unit(tree, block_of(design, tree))
    used = max(used, -(-block_of(design, tree) * tree.links_per_system // whole) if full else 0)
    need = tree.leaf.up if tree.uplinks == "all" else needed_uplinks(tree, used)
    all_leaves = full * whole + min(leaves, whole)
    if joins_in_two_tiers(tree, all_leaves, need):
        return shape_of(tree, design.id, leaves=all_leaves, pods=1, rails_in_last=rails, uplinks=need)
    return full_shape(design, tree, full + 1)


def _rest_leaves(tree: Tree, rest: int) -> tuple[int, int, int]:
    """(leaves, rails on each, downlinks used on each) for the systems of a partly filled unit."""
    if tree.striping == "single-homed":
        each = max(1, tree.leaf.down // tree.links_per_system)
        return -(-rest // each), 1, min(rest, each) * tree.links_per_system
    rails = rails_per_leaf(tree, rest)
    per_group = -(-rest * tree.ports_per_rail * rails // tree.leaf.down)
    return tree.rails // rails * per_group, rails, -(-rest * tree.ports_per_rail * rails // per_group)


def count_tree(design: FabricDesign, tree: Tree, systems: int, growth: Growth, with_manager: bool) -> Compute:
    """A fat tree for the systems.

    Raises:
        InputError: more systems than the last tier joins.
    """
    displaced = displaced_systems(tree) if with_manager else 0
    block = block_of(design, tree)
    blocks = -(-(systems + displaced) // block)
    if growth == "right-size":
        shape = right_sized_shape(design, tree, systems, displaced)
    else:
        shape = full_shape(design, tree, blocks)
    manager = linked_manager(tree, shape) if with_manager else None
    part = tree_part(tree, shape, systems, manager)
    capacity = blocks * block - displaced
    return Compute(part, capacity, units_for(design, systems, displaced), tree.planes, shape.tiers, tree, shape)


def linked_manager(tree: Tree, shape: TreeShape) -> Manager | None:
    """The fabric manager with the links it can have: one to each leaf where each has one port of its own for it."""
    manager = tree.manager
    if manager is None or not manager.dedicated_ports or manager.links <= shape.leaves:
        return manager
    return manager.model_copy(update={"links": shape.leaves})


def tree_part(tree: Tree, shape: TreeShape, systems: int, manager: Manager | None) -> Part:
    """Switches, links, modules and cables of all planes."""
    planes = tree.planes
    node_links = planes * systems * tree.links_per_system
    leaf_spine, spine_core = planes * shape.leaf_spine_links, planes * shape.spine_core_links
    core = tree.core.switch if tree.core else tree.spine.switch
    switches = switch_counts(
        ("compute-leaf", tree.leaf.switch, planes * shape.leaves),
        ("compute-spine", tree.spine.switch, planes * shape.spines),
        ("compute-core", core, planes * shape.cores),
    )
    links = link_counts(
        COMPUTE,
        ("node-leaf", tree.link_gbit_s, node_links),
        ("leaf-spine", tree.uplink_gbit_s, leaf_spine),
        ("spine-core", tree.uplink_gbit_s, spine_core),
    )
    fibre = tree.optics.fibre
    cables = cable_counts(
        COMPUTE,
        ("node-leaf", fibre, node_links, 1),
        ("leaf-spine", fibre, leaf_spine, 1),
        ("spine-core", fibre, spine_core, 1),
    )
    managed = manager_part(COMPUTE, manager)
    on_switches = _modules_on_switches(tree, links, sum(entry.count for entry in switches), manager)
    modules = module_counts(COMPUTE, tree.optics, node_links, on_switches)
    return Part(switches, links, modules, cables) + managed


def _modules_on_switches(tree: Tree, links: tuple[LinkCount, ...], switches: int, manager: Manager | None) -> int:
    """Modules in the cages of all switches: every cage, or those in use at both ends of each link."""
    optics = tree.optics
    if optics.populate == "every-cage":
        return switches * (tree.leaf.ports // optics.switch_ports_per_module)
    of_tier = {entry.tier: entry.count for entry in links}
    own = manager.links if manager and not manager.dedicated_ports else 0
    down = -(-(of_tier.get("node-leaf", 0) + own) // optics.switch_ports_per_module)
    upper = (of_tier.get("leaf-spine", 0), of_tier.get("spine-core", 0))
    return down + sum(2 * -(-count // optics.uplinks_per_module) for count in upper)


def module_counts(fabric: str, optics: Optics, node_links: int, on_switches: int) -> tuple[ModuleCount, ...]:
    """Modules at the systems and in the switches."""
    per_node = optics.node_ports_per_module
    entries = (
        ModuleCount(fabric, "node", optics.node_module or "", -(-node_links // per_node), per_node),
        ModuleCount(fabric, "switch", optics.switch_module or "", on_switches, optics.switch_ports_per_module),
    )
    return tuple(entry for entry in entries if entry.count)


def manager_part(fabric: str, manager: Manager | None) -> Part:
    """The fabric manager's appliances and what joins them to the leaves (rule R6)."""
    if manager is None:
        return Part()
    module = ModuleCount(fabric, "manager", manager.module or "", manager.links, 1)
    return Part(
        links=link_counts(fabric, ("manager", manager.link_gbit_s, manager.links)),
        modules=(module,) if manager.links else (),
        cables=cable_counts(fabric, ("manager", manager.cable, manager.links, manager.links_per_cable)),
        appliances=(SwitchCount(f"{fabric}-manager", manager.product, manager.appliances),),
    )


def count_pair(design: FabricDesign, pair: Pair, systems: int) -> Compute:
    """Two switches in each plane and the links between them; the caller has checked the capacity."""
    planes = pair.planes
    node_links = planes * systems * pair.links_per_system
    down = systems * (pair.links_per_system + pair.converged_ports_per_system)
    isl = planes * (pair.isl_links if pair.isl == "fixed" else -(-down // 2))
    optics, fibre = pair.optics, pair.optics.fibre
    role = "converged-leaf" if pair.converged_ports_per_system else "compute-leaf"
    copper = optics.isl_cable is not None
    on_switches = -(-node_links // optics.switch_ports_per_module)
    on_switches += 0 if copper else 2 * -(-isl // optics.uplinks_per_module)
    cables = cable_counts(COMPUTE, ("node-leaf", fibre, node_links, 1))
    if copper:
        cables += fixed_cables(COMPUTE, ("isl", optics.isl_cable, isl, optics.isl_links_per_cable))
    else:
        cables += cable_counts(COMPUTE, ("isl", fibre, isl, 1))
    converged = systems * pair.converged_ports_per_system
    part = Part(
        switch_counts((role, pair.switch, 2 * planes)),
        link_counts(
            COMPUTE, ("node-leaf", pair.link_gbit_s, node_links), ("isl", pair.isl_gbit_s or pair.link_gbit_s, isl)
        )
        + link_counts("converged", ("node-leaf", pair.converged_gbit_s or pair.link_gbit_s, converged)),
        module_counts(COMPUTE, optics, node_links, on_switches),
        cables + cable_counts("converged", ("node-leaf", fibre, converged, 1)),
    )
    units = units_for(design, systems, 0)
    return Compute(part, pair_capacity(pair), units, planes, 1, pair)


def count_supplied(design: FabricDesign, supplied: Supplied, systems: int) -> Compute:
    """A fabric that the supplier brings: no count is known, and none is invented."""
    note = FabricNote(
        "supplied",
        sentence("network.supplier", supplier=supplied.supplier, speed=supplied.endpoint_gbit_s),
    )
    return Compute(Part(notes=(note,)), systems, units_for(design, systems, 0), 1, 0, supplied)


def stage_capacity(design: FabricDesign, stage: Stage) -> int | None:
    """Systems that a stage carries at most; None when nothing but the supplier limits it."""
    if isinstance(stage, Pair):
        return pair_capacity(stage)
    if isinstance(stage, Tree):
        return tree_capacity(design, stage, tree_max_units(stage, block_of(design, stage)))
    return None
