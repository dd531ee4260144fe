"""Tables as sheets of a workbook: one header row, tidy rows, a format for each column, ready to print."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from planner.errors import InputError
from planner.report.text import UNKNOWN

Kind = Literal["text", "wrapped", "count", "decimal", "share", "money", "unit-money", "date"]
Paper = Literal["A4", "A3"]

MOST_LETTERS = 32_767  # of a cell, as the format allows
PAPERS: dict[Paper, int] = {"A4": 9, "A3": 8}
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
    """One sheet; the filter covers all rows, or the first `filtered` where sums follow them."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value | Typed, ...], ...]
    filtered: int | None = None
    paper: Paper = "A4"

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
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
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
    made = {
        kind: book.add_format({"num_format": number, **top, "text_wrap": kind == "wrapped"})
        for kind, number in numbers.items()
    }
    made["right"] = book.add_format({"align": "right", **top})
    made["quoted"] = book.add_format({"quote_prefix": True, **top})
    made["header"] = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#E7ECF1", **top})
    return made


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        page.write_string(0, at, column.title, formats["header"])
    for down, row in enumerate(sheet.rows, start=1):
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            cell = value if isinstance(value, Typed) else Typed(value, column.kind)
            _write_cell(page, (down, at), cell, formats)
    last_row, last_column = len(sheet.rows), len(sheet.columns) - 1
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, last_row if sheet.filtered is None else sheet.filtered, last_column)
    page.set_landscape()
    page.set_paper(PAPERS[sheet.paper])
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.print_area(0, 0, last_row, last_column)
    page.set_footer("&L&A&RPage &P of &N")


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
