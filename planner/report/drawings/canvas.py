"""A drawing: placed boxes, lines and texts.

One unit prints as 0.25 mm: 720 units fill a portrait page, 1,068 a landscape one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from planner.report.drawings import metrics

Anchor = Literal["start", "middle", "end"]
SMALLEST = 8.5  # units: 6 pt in print


@dataclass(frozen=True)
class Box:
    """A rectangle. `kind` is its look (see `palette`), `title` what a pointer on it shows."""

    x: float
    y: float
    w: float
    h: float
    kind: str
    title: str = ""
    radius: float = 0
    href: str = ""


@dataclass(frozen=True)
class Line:
    """Straight pieces from point to point."""

    points: tuple[tuple[float, float], ...]
    kind: str


@dataclass(frozen=True)
class Ribbon:
    """A band from a vertical edge at the left to one at the right."""

    x0: float
    y0: float
    x1: float
    y1: float
    h0: float
    h1: float
    kind: str
    title: str = ""


@dataclass(frozen=True)
class Text:
    """One line of text on its baseline. `room` is the width it must keep to."""

    x: float
    y: float
    content: str
    size: float
    anchor: Anchor = "start"
    bold: bool = False
    kind: str = "t-ink"
    room: float | None = None

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom, by the font's own widths."""
        wide = metrics.width(self.content, self.size, self.bold)
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return left, self.y - metrics.ASCENT * self.size, left + wide, self.y + metrics.DESCENT * self.size


Item = Box | Line | Ribbon | Text


@dataclass
class Drawing:
    """What is placed so far. `alt` says in words what the picture shows."""

    width: float
    height: float
    alt: str
    items: list[Item] = field(default_factory=list)

    def box(
        self, x: float, y: float, w: float, h: float, kind: str, title: str = "", radius: float = 0, href: str = ""
    ) -> None:
        """Places a rectangle; nothing is drawn of one without width or height."""
        if w > 0 and h > 0:
            self.items.append(Box(x, y, w, h, kind, printable(title), radius, href))

    def line(self, kind: str, *points: tuple[float, float]) -> None:
        """Places straight pieces."""
        self.items.append(Line(points, kind))

    def text(
        self,
        x: float,
        y: float,
        content: str,
        size: float = 10,
        *,
        anchor: Anchor = "start",
        bold: bool = False,
        kind: str = "t-ink",
        room: float | None = None,
        least: float = SMALLEST,
    ) -> None:
        """Places a line of text, made to fit `room` when it is given."""
        content = printable(content)
        if room is not None:
            content, size = metrics.fit(content, room, size, min(size, least), bold)
        if content:
            self.items.append(Text(x, y, content, size, anchor, bold, kind, room))

    @property
    def linked(self) -> bool:
        """True when a part of the drawing is a link."""
        return any(isinstance(item, Box) and item.href for item in self.items)

    def texts(self) -> list[Text]:
        """Every text placed."""
        return [item for item in self.items if isinstance(item, Text)]


def printable(text: str) -> str:
    """The text on one line; characters that XML refuses become the replacement character."""
    return "".join(c if c.isprintable() or c == " " else "\ufffd" for c in " ".join(text.split()))


def faults(drawing: Drawing) -> list[str]:
    """What is wrong with a drawing: text outside the picture or its room, text on text, text too small to print."""
    found = []
    texts = drawing.texts()
    for text in texts:
        left, top, right, bottom = text.bounds()
        if left < -0.5 or top < -0.5 or right > drawing.width + 0.5 or bottom > drawing.height + 0.5:
            found.append(f'"{text.content}" leaves the picture')
        if text.room is not None and right - left > text.room + 0.5:
            found.append(f'"{text.content}" is wider than its room')
        if text.size < SMALLEST - 0.01:
            found.append(f'"{text.content}" is too small to print')
    return found + [f'"{a.content}" lies on "{b.content}"' for a, b in _overlaps(texts)]


def _overlaps(texts: list[Text]) -> list[tuple[Text, Text]]:
    boxes = sorted(((text.bounds(), text) for text in texts), key=lambda pair: pair[0])
    found = []
    for index, (one, text) in enumerate(boxes):
        for two, other in boxes[index + 1 :]:
            if two[0] >= one[2] - 0.2:
                break
            if min(one[3], two[3]) - max(one[1], two[1]) > 0.6:
                found.append((text, other))
    return found


def stacked(shares: list[float]) -> list[tuple[float, float]]:
    """Start and end of each share when they follow one another."""
    edges = [0.0]
    for share in shares:
        edges.append(edges[-1] + share)
    return list(pairwise(edges))
