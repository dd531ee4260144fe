"""A price book as a CSV file: product,unit,low,typical,high,currency,source,as_of[,valid_until,confidence,note]."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner import document
from planner.catalog.prices import PriceEntry, PriceFile
from planner.errors import InputError, Problem

REQUIRED = ("product", "typical", "currency", "source", "as_of")
COLUMNS = (
    "product", "unit", "basis", "includes", "low", "typical", "high", "currency", "source", "as_of", "valid_until",
    "confidence", "note",
)  # fmt: skip


def read_price_csv(path: Path) -> tuple[PriceFile, str]:
    """The price book in a CSV file and its hash.

    Raises:
        InputError: unreadable, an unknown or missing column, a value that is no price; with line and column number.
    """
    text = document.read_text(path, "price book")
    rows = csv.reader(text.splitlines())
    header = [name.strip() for name in next(rows)]
    problems = list(_header_problems(str(path), header))
    if problems:
        raise InputError(problems)
    entries: list[PriceEntry] = []
    for line, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.append(Problem(str(path), line, 1, "", f"{len(cells)} cells", f"{len(header)}, as in the header"))
            continue
        try:
            entries.append(PriceEntry.model_validate(_entry(header, cells)))
        except (ValidationError, ValueError) as error:
            problems.extend(_row_problems(str(path), line, header, cells, error))
    if not problems and not entries:
        problems.append(Problem(str(path), 1, 1, "", "a header without prices", "at least one row"))
    if problems:
        raise InputError(problems)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return PriceFile(schema="prices/v1", id=path.stem, entries=tuple(entries)), digest


def _header_problems(name: str, header: list[str]) -> list[Problem]:
    problems = []
    for column, word in enumerate(header, start=1):
        if word not in COLUMNS:
            hint = document.nearest(word, list(COLUMNS))
            problems.append(Problem(name, 1, column, "", f'the column "{word}"', "a known column", hint))
    for word in REQUIRED:
        if word not in header:
            problems.append(Problem(name, 1, 1, "", f'no column "{word}"', f"the columns {', '.join(REQUIRED)}"))
    return problems


def _entry(header: list[str], cells: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for word, cell in zip(header, cells, strict=True):
        value = cell.strip()
        if not value:
            continue
        if word in ("low", "typical", "high"):
            entry[word] = _price(value)
        elif word == "includes":
            entry[word] = tuple(part.strip() for part in value.split(";"))
        else:
            entry[word] = value
    return entry


class _NoPriceError(ValueError):
    def __init__(self, value: str) -> None:
        self.value = value
        super().__init__(f'"{value}"')


def _price(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise _NoPriceError(value) from None


def _row_problems(name: str, line: int, header: list[str], cells: list[str], error: ValueError) -> list[Problem]:
    if isinstance(error, _NoPriceError):
        column = next(i for i, c in enumerate(cells, start=1) if c.strip() == error.value)
        hint = "write 485000 or 485000.00, without thousands separators or currency signs"
        return [Problem(name, line, column, header[column - 1], f'"{error.value}"', "a price as a plain number", hint)]
    if not isinstance(error, ValidationError):
        return [Problem(name, line, 1, "", str(error), "a price")]
    problems = []
    for fault in error.errors(include_url=False):
        word = str(fault["loc"][0]) if fault["loc"] else ""
        column = header.index(word) + 1 if word in header else 1
        found = f'"{cells[column - 1].strip()}"' if word in header else "a row"
        message = str(fault.get("ctx", {}).get("error", fault["msg"])).removeprefix("Input should be ")
        if fault["type"] == "missing":
            found, message = "an empty cell", f"a {word}"
        problems.append(Problem(name, line, column, word, found, message))
    return problems
