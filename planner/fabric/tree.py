"""The shape of a fat tree in one plane: leaves, spines, cores, and how many links join each pair. Pure arithmetic.

Even striping decides everything above the leaf: each switch has the same whole number of links to each switch of the
next tier, so the number of upper switches follows from divisibility, not from capacity alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.fabrics import Tier, Tree
from planner.errors import InputError


@dataclass(frozen=True)
class Striping:
    """Upper switches, and the links from each lower switch to each of them."""

    upper: int
    links_per_pair: int

    @property
    def links_per_lower(self) -> int:
        """Uplinks that each lower switch really has: a multiple of the number of upper switches."""
        return self.upper * self.links_per_pair


@dataclass(frozen=True)
class TreeShape:
    """One plane of a fat tree."""

    leaves: int
    spines: int
    cores: int
    pods: int  # groups of leaves that share spines: 1 in two tiers
    leaf_uplinks: int
    leaf_spine_per_pair: int
    spine_core_per_pair: int
    leaf_spine_links: int
    spine_core_links: int
    rails_per_leaf: int  # in the last, partly filled unit (1 elsewhere)

    @property
    def tiers(self) -> int:
        """Tiers of switches."""
        return 3 if self.cores else 2 if self.spines else 1


def stripe(lower: int, need: int, allowed: int, radix: int, least: int = 1) -> Striping | None:
    """The fewest upper switches that take `need` uplinks from each of `lower` switches evenly; None if none do.

    Each lower switch may use up to `allowed` uplinks, each upper switch has `radix` ports. With `need == allowed` the
    number of upper switches must divide it (rule R3 of the published tables).
    """
    for upper in range(max(1, least), max(least, allowed) + 1):
        per_pair = -(-need // upper)
        if upper * per_pair <= allowed and lower * per_pair <= radix:
            return Striping(upper, per_pair)
    return None


def leaves_per_unit(tree: Tree, unit_systems: int) -> int:
    """Leaves of one full scalable unit in one plane (rule R1)."""
    if tree.striping == "single-homed":
        return -(-unit_systems // max(1, tree.leaf.down // tree.links_per_system))
    if tree.rails > 1 and tree.leaf.down >= unit_systems * tree.ports_per_rail:
        return tree.rails // rails_per_leaf(tree, unit_systems)
    return tree.rails * -(-unit_systems * tree.ports_per_rail // tree.leaf.down)


def rails_per_leaf(tree: Tree, systems: int) -> int:
    """Rails that share one leaf when `systems` are all there are: the largest divisor of the rails that fits."""
    for rails in range(tree.rails, 0, -1):
        if tree.rails % rails == 0 and systems * tree.ports_per_rail * rails <= tree.leaf.down:
            return rails
    return 1


def displaced_systems(tree: Tree) -> int:
    """Systems that give up their leaf ports to the fabric manager (rule R6): none where ports are to spare."""
    manager = tree.manager
    if manager is None or manager.dedicated_ports or tree.leaf.spare or not manager.links:
        return 0
    return -(-manager.links // tree.links_per_system)


def needed_uplinks(tree: Tree, used_down: int) -> int:
    """Uplinks that keep the leaf's oversubscription when only `used_down` of its downlinks are used."""
    return -(-used_down * tree.leaf.up // tree.leaf.down)


def joins_in_two_tiers(tree: Tree, leaves: int, uplinks: int) -> bool:
    """True when leaves with this many uplinks need no cores."""
    if tree.always_pods:
        return False
    return leaves == 1 or stripe(leaves, uplinks, tree.leaf.up, tree.spine.ports, tree.min_spines) is not None


def shape_of(tree: Tree, design: str, *, leaves: int, pods: int, rails_in_last: int, uplinks: int) -> TreeShape:
    """The plane with this many leaves: one tier if one leaf does, two while the spines reach, then three (rule R4).

    Raises:
        InputError: more leaves than the last tier joins.
    """
    if leaves == 1 and not tree.min_spines and not tree.always_pods:
        return TreeShape(1, 0, 0, 1, 0, 0, 0, 0, 0, rails_in_last)
    if not tree.always_pods:
        flat = stripe(leaves, uplinks, tree.leaf.up, tree.spine.ports, tree.min_spines)
        if flat is not None:
            return TreeShape(
                leaves, flat.upper, 0, 1, flat.links_per_lower, flat.links_per_pair, 0,
                leaves * flat.links_per_lower, 0, rails_in_last,
            )  # fmt: skip
    if tree.core is None:
        raise beyond_last_tier(design, f"{leaves} leaves", f"{tree.spine.ports} leaves under two tiers")
    return _three_tiers(tree, tree.core, design, leaves=leaves, pods=pods, rails_in_last=rails_in_last)


def _three_tiers(tree: Tree, core: Tier, design: str, *, leaves: int, pods: int, rails_in_last: int) -> TreeShape:
    per_pod = leaves // pods
    down_ports = tree.spine.ports // 2
    spines = stripe(per_pod, tree.leaf.up, tree.leaf.up, down_ports)
    if spines is None:
        raise beyond_last_tier(design, f"{per_pod} leaves in a pod", f"{down_ports} downlinks of a spine")
    spine_up = per_pod * spines.links_per_pair
    cores = stripe(pods, spine_up, spine_up, core.ports)
    if cores is None:
        raise beyond_last_tier(design, f"{pods} pods", f"as many as cores of {core.ports} ports join")
    all_spines = spines.upper * pods
    return TreeShape(
        leaves, all_spines, spines.upper * cores.upper, pods, spines.links_per_lower, spines.links_per_pair,
        cores.links_per_pair, leaves * spines.links_per_lower, all_spines * cores.links_per_lower, rails_in_last,
    )  # fmt: skip


def beyond_last_tier(design: str, found: str, most: str) -> InputError:
    """The error for a fabric that outgrows its last tier."""
    return InputError.of(f"fabric {design}: tier limit", found, f"at most {most}", "use a design with one tier more")
