"""Before sizing: products, regions and locations that no plan may use, each with the rule that says so.

A candidate is tried alone, in the smallest plan that contains it: one place, one workload, one product. A rule that
this plan fails is failed by every plan with the candidate in it, because rules that exclude ask something of each
site, option, operator or line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from planner.catalog.profiles import Profile
from planner.catalog.rules import Rule, RuleBook, inputs_of
from planner.catalog.schema import Product, Region
from planner.sovereignty.findings import (
    Chosen,
    Context,
    chosen_rules,
    in_force,
    in_words,
    judge,
    plan_scope,
    with_profile,
)
from planner.sovereignty.scope import SINGULAR, Facts, Scope, record_facts
from planner.sovereignty.views import (
    accelerators_of,
    bom_line_facts,
    operator_facts,
    option_facts,
    region_operator,
    region_option,
    region_site,
    site_facts,
    workload_facts,
)

ANY = "*"


@dataclass(frozen=True, order=True)
class Exclusion:
    """A candidate ruled out. `workload` and `location` are "*" where it holds for all of the request's."""

    kind: Literal["product", "region", "location"]
    id: str
    workload: str
    rule: str
    reason: str
    location: str = ANY


@dataclass(frozen=True)
class _Trial:
    """One candidate in one place for one workload: the smallest plan."""

    site: Facts
    workload: Facts | None
    option: Facts
    line: Facts | None
    operator: Facts | None = None


@dataclass(frozen=True)
class _Question:
    """The request around the trials."""

    rules: RuleBook
    sites: tuple[Facts, ...]
    workloads: tuple[Facts, ...]
    operators: tuple[Facts, ...]
    policy: Facts
    evidence: Facts
    plan: Facts


def exclusions(
    profile_ids: Sequence[str],
    rules: RuleBook,
    profiles: Mapping[str, Profile],
    *,
    products: Iterable[Product],
    regions: Iterable[Region],
    sites: Iterable[Facts],
    workloads: Iterable[Facts],
    operators: Iterable[Facts],
    on: date,
    policy: Facts | None = None,
    evidence: Facts | None = None,
    plan: Facts | None = None,
) -> tuple[Exclusion, ...]:
    """Every product, region and site that the rules rule out, sorted. `on` is the day the plan is commissioned.

    `products` must hold the accelerators of its systems too: export rules read the processing performance of the chip.
    `policy` holds the request's own requirements (`operator_area`, `residency`, `vendors_excluded`, ...), `evidence`
    the documents at hand, `plan` further plan facts such as `buyer_type`. A candidate whose facts are unknown stays,
    except where the rule says that unknown is not good enough.

    Raises:
        InputError: an unknown profile, or one that does not fit the rules.
    """
    named = tuple(operator_facts(operator) for operator in operators)
    places = _with_operators([site_facts(site) for site in sites], named, rules)
    countries = [str(place["country"]) for place in places if place.get("country")]
    question = _Question(
        rules=rules,
        sites=places,
        workloads=tuple(workload_facts(workload, countries) for workload in workloads),
        operators=named,
        policy=policy or {},
        evidence=evidence or {},
        plan={**(plan or {}), "commission_date": on.isoformat()},
    )
    chosen = [choice for choice in chosen_rules(profile_ids, rules, profiles, question.policy) if choice.rule.excludes]
    catalog = tuple(products)
    found = set(_of_locations(question, chosen))
    found.update(_of_regions(question, chosen, regions))
    found.update(_of_products(question, chosen, catalog))
    return tuple(sorted(found))


def _with_operators(sites: Sequence[Facts], operators: Sequence[Facts], book: RuleBook) -> tuple[Facts, ...]:
    lookup = Scope(book, {}, {"operators": operators})
    return tuple({**site, "operator": lookup.operator(site.get("operator"))} for site in sites)


def _of_locations(question: _Question, chosen: Sequence[Chosen]) -> Iterator[Exclusion]:
    owned = _owned(question)
    for choice in _excluding(chosen, "location"):
        for site in question.sites:
            failed = {
                str((workload or {}).get("id", ANY)): reason
                for workload in _workloads(question, choice.rule)
                if (reason := _ruled_out(question, choice, _Trial(site, workload, owned, None))) is not None
            }
            yield from _by_workload(question, choice.rule, "location", str(site["id"]), failed)


def _of_regions(question: _Question, chosen: Sequence[Chosen], regions: Iterable[Region]) -> Iterator[Exclusion]:
    for region in regions:
        site, option = region_site(region), region_option(region, question.rules)
        operator = region_operator(region, question.rules)
        for choice in _excluding(chosen, "region"):
            failed = {
                str((workload or {}).get("id", ANY)): reason
                for workload in _workloads(question, choice.rule)
                if (reason := _ruled_out(question, choice, _Trial(site, workload, option, None, operator))) is not None
            }
            yield from _by_workload(question, choice.rule, "region", region.id, failed)


