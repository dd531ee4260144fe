"""Tables as sheets of a workbook: one header row, tidy rows, a format for each column, ready to print."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from textwrap import wrap
from typing import Any, Final, Literal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from planner.errors import InputError
from planner.report.text import UNKNOWN

Kind = Literal["text", "wrapped", "count", "decimal", "share", "money", "unit-money", "date"]
Paper = Literal["A4", "A3"]

MOST_LETTERS = 32_767  # of a cell, as the format allows
PAPERS: dict[Paper, int] = {"A4": 9, "A3": 8}
ACROSS: dict[Paper, float] = {"A4": 11.69, "A3": 16.54}  # inches of a sheet on its side
MARGIN = 0.4  # inches
SLACK = 1.1  # programs differ in how wide they draw a column
FONT, LEAST_FONT = 10.0, 7.0  # points of the letters: in cells, and the smallest in print
LINE = 13.5  # points of one line of a row
NARROW = 1.15  # letters that the room of one digit holds, on average
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff\x00]")


class Blank:
    """A cell that is left empty for the reader to fill."""


BLANK: Final = Blank()


@dataclass(frozen=True)
class Formula:
    """What the spreadsheet computes, and what that is today, for readers that do not compute."""

    expression: str
    value: int | float | str


Value = str | int | float | bool | Blank | Formula | None  # None is unknown and is written as the word


@dataclass(frozen=True)
class Typed:
    """A value with a format of its own, in a column of mixed figures."""

    value: Value
    kind: Kind


@dataclass(frozen=True)
class Column:
    """One column: its width is in characters."""

    title: str
    kind: Kind = "text"
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """One sheet; the filter covers all rows, or the first `filtered` where sums follow them.

    It prints as wide as a page. A sheet too wide for that begins a new page at the columns `pages_at`, each with the
    first `repeated` columns.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value | Typed, ...], ...]
    filtered: int | None = None
    pages_at: tuple[str, ...] = ()
    repeated: int = 0

    def letter(self, title: str) -> str:
        """The letter of the column of that title."""
        return str(xl_col_to_name([column.title for column in self.columns].index(title)))


def workbook_bytes(sheets: tuple[Sheet, ...], currency: str, title: str, day: str) -> bytes:
    """The workbook. Nothing in it but `day` says when it was made, so that equal sheets give equal bytes.

    Raises:
        InputError: `day` is no ISO date.
    """
    created = day_of(day)
    if created is None:
        raise InputError.of("inputs.date", f'"{day}"', "a date such as 2026-11-21", file="plan")
    out = io.BytesIO()
    letters = {"font_name": "Arial", "font_size": FONT}  # a font of the same width is everywhere
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, {**options, "default_format_properties": letters})
    book.set_properties({"title": plain(title), "created": created})
    formats = _formats(book, currency)
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.name), sheet, formats)
    book.close()
    return out.getvalue()


