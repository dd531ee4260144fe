"""Every kind of workload goes from its request to a plan that holds all its promises."""

from __future__ import annotations

from pathlib import Path

import pytest
from requests_of_kinds import KINDS, workloads

from planner import document
from planner.plan.build import make_plan
from planner.plan.library import load_library
from planner.plan.schema import Plan
from planner.report import render_html
from planner.request import read_request
from planner.verify import verify

GOOD = Path(__file__).parents[1] / "bad" / "good.yaml"
STORED = {"retrieval", "storage"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    source = document.load(GOOD, "request")
    source.data["workloads"] = workloads()
    hall = source.data["sites"][0]["halls"][0]
    hall["rows"][0] |= {"positions": 20, "rack_power": "40 kW"}
    for feed in hall["power"]["feeds"]:
        feed["capacity"] = "800 kW"
    hall["cooling"]["air"] = "800 kW"
    request, read = read_request(source)
    return make_plan(request, read, load_library())


def test_every_kind_is_placed_sized_and_told(plan: Plan) -> None:
    assert {d.workload for d in plan.decisions} == set(KINDS) - STORED
    assert all(d.accelerators > 0 and d.binding for d in plan.decisions)
    assert [w.id for w in plan.demand] == list(KINDS)
    moved = {w.id for w in plan.demand if w.sensitivities}
    assert {"split-inference", "training", "notebooks"} <= moved
    page = render_html(plan)
    assert all(w.summary for w in plan.demand) and "by reinforcement on its own answers" in page


def test_the_plan_of_every_kind_holds_all_its_promises(plan: Plan) -> None:
    assert [f.text for f in verify(plan, load_library()) if f.severity == "error"] == []


def test_whatever_sizing_took_for_granted_is_listed_with_its_source(plan: Plan) -> None:
    listed = {a.id for a in plan.assumptions}
    assert {"tuning.reference", "tuning.rollouts", "inference.pools", "notebooks.peak", "storage.horizon"} <= listed
    assert {"spares.rate", "default.spares.cover", "training.memory", "retrieval.index", "storage.kept"} <= listed
    told = {(a.id, user): a.value for a in plan.assumptions for user in a.used_by}
    assert told["default.active_share", "notebooks"] == "0.3" and told["default.ttft", "inference"] == "2"
    assert ("default.accelerators_each", "notebooks") not in told  # the request states it
    assert all(a.source and a.text and a.used_by for a in plan.assumptions)
