"""Rule packs (`rules/v1`): law and policy as data.

A rule states, in a small closed grammar (`predicates`), when it applies and what must be true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar, cast

from pydantic import ConfigDict, Field, model_validator

from planner.catalog.facts import Confidence, Strict
from planner.catalog.files import read_all
from planner.catalog.predicates import GroupOperand, Name, Predicate, Scalar, paths, walk
from planner.document import nearest
from planner.errors import InputError

Status = Literal["in_force", "proposed", "draft", "voluntary", "guidance"]
Severity = Literal["block", "license", "report", "score"]
Subject = Literal["plan", "site", "workload", "operator", "option", "bom_line", "placement"]
Candidate = Literal["product", "region", "location"]
NOT_YET_LAW: tuple[Status, ...] = ("proposed", "draft")

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


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


@dataclass(frozen=True)
class RuleBook:
    """Every rule, country group, definition and record, by id."""

    rules: Mapping[str, Rule]
    groups: Mapping[str, Group]
    definitions: Mapping[str, Predicate]
    operators: Mapping[str, Record]
    deliveries: Mapping[str, Record]


def inputs_of(rule: Rule, book: RuleBook) -> tuple[str, ...]:
    """The facts that a rule rests on, sorted."""
    return tuple(sorted({*paths(rule.applies_when, book.definitions), *paths(rule.must, book.definitions)}))


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
        add_once(book.rules, rule.id, rule.model_copy(update=filled), path)
    for group in pack.groups:
        add_once(book.groups, group.id, group, path)
    for name, definition in pack.definitions.items():
        add_once(book.definitions, name, definition, path)
    for operator in pack.operators:
        add_once(book.operators, operator.id, operator, path)
    for delivery in pack.deliveries:
        add_once(book.deliveries, delivery.id, delivery, path)


T = TypeVar("T")


def add_once(table: Mapping[str, T], key: str, value: T, path: Path) -> None:
    """An entry of a table that is being read.

    Raises:
        InputError: the id stands there already.
    """
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


def require(key: str, table: Mapping[str, T], where: str) -> T:
    """The entry of a table.

    Raises:
        InputError: no such id, with the nearest one there is.
    """
    if key not in table:
        raise InputError.of(where, f'"{key}"', "a known id", nearest(key, sorted(table)))
    return table[key]
