"""What a report is made of. Both outputs print these blocks, so both say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from planner.report.drawings.canvas import Drawing

Tone = Literal["", "good", "warn", "bad", "info"]
Depth = Literal["summary", "brief", "full", "audit"]  # one page, two, about 15, about 40
DEPTHS: tuple[Depth, ...] = ("summary", "brief", "full", "audit")


@dataclass(frozen=True)
class Cell:
    """A table cell: its text, a second line, a link inside the report, a key for sorting, a tone with its word.

    `why` says where a number comes from; with `stop` the number is reached by the keyboard, otherwise by pointing only
    (its neighbour in the row says the same). `lang` and `sub_lang` are the languages of the two lines where they are
    not that of the report.
    """

    text: str
    sub: str = ""
    href: str = ""
    tone: Tone = ""
    sort: float | None = None
    title: str = ""
    why: str = ""
    stop: bool = True
    lang: str = ""
    sub_lang: str = ""


@dataclass(frozen=True)
class Column:
    """A column: `right` for figures; `weight` is its share of the width in print."""

    title: str
    right: bool = False
    weight: float = 1.0


@dataclass(frozen=True)
class Row:
    """A table row; `id` makes it a link target, `group` a heading above the first row of its group."""

    cells: tuple[Cell, ...]
    id: str = ""
    group: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A table; with `tools` a screen reader, mouse or key can search, filter and sort it."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    tools: bool = False
    note: str = ""
    small: bool = False
    depth: Depth = "full"
    kind: str = "table"


@dataclass(frozen=True)
class Figure:
    """A drawing under a title that states its point."""

    id: str
    title: str
    drawing: Drawing
    note: str = ""
    depth: Depth = "full"
    kind: str = "figure"


@dataclass(frozen=True)
class Gallery:
    """Drawings side by side, each with its own caption."""

    id: str
    figures: tuple[Figure, ...]
    legend: tuple[tuple[str, str, str], ...] = ()  # look, letter, words
    depth: Depth = "full"
    kind: str = "gallery"


@dataclass(frozen=True)
class Tile:
    """One headline figure."""

    label: str
    value: str
    note: str = ""
    tone: Tone = ""
    why: str = ""


@dataclass(frozen=True)
class Tiles:
    """The headline figures."""

    items: tuple[Tile, ...]
    depth: Depth = "summary"
    kind: str = "tiles"


@dataclass(frozen=True)
class Callout:
    """Something to notice: its tone in a word, a title, the text and where it belongs."""

    tone: Tone
    label: str
    title: str
    text: str
    href: str = ""
    id: str = ""
    lang: str = ""  # of the text, where it is not that of the report


@dataclass(frozen=True)
class Callouts:
    """Callouts one after another."""

    items: tuple[Callout, ...]
    depth: Depth = "full"
    kind: str = "callouts"


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    text: str
    depth: Depth = "full"
    kind: str = "prose"


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: str
    id: str
    depth: Depth = "full"
    kind: str = "heading"


@dataclass(frozen=True)
class Facts:
    """Names and values."""

    items: tuple[tuple[str, str], ...]
    depth: Depth = "full"
    kind: str = "facts"


Block = Table | Figure | Gallery | Tiles | Callouts | Prose | Heading | Facts


@dataclass(frozen=True)
class Fold:
    """Blocks that stay folded on screen until asked for."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    depth: Depth = "full"
    kind: str = "fold"


@dataclass(frozen=True)
class Section:
    """A chapter; `wide` turns its printed pages."""

    id: str
    title: str
    lead: str
    blocks: tuple[Block | Fold, ...]
    wide: bool = False
    depth: Depth = "full"


@dataclass(frozen=True)
class Report:
    """The whole report."""

    title: str
    subtitle: str
    date: str
    footer: str
    sections: tuple[Section, ...]
    meta: tuple[tuple[str, str], ...] = field(default_factory=tuple)


def at_depth(report: Report, depth: Depth) -> Report:
    """The report without what is deeper than asked for. Sections left without blocks go too."""
    most = DEPTHS.index(depth)
    sections = []
    for section in report.sections:
        blocks = tuple(block for block in section.blocks if DEPTHS.index(block.depth) <= most)
        if blocks and DEPTHS.index(section.depth) <= most:
            sections.append(Section(section.id, section.title, section.lead, blocks, section.wide, section.depth))
    return Report(report.title, report.subtitle, report.date, report.footer, tuple(sections), report.meta)
