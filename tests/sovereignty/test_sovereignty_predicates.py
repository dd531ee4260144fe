"""Each operator at its edges, in three values."""

from typing import Any

import pytest

from planner.catalog.predicates import Predicate
from planner.catalog.rules import Group, RuleBook
from planner.errors import InputError
from planner.sovereignty.predicates import Outcome, decide
from planner.sovereignty.scope import Scope

PAIR = Group(
    id="pair",
    name="the pair",
    members=("AA", "BB"),
    not_members=("CC",),
    complete=False,
    source="a test",
    as_of="2026-11-20",
    confidence="estimate",
)
BOOK = RuleBook({}, {"pair": PAIR}, {"is-one": Predicate.model_validate({"eq": ["plan.n", 1]})}, {}, {})


def outcome(predicate: dict[str, Any], plan: dict[str, Any], **collections: Any) -> Outcome:
    return decide(Predicate.model_validate(predicate), Scope(BOOK, {"plan": plan}, collections))


def value(predicate: dict[str, Any], **plan: Any) -> bool | None:
    return outcome(predicate, plan).value


T, F, U = {"eq": ["plan.t", 1]}, {"eq": ["plan.t", 2]}, {"eq": ["plan.gone", 1]}


@pytest.mark.parametrize(
    ("name", "children", "expected"),
    [
        ("all", [T, T], True),
        ("all", [T, F], False),
        ("all", [T, U], None),
        ("all", [U, F], False),
        ("any", [F, F], False),
        ("any", [F, T], True),
        ("any", [F, U], None),
        ("any", [U, T], True),
        ("not", T, False),
        ("not", F, True),
        ("not", U, None),
    ],
)
def test_connectives(name: str, children: Any, expected: bool | None) -> None:
    assert value({name: children}, t=1) is expected


@pytest.mark.parametrize(
    ("name", "left", "right", "expected"),
    [
        ("eq", "DE", "de", True),
        ("eq", 1, True, False),
        ("ne", "DE", "FR", True),
        ("ge", 500, 500, True),
        ("gt", 500, 500, False),
        ("le", 24, 24, True),
        ("lt", 24, 24, False),
        ("ge", "2026-11-10", "2026-11-10", True),
        ("ge", "2026-11-09", "2026-11-10", False),
        ("ge", "soon", "2026-11-10", None),
        ("ge", True, 1, None),
        ("ge", {"at_least": 4800}, 4800, True),
        ("ge", {"at_least": 4799}, 4800, None),
        ("lt", {"at_least": 4800}, 4800, False),
        ("lt", {"at_least": 4799}, 4800, None),
        ("gt", {"at_least": 4800}, 4800, None),
        ("le", {"at_least": 4801}, 4800, False),
        ("le", {"at_least": 4800}, 4800, None),
        ("eq", {"at_least": 1}, 1, None),
    ],
)
def test_comparisons(name: str, left: Any, right: Any, expected: bool | None) -> None:
    assert value({name: ["plan.x", right]}, x=left) is expected


@pytest.mark.parametrize("name", ["eq", "ne", "lt", "le", "gt", "ge"])
@pytest.mark.parametrize("gone", [{}, {"x": None}, {"x": ""}, {"x": "unknown"}])
def test_a_missing_side_is_unknown_and_named(name: str, gone: dict[str, Any]) -> None:
    assert outcome({name: ["plan.x", 1]}, gone) == Outcome(None, (("plan.x", "unknown"),), ("plan.x",))
    assert outcome({name: ["plan.y", {"fact": "plan.x"}]}, {**gone, "y": 1}).missing == ("plan.x",)


@pytest.mark.parametrize(
    ("name", "left", "right", "expected"),
    [
        ("in", "AA", {"group": "pair"}, True),
        ("in", "CC", {"group": "pair"}, False),
        ("in", "ZZ", {"group": "pair"}, None),
        ("not_in", "AA", {"group": "pair"}, False),
        ("not_in", "ZZ", {"group": "pair"}, None),
        ("in", "b", ["a", "B"], True),
        ("in", "c", ["a", "b"], False),
        ("subset", ["AA", "BB"], {"group": "pair"}, True),
        ("subset", ["AA", "CC"], {"group": "pair"}, False),
        ("subset", ["AA", "ZZ"], {"group": "pair"}, None),
        ("subset", ["CC", "ZZ"], {"group": "pair"}, False),
        ("subset", [], {"group": "pair"}, True),
        ("intersects", ["CC", "AA"], {"group": "pair"}, True),
        ("intersects", ["CC", "ZZ"], {"group": "pair"}, None),
        ("intersects", [], ["a"], False),
        ("contains", ["C5", "SecNumCloud"], "C5", True),
        ("contains", ["C5"], "SecNumCloud", False),
        ("contains", "C5", "C5", True),
        ("not_in", "Huawei", [], True),
    ],
)
def test_membership(name: str, left: Any, right: Any, expected: bool | None) -> None:
    assert value({name: ["plan.x", right]}, x=left) is expected


