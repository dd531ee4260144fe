"""Sovereignty evidence is judged again, also where the operators of two sites share a name."""

from __future__ import annotations

import copy
from typing import Any

from planner import document
from planner.document import Document, Mark
from planner.plan.evidence import evidence_of
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.request.check import read_request
from planner.request.schema import Request
from planner.verify.sources import evidence_is_judged_again
from planner.verify.subject import Subject


def of_two_operators(plan: Plan) -> tuple[Request, dict[str, Any]]:
    """The request of a plan with a second site, whose operator has the same name and another parent."""
    data = copy.deepcopy(plan.request)
    site = copy.deepcopy(data["sites"][0])
    site["id"], site["operator"] = "second", {"country": "AT", "parent_country": "AT"}
    for hall in site["halls"]:
        hall["id"] = f"second-{hall['id']}"
    data["sites"][0]["operator"] = {"country": "DE"}
    data["sites"].append(site)
    data["policy"]["sovereignty"] = {"profiles": ["eu-data-residency"]}
    source = Document("two sites", data, {(): Mark(1, 1)}, {}, document.sha256(data))
    return read_request(source)[0], data


def test_operators_of_one_name_are_judged_each_by_its_own_facts(plans: dict[str, Plan], library: Library) -> None:
    plan = plans["berlin"]
    request, data = of_two_operators(plan)
    power = {"it_w": sum(hall.design_w for hall in plan.power), "facility_w": 0}
    evidence = evidence_of(request, library, list(plan.bill), list(plan.decisions), power)
    operators = [result for result in evidence if result.rule == "X-OPR-001"]
    assert len({result.subject for result in operators}) < len(operators)

    def judged(results: list[Any]) -> list[str]:
        changed = plan.model_copy(update={"request": data, "sovereignty": tuple(results)})
        broken = evidence_is_judged_again(Subject(changed, request, library))
        return [fault.place for fault in broken if "X-OPR-001" in fault.place]

    assert judged(list(evidence)) == []
    wrong = operators[0].model_copy(update={"result": "not-applicable"})
    assert judged([wrong if result is operators[0] else result for result in evidence]) == [
        f"X-OPR-001, {wrong.subject}"
    ]
