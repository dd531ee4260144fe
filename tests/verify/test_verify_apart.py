"""A plan whose service is kept apart holds when a row is lost, and one that is not is caught."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from plan_mutants import rehash

from planner.errors import Infeasible
from planner.plan.build import make_plan
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.request import load_request, read_request
from planner.verify import verify
from planner.verify.subject import contents

REQUEST = Path(__file__).parent / "requests" / "apart.yaml"
RULE = "workloads-survive-the-loss-of-a-domain"


@pytest.fixture(scope="module")
def plan(library: Library) -> Plan:
    return make_plan(*load_request(REQUEST), library)


def broken(plan: Plan, data: dict[str, Any], library: Library) -> set[str]:
    rehash(data)
    return {f.rule for f in verify(Plan.model_validate(data), library) if f.severity == "error"}


def test_any_row_may_be_lost(plan: Plan, library: Library) -> None:
    assert not [f for f in verify(plan, library) if f.severity == "error"]
    patterns = {p.id: contents(p).count("nvidia-dgx-b200") for p in plan.patterns}
    by_row: Counter[str] = Counter()
    for rack in plan.racks:
        by_row[rack.row] += patterns[rack.pattern]
    (choice,) = plan.systems
    needed = -(-plan.decisions[0].accelerators // 8)
    assert max(by_row.values()) <= choice.count - choice.spares - needed
    assert plan.headline.status == "optimal"


def test_racks_moved_into_one_row_are_noticed(plan: Plan, library: Library) -> None:
    data = json.loads(plan_json(plan))
    spots = {rack["row"]: rack for rack in data["racks"]}
    free = [n for n in range(1, 7) if n not in {r["positions"][0] for r in data["racks"] if r["row"] == "B"}]
    moved = spots["A"]
    moved |= {"row": "B", "positions": [free[0]], "id": f"room/B{free[0]:02d}", "y_mm": spots["B"]["y_mm"]}
    moved["x_mm"] = 600 * (free[0] - 1)
    assert RULE in broken(plan, data, library)


def test_one_row_less_to_stand_in_is_noticed(plan: Plan, library: Library) -> None:
    data = json.loads(plan_json(plan))
    data["request"]["workloads"][0]["keep_apart"] = "feeds"
    assert RULE in broken(plan, data, library)


def test_one_domain_alone_is_refused_with_the_line_that_asks_for_two(library: Library) -> None:
    _, source = load_request(REQUEST)
    data = json.loads(json.dumps(source.data))
    data["workloads"][0]["keep_apart"] = "hall"
    request, _ = read_request(type(source)(source.name, data, source.values, source.keys, source.sha256))
    with pytest.raises(Infeasible, match=r"line 26: no keep_apart for workload team \(as it is, 40 more accelerators"):
        make_plan(request, source, library)
