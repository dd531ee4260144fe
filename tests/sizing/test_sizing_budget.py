"""A budget is not kept by buying what nobody knows the price of."""

from __future__ import annotations

from pathlib import Path

from planner.plan.library import load_library
from planner.plan.question import make_question
from planner.request import load_request
from planner.sizing.prepare import Prepared, prepare

BERLIN = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"


def prepared(budget: int | None) -> Prepared:
    request, _ = load_request(BERLIN)
    policy = request.policy.model_copy(update={"budget": budget})
    return prepare(make_question(request.model_copy(update={"policy": policy}), load_library()))


def unpriced(found: Prepared) -> set[str]:
    items = {key: item for hall in found.data.halls for key, item in hall.items.items()}
    systems = {option.system for workload in found.data.workloads for option in workload.options}
    stores = {store.item for hall in found.data.halls for store in hall.storage}
    return {key for key in systems | stores if key in items and not items[key].priced}


def test_under_a_budget_what_has_no_price_is_no_option_where_others_have_one() -> None:
    free, bound = prepared(None), prepared(10**9)
    assert unpriced(free)
    assert not unpriced(bound)
    barred = {bar.product for bar in bound.bars if bar.rule == "budget"}
    assert {key.rpartition("/")[2] for key in unpriced(free)} == barred
    assert all(workload.options and workload.places for workload in bound.data.workloads)
