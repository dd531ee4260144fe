"""`planner export --to xlsx`: the workbook read back by another library, and its formulas worked out by hand."""

from __future__ import annotations

import io
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

import planner
from planner.cli.export import command
from planner.errors import InputError
from planner.export.sheet import FONT, LEAST_FONT, MOST_LETTERS, _inches, _parts, _scale, plain
from planner.export.xlsx import sheets_of, workbook
from planner.export.xlsx_bill import unit_price
from planner.money import Range
from planner.plan.document import plan_json
from planner.plan.schema import BillLine

VIENNA = Path(__file__).parents[2] / "examples" / "vienna-in-phases.yaml"
ENDS = ("low", "typical", "high")


@pytest.fixture(scope="module")
def plan() -> planner.Plan:
    return planner.plan(planner.load_request(VIENNA))


@pytest.fixture(scope="module")
def book(plan: planner.Plan) -> Workbook:
    return opened(plan)


def opened(plan: planner.Plan) -> Workbook:
    return load_workbook(io.BytesIO(workbook(plan)))


def records(sheet: Worksheet) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


class Sums:
    """Works out the few functions that the workbook uses."""

    def __init__(self, book: Workbook) -> None:
        self.book = book

    def value(self, sheet: str, cell: str) -> Any:
        held = self.book[sheet][cell].value
        return self.formula(sheet, held[1:]) if isinstance(held, str) and held.startswith("=") else held

    def formula(self, sheet: str, text: str) -> Any:
        if found := re.fullmatch(r'IF\((\w+)="","",ROUND\((\w+)\*(\w+),0\)\)', text):
            empty = self.value(sheet, found[1]) is None
            return "" if empty else int(self.product(sheet, found[2], found[3]) + Fraction(1, 2))
        if found := re.fullmatch(r'IF\((\w+)="","(.*)","(.*)"\)', text):
            return found[2] if self.value(sheet, found[1]) is None else found[3]
        if found := re.fullmatch(r'IF\((COUNTIFS\(.*?\))=0,"(.*?)",(.*)\)', text):
            return self.formula(sheet, found[3]) if self.formula(sheet, found[1]) else found[2]
        if found := re.fullmatch(r"(SUMIFS|COUNTIFS)\((.*)\)", text):
            return self.conditional(sheet, found[1], found[2].split(","))
        if found := re.fullmatch(r"SUM\((.*)\)", text):
            return added(self.cells(sheet, found[1]))
        found = re.fullmatch(r"(\w+)-(\w+)", text)
        assert found, text
        return self.value(sheet, found[1]) - self.value(sheet, found[2])

    def product(self, sheet: str, *cells: str) -> Fraction:
        one, other = (Fraction(str(self.value(sheet, cell))) for cell in cells)
        return one * other

    def conditional(self, sheet: str, function: str, words: list[str]) -> int:
        summed = [1] * len(self.cells(sheet, words[0])) if function == "COUNTIFS" else self.cells(sheet, words.pop(0))
        tests = list(zip(words[::2], words[1::2], strict=True))
        wanted = [w.strip('"') if w.startswith('"') else self.value(sheet, w.replace("$", "")) for _, w in tests]
        rows = zip(*(self.cells(sheet, area) for area, _ in tests), strict=True)
        kept = [value for value, row in zip(summed, rows, strict=True) if list(row) == wanted]
        return added(kept)

    def cells(self, sheet: str, area: str) -> list[Any]:
        name, _, where = area.replace("$", "").rpartition("!")
        return [self.value(name or sheet, cell.coordinate) for (cell,) in self.book[name or sheet][where]]


def added(values: list[Any]) -> int:
    """The sum as spreadsheets take it: text is passed over."""
    return sum(value for value in values if isinstance(value, int))


def totals(book: Workbook) -> dict[str, dict[str, Any]]:
    """The rows of the sums, worked out, by name and what is paid."""
    sheet, sums = book["Totals"], Sums(book)
    header = [cell.value for cell in sheet[1]]
    rows = [[sums.value("Totals", cell.coordinate) for cell in row] for row in sheet.iter_rows(min_row=2)]
    return {f"{row[0]}/{row[1]}": dict(zip(header, row, strict=True)) for row in rows}


def named(book: Workbook, start: str) -> dict[str, Any]:
    return next(row for name, row in totals(book).items() if name.startswith(start))


