"""Rules of a hall's power tree that one field alone cannot state, each with the line where it is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from planner.document import Document, Location, nearest
from planner.errors import Problem
from planner.request.electrical import Feed, Panel, Power, Source, rating_w
from planner.request.power_tree import active_feeds, loss_states, panels_up
from planner.request.schema import Request
from planner.request.site import Hall

MAKES = {"3-make-2": 3, "4-make-3": 4}


class _Tree(NamedTuple):
    """The power tree of one hall and where the request states it."""

    source: Document
    hall: Hall
    at: Location

    @property
    def power(self) -> Power:
        return self.hall.power

    def problem(self, place: Location, found: str, expected: str, hint: str = "") -> Problem:
        return self.source.problem((*self.at, *place), found, expected, hint)


def power_trees_hold(request: Request, source: Document) -> Iterator[Problem]:
    """The tree of every hall hangs together; where it does, its amounts agree, and its redundancy is what is stated.

    Each step is asked for a tree only when the step before it has found nothing wrong.
    """
    for i, site in enumerate(request.sites):
        for j, hall in enumerate(site.halls):
            tree = _Tree(source, hall, ("sites", i, "halls", j))
            steps = ([problem for rule in rules for problem in rule(tree)] for rules in STEPS)
            yield from next((problems for problems in steps if problems), ())


def ids_are_told_apart(tree: _Tree) -> Iterator[Problem]:
    """Sources, feeds and panels of a hall share one set of ids: messages and states name them alone."""
    first: dict[str, str] = {}
    kinds: tuple[tuple[str, tuple[Feed | Source | Panel, ...]], ...] = (
        ("feeds", tree.power.feeds), ("sources", tree.power.sources), ("panels", tree.power.panels),
    )  # fmt: skip
    for key, entries in kinds:
        for n, entry in enumerate(entries):
            kind = key.removesuffix("s")
            if entry.id in first and (key, first[entry.id]) != ("feeds", "feed"):
                found = f'the {kind} id "{entry.id}", which a {first[entry.id]} has'
                yield tree.problem(("power", key, n, "id"), found, "an id of its own in the power tree of the hall")
            first.setdefault(entry.id, kind)


def upstreams_exist(tree: _Tree) -> Iterator[Problem]:
    """Sources hang on sources, feeds on a source of the list where there is one, panels on a feed or a panel."""
    sources = [source.id for source in tree.power.sources]
    above = [*(feed.id for feed in tree.power.feeds), *(panel.id for panel in tree.power.panels)]
    for n, entry in enumerate(tree.power.sources):
        for m, name in enumerate(entry.upstream):
            if name not in sources:
                place: Location = ("power", "sources", n, "upstream", m)
                yield tree.problem(place, f'the upstream "{name}"', "a source of this hall", _near(name, sources))
    for n, feed in enumerate(tree.power.feeds):
        if sources and feed.source is None:
            expected = 'the key "source", since the hall lists its sources'
            yield tree.problem(("power", "feeds", n), f"feed {feed.id} without a source", expected)
        elif sources and feed.source not in sources:
            place = ("power", "feeds", n, "source")
            hint = _near(feed.source or "", sources)
            yield tree.problem(place, f'the source "{feed.source}"', "a source of this hall", hint)
    for n, panel in enumerate(tree.power.panels):
        if panel.upstream not in above:
            place = ("power", "panels", n, "upstream")
            hint = _near(panel.upstream, above)
            yield tree.problem(place, f'the upstream "{panel.upstream}"', "a feed or a panel of this hall", hint)


def _near(name: str, known: list[str]) -> str:
    return nearest(name, known) or f"the hall has {', '.join(known)}"


def trees_have_no_loop(tree: _Tree) -> Iterator[Problem]:
    """No panel and no source hangs on itself, over others or directly."""
    panels: dict[str, tuple[str, ...]] = {panel.id: (panel.upstream,) for panel in tree.power.panels}
    sources = {source.id: source.upstream for source in tree.power.sources}
    for key, upstreams in (("panels", panels), ("sources", sources)):
        told: set[str] = set()
        for n, name in enumerate(upstreams):
            loop = _loop_through(name, upstreams)
            if loop and told.isdisjoint(loop):
                told.update(loop)
                place: Location = ("power", key, n, "upstream")
                expected = "a feed at the top of its panels" if key == "panels" else "a source that stands by itself"
                yield tree.problem(place, f"a loop: {' on '.join((*loop, name))}", f"a tree with {expected}")


def _loop_through(name: str, upstreams: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The nodes on the way from one back to itself, itself first; empty where no way leads back."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for above in upstreams.get(way[-1], ()):
            if above == name:
                return way
            if above not in seen:
                seen.add(above)
                ways.append((*way, above))
    return ()


def rows_name_panels_on_their_feeds(tree: _Tree) -> Iterator[Problem]:
    """A row names for a feed of its own a panel on that feed; it hangs on no catcher."""
    power = tree.power
    panels = [panel.id for panel in power.panels]
    catchers = {feed.id for feed in power.feeds if feed.role == "catcher"}
    for k, row in enumerate(tree.hall.rows):
        for n, name in enumerate(row.feeds):
            if name in catchers:
                found, expected = f'the catcher "{name}"', "an active feed"
                hint = "a catcher takes over behind transfer switches: rows name the feeds that it stands in for"
                yield tree.problem(("rows", k, "feeds", n), found, expected, hint)
        for feed, panel in row.panels.items():
            place: Location = ("rows", k, "panels", feed)
            if feed not in row.feeds:
                found, expected = f'a panel for feed "{feed}"', "a feed of this row"
                yield tree.problem(place, found, expected, f"the row is on {', '.join(row.feeds)}")
            elif panel not in panels:
                hint = _near(panel, panels) if panels else "add it to power.panels"
                yield tree.problem(place, f'the panel "{panel}"', "a panel of this hall", hint)
            elif (top := panels_up(power, panel)[-1].upstream) != feed:
                yield tree.problem(place, f'the panel "{panel}", which is on feed {top}', f"a panel on feed {feed}")


def ratings_shrink_downwards(tree: _Tree) -> Iterator[Problem]:
    """No panel is rated above what it hangs on, and no circuit above its panel."""
    power = tree.power
    above = {feed.id: feed.capacity for feed in power.feeds} | {panel.id: panel.capacity for panel in power.panels}
    for n, panel in enumerate(power.panels):
        if panel.capacity > above[panel.upstream]:
            found = f"{panel.capacity:,} W on {panel.upstream}"
            most = f"at most the {above[panel.upstream]:,} W of {panel.upstream}"
            yield tree.problem(("power", "panels", n, "capacity"), found, most)
    for k, row in enumerate(tree.hall.rows):
        if row.circuit is None:
            continue
        rated = rating_w(row.circuit.model_copy(update={"per_feed": 1}), power.power_factor)
        for name in sorted(set(row.panels.values()) & above.keys()):
            if rated > above[name]:
                found, most = f"a circuit of {rated:,} W on panel {name}", f"at most the panel's {above[name]:,} W"
                yield tree.problem(("rows", k, "circuit"), found, most)


def panels_carry_what_stands(tree: _Tree) -> Iterator[Problem]:
    """A panel does not already carry more than it can, and a feed states no less than its panels carry."""
    power = tree.power
    for n, panel in enumerate(power.panels):
        if panel.existing_load > panel.capacity:
            place: Location = ("power", "panels", n, "existing_load")
            yield tree.problem(place, f"{panel.existing_load:,} W", f"at most the panel's {panel.capacity:,} W")
    nodes: tuple[tuple[str, tuple[Feed | Panel, ...]], ...] = (("feeds", power.feeds), ("panels", power.panels))
    for key, entries in nodes:
        for n, node in enumerate(entries):
            below = sum(panel.existing_load for panel in power.panels if panel.upstream == node.id)
            if below > node.existing_load:
                expected = f"at least the {below:,} W that its panels state"
                yield tree.problem(
                    ("power", key, n), f"{node.id} with {node.existing_load:,} W of existing load", expected
                )


def labels_have_their_feeds(tree: _Tree) -> Iterator[Problem]:
    """The redundancy that is stated has the feeds that its name says, in the hall and in every row."""
    power = tree.power
    label, active = power.redundancy, len(active_feeds(power))
    for n, feed in enumerate(power.feeds):
        if feed.role == "catcher" and label != "catcher":
            hint = "state redundancy: catcher, or role: active"
            yield tree.problem(("power", "feeds", n, "role"), f"a catcher under {label}", "an active feed", hint)
    if label == "catcher" and (active == len(power.feeds) or not active):
        found = f"catcher with {active} active of {len(power.feeds)} feeds"
        yield tree.problem(("power", "redundancy"), found, 'active feeds, and one of role "catcher"')
    if label in MAKES and active != MAKES[label]:
        found, expected = f"{label} with {active} active feeds", f"{MAKES[label]} active feeds"
        yield tree.problem(("power", "redundancy"), found, expected)
    for k, row in enumerate(tree.hall.rows):
        if label in MAKES and len(row.feeds) != 2:
            found, hint = f"{len(row.feeds)} feeds under {label}", "rows share the pairs of feeds among them"
            yield tree.problem(("rows", k, "feeds"), found, "two feeds", hint)
        elif label in ("N+1", "2N") and len(row.feeds) < 2:
            hint = 'add the second feed, or state redundancy "N"'
            yield tree.problem(("rows", k, "feeds"), f"one feed under {label}", "two feeds or more", hint)


def labels_hold_when_one_thing_is_lost(tree: _Tree) -> Iterator[Problem]:
    """No loss of one feed or source leaves a row dark; under x-make-y none takes two feeds at once."""
    power = tree.power
    active = {feed.id for feed in active_feeds(power)}
    for state in loss_states(power):
        lost = [feed for feed in (f.id for f in power.feeds) if feed in state.lost & active]
        what = state.name if state.name.startswith("source ") else f"feed {state.name}"
        dark = [row for row in tree.hall.rows if state.lost.issuperset(row.feeds)]
        if dark:
            found = f"{power.redundancy}, but the loss of {what} leaves row {dark[0].id} without power"
            expected = f"a tree in which {power.redundancy} holds"
            hint = 'sources of its own for each feed, a second upstream (a generator), or redundancy "N"'
            yield tree.problem(("power", "redundancy"), found, expected, hint)
        elif power.redundancy in MAKES and len(lost) > 1:
            found = f"{power.redundancy}, but the loss of {what} takes feeds {' and '.join(lost)}"
            expected = "each active feed on a source of its own"
            yield tree.problem(("power", "redundancy"), found, expected)


Rule = Callable[[_Tree], Iterator[Problem]]
STEPS: tuple[tuple[Rule, ...], ...] = (
    (ids_are_told_apart, upstreams_exist, trees_have_no_loop),
    (rows_name_panels_on_their_feeds, ratings_shrink_downwards, panels_carry_what_stands, labels_have_their_feeds),
    (labels_hold_when_one_thing_is_lost,),
)
