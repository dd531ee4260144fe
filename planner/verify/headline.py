"""Page one says what the rest of the plan says; findings are counted; the budget and the date are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from planner.verify.subject import Broken, Rule, Subject, above, differs


def headline_repeats_the_plan(subject: Subject) -> Iterator[Broken]:
    """Counts, power and money of the first page are those of the detail."""
    plan, head = subject.plan, subject.plan.headline
    peaks = [hall.peak_w for hall in plan.power]
    peak = None if None in peaks else sum(p for p in peaks if p is not None)
    for what, found, expected in (
        ("systems", head.system_count, sum(s.count for s in plan.systems)),
        ("accelerators", head.accelerators, sum(s.accelerators for s in plan.systems)),
        ("racks", head.racks, len(plan.racks)),
        ("design W", head.power_design_w, sum(hall.design_w for hall in plan.power)),
        ("peak W", head.power_peak_w, peak),
        ("capex", head.capex, plan.cost.capex),
        ("tco", head.tco, plan.cost.tco),
        ("currency", head.currency, subject.request.currency),
        ("lines", head.lines, len(plan.bill)),
        ("lines without a price", head.lines_without_price, plan.cost.lines_without_price),
    ):
        yield from differs("headline", what, found, expected)
    for choice in plan.systems:
        name = subject.catalog.products[choice.product].name
        if name not in head.systems:
            yield Broken("headline", f'"{head.systems}" does not name {name}')


def findings_are_counted(subject: Subject) -> Iterator[Broken]:
    """Errors, warnings and missing evidence on the first page are those in the plan."""
    plan, head = subject.plan, subject.plan.headline
    severities = [finding.severity for finding in plan.findings]
    results = [result.result for result in plan.sovereignty]
    yield from differs("headline", "errors", head.errors, severities.count("error"))
    yield from differs("headline", "warnings", head.warnings, severities.count("warning"))
    yield from differs("headline", "evidence needed", head.evidence_needed, results.count("evidence-needed"))


def lead_times_are_the_longest(subject: Subject) -> Iterator[Broken]:
    """The lead time is the longest of any line; the plan is ready that long after the order, and not too late."""
    head, policy = subject.plan.headline, subject.request.policy
    known = [line.lead_time_weeks for line in subject.plan.bill if line.lead_time_weeks is not None]
    yield from differs("headline", "lead time in weeks", head.lead_time_weeks, max(known, default=None))
    if not known:
        return
    ordered = date.fromisoformat(policy.order_date or subject.request.date)
    ready = ordered + timedelta(days=ceil(Fraction(str(max(known))) * 7))
    yield from differs("headline", "ready by", head.ready_by, ready.isoformat())
    if policy.in_service_by is not None and ready.isoformat() > policy.in_service_by:
        yield Broken("headline", f"ready by {ready.isoformat()}, asked for by {policy.in_service_by}")


def budget_is_kept(subject: Subject) -> Iterator[Broken]:
    """Typical capital cost of everything with a price fits the budget."""
    budget = subject.request.policy.budget
    if budget is not None:
        yield from above("budget", "typical capex", subject.plan.cost.capex.typical, budget)


RULES: tuple[Rule, ...] = (
    headline_repeats_the_plan,
    findings_are_counted,
    lead_times_are_the_longest,
    budget_is_kept,
)
