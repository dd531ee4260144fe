"""Power: patterns, racks, and every feed in every state, against what each may carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planner.facility.power import FeedState, feed_states, rack_limits
from planner.facility.stranded import stranded_power
from planner.facility.tree_loads import Load, carried_w, node_states, tree_of
from planner.plan.schema import FeedPlan, HallPower, Pattern
from planner.request.power_tree import drops_of
from planner.request.site import Panel, Source
from planner.verify.subject import Broken, Rule, Subject, above, contents, differs


def patterns_add_up_their_power(subject: Subject) -> Iterator[Broken]:
    """Typical, design and peak power of a rack are the sums of its devices; PDUs and empty racks draw nothing.

    Where one is not published the sum is unknown; typical power may then stand at design power instead.
    """
    for pattern in subject.plan.patterns:
        place = f"pattern {pattern.id}"
        tiers = [subject.tiers(name) for name in contents(pattern)]
        yield from differs(place, "design W", pattern.power_design_w, _sum(t.design_w for t in tiers))
        yield from differs(place, "peak W", pattern.power_peak_w, _sum(t.peak_w for t in tiers))
        typical = _sum(t.typical_w for t in tiers)
        with_design = _sum(t.typical_w if t.typical_w is not None else t.design_w for t in tiers)
        if pattern.power_typical_w not in (typical, with_design):
            yield from differs(place, "typical W", pattern.power_typical_w, with_design)


def _sum(values: Iterable[int | None]) -> int | None:
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)


def racks_keep_their_power_limits(subject: Subject) -> Iterator[Broken]:
    """With a feed lost, a rack's design power fits the continuous rating of what is left, its peak the nameplate."""
    for rack in subject.plan.racks:
        place, pattern = subject.places[rack.hall], subject.pattern_of(rack)
        design, peak = rack_limits(place.row(rack.row), place.planned.power)
        if pattern.power_design_w is not None:
            yield from above(rack.id, "design W", pattern.power_design_w, design * pattern.positions)
        if pattern.power_peak_w is not None:
            yield from above(rack.id, "peak W", pattern.power_peak_w, peak * pattern.positions)


def _loads(subject: Subject, hall: str, tier: str) -> list[Load]:
    """(where the row hangs on the power tree, W) of every rack of a hall.

    What is unknown counts as nothing here and is named elsewhere.
    """
    loads = []
    for rack in subject.racks_in(hall):
        row = subject.places[hall].row(rack.row)
        loads.append((drops_of(row), getattr(subject.pattern_of(rack), tier) or 0))
    return loads


def feed_states_are_right(subject: Subject) -> Iterator[Broken]:
    """Every feed's load, capacity and continuous rating in every state, number by number."""
    for hall in subject.plan.power:
        power = subject.places[hall.hall].planned.power
        expected = feed_states(power, _loads(subject, hall.hall, "power_design_w"))
        yield from differs(hall.hall, "feeds", [f.feed for f in hall.feeds], list(expected))
        for feed in hall.feeds:
            yield from differs(f"{hall.hall}, feed {feed.feed}", "hall", feed.hall, hall.hall)
            yield from _states(f"{hall.hall}, feed {feed.feed}", feed, expected.get(feed.feed, ()))


def _states(place: str, feed: FeedPlan, expected: tuple[FeedState, ...]) -> Iterator[Broken]:
    found = {state.lost: state for state in feed.states}
    yield from differs(
        place, "states", [s.lost or "normal" for s in feed.states], [s.lost or "normal" for s in expected]
    )
    for right in expected:
        state = found.get(right.lost)
        if state is None:
            continue
        where = f"{place}, {f'{right.lost} lost' if right.lost else 'normal'}"
        yield from differs(where, "load in W", state.load_w, right.load_w)
        yield from differs(where, "capacity in W", state.capacity_w, right.capacity_w)
        yield from differs(where, "continuous W", state.continuous_w, right.continuous_w)


def every_state_is_survived(subject: Subject) -> Iterator[Broken]:
    """With any one feed or source lost, no source, feed or panel carries more than it may carry continuously."""
    for hall, place in subject.places.items():
        tree = tree_of(place.planned)
        for node, states in node_states(tree, _loads(subject, hall, "power_design_w")).items():
            for state in states:
                what = f"W with {state.lost} lost" if state.lost else "W in normal operation"
                if state.continuous_w is not None:
                    yield from above(f"{hall}, {tree.nodes[node][0]} {node}", what, state.load_w, state.continuous_w)


