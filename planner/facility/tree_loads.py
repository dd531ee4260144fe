"""What every source, feed and panel of a hall carries in every state, and what new racks may still put on it.

Each survivor carries its own load plus what moves to it. Loads come as (drops, W): where racks hang on the tree and
what they draw. Racks with the same drops share their sum equally over those that still carry them, in whole watts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

from planner.facility.spread import most_under
from planner.facility.standing_power import at_peak, standing_loads
from planner.request.power_tree import (
    Drops,
    LossState,
    active_feeds,
    carriers,
    drops_of,
    feed_of,
    loss_states,
    panels_up,
)
from planner.request.site import Feed, Hall, Panel, Power, Source, Standard

Kind = Literal["source", "feed", "panel"]
Load = tuple[Drops, int]


@dataclass(frozen=True)
class NodeState:
    """Load of one node in one state, against its nameplate and what it may carry continuously; None: not stated."""

    lost: str
    load_w: int
    capacity_w: int | None
    continuous_w: int | None


@dataclass(frozen=True)
class NodeRoom:
    """What new racks may put on one node in one state, by design and by peak load.

    `shares` has one entry for each drop through which racks reach the node: their drops, among how many they share
    their load, and the place of this one among those, since odd watts go to the first. Nothing else limits the node.
    """

    node: str
    kind: Kind
    lost: str
    shares: tuple[tuple[Drops, int, int], ...]
    design_w: int
    peak_w: int

    def share(self, drops: Drops) -> Fraction:
        """The part of these racks' load that the node carries."""
        return sum((Fraction(1, among) for of, among, _ in self.shares if of == drops), Fraction(0))


def continuous_w(node: Feed | Panel, standard: Standard) -> int:
    """What a feed or panel may carry all the time, in W: its capacity under IEC, 80 % of it under NEC, rounded down."""
    return node.capacity if standard == "IEC" else node.capacity * 4 // 5


def share_load(load_w: int, over: Sequence[str]) -> dict[str, int]:
    """A load in equal whole watts over nodes; the watts left over go to the first of them. The sum is kept."""
    if not over:
        return {}
    equal, odd = divmod(load_w, len(over))
    return {node: equal + (index < odd) for index, node in enumerate(over)}


def existing_loads(power: Power, state: LossState) -> dict[str, int]:
    """W of existing equipment on each surviving feed: its own, and what moves to it from the feeds that are down.

    A catcher takes all of a feed that it stands in for; else each active feed left takes an equal share. Existing
    equipment is taken to have a cord on every feed; where it has not, the true load is lower.
    """
    caught = dict(state.caught)
    loads = {f.id: f.existing_load for f in power.feeds if f.id not in state.lost and f.id not in caught}
    left = [feed.id for feed in active_feeds(power) if feed.id in loads]
    dark = sum(feed.existing_load for feed in power.feeds if feed.id in state.lost)
    for name, part in share_load(dark, left).items():
        loads[name] += part
    for feed in power.feeds:
        if feed.id in caught:
            loads[caught[feed.id]] += feed.existing_load
    return loads


@dataclass(frozen=True)
class PowerTree:
    """The power tree of a hall with the drops of its rows, which also pair the panels of different feeds."""

    power: Power
    drops: tuple[Drops, ...]

    @cached_property
    def at_peak(self) -> PowerTree:
        """The same tree with the racks that stand at their peak, for sums that are held against nameplates."""
        return replace(self, power=at_peak(self.power))

    @cached_property
    def states(self) -> tuple[LossState, ...]:
        """Every state that the hall must survive."""
        return loss_states(self.power)

    @cached_property
    def nodes(self) -> Mapping[str, tuple[Kind, Source | Feed | Panel]]:
        """Sources, feeds and panels by id, each kind in the order of the request."""
        found: dict[str, tuple[Kind, Source | Feed | Panel]] = {s.id: ("source", s) for s in self.power.sources}
        found |= {feed.id: ("feed", feed) for feed in self.power.feeds}
        return found | {panel.id: ("panel", panel) for panel in self.power.panels}

    def limits(self, node: str) -> tuple[int | None, int | None]:
        """(nameplate, continuous) W of a node; None where a source states no capacity.

        A source gives its rating all the time; the 80 % of NEC belong to the breakers of feeds and panels.
        """
        _, entry = self.nodes[node]
        if isinstance(entry, Source):
            return entry.capacity, entry.capacity
        return entry.capacity, continuous_w(entry, self.power.standard)

    def way_up(self, drop: str, state: LossState) -> tuple[str, ...]:
        """Every node that carries a drop in a state, from the drop to the last source; none where it is dark."""
        feed = self._feeds[drop]
        carrier = state.carrier(feed)
        if carrier is None:
            return ()
        panels = tuple(panel.id for panel in panels_up(self.power, drop))
        _, top = self.nodes[carrier]
        assert isinstance(top, Feed)
        return (*panels, carrier, *carriers(self.power, top, state.dead))

    def alive(self, drops: Drops, state: LossState) -> list[str]:
        """The drops of a row that still carry it."""
        return [drop for drop in drops if state.carrier(self._feeds[drop]) is not None]

    @cached_property
    def _feeds(self) -> dict[str, str]:
        own = {feed.id: feed.id for feed in self.power.feeds}
        return own | {panel.id: feed_of(self.power, panel.id) for panel in self.power.panels}

    def existing(self, state: LossState) -> dict[str, int]:
        """W of existing equipment on every node that is up, moved load included, and of the racks that stand."""
        on_feeds = existing_loads(self.power, state)
        loads = on_feeds | self._on_panels(state, [f.id for f in active_feeds(self.power) if f.id in on_feeds])
        for source in self.power.sources:
            if source.id not in state.dead:
                loads[source.id] = 0
        for feed in self.power.feeds:
            if feed.id in on_feeds:
                for source_id in carriers(self.power, feed, state.dead):
                    loads[source_id] += on_feeds[feed.id]
        self.add(loads, standing_loads(self.power), state)
        return loads

    def add(self, loads: dict[str, int], racks: Iterable[Load], state: LossState) -> None:
        """Adds racks to the loads of the nodes that carry them; racks with the same drops share their sum."""
        together: dict[Drops, int] = {}
        for drops, load_w in racks:
            together[drops] = together.get(drops, 0) + load_w
        for drops, load_w in sorted(together.items()):
            for drop, part in share_load(load_w, self.alive(drops, state)).items():
                for node in self.way_up(drop, state):
                    loads[node] += part

    def _on_panels(self, state: LossState, left: list[str]) -> dict[str, int]:
        """A panel's own existing load, and what moves from dark panels that share a row with it."""
        panels = [panel for panel in self.power.panels if state.carrier(self._feeds[panel.id]) is not None]
        loads = {panel.id: panel.existing_load for panel in panels}
        for dark in self.power.panels:
            if dark.id in loads or not dark.existing_load:
                continue
            for feed, part in share_load(dark.existing_load, left).items():
                partners = [p.id for p in panels if self._feeds[p.id] == feed and self._share_a_row(p, dark)]
                for partner, moved in share_load(part, partners).items():
                    loads[partner] += moved
        return loads

    def _share_a_row(self, one: Panel, other: Panel) -> bool:
        return any(self._carries(one, drops) and self._carries(other, drops) for drops in self.drops)

    def _carries(self, panel: Panel, drops: Drops) -> bool:
        return any(panel in panels_up(self.power, drop) for drop in drops)


