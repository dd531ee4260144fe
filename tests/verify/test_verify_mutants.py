"""Every way to break a real plan is noticed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import phase_mutants  # noqa: F401 - adds its mutants
import pytest
from plan_mutants import MUTANTS
from pydantic import ValidationError

from planner.catalog.facts import Fact
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.verify import verify

TEXTS: dict[int, str] = {}


def data_of(plan: Plan) -> dict[str, Any]:
    """The plan as plain data, fresh on every call."""
    if id(plan) not in TEXTS:
        TEXTS[id(plan)] = plan_json(plan)
    return json.loads(TEXTS[id(plan)])


def with_fact(library: Library, product: str, **facts: Any) -> Library:
    """The library with some facts of one product replaced."""
    catalog = library.catalog
    changed = catalog.products[product].model_copy(update={name: Fact(value=value) for name, value in facts.items()})
    return replace(library, catalog=replace(catalog, products={**catalog.products, product: changed}))


def errors(plan: Plan, library: Library) -> list[str]:
    return [f"{f.rule}: {f.place}: {f.text}" for f in verify(plan, library) if f.severity == "error"]


@pytest.mark.parametrize("name", ["berlin", "vienna", "liquid", "shared"])
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


def test_another_catalog_is_a_warning_and_what_differs_is_an_error(plans: dict[str, Plan], library: Library) -> None:
    plan = plans["berlin"]
    other = replace(library, sha256="0" * 64)
    assert [(f.severity, f.rule) for f in verify(plan, other)] == [("warning", "catalog-is-the-one-that-was-used")]


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        ({"inlet_max_c": 20.0}, "inlets-are-within-the-makers-limits"),
        ({"power_design_w": 14_201.0}, "patterns-add-up-their-power"),
        ({"weight_kg": 1.0}, "patterns-add-up-their-weight"),
        ({"depth_mm": 1500.0}, "racks-fit-their-row"),
        ({"height_u": 1}, "devices-have-their-height"),
        ({"max_per_rack": 0}, "systems-keep-apart"),
        ({"min_accelerators": 100_000}, "orders-meet-their-minimum"),
    ],
)
def test_a_changed_fact_is_noticed(plans: dict[str, Plan], library: Library, fact: dict[str, Any], rule: str) -> None:
    plan = plans["berlin"]
    changed = with_fact(library, plan.systems[0].product, **fact)
    assert rule in {f.rule for f in verify(plan, changed) if f.severity == "error"}
