"""The grammar of rules: what a predicate may ask of facts, and which facts it reads.

Nothing in a pack is ever run as code: a predicate is one operator with its operands, and an operand is a literal, the
path of a fact, or a country group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from planner.catalog.facts import Strict

ROOTS = "plan|site|home_site|workload|operator|option|bom_line|evidence|profile"
FactPath = Annotated[str, Field(pattern=rf"^(?:{ROOTS})(?:\.[A-Za-z0-9_-]+)+$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=60)]
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


def paths(predicate: Predicate | None, definitions: Mapping[str, Predicate]) -> Iterator[str]:
    """Every fact path that a predicate can read, through its definitions."""
    for node in walk(predicate):
        if node.use is not None:
            yield from paths(definitions[node.use], definitions)
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
