"""Rule packs (`rules/v1`) and profiles (`profile/v1`): law and policy as data.

A rule states, in a small closed grammar, when it applies and what must be true. Nothing in a pack is ever run as code:
a predicate is one operator with its operands, and an operand is a literal, the path of a fact, or a country group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, cast

from pydantic import ConfigDict, Field, model_validator

from planner.catalog.facts import Confidence, Strict
from planner.catalog.files import read_all
from planner.document import nearest
from planner.errors import InputError

Status = Literal["in_force", "proposed", "draft", "voluntary", "guidance"]
Severity = Literal["block", "license", "report", "score"]
Subject = Literal["plan", "site", "workload", "operator", "option", "bom_line", "placement"]
Candidate = Literal["product", "region", "location"]
NOT_YET_LAW: tuple[Status, ...] = ("proposed", "draft")

ROOTS = "plan|site|home_site|workload|operator|option|bom_line|evidence|profile"
FactPath = Annotated[str, Field(pattern=rf"^(?:{ROOTS})(?:\.[A-Za-z0-9_-]+)+$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=60)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Scalar = bool | int | float | str
Collection = Literal["sites", "home_sites", "workloads", "operators", "options", "bom_lines", "placements"]


class FactOperand(Strict):
    """The value of another fact."""

    fact: FactPath


class GroupOperand(Strict):
    """The members of a country group."""

    group: Name


class AreaOperand(Strict):
    """A fact that lists countries and country groups, read as the area they make together."""

    area: FactPath


Operand = FactOperand | GroupOperand | AreaOperand | Scalar | tuple[Scalar, ...]
Comparison = tuple[FactPath, Operand]


class Quantified(Strict):
    """Members of a collection for which `must` is asked; `where` leaves the others out."""

    over: Collection
    where: Predicate | None = None
    must: Predicate


class Total(Strict):
    """The sum of the numbers `of` over the members for which `where` holds, at least `at_least`."""

    over: Collection
    where: Predicate
    of: FactPath
    at_least: int


class Weighted(Strict):
    """The sum of weight times share over the keys of the mapping `of`, at least `at_least`."""

    of: FactPath
    weights: dict[str, float]
    at_least: float | FactOperand = 0.0


class Age(Strict):
    """The date `date` lies at most `years` years before the date `at`."""

    date: FactPath
    years: int = Field(ge=1)
    at: FactPath


class Predicate(Strict):
    """One operator. Three-valued: true, false, or unknown when a fact it needs is missing.

    `stated` asks whether a requirement was made at all, so it is true or false; it is only allowed in `applies_when`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    all: tuple[Predicate, ...] | None = Field(default=None, min_length=1)
    any: tuple[Predicate, ...] | None = Field(default=None, min_length=1)
    not_: Predicate | None = Field(default=None, alias="not")
    eq: Comparison | None = None
    ne: Comparison | None = None
    lt: Comparison | None = None
    le: Comparison | None = None
    gt: Comparison | None = None
    ge: Comparison | None = None
    in_: Comparison | None = Field(default=None, alias="in")
    not_in: Comparison | None = None
    subset: Comparison | None = None
    contains: Comparison | None = None
    intersects: Comparison | None = None
    known: FactPath | None = None
    attached: FactPath | None = None
    stated: FactPath | None = None
    for_each: Quantified | None = None
    for_some: Quantified | None = None
    total: Total | None = None
    weighted: Weighted | None = None
    not_older: Age | None = None
    use: Name | None = None
    always: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> Self:
        if len(self.model_fields_set) != 1 or self.operand is None:
            names = ", ".join(sorted(name.strip("_") for name in self.model_fields_set)) or "none"
            raise ValueError(f"exactly one operator (not {names})")
        return self

    @property
    def operator(self) -> str:
        """The name of the one operator."""
        return next(iter(self.model_fields_set))

    @property
    def operand(self) -> Any:
        """What the operator is applied to."""
        return getattr(self, self.operator) if self.model_fields_set else None


