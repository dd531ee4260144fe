"""Explanations of refusals: minimal, exact, and at the lines that hold the limits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from changed_requests import Change, changed

from planner.document import Document
from planner.explain.conflict import minimal_conflict
from planner.explain.explanation import Explanation, Told
from planner.explain.limits import limits_of
from planner.packing.data import PackingInfeasible
from planner.plan.build import explained
from planner.plan.library import Library, load_library
from planner.plan.question import make_question
from planner.request import read_request
from planner.sizing.limits import Relaxation
from planner.sizing.model import SizingInfeasible, feasible
from planner.sizing.prepare import prepare
from planner.sizing.question import Question
from planner.sizing.settle import settle

EXAMPLES = Path(__file__).parents[2] / "examples"
Asked = Callable[..., tuple[Question, Document]]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def asked(library: Library) -> Asked:
    """The question of an example after a change, and the document whose lines it names."""

    def ask(name: str, change: Change | None = None) -> tuple[Question, Document]:
        source = changed(EXAMPLES / f"{name}.yaml", change or (lambda _: None))
        return make_question(read_request(source)[0], library), source

    return ask


def told(question: Question, source: Document) -> Explanation:
    return explained(question, source, load_library())


def possible(question: Question) -> bool:
    try:
        settle(question)
    except (SizingInfeasible, PackingInfeasible):
        return False
    return True


def hall(data: Any) -> Any:
    return data["sites"][0]["halls"][0]


def feeds_of(watts: int) -> Change:
    return lambda data: hall(data)["power"].update(feeds=[{"id": f, "capacity": f"{watts} W"} for f in "AB"])


def budget_of(money: int) -> Change:
    return lambda data: data["policy"].update(budget=money)


def air_of(watts: int) -> Change:
    return lambda data: hall(data)["cooling"].update(air=f"{watts} W")


def racks_of(watts: int) -> Change:
    """Two racks, of this power each."""

    def change(data: Any) -> None:
        for row in hall(data)["rows"]:
            row |= {"positions": 1, "rack_power": f"{watts} W"}

    return change


def floor_of(kilograms: int) -> Change:
    def change(data: Any) -> None:
        del hall(data)["floor"]
        for row in hall(data)["rows"]:
            row["rack_weight"] = f"{kilograms} kg"

    return change


MENU = [
    ("power:hall-1", feeds_of, 25_000),
    ("budget", budget_of, 1_000),
    ("air:hall-1", air_of, 20_000),
    ("rack-power:hall-1", racks_of, 15_000),
    pytest.param("weight:hall-1", floor_of, 200, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("limit", "change", "now"), MENU, ids=["power", "budget", "air", "rack power", "weight"])
def test_the_amount_on_the_menu_is_enough_and_one_less_is_not(
    asked: Asked, limit: str, change: Callable[[int], Change], now: int
) -> None:
    question, source = asked("berlin-clinic", change(now))
    way = next(w for w in told(question, source).ways_out if w.limit == limit)
    assert way.missing
    assert possible(asked("berlin-clinic", change(now + way.missing))[0])
    assert not possible(asked("berlin-clinic", change(now + way.missing - 1))[0])


@pytest.mark.parametrize(("name", "change"), [("infeasible-old-floor", None), ("berlin-clinic", feeds_of(25_000)),
                                              ("berlin-clinic", racks_of(15_000))])  # fmt: skip
def test_a_conflict_is_one_and_nothing_in_it_can_be_left_out(asked: Asked, name: str, change: Change | None) -> None:
    data = prepare(asked(name, change)[0], wide=True).data
    conflict = minimal_conflict(data)
    others = frozenset(limit for limit in limits_of(data) if limit not in conflict)
    assert conflict
    assert not feasible(data, Relaxation(dropped=others))
    for limit in conflict:
        assert feasible(data, Relaxation(dropped=others | {limit}))


LINES = {
    "workload": "- id: ", "power": "feeds:", "peak": "feeds:", "rack-power": "rack_power:", "weight": "floor:",
    "air": "air:", "liquid": "capacity:", "budget": "budget:",
}  # fmt: skip


def test_every_line_named_holds_its_limit(asked: Asked) -> None:
    text = (EXAMPLES / "infeasible-old-floor.yaml").read_text().splitlines()
    found = told(*asked("infeasible-old-floor"))
    named = [*found.conflict, *found.ways_out, *found.too_small]
    assert {entry.limit.split(":")[0] for entry in named} >= {"workload", "power", "weight", "peak"}
    for entry in named:
        wanted = LINES[entry.limit.split(":")[0]]
        block = text[entry.line - 1]
        assert wanted in block or wanted in text[entry.line - 2], entry


def test_limits_that_no_other_could_help_are_too_small_by_an_amount(asked: Asked) -> None:
    found = told(*asked("infeasible-old-floor"))
    missing = {way.limit: way.missing for way in found.too_small}
    assert not found.ways_out
    kilograms = missing["weight:machine-room"]
    assert kilograms

    def stronger(by: int) -> Change:
        def change(data: Any) -> None:
            room = hall(data)
            room["rows"] = [row | {"rack_power": "200 kW", "rack_weight": f"{734 + by} kg"} for row in room["rows"]]
            room["power"]["feeds"] = [{"id": f, "capacity": "300 kW"} for f in "AB"]
            room["cooling"]["air"] = "200 kW"
            room["cooling"]["loops"][0]["capacity"] = "300 kW"
            room["floor"] = {}

        return change

    assert possible(asked("infeasible-old-floor", stronger(kilograms))[0])
    assert not possible(asked("infeasible-old-floor", stronger(kilograms - 1))[0])


def test_a_workload_that_nothing_can_serve_is_named_with_its_reason(asked: Asked) -> None:
    def hasty(data: Any) -> None:
        data["workloads"][0]["ttft"] = "1 ms"

    found = told(*asked("berlin-clinic", hasty))
    assert not found.conflict
    assert len(found.impossible) == 1
    assert found.impossible[0].text.startswith("workload clinical-assistant: no system can serve it; ")
    assert (
        "id: clinical-assistant"
        in (EXAMPLES / "berlin-clinic.yaml").read_text().splitlines()[found.impossible[0].line - 1]
    )


def test_a_rule_whose_lifting_is_enough_is_on_the_menu(asked: Asked) -> None:
    def none_allowed(data: Any) -> None:
        data["policy"]["vendors"] = {"allow": ["AWS"]}

    question, source = asked("berlin-clinic", none_allowed)
    assert not possible(question)
    found = told(question, source)
    assert [way.limit for way in found.ways_out] == ["rule:policy.vendors.allow"]
    assert "lift rule policy.vendors.allow" in found.text()
    kept = tuple(r for r in question.rulings if r.rule != "policy.vendors.allow")
    assert possible(replace(question, rulings=kept))


def test_the_text_says_what_was_found() -> None:
    assert Explanation(impossible=(Told("workload:a", "workload a: none", 7),)).text().splitlines() == [
        "No plan meets this request.",
        "What cannot be met, whatever the amounts:",
        "  - line 7: workload a: none",
        "No single change was found to be enough.",
    ]


def test_each_fact_is_told_once(asked: Asked) -> None:
    found = told(*asked("infeasible-old-floor"))
    lines = found.text().splitlines()
    assert len(set(lines)) == len(lines)
    for said in ("120 kW of design load", "a rack may weigh 734 kg", "55.166 kW more", "846 kg more"):
        assert sum(said in line for line in lines) == 1
    assert lines.index("No single change is enough: several limits must move together.") < lines.index(
        "What was not tried or not found, and why:"
    )


def test_the_text_is_german_to_the_last_sentence(asked: Asked) -> None:
    for name, change in (("infeasible-old-floor", None), ("berlin-clinic", racks_of(15_000))):
        found = told(*asked(name, change))
        english, german = found.text().splitlines(), found.text("de").splitlines()
        assert len(english) == len(german)
        assert not set(english) & set(german)
        assert not re.search(
            r"\b(the|of|no|is|line|needed|price|workload|with)\b", re.sub(r"\(.*?\)", "", found.text("de"))
        )


def test_a_door_that_lets_no_rack_in_is_what_conflicts(asked: Asked) -> None:
    def narrow(data: Any) -> None:
        hall(data)["floor"] = {"door_width": "500 mm", "door_height": "1900 mm"}

    found = told(*asked("berlin-clinic", narrow))
    assert any("width of the door on the way in 500 mm and height" in entry.text for entry in found.conflict)
    (way,) = found.ways_out
    assert way.text == (
        "hall hall-1: width of the door on the way in from 500 to 600 mm and height of the door on the way in from "
        "1,900 to 1,991 mm"
    )


def test_liquid_that_no_loop_could_bring_is_told_and_not_on_the_menu(asked: Asked) -> None:
    found = told(*asked("berlin-clinic", air_of(20_000)))
    assert "cooling-kind:hall-1" not in {way.limit for way in found.ways_out}
    (beside,) = [one for one in found.off_menu if one.limit == "cooling-kind:hall-1"]
    assert "the hall states no loop that could bring it" in beside.text
    assert all(way.plan is not None for way in found.ways_out)
