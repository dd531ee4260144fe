"""The examples, each planned once: the plan verifies, its sums add up, its headline repeats them."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from planner.money import Range, total
from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.said import Kind, said_again, texts_of
from planner.plan.schema import Plan
from planner.report import Look, render_html
from planner.request import load_request
from planner.verify import verify

EXAMPLES = Path(__file__).parents[1] / "examples"
PLANNED = [
    "berlin-clinic",
    "leeds-brownfield",
    "paris-sovereign-cloud",
    "distributed-redundant-hall",
    "graz-shared-pool",
    pytest.param("riyadh-ai-zone", marks=pytest.mark.slow),
]


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@cache
def planned(name: str) -> Plan:
    return make_plan(*load_request(EXAMPLES / f"{name}.yaml"), load_library())


@pytest.fixture(scope="session", params=PLANNED)
def example(request: pytest.FixtureRequest) -> Plan:
    return planned(request.param)


def test_verify_finds_no_error(example: Plan, library: Library) -> None:
    assert [f for f in verify(example, library) if f.severity == "error"] == []


def test_a_german_report_says_no_sentence_of_the_plan_in_english(example: Plan) -> None:
    page = render_html(example, "audit", Look(code="de"))
    runs = {html.unescape(run).strip() for run in re.split(r"<[^>]*>", page.split("<body", 1)[1])}
    words, held = "\n".join(runs), {text for kind, text in texts_of(example) if kind is Kind.SENTENCE}
    assert held <= example.said.keys() and len(held) > 60
    for text in held:
        german = said_again(text, example.said[text], "de")
        for start in {text[0], text[0].upper()} - {german[0] if german[1:] == text[1:] else ""}:
            english = start + text[1:]
            assert english not in runs and (len(text) < 20 or english not in words or english in german), english


def test_the_bill_buys_what_was_counted(example: Plan) -> None:
    billed: Counter[tuple[str, str]] = Counter()
    for line in example.bill:
        if line.unit == "each":
            billed[line.group, line.product] += line.quantity
    for choice in example.systems:
        spares = sum(c.spares for c in example.systems if c.product == choice.product)
        counted = sum(c.count for c in example.systems if c.product == choice.product)
        assert billed["systems", choice.product] == counted - spares
        assert billed["spares", choice.product] == spares
    for store in example.storage:
        assert billed["storage", store.product] == store.units
    assert example.systems and example.storage


def test_racks_hold_what_was_counted(example: Plan) -> None:
    patterns = {(p.hall, p.id): p for p in example.patterns}
    stand: Counter[tuple[str, str]] = Counter()
    racks: Counter[str] = Counter()
    for rack in example.racks:
        pattern = patterns[rack.hall, rack.pattern]
        for device in pattern.devices:
            stand[device.role, device.product] += 1
        if pattern.rack_product is not None:
            racks[pattern.rack_product] += 1
    for product in {d.product for d in example.devices if d.role != "cdu"}:
        for role in {d.role for d in example.devices if d.product == product}:
            counted = sum(d.count for d in example.devices if (d.product, d.role) == (product, role))
            assert stand[role, product] == counted
    billed: Counter[str] = Counter()
    for line in example.bill:
        if line.group == "racks":
            billed[line.product] += line.quantity
    assert racks == billed


def test_sums_add_up(example: Plan) -> None:
    for line in example.bill:
        if line.unit_price is not None and line.extended is not None:
            assert abs(line.extended.typical - line.unit_price.typical * line.quantity) <= line.quantity
            assert line.extended.low <= line.extended.typical <= line.extended.high
        assert (line.unit_price is None) == (line.extended is None)
    once = [b.extended for b in example.bill if not b.recurring and b.extended is not None]
    recurring = [b.extended for b in example.bill if b.recurring and b.extended is not None]
    energy = next(line.amount for line in example.cost.lines if line.name == "Energy")
    assert isinstance(energy, Range)
    assert example.cost.capex == total(once)
    assert example.cost.tco == total([example.cost.capex, total(recurring), energy])
    assert energy.typical > 0
    assert example.cost.lines_without_price == sum(line.extended is None for line in example.bill)
    assert set(example.cost.without_price) == {line.product for line in example.bill if line.extended is None}


def test_the_headline_repeats_the_plan(example: Plan) -> None:
    head = example.headline
    assert head.system_count == sum(c.count for c in example.systems)
    assert head.accelerators == sum(c.accelerators for c in example.systems)
    standing = {pattern.id for pattern in example.patterns if pattern.in_standing_rack}
    assert head.racks == sum(rack.pattern not in standing for rack in example.racks)
    assert (head.capex, head.tco) == (example.cost.capex, example.cost.tco)
    assert head.power_design_w == sum(hall.design_w for hall in example.power)
    assert (head.lines, head.lines_without_price) == (len(example.bill), example.cost.lines_without_price)
    assert head.errors == sum(f.severity == "error" for f in example.findings) == 0
    plan = next(p for p in example.proofs if p.stage == "plan")
    assert head.gap == plan.gap < 0.005
    assert (head.status == "optimal") <= all(p.status == "optimal" for p in example.proofs if p.stage == "packing")


def test_alternatives_compare_like_with_like(example: Plan) -> None:
    chosen = [a for a in example.alternatives if a.status == "chosen"]
    assert {c.product for c in example.systems} & {a.system for a in chosen}
    possible = [a for a in example.alternatives if a.status == "possible"]
    assert possible
    for other in possible:
        if other.objective is not None and chosen[0].objective is not None:
            assert chosen[0].objective <= other.objective
        assert (other.capex is None) == (other.tco is None) == other.reason.startswith("cost unknown")
    for other in example.alternatives:
        assert other.reason
        if other.status in ("impossible", "excluded"):
            assert other.capex is other.tco is other.racks is None
    assert len({a.name for a in example.alternatives}) == len(example.alternatives)


def test_a_system_without_a_price_shows_no_cost(example: Plan) -> None:
    open_ = {line.product for line in example.bill if line.group == "systems" and line.extended is None}
    priced = {a.system for a in example.alternatives if a.capex is not None}
    assert not open_ & priced


@pytest.mark.slow
def test_trainium_is_offered_with_what_is_not_known_about_it() -> None:
    plan = planned("riyadh-ai-zone")
    entry = next(a for a in plan.alternatives if a.system == "aws-trn3-gen2-ultraserver")
    assert entry.status == "possible"
    assert entry.capex is entry.tco is entry.objective is None
    assert entry.accelerators is not None and entry.accelerators >= 3000
    said = entry.reason
    assert "no price is published for aws-trn3-gen2-ultraserver" in said
    assert "operated by AWS, not by the buyer" in said
    assert "rack power is not published" in said and "the request's own figure" in said
    assert "accelerators alone draw 100.8 kW" in said
    unpowered = next(a for a in plan.alternatives if a.system == "aws-trn3-gen1-ultraserver")
    assert unpowered.status == "impossible"
    assert "power is not published" in unpowered.reason


def planned_by_a_process(folder: Path, seed: str, name: str) -> bytes:
    words = [sys.executable, "-c", "from planner.cli import main; main()", "plan", str(EXAMPLES / f"{name}.yaml")]
    done = subprocess.run(
        [*words, "-o", str(folder), "--no-reports"],
        env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return (folder / "plan.json").read_bytes()


def test_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    first = planned_by_a_process(tmp_path / "a", "1", "berlin-clinic")
    assert planned_by_a_process(tmp_path / "b", "4711", "berlin-clinic") == first
    assert json.loads(first)["schema"] == "plan/v1"


def test_an_infeasible_request_ends_with_exit_3_and_its_explanation_alone(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "from planner.cli import main; main()", "plan"]
    done = subprocess.run(
        [*words, str(EXAMPLES / "infeasible-old-floor.yaml"), "-o", str(tmp_path / "out")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"explanation.json", "explanation.txt"}
    text = (tmp_path / "out" / "explanation.txt").read_text()
    assert "floor of hall machine-room" in text
    assert "power of hall machine-room" in text
    assert "Traceback" not in done.stderr