class Group(Strict):
    """Countries that a law names together. In neither list: membership is unknown, unless the list is `complete`."""

    id: Name
    name: str
    members: tuple[Country, ...]
    not_members: tuple[Country, ...] = ()
    complete: bool
    source: str = Field(min_length=1)
    as_of: Date
    confidence: Confidence
    notes: str = ""

    def has(self, country: str) -> bool | None:
        """Whether a country belongs; None when the list does not say."""
        if country in self.members:
            return True
        return False if self.complete or country in self.not_members else None


class Record(Strict):
    """What is known of an operator or a way of delivery, in the words rules use; `unknown` is a missing fact."""

    id: Name
    name: str
    aliases: tuple[str, ...] = ()
    facts: dict[str, Scalar | tuple[Scalar, ...]]
    source: str = Field(min_length=1)
    as_of: Date
    confidence: Confidence
    notes: str = ""


class Translation(Strict):
    """What a rule says, in another language."""

    text: str = Field(min_length=1)
    notice: str = ""


class Rule(Strict):
    """One checkable requirement of a framework: a screening check that points at the clause a person must confirm."""

    id: str = Field(pattern=r"^[A-Z0-9]+(?:-[A-Z0-9]+)+$")
    framework: str = ""
    jurisdiction: str = ""
    clause: str = Field(min_length=1)
    status: Status
    severity: Severity
    subject: Subject = "plan"
    text: str = Field(min_length=1)  # what must be true, in words
    notice: str = ""  # what to do when it is not, or not known to be
    german: Translation | None = None  # the same two in German; a German report quotes English where there is none
    applies_when: Predicate | None = None
    must: Predicate
    excludes: tuple[Candidate, ...] = ()  # candidates that cannot pass and are ruled out before sizing
    exclude_when_unknown: bool = False
    always: bool = False  # checked in every plan, without a profile
    source: tuple[str, ...] = Field(min_length=1)
    confidence: Confidence
    as_of: Date
    notes: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if any(node.stated for node in walk(self.must)):
            raise ValueError('"stated" only in applies_when: a missing fact must not decide what must be true')
        for node in walk(self.applies_when):
            if node.not_ is not None and any(inner.stated for inner in walk(node.not_)):
                raise ValueError('"stated" outside "not"')
        if self.german is not None and bool(self.german.notice) != bool(self.notice):
            raise ValueError("a notice in German where the rule has one, and only there")
        if self.excludes and self.severity != "block":
            raise ValueError("severity block where a rule excludes candidates")
        if self.always and self.status in NOT_YET_LAW:
            raise ValueError("a rule in force where it is always checked")
        return self


