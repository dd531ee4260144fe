"""The report of a plan: the same sections, in the same order, for every output."""

from __future__ import annotations

from planner.plan.schema import Plan
from planner.report import text
from planner.report.blocks import Report
from planner.report.lookup import Lookup
from planner.report.view import alternatives, bill, decision, demand, network, power, site, trust

MOST_SYSTEMS = 60  # letters that the subtitle has room for


def report_of(plan: Plan) -> Report:
    """Everything the plan has to say, deepest level included."""
    lookup = Lookup(plan)
    sections = (
        decision.section(plan, lookup),
        alternatives.section(plan, lookup),
        demand.section(plan, lookup),
        demand.systems(plan, lookup),
        site.floors(plan, lookup),
        site.racks(plan, lookup),
        power.section(plan, lookup),
        power.cooling(plan, lookup),
        network.section(plan, lookup),
        bill.section(plan),
        bill.money(plan, lookup),
        bill.carbon(plan, lookup),
        trust.sovereignty(plan),
        trust.findings(plan),
        trust.proofs(plan),
        trust.assumptions(plan),
        trust.unknowns(plan, lookup),
        trust.sources(plan),
        trust.inputs(plan),
    )
    i = plan.inputs
    footer = f"request {i.request_sha256[:8]}, catalog {i.catalog_sha256[:8]}, planner {i.planner_version}"
    systems = lookup.systems() if plan.headline.system_count else "no system"
    if len(systems) > MOST_SYSTEMS:
        systems = text.plural(plan.headline.system_count, "accelerator system")
    subtitle = f"{systems} in {text.plural(plan.headline.racks, 'rack')}"
    return Report(i.request_name, subtitle, i.date, footer, tuple(s for s in sections if s.blocks))
