"""A price book as a CSV file: product,unit,low,typical,high,currency,source,as_of[,valid_until,confidence,note]."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner import document
from planner.catalog.prices import PriceEntry, PriceFile
from planner.document import Mark
from planner.errors import Expected, InputError, Problem

REQUIRED = ("product", "typical", "currency", "source", "as_of")
COLUMNS = (
    "product", "unit", "basis", "includes", "low", "typical", "high", "currency", "source", "as_of", "valid_until",
    "confidence", "note",
)  # fmt: skip


def read_price_csv(path: Path) -> tuple[PriceFile, str, tuple[Mark, ...]]:
    """The price book in a CSV file, its hash, and the place of each entry's product (line, column number).

    Raises:
        InputError: unreadable, an unknown or missing column, a value that is no price; with line and column number.
    """
    text = document.read_text(path, "price book")
    name = str(path)
    rows = _rows(name, text)
    header = [word.strip() for word in rows[0][1]]
    problems = list(_header_problems(name, rows[0][0], header))
    if problems:
        raise InputError(problems)
    entries: list[PriceEntry] = []
    marks: list[Mark] = []
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            hint = "put text that holds a comma in quotes" if len(cells) > len(header) else ""
            found = f"{len(cells)} cells"
            problems.append(Problem(name, line, 1, "", found, f"{len(header)}, as in the header", hint))
            continue
        try:
            entries.append(PriceEntry.model_validate(_entry(header, cells)))
            marks.append(Mark(line, header.index("product") + 1))
        except (ValidationError, _NoPriceError) as error:
            problems.extend(_row_problems(name, line, header, cells, error))
    if not problems and not entries:
        problems.append(Problem(name, 1, 1, "", "a header without prices", "at least one row"))
    if problems:
        raise InputError(problems)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return PriceFile(schema="prices/v1", id=path.stem, entries=tuple(entries)), digest, tuple(marks)


def _rows(name: str, text: str) -> list[tuple[int, list[str]]]:
    """Every row that is not blank, with the line it ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(
            Problem(name, reader.line_num, 1, "", f"{error}", "CSV that parses", "check the quotes")
        ) from None


def _header_problems(name: str, line: int, header: list[str]) -> Iterator[Problem]:
    separators = [sign for sign in ";\t|" if len(header) == 1 and sign in header[0]]
    if separators:
        sign = "tabs" if separators[0] == "\t" else f'"{separators[0]}"'
        yield Problem(name, line, 1, "", f"columns separated by {sign}", "commas", "save the file with commas")
        return
    for column, word in enumerate(header, start=1):
        if word not in COLUMNS:
            hint = document.nearest(word, list(COLUMNS)) or f"known: {', '.join(COLUMNS)}"
            yield Problem(name, line, column, "", f'the column "{word}"', "a known column", hint)
        elif word in header[: column - 1]:
            yield Problem(name, line, column, "", f'the column "{word}" a second time', "each column once")
    for word in REQUIRED:
        if word not in header:
            yield Problem(name, line, 1, "", f'no column "{word}"', f"the columns {', '.join(REQUIRED)}")


def _entry(header: list[str], cells: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for word, cell in zip(header, cells, strict=True):
        value = cell.strip()
        if not value:
            continue
        if word in ("low", "typical", "high"):
            entry[word] = _price(word, value)
        elif word == "includes":
            entry[word] = tuple(part.strip() for part in value.split(";"))
        else:
            entry[word] = value
    return entry


class _NoPriceError(ValueError):
    def __init__(self, column: str, value: str) -> None:
        self.column, self.value = column, value
        super().__init__(f'"{value}"')


def _price(column: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise _NoPriceError(column, value) from None


def _row_problems(
    name: str, line: int, header: list[str], cells: list[str], error: ValidationError | _NoPriceError
) -> Iterator[Problem]:
    if isinstance(error, _NoPriceError):
        column = header.index(error.column) + 1
        hint = "write 485000 or 485000.00, without thousands separators or currency signs"
        yield Problem(name, line, column, error.column, f'"{error.value}"', "a price as a plain number", hint)
        return
    for fault in error.errors(include_url=False):
        cause = (fault.get("ctx") or {}).get("error")
        place = (*fault["loc"], *getattr(cause, "at", ()))
        word = str(place[0]) if place else ""
        column = header.index(word) + 1 if word in header else 1
        if isinstance(cause, Expected):
            yield Problem(name, line, column, word, cause.found, cause.expected, cause.hint)
        elif fault["type"] == "missing":
            yield Problem(name, line, column, word, "an empty cell", f'a value in the column "{word}"')
        else:
            found, expected = f'"{cells[column - 1].strip()}"', document.expectation(fault)
            yield Problem(name, line, column, word, found, expected)
