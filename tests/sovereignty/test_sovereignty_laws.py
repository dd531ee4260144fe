"""The law behind the evaluation contract: what is not known never passes, and knowing more never reverses an answer."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.catalog.files import catalog_roots
from planner.catalog.predicates import Predicate
from planner.catalog.profiles import load_profiles
from planner.catalog.rules import RuleBook, inputs_of, load_rules
from planner.sovereignty import Context, evaluate
from planner.sovereignty.findings import judge
from planner.sovereignty.predicates import decide
from planner.sovereignty.scope import SINGULAR, Scope

BOOK = load_rules(catalog_roots())
PROFILES = load_profiles(catalog_roots(), BOOK)
GROUPS = RuleBook({}, BOOK.groups, {}, {}, {})

NAMES = ("a", "b", "c")
COUNTRIES = ("DE", "US", "CN", "KH")
scalars = st.one_of(st.sampled_from(COUNTRIES), st.integers(0, 3), st.booleans())
values = st.one_of(
    scalars,
    st.lists(st.sampled_from(COUNTRIES), max_size=2),
    st.integers(0, 3).map(lambda bound: {"at_least": bound}),
)
plans = st.dictionaries(st.sampled_from(NAMES), values)
fact_paths = st.sampled_from([f"plan.{name}" for name in NAMES])
operands = st.one_of(
    scalars,
    st.lists(scalars, max_size=2),
    fact_paths.map(lambda path: {"fact": path}),
    fact_paths.map(lambda path: {"area": path}),
    st.just({"group": "ear-d5"}),
)


def leaves() -> st.SearchStrategy[dict[str, Any]]:
    ordered = st.tuples(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), fact_paths, scalars)
    member = st.tuples(st.sampled_from(["in", "not_in", "subset", "intersects"]), fact_paths, operands)
    bare = st.tuples(st.sampled_from(["known", "attached"]), fact_paths)
    return st.one_of(
        ordered.map(lambda leaf: {leaf[0]: [leaf[1], leaf[2]]}),
        member.map(lambda leaf: {leaf[0]: [leaf[1], leaf[2]]}),
        bare.map(lambda leaf: {leaf[0]: leaf[1]}),
    )


def branches(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda parts: {"all": parts}),
        several.map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    )


predicates = st.recursive(leaves(), branches, max_leaves=6)


@settings(max_examples=400, deadline=None)
@given(raw=predicates, known=plans, later=plans)
def test_an_answer_survives_every_fact_that_is_learnt_later(
    raw: dict[str, Any], known: dict[str, Any], later: dict[str, Any]
) -> None:
    predicate = Predicate.model_validate(raw)
    early = decide(predicate, Scope(GROUPS, {"plan": known}, {}))
    late = decide(predicate, Scope(GROUPS, {"plan": {**later, **known}}, {}))
    assert early.value is None or early.value == late.value
    assert bool(early.missing) is (early.value is None)


def scope_for(rule_id: str, given_values: dict[str, Any], parameters: dict[str, Any]) -> Scope:
    """One plan with one member in each collection, which hold the given values at the rule's paths."""
    bound: dict[str, Any] = {root: {} for root in ("plan", "evidence", *SINGULAR.values())}
    for path, value in given_values.items():
        root, *parts = path.split(".")
        table = bound.setdefault(root, {})
        for part in parts[:-1]:
            table = table.setdefault(part, {})
        table[parts[-1]] = value
    collections = {plural: [bound[word]] for plural, word in SINGULAR.items() if word != "placement"}
    bound["site"]["operator"] = bound["option"]["operator"] = bound["operator"]
    return Scope(BOOK, {**bound, "profile": {**bound.get("profile", {}), **parameters}}, collections)


def parameters_of(rule_id: str) -> dict[str, Any]:
    for profile in PROFILES.values():
        if rule_id in {selection.rule for selection in profile.rules}:
            return dict(profile.parameters)
    return {}


WORDS = ["DE", "US", "SA", "AE", "IN", "GB", "CN", "owned", "system", "hall", "single", "dedicated", "2027-01-01"]
LISTS = [["DE"], ["US"], ["eu-high", "C5", "SecNumCloud"], ["personal_eu"], ["FIPS 140-3"]]
PLAUSIBLE = st.sampled_from([True, False, 0, 3, 30, 6000, 1e26, *WORDS, *LISTS])


@pytest.mark.parametrize("rule_id", sorted(BOOK.rules))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_taking_a_fact_away_never_turns_any_rule_to_pass(rule_id: str, data: st.DataObject) -> None:
    rule, parameters = BOOK.rules[rule_id], parameters_of(rule_id)
    paths = [path for path in inputs_of(rule, BOOK) if not path.endswith("date")]
    full = {path: data.draw(PLAUSIBLE) for path in paths}
    before, _ = judge(rule, scope_for(rule_id, full, parameters))
    for gone in paths:
        rest = {path: value for path, value in full.items() if path != gone}
        after, outcome = judge(rule, scope_for(rule_id, rest, parameters))
        if after == "pass":
            assert before == "pass", f"{rule_id} without {gone}"
        if after == "evidence-needed":
            assert outcome.missing


def test_with_nothing_known_no_rule_passes_but_the_one_that_asks_nothing() -> None:
    found = evaluate(sorted(PROFILES), BOOK, PROFILES, Context({"plan": {"commission_date": "2030-01-01"}}))
    assert {each.rule for each in found if each.result == "pass"} == {"EU-CADA-005"}
    assert all(each.missing for each in found if each.result == "evidence-needed")
    chosen = {selection.rule for profile in PROFILES.values() for selection in profile.rules}
    assert chosen <= {each.rule for each in found}
