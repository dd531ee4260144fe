"""The power tree of a hall as a one-line diagram: sources, feeds with their load in each state, rows of racks."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan.schema import FeedPlan, HallPower
from planner.report import text
from planner.report.drawings import sources
from planner.report.drawings.canvas import Drawing
from planner.report.language import say
from planner.report.lookup import Lookup

WIDE = 720.0
SOURCE_H, FEED_H, GROUP_H, PANELS_H = 30.0, 62.0, 50.0, 14.0
MOST_GROUPS = 8
PATHS = ("path-a", "path-b", "path-c")
DOTS = ("compute", "power", "storage")


@dataclass(frozen=True)
class Group:
    """Rows that hang on the same feeds, drawn as one box."""

    title: str
    racks: int
    design_w: int | None
    feeds: tuple[str, ...]
    panels: tuple[str, ...] = ()


def groups(hall: str, lookup: Lookup) -> list[Group]:
    """Racks by row, or by set of feeds when there are too many rows to draw."""
    by_row: dict[tuple[str, tuple[str, ...]], list[int | None]] = {}
    for rack in lookup.racks_of(hall):
        by_row.setdefault((rack.row, rack.feeds), []).append(lookup.pattern_of(rack).power_design_w)
    if len(by_row) <= MOST_GROUPS:
        panels = panels_of_rows(hall, lookup)
        return [
            Group(say("floor.row", row=row), len(loads), _sum(loads), feeds, panels.get(row, ()))
            for (row, feeds), loads in by_row.items()
        ]
    by_feeds: dict[tuple[str, ...], tuple[list[str], list[int | None]]] = {}
    for (row, feeds), loads in by_row.items():
        names, all_loads = by_feeds.setdefault(feeds, ([], []))
        names.append(row)
        all_loads.extend(loads)
    merged = [
        Group(say("oneline.rows", n=len(names), first=names[0], last=names[-1]), len(loads), _sum(loads), feeds)
        for feeds, (names, loads) in by_feeds.items()
    ]
    return merged[: MOST_GROUPS * 2]


def panels_of_rows(hall: str, lookup: Lookup) -> dict[str, tuple[str, ...]]:
    """The panels that each row hangs on, in the order of its feeds."""
    room = lookup.halls.get(hall)
    rows = room.rows if room is not None else ()
    return {row.id: tuple(row.panels[feed] for feed in row.feeds if feed in row.panels) for row in rows}


def _sum(loads: list[int | None]) -> int | None:
    return None if any(load is None for load in loads) else sum(load for load in loads if load is not None)


def normal(feed: FeedPlan) -> tuple[int, int] | None:
    """Load and limit when everything works."""
    return next(((s.load_w, s.continuous_w) for s in feed.states if s.lost == ""), None)


def worst(feed: FeedPlan) -> tuple[int, int, str] | None:
    """Load, limit and what is lost, in the worst state with a loss."""
    lost = [(s.load_w, s.continuous_w, s.lost) for s in feed.states if s.lost]
    return max(lost, key=lambda s: s[0] / max(s[1], 1), default=None)


def diagram(power: HallPower, lookup: Lookup) -> Drawing:
    """Sources above, feeds below them, rows at the foot; a dot where a feed meets its wire."""
    feeds, racks = list(power.feeds), groups(power.hall, lookup)
    listed = [node for node in power.nodes if node.level == "source"]
    most = max((len(layer) for layer in sources.layers(listed)), default=0)
    wide = max(WIDE, len(feeds) * 150.0, len(racks) * 90.0, most * (sources.BOX_W + 12))
    feed_top = sources.height(listed) if listed else 8 + SOURCE_H + 22
    bus_top = feed_top + FEED_H + 14
    foot = GROUP_H + PANELS_H * any(group.panels for group in racks)
    drawing = Drawing(wide, bus_top + 14 * len(feeds) + 26 + foot + 8, _alt(power, racks, lookup))
    place = _places(len(feeds), wide, 138.0)
    hall = lookup.halls.get(power.hall)
    stated = {feed.id: feed for feed in hall.power.feeds} if hall else {}
    behind = {name: feed.source or "" for name, feed in stated.items()}
    if listed:
        wires = [
            sources.Wires(f.feed, x, feed_top, (behind.get(f.feed, ""),)) for f, x in zip(feeds, place, strict=True)
        ]
        sources.draw(drawing, listed, wires, wide)
    for index, feed in enumerate(feeds):
        if not listed:
            _source(drawing, place[index], behind.get(feed.feed, ""), PATHS[index % len(PATHS)])
        catcher = feed.feed in stated and stated[feed.feed].role == "catcher"
        _feed(drawing, place[index], feed_top, feed, catcher=catcher)
    _buses(drawing, feeds, racks, place, bus_top, foot)
    return drawing


def _places(many: int, wide: float, box: float) -> list[float]:
    share = wide / max(many, 1)
    return (
        [share * (index + 0.5) for index in range(many)] if share >= box else [box / 2 + box * i for i in range(many)]
    )


def _source(drawing: Drawing, x: float, source: str, kind: str) -> None:
    name = say("oneline.source", source=source) if source else say("oneline.no-source")
    drawing.box(x - 66, 8, 132, SOURCE_H, "panel", name, 3)
    drawing.text(x, 8 + SOURCE_H / 2 + 3.4, name, 9.5, anchor="middle", kind="t-soft", room=124)
    drawing.line(kind, (x, 8 + SOURCE_H), (x, 8 + SOURCE_H + 22))


def _feed(drawing: Drawing, x: float, top: float, feed: FeedPlan, *, catcher: bool) -> None:
    usual, bad = normal(feed), worst(feed)
    capacity = text.power(feed.states[0].capacity_w if feed.states else None)
    drawing.box(x - 69, top, 138, FEED_H, "frame", say("power.feed", feed=feed.feed), 3)
    key = "oneline.catcher" if catcher else "oneline.feed"
    drawing.text(x, top + 15, say(key, feed=feed.feed, capacity=capacity), 10.5, anchor="middle", bold=True, room=130)
    if usual:
        words = f"{say('power.normal')} {text.power(usual[0])} ({text.percent(usual[0] / max(usual[1], 1), 0)})"
        drawing.text(x, top + 33, words, 9, anchor="middle", room=130)
    if bad:
        over = bad[0] > bad[1]
        lost = say("power.lost", lost=text.lost(bad[2]))
        words = f"{'! ' if over else ''}{lost} {text.power(bad[0])} ({text.percent(bad[0] / max(bad[1], 1), 0)})"
        drawing.text(x, top + 49, words, 9, anchor="middle", room=130, kind="t-bad" if over else "t-ink", bold=over)


def _buses(
    drawing: Drawing, feeds: list[FeedPlan], racks: list[Group], place: list[float], bus_top: float, tall: float
) -> None:
    foot = bus_top + 14 * len(feeds) + 26
    centres = _places(len(racks), drawing.width, 84.0)
    box = min(150.0, drawing.width / max(len(racks), 1) - 8)
    for index, feed in enumerate(feeds):
        kind = PATHS[index % len(PATHS)]
        y = bus_top + 14 * index
        spread = min(9.0, (box - 16) / max(len(feeds), 1))
        served = [
            centre + (index - (len(feeds) - 1) / 2) * spread
            for centre, group in zip(centres, racks, strict=True)
            if feed.feed in group.feeds
        ]
        if not served:
            continue  # a catcher: rows hang on the feeds that it stands in for
        ends = [*served, place[index]]
        drawing.line(kind, (place[index], bus_top - 14), (place[index], y))
        drawing.line(kind, (min(ends), y), (max(ends), y))
        for x in served:
            drawing.line(kind, (x, y), (x, foot))
            drawing.box(x - 2.5, y - 2.5, 5, 5, DOTS[index % len(DOTS)], radius=2.5)
    for centre, group in zip(centres, racks, strict=True):
        drawing.box(centre - box / 2, foot, box, tall, "panel", radius=3)
        drawing.text(centre, foot + 14, group.title, 9.5, anchor="middle", bold=True, room=box - 6)
        drawing.text(centre, foot + 28, text.counted("rack", group.racks), 9, anchor="middle", room=box - 6)
        drawing.text(centre, foot + 42, text.power(group.design_w), 9, anchor="middle", room=box - 6)
        drawing.text(centre, foot + 56, " + ".join(group.panels), 9, anchor="middle", room=box - 6)


def _alt(power: HallPower, racks: list[Group], lookup: Lookup) -> str:
    parts = []
    for feed in power.feeds:
        usual, bad = normal(feed), worst(feed)
        words = feed.feed
        if usual:
            words = say("oneline.carries", feed=feed.feed, load=text.power(usual[0]), limit=text.power(usual[1]))
        parts.append(words + (f"; {say('power.lost', lost=text.lost(bad[2]))}: {text.power(bad[0])}" if bad else ""))
    for node in power.nodes:
        usually = next((s for s in node.states if not s.lost), None)
        if node.level == "source" and usually is not None:
            kind, load = say(f"source-kind.{node.kind}"), text.power(usually.load_w)
            parts.append(say("oneline.source-carries", kind=kind, source=node.node, load=load))
    hung = (
        f"{group.title}: {text.counted('rack', group.racks)}, {' + '.join((*group.feeds, *group.panels))}"
        for group in racks
    )
    head = say("oneline.alt", hall=lookup.hall_name(power.hall), redundancy=power.redundancy)
    return f"{head}: {'; '.join(parts)}. {'; '.join(hung)}"
