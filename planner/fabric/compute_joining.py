"""Compute fabrics that join switches that stand: all systems on the leaves of one standing unit, or none.

A unit is a pair of switches in each plane, or one leaf for each group of rails. Free ports do not tell how much the
uplinks of standing leaves still carry, so no more than one unit is joined, and the plan asks to check them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from planner.catalog.fabrics import FabricDesign, Optics, Pair, Tree
from planner.fabric.compute import COMPUTE, block_of, module_counts, pair_capacity
from planner.fabric.counts import FabricCounts, cable_counts, link_counts
from planner.fabric.joining import Dealt, End, FreePorts, Join
from planner.fabric.tree import leaves_per_unit, rails_per_leaf


@dataclass(frozen=True)
class Unit:
    """The leaves of one unit as a system sees them: `leaves[n]` is the leaf that its n-th compute port goes to."""

    technology: str
    speed_gbit_s: float
    optics: Optics
    most_systems: int
    leaves: tuple[int, ...]

    @property
    def size(self) -> int:
        """Leaves of the unit."""
        return max(self.leaves) + 1


def units_of(design: FabricDesign) -> Iterator[Unit]:
    """Units that systems of a design may join, smallest first.

    None where switches of a pair carry the in-band network too, or where a rail needs several leaves.
    """
    if any(isinstance(stage, Pair) and stage.converged_ports_per_system for stage in design.compute):
        return
    for stage in design.compute:
        if isinstance(stage, Pair):
            yield _of_pair(stage)
        elif isinstance(stage, Tree) and stage.striping == "rail":
            block = block_of(design, stage)
            if leaves_per_unit(stage, block) == stage.rails // rails_per_leaf(stage, block):
                yield _of_tree(stage, block)


def _of_pair(pair: Pair) -> Unit:
    """Half of a system's links of each plane to each switch of the plane's pair."""
    links = pair.links_per_system
    leaves = tuple(2 * plane + link * 2 // links for link in range(links) for plane in range(pair.planes))
    return Unit(pair.technology, pair.link_gbit_s, pair.optics, pair_capacity(pair), leaves)


def _of_tree(tree: Tree, block: int) -> Unit:
    """One leaf for each group of rails in each plane."""
    together = rails_per_leaf(tree, block)
    groups = tree.rails // together
    leaves = tuple(
        plane * groups + rail // together
        for _ in range(tree.ports_per_rail)
        for rail in range(tree.rails)
        for plane in range(tree.planes)
    )
    return Unit(tree.technology, tree.link_gbit_s, tree.optics, block, leaves)


def join_compute(design: FabricDesign, systems: int, free: Sequence[FreePorts]) -> tuple[Join, Unit] | None:
    """Whether all systems join one standing unit, and which; None where no switch has compute ports, or no unit does.

    Where none is large enough, the one that takes most.
    """
    own = tuple(entry for entry in free if entry.fabric == COMPUTE)
    tried = [(_tried(own, unit, systems), unit) for unit in units_of(design)] if own else []
    best = max(tried, key=lambda one: one[0].dealt[0].usable, default=None)
    return next((one for one in tried if one[0].joined), best)


def _tried(free: tuple[FreePorts, ...], unit: Unit, systems: int) -> Join:
    """The first standing unit with room for all systems: switches in their order, as many as the unit has leaves."""
    technology = unit.technology.partition("-")[0]
    lanes = _lanes(free, technology, unit.speed_gbit_s)
    names = list(lanes)
    each = Counter(unit.leaves)
    needed, most, ends = systems * len(unit.leaves), 0, list[tuple[End, ...]]()
    for first in range(0, len(names) - unit.size + 1, unit.size):
        group = [lanes[name] for name in names[first : first + unit.size]]
        room = min(unit.most_systems, *(len(own) // each[leaf] for leaf, own in enumerate(group)))
        most = max(most, room)
        if room >= systems:
            left = [iter(own) for own in group]
            ends = [tuple(next(left[leaf]) for leaf in unit.leaves) for _ in range(systems)]
            break
    dealt = Dealt(unit.speed_gbit_s, needed, min(systems, most) * len(unit.leaves), tuple(ends))
    return Join(COMPUTE, COMPUTE, technology, free, (dealt,))


def _lanes(free: tuple[FreePorts, ...], technology: str, speed_gbit_s: float) -> dict[str, list[End]]:
    """Every link that each switch takes at a speed; a switch with other ports alone keeps its place in the order."""
    found: dict[str, list[End]] = {entry.switch: [] for entry in free}
    for entry in free:
        if (entry.technology, entry.speed_gbit_s) == (technology, speed_gbit_s):
            lanes = range(1, entry.lanes + 1)
            found[entry.switch] += [End(entry.switch, port, lane) for port in entry.ports for lane in lanes]
    return found


def on_standing_leaves(base: FabricCounts, unit: Unit) -> FabricCounts:
    """The compute fabric whose leaves stand: links of systems, nothing above them, and no fabric manager."""
    links, optics = base.systems * len(unit.leaves), unit.optics
    return replace(
        base,
        capacity=base.systems,
        switches=(),
        appliances=(),
        notes=(),
        links=link_counts(COMPUTE, ("node-leaf", unit.speed_gbit_s, links)),
        modules=module_counts(COMPUTE, optics, links, -(-links // optics.switch_ports_per_module)),
        cables=cable_counts(COMPUTE, ("node-leaf", optics.fibre, links, 1)),
    )
