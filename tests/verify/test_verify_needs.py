"""Needs are recomputed also where a system cannot serve the workload."""

from __future__ import annotations

from pathlib import Path

from planner import document
from planner.plan.build import make_plan
from planner.plan.library import Library
from planner.request.check import read_request
from planner.verify import verify

GOOD = Path(__file__).parents[1] / "bad" / "good.yaml"


def test_a_system_that_is_too_slow_needs_nothing(library: Library) -> None:
    text = GOOD.read_text().replace("output_tokens: 200", "output_tokens: 200\n    tpot: 4 ms")
    plan = make_plan(*read_request(document.parse(text, "fast.yaml")), library)
    assert any(not need.feasible and "per output token" in need.reason for need in plan.demand[0].needs)
    assert [finding.text for finding in verify(plan, library) if finding.severity == "error"] == []