def peaks_fit_the_nameplates(subject: Subject) -> Iterator[Broken]:
    """The worst peak load of every node fits its capacity and is what the plan says; unknown peaks stay unknown."""
    for hall in subject.plan.power:
        known = all(subject.pattern_of(r).power_peak_w is not None for r in subject.racks_in(hall.hall))
        tree = tree_of(subject.places[hall.hall].planned).at_peak
        stated = {feed.feed: feed.peak_w for feed in hall.feeds} | {node.node: node.peak_w for node in hall.nodes}
        for node, states in node_states(tree, _loads(subject, hall.hall, "power_peak_w")).items():
            place, worst = f"{hall.hall}, {tree.nodes[node][0]} {node}", max((s.load_w for s in states), default=None)
            if node in stated:
                yield from differs(place, "worst peak in W", stated[node], worst if known else None)
            nameplate, _ = tree.limits(node)
            if worst is not None and nameplate is not None:
                yield from above(place, "worst peak in W", worst, nameplate)


def sources_and_panels_are_right(subject: Subject) -> Iterator[Broken]:
    """Every listed source and panel with its place in the tree, and its load and limits in every state."""
    for hall in subject.plan.power:
        tree = tree_of(subject.places[hall.hall].planned)
        expected = node_states(tree, _loads(subject, hall.hall, "power_design_w"))
        listed: list[Source | Panel] = [*tree.power.sources, *tree.power.panels]
        yield from differs(hall.hall, "sources and panels", [n.node for n in hall.nodes], [n.id for n in listed])
        for stated, node in zip(hall.nodes, listed, strict=False):
            place = f"{hall.hall}, {tree.nodes[node.id][0]} {node.id}"
            above_it = node.upstream if isinstance(node, Source) else (node.upstream,)
            told = stated.level, stated.kind, stated.upstream
            yield from differs(place, "place in the tree", told, (tree.nodes[node.id][0], node.kind, above_it))
            right = [(s.lost, s.load_w, s.capacity_w, s.continuous_w) for s in expected[node.id]]
            found = [(s.lost, s.load_w, s.capacity_w, s.continuous_w) for s in stated.states]
            yield from differs(place, "states", found, right)


def stranded_power_is_right(subject: Subject) -> Iterator[Broken]:
    """Where the power of every level goes, and why the rest is stranded, recomputed beside the plan's own cooling."""
    cooling = {hall.hall: hall for hall in subject.plan.cooling}
    for hall in subject.plan.power:
        if hall.hall not in cooling:
            continue  # told by the rules of cooling
        planned = subject.places[hall.hall].planned
        racks, carried = subject.racks_in(hall.hall), carried_w(tree_of(planned))
        right = stranded_power(planned, racks, subject.patterns, cooling[hall.hall], carried)
        yield from differs(hall.hall, "levels of power", [s.node for s in hall.stranded], [s.node for s in right])
        for found, expected in zip(hall.stranded, right, strict=False):
            yield from differs(f"{hall.hall}, {expected.level} {expected.node}", "power", found, expected)


def hall_power_adds_up(subject: Subject) -> Iterator[Broken]:
    """Typical, design and peak power of a hall are the sums of its racks; survivable and stranded power follow."""
    for hall in subject.plan.power:
        patterns = [subject.pattern_of(rack) for rack in subject.racks_in(hall.hall)]
        planned = subject.places[hall.hall].planned
        design = sum(p.power_design_w or 0 for p in patterns)
        yield from differs(hall.hall, "design W", hall.design_w, design)
        yield from differs(hall.hall, "typical W", hall.typical_w, _sum(p.power_typical_w for p in patterns))
        yield from differs(hall.hall, "peak W", hall.peak_w, _sum(p.power_peak_w for p in patterns))
        survivable = carried_w(tree_of(planned))
        yield from differs(hall.hall, "survivable W", hall.survivable_w, survivable)
        yield from differs(hall.hall, "stranded W", hall.stranded_w, max(0, survivable - design))
        yield from differs(hall.hall, "redundancy", hall.redundancy, planned.power.redundancy)
        yield from differs(hall.hall, "standard", hall.standard, planned.power.standard)
        yield from _unknown(subject, hall, patterns)


def _unknown(subject: Subject, hall: HallPower, patterns: list[Pattern]) -> Iterator[Broken]:
    names = sorted({name for pattern in patterns for name in contents(pattern)})
    unknown = [name for name in names if subject.tiers(name).design_w is None]
    yield from differs(hall.hall, "products of unknown power", list(hall.unknown_power), unknown)


RULES: tuple[Rule, ...] = (
    patterns_add_up_their_power,
    racks_keep_their_power_limits,
    feed_states_are_right,
    every_state_is_survived,
    peaks_fit_the_nameplates,
    hall_power_adds_up,
    sources_and_panels_are_right,
    stranded_power_is_right,
)
