"""Page one says what the rest of the plan says; findings are counted; the budget and the date are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from planner.verify.subject import Broken, Rule, Subject, above, differs

NO_SYSTEM = "no system on site"


def headline_repeats_the_plan(subject: Subject) -> Iterator[Broken]:
    """Counts, power and money of the first page are those of the detail."""
    plan, head = subject.plan, subject.plan.headline
    peaks = [hall.peak_w for hall in plan.power]
    peak = None if None in peaks else sum(p for p in peaks if p is not None)
    for what, found, expected in (
        ("systems", head.system_count, sum(s.count for s in plan.systems)),
        ("accelerators", head.accelerators, sum(s.accelerators for s in plan.systems)),
        ("racks", head.racks, sum(not subject.added_to(rack) for rack in plan.racks)),
        ("design W", head.power_design_w, sum(hall.design_w for hall in plan.power)),
        ("peak W", head.power_peak_w, peak),
        ("capex", head.capex, plan.cost.capex),
        ("tco", head.tco, plan.cost.tco),
        ("currency", head.currency, subject.request.currency),
        ("lines", head.lines, len(plan.bill)),
        ("lines without a price", head.lines_without_price, plan.cost.lines_without_price),
    ):
        yield from differs("headline", what, found, expected)
    counts: Counter[str] = Counter()
    for choice in plan.systems:
        counts[choice.product] += choice.count
    words = [f"{count} x {subject.catalog.products[name].name}" for name, count in sorted(counts.items())]
    yield from differs("headline", "systems in words", head.systems, ", ".join(words) or NO_SYSTEM)


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


def chosen_alternatives_repeat_the_plan(subject: Subject) -> Iterator[Broken]:
    """What the table of alternatives says of the chosen systems is what the plan says of itself.

    Systems or storage without a price have no cost there, for it could not be compared.
    """
    plan = subject.plan
    chosen = [entry for entry in plan.alternatives if entry.status == "chosen"]
    bought = {(s.product, s.hall): s for s in plan.systems}
    if not chosen and bought:
        yield Broken("alternatives", "none of them is the chosen one")
    priced = all(line.extended is not None for line in plan.bill if line.group in ("systems", "storage"))
    for entry in chosen:
        for what, found, expected in (
            ("capex", entry.capex, plan.cost.capex if priced else None),
            ("tco", entry.tco, plan.cost.tco if priced else None),
            ("design W", entry.power_design_w, plan.headline.power_design_w),
            ("lines to be quoted", entry.quote_required, plan.cost.lines_without_price),
            ("positions", entry.racks, _new_positions(subject)),
            ("lead time in weeks", entry.lead_time_weeks, plan.headline.lead_time_weeks),
        ):
            yield from differs(f"alternatives, {entry.name}", what, found, expected)
    for what, total in (("systems", "count"), ("accelerators", "accelerators")):
        found = sum(getattr(entry, what) or 0 for entry in chosen)
        yield from differs("alternatives, chosen", what, found, sum(getattr(s, total) for s in bought.values()))


def _new_positions(subject: Subject) -> int:
    return sum(len(rack.positions) for rack in subject.plan.racks if not subject.added_to(rack))


def budget_is_kept(subject: Subject) -> Iterator[Broken]:
    """Typical capital cost of everything with a price fits the budget."""
    budget = subject.request.policy.budget
    if budget is not None:
        yield from above("budget", "typical capex", subject.plan.cost.capex.typical, budget)


RULES: tuple[Rule, ...] = (
    headline_repeats_the_plan,
    findings_are_counted,
    lead_times_are_the_longest,
    chosen_alternatives_repeat_the_plan,
    budget_is_kept,
)
