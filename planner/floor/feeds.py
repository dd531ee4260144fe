"""Feeds on the floor: where racks stand decides which feed carries them. Pure: loads no solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from planner.facility.tree_loads import node_loads, tree_of
from planner.floor.data import RackGroup
from planner.quantity import show
from planner.request.power_tree import Drops
from planner.request.site import Hall

Feeds = Drops
"""Where rows hang on the power tree: their feeds, or panels on them."""

Loads = Mapping[Feeds, tuple[int, int]]
"""Design and peak load in W of the racks whose rows have these feeds."""


def overload(hall: Hall, loads: Loads) -> str | None:
    """The first source, feed or panel that is asked for too much, in words, or None when every state holds."""
    tree = tree_of(hall)
    for state in tree.states:
        design = node_loads(tree, [(feeds, load[0]) for feeds, load in loads.items()], state)
        peak = node_loads(tree.at_peak, [(feeds, load[1]) for feeds, load in loads.items()], state)
        when = f"with {state.name} lost" if state.name else "with nothing lost"
        for node, (kind, _) in tree.nodes.items():
            nameplate, continuous = tree.limits(node)
            if node not in design or nameplate is None or continuous is None:
                continue
            if design[node] > continuous:
                found, most = show(design[node], "W"), show(continuous, "W")
                return f"{kind} {node} carries {found} {when}, at most {most}"
            if peak[node] > nameplate:
                found, most = show(peak[node], "W"), show(nameplate, "W")
                return f"{kind} {node} carries {found} at peak {when}, at most {most}"
    return None


def total_loads(racks: Iterable[tuple[RackGroup, Feeds, int]]) -> dict[Feeds, tuple[int, int]]:
    """Design and peak load by feeds, of (rack, the feeds of where it stands, how many)."""
    loads: dict[Feeds, tuple[int, int]] = {}
    for rack, feeds, count in racks:
        design, peak = loads.get(feeds, (0, 0))
        loads[feeds] = design + count * rack.design_w, peak + count * rack.peak_w
    return loads
