"""Fat trees for any switch of the catalog, and generic designs fitted to a system's ports."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.fabrics import DesignFaultError, FabricDesign, Leaf, Manager, Optics, Tier, Tree, split_ports
from planner.catalog.schema import Switch, System
from planner.errors import InputError

RACK_RAILS = 4  # accelerators of one tray of a rack-scale system: one rail each


@dataclass(frozen=True)
class FatTree:
    """What a user may choose of a generic fat tree."""

    rails: int = 8
    ports_per_rail: int = 1
    planes: int = 1
    tiers: int = 2
    link_gbit_s: float = 400
    uplink_gbit_s: float = 0  # 0: as the links
    oversubscription: str = "1:1"
    single_homed: bool = False
    accelerators_per_system: int | None = None


def ports_at(switch: Switch, link_gbit_s: float) -> int:
    """Data ports of the switch at a speed, by splitting its ports where the maker allows it.

    Raises:
        InputError: no split of any port group makes that speed.
    """
    best = 0
    for group in (group for group in switch.port_groups if group.role == "data"):
        for split in group.splits:
            if group.speed_gbit_s == link_gbit_s * split:
                made = group.ports * split
                best = max(best, made if group.max_logical_ports is None else min(made, group.max_logical_ports))
    if best:
        return best
    speeds = sorted(
        {group.speed_gbit_s / split for group in switch.port_groups if group.role == "data" for split in group.splits}
    )
    near = min(speeds, key=lambda speed: abs(speed - link_gbit_s), default=None)
    hint = f"the nearest it makes is {near:g} Gb/s" if near else "its ports are unknown: add them with their source"
    made_of = ", ".join(f"{speed:g}" for speed in speeds) or "no known speed"
    raise InputError.of(
        f"switch {switch.id}: breakout", f"links at {link_gbit_s:g} Gb/s", f"a speed its ports make ({made_of})", hint
    )


def fat_tree(switch: Switch, choice: FatTree) -> FabricDesign:
    """A rail-optimised or single-homed fat tree of one switch product, 2 or 3 tiers, any oversubscription that divides.

    Raises:
        InputError: the switch cannot make the speed, or the oversubscription does not divide its ports.
    """
    up_speed = choice.uplink_gbit_s or choice.link_gbit_s
    ports, radix = ports_at(switch, choice.link_gbit_s), ports_at(switch, up_speed)
    try:
        down, up = split_ports(ports, choice.oversubscription)
    except DesignFaultError as fault:
        raise InputError.of(
            f"fat tree on {switch.id}: oversubscription", fault.found, fault.expected, fault.hint
        ) from None
    up = _uplinks_at(switch, choice, up, up_speed)
    tree = Tree(
        kind="tree",
        technology="ethernet" if switch.technology == "nvlink" else switch.technology,
        planes=choice.planes,
        rails=choice.rails,
        ports_per_rail=choice.ports_per_rail,
        striping="single-homed" if choice.single_homed else "rail",
        link_gbit_s=choice.link_gbit_s,
        uplink_gbit_s=up_speed,
        leaf=Leaf(switch=switch.id, ports=ports, down=down, up=up),
        spine=Tier(switch=switch.id, ports=radix),
        core=Tier(switch=switch.id, ports=radix) if choice.tiers > 2 else None,
        uplinks="as-needed",
        optics=Optics(),
    )
    return _design(switch, choice, tree)


def _uplinks_at(switch: Switch, choice: FatTree, up: int, up_speed: float) -> int:
    """Uplinks at their own speed that carry what `up` ports at link speed would."""
    links = up * choice.link_gbit_s / up_speed
    if links != int(links):
        raise InputError.of(
            f"fat tree on {switch.id}: uplink speed",
            f"{up} ports of {choice.link_gbit_s:g} Gb/s as uplinks of {up_speed:g} Gb/s",
            "a whole number of uplinks",
            f"use {choice.link_gbit_s:g} Gb/s uplinks",
        )
    return int(links)


def _design(switch: Switch, choice: FatTree, tree: Tree) -> FabricDesign:
    per_system = tree.links_per_system
    unit = tree.leaf.down // (per_system if choice.single_homed else tree.ports_per_rail)
    if unit < 1:
        raise InputError.of(
            f"fat tree on {switch.id}: leaf",
            f"{per_system} links of one system",
            f"at most the {tree.leaf.down} downlinks of a leaf",
            "use rails, or a switch with more ports",
        )
    return FabricDesign(
        schema="fabric/v1",
        id="fat-tree",
        name=f"Fat tree on {switch.name}",
        source="port arithmetic on the switch's catalog facts",
        as_of=switch.as_of,
        confidence="estimate",
        accelerators_per_system=choice.accelerators_per_system,
        unit_systems=unit,
        growth="right-size",
        generic=True,
        compute=(tree,),
    )


def fitted(design: FabricDesign, system: System) -> FabricDesign:
    """A generic design with the rails and planes of a system; any other design unchanged.

    A port faster than the fabric's link is split over planes where the fabric is Ethernet (ConnectX-8: 2 x 400GbE).
    Rack-scale systems have one rail for each accelerator of a tray.

    Raises:
        InputError: the system has no compute port, or ports that the fabric's links cannot serve.
    """
    if not design.generic:
        return design
    tree = design.compute[0]
    port = next((port for port in system.ports if port.fabric == "compute"), None)
    if port is None or not isinstance(tree, Tree):
        raise InputError.of(
            f"fabric {design.id}", f"{system.id} without compute ports", "a system whose compute ports are known"
        )
    planes = _planes(design, tree, system, port.speed_gbit_s)
    rails = port.count if system.form == "node" else RACK_RAILS
    per_rail = -(-port.count // rails)
    shaped = tree.model_copy(update={"rails": rails, "ports_per_rail": per_rail, "planes": planes})
    return design.model_copy(
        update={
            "compute": (shaped,),
            "unit_systems": max(1, tree.leaf.down // per_rail),
            "form": system.form,
            "accelerators_per_system": system.accelerators,
        }
    )


def _planes(design: FabricDesign, tree: Tree, system: System, speed: float) -> int:
    ratio = speed / tree.link_gbit_s
    if ratio == 1:
        return 1
    if tree.technology == "ethernet" and ratio == int(ratio):
        return int(ratio)
    raise InputError.of(
        f"fabric {design.id}: link speed",
        f"{speed:g} Gb/s ports of {system.id}",
        f"ports of {tree.link_gbit_s:g} Gb/s",
        "use a fabric of the port's own speed",
    )


def check_against_catalog(design: FabricDesign, switches: dict[str, Switch]) -> list[str]:
    """What a design says of its switches that the catalog contradicts, one sentence each."""
    faults = []
    for stage in design.compute:
        if isinstance(stage, Tree):
            leaf_speed = stage.link_gbit_s if stage.leaf.ports > stage.spine.ports else stage.uplink_gbit_s
            asked = [(stage.leaf, leaf_speed), (stage.spine, stage.uplink_gbit_s)]
            asked += [(stage.core, stage.uplink_gbit_s)] if stage.core else []
            for tier, speed in asked:
                faults += _tier_faults(design, tier, speed, switches)
    return faults


def _tier_faults(design: FabricDesign, tier: Tier, speed: float, switches: dict[str, Switch]) -> list[str]:
    switch = switches.get(tier.switch)
    if switch is None:
        return [f"{design.id}: {tier.switch} is not in the catalog"]
    ports = ports_at(switch, speed)
    return (
        []
        if ports >= tier.ports
        else [f"{design.id}: {tier.switch} has {ports} ports at {speed:g} Gb/s, not {tier.ports}"]
    )


def managed(design: FabricDesign) -> Manager | None:
    """The fabric manager of the design's compute fabric, if it has one."""
    last = design.compute[-1]
    return last.manager if isinstance(last, Tree) else None
