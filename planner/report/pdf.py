"""The report as PDF: a Typst source rendered by Jinja, compiled without any system library, archived and tagged."""

from __future__ import annotations

import datetime
import re

from planner.paths import data_root
from planner.plan.document import plan_json
from planner.plan.schema import Plan
from planner.report import templating
from planner.report.blocks import Block, Depth, Fold, Report, at_depth
from planner.report.csv import bill_csv, cables_csv
from planner.report.drawings import palette
from planner.report.view.whole import report_of

STANDARDS = ["a-3a", "ua-1"]
_LONG = re.compile(r"[^\s\u200b]{21,}")
_BREAKS = re.compile(r"([/._?&=:,;+-])(?=[^\s])")


def soft(text: str) -> str:
    """The text with invisible places to break inside long words (addresses, hashes), so that no column overflows."""

    def opened(match: re.Match[str]) -> str:
        parts = _BREAKS.sub("\\1\u200b", match[0]).split("\u200b")
        return "\u200b".join(part[n : n + 20] for part in parts for n in range(0, len(part), 20))

    return _LONG.sub(opened, text)


class Targets:
    """Which ids exist in the report, and which have been placed already: a label may be placed only once."""

    def __init__(self, report: Report) -> None:
        self.known = {section.id for section in report.sections}
        for section in report.sections:
            for block in section.blocks:
                self.known.update(_ids(block))
        self.placed: set[str] = set()

    def goes(self, href: str) -> bool:
        """True when the link leads somewhere in this report."""
        return href.startswith("#") and href[1:] in self.known

    def fresh(self, id_: str) -> bool:
        """True the first time an id is placed."""
        if id_ in self.placed:
            return False
        self.placed.add(id_)
        return True


def _ids(block: Block | Fold) -> set[str]:
    found = {block.id} if hasattr(block, "id") else set()
    if block.kind == "gallery":
        found.update(figure.id for figure in block.figures)
    elif block.kind == "table":
        found.update(row.id for row in block.rows if row.id)
    elif block.kind == "callouts":
        found.update(item.id for item in block.items if item.id)
    elif block.kind == "fold":
        for inner in block.blocks:
            found.update(_ids(inner))
    return found


def render_typst(plan: Plan, depth: Depth = "full") -> str:
    """The Typst source of the report."""
    report = at_depth(report_of(plan), depth)
    targets = Targets(report)
    return templating.typst().get_template("typst/report.typ.j2").render(
        report=report, day=datetime.date.fromisoformat(plan.inputs.date), depth=depth, soft=soft, goes=targets.goes,
        fresh=targets.fresh, code=templating.Source, fill=lambda kind: palette.LIGHT[kind].fill,
    )  # fmt: skip


def render_pdf(plan: Plan, depth: Depth = "full") -> bytes:
    """The report as PDF/A-3 and PDF/UA-1 with the plan, the bill and the cable schedule attached.

    The same plan gives the same bytes: the document's date is the plan's, and only bundled fonts are used.
    """
    import typst

    day = datetime.date.fromisoformat(plan.inputs.date)
    attached = {"plan.json": plan_json(plan), "bom.csv": bill_csv(plan), "cables.csv": cables_csv(plan)}
    compiled = typst.compile(
        render_typst(plan, depth).encode(), format="pdf", ignore_system_fonts=True,
        font_paths=[str(data_root() / "templates" / "fonts")], sys_inputs=attached, pdf_standards=STANDARDS,
        timestamp=datetime.datetime.combine(day, datetime.time(), datetime.UTC),
    )  # fmt: skip
    if not isinstance(compiled, bytes):
        raise TypeError("typst returned no single document")
    return compiled