@pytest.mark.parametrize(
    ("area", "country", "expected"),
    [
        (["pair"], "AA", True),
        (["PAIR", "CC"], "CC", True),
        (["DD"], "AA", False),
        (["on-site"], "AA", False),
        (["pair"], "ZZ", None),
        (["pair", "ZZ"], "ZZ", True),
        ([], "AA", False),
        (None, "AA", None),
    ],
)
def test_an_area_is_countries_and_groups(area: Any, country: str, expected: bool | None) -> None:
    assert value({"in": ["plan.x", {"area": "plan.area"}]}, x=country, area=area) is expected


def test_unknown_membership_says_whose() -> None:
    assert outcome({"in": ["plan.x", {"group": "pair"}]}, {"x": "ZZ"}).missing == (
        "membership in the pair of ZZ (plan.x)",
    )


@pytest.mark.parametrize(
    ("name", "fact", "expected"),
    [
        ("known", 0, True),
        ("known", False, True),
        ("known", None, None),
        ("attached", "letter.pdf", True),
        ("attached", False, False),
        ("attached", None, None),
        ("stated", ["DE"], True),
        ("stated", None, False),
    ],
)
def test_presence(name: str, fact: Any, expected: bool | None) -> None:
    assert value({name: "plan.x"}, x=fact) is expected


def sites(*countries: str | None) -> list[dict[str, Any]]:
    return [{"id": f"s{n}", **({"country": c} if c else {})} for n, c in enumerate(countries)]


@pytest.mark.parametrize(
    ("members", "each", "some"),
    [
        (sites("AA", "AA"), True, True),
        (sites("AA", "CC"), False, True),
        (sites("CC", "CC"), False, False),
        (sites("AA", None), None, True),
        (sites("CC", None), False, None),
        ([], None, None),
        (None, None, None),
    ],
)
def test_quantifiers(members: Any, each: bool | None, some: bool | None) -> None:
    must = {"over": "sites", "must": {"eq": ["site.country", "AA"]}}
    assert outcome({"for_each": must}, {}, sites=members).value is each
    assert outcome({"for_some": must}, {}, sites=members).value is some


def test_where_leaves_members_out_only_when_it_is_certain() -> None:
    where = {"for_each": {"over": "sites", "where": {"eq": ["site.country", "CC"]}, "must": {"known": "site.x"}}}
    assert outcome(where, {}, sites=sites("AA", "BB")).value is True
    assert outcome(where, {}, sites=sites("AA", None)).value is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("hsm", 2)], True),
        ([("hsm", 1), ("hsm", 1)], True),
        ([("hsm", 1), ("server", 9)], False),
        ([("hsm", 1), (None, 1)], None),
        ([("hsm", None)], None),
        ([("hsm", 2), (None, None)], True),
    ],
)
def test_total(lines: list[tuple[str | None, int | None]], expected: bool | None) -> None:
    members = [{"id": str(n), "type": kind, "quantity": count} for n, (kind, count) in enumerate(lines)]
    total = {"over": "bom_lines", "where": {"eq": ["bom_line.type", "hsm"]}, "of": "bom_line.quantity", "at_least": 2}
    found = outcome({"total": total}, {}, bom_lines=members)
    assert found.value is expected
    assert bool(found.missing) is (expected is None)


def test_weighted_score() -> None:
    weighted = {"weighted": {"of": "plan.share", "weights": {"A": 60, "B": 40}, "at_least": 50}}
    assert value(weighted, share={"A": 0.5, "B": 0.5}) is True
    assert value(weighted, share={"A": 0.5, "B": 0.49}) is False
    assert outcome(weighted, {"share": {"A": 1.0}}).missing == ("plan.share.B",)


@pytest.mark.parametrize(
    ("made", "at", "expected"),
    [
        ("2024-11-20", "2027-11-20", True),
        ("2024-11-19", "2027-11-20", False),
        ("2028-01-01", "2027-11-20", False),
        ("2024-02-29", "2027-02-28", True),
        (None, "2027-11-20", None),
    ],
)
def test_age(made: str | None, at: str, expected: bool | None) -> None:
    age = {"not_older": {"date": "plan.made", "years": 3, "at": "plan.at"}}
    assert value(age, made=made, at=at) is expected


def test_a_date_that_is_none_is_an_input_error() -> None:
    with pytest.raises(InputError, match=r'plan.made: found "last year", expected an ISO date'):
        value({"not_older": {"date": "plan.made", "years": 3, "at": "plan.at"}}, made="last year", at="2027-01-01")


def test_a_definition_is_used_by_name() -> None:
    assert value({"use": "is-one"}, n=1) is True
    assert value({"use": "is-one"}) is None


def test_only_what_made_it_false_is_blamed() -> None:
    both = {"all": [{"eq": ["plan.a", 1]}, {"eq": ["plan.b", 1]}]}
    assert outcome(both, {"a": 1, "b": 2}).blamed == (("plan.b", "2"),)
