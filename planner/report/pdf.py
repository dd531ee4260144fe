"""The report as PDF: a Typst source rendered by Jinja, compiled without any system library, archived and tagged."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Literal

from planner.errors import InputError
from planner.paths import data_root
from planner.plan.document import plan_json
from planner.plan.schema import Plan
from planner.report import glyphs, templating
from planner.report.anchors import Targets
from planner.report.blocks import Depth, Note, Table
from planner.report.csv import bill_csv, cables_csv
from planner.report.drawings import metrics, palette
from planner.report.language import say, speaking
from planner.report.look import PLAIN, Logo, Look
from planner.report.view.origins import references
from planner.report.view.whole import report_at

if TYPE_CHECKING:
    import typst

STANDARDS: tuple[Literal["a-3a", "ua-1"], ...] = ("a-3a", "ua-1")
_LONG = re.compile(r"[^\s\u200b]{21,}")
PORTRAIT, LANDSCAPE = 510.0, 757.0  # points between the margins
SMALL, PLAIN_SIZE = 8.0, 8.5  # points of the figures in tables
NOTE_SIZE = 6.0  # points of the numbers that lead to the appendix
TABULAR = 1.05  # figures of equal width, as tables set them, are a little wider than the font's own
_BREAKS = re.compile(r"([/._?&=:,;+-])(?=[^\s])")


@dataclass(frozen=True)
class Attachment:
    """A file that the PDF carries: its name, what it is (`says` is a key of the catalogue) and its text."""

    name: str
    mime_type: str
    says: str
    text: str


def schedule(text: str) -> Attachment:
    """The port-to-port cable schedule, as `planner plan` writes it."""
    return Attachment("cables.csv", "text/csv", "attached.schedule", text)


def attachments(plan: Plan, more: Sequence[Attachment] = ()) -> tuple[Attachment, ...]:
    """What every PDF carries, and what it is given besides."""
    return (
        Attachment("plan.json", "application/json", "attached.plan", plan_json(plan)),
        Attachment("bom.csv", "text/csv", "attached.bill", bill_csv(plan)),
        Attachment("cable-counts.csv", "text/csv", "attached.cables", cables_csv(plan)),
        *more,
    )


def soft(text: str) -> str:
    """The text with invisible places to break inside long words (addresses, hashes), so that no column overflows."""

    def opened(match: re.Match[str]) -> str:
        parts = _BREAKS.sub("\\1\u200b", match[0]).split("\u200b")
        return "\u200b".join(part[n : n + 20] for part in parts for n in range(0, len(part), 20))

    return _LONG.sub(opened, text)


def size(table: Table) -> float:
    """Points of the text in a table."""
    return SMALL if table.small else PLAIN_SIZE


def widths(table: Table, wide: bool, notes: Mapping[str, Note]) -> list[float]:
    """Column widths in points: shares of the page by weight, but never narrower than a figure or a heading's word."""
    room = LANDSCAPE if wide else PORTRAIT
    least = [_least(table, index, size(table), notes) for index in range(len(table.columns))]
    fixed: set[int] = set()
    while True:
        free = [index for index in range(len(least)) if index not in fixed]
        share = (room - sum(least[index] for index in fixed)) / max(sum(table.columns[n].weight for n in free), 0.001)
        tight = {index for index in free if share * table.columns[index].weight < least[index]}
        if not tight:
            return [round(least[n] if n in fixed else share * table.columns[n].weight, 2) for n in range(len(least))]
        fixed |= tight
        if len(fixed) == len(least):
            return [round(room * entry / sum(least), 2) for entry in least]


def _least(table: Table, index: int, size: float, notes: Mapping[str, Note]) -> float:
    column = table.columns[index]
    behind = ",".join(mark for mark, _ in references(notes, column.origin))
    *before, last = (metrics.width(word, size, True) for word in column.title.split())
    words = max((*before, last + metrics.width(behind, NOTE_SIZE, False)))
    texts = {row.cells[index].text for row in table.rows}
    if column.right:
        parts = {entry for entry in texts if len(entry) <= 18}
    else:
        parts = {word for entry in texts for word in entry.split() if len(word) <= 14}
    widest = max((metrics.width(part, size, True) for part in parts), default=0.0)
    return max(words, widest) * TABULAR + 9.5


def render_typst(
    plan: Plan,
    depth: Depth = "full",
    look: Look = PLAIN,
    attached: Sequence[Attachment] = (),
    since: Plan | None = None,
) -> str:
    """The Typst source of the report."""
    with speaking(look.language):
        return _source(plan, depth, look, attached, since)


def _source(plan: Plan, depth: Depth, look: Look, attached: Sequence[Attachment], since: Plan | None = None) -> str:
    report = report_at(plan, depth, since)
    targets = Targets(report)
    turned = [False]

    def turn(wide: bool) -> templating.Source:
        turned[0] = wide
        return templating.Source("")

    with look.guarded():
        return (
            templating.typst(look.templates)
            .get_template("typst/report.typ.j2")
            .render(
                report=report,
                brand=look.brand,
                picture=picture,
                day=_day(plan),
                depth=depth,
                soft=soft,
                goes=targets.goes,
                fresh=targets.fresh,
                code=templating.Source,
                fill=lambda kind: palette.LIGHT[kind].fill,
                turn=turn,
                wide=lambda: turned[0],
                widths=partial(widths, notes=report.notes),
                size=size,
                refs=partial(references, report.notes),
                attachments=attached,
            )
        )


def picture(logo: Logo) -> templating.Source:
    """The logo's bytes in Typst, so that the document needs no file."""
    return templating.Source(f"bytes(({','.join(map(str, logo.content))}))")


def _day(plan: Plan) -> datetime.date:
    try:
        return datetime.date.fromisoformat(plan.inputs.date)
    except ValueError:
        raise InputError.of("inputs.date", f'"{plan.inputs.date}"', "a date such as 2027-06-30", file="plan") from None


def render_pdf(
    plan: Plan, depth: Depth = "full", more: Sequence[Attachment] = (), look: Look = PLAIN, since: Plan | None = None
) -> bytes:
    """The report as PDF/A-3 and PDF/UA-1 with the plan, the bill, the cable counts and `more` attached.

    The same plan gives the same bytes: the document's date is the plan's, and only bundled fonts are used.
    """
    import typst  # noqa: PLC0415 - 80 MB that only this output needs

    day = _day(plan)
    attached = attachments(plan, more)
    source = render_typst(plan, depth, look, attached, since)
    lost = glyphs.missing(source)
    inputs = {entry.name: entry.text for entry in attached}
    if lost:
        with speaking(look.language):
            inputs["replaced"] = say("page.replaced", n=len(lost), box=glyphs.BOX)
    with look.guarded():
        compiler = typst.Compiler(
            root=data_root() / "templates",  # so that no template reads a file elsewhere
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs=inputs,
        )
        compiled = compiler.compile(
            glyphs.without(source, lost).encode(),
            format="pdf",
            pdf_standards=list(STANDARDS),
            timestamp=datetime.datetime.combine(day, datetime.time(), datetime.UTC),
        )
    if not isinstance(compiled, bytes):
        raise TypeError("typst returned no single document")
    return compiled


@cache
def fonts() -> typst.Fonts:
    """The bundled fonts and no others, read once."""
    import typst  # noqa: PLC0415 - as above

    return typst.Fonts(include_system_fonts=False, font_paths=[data_root() / "templates" / "fonts"])
