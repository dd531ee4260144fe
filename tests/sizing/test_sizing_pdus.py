"""PDUs of racks: one on each feed is in the price of a rack, more are paid for as load and sockets ask."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny_sizing import NODE, hall, item, kind, need, question, workload

from planner.packing.data import Pattern
from planner.plan.library import load_library
from planner.plan.question import make_question
from planner.request import load_request
from planner.sizing.data import Cut, Pdus, SizingData
from planner.sizing.limits import RACK_POWER, Limit, measuring
from planner.sizing.model import least_excess, size
from planner.sizing.open_stages import recounted, value_in
from planner.sizing.packed_racks import packing_problem
from planner.sizing.pdus import (
    by_number_of_pdus,
    cost_with_pdus,
    has_idle_choices,
    kind_and_pdus,
    per_feed,
    with_pdus,
    without_idle_choices,
)
from planner.sizing.settle import settle

EXAMPLES = Path(__file__).parents[2] / "examples"
THREE = Pdus(feeds=2, most=3, design_w=2500, capex=7, outlets=(("C19", 4),))


def asked(units: int = 5, pdus: Pdus | None = THREE, **facts: object) -> SizingData:
    """Nodes of 1 kW with one C19 cord on each side, in racks of 7.5 kW and 48U."""
    node = item(outlets=(("C19", 1),), **facts)
    places = [kind(design_w=7500, pdus=pdus)]
    return question(hall(items=[node], classes=places), workloads=[workload(options=[need(units=units)])])


@pytest.mark.parametrize(("units", "sets"), [(2, 1), (3, 2), (5, 2), (6, 3), (7, 3)])
def test_load_asks_for_pdus(units: int, sets: int) -> None:
    """2.5 kW on each set of PDUs: two nodes, five nodes, seven."""
    found = size(asked(units))
    assert sum(found.racks["hall"].values()) == 1
    assert 1 + sum(found.more_pdus["hall"].get("hall/A", ())) == sets
    assert found.stages[-1].value == 100 * units + 10 + 7 * (sets - 1)


@pytest.mark.parametrize(("units", "more"), [(10, 0), (11, 1), (12, 2)])
def test_a_further_set_carries_no_more_than_the_rack_may_still_draw(units: int, more: int) -> None:
    """Two racks of 3 kW with sets of 2.5 kW: 5 kW on a set in each, then 0.5 kW for each second set."""
    node = item(design_w=500, air_w=500)
    places = [kind(design_w=3000, positions=2, pdus=replace(THREE, most=2, outlets=()))]
    found = size(question(hall(items=[node], classes=places), workloads=[workload(options=[need(units=units)])]))
    assert sum(found.racks["hall"].values()) == 2
    assert sum(found.more_pdus["hall"].get("hall/A", ())) == more


def test_sockets_ask_for_pdus() -> None:
    found = size(asked(5, design_w=100))
    assert sum(found.more_pdus["hall"]["hall/A"]) == 1  # five cords, four sockets


def test_a_second_rack_may_be_cheaper_than_pdus() -> None:
    dear = replace(THREE, capex=50)
    found = size(asked(5, dear))
    assert (found.racks["hall"], found.more_pdus["hall"]) == ({"hall/A": 2}, {})


def test_where_the_limit_of_a_rack_moves_its_pdus_do() -> None:
    heavy = asked(1, design_w=9000)
    limit = Limit(RACK_POWER, "hall")
    assert least_excess(heavy, measuring(limit)) == 9000 - 7500


def test_a_certificate_may_speak_of_racks_by_their_pdus() -> None:
    """Two nodes to a rack with one set of PDUs, three with two sets: five nodes need three sets in one rack."""
    names = {number: with_pdus("hall/A", number) for number in (1, 2, 3)}
    assert kind_and_pdus(names[2]) == ("hall/A", 2)
    assert kind_and_pdus("hall/A") == ("hall/A", None)
    cut = Cut("hall", ((NODE, 1),), ((names[1], 2), (names[2], 3), (names[3], 5)))
    before, after = size(asked(5)), size(asked(5), [cut])
    assert sum(before.more_pdus["hall"]["hall/A"]) == 1
    assert after.more_pdus["hall"]["hall/A"] == (1, 1)


def test_packing_sees_each_number_of_pdus_as_a_rack_of_its_own() -> None:
    data = asked(5)
    place = data.halls[0]
    problem = packing_problem(place, size(data), "capex")
    by_number = by_number_of_pdus(place, problem)
    assert by_number is not None
    watts = problem.resources.index("design_w")
    assert [(r.id, r.capacity[watts], r.cost) for r in by_number.racks] == [
        ("hall/A#1", 2500, 10_001), ("hall/A#2", 5000, 17_001), ("hall/A#3", 7500, 24_001),
    ]  # fmt: skip
    assert per_feed(place, THREE, Pattern("hall/A", ((NODE, 5),))) == 2
    assert by_number_of_pdus(asked(5, replace(THREE, most=1)).halls[0], problem) is None


def test_an_answer_is_worth_what_is_bought_in_the_end() -> None:
    data = asked(5)
    found = size(data)
    assert [value_in(data, found, s.objective) for s in found.stages] == [s.value for s in found.stages]
    fewer = replace(found, more_pdus={"hall": {}})
    *_, stage = recounted(data, fewer).stages
    assert (stage.value, stage.lower_bound, stage.proven) == (510, 0, False)  # what was proven of more is no bound


def test_racks_without_a_price_are_no_way_to_save_pdus() -> None:
    """Two racks with one set each save a set of 50 only where a rack is known to cost 10."""
    unknown = replace(THREE, capex=50, weighed=False)
    data = without_idle_choices(asked(5, unknown))
    assert has_idle_choices(data)
    assert not has_idle_choices(without_idle_choices(asked(5)))
    assert size(data).racks["hall"] == {"hall/A": 1}
    assert size(asked(5, unknown)).racks["hall"] == {"hall/A": 2}


def test_a_certificate_by_pdus_holds_where_they_are_not_counted() -> None:
    cut = Cut("hall", ((NODE, 1),), (("hall/A#1", 2), ("hall/A#2", 3), ("hall/A#3", 4)))
    assert size(without_idle_choices(asked(5, replace(THREE, weighed=False))), [cut]).racks["hall"] == {"hall/A": 2}


def test_what_is_bought_in_the_end_is_what_was_sized_where_nothing_came_out_other() -> None:
    """Leeds: racks that stand are opened by sizing, and are no new racks."""
    question = make_question(load_request(EXAMPLES / "leeds-brownfield.yaml")[0], load_library())
    settled = settle(question)
    assert any(place.standing for hall in settled.prepared.data.halls for place in hall.classes)
    assert [s.lower_bound for s in settled.sizing.stages] == [s.value for s in settled.sizing.stages]


def test_the_bound_of_a_plan_counts_the_pdus_that_its_racks_need() -> None:
    question = make_question(load_request(EXAMPLES / "paris-sovereign-cloud.yaml")[0], load_library())
    settled = settle(question)
    data = settled.prepared.data
    for stage in settled.sizing.stages:
        assert value_in(data, settled.sizing, stage.objective) == stage.value
        assert settled.bounds[stage.objective] <= stage.value
    (place,) = data.halls
    extra = cost_with_pdus(place, settled.problems[place.key], settled.packing[place.key])
    extra = (extra - settled.packing[place.key].cost) // 1000
    assert settled.whole is not None
    assert settled.bounds["tco"] < settled.whole.value <= settled.sizing.stages[1].value + extra