def test_the_headline_is_the_plans(plan: planner.Plan, book: Workbook) -> None:
    found = {row["key"]: row["value"] for row in records(book["Headline"])}
    for key, value in plan.headline.model_dump().items():
        for name, figure in (
            ((f"{key}.{end}", v) for end, v in value.items()) if isinstance(value, dict) else [(key, value)]
        ):
            held = found[name]
            assert (held.date().isoformat() if hasattr(held, "date") else held) == figure, name


def test_an_unknown_is_said_and_is_no_zero(plan: planner.Plan) -> None:
    head = plan.headline.model_copy(update={"power_peak_w": None, "ready_by": None, "lead_time_weeks": None})
    found = {
        row["key"]: row["value"] for row in records(opened(plan.model_copy(update={"headline": head}))["Headline"])
    }
    assert {found[key] for key in ("power_peak_w", "ready_by", "lead_time_weeks")} == {"unknown"}


def test_the_formulas_give_the_costs_of_the_plan(plan: planner.Plan, book: Workbook) -> None:
    capital, whole = named(book, "Capital cost/"), named(book, "Total cost over")
    assert {end: capital[end] for end in ENDS} == plan.cost.capex.model_dump()
    assert {end: whole[end] for end in ENDS} == plan.cost.tco.model_dump()
    assert (whole["lines"], whole["lines that need a quote"]) == (len(plan.bill), plan.headline.lines_without_price)
    assert {named(book, "Capital cost, change")[end] for end in ENDS} == {0}


def test_what_the_formulas_give_stands_beside_them(plan: planner.Plan, book: Workbook) -> None:
    stored = load_workbook(io.BytesIO(workbook(plan)), data_only=True)
    for name in ("Bill", "Totals"):
        formulas = [c.coordinate for row in book[name].iter_rows() for c in row if c.data_type == "f"]
        assert len(formulas) > len(plan.bill) / 2
        for at in formulas:
            held = stored[name][at].value
            assert ("" if held is None else held) == Sums(book).value(name, at), (name, at)


def test_a_group_without_a_price_and_energy_without_one_are_no_zeros(plan: planner.Plan) -> None:
    racks = [
        line.model_copy(update={"extended": None, "unit_price": None}) for line in plan.bill if line.group == "racks"
    ]
    bill = (*(line for line in plan.bill if line.group != "racks"), *racks)
    energy = plan.cost.lines[-1].model_copy(update={"amount": Range()})
    assert racks and energy.name == "Energy" and energy.basis
    cost = plan.cost.model_copy(update={"lines": (*plan.cost.lines[:-1], energy)})
    book = opened(plan.model_copy(update={"bill": bill, "cost": cost}))
    assert {named(book, "racks/")[end] for end in ENDS} == {"quote required"}
    assert {named(book, "Energy")[end] for end in ENDS} == {"unknown"}
    known = sum(line.extended.typical for line in bill if line.extended is not None)
    assert named(book, "Total cost over")["typical"] == known


def test_a_quote_that_is_filled_in_reaches_the_totals(plan: planner.Plan) -> None:
    book = opened(plan)
    bill = book["Bill"]
    titles = {cell.value: cell.column_letter for cell in bill[1]}
    row = next(line.line + 1 for line in plan.bill if line.extended is None and not line.recurring)
    assert all(bill[f"{titles[f'unit price {end}']}{row}"].value is None for end in ENDS)
    assert Sums(book).value("Bill", f"{titles['price']}{row}") == "quote required"
    for end in ENDS:
        bill[f"{titles[f'unit price {end}']}{row}"] = 1_000
    added = 1_000 * plan.bill[row - 2].quantity
    assert named(book, "Capital cost/")["typical"] == plan.cost.capex.typical + added
    assert named(book, "Capital cost, change")["high"] == added
    assert named(book, "Total cost over")["lines that need a quote"] == plan.headline.lines_without_price - 1


@pytest.mark.parametrize(
    ("quantity", "whole", "extended", "price"),
    [(4, 250, 1_000, 250.0), (10, 13, 125, 12.5), (43_800, 98, 4_306_416, 98.32), (3, 13, 38, 12.7), (2, 13, 25, 12.5)],
)
def test_the_price_of_one_brings_the_amount_back(
    plan: planner.Plan, quantity: int, whole: int, extended: int, price: float
) -> None:
    amounts = {name: Range(low=x, typical=x, high=x) for name, x in (("unit_price", whole), ("extended", extended))}
    line: BillLine = plan.bill[0].model_copy(update={"quantity": quantity, **amounts})
    found = unit_price(extended, line, "typical")
    assert found == price and int(found * quantity + 0.5) == extended


