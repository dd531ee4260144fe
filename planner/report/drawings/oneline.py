"""The power tree of a hall as a one-line diagram: sources, feeds with their load in each state, rows of racks."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan.schema import FeedPlan, HallPower
from planner.report import text
from planner.report.drawings.canvas import Drawing
from planner.report.language import say
from planner.report.lookup import Lookup

WIDE = 720.0
SOURCE_H, FEED_H, GROUP_H = 30.0, 62.0, 50.0
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


def groups(hall: str, lookup: Lookup) -> list[Group]:
    """Racks by row, or by set of feeds when there are too many rows to draw."""
    by_row: dict[tuple[str, tuple[str, ...]], list[int | None]] = {}
    for rack in lookup.racks_of(hall):
        by_row.setdefault((rack.row, rack.feeds), []).append(lookup.pattern_of(rack).power_design_w)
    if len(by_row) <= MOST_GROUPS:
        return [
            Group(say("floor.row", row=row), len(loads), _sum(loads), feeds) for (row, feeds), loads in by_row.items()
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
    wide = max(WIDE, len(feeds) * 150.0, len(racks) * 90.0)
    hall = lookup.halls.get(power.hall)
    sources = {feed.id: feed.source or "" for feed in hall.power.feeds} if hall else {}
    bus_top = 8 + SOURCE_H + 22 + FEED_H + 14
    drawing = Drawing(wide, bus_top + 14 * len(feeds) + 26 + GROUP_H + 8, _alt(power, racks, lookup))
    place = _places(len(feeds), wide, 138.0)
    for index, feed in enumerate(feeds):
        kind = PATHS[index % len(PATHS)]
        source = sources.get(feed.feed, "")
        _source(
            drawing, place[index], say("oneline.source", source=source) if source else say("oneline.no-source"), kind
        )
        _feed(drawing, place[index], feed)
    _buses(drawing, feeds, racks, place, bus_top, wide)
    return drawing


def _places(many: int, wide: float, box: float) -> list[float]:
    share = wide / max(many, 1)
    return (
        [share * (index + 0.5) for index in range(many)] if share >= box else [box / 2 + box * i for i in range(many)]
    )


def _source(drawing: Drawing, x: float, name: str, kind: str) -> None:
    drawing.box(x - 66, 8, 132, SOURCE_H, "panel", name, 3)
    drawing.text(x, 8 + SOURCE_H / 2 + 3.4, name, 9.5, anchor="middle", kind="t-soft", room=124)
    drawing.line(kind, (x, 8 + SOURCE_H), (x, 8 + SOURCE_H + 22))


def _feed(drawing: Drawing, x: float, feed: FeedPlan) -> None:
    top = 8 + SOURCE_H + 22
    usual, bad = normal(feed), worst(feed)
    capacity = text.power(feed.states[0].capacity_w if feed.states else None)
    drawing.box(x - 69, top, 138, FEED_H, "frame", say("power.feed", feed=feed.feed), 3)
    drawing.text(
        x, top + 15, say("oneline.feed", feed=feed.feed, capacity=capacity), 10.5, anchor="middle", bold=True, room=130
    )
    if usual:
        words = f"{say('power.normal')} {text.power(usual[0])} ({text.percent(usual[0] / max(usual[1], 1), 0)})"
        drawing.text(x, top + 33, words, 9, anchor="middle", room=130)
    if bad:
        over = bad[0] > bad[1]
        lost = say("power.lost", lost=bad[2])
        words = f"{'! ' if over else ''}{lost} {text.power(bad[0])} ({text.percent(bad[0] / max(bad[1], 1), 0)})"
        drawing.text(x, top + 49, words, 9, anchor="middle", room=130, kind="t-bad" if over else "t-ink", bold=over)


def _buses(
    drawing: Drawing, feeds: list[FeedPlan], racks: list[Group], place: list[float], bus_top: float, wide: float
) -> None:
    foot = bus_top + 14 * len(feeds) + 26
    centres = _places(len(racks), wide, 84.0)
    box = min(150.0, wide / max(len(racks), 1) - 8)
    for index, feed in enumerate(feeds):
        kind = PATHS[index % len(PATHS)]
        y = bus_top + 14 * index
        spread = min(9.0, (box - 16) / max(len(feeds), 1))
        served = [
            centre + (index - (len(feeds) - 1) / 2) * spread
            for centre, group in zip(centres, racks, strict=True)
            if feed.feed in group.feeds
        ]
        ends = [*served, place[index]]
        drawing.line(kind, (place[index], 8 + SOURCE_H + 22 + FEED_H), (place[index], y))
        drawing.line(kind, (min(ends), y), (max(ends), y))
        for x in served:
            drawing.line(kind, (x, y), (x, foot))
            drawing.box(x - 2.5, y - 2.5, 5, 5, DOTS[index % len(DOTS)], radius=2.5)
    for centre, group in zip(centres, racks, strict=True):
        drawing.box(centre - box / 2, foot, box, GROUP_H, "panel", radius=3)
        drawing.text(centre, foot + 14, group.title, 9.5, anchor="middle", bold=True, room=box - 6)
        drawing.text(centre, foot + 28, text.counted("rack", group.racks), 9, anchor="middle", room=box - 6)
        drawing.text(centre, foot + 42, text.power(group.design_w), 9, anchor="middle", room=box - 6)


def _alt(power: HallPower, racks: list[Group], lookup: Lookup) -> str:
    parts = []
    for feed in power.feeds:
        usual, bad = normal(feed), worst(feed)
        words = feed.feed
        if usual:
            words = say("oneline.carries", feed=feed.feed, load=text.power(usual[0]), limit=text.power(usual[1]))
        parts.append(words + (f"; {say('power.lost', lost=bad[2])}: {text.power(bad[0])}" if bad else ""))
    hung = (f"{group.title}: {text.counted('rack', group.racks)}, {' + '.join(group.feeds)}" for group in racks)
    head = say("oneline.alt", hall=lookup.hall_name(power.hall), redundancy=power.redundancy)
    return f"{head}: {'; '.join(parts)}. {'; '.join(hung)}"
