"""Plans of one request with other limits and other orders of objectives: what must hold between them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.errors import Infeasible
from planner.explain.explanation import Explanation
from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.question import make_question
from planner.request import load_request, read_request
from planner.sizing.answer import Settled
from planner.sizing.settle import settle

BERLIN = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"
Change = Callable[[Any], object]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def settled(library: Library) -> Callable[..., Settled]:
    """The answer for the Berlin request after a change to it."""
    _, source = load_request(BERLIN)

    def answer(change: Change | None = None) -> Settled:
        data = copy.deepcopy(source.data)
        if change is not None:
            change(data)
        request, _ = read_request(replace(source, data=data))
        return settle(make_question(request, library))

    return answer


def value(answer: Settled, objective: str) -> int:
    return next(s.value for s in answer.sizing.stages if s.objective == objective)


@pytest.fixture(scope="module")
def plain(settled: Callable[..., Settled]) -> Settled:
    return settled()


def objectives(*names: str) -> Change:
    return lambda data: data["policy"].update(objective=list(names))


def hall(**facts: Any) -> Change:
    return lambda data: data["sites"][0]["halls"][0].update(facts)


MORE_POWER = hall(power={"redundancy": "2N", "feeds": [{"id": f, "capacity": "400 kW"} for f in "AB"]})


def more_positions(data: Any) -> None:
    for row in data["sites"][0]["halls"][0]["rows"]:
        row["positions"] += 3


def no_floor(data: Any) -> None:
    room = data["sites"][0]["halls"][0]
    del room["floor"]
    for row in room["rows"]:
        del row["rack_weight"]


def no_date(data: Any) -> None:
    del data["policy"]["in_service_by"]


@pytest.mark.parametrize("change", [MORE_POWER, more_positions, no_floor, no_date])
def test_a_looser_limit_never_makes_the_plan_dearer(
    settled: Callable[..., Settled], plain: Settled, change: Change
) -> None:
    looser = settled(change)
    assert looser.bounds["tco"] <= plain.bounds["tco"]
    assert value(looser, "tco") <= value(plain, "tco")


def test_the_first_objective_is_not_spoilt_by_those_after_it(settled: Callable[..., Settled], plain: Settled) -> None:
    alone = settled(objectives("power"))
    both = settled(objectives("power", "tco", "racks"))
    assert value(both, "power") == value(alone, "power") <= value(plain, "power")
    assert value(plain, "tco") <= value(both, "tco")
    assert value(settled(objectives("racks")), "racks") <= value(plain, "racks")


def test_other_names_in_another_order_change_nothing_but_names(settled: Callable[..., Settled], plain: Settled) -> None:
    def turn(data: Any) -> None:
        room = data["sites"][0]["halls"][0]
        room["id"] = "cellar"
        room["rows"] = [row | {"id": f"Z{row['id']}"} for row in room["rows"]][::-1]
        data["workloads"] = [w | {"id": f"{w['id']}-2"} for w in data["workloads"]][::-1]

    turned = settled(turn)
    assert turned.sizing.counts["cellar"] == plain.sizing.counts["hall-1"]
    assert turned.sizing.stages == plain.sizing.stages


def test_a_budget_is_a_limit_at_its_very_amount(settled: Callable[..., Settled], library: Library) -> None:
    cheapest = value(settled(objectives("capex")), "capex")

    def budget(amount: int) -> Change:
        return lambda data: data["policy"].update(objective=["power"], budget=amount)

    assert value(settled(budget(cheapest)), "power") > 0
    _, source = load_request(BERLIN)
    data = copy.deepcopy(source.data)
    budget(1)(data)
    try:
        plan = make_plan(*read_request(replace(source, data=data)), library)
    except Infeasible as refusal:
        assert isinstance(refusal.explanation, Explanation)
        assert any(c.limit == "budget" for c in refusal.explanation.conflict)
    else:  # what is left has no price: the plan must say so of every system
        assert {line.product for line in plan.bill if line.group == "systems"} <= set(plan.cost.without_price)
