"""The shape of a hall's power tree: what hangs on what, and what is dark when something fails. No amounts here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from planner.request.electrical import Feed, Panel, Power
from planner.request.positions import Row

Drops = tuple[str, ...]
"""Where a row hangs on the tree, one node for each of its feeds and in their order: the feed, or a panel on it."""


def drops_of(row: Row) -> Drops:
    """The lowest nodes of the tree that carry the racks of a row."""
    return tuple(row.panels.get(feed, feed) for feed in row.feeds)


def active_feeds(power: Power) -> tuple[Feed, ...]:
    """The feeds that carry racks when nothing is lost."""
    return tuple(feed for feed in power.feeds if feed.role == "active")


def panels_up(power: Power, node: str) -> tuple[Panel, ...]:
    """A panel and the panels above it, the lowest first; none for a feed."""
    panels = {panel.id: panel for panel in power.panels}
    found: list[Panel] = []
    while node in panels and panels[node] not in found:
        found.append(panels[node])
        node = panels[node].upstream
    return tuple(found)


def feed_of(power: Power, node: str) -> str:
    """The feed above a panel; a feed itself. Of a tree that has passed its checks."""
    above = panels_up(power, node)
    return above[-1].upstream if above else node


def dead_sources(power: Power, lost: Collection[str]) -> frozenset[str]:
    """The lost sources and every source whose upstreams are all dead."""
    dead = set(lost)
    while True:
        more = {s.id for s in power.sources if s.upstream and s.id not in dead and dead.issuperset(s.upstream)}
        if not more:
            return frozenset(dead)
        dead |= more


def carriers(power: Power, feed: Feed, dead: Collection[str]) -> tuple[str, ...]:
    """The listed sources that carry a feed, the nearest first, each from the first of its upstreams that works."""
    listed = {source.id: source for source in power.sources}
    found: list[str] = []
    node = feed.source
    while node in listed and node not in dead and node not in found:
        found.append(node)
        node = next((above for above in listed[node].upstream if above not in dead), None)
    return tuple(found)


@dataclass(frozen=True)
class LossState:
    """One state that the hall must survive: nothing lost (`name` empty), one feed, or one source and what it carries.

    `lost` are the feeds that give racks nothing. `caught` are feeds that are down too, but whose racks a catcher
    carries: (feed, catcher). `dead` are the listed sources that are down.
    """

    name: str
    lost: frozenset[str]
    caught: tuple[tuple[str, str], ...] = ()
    dead: frozenset[str] = frozenset()

    def carrier(self, feed: str) -> str | None:
        """The feed that carries the racks of a feed in this state; None: they get nothing from it."""
        return None if feed in self.lost else dict(self.caught).get(feed, feed)


def loss_states(power: Power) -> tuple[LossState, ...]:
    """Nothing lost, then each feed, then each source. Under `N` nothing may be lost.

    A source whose loss takes the same feeds, and leaves the same sources to carry the rest, as a state before it is
    that state: a UPS behind one feed, a generator that stands by. The loss of a panel is no state of its own: it takes
    part of the racks that its feed's loss takes and moves their load to the same survivors, so what the feed's loss
    leaves room for, the panel's loss does too.
    """
    states = [_state(power, "", (), ())]
    if power.redundancy == "N":
        return (states[0],)
    states += [_state(power, feed.id, (feed.id,), ()) for feed in power.feeds]
    if power.sources:
        states += [_state(power, f"source {source.id}", (), (source.id,)) for source in power.sources]
    else:
        behind = _feeds_behind(power)
        states += [_state(power, f"source {name}", ids, ()) for name, ids in sorted(behind.items()) if len(ids) > 1]
    return tuple(_each_once(power, states))


def _feeds_behind(power: Power) -> dict[str, tuple[str, ...]]:
    """Feeds by the name of their source, where sources are names alone."""
    behind: dict[str, tuple[str, ...]] = {}
    for feed in power.feeds:
        if feed.source is not None:
            behind[feed.source] = (*behind.get(feed.source, ()), feed.id)
    return behind


def _state(power: Power, name: str, feeds: Collection[str], sources: Collection[str]) -> LossState:
    dead = dead_sources(power, sources)
    down = {feed.id for feed in power.feeds if feed.id in feeds or feed.source in dead}
    catcher = next((feed.id for feed in power.feeds if feed.role == "catcher" and feed.id not in down), None)
    if catcher is None:
        return LossState(name, frozenset(down), (), dead)
    caught = tuple((feed.id, catcher) for feed in active_feeds(power) if feed.id in down)
    return LossState(name, frozenset(down.difference(feed for feed, _ in caught)), caught, dead)


def _each_once(power: Power, states: Iterable[LossState]) -> Iterator[LossState]:
    seen: set[object] = set()
    for state in states:
        up = [feed for feed in power.feeds if feed.id not in state.lost and state.carrier(feed.id) == feed.id]
        effect = state.lost, state.caught, tuple(carriers(power, feed, state.dead) for feed in up)
        if effect not in seen:
            seen.add(effect)
            yield state
