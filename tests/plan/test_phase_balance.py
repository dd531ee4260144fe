"""Phases of a plan: the tolerance of the request is held against every feed, and each finding has its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_requests import changed

from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.schema import Plan
from planner.request import read_request
from planner.verify.check import verify

REQUEST = Path(__file__).parent / "requests" / "short-of-power.yaml"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def tolerating(library: Library, share: str) -> Plan:
    def tolerate(data: Any) -> None:
        data["sites"][0]["halls"][0]["power"]["phase_tolerance"] = share

    return make_plan(*read_request(changed(REQUEST, tolerate)), library)


def test_a_feed_further_from_its_mean_than_tolerated_is_a_finding(library: Library) -> None:
    plan = tolerating(library, "0.01 %")
    (hall,) = plan.phase_balance
    worst = max(feed.imbalance for feed in hall.feeds)
    found = [f for f in plan.findings if f.rule == "phase-balance"]
    assert worst > hall.tolerance == 0.0001
    assert {f.place for f in found} == {"one, feed A", "one, feed B"}
    assert max(f.numbers["found"] for f in found) == worst
    assert [f for f in verify(plan, library) if f.severity == "error"] == []


def test_within_the_tolerance_nothing_is_said(library: Library) -> None:
    assert [f for f in tolerating(library, "50 %").findings if f.rule == "phase-balance"] == []
