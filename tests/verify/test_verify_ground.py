"""Columns, growth, anchors and containment: a plan keeps them, and a plan that does not is caught by their rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plan_mutants import rehash

from planner.plan.build import make_plan
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.report.drawings import canvas, floor
from planner.report.lookup import Lookup
from planner.request import load_request
from planner.verify import verify

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def plan(library: Library) -> Plan:
    return make_plan(*load_request(HERE / "requests" / "ground.yaml"), library)


def rules_broken(plan: Plan, library: Library, change: Callable[[dict[str, Any]], None]) -> set[str]:
    data = json.loads(plan_json(plan))
    change(data)
    rehash(data)
    return {f.rule for f in verify(Plan.model_validate(data), library) if f.severity == "error"}


def hall_of(data: dict[str, Any]) -> dict[str, Any]:
    return data["request"]["sites"][0]["halls"][0]


def test_the_plan_holds_and_counts_what_is_kept_free(plan: Plan, library: Library) -> None:
    assert not [f for f in verify(plan, library) if f.severity == "error"]
    assert (plan.floor[0].positions, plan.floor[0].reserved, plan.floor[0].containment) == (10, 1, "cold")


def test_switches_and_storage_stand_where_they_are_anchored(plan: Plan) -> None:
    roles = {p.id: {d.role for d in p.devices} for p in plan.patterns}
    switches = {f"{r.row}{r.positions[0]}" for r in plan.racks if "converged-leaf" in roles[r.pattern]}
    assert switches and switches <= {"A1", "A8"}
    assert {r.row for r in plan.racks if "storage" in roles[r.pattern]} == {"B"}


def test_a_column_under_a_rack_is_noticed(plan: Plan, library: Library) -> None:
    def move(data: dict[str, Any]) -> None:
        hall_of(data)["columns"][0]["x"] = "100 mm"

    assert "racks-stand-on-free-positions" in rules_broken(plan, library, move)


def test_a_rack_on_a_position_for_growth_is_noticed(plan: Plan, library: Library) -> None:
    def keep(data: dict[str, Any]) -> None:
        rack = next(rack for rack in data["racks"] if rack["row"] == "A")
        hall_of(data)["rows"][0]["reserved"] = [rack["positions"][0]]

    assert "racks-stand-on-free-positions" in rules_broken(plan, library, keep)


@pytest.mark.parametrize("number", [0, 1])
def test_a_rack_away_from_its_anchor_is_noticed(plan: Plan, library: Library, number: int) -> None:
    def elsewhere(data: dict[str, Any]) -> None:
        hall_of(data)["anchors"][number] |= {"row": "A", "positions": [2]}

    assert "anchored-racks-stand-at-their-anchors" in rules_broken(plan, library, elsewhere)


@pytest.mark.parametrize(("field", "value"), [("reserved", 0), ("containment", "hot"), ("positions", 11)])
def test_a_floor_that_says_something_else_is_noticed(plan: Plan, library: Library, field: str, value: Any) -> None:
    def say(data: dict[str, Any]) -> None:
        data["floor"][0][field] = value

    assert "hall-floor-adds-up" in rules_broken(plan, library, say)


def test_the_drawing_shows_columns_growth_and_anchors(plan: Plan) -> None:
    lookup = Lookup(plan)
    drawing = floor.plan(lookup.halls["room"], lookup.racks_of("room"), lookup, "power")
    titles = {item.title for item in drawing.items if isinstance(item, canvas.Box)}
    assert {"A03: under a column", "A04: under a column", "A05: kept for growth", "B06: blocked"} <= titles
    assert {"column, 300 x 300 mm", "B02: free, may take storage", "A02: free"} <= titles
    assert "cold aisle 1.20 m, contained" in titles
    assert canvas.faults(drawing) == []
