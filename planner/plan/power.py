"""The power tree under the plan: every source, feed and panel in every state, and what stays unused, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.facility.power import plannable_hall, worst_load_w
from planner.facility.stranded import stranded_power
from planner.facility.tree_loads import Load, PowerTree, carried_w, continuous_w, node_states, tree_of
from planner.plan.schema import FeedPlan, FeedState, HallCooling, HallPower, NodePlan, NodeState, Rack
from planner.plan.site import PlacedHall
from planner.request.power_tree import drops_of
from planner.request.site import Panel, Source


def hall_power(placed: PlacedHall, racks: Sequence[Rack], cooling: HallCooling) -> HallPower:
    """Loads of every node with everything working and with each feed or source lost."""
    by_id = {p.id: p for p in placed.patterns}
    planned = plannable_hall(placed.site, placed.hall)
    drops = {row.id: drops_of(row) for row in planned.rows}
    tree, power = tree_of(planned), planned.power
    design = [(drops[r.row], by_id[r.pattern].power_design_w or 0) for r in racks]
    peak = [(drops[r.row], by_id[r.pattern].power_peak_w or 0) for r in racks]
    total, carried = sum(watts for _, watts in design), carried_w(tree)
    return HallPower(
        hall=placed.hall.id,
        redundancy=power.redundancy,
        standard=power.standard,
        typical_w=sum(by_id[r.pattern].power_typical_w or 0 for r in racks),
        design_w=total,
        peak_w=sum(watts for _, watts in peak),
        survivable_w=carried,
        stranded_w=max(0, carried - total),
        unknown_power=(),
        feeds=tuple(feeds_of(placed.hall.id, tree, design, peak)),
        nodes=tuple(nodes_of(tree, design, peak)),
        stranded=stranded_power(planned, racks, by_id, cooling, carried),
    )


def feeds_of(hall: str, tree: PowerTree, design: Sequence[Load], peak: Sequence[Load]) -> Iterator[FeedPlan]:
    """Every feed in each state in which it is not lost itself. `design` and `peak` give (drops, W) of each rack."""
    states, peaks = node_states(tree, design), node_states(tree.at_peak, peak)
    for feed in tree.power.feeds:
        limit = continuous_w(feed, tree.power.standard)
        yield FeedPlan(
            hall=hall,
            feed=feed.id,
            states=tuple(
                FeedState(lost=s.lost, load_w=s.load_w, capacity_w=feed.capacity, continuous_w=limit)
                for s in states[feed.id]
            ),
            peak_w=worst_load_w(peaks[feed.id]),
        )


def nodes_of(tree: PowerTree, design: Sequence[Load], peak: Sequence[Load]) -> Iterator[NodePlan]:
    """Every listed source and panel in each state in which it is up."""
    states, peaks = node_states(tree, design), node_states(tree.at_peak, peak)
    for name, (_, node) in tree.nodes.items():
        if isinstance(node, Source | Panel):
            yield NodePlan(
                node=name,
                level="source" if isinstance(node, Source) else "panel",
                kind=node.kind,
                upstream=node.upstream if isinstance(node, Source) else (node.upstream,),
                states=tuple(
                    NodeState(lost=s.lost, load_w=s.load_w, capacity_w=s.capacity_w, continuous_w=s.continuous_w)
                    for s in states[name]
                ),
                peak_w=max((s.load_w for s in peaks[name]), default=None),
            )
