"""Facts that the plan quotes are the catalog's, and the sovereignty evidence is what the rules give again."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.catalog.facts import Fact
from planner.facility.supplies import redundancy_findings
from planner.plan.evidence import evidence_of
from planner.plan.question import site_rates
from planner.plan.schema import FactUsed, ProductUsed, SovereigntyResult
from planner.verify.subject import Broken, Rule, Subject, differs, systems_of


def facts_are_those_of_the_catalog(subject: Subject) -> Iterator[Broken]:
    """Every product that is bought is described, and each fact has the catalog's value, unit, source and date."""
    described = {product.id for product in subject.plan.products}
    for name in sorted({line.product for line in subject.plan.bill} - described):
        if name in subject.catalog.products:
            yield Broken(name, "the plan buys it and does not describe it")
    for used in subject.plan.products:
        product = subject.catalog.products.get(used.id)
        if product is None:
            yield Broken(used.id, "no product of the catalog")
            continue
        for what in ("kind", "name", "vendor"):
            yield from differs(used.id, what, getattr(used, what), getattr(product, what))
        yield from differs(used.id, "part number", used.part_number, product.part_number.value)
        for fact in used.facts:
            yield from _fact(used, fact, getattr(product, fact.name, None))


def _fact(used: ProductUsed, stated: FactUsed, fact: object) -> Iterator[Broken]:
    place = f"{used.id}, {stated.name}"
    if not isinstance(fact, Fact):
        yield Broken(place, "no fact of the catalog")
        return
    for what in ("value", "unit", "source", "as_of", "confidence", "note"):
        yield from differs(place, what, getattr(stated, what), getattr(fact, what))


def evidence_is_judged_again(subject: Subject) -> Iterator[Broken]:
    """Every rule of the chosen profiles gives the result that the plan states, for every subject."""
    plan = subject.plan
    design = sum(hall.design_w for hall in plan.power)
    load = 0
    for site in subject.request.sites:
        halls = {hall.id for hall in site.halls}
        typical = sum(power.typical_w or 0 for power in plan.power if power.hall in halls)
        load += math.ceil(typical * site_rates(subject.request, site, subject.library).pue)
    power = {"it_w": design, "facility_w": max(design, load)}
    right = evidence_of(subject.request, subject.library, list(plan.bill), list(plan.decisions), power)
    stated: dict[tuple[str, ...], list[SovereigntyResult]] = {}  # a list: operators of two sites may share a name
    for result in plan.sovereignty:
        stated.setdefault(_key(result), []).append(result)
    yield from differs("sovereignty", "results", len(plan.sovereignty), len(right))
    for result in right:
        found = stated.get(_key(result), [])
        if not found:
            yield Broken(f"{result.rule}, {result.subject}", "the plan leaves out this result")
        elif result not in found:
            names = [n for n in type(result).model_fields if getattr(found[0], n) != getattr(result, n)]
            place = f"{result.rule}, {result.subject}"
            yield Broken(place, f"{', '.join(names)}: not what the rule gives; its result is {result.result}")


def _key(result: SovereigntyResult) -> tuple[str, str, str, str]:
    return result.rule, result.subject, result.framework, result.clause


def failed_rules_are_findings(subject: Subject) -> Iterator[Broken]:
    """A rule that the plan fails stands among its findings, as an error where the rule blocks."""
    listed = {(f.rule, f.place): f.severity for f in subject.plan.findings}
    for result in subject.plan.sovereignty:
        if result.result == "fail":
            wanted = "error" if result.severity == "block" else "warning"
            place = f"{result.rule}, {result.subject}"
            yield from differs(place, "finding", listed.get((result.rule, result.subject), "none"), wanted)


def weak_supplies_are_findings(subject: Subject) -> Iterator[Broken]:
    """Supplies that do not carry their load when one or a feed is lost stand among the findings, with true numbers."""
    listed = [f for f in subject.plan.findings if f.rule == "supplies-carry-the-load"]
    for name, system in sorted(systems_of(subject).items()):
        feeds = {entry.feeds for entry in subject.plan.supplies if entry.product == name}
        possible = [f for n in sorted(feeds) for f in redundancy_findings(system, subject.tiers(name), n)]
        mine = [f for f in listed if f.place == name]
        if possible and not mine:
            yield Broken(name, f"the plan does not say that {possible[0].text}")
        for finding in mine:
            if finding not in possible:
                yield Broken(name, f"a finding with wrong numbers: {finding.text}")


def findings_repeat_the_cost(subject: Subject) -> Iterator[Broken]:
    """Where lines need a quote the findings say how many of how many."""
    cost = subject.plan.cost
    stated = [f.numbers for f in subject.plan.findings if f.rule == "quote-required"]
    right = {"lines": cost.lines_total, "without_price": cost.lines_without_price}
    yield from differs("findings", "quotes required", stated, [right] if cost.lines_without_price else [])


RULES: tuple[Rule, ...] = (
    facts_are_those_of_the_catalog,
    evidence_is_judged_again,
    failed_rules_are_findings,
    weak_supplies_are_findings,
    findings_repeat_the_cost,
)