def tree_of(hall: Hall) -> PowerTree:
    """The power tree of a hall."""
    return PowerTree(hall.power, tuple(sorted({drops_of(row) for row in hall.rows})))


def node_loads(tree: PowerTree, racks: Iterable[Load], state: LossState) -> dict[str, int]:
    """W on every node that is up in one state. A rack that has lost every feed is down and loads nothing."""
    loads = tree.existing(state)
    tree.add(loads, racks, state)
    return loads


def node_states(tree: PowerTree, racks: Sequence[Load]) -> dict[str, tuple[NodeState, ...]]:
    """Every node's load in every state in which it is up: sources, feeds, panels, in the order of the request."""
    found: dict[str, list[NodeState]] = {node: [] for node in tree.nodes}
    for state in tree.states:
        loads = node_loads(tree, racks, state)
        for node in tree.nodes:
            if node in loads:
                found[node].append(NodeState(state.name, loads[node], *tree.limits(node)))
    return {node: tuple(states) for node, states in found.items()}


def node_rooms(tree: PowerTree, groups: Iterable[Drops]) -> tuple[NodeRoom, ...]:
    """What racks at these drops may put on every node with a stated limit, in every state in which it is up."""
    wanted = sorted(set(groups))
    return tuple(room for state in tree.states for room in _rooms_in(tree, wanted, state))


def _rooms_in(tree: PowerTree, groups: Sequence[Drops], state: LossState) -> Iterator[NodeRoom]:
    reached: dict[str, list[tuple[Drops, int, int]]] = {}
    for drops in groups:
        alive = tree.alive(drops, state)
        for place, drop in enumerate(alive):
            for node in tree.way_up(drop, state):
                reached.setdefault(node, []).append((drops, len(alive), place))
    existing, peak = tree.existing(state), tree.at_peak.existing(state)
    for node, (kind, _) in tree.nodes.items():
        nameplate, continuous = tree.limits(node)
        if node not in existing or nameplate is None or continuous is None:
            continue
        free = continuous - existing[node], nameplate - peak[node]
        yield NodeRoom(node, kind, state.name, tuple(reached.get(node, ())), *free)


def carried_w(tree: PowerTree, tier: Literal["design_w", "peak_w"] = "design_w") -> int:
    """Load in W that new racks may draw so that every node holds in every state, if spread best over the rows' drops.

    Design load against continuous ratings, or peak load against nameplates. The linear program behind it is solved
    exactly, in fractions. A state that leaves some row dark lets that row carry nothing; existing load that alone
    breaks a state leaves 0.
    """
    groups = sorted(set(tree.drops))
    rooms = node_rooms(tree, groups)
    if not groups or any(getattr(room, tier) < 0 for room in rooms):
        return 0
    limits = [([room.share(drops) for drops in groups], Fraction(getattr(room, tier))) for room in rooms]
    for index, drops in enumerate(groups):
        if any(not tree.alive(drops, state) for state in tree.states):
            limits.append(([Fraction(int(index == other)) for other in range(len(groups))], Fraction(0)))
    return int(most_under(limits))
