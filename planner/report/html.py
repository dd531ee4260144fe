"""One self-contained page: no request to anywhere, readable without scripts, in light and dark, on screen and paper."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

from markupsafe import Markup

from planner import document
from planner.errors import InputError
from planner.paths import data_root
from planner.plan.schema import Plan
from planner.report import templating
from planner.report.anchors import Targets
from planner.report.blocks import Depth, Note, Origin
from planner.report.drawings import palette
from planner.report.language import speaking
from planner.report.look import PLAIN, Brand, Colours, Look
from planner.report.templating import FolderLoader
from planner.report.view.origins import references
from planner.report.view.whole import report_at

_DARK = (
    "--bg:#0c1116;--paper:#151c23;--ink:#e8edf3;--soft:#a7b3c1;--line:#323d49;--line2:#26303a;--link:#7db7ea;--head:#0a1a2a;"
    "--headink:#f2f6fa;--headsoft:#a9bccf;--good:#69d3b3;--goodbg:#11302a;--warn:#f5c97f;--warnbg:#33270f;--bad:#ff9d94;"
    "--badbg:#3a1a18;--info:#8ec2f0;--infobg:#13293d;--zebra:#1a222b;--field:#10161c;--mark:#ffe58a;color-scheme:dark"
)


def render_html(plan: Plan, depth: Depth = "audit", look: Look = PLAIN, since: Plan | None = None) -> str:
    """The report as one HTML page; with `since`, what changed since that plan too."""
    with speaking(look.language):
        return _page(plan, depth, look, since)


def _page(plan: Plan, depth: Depth, look: Look, since: Plan | None = None) -> str:
    report = report_at(plan, depth, since)
    headline = json.dumps(plan.headline.model_dump(mode="json"), sort_keys=True).replace("<", "\\u003c")
    targets, notes = Targets(report), Notes(report.notes)
    with look.guarded():
        page = templating.html(look.templates).get_template("html/report.html.j2")
        return (
            page.render(
                report=report,
                brand=look.brand,
                goes=targets.goes,
                fresh=targets.fresh,
                css=_css(look.templates) + _brand_css(look.brand),
                script=_asset("script.js", look.templates),
                version=plan.inputs.planner_version,
                headline=Markup(headline),
                said=notes.said,
                refs=partial(references, report.notes),
                notes=notes,
            )
            + "\n"
        )


class Notes:
    """What numbers of the page say about where they come from, each text once."""

    def __init__(self, origins: Mapping[str, Note]) -> None:
        self.origins = origins
        self.known: dict[str, int] = {}

    def said(self, origin: Origin, why: str = "") -> str:
        """The places in the list of a number's own words and of its origins: "12 3 7"."""
        words = [why] if why else []
        words += [_numbered(self.origins[key]) for key in origin]
        return " ".join(str(self.known.setdefault(entry, len(self.known))) for entry in words)

    @property
    def json(self) -> Markup:
        """The texts for the page's script."""
        return Markup(json.dumps(list(self.known), ensure_ascii=False).replace("<", "\\u003c"))


def _numbered(note: Note) -> str:
    return f"[{note.number}] {note.words}" if note.number else note.words


@cache
def _asset(name: str, folder: Path | None) -> Markup:
    """The style or the script of the page: a user's own, where their folder has one."""
    own = FolderLoader(folder).path_of(f"html/{name}") if folder else None
    file = own or data_root() / "templates" / "html" / name
    words = document.read_text(file, "template")
    if "</script" in words.lower() or "</style" in words.lower():
        raise InputError.of(name, "an end tag of its own element", "no </style or </script in it", file=str(file))
    return Markup(words)


@cache
def _css(folder: Path | None) -> Markup:
    dark = (
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{_DARK}}}"
        f"{palette.css('dark', ':root:not([data-theme=light]) .dr ')}}}"
        f"@media screen{{:root[data-theme=dark]{{{_DARK}}}{palette.css('dark', ':root[data-theme=dark] .dr ')}}}"
    )
    rules = str(_asset("style.css", folder)).replace("DARKVARS", palette.css("light", ".dr ") + dark)
    return Markup(_fonts() + rules)


def _brand_css(brand: Brand) -> Markup:
    """The house's colours in the light theme; the dark one keeps colours known to be readable on dark ground."""
    if brand.colours == Colours():
        return Markup("")
    head, accent = brand.colours.head, brand.colours.accent
    light = f"{{--link:{accent};--head:{head};--headsoft:#fff}}"
    system = f"@media (prefers-color-scheme:light){{:root:not([data-theme=dark]){light}}}"
    return Markup(f"{system}:root[data-theme=light]{light}")


def _fonts() -> str:
    faces = []
    for weight, name in ((400, "Regular"), (600, "SemiBold")):
        data = (data_root() / "templates" / "fonts" / f"Inter-{name}.woff2").read_bytes()
        source = f"url(data:font/woff2;base64,{base64.b64encode(data).decode()}) format('woff2')"
        faces.append(f"@font-face{{font-family:Inter;font-weight:{weight};font-style:normal;src:{source}}}")
    return "".join(faces)
