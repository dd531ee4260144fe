"""Sovereignty after planning: the plan's own facts put before every rule of the chosen profiles."""

from __future__ import annotations

from typing import Any, cast

from planner.catalog.facts import Confidence
from planner.catalog.schema import Region
from planner.plan.library import Library
from planner.plan.question import buyer
from planner.plan.schema import BillLine, Decision, SovereigntyResult
from planner.request.schema import Request
from planner.sovereignty import (
    Context,
    accelerators_of,
    bom_line_facts,
    evaluate,
    option_facts,
    region_operator,
    region_option,
    region_site,
)


def evidence_of(
    request: Request, library: Library, bill: list[BillLine], decisions: list[Decision], power: dict[str, int]
) -> list[SovereigntyResult]:
    """The result of every rule for every subject. `power` are the plan's watts: IT design load and facility load."""
    context = Context(facts_of(request, library, bill, decisions, power))
    results = evaluate(request.policy.sovereignty.profiles, library.rules, library.profiles, context)
    return [
        SovereigntyResult(
            rule=r.rule, framework=r.framework, clause=r.clause, severity=r.severity, result=r.result,
            subject=r.subject, text=r.text, inputs=dict(r.inputs), missing=r.missing, source=r.source,
            confidence=cast(Confidence, r.confidence), as_of=r.as_of, status=r.status,
        )
        for r in results
    ]  # fmt: skip


def facts_of(
    request: Request, library: Library, bill: list[BillLine], decisions: list[Decision], power: dict[str, int]
) -> dict[str, Any]:
    """The plan in the words of the rules; what is not known is left out."""
    products = library.catalog.products
    accelerators = accelerators_of(products.values())
    bought = sorted({line.product for line in bill if line.product in products})
    systems = sorted({d.system for d in decisions if d.system in products})
    regions = [
        product for name in sorted({d.location for d in decisions}) if isinstance(product := products.get(name), Region)
    ]
    hall_sites = {hall.id: site.id for site, hall in request.halls()}
    policy = request.policy
    return {
        "plan": {
            **buyer(request),
            "commission_date": policy.in_service_by or request.date,
            "phase": "design",
            "it_power_kw": power["it_w"] / 1000,
            "facility_power_kw": power["facility_w"] / 1000,
        },
        "sites": [site.model_dump(mode="json") for site in request.sites] + [region_site(region) for region in regions],
        "home_sites": [site.model_dump(mode="json") for site in request.sites],
        "workloads": [workload.model_dump(mode="json") for workload in request.workloads],
        "operators": [region_operator(region, library.rules) for region in regions],
        "options": [option_facts(products[name], library.rules) for name in systems]
        + [region_option(region, library.rules) for region in regions],
        "bom_lines": [bom_line_facts(products[name], accelerators) for name in bought],
        "placements": [
            {"workload": d.workload, "site": hall_sites.get(place, place), "option": d.system or place}
            for d in decisions
            for place in d.location.split(" + ")
        ],
        "evidence": dict(policy.sovereignty.evidence),
        "policy": {},
    }
