"""What changed from one plan to another: as the command tells it, and as a chapter of the report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_plan import sample_plan

from planner.cli.diff import command as diff
from planner.cli.report import command as report
from planner.plan.difference import KINDS, Change, difference
from planner.plan.document import plan_json
from planner.plan.schema import Plan
from planner.report import Look, render_html, render_typst


def changed() -> Plan:
    """The sample with one change of every kind."""
    plan = sample_plan()
    first, *rest = plan.bill
    capex = plan.headline.capex.model_copy(update={"typical": plan.headline.capex.typical + 1000})
    moved = plan.racks[0].model_copy(update={"id": "hall-1/A07", "positions": (7,)})
    update = {
        "inputs": plan.inputs.model_copy(update={"request_sha256": "d" * 64}),
        "headline": plan.headline.model_copy(update={"capex": capex}),
        "decisions": (plan.decisions[0].model_copy(update={"accelerators": 32}), *plan.decisions[1:]),
        "racks": (moved, *plan.racks[1:]),
        "devices": (plan.devices[0].model_copy(update={"count": 3}),),
        "cables": (plan.cables[0].model_copy(update={"cables": 44}), *plan.cables[1:]),
        "bill": (
            first.model_copy(update={"quantity": first.quantity + 1, "unit_price": None, "extended": None}),
            *rest,
        ),
        "cost": plan.cost.model_copy(update={"lines": plan.cost.lines[1:]}),
        "findings": plan.findings[1:],
    }
    return plan.model_copy(update=update)


def test_the_same_plan_has_no_change_and_another_has_one_of_every_kind() -> None:
    assert difference(sample_plan(), sample_plan()) == ()
    found = difference(sample_plan(), changed())
    assert {change.kind for change in found} == set(KINDS)
    by_kind = {kind: [c for c in found if c.kind == kind] for kind in KINDS}
    assert [(c.name, c.before is None, c.after is None) for c in by_kind["rack"]] == [
        (("hall-1/A01",), False, True),
        (("hall-1/A07",), True, False),
    ]
    assert by_kind["headline"] == [Change("headline", ("capex", "typical"), 2_728_300, 2_729_300)]
    assert by_kind["headline"][0].delta == 1000
    assert [(c.before, c.after, c.delta) for c in by_kind["cable"]] == [(40, 44, 4)]
    (priced,) = by_kind["money"]
    assert priced.after == "quote required" and priced.delta is None  # unknown is no number


def test_swapping_the_plans_turns_every_change_round() -> None:
    there, back = difference(sample_plan(), changed()), difference(changed(), sample_plan())
    turned = {(c.kind, c.name, c.after, c.before) for c in back}
    assert {(c.kind, c.name, c.before, c.after) for c in there if c.kind != "rack"} <= turned
    assert len(there) == len(back)


def test_devices_that_changed_units_are_a_change_of_the_rack() -> None:
    plan = sample_plan()
    pattern = plan.patterns[1]
    up = tuple(device.model_copy(update={"u": device.u + 1}) for device in pattern.devices)
    other = plan.model_copy(update={"patterns": (plan.patterns[0], pattern.model_copy(update={"devices": up}))})
    (found,) = difference(plan, other)
    assert found.kind == "rack" and str(found.after).endswith("other units")


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    for name, plan in (("old", sample_plan()), ("new", changed())):
        (tmp_path / f"{name}.json").write_text(plan_json(plan), encoding="utf-8")
    return str(tmp_path / "old.json"), str(tmp_path / "new.json")


def test_the_command_prints_the_changes_and_says_so_with_its_exit_code(files: tuple[str, str]) -> None:
    old, new = files
    said = CliRunner().invoke(diff, [old, new])
    assert said.exit_code == 0
    assert "- hall-1/A01: " in said.output and "+ hall-1/A07: " in said.output
    assert "~ capex typical: 2,728,300 -> 2,729,300 (+1,000)" in said.output
    assert CliRunner().invoke(diff, [old, new, "--exit-code"]).exit_code == 5
    same = CliRunner().invoke(diff, [old, old, "--exit-code"])
    assert same.exit_code == 0 and same.output == "the plans are the same\n"
    told = json.loads(CliRunner().invoke(diff, [old, new, "--json"]).output)
    assert told["same"] is False and len(told["changes"]) == len(difference(sample_plan(), changed()))


def test_the_command_is_in_the_list_and_says_bad_input_plainly(tmp_path: Path) -> None:
    main = "from planner.cli import main; main()"
    words = [sys.executable, "-c", main, "diff", *[str(tmp_path / "none.json")] * 2]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Traceback" not in done.stderr and "none.json" in done.stderr


@pytest.mark.parametrize("code", ["en", "de"])
def test_the_report_has_a_chapter_on_what_changed_when_it_is_given_an_older_plan(code: str) -> None:
    look = Look(code="de" if code == "de" else "en")
    page = render_html(changed(), "audit", look, sample_plan())
    for kind in KINDS:
        assert f'id="changes-{kind}"' in page, kind
    assert 'id="changes"' not in render_html(changed(), "audit", look)
    assert "hall-1/A07" in page and ("+1,000" if code == "en" else "+1.000") in page
    source = render_typst(changed(), "brief", look, since=sample_plan())
    assert ("Changes since" if code == "en" else "Änderungen seit") in source
    same = render_html(sample_plan(), "brief", look, sample_plan())
    assert ("say the same" if code == "en" else "sagen dasselbe") in same


def test_the_report_command_takes_an_older_plan(files: tuple[str, str], tmp_path: Path) -> None:
    old, new = files
    done = CliRunner().invoke(report, [new, "--since", old, "--html", str(tmp_path / "r.html")])
    assert done.exit_code == 0
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == render_html(changed(), since=sample_plan())