class Pack(Strict):
    """The rules of one framework, with the country groups, definitions and records they rest on."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, title="rules/v1")

    schema_: Literal["rules/v1"] = Field(alias="schema")
    id: Name
    framework: str = Field(min_length=1)
    jurisdiction: str = Field(min_length=1)
    notes: str = ""
    rules: tuple[Rule, ...] = ()
    groups: tuple[Group, ...] = ()
    definitions: dict[str, Predicate] = Field(default_factory=dict)
    operators: tuple[Record, ...] = ()
    deliveries: tuple[Record, ...] = ()


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


@dataclass(frozen=True)
class RuleBook:
    """Every rule, country group, definition and record, by id."""

    rules: Mapping[str, Rule]
    groups: Mapping[str, Group]
    definitions: Mapping[str, Predicate]
    operators: Mapping[str, Record]
    deliveries: Mapping[str, Record]


def walk(predicate: Predicate | None) -> Iterator[Predicate]:
    """A predicate and all predicates inside it (definitions it uses are not followed)."""
    if predicate is None:
        return
    yield predicate
    inner = predicate.operand
    if isinstance(inner, Quantified | Total):
        yield from walk(inner.where)
        yield from walk(inner.must if isinstance(inner, Quantified) else None)
    elif isinstance(inner, Predicate):
        yield from walk(inner)
    elif predicate.operator in ("all", "any"):
        for child in inner:
            yield from walk(child)


def paths(predicate: Predicate | None, book: RuleBook) -> Iterator[str]:
    """Every fact path that a predicate can read, through its definitions."""
    for node in walk(predicate):
        if node.use is not None:
            yield from paths(book.definitions[node.use], book)
        else:
            yield from _own_paths(node.operand)


def _own_paths(operand: Any) -> Iterator[str]:
    if isinstance(operand, str):
        yield operand
    elif isinstance(operand, tuple) and len(operand) == 2 and isinstance(operand[0], str):
        yield operand[0]
        yield from _operand_paths(operand[1])
    elif isinstance(operand, Weighted):
        yield operand.of
        yield from _operand_paths(operand.at_least)
    elif isinstance(operand, Age):
        yield from (operand.date, operand.at)
    elif isinstance(operand, Total):
        yield operand.of


def _operand_paths(operand: Any) -> Iterator[str]:
    if isinstance(operand, FactOperand):
        yield operand.fact
    elif isinstance(operand, AreaOperand):
        yield operand.area


def inputs_of(rule: Rule, book: RuleBook) -> tuple[str, ...]:
    """The facts that a rule rests on, sorted."""
    return tuple(sorted({*paths(rule.applies_when, book), *paths(rule.must, book)}))


def load_rules(roots: Sequence[Path]) -> RuleBook:
    """Every rule pack below `rules/` of each root. A root that comes earlier overrides a later one, id by id.

    Raises:
        InputError: a file does not parse or fit the schema, an id stands twice in one root, or a rule uses a group or
            definition that no pack has.
    """
    book = RuleBook({}, {}, {}, {}, {})
    for root in reversed(roots):
        fresh = RuleBook({}, {}, {}, {}, {})
        for path, pack in read_all((root,), "rules", Pack):
            _take_pack(fresh, pack, path)
        book = RuleBook(
            {**book.rules, **fresh.rules},
            {**book.groups, **fresh.groups},
            {**book.definitions, **fresh.definitions},
            {**book.operators, **fresh.operators},
            {**book.deliveries, **fresh.deliveries},
        )
    _check_book(book)
    return book


def _take_pack(book: RuleBook, pack: Pack, path: Path) -> None:
    for rule in pack.rules:
        filled = {
            "framework": rule.framework or pack.framework,
            "jurisdiction": rule.jurisdiction or pack.jurisdiction,
        }
        _add(book.rules, rule.id, rule.model_copy(update=filled), path)
    for group in pack.groups:
        _add(book.groups, group.id, group, path)
    for name, definition in pack.definitions.items():
        _add(book.definitions, name, definition, path)
    for operator in pack.operators:
        _add(book.operators, operator.id, operator, path)
    for delivery in pack.deliveries:
        _add(book.deliveries, delivery.id, delivery, path)


T = TypeVar("T")


def _add(table: Mapping[str, T], key: str, value: T, path: Path) -> None:
    if key in table:
        raise InputError.of(key, "the id a second time", "each id once in a catalog folder", file=str(path))
    cast("dict[str, T]", table)[key] = value


def _check_book(book: RuleBook) -> None:
    for name, definition in book.definitions.items():
        if any(node.use is not None or node.stated is not None for node in walk(definition)):
            raise InputError.of(name, '"use" or "stated" in a definition', "a definition that stands alone")
        _check_names(name, definition, book)
    for rule in book.rules.values():
        _check_names(rule.id, rule.applies_when, book)
        _check_names(rule.id, rule.must, book)


def _check_names(where: str, predicate: Predicate | None, book: RuleBook) -> None:
    for node in walk(predicate):
        operand = node.operand
        last = operand[1] if isinstance(operand, tuple) and len(operand) == 2 else None
        if isinstance(last, GroupOperand):
            require(last.group, book.groups, f"{where}: group")
        if node.use is not None:
            require(node.use, book.definitions, f"{where}: definition")


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
            _add(fresh, profile.id, profile, path)
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


def require(key: str, table: Mapping[str, T], where: str) -> T:
    """The entry of a table.

    Raises:
        InputError: no such id, with the nearest one there is.
    """
    if key not in table:
        raise InputError.of(where, f'"{key}"', "a known id", nearest(key, sorted(table)))
    return table[key]
