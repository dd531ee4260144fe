"""Cages of a switch by number, and the logical ports that a cage makes at a speed."""

from __future__ import annotations

from planner.catalog.schema import PortGroup, Switch


def group_of(switch: Switch, cage: int) -> PortGroup | None:
    """The port group of a cage; cages count from 1 over all port groups."""
    first = 1
    for group in switch.port_groups:
        if first <= cage < first + group.cages:
            return group
        first += group.cages
    return None


def cages_of(switch: Switch) -> int:
    """Cages of all port groups; 0 where they are not known."""
    return sum(group.cages for group in switch.port_groups)


def lanes_at(switch: Switch, group: PortGroup, speed_gbit_s: float) -> int:
    """Logical ports of one cage at a speed, an Ethernet port also below the speed of a split; 0: it makes none."""
    lanes = _lanes(group, speed_gbit_s)
    return lanes or (_slower_lanes(group, speed_gbit_s) if switch.technology == "ethernet" else 0)


def speeds_of(switch: Switch) -> list[float]:
    """Speeds in Gb/s that the ports of a switch make, each once, from the slowest."""
    return sorted({group.speed_gbit_s / split for group in switch.port_groups for split in group.splits})


def _slower_lanes(group: PortGroup, speed_gbit_s: float) -> int:
    faster = [group.speed_gbit_s / split for split in group.splits if group.speed_gbit_s / split > speed_gbit_s >= 25]
    return _lanes(group, min(faster)) if faster else 0


def _lanes(group: PortGroup, speed_gbit_s: float) -> int:
    per_cage = group.ports // group.cages
    for split in group.splits:
        if group.speed_gbit_s == speed_gbit_s * split:
            lanes = per_cage * split
            limit = group.max_logical_ports
            return lanes if limit is None else min(lanes, max(1, limit // group.cages))
    return 0
