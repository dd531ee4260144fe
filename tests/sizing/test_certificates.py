"""What packing proves of racks serves other questions with the same racks, and no question with others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tiny_sizing import NODE, hall, item, kind, need, question, workload

from planner.sizing.certificates import certificates_for, remember_certificates
from planner.sizing.data import Cut, SizingData
from planner.sizing.question import Question

CUT = Cut("hall", ((NODE, 1),), (("hall/A", 10),))
RACK = kind(design_w=20_000, peak_w=30_000, weight_kg=1000)


def data(**facts: object) -> SizingData:
    return question(hall(items=[item()], classes=[replace(RACK, **facts)]))  # type: ignore[arg-type]


@pytest.fixture
def learned(asked: Callable[..., Question]) -> Question:
    found = replace(asked("loose"), of_no_limit={})
    remember_certificates(found, data(), [CUT])
    return found


def test_a_certificate_serves_other_demands_and_more_positions_and_feeds(learned: Question) -> None:
    roomy = hall(items=[item()], classes=[replace(RACK, positions=99, rows=("B",), drops=("C",))], survivable_w=5)
    other = question(roomy, workloads=[workload("other", options=[need(units=9)])])
    assert certificates_for(learned, other) == (CUT,)


@pytest.mark.parametrize(
    "facts", [{"design_w": 20_001}, {"weight_kg": 999}, {"height_u": 47}, {"outlets": (("C13", 2),)}]
)
def test_a_certificate_says_nothing_of_other_racks(learned: Question, facts: dict[str, object]) -> None:
    assert certificates_for(learned, data(**facts)) == ()


def test_a_certificate_says_nothing_of_another_device_under_the_same_name(learned: Question) -> None:
    lighter = question(hall(items=[item(height_u=3)], classes=[RACK]))
    assert certificates_for(learned, lighter) == ()


def test_a_peak_that_the_design_limit_never_lets_a_rack_reach_plays_no_part(learned: Question) -> None:
    assert certificates_for(learned, data(peak_w=24_000)) == (CUT,)  # 20 nodes of 1 kW reach 24 kW at peak
    assert certificates_for(learned, data(peak_w=23_999)) == ()
