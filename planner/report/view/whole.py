"""The report of a plan: the same sections, in the same order, for every output."""

from __future__ import annotations

from planner.plan.said import retold
from planner.plan.schema import Plan
from planner.report import text
from planner.report.blocks import Depth, Report, at_depth
from planner.report.language import current, say
from planner.report.lookup import Lookup
from planner.report.view import (
    alternatives,
    assumptions,
    bill,
    changes,
    decision,
    demand,
    existing,
    network,
    origins,
    phases,
    power,
    site,
    trust,
)

MOST_SYSTEMS = 60  # letters that the subtitle has room for


def report_at(plan: Plan, depth: Depth, since: Plan | None = None) -> Report:
    """The report as deep as asked for, with the origin of every number in it."""
    told = _retold(plan)
    lookup = Lookup(told)
    return origins.noted(at_depth(_report(told, since and _retold(since), lookup), depth), told, lookup, depth)


def report_of(plan: Plan, since: Plan | None = None) -> Report:
    """Everything the plan has to say, deepest level included; with `since`, what changed since that plan too."""
    told = _retold(plan)
    return _report(told, since and _retold(since), Lookup(told))


def _retold(plan: Plan) -> Plan:
    """The plan with its sentences in the language of the report."""
    return retold(plan, plan.said, current().code)


def _report(plan: Plan, since: Plan | None, lookup: Lookup) -> Report:
    sections = (
        decision.section(plan, lookup),
        *([changes.section(plan, since, lookup)] if since else []),
        alternatives.section(plan, lookup),
        demand.section(plan, lookup),
        demand.systems(plan, lookup),
        phases.section(plan, lookup),
        site.floors(plan, lookup),
        site.racks(plan, lookup),
        existing.section(plan, lookup),
        power.section(plan, lookup),
        power.cooling(plan, lookup),
        network.section(plan, lookup),
        bill.section(plan),
        bill.money(plan, lookup),
        trust.sovereignty(plan),
        trust.findings(plan),
        trust.proofs(plan),
        assumptions.section(plan),
        trust.unknowns(plan, lookup),
        trust.sources(plan),
        trust.inputs(plan),
    )
    i = plan.inputs
    footer = say(
        "footer",
        request=i.request_sha256[:8],
        catalog=i.catalog_sha256[:8],
        version=i.planner_version,
    )
    systems = lookup.systems() if plan.headline.system_count else say("whole.no-system")
    if len(systems) > MOST_SYSTEMS:
        systems = text.counted("accelerator-system", plan.headline.system_count)
    subtitle = say("whole.subtitle", systems=systems, racks=text.counted("rack", plan.headline.racks))
    return Report(i.request_name, subtitle, text.day(i.date), footer, tuple(s for s in sections if s.blocks))
