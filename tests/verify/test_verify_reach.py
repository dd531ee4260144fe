"""Cables that go only so far: racks within their reach, an answer where there is no such place, a check of the plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plan_mutants import rehash

from planner import document
from planner.errors import Infeasible
from planner.plan.build import make_plan
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.request import load_request, read_request
from planner.verify import verify

REQUEST = Path(__file__).parent / "requests" / "reach.yaml"


@pytest.fixture(scope="module")
def plan(library: Library) -> Plan:
    return make_plan(*load_request(REQUEST), library)


def test_every_cable_reaches(plan: Plan, library: Library) -> None:
    assert not [f for f in verify(plan, library) if f.severity == "error"]
    assert {rack.row for rack in plan.racks} == {"A", "B"}
    assert max(line.length_m for line in plan.cables if line.medium == "multimode") > 30


def test_rows_moved_apart_are_noticed(plan: Plan, library: Library) -> None:
    data = json.loads(plan_json(plan))
    data["request"]["sites"][0]["halls"][0]["rows"][1]["y"] = "90 m"
    for rack in data["racks"]:
        if rack["row"] == "B":
            rack["y_mm"] = 90_000
    rehash(data)
    assert any(f.severity == "error" and "reach" in f.text for f in verify(Plan.model_validate(data), library))


def test_a_hall_whose_cables_are_too_short_is_refused_with_the_line_and_the_mm(library: Library) -> None:
    text = REQUEST.read_text().replace("y: 30 m", "y: 90 m")
    request, source = read_request(document.parse(text, "request.yaml"))
    with pytest.raises(Infeasible) as refused:
        make_plan(request, source, library)
    assert "reach their switches over 44,844 mm of tray; 45,156 mm are missing" in str(refused.value)
    assert "line 24: hall room" in str(refused.value)
    assert getattr(refused.value.explanation, "limit", "") == "reach"
