"""Sovereignty after planning: the plan's own facts put before every rule of the chosen profiles."""

from __future__ import annotations

from typing import Any, cast

from planner.catalog.facts import Confidence
from planner.catalog.models import Models
from planner.catalog.schema import Region, System
from planner.demand.architecture import geometry
from planner.plan.library import Library, models_of
from planner.plan.question import buyer
from planner.plan.schema import BillLine, Decision, SovereigntyResult
from planner.request.schema import Request
from planner.request.site import Site
from planner.request.workload import FineTuning, Training, Workload
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
            "commission_date": request.service_date or request.date,
            "phase": "design",
            "accelerator_count": accelerators_bought(library, bill),
            "it_power_kw": power["it_w"] / 1000,
            "facility_power_kw": power["facility_w"] / 1000,
        },
        "sites": [_site(site) for site in request.sites] + [region_site(region) for region in regions],
        "home_sites": [_site(site) for site in request.sites],
        "workloads": [_workload(workload, models_of(request, library)) for workload in request.workloads],
        "operators": [region_operator(region, library.rules) for region in regions],
        "options": [option_facts(products[name], library.rules) for name in systems]
        + [region_option(region, library.rules) for region in regions],
        "bom_lines": [
            {
                **bom_line_facts(products[name], accelerators),
                "quantity": sum(b.quantity for b in bill if b.product == name),
            }
            for name in bought
        ],
        "placements": [
            {"workload": d.workload, "site": hall_sites.get(place, place), "option": d.system or place}
            for d in decisions
            for place in d.location.split(" + ")
        ],
        "evidence": dict(policy.sovereignty.evidence),
        "policy": {},
    }


def accelerators_bought(library: Library, bill: list[BillLine]) -> int:
    """Accelerators in every system on the bill, spares included."""
    systems = library.catalog.of(System)
    lines = [line for line in bill if line.product in systems and line.unit == "each"]
    return sum(line.quantity * systems[line.product].accelerators for line in lines)


def _site(site: Site) -> dict[str, Any]:
    """A site with what its plan adds: the most that a rack may draw."""
    known = site.model_dump(mode="json", exclude_none=True)
    densest = max(row.rack_power for hall in site.halls for row in hall.rows)
    return {**known, "rack_power_kw_max": densest / 1000, **({"pue": site.energy.pue} if site.energy.pue else {})}


def _workload(workload: Workload, models: Models) -> dict[str, Any]:
    """A workload with its training compute, where it trains."""
    known = workload.model_dump(mode="json")
    if not isinstance(workload, Training | FineTuning):
        return known
    per_token = geometry(models.get(workload.model)).training_flops_per_token(workload.sequence)
    return {**known, "training_flop": per_token * workload.tokens}