def test_letters_can_be_read_in_print(plan: planner.Plan) -> None:
    """No sheet is shrunk below the smallest letters, on paper that offices have."""
    for sheet in sheets_of(plan):
        widest = max(_inches(part) for part in _parts(sheet))
        assert FONT * _scale(widest, "A3") >= LEAST_FONT, sheet.name
    bill = next(sheet for sheet in sheets_of(plan) if sheet.name == "Bill")
    assert [part[0].title for part in _parts(bill)] == ["line"] * 3 and sum(map(len, _parts(bill))) == 23 + 2 * 2
    assert all(FONT * _scale(_inches(part), "A4") >= LEAST_FONT for part in _parts(bill))


def test_every_sheet_sorts_filters_and_prints(plan: planner.Plan, book: Workbook) -> None:
    assert book.sheetnames == ["Headline", "Bill", "Totals", "Cables", "Racks", "Phases", "Orders", "Sources"]
    for sheet in book:
        assert not sheet.merged_cells.ranges and sheet.freeze_panes == "A2" and sheet.auto_filter.ref
        assert sheet.print_title_rows == "$1:$1" and sheet.print_area and sheet.page_setup.orientation == "landscape"
        parted = sheet.title == "Bill"
        fits = sheet.sheet_properties.pageSetUpPr
        assert parted or (fits.fitToPage and sheet.page_setup.fitToHeight == 0)
        assert (sheet.print_title_cols == "$A:$B") == parted == (len(sheet.col_breaks.brk) == 2)
        header = [cell.value for cell in sheet[1]]
        assert len(set(header)) == len(header) == sheet.max_column
    money = {cell.number_format for row in book["Bill"].iter_rows(min_row=2, min_col=9, max_col=14) for cell in row}
    assert money == {f"[${plan.cost.currency}] #,##0", f"[${plan.cost.currency}] #,##0.00##"}
    assert len(records(book["Bill"])) == len(plan.bill) and len(records(book["Racks"])) == len(plan.racks)
    assert sum(row["cables"] for row in records(book["Cables"])) == sum(line.cables for line in plan.cables)


def test_orders_of_the_phases_are_what_the_bill_pays_once(plan: planner.Plan, book: Workbook) -> None:
    ordered = records(book["Orders"])
    for line in plan.bill:
        found = sum(row["quantity"] for row in ordered if row["line"] == line.line)
        assert found == (0 if line.recurring else line.quantity)
    spend = {row["phase"]: row["spend typical"] for row in records(book["Phases"])}
    assert spend == {phase.id: phase.spend.typical for phase in plan.phases}
    without = opened(plan.model_copy(update={"phases": ()}))
    assert not {"Phases", "Orders"} & set(without.sheetnames)


@pytest.mark.parametrize("name", ["=1+1", '=HYPERLINK("https://example.org")', "+1", "-1", "@SUM(A1)", "https://x.org"])
def test_text_of_strangers_stays_text(plan: planner.Plan, name: str) -> None:
    bill = (plan.bill[0].model_copy(update={"name": name, "cause": name, "vendor": name}), *plan.bill[1:])
    sheet = opened(plan.model_copy(update={"bill": bill}))["Bill"]
    for title in ("name", "cause", "vendor"):
        column = next(cell.column_letter for cell in sheet[1] if cell.value == title)
        cell = sheet[f"{column}2"]
        assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)
        assert bool(cell.quotePrefix) == name.startswith(("=", "+", "-", "@"))


def test_text_that_no_cell_holds_is_cut_and_mended() -> None:
    assert plain("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    assert len(plain("x" * 40_000)) == MOST_LETTERS and plain("x" * 40_000).endswith("x …")


def test_same_plan_same_workbook_made_on_the_day_of_the_plan(plan: planner.Plan, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(plan_json(plan), encoding="utf-8")
    for name in ("one.xlsx", "two.xlsx"):
        result = CliRunner().invoke(command, [str(tmp_path / "plan.json"), "--to", "xlsx", "-o", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert load_workbook(tmp_path / "one.xlsx").properties.created.date().isoformat() == plan.inputs.date


def test_a_workbook_wants_a_file(plan: planner.Plan, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(plan_json(plan), encoding="utf-8")
    result = CliRunner().invoke(command, [str(tmp_path / "plan.json"), "--to", "xlsx"])
    assert isinstance(result.exception, InputError) and "add -o FILE.xlsx" in str(result.exception)
    inputs = plan.inputs.model_copy(update={"date": "soon"})
    with pytest.raises(InputError, match=r"inputs\.date"):
        workbook(plan.model_copy(update={"inputs": inputs}))
