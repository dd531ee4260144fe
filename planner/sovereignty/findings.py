"""After planning: each selected rule against each subject of the plan, with clause, source and the facts behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from planner.catalog.profiles import Profile, check_profile
from planner.catalog.rules import Rule, RuleBook, require
from planner.sovereignty.predicates import Outcome, decide, equal, need_date, shown
from planner.sovereignty.scope import SINGULAR, Facts, Scope
from planner.sovereignty.truth import Truth
from planner.sovereignty.views import operator_facts, site_facts, workload_facts
from planner.wording import quoted, sentence

Result = Literal["pass", "fail", "evidence-needed", "not-applicable"]


@dataclass(frozen=True)
class Context:
    """The facts of a plan: `plan`, `evidence`, `policy` (mappings); `sites`, `workloads`, `operators`, `options`,
    `bom_lines`, `placements` (sequences of mappings with an `id`; a placement names `workload`, `site`, `option`).

    A key left out is unknown. `home_sites` are the request's own sites; left out, those of `sites` that are halls.
    A bill-of-materials line names its `site`; with one hall in the plan that is where every line goes.
    """

    facts: Mapping[str, Any]


@dataclass(frozen=True)
class RuleResult:
    """One rule and one subject. `inputs` are (fact, value as shown or "unknown") pairs."""

    rule: str
    framework: str
    clause: str
    severity: str
    result: Result
    subject: str
    text: str
    inputs: tuple[tuple[str, str], ...]
    source: str
    confidence: str
    as_of: str
    status: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Chosen:
    """A rule that a profile turned on, with the profile's parameters and the first commissioning date, if any."""

    rule: Rule
    parameters: Facts
    since: str | None
    always: bool


def chosen_rules(
    profile_ids: Sequence[str], rules: RuleBook, profiles: Mapping[str, Profile], policy: Facts
) -> list[Chosen]:
    """The rules of the profiles, and those that hold in every plan.

    Raises:
        InputError: an unknown profile, or one that does not fit the rules.
    """
    chosen = [Chosen(rule, policy, None, True) for rule in rules.rules.values() if rule.always]
    for profile_id in sorted(set(profile_ids)):
        profile = require(profile_id, profiles, "policy.sovereignty.profiles")
        check_profile(profile, rules)
        for selection in profile.rules:
            rule = rules.rules[selection.rule]
            chosen.append(Chosen(rule, profile.parameters, selection.from_, False))
    return sorted(chosen, key=lambda choice: choice.rule.id)


def evaluate(
    profile_ids: Sequence[str], rules: RuleBook, profiles: Mapping[str, Profile], context: Context
) -> tuple[RuleResult, ...]:
    """The result of every selected rule for every subject, ordered by rule, then subject. A missing input never passes.

    Rules checked in every plan are left out where they do not apply.

    Raises:
        InputError: an unknown profile, one that does not fit the rules, or a date that is not ISO.
    """
    scope = plan_scope(context, rules)
    results: set[RuleResult] = set()
    for choice in chosen_rules(profile_ids, rules, profiles, context.facts.get("policy") or {}):
        results.update(_results(choice, scope))
    return tuple(sorted(results, key=lambda result: (result.rule, result.subject, result.inputs, result.text)))


def plan_scope(context: Context, book: RuleBook) -> Scope:
    """The scope of a whole plan: every collection in rule words, the operators that sites and options name included."""
    facts = context.facts
    collections = {name: facts.get(name) for name in SINGULAR}
    collections["sites"] = _mapped(facts.get("sites"), site_facts)
    collections["home_sites"] = _mapped(facts.get("home_sites"), site_facts) or _halls(collections["sites"])
    countries = [str(site["country"]) for site in collections["home_sites"] or () if site.get("country")]
    collections["workloads"] = _mapped(facts.get("workloads"), lambda each: workload_facts(each, countries))
    collections["operators"] = _mapped(facts.get("operators"), operator_facts)
    halls = collections["home_sites"] or []
    if len(halls) == 1:
        here = {"site": halls[0].get("id")}
        collections["bom_lines"] = _mapped(facts.get("bom_lines"), lambda line: {**here, **line})
    scope = Scope(book, {"plan": facts.get("plan") or {}, "evidence": facts.get("evidence") or {}}, collections)
    collections["operators"] = _operators_involved(scope)
    return scope


def _mapped(members: Any, view: Any) -> Any:
    return None if members is None else [view(member) for member in members]


def _halls(sites: Any) -> Any:
    return None if sites is None else [site for site in sites if site.get("kind") == "hall"]


def _operators_involved(scope: Scope) -> list[Facts] | None:
    explicit, involved = scope.members("operators"), list(scope.members("operators") or ())
    for site in scope.members("sites") or ():
        involved.append(scope.operator(site.get("operator")))
    for option in scope.members("options") or ():
        bound = scope.bind("options", option).bound
        if "operator" in bound:
            involved.append(bound["operator"])
    unique: list[Facts] = []
    for operator in involved:
        if operator not in unique:  # two of one name are two operators unless all that is known of them agrees
            unique.append(operator)
    return unique if unique or explicit is not None else None


