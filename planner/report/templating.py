"""The two Jinja environments: HTML and SVG escape what they print, Typst turns it into string literals."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
)
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from planner.paths import data_root
from planner.report.blocks import Row
from planner.report.drawings import palette
from planner.report.drawings.canvas import Drawing, printable
from planner.report.language import current, say

FIRST_ROWS = 200  # of a long table that a page draws at once

if TYPE_CHECKING:
    from collections.abc import Callable


class FolderLoader(FileSystemLoader):
    """Templates of a user's folder, never of a place outside it, not even through a link."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.root = folder.resolve()

    def path_of(self, name: str) -> Path | None:
        """A file of the folder; None where it has none of this name, or one that lies outside."""
        file = (self.root / name).resolve()
        return file if file.is_file() and file.is_relative_to(self.root) else None

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The template's text; one that lies outside counts as missing."""
        source, filename, fresh = super().get_source(environment, template)
        if not Path(filename).resolve().is_relative_to(self.root):
            raise TemplateNotFound(template)
        return source, filename, fresh


def loader(folder: Path | None) -> BaseLoader:
    """Ours; where a folder is given, its own come first and ours stay at hand under `base/`, to extend."""
    ours = FileSystemLoader(data_root() / "templates")
    return ours if folder is None else ChoiceLoader([FolderLoader(folder), ours, PrefixLoader({"base": ours})])


def coordinate(value: float) -> str:
    """12.50 -> "12.5", with at most two decimals."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written


class Source(str):
    """Typst source that is printed as it is: numbers of ours and template output, never text from data."""

    __slots__ = ()


def literal(value: str) -> Source:
    """Any text as a Typst string literal: shown letter by letter, never read as markup or code."""
    parts = []
    for character in value:
        if character in '\\"':
            parts.append(f"\\{character}")
        elif character in "\n\r\t":
            parts.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character])
        elif ord(character) < 32 or 0x7F <= ord(character) < 0xA0:
            parts.append(f"\\u{{{ord(character):x}}}")
        else:
            parts.append(character)
    return Source('"' + "".join(parts) + '"')


def _typst_value(value: object) -> object:
    """What an expression in a Typst template prints."""
    if isinstance(value, Source):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return coordinate(value)
    if isinstance(value, int):
        return str(value)
    return literal(str(value))


def grouped(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Rows that follow one another with the same group, together."""
    return [(group, list(members)) for group, members in groupby(rows, key=lambda row: row.group)]


@cache
def html(folder: Path | None = None) -> Environment:
    """Autoescaped, strict about names it does not know; sandboxed where a user brings templates."""
    environment = (Environment if folder is None else SandboxedEnvironment)(
        loader=loader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters["n"] = coordinate
    environment.filters["clean"] = printable
    environment.filters["groupby_run"] = grouped
    environment.globals |= {"svg": inline_svg, "say": say, "language": current, "FIRST_ROWS": FIRST_ROWS}
    return environment


@cache
def typst(folder: Path | None = None) -> Environment:
    """Delimiters that Typst does not use; every printed value becomes a literal. Sandboxed as above."""
    environment = (Environment if folder is None else SandboxedEnvironment)(
        loader=loader(folder),
        autoescape=False,
        undefined=StrictUndefined,
        finalize=_typst_value,
        trim_blocks=True,
        lstrip_blocks=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    environment.filters["groupby_run"] = grouped
    environment.globals |= {"svg": standalone_svg, "say": say, "language": current}
    return environment


def _print(drawing: Drawing, **more: Any) -> str:
    return html().get_template("svg/drawing.svg.j2").render(d=drawing, **more)


def inline_svg(drawing: Drawing) -> Markup:
    """The drawing for a page that carries the rules of `palette.css`."""
    return Markup(_print(drawing, alone=False))


def standalone_svg(drawing: Drawing, ground: str = "", scale: float = 1, margin: int = 0) -> str:
    """The drawing as a file of its own, in the light theme."""
    css = Markup(palette.css("light"))
    return _print(drawing, alone=True, css=css, ground=ground, scale=scale, margin=margin)
