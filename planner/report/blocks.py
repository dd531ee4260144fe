"""What a report is made of. Both outputs print these blocks, so both say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from planner.report.drawings.canvas import Drawing

Tone = Literal["", "good", "warn", "bad", "info"]
Depth = Literal["summary", "brief", "full", "audit"]  # one page, two, about 15, about 40
DEPTHS: tuple[Depth, ...] = ("summary", "brief", "full", "audit")
Origin = tuple[str, ...]  # where a number comes from: ids that `planner.report.view.origins` knows


@dataclass(frozen=True)
class Cell:
    """A table cell: its text, a second line, a link inside the report, a key for sorting, a tone with its word.

    `why` says more of where a number comes from than its `origin`, which stands in the appendix; with `stop` the number
    is reached by the keyboard, otherwise by pointing only (its neighbour in the row says the same).
    `lang` and `sub_lang` are the languages of the two lines where they are not that of the report.
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
    origin: Origin = ()


@dataclass(frozen=True)
class Column:
    """A column: `right` for figures; `weight` is its share of the width in print; `origin` that of all its figures."""

    title: str
    right: bool = False
    weight: float = 1.0
    origin: Origin = ()


@dataclass(frozen=True)
class Row:
    """A table row; `id` makes it a link target, `group` a heading above the first row of its group.

    What its figures rest on besides the origin of their columns is its `origin`.
    """

    cells: tuple[Cell, ...]
    id: str = ""
    group: str = ""
    strong: bool = False
    origin: Origin = ()


@dataclass(frozen=True)
class Table:
    """A table; with `tools` a screen reader, mouse or key can search, filter and sort it.

    Its `origin` is that of figures in columns that have none of their own.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    tools: bool = False
    note: str = ""
    small: bool = False
    depth: Depth = "full"
    kind: str = "table"
    origin: Origin = ()


@dataclass(frozen=True)
class Figure:
    """A drawing under a title that states its point."""

    id: str
    title: str
    drawing: Drawing
    note: str = ""
    depth: Depth = "full"
    kind: str = "figure"
    origin: Origin = ()


@dataclass(frozen=True)
class Beside:
    """Two figures side by side where the page is wide enough, to be compared."""

    figures: tuple[Figure, Figure]
    depth: Depth = "full"
    kind: str = "beside"


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
    origin: Origin = ()


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


class Pair(NamedTuple):
    """A name and its value."""

    name: str
    value: str
    origin: Origin = ()


@dataclass(frozen=True)
class Facts:
    """Names and values."""

    items: tuple[Pair, ...]
    depth: Depth = "full"
    kind: str = "facts"


@dataclass(frozen=True)
class Reference:
    """An entry of the appendix: what a number is, who says so, and what it rests on itself."""

    number: int
    what: str
    source: str
    rests: str = ""
    href: str = ""

    @property
    def id(self) -> str:
        """Where numbers point to."""
        return f"origin-{self.number}"


@dataclass(frozen=True)
class References:
    """The appendix, by family."""

    id: str
    groups: tuple[tuple[str, tuple[Reference, ...]], ...]
    depth: Depth = "full"
    kind: str = "references"


Block = Table | Figure | Beside | Gallery | Tiles | Callouts | Prose | Heading | Facts | References


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


class Note(NamedTuple):
    """What an origin says, and its number in the appendix; 0 where the report has no appendix."""

    number: int
    words: str


@dataclass(frozen=True)
class Report:
    """The whole report; `notes` has every origin that its blocks name."""

    title: str
    subtitle: str
    date: str
    footer: str
    sections: tuple[Section, ...]
    notes: Mapping[str, Note] = field(default_factory=dict)


def at_depth(report: Report, depth: Depth) -> Report:
    """The report without what is deeper than asked for. Sections left without blocks go too."""
    most = DEPTHS.index(depth)
    sections = []
    for section in report.sections:
        blocks = tuple(block for block in section.blocks if DEPTHS.index(block.depth) <= most)
        blocks = tuple(_figures_at(block, most) if isinstance(block, Gallery) else block for block in blocks)
        if blocks and DEPTHS.index(section.depth) <= most:
            sections.append(replace(section, blocks=blocks))
    return replace(report, sections=tuple(sections))


def _figures_at(gallery: Gallery, most: int) -> Gallery:
    return replace(gallery, figures=tuple(f for f in gallery.figures if DEPTHS.index(f.depth) <= most))