def _results(choice: Chosen, scope: Scope) -> Iterator[RuleResult]:
    rule = choice.rule
    dated = in_force(choice, scope)
    if dated.value is not True:
        yield _result(rule, "plan", "not-applicable" if dated.value is False else "evidence-needed", dated)
        return
    judged = list(_judged(rule, with_profile(scope, choice)))
    applicable = [each for each in judged if each[1] != "not-applicable"]
    for subject, result, outcome in applicable:
        yield _result(rule, subject, result, outcome)
    if not applicable and not choice.always:
        yield _result(rule, "plan", "not-applicable", Outcome(True))


def _judged(rule: Rule, scope: Scope) -> Iterator[tuple[str, Result, Outcome]]:
    if rule.subject == "plan":
        yield ("plan", *judge(rule, scope))
        return
    collection = next(plural for plural, word in SINGULAR.items() if word == rule.subject)
    members = scope.members(collection)
    if members is None:
        result, _ = judge(rule, scope.bind(collection, {}))
        unknown = Outcome(None, ((collection, "unknown"),), (collection,))
        yield "plan", "not-applicable" if result == "not-applicable" else "evidence-needed", unknown
    for member in members or ():
        yield (name_of(member), *judge(rule, scope.bind(collection, member)))


def with_profile(scope: Scope, choice: Chosen) -> Scope:
    """The scope in which the profile's parameters are bound."""
    return Scope(scope.book, {**scope.bound, "profile": choice.parameters}, scope.collections)


def in_force(choice: Chosen, scope: Scope) -> Outcome:
    """Whether the plan is commissioned on or after the date from which the profile tests the rule."""
    if choice.since is None:
        return Outcome(True)
    reading = scope.read("plan.commission_date")
    reads = ((reading.label, shown(reading.value)), ("tested from", choice.since))
    if reading.value is None:
        return Outcome(None, reads, (reading.label,))
    return Outcome(need_date(reading) >= date.fromisoformat(choice.since), reads)


def judge(rule: Rule, scope: Scope) -> tuple[Result, Outcome]:
    """The result of a rule in a scope, and the outcome that decided it."""
    applies = decide(rule.applies_when, scope) if rule.applies_when is not None else Outcome(True)
    if applies.value is False:
        return "not-applicable", applies
    must = decide(rule.must, scope)
    reads = tuple(dict.fromkeys((*applies.reads, *must.reads)))
    missing = tuple(dict.fromkeys((*applies.missing, *must.missing)))
    if applies.value is None:
        return "evidence-needed", Outcome(None, reads, missing)
    return result_of(must.value), Outcome(must.value, reads, missing, must.blamed)


def result_of(value: Truth) -> Result:
    """pass, fail, or evidence needed."""
    if value is None:
        return "evidence-needed"
    return "pass" if value else "fail"


def name_of(member: Facts) -> str:
    """How a result names its subject; a placement is its workload and its place."""
    if "workload" in member and "site" in member and "id" not in member:
        option = member.get("option")
        where = {"workload": str(member["workload"]), "site": str(member["site"])}
        placed = option and not equal(option, member["site"])
        return sentence("place.on", **where, option=str(option)) if placed else sentence("place.at", **where)
    return str(member.get("id") or member.get("name") or "unnamed")


def _result(rule: Rule, subject: str, result: Result, outcome: Outcome) -> RuleResult:
    return RuleResult(
        rule=rule.id,
        framework=rule.framework,
        clause=rule.clause,
        severity=rule.severity,
        result=result,
        subject=subject,
        text=in_words(rule, result, outcome),
        inputs=outcome.reads,
        source="; ".join(rule.source),
        confidence=rule.confidence,
        as_of=rule.as_of,
        status=rule.status,
        missing=outcome.missing,
    )


def in_words(rule: Rule, result: Result, outcome: Outcome) -> str:
    """The requirement, what was found against it, and what to do."""
    found = [f"{name} = {value}" for name, value in _few(outcome.blamed)]
    german = rule.german
    parts = [quoted(rule.text, de=german.text if german is not None else "")]
    if result == "evidence-needed":
        parts.append(sentence("rule.not-known", facts=_few(outcome.missing)))
    elif result == "fail":
        parts.append(sentence("rule.not-met-since", found=found) if found else sentence("rule.not-met"))
    if rule.notice and result in ("fail", "evidence-needed"):
        parts.append(quoted(rule.notice, de=german.notice if german is not None else ""))
    return parts[0] if len(parts) == 1 else sentence("rule.told", parts=parts)


def _few(items: Iterable[Any], most: int = 8) -> list[Any]:
    return list(items)[:most]