def _of_products(question: _Question, chosen: Sequence[Chosen], products: Sequence[Product]) -> Iterator[Exclusion]:
    chips = accelerators_of(products)
    facts = [
        (product.id, option_facts(product, question.rules), bom_line_facts(product, chips))
        for product in products
        if not isinstance(product, Region)
    ]
    for choice in _excluding(chosen, "product"):
        allowed: set[str] = set()
        read = {tuple(path.split(".")[:2]) for path in inputs_of(choice.rule, question.rules)}
        for name, option, line in facts:
            key = _as_the_rule_sees(read, option, line)
            failed = {} if key in allowed else dict(_product_trials(question, choice, option, line))
            allowed.update(() if failed else (key,))
            yield from _by_place(question, choice.rule, name, failed)


def _product_trials(
    question: _Question, choice: Chosen, option: Facts, line: Facts
) -> Iterator[tuple[tuple[str, str], str]]:
    owned = _owned(question)
    for site in question.sites:
        for workload in _workloads(question, choice.rule):
            reason = _ruled_out(question, choice, _Trial(site, workload, option, line))
            if reason is None:
                continue
            bare = _ruled_out(question, choice, _Trial(site, workload, owned, None))
            if bare is None:  # otherwise the place itself is ruled out, whatever stands in it
                yield (str(site["id"]), str((workload or {}).get("id", ANY))), reason


def _as_the_rule_sees(read: Set[tuple[str, ...]], option: Facts, line: Facts) -> str:
    """Equal for products that differ in nothing the rule reads, so that what it allows is worked out once."""
    seen = [(root, name, facts.get(name)) for root, facts in (("option", option), ("bom_line", line)) for name in facts]
    linked = ("operator", "delivery")
    return repr(sorted((r, n, repr(v)) for r, n, v in seen if (r, n) in read or (r == "option" and n in linked)))


def _ruled_out(question: _Question, choice: Chosen, trial: _Trial) -> str | None:
    scope = with_profile(_scope(question, trial), choice)
    if in_force(choice, scope).value is not True:
        return None
    rule = choice.rule
    collection = next((plural for plural, word in SINGULAR.items() if word == rule.subject), None)
    members = scope.members(collection) if collection is not None else None
    places = [scope.bind(collection, member) for member in members or ()] if collection is not None else [scope]
    for place in places:
        result, outcome = judge(rule, place)
        if result == "fail" or (result == "evidence-needed" and rule.exclude_when_unknown):
            return in_words(rule, result, outcome)
    return None


def _scope(question: _Question, trial: _Trial) -> Scope:
    operators = question.operators if trial.operator is None else (*question.operators, trial.operator)
    facts: dict[str, Any] = {
        "plan": question.plan,
        "evidence": question.evidence,
        "sites": [trial.site],
        "home_sites": question.sites,
        "workloads": None if trial.workload is None else [trial.workload],
        "options": [trial.option],
        "bom_lines": None if trial.line is None else [{**trial.line, "site": trial.site["id"]}],
        "placements": [
            {"workload": (trial.workload or {}).get("id"), "site": trial.site["id"], "option": trial.option.get("id")}
        ],
    }
    scope = plan_scope(Context({**facts, "operators": operators}), question.rules)
    runs_it = scope.bind("sites", trial.site).bind("options", trial.option).bound["operator"]
    return Scope(scope.book, scope.bound, {**scope.collections, "operators": [runs_it]})


def _owned(question: _Question) -> Facts:
    record = question.rules.deliveries.get("owned")
    return record_facts(record) if record is not None else {"id": "owned", "delivery": "owned"}


def _excluding(chosen: Sequence[Chosen], kind: Literal["product", "region", "location"]) -> Iterator[Chosen]:
    return (choice for choice in chosen if kind in choice.rule.excludes)


def _workloads(question: _Question, rule: Rule) -> tuple[Facts | None, ...]:
    reads = any(path.startswith("workload.") for path in inputs_of(rule, question.rules))
    return question.workloads if reads and question.workloads else (None,)


def _by_workload(
    question: _Question, rule: Rule, kind: Literal["region", "location"], name: str, failed: Mapping[str, str]
) -> Iterator[Exclusion]:
    if ANY in failed or (failed and len(failed) == len(question.workloads)):
        yield Exclusion(kind, name, ANY, rule.id, min(failed.values()))
        return
    for workload, reason in failed.items():
        yield Exclusion(kind, name, workload, rule.id, reason)


def _by_place(question: _Question, rule: Rule, name: str, failed: Mapping[tuple[str, str], str]) -> Iterator[Exclusion]:
    count = len(_workloads(question, rule))
    if failed and len(failed) == count * len(question.sites):
        yield Exclusion("product", name, ANY, rule.id, min(failed.values()))
        return
    for site in question.sites:
        here = {workload: reason for (place, workload), reason in failed.items() if place == site["id"]}
        if len(here) == count:
            yield Exclusion("product", name, ANY, rule.id, min(here.values()), str(site["id"]))
            continue
        for workload, reason in here.items():
            yield Exclusion("product", name, workload, rule.id, reason, str(site["id"]))
