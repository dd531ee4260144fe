"""Ways out with their prices: each is enough when made, costs what the request says, and leads to the plan told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_requests import Change, changed

from planner.document import Document
from planner.explain.case import WayOut
from planner.explain.changes import moved
from planner.explain.explanation import Explanation
from planner.plan.build import explained, make_plan, trials_of
from planner.plan.library import Library, load_library
from planner.plan.question import make_question
from planner.request import load_request, read_request
from planner.sizing.limits import Limit
from planner.sizing.prepare import prepare

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def of_example(name: str, change: Change) -> Document:
    return changed(EXAMPLES / f"{name}.yaml", change)


def told(library: Library, name: str, change: Change = lambda _: None) -> Explanation:
    source = of_example(name, change)
    return explained(make_question(read_request(source)[0], library), source, library)


def hall(data: Any) -> Any:
    return data["sites"][0]["halls"][0]


def weak(data: Any) -> None:
    hall(data)["power"]["feeds"] = [{"id": f, "capacity": "25 kW"} for f in "AB"]


def way(found: Explanation, limit: str) -> WayOut:
    return next(entry for entry in found.ways_out if entry.limit == limit)


def test_a_plan_with_the_change_costs_what_the_explanation_says(library: Library) -> None:
    out = way(told(library, "berlin-clinic", weak), "power:hall-1")
    assert out.missing is not None
    assert out.plan is not None

    def enough(data: Any) -> None:
        weak(data)
        for feed in hall(data)["power"]["feeds"]:
            feed["capacity"] = f"{25_000 + (out.missing or 0)} W"

    source = of_example("berlin-clinic", enough)
    head = make_plan(read_request(source)[0], source, library).headline
    assert (out.plan.capex.low, out.plan.capex.typical, out.plan.capex.high) == (
        head.capex.low, head.capex.typical, head.capex.high,
    )  # fmt: skip
    assert out.plan.tco.typical == head.tco.typical


def test_a_price_is_told_where_the_request_has_one_and_else_is_not_known(library: Library) -> None:
    def priced(data: Any) -> None:
        weak(data)
        rates = {"as_of": "2026-11-01", "source": "the utility's offer", "currency": "USD", "power": "1000 /kW"}
        data["policy"]["relief_costs"] = rates

    without = way(told(library, "berlin-clinic", weak), "power:hall-1")
    assert without.relief is None
    assert "price of the change: not known" in told(library, "berlin-clinic", weak).text()
    relief = way(told(library, "berlin-clinic", priced), "power:hall-1").relief
    assert relief is not None
    assert without.missing is not None
    assert relief.amount == round(without.missing * 0.87)  # 1,000 USD per kW at 0.87 EUR
    assert "the utility's offer, 2026-11-01" in relief.basis
    assert f"{without.missing / 1000:,} kW, 1,000 USD per kW" in relief.basis  # exact, so that a reader gets the price


def test_known_prices_come_first_and_demand_last(library: Library) -> None:
    def two_ways(data: Any) -> None:
        weak(data)
        data["policy"]["relief_costs"] = {"as_of": "2026-11-01", "source": "an offer", "power": "9000 /kW"}

    limits = [entry.limit for entry in told(library, "berlin-clinic", two_ways).ways_out]
    assert limits == ["power:hall-1", "workload:clinical-assistant"]


def test_a_region_that_would_do_is_offered_for_the_workload_alone(library: Library) -> None:
    def in_the_us(data: Any) -> None:
        weak(data)
        data["sites"][0]["country"] = "US"
        data["sites"][0]["operator"] = {}
        data["policy"]["sovereignty"] = {"profiles": []}
        for workload in data["workloads"]:
            workload["data"] = {"residency": "anywhere"}

    found = told(library, "berlin-clinic", in_the_us)
    offered = [entry for entry in found.ways_out if entry.limit.startswith("region:")]
    assert offered
    for entry in offered:
        region, _, workload = entry.limit.removeprefix("region:").partition("/")
        assert f"allow region {region} for workload {workload}" in entry.text
        assert entry.plan is not None
        assert f"in {region}" in entry.plan.systems


def test_no_region_is_offered_where_the_data_may_not_leave(library: Library) -> None:
    assert not [e for e in told(library, "berlin-clinic", weak).ways_out if e.limit.startswith("region:")]


def moves(found: Explanation) -> dict[str, int | None]:
    assert found.combination is not None
    return {entry.limit: entry.missing for entry in found.combination.moves}


def test_a_combination_is_enough_and_no_part_of_it_can_be_less(library: Library) -> None:
    by = moves(told(library, "infeasible-old-floor"))
    assert set(by) == {"power:machine-room", "weight:machine-room"}

    def after(less: str = "") -> Change:
        def change(data: Any) -> None:
            amounts = {limit: (missing or 0) - (limit == less) for limit, missing in by.items()}
            room = hall(data)
            watts = 120_000 + amounts["power:machine-room"]
            room["power"]["feeds"] = [{"id": f, "capacity": f"{watts} W"} for f in "AB"]
            room["rows"][0]["rack_weight"] = f"{734 + amounts['weight:machine-room']} kg"
            room["floor"] = {}

        return change

    def possible(change: Change) -> bool:
        found = make_question(read_request(of_example("infeasible-old-floor", change))[0], library)
        return trials_of(library).solve(found) is not None

    assert possible(after())
    assert not possible(after(less="power:machine-room"))
    assert not possible(after(less="weight:machine-room"))


def test_a_combination_is_weighed_by_money_only_where_prices_are_enough(library: Library) -> None:
    by_money = told(library, "infeasible-old-floor").combination
    assert by_money is not None
    assert by_money.weighed == "money"
    assert by_money.relief == sum(m.relief.amount for m in by_money.moves if m.relief is not None)

    def without_weight(data: Any) -> None:
        del data["policy"]["relief_costs"]["weight"]

    by_share = told(library, "infeasible-old-floor", without_weight).combination
    assert by_share is not None
    assert by_share.weighed == "share"
    assert by_share.relief is None


@pytest.mark.parametrize(("kind", "by", "words"), [
    ("power", 47_000, "feeds A and B from 300 kW to 347 kW in hall hall-1"),
    ("air", 15_000, "air cooling of hall hall-1 from 260 kW to 275 kW"),
    ("positions", 5, "14 to 19 positions in hall hall-1 (row B from 7 to 12)"),
    ("rack-power", 2_500, "power per rack in hall hall-1 from 20 kW to 22.5 kW"),
    ("rack-height", 4, "racks of hall hall-1 up to 52U in place of 48U"),
])  # fmt: skip
def test_a_change_is_said_in_the_words_of_the_request(library: Library, kind: str, by: int, words: str) -> None:
    question = make_question(load_request(EXAMPLES / "berlin-clinic.yaml")[0], library)
    changes = moved(question.request, Limit(kind, "hall-1"), by, prepare(question, wide=True).data)
    assert changes[-1].words == words
