"""Bars from zero, ranges and shares, each with its figure beside it."""

from __future__ import annotations

from dataclasses import dataclass

from planner.report.drawings import metrics
from planner.report.drawings.canvas import Drawing, stacked
from planner.report.drawings.rack import legend

WIDE = 720.0


@dataclass(frozen=True)
class Bar:
    """One bar: a load against its limit, in the unit of the whole chart."""

    label: str
    value: float
    limit: float
    words: str  # the figures, as text
    kind: str = "compute"
    mark: float | None = None  # a second limit, drawn as a line
    group: str = ""  # a heading printed above the first bar of the group


def bars(entries: list[Bar], alt: str, wide: float = WIDE) -> Drawing:
    """Loads on tracks as long as their limits, all on one scale; over the limit is told in red and in words."""
    left = min(230.0, max((metrics.width(e.label, 10) for e in entries), default=60) + 14)
    right = min(300.0, max((metrics.width(e.words, 10) for e in entries), default=60) + 12)
    room = wide - left - right
    most = max((max(e.value, e.limit) for e in entries), default=1) or 1
    groups = len({e.group for e in entries if e.group})
    drawing = Drawing(wide, 8 + 22.0 * len(entries) + 22 * groups, alt)
    y, group = 4.0, ""
    for entry in entries:
        if entry.group and entry.group != group:
            drawing.text(0, y + 15, entry.group, 10.5, bold=True, room=wide)
            y, group = y + 22, entry.group
        over = entry.value > entry.limit
        drawing.text(left - 10, y + 15, entry.label, 10, anchor="end", room=left - 10)
        drawing.box(left, y + 4, room * entry.limit / most, 15, "track", radius=2)
        drawing.box(left, y + 4, room * entry.value / most, 15, "over" if over else entry.kind, entry.words, 2)
        if entry.mark is not None and entry.mark != entry.limit:
            at = left + room * entry.mark / most
            drawing.line("limit", (at, y + 1), (at, y + 22))
        drawing.text(
            wide - right + 10, y + 15, entry.words, 10, room=right - 10, kind="t-bad" if over else "t-ink", bold=over
        )
        y += 22
    return drawing


@dataclass(frozen=True)
class Span:
    """A range with its middle; None where nothing is known."""

    label: str
    low: float | None
    middle: float | None
    high: float | None
    words: str
    strong: bool = False


def ranges(entries: list[Span], alt: str, wide: float = WIDE) -> Drawing:
    """Low to high as a band, the typical value as a mark, on one scale from zero."""
    left = min(230.0, max((metrics.width(e.label, 10, e.strong) for e in entries), default=60) + 14)
    right = min(290.0, max((metrics.width(e.words, 10, e.strong) for e in entries), default=60) + 12)
    room = wide - left - right
    most = max((e.high or 0 for e in entries), default=1) or 1
    drawing = Drawing(wide, 8 + 26.0 * len(entries), alt)
    drawing.line("axis", (left, 4), (left, drawing.height - 4))
    for index, entry in enumerate(entries):
        y = 4 + 26.0 * index
        drawing.text(left - 10, y + 16, entry.label, 10, anchor="end", bold=entry.strong, room=left - 10)
        drawing.text(
            wide - right + 10,
            y + 16,
            entry.words,
            10,
            room=right - 10,
            bold=entry.strong,
            kind="t-ink" if entry.middle is not None else "t-soft",
        )
        if entry.low is None or entry.middle is None or entry.high is None:
            continue
        start, middle, end = (left + room * v / most for v in (entry.low, entry.middle, entry.high))
        drawing.box(left, y + 5, start - left, 16, "compute" if entry.strong else "heat3", entry.words)
        drawing.box(start, y + 5, max(end - start, 1), 16, "range", entry.words)
        drawing.line("mark", (middle, y + 2), (middle, y + 24))
    return drawing


def shares(entries: list[tuple[str, str, float, str]], alt: str, wide: float = WIDE) -> Drawing:
    """One bar cut into parts: (look, name, share, words). Every part is named below, also the small ones."""
    drawing = Drawing(wide, 54, alt)
    known = [entry for entry in entries if entry[2] > 0]
    for (kind, _, share, words), (start, end) in zip(known, stacked([e[2] for e in known]), strict=True):
        drawing.box(start * wide, 4, max((end - start) * wide, 1), 22, kind, words)
        if metrics.width(words, 9.5, True) + 8 < share * wide:
            drawing.text(start * wide + 5, 19, words, 9.5, bold=True, kind=f"on-{kind}")
    legend(drawing, 0, 44, [(kind, f"{name} {words}") for kind, name, _, words in entries])
    return drawing


def tornado(entries: list[tuple[str, float, float, str]], alt: str, wide: float = WIDE) -> Drawing:
    """How far each part can move the total down and up: (name, down, up, words), the largest first."""
    left = min(230.0, max((metrics.width(e[0], 10) for e in entries), default=60) + 14)
    right = min(260.0, max((metrics.width(e[3], 10) for e in entries), default=60) + 12)
    room = (wide - left - right) / 2
    most = max((max(abs(down), abs(up)) for _, down, up, _ in entries), default=1) or 1
    zero = left + room
    drawing = Drawing(wide, 8 + 24.0 * len(entries), alt)
    for index, (name, down, up, words) in enumerate(entries):
        y = 4 + 24.0 * index
        drawing.text(left - 10, y + 15, name, 10, anchor="end", room=left - 10)
        drawing.box(zero - room * abs(down) / most, y + 4, room * abs(down) / most, 15, "range", words)
        drawing.box(zero, y + 4, room * abs(up) / most, 15, "heat4", words)
        drawing.text(wide - right + 10, y + 15, words, 10, room=right - 10)
    drawing.line("mark", (zero, 0), (zero, drawing.height))
    return drawing
