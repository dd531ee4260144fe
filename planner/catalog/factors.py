"""Factors (`factors/v1`): sourced numbers that belong to no product: grid carbon, prices of energy, flow rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from planner.catalog.facts import Confidence, Fact, Strict, read_fact
from planner.catalog.files import catalog_roots, read_all
from planner.catalog.schema import ProductId
from planner.errors import InputError, Problem

Value = float | str | dict[str, float]


class FactorFile(Strict):
    """One subject: its factors by name. A factor is a number, a table of numbers by key, or a short text."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["factors/v1"] = Field(alias="schema")
    id: ProductId
    title: str = Field(min_length=1)
    source: str = Field(min_length=1)
    as_of: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    confidence: Confidence = "estimate"
    notes: tuple[str, ...] = ()
    factors: Mapping[str, Fact[Value]] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _facts_with_their_defaults(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("factors"), dict):
            return data
        defaults = {key: data[key] for key in ("source", "as_of", "confidence") if key in data}
        return data | {"factors": {name: _read(name, raw, defaults) for name, raw in data["factors"].items()}}

    @field_validator("factors")
    @classmethod
    def _rates_name_their_unit(cls, factors: Mapping[str, Fact[Value]]) -> Mapping[str, Fact[Value]]:
        for name, fact in sorted(factors.items()):
            if _is_rate(name) and fact.known and not fact.unit:
                raise ValueError(f'a "unit" for {name}: its name is a rate, which fixes no base unit')
        return factors

    def number(self, name: str) -> float:
        """A factor that is one number, in the unit that its name ends in or that its fact states.

        Raises:
            InputError: there is no such factor, it is unknown, or it is a table or a text.
        """
        value = self._known(name).value
        if isinstance(value, float):
            return value
        raise InputError.of(f"{self.id}.{name}", f"a {_kind(value)}", "one number")

    def table(self, name: str) -> Mapping[str, float]:
        """A factor that is a table of numbers by key (a country, a class, a voltage).

        Raises:
            InputError: there is no such factor, it is unknown, or it is no table.
        """
        value = self._known(name).value
        if isinstance(value, dict):
            return value
        raise InputError.of(f"{self.id}.{name}", f"a {_kind(value)}", "a table of numbers")

    def _known(self, name: str) -> Fact[Value]:
        fact = self.factors.get(name)
        if fact is None:
            raise InputError.of(f"factors of {self.id}", f'no "{name}"', f"one of {', '.join(sorted(self.factors))}")
        fact.need(f"{self.id}.{name}")
        return fact


class Factors:
    """The factor files of a catalog; the user's folders come first."""

    def __init__(self, files: Sequence[FactorFile]) -> None:
        self.files: dict[str, FactorFile] = {}
        for file in files:
            self.files.setdefault(file.id, file)

    def of(self, subject: str) -> FactorFile:
        """The file of one subject.

        Raises:
            InputError: there is none.
        """
        found = self.files.get(subject)
        if found is None:
            raise InputError.of("factors", f'no "{subject}"', f"one of {', '.join(sorted(self.files))}")
        return found


def load_factors(extra: Sequence[Path] = ()) -> Factors:
    """All factors of the catalog.

    Raises:
        InputError: with file, line and column; or an id that is not the name of its file.
    """
    found = read_all(catalog_roots(extra), "factors", FactorFile)
    for path, file in found:
        if file.id != path.stem:
            raise InputError(Problem(str(path), 0, 0, "id", f'"{file.id}"', f'"{path.stem}", the name of its file'))
    return Factors([file for _, file in found])


def _is_rate(name: str) -> bool:
    return "_per_" in name


def _read(name: str, raw: Any, defaults: dict[str, Any]) -> dict[str, Any]:
    # A rate (g per kWh) is not of the dimension its last word names, so its unit stands in the file.
    return read_fact("rate" if _is_rate(name) else name, raw, defaults)


def _kind(value: Value | None) -> str:
    if isinstance(value, dict):
        return "table"
    return "text" if isinstance(value, str) else "number"
