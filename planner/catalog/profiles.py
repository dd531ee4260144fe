"""Profiles (`profile/v1`): a choice of rules and their parameters under one name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from planner.catalog.facts import Confidence, Strict
from planner.catalog.files import read_all
from planner.catalog.predicates import Name, walk
from planner.catalog.rules import NOT_YET_LAW, Date, RuleBook, add_once, inputs_of, require
from planner.errors import InputError


class Selection(Strict):
    """A rule that a profile turns on; one that is not yet law needs the first commissioning date it is tested for."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    rule: str
    from_: Date | None = Field(default=None, alias="from")

    @model_validator(mode="before")
    @classmethod
    def _bare_id(cls, data: Any) -> Any:
        return {"rule": data} if isinstance(data, str) else data


class Profile(Strict):
    """A choice of rules and their parameters, under one name."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, title="profile/v1")

    schema_: Literal["profile/v1"] = Field(alias="schema")
    id: Name
    name: str = Field(min_length=1)
    summary: str = Field(min_length=1)
    source: str = Field(min_length=1)
    as_of: Date
    confidence: Confidence
    rules: tuple[Selection, ...] = Field(min_length=1)
    parameters: dict[str, Any] = Field(default_factory=dict)
    notes: str = ""


def load_profiles(roots: Sequence[Path], rules: RuleBook | None = None) -> dict[str, Profile]:
    """Every profile below `profiles/` of each root, by id; earlier roots override later ones.

    With `rules`, each profile is also checked against them.

    Raises:
        InputError: a file does not fit the schema, an id stands twice in one root, or (with `rules`) a profile names an
            unknown rule, turns on a rule that is not yet law without a date, or lacks a parameter that its rules read.
    """
    profiles: dict[str, Profile] = {}
    for root in reversed(roots):
        fresh: dict[str, Profile] = {}
        for path, profile in read_all((root,), "profiles", Profile):
            add_once(fresh, profile.id, profile, path)
        profiles.update(fresh)
    if rules is not None:
        for profile in profiles.values():
            check_profile(profile, rules)
    return profiles


def check_profile(profile: Profile, book: RuleBook) -> None:
    """Raises InputError when a profile does not fit the rules (see `load_profiles`)."""
    for selection in profile.rules:
        rule = require(selection.rule, book.rules, f"profile {profile.id}: rule")
        if rule.status in NOT_YET_LAW and selection.from_ is None:
            raise InputError.of(
                f"profile {profile.id}: {rule.id}",
                f"a {rule.status} rule without a date",
                'the date "from" which it is tested',
                f"write {{rule: {rule.id}, from: 2027-01-01}}",
            )
        stated = {node.stated for node in walk(rule.applies_when) if node.stated is not None}
        for path in inputs_of(rule, book):
            root, parameter = path.split(".")[:2]
            if root == "profile" and parameter not in profile.parameters and path not in stated:
                raise InputError.of(f"profile {profile.id}: {rule.id}", f'no parameter "{parameter}"', "the parameter")
