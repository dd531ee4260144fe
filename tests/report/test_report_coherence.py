"""One plan, one set of headline numbers: page, print, CSV, workbook, JSON, terminal and exit code agree."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sample_plan import sample_plan

from planner.cli import CHECK_FAILED
from planner.cli.plan import command
from planner.export.xlsx import workbook
from planner.plan.schema import Finding, Plan
from planner.report import render_html, text
from planner.report.view import decision

BERLIN = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"
TILES = ("Capital cost, typical", "Systems", "Accelerators", "Racks", "Design power", "Can run")


def changed(**headline: Any) -> Plan:
    """The sample plan with another headline."""
    plan = sample_plan()
    return plan.model_copy(update={"headline": plan.headline.model_copy(update=headline)})


def failing() -> Plan:
    """The sample with a finding that is an error, counted as one."""
    error = Finding(severity="error", rule="residency", place="hall-1", text="The data may not be here.")
    plan = changed(errors=1)
    return plan.model_copy(update={"findings": (error, *plan.findings)})


def planned(plan: Plan, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """`planner plan` with everything but the solving and the wiring."""
    monkeypatch.setattr("planner.plan.build.make_plan", lambda *_, **__: plan)
    monkeypatch.setattr("planner.plan.wiring.wire_plan", lambda *_: [])
    return CliRunner().invoke(command, [str(BERLIN), "-o", str(folder)])


def tiles_of_page(page: str) -> dict[str, str]:
    found = re.findall(r'<dt>(.*?)</dt><dd><div class="v[^"]*">(.*?)</div>', page)
    return {unescape(label): unescape(re.sub("<[^>]+>", "", value)) for label, value in found}


def tiles_of_print(pdf: Path) -> dict[str, str]:
    """Read in the order in which they were set: every label is followed by its value."""
    done = subprocess.run(["pdftotext", "-raw", "-l", "1", str(pdf), "-"], capture_output=True, check=True)
    lines = [line.strip() for line in done.stdout.decode().splitlines() if line.strip()]
    return {label: lines[lines.index(label) + 1] for label in TILES}


def tiles_of_terminal(said: str, currency: str) -> dict[str, str]:
    """The same figures from what the command printed."""
    amounts = re.search(r"capex: ([\d,]+) \w+ typical .* (\d+) of (\d+) lines need a quote", said)
    counts = re.search(r": ([\d,]+) accelerators in ([\d,]+) racks", said)
    watts = re.search(r"power: (.*) design", said)
    assert amounts and counts and watts, said
    return {
        "Capital cost, typical": f"{currency} {amounts[1]}",
        "Accelerators": counts[1],
        "Racks": counts[2],
        "Design power": watts[1],
        "lines": amounts[3],
        "without price": amounts[2],
    }


def headline_of_workbook(plan: Plan) -> dict[str, Any]:
    """The headline as a spreadsheet shows it, in the form in which the plan stores it."""
    found: dict[str, Any] = {}
    for _, value, _, key in load_workbook(io.BytesIO(workbook(plan)))["Headline"].iter_rows(
        min_row=2, values_only=True
    ):
        held = value.date().isoformat() if hasattr(value, "date") else None if value == text.UNKNOWN else value
        name, _, end = key.partition(".")
        found[name] = {**found.get(name, {}), end: held} if end else held
    return {name: found[name] for name in type(plan.headline).model_fields}


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
@pytest.mark.parametrize(
    "plan",
    [sample_plan(), failing(), changed(power_peak_w=None, ready_by=None, lead_time_weeks=None)],
    ids=["feasible", "with an error", "with unknowns"],
)
def test_every_output_tells_the_same_numbers(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = planned(plan, tmp_path, monkeypatch)
    head = plan.headline
    assert done.exit_code == (CHECK_FAILED if head.errors else 0), done.output
    stored = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["headline"]
    assert headline_of_workbook(plan) == stored
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert json.loads(unescape(re.findall(r'id="headline">(.*?)</script>', page)[0])) == stored
    on_page = tiles_of_page(page)
    in_print = tiles_of_print(tmp_path / "report.pdf")
    assert {label: on_page[label] for label in TILES} == in_print
    said = tiles_of_terminal(done.output, head.currency)
    rows = list(csv.DictReader((tmp_path / "bom.csv").read_text(encoding="utf-8").splitlines()))
    assert said.pop("lines") == str(len(rows)) == str(stored["lines"])
    unpriced = sum(row["extended_typical"] == text.QUOTE for row in rows)
    assert said.pop("without price") == str(unpriced) == str(stored["lines_without_price"])
    assert {label: on_page[label] for label in said} == said
    bought = sum(int(row["extended_typical"]) for row in rows if in_capital_cost(row))
    assert on_page["Capital cost, typical"] == f"{head.currency} {bought:,}"
    assert on_page["Systems"] == str(sum(choice.count for choice in plan.systems))
    assert on_page["Can run"] == (stored["ready_by"] or text.UNKNOWN)
    assert ("Not ready" in page) == bool(stored["errors"]) == (done.exit_code != 0)


def in_capital_cost(row: dict[str, str]) -> bool:
    """Lines that are in the capital cost."""
    return row["recurring"] == "no" and row["extended_typical"] != text.QUOTE


@pytest.mark.parametrize(("severity", "tone"), [("error", "bad"), ("warning", "warn")])
def test_a_finding_counts_even_where_the_headline_forgot_it(severity: Any, tone: str) -> None:
    plan = changed(errors=0, warnings=0, lines_without_price=0, evidence_needed=0)
    finding = Finding(severity=severity, rule="x", place="y", text="Something stands.")
    verdict = decision.verdict(plan.model_copy(update={"findings": (finding,)}))
    assert verdict.tone == tone and f"1 {severity}" in verdict.title


def test_modules_are_counted_as_wired_not_as_designed() -> None:
    plan = sample_plan()
    fabrics = tuple(f.model_copy(update={"modules": {"node/some-other": 999}}) for f in plan.fabrics)
    page = render_html(plan.model_copy(update={"fabrics": fabrics}))
    assert "999" not in page.split('id="modules"')[1].split("</table>")[0]
    assert re.search(r"<dt>modules</dt><dd><button[^>]*>40</button></dd>", page)
