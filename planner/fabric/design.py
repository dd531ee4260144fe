"""A fabric design at a size: the exact counts, the range it covers, and the table that sizing indexes by unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from planner.catalog.fabrics import FabricDesign, Growth, Pair, Stage, Supplied, Tree
from planner.catalog.schema import System
from planner.errors import InputError
from planner.fabric.compute import (
    COMPUTE,
    Compute,
    block_of,
    count_pair,
    count_supplied,
    count_tree,
    pair_capacity,
    stage_capacity,
    tree_capacity,
    tree_max_units,
)
from planner.fabric.counts import FabricCounts, FabricNote, Part
from planner.fabric.paired import Attached, paired_leaves_part
from planner.fabric.tree import displaced_systems
from planner.wording import sentence

COUNTED = ("switches", "links", "modules", "cables")


def limits(design: FabricDesign) -> tuple[int, int | None]:
    """(fewest, most) systems of a design; most is None where only the supplier limits it."""
    caps = [stage_capacity(design, stage) for stage in design.compute]
    most = None if None in caps else max(cap for cap in caps if cap is not None)
    if design.max_units is not None:
        ceiling = design.max_units * design.unit_systems - _displaced(design)
        most = ceiling if most is None else min(most, ceiling)
    return design.min_systems, most


def _displaced(design: FabricDesign) -> int:
    last = design.compute[-1]
    return displaced_systems(last) if isinstance(last, Tree) else 0


def design_applies(design: FabricDesign, system: System) -> bool:
    """True when the design's links match the system's compute ports and it is meant for it, its family or any."""
    port = next((port for port in system.ports if port.fabric == COMPUTE), None)
    if port is None:
        return False
    if design.generic:
        return system.delivery == "owned" and _link_divides(design, port.speed_gbit_s)
    made_for = system.id in design.systems or system.family in design.families
    open_to_all = not design.systems and not design.families and design.form == system.form
    return (made_for or open_to_all) and port.count * port.speed_gbit_s == _bandwidth_gbit_s(design.compute[-1])


def _link_divides(design: FabricDesign, speed_gbit_s: float) -> bool:
    stage = design.compute[-1]
    if isinstance(stage, Supplied):
        return False
    planes = speed_gbit_s / stage.link_gbit_s
    return planes == 1 or (stage.technology == "ethernet" and planes >= 1 and planes == int(planes))


def _bandwidth_gbit_s(stage: Stage) -> float:
    if isinstance(stage, Supplied):
        return stage.endpoint_gbit_s
    return stage.planes * stage.links_per_system * stage.link_gbit_s


def count_fabric(
    design: FabricDesign,
    systems: int,
    *,
    growth: Growth | None = None,
    with_manager: bool = True,
    others: Mapping[str, FabricDesign] | None = None,
) -> FabricCounts:
    """The compute fabric (and the converged network, where the design has one) of a number of systems.

    `growth` "full-unit" buys the last scalable unit's leaves and leaf-spine links whole; "right-size" only what the
    systems need; default is the design's own. `with_manager=False` leaves out the fabric manager's links, as some
    published tables do. `others` are designs that an error may name as the nearest that works.

    Raises:
        InputError: fewer or more systems than the design takes, with the nearest design that works.
    """
    return _counted(design, systems, growth or design.growth, with_manager, others)


def _counted(
    design: FabricDesign, systems: int, growth: Growth, with_manager: bool, others: Mapping[str, FabricDesign] | None
) -> FabricCounts:
    _check_range(design, systems, with_manager, others)
    compute = compute_of(design, systems, growth, with_manager)
    part = compute.part
    if design.converged is not None and not _carries_converged(compute):
        part = part + paired_leaves_part(design.converged, systems * design.converged.ports_per_system, Attached())
    supplied = isinstance(compute.stage, Supplied)
    return FabricCounts(
        design=design.id,
        systems=systems,
        sus=compute.units,
        growth=growth,
        accelerators=_accelerators(design, systems),
        planes=compute.planes,
        tiers=compute.tiers,
        capacity=compute.capacity,
        switches=part.switches,
        links=part.links,
        modules=part.modules,
        cables=part.cables,
        appliances=part.appliances,
        endpoint_gbit_s=systems * _bandwidth_gbit_s(compute.stage),
        unknown=COUNTED if supplied else (),
        notes=part.notes + _notes(design, compute, systems, growth),
    )


def _accelerators(design: FabricDesign, systems: int) -> int | None:
    return None if design.accelerators_per_system is None else systems * design.accelerators_per_system


def _carries_converged(compute: Compute) -> bool:
    return isinstance(compute.stage, Pair) and compute.stage.converged_ports_per_system > 0


def compute_of(design: FabricDesign, systems: int, growth: Growth, with_manager: bool) -> Compute:
    """The first stage of the design that carries the systems, counted.

    Raises:
        InputError: no stage does.
    """
    for stage in design.compute:
        if isinstance(stage, Supplied):
            return count_supplied(design, stage, systems)
        if isinstance(stage, Pair):
            if systems <= pair_capacity(stage):
                return count_pair(design, stage, systems)
        elif systems <= _tree_limit(design, stage, with_manager):
            return count_tree(design, stage, systems, growth, with_manager)
    raise InputError.of(f"fabric {design.id}", f"{systems} systems", "a stage of the design that carries them")


def _tree_limit(design: FabricDesign, tree: Tree, with_manager: bool) -> int:
    return tree_max_units(tree, block_of(design, tree)) * block_of(design, tree) - (
        displaced_systems(tree) if with_manager else 0
    )


def _check_range(
    design: FabricDesign, systems: int, with_manager: bool, others: Mapping[str, FabricDesign] | None
) -> None:
    low, high = limits(design)
    if high is not None and not with_manager:
        high += _displaced(design)
    if systems >= low and (high is None or systems <= high):
        return
    expected = f"{low} or more systems" if high is None else f"{low} to {high} systems"
    near = nearest_design(design, systems, (others or {}).values())
    near = near or (f"plan {low} systems" if systems < low else f"plan at most {high} systems, or several fabrics")
    raise InputError.of(f"fabric {design.id}: tier limit", f"{systems} systems", expected, near)


def nearest_design(design: FabricDesign, systems: int, others: Iterable[FabricDesign]) -> str:
    """A hint that names the design that takes the systems and is nearest to `design`, or nothing."""
    found = []
    for other in others:
        low, high = limits(other)
        if other.id != design.id and other.form == design.form and low <= systems and (high is None or systems <= high):
            shared = len(set(other.systems) & set(design.systems)) + len(set(other.families) & set(design.families))
            alike = _technology(other) == _technology(design)
            found.append((-shared, not alike, high if high is not None else 1 << 60, other.id))
    return f"{min(found)[-1]} takes {systems} systems" if found else ""


def _technology(design: FabricDesign) -> str:
    return design.compute[0].technology


def _notes(design: FabricDesign, compute: Compute, systems: int, growth: Growth) -> tuple[FabricNote, ...]:
    notes = []
    stage, shape = compute.stage, compute.shape
    if isinstance(stage, Tree) and shape is not None:
        displaced = displaced_systems(stage)
        if displaced and systems >= compute.capacity:
            notes.append(FabricNote("R6", sentence("network.displaced", systems=displaced)))
        if growth == "full-unit" and systems < compute.capacity:
            notes.append(FabricNote("R2", _saving_text(design, stage, systems, compute)))
        if shape.tiers == 1 and stage.rails > 1:
            notes.append(FabricNote("R1", sentence("network.one-leaf")))
        if shape.tiers == 2 and shape.spines * stage.spine.ports > shape.leaf_spine_links:
            notes.append(
                FabricNote(
                    "R3",
                    sentence("network.even-spines", spines=shape.spines, links=shape.leaf_spine_per_pair),
                )
            )
    return tuple(notes)


def _saving_text(design: FabricDesign, tree: Tree, systems: int, compute: Compute) -> str:
    small = count_tree(design, tree, systems, "right-size", with_manager=True)
    full = sum(entry.count for entry in compute.part.switches)
    fewer = full - sum(entry.count for entry in small.part.switches)
    links = _switch_links(compute.part) - _switch_links(small.part)
    room = compute.capacity - systems
    return sentence("network.full-unit", room=room, fewer=fewer, switches=full, links=links)


def _switch_links(part: Part) -> int:
    return sum(e.count for e in part.links if e.fabric == COMPUTE and e.tier in ("leaf-spine", "spine-core", "isl"))


def su_table(design: FabricDesign, max_systems: int, growth: Growth | None = None) -> tuple[FabricCounts, ...]:
    """The design's counts at each step of its size, smallest first, up to the first row that holds `max_systems`.

    A plan of n systems uses the first row with `systems >= n`. Rows stand at full scalable units; right-sized ones
    also at each number of systems where rails stop sharing leaves. Switch, link, module and cable totals never fall
    from one row to the next.

    Raises:
        InputError: the design has no row at all (a supplied fabric has one).
    """
    mode = growth or design.growth
    rows: list[FabricCounts] = []
    for systems in _steps(design, max_systems, mode):
        row = count_fabric(design, systems, growth=mode)
        if rows and row.switch_total < rows[-1].switch_total:
            row = replace(row, notes=(*row.notes, FabricNote("rows", sentence("network.replaces-smaller"))))
            rows = [kept for kept in rows if kept.switch_total <= row.switch_total]
        rows.append(row)
        if systems >= max_systems:
            break
    return tuple(rows)


def _steps(design: FabricDesign, max_systems: int, growth: Growth) -> list[int]:
    low, high = limits(design)
    if high is None:
        return [max(low, max_systems)]
    steps: set[int] = set()
    top = min(high, max_systems + max(_block_sizes(design)))
    steps.add(high)
    for stage in design.compute:
        if isinstance(stage, Pair):
            cap = min(pair_capacity(stage), high)
            steps.update(range(design.unit_systems, cap + 1, design.unit_systems))
            steps.add(cap)
        elif isinstance(stage, Tree):
            block = block_of(design, stage)
            last = min(tree_max_units(stage, block), -(-top // block) + 1)
            full = [tree_capacity(design, stage, blocks) for blocks in range(1, last + 1)]
            steps.update(full)
            if growth == "right-size":
                steps.update(base + part for base in [0, *full] for part in _sharing_steps(design, stage))
    return sorted(step for step in steps if low <= step <= top)


def _block_sizes(design: FabricDesign) -> list[int]:
    return [block_of(design, s) if isinstance(s, Tree) else design.unit_systems for s in design.compute]


def _sharing_steps(design: FabricDesign, tree: Tree) -> list[int]:
    """Systems of a partly filled block at which its leaves are full, for each number of rails that share a leaf."""
    block = block_of(design, tree)
    if tree.striping == "single-homed":
        each = max(1, tree.leaf.down // tree.links_per_system)
        return list(range(each, block, each))
    shared = (tree.leaf.down // (tree.ports_per_rail * k) for k in range(1, tree.rails + 1) if tree.rails % k == 0)
    return [systems for systems in shared if 0 < systems < block]
