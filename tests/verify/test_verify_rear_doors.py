"""Rows with rear doors: what the doors take does not reach the room, and a plan that says otherwise is caught."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from changed_requests import Change, changed
from plan_mutants import rehash

from planner.errors import Infeasible
from planner.plan.build import make_plan
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.report import Look, render_html
from planner.request import read_request
from planner.verify import verify

REQUEST = Path(__file__).parent / "requests" / "rear-doors.yaml"


def planned(library: Library, change: Change = lambda _: None) -> Plan:
    return make_plan(*read_request(changed(REQUEST, lambda data: change(hall_of(data)))), library)


def hall_of(data: Any) -> Any:
    return data["sites"][0]["halls"][0]


def rules_broken(plan: Plan, library: Library, change: Callable[[dict[str, Any]], None] = lambda _: None) -> set[str]:
    data = json.loads(plan_json(plan))
    change(data)
    rehash(data)
    return {f.rule for f in verify(Plan.model_validate(data), library) if f.severity == "error"}


@pytest.fixture(scope="module")
def doors(library: Library) -> Plan:
    return planned(library)


def heat_in(plan: Plan, row: str) -> int:
    heat = {pattern.id: pattern.heat_air_w or 0 for pattern in plan.patterns}
    return sum(heat[rack.pattern] for rack in plan.racks if rack.row == row)


def test_doors_carry_what_the_room_could_not(doors: Plan, library: Library) -> None:
    assert rules_broken(doors, library) == set()
    (cooling,) = doors.cooling
    (loop,) = cooling.loops
    assert (cooling.air_w, loop.load_w, loop.rear_doors_w) == (heat_in(doors, "A"), *[heat_in(doors, "B")] * 2)
    assert loop.load_w > cooling.air_capacity_w and loop.flow_l_min is None
    assert (cooling.airflow_m3_h or 0) > 4 * 1500  # of four servers: the air moves, whatever takes its heat

    def without(hall: Any) -> None:
        del hall["rows"][1]["rear_door"], hall["cooling"]["loops"]

    with pytest.raises(Infeasible, match="air cooling of hall room"):
        planned(library, without)


def test_a_loop_that_is_too_small_for_the_doors_is_an_answer(library: Library) -> None:
    with pytest.raises(Infeasible, match="loop room/chilled"):
        planned(library, lambda hall: hall["cooling"]["loops"][0].update(capacity="45 kW"))


def test_doors_that_are_too_small_for_any_device_are_made_larger_with_the_power_of_racks(library: Library) -> None:
    def small(hall: Any) -> None:
        del hall["rows"][0]
        hall["rows"][0]["rear_door"]["capacity"] = "12 kW"

    with pytest.raises(
        Infeasible,
        match=r"with rear doors that take as much more \(at least 5.64 kW more of .*\n.*\n.*4 x NVIDIA DGX B200",
    ):
        planned(library, small)


def test_racks_are_packed_as_the_room_and_the_loop_share_the_heat(library: Library) -> None:
    """Two racks of everything go to the room and the loop, neither of which takes both."""

    def shared(hall: Any) -> None:
        hall["cooling"]["air"] = "45 kW"
        hall["cooling"]["loops"][0]["capacity"] = "45 kW"

    plan = planned(library, shared)
    assert rules_broken(plan, library) == set()
    assert 0 < heat_in(plan, "A") <= 40_500 and 0 < heat_in(plan, "B") <= 40_500


@pytest.mark.parametrize("capacity_kw", [20, 35])
def test_no_rack_gives_its_door_more_than_it_takes(library: Library, capacity_kw: int) -> None:
    plan = planned(library, lambda hall: hall["rows"][1]["rear_door"].update(capacity=f"{capacity_kw} kW"))
    heat = {pattern.id: pattern.heat_air_w or 0 for pattern in plan.patterns}
    behind = [heat[rack.pattern] for rack in plan.racks if rack.row == "B"]
    assert behind and max(behind) <= 900 * capacity_kw  # nine tenths may be planned
    assert rules_broken(plan, library) == set()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda data: data["cooling"][0]["loops"][0].update(rear_doors_w=0), "loops-carry-their-heat"),
        (lambda data: data["cooling"][0]["loops"][0].update(load_w=0), "loops-carry-their-heat"),
        (lambda data: data["cooling"][0]["loops"][0].update(flow_l_min=0), "loops-carry-their-heat"),
        (lambda data: data["cooling"][0].update(air_w=64_596), "air-is-cooled"),
        (lambda data: data["racks"][0].update(row="A"), "air-is-cooled"),
        (
            lambda data: hall_of(data["request"])["cooling"]["loops"][0].update(capacity="70 kW"),
            "loops-carry-their-heat",
        ),
        (
            lambda data: hall_of(data["request"])["rows"][1]["rear_door"].update(capacity="30 kW"),
            "racks-stand-where-they-are-cooled",
        ),
    ],
)
def test_heat_that_is_not_where_the_plan_says_is_noticed(
    doors: Plan, library: Library, change: Callable[[dict[str, Any]], None], rule: str
) -> None:
    assert rule in rules_broken(doors, library, change)


@pytest.mark.parametrize(("code", "words"), [("en", "of it through rear doors"), ("de", "davon durch Rücktüren")])
def test_the_report_says_what_doors_take(doors: Plan, code: str, words: str) -> None:
    assert words in render_html(doors, "full", Look(code=code))