def day_of(text: str) -> datetime | None:
    """The midnight of an ISO date that a spreadsheet can hold (they count from 1900); None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, datetime.min.time()) if day.year > 1900 else None


def plain(text: str) -> str:
    """Text that a cell can hold: what XML has no place for is replaced, what is too long ends in an ellipsis."""
    held = NOT_IN_XML.sub("\ufffd", text)
    return held if len(held) <= MOST_LETTERS else held[: MOST_LETTERS - 2] + " …"


def _formats(book: Any, currency: str) -> dict[str, Any]:
    code = re.sub("[^A-Za-z]", "", currency)
    money = f"[${code}] " if code else ""
    numbers = {
        "text": "General",
        "wrapped": "General",
        "count": "#,##0",
        "decimal": "General",
        "share": "0.00######%",
        "money": f"{money}#,##0",
        "unit-money": f"{money}#,##0.00##",
        "date": "yyyy-mm-dd",
    }
    top = {"valign": "top"}
    words: dict[str, dict[str, Any]] = {"text": {"indent": 1}, "wrapped": {"indent": 1, "text_wrap": True}}
    made = {
        kind: book.add_format({"num_format": number, **top, **words.get(kind, {})}) for kind, number in numbers.items()
    }
    made["right"] = book.add_format({"align": "right", **top})
    made["quoted"] = book.add_format({"quote_prefix": True, "indent": 1, **top})
    made["header"] = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#E7ECF1", **top})
    return made


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page.set_row(0, LINE * max(_wrapped(column.title, column.width) for column in sheet.columns))
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        page.write_string(0, at, column.title, formats["header"])
    for down, row in enumerate(sheet.rows, start=1):
        page.set_row(down, LINE * _lines(sheet.columns, row))
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            cell = value if isinstance(value, Typed) else Typed(value, column.kind)
            _write_cell(page, (down, at), cell, formats)
    last_row, last_column = len(sheet.rows), len(sheet.columns) - 1
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, last_row if sheet.filtered is None else sheet.filtered, last_column)
    _print_as(page, sheet)
    page.repeat_rows(0)
    page.print_area(0, 0, last_row, last_column)
    page.set_footer("&L&A&RPage &P of &N")


def _lines(columns: tuple[Column, ...], row: tuple[Value | Typed, ...]) -> int:
    """Lines that the longest wrapped text of a row takes: not every program sets the height of rows when it opens."""
    cells = zip(columns, row, strict=True)
    return max((_wrapped(v, c.width) for c, v in cells if c.kind == "wrapped" and isinstance(v, str)), default=1)


def _wrapped(words: str, width: int) -> int:
    return max(1, len(wrap(words, int(NARROW * width))))


def _print_as(page: Any, sheet: Sheet) -> None:
    """On its side, on the smallest paper on which the letters can be read."""
    page.set_landscape()
    page.set_margins(left=MARGIN, right=MARGIN)
    widest = max(_inches(part) for part in _parts(sheet))
    paper: Paper = "A4" if _scale(widest, "A4") * FONT >= LEAST_FONT else "A3"
    page.set_paper(PAPERS[paper])
    if not sheet.pages_at:
        page.fit_to_pages(1, 0)
        return
    titles = [column.title for column in sheet.columns]
    page.set_v_pagebreaks([titles.index(title) for title in sheet.pages_at])
    page.repeat_columns(0, sheet.repeated - 1)
    page.set_print_scale(int(100 * _scale(widest, paper)))


def _scale(inches: float, paper: Paper) -> float:
    return min(1.0, (ACROSS[paper] - 2 * MARGIN) / inches / SLACK)


def _inches(columns: tuple[Column, ...]) -> float:
    """Seven pixels a character and five around, 96 to the inch."""
    return sum(7 * column.width + 5 for column in columns) / 96


def _parts(sheet: Sheet) -> list[tuple[Column, ...]]:
    """The columns of each page, from left to right."""
    titles = [column.title for column in sheet.columns]
    cuts = [0, *(titles.index(title) for title in sheet.pages_at), len(titles)]
    first, *rest = (sheet.columns[low:high] for low, high in pairwise(cuts))
    return [first, *(sheet.columns[: sheet.repeated] + part for part in rest)]


def _write_cell(page: Any, at: tuple[int, int], cell: Typed, formats: dict[str, Any]) -> None:
    value, look = cell.value, formats[cell.kind]
    if isinstance(value, Blank):
        page.write_blank(*at, None, look)
    elif isinstance(value, Formula):
        page.write_formula(*at, value.expression, look, value.value)
    elif value is None:
        page.write_string(*at, UNKNOWN, look if cell.kind in {"text", "wrapped"} else formats["right"])
    elif isinstance(value, bool):
        page.write_string(*at, "yes" if value else "no", look)
    elif isinstance(value, int | float):
        page.write_number(*at, value, look)
    else:
        _write_text(page, at, value, cell.kind, formats)


def _write_text(page: Any, at: tuple[int, int], value: str, kind: Kind, formats: dict[str, Any]) -> None:
    """Text stays text: as it is written, and when someone edits the cell and leaves it again."""
    day = day_of(value) if kind == "date" else None
    if day is not None:
        page.write_datetime(*at, day, formats["date"])
        return
    page.write_string(*at, plain(value), formats["quoted" if value.startswith(FORMULA_STARTS) else kind])
