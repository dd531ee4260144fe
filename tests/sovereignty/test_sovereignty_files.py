"""The packs and profiles that come with the planner, and what is refused in a user's own."""

from pathlib import Path

import pytest

from planner.catalog.files import catalog_roots
from planner.catalog.profiles import load_profiles
from planner.catalog.rules import NOT_YET_LAW, inputs_of, load_rules
from planner.errors import InputError

BOOK = load_rules(catalog_roots())
PROFILES = load_profiles(catalog_roots(), BOOK)

RULE = """\
schema: rules/v1
id: mine
framework: Mine
jurisdiction: any
rules:
  - id: MY-001
    clause: one
    status: STATUS
    severity: block
    text: Something is so.
    must: MUST
    source: [a test]
    confidence: estimate
    as_of: "2026-11-20"
"""
PROFILE = """\
schema: profile/v1
id: mine
name: Mine
summary: Mine.
source: a test
as_of: "2026-11-20"
confidence: estimate
rules: [RULES]
"""


def write(root: Path, must: str = "{always: true}", status: str = "in_force", rules: str = "MY-001") -> Path:
    (root / "rules").mkdir()
    (root / "profiles").mkdir()
    (root / "rules" / "mine.yaml").write_text(RULE.replace("MUST", must).replace("STATUS", status))
    (root / "profiles" / "mine.yaml").write_text(PROFILE.replace("RULES", rules))
    return root


def test_every_rule_can_be_reached_and_says_what_it_rests_on() -> None:
    chosen = {selection.rule for profile in PROFILES.values() for selection in profile.rules}
    assert {rule.id for rule in BOOK.rules.values() if not rule.always} <= chosen
    for rule in BOOK.rules.values():
        assert rule.framework and rule.jurisdiction, rule.id
        assert inputs_of(rule, BOOK) or rule.must.always, rule.id


def test_rules_that_are_not_yet_law_are_dated_wherever_they_are_chosen() -> None:
    for profile in PROFILES.values():
        for selection in profile.rules:
            assert BOOK.rules[selection.rule].status not in NOT_YET_LAW or selection.from_ is not None


def test_the_union_is_inside_the_economic_area_and_nowhere_embargoed() -> None:
    assert len(BOOK.groups["eu"].members) == 27
    assert set(BOOK.groups["eea"].members) - set(BOOK.groups["eu"].members) == {"IS", "LI", "NO"}
    for group in BOOK.groups.values():
        assert not set(group.members) & set(group.not_members), group.id
    assert not set(BOOK.groups["ear-d5"].members) & set(BOOK.groups["eea"].members)


def test_membership_outside_an_incomplete_list_stays_unknown() -> None:
    assert BOOK.groups["ear-d5"].has("KH") is None
    assert BOOK.groups["eu"].has("KH") is False


@pytest.mark.parametrize(
    ("must", "message"),
    [
        ("{eq: [plan.x, 1], ne: [plan.x, 2]}", "exactly one operator"),
        ("{}", "exactly one operator"),
        ("{stated: plan.x}", '"stated" only in applies_when'),
        ("{eq: [__import__, 1]}", "found .*__import__"),
        ("{in: [site.country, {group: atlantis}]}", 'found "atlantis", expected a known id'),
        ("{use: atlantis}", 'found "atlantis", expected a known id'),
        ("{like: [plan.x, 1]}", 'the unknown key "like"'),
    ],
)
def test_a_predicate_outside_the_grammar_is_refused(tmp_path: Path, must: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_rules((write(tmp_path, must),))


def test_a_rule_twice_in_one_folder_is_refused(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "rules" / "again.yaml").write_text((root / "rules" / "mine.yaml").read_text())
    with pytest.raises(InputError, match="MY-001: found the id a second time"):
        load_rules((root,))


def test_an_earlier_folder_overrides_a_rule(tmp_path: Path) -> None:
    root = write(tmp_path)
    pack = root / "rules" / "mine.yaml"
    pack.write_text(pack.read_text().replace("MY-001", "EU-GDPR-001"))
    assert load_rules((root, *catalog_roots())).rules["EU-GDPR-001"].text == "Something is so."


@pytest.mark.parametrize(
    ("status", "must", "rules", "message"),
    [
        ("proposed", "{always: true}", "MY-001", "a proposed rule without a date"),
        ("in_force", "{ge: [plan.n, {fact: profile.least}]}", "MY-001", 'no parameter "least"'),
        ("in_force", "{always: true}", "MY-010", 'found "MY-010", expected a known id; did you mean "MY-001"'),
    ],
)
def test_a_profile_that_does_not_fit_is_refused(
    tmp_path: Path, status: str, must: str, rules: str, message: str
) -> None:
    root = write(tmp_path, must, status, rules)
    with pytest.raises(InputError, match=message):
        load_profiles((root,), load_rules((root,)))
