"""Every way to break a real plan is noticed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from plan_mutants import MUTANTS
from pydantic import ValidationError

from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.verify import verify


def data_of(plan: Plan) -> dict[str, Any]:
    return json.loads(json.dumps(plan.model_dump(mode="json", by_alias=True)))


def errors(plan: Plan, library: Library) -> list[str]:
    return [f"{f.rule}: {f.place}: {f.text}" for f in verify(plan, library) if f.severity == "error"]


@pytest.mark.parametrize("name", ["berlin", "liquid", "certified"])
def test_a_real_plan_holds_every_promise(plans: dict[str, Plan], library: Library, name: str) -> None:
    assert errors(plans[name], library) == []


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_caught(plans: dict[str, Plan], library: Library, mutant: str) -> None:
    tried = 0
    for name, plan in plans.items():
        data = data_of(plan)
        if not MUTANTS[mutant](data):
            continue
        tried += 1
        try:
            broken = Plan.model_validate(data)
        except ValidationError:
            continue
        assert errors(broken, library), f"{mutant} of {name} goes unnoticed"
    assert tried, f"{mutant} applies to no plan"
