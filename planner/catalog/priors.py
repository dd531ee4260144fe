"""Priors (`priors/v1`): measured coefficients of the sizing formulas; where, when and on what they were measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from planner.catalog.facts import Confidence, Strict
from planner.catalog.files import catalog_roots, read_all
from planner.catalog.schema import ProductId
from planner.errors import InputError

Task = Literal["inference", "training", "fine-tuning", "storage", "reliability"]
ISO_DATE = r"^\d{4}-\d{2}-\d{2}$"


class Band(Strict):
    """Quantiles of measured over predicted throughput: 0.8 at p10 says that one case in ten reaches less than 0.8."""

    p10: float = Field(gt=0)
    p25: float = Field(gt=0)
    p50: float = Field(gt=0)
    p75: float = Field(gt=0)
    p90: float = Field(gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> Band:
        steps = (self.p10, self.p25, self.p50, self.p75, self.p90)
        if list(steps) != sorted(steps):
            raise ValueError("quantiles that do not fall")
        return self


class Coefficient(Strict):
    """One number of a formula; `note` says what it means when it is not plain from the name."""

    value: float
    unit: str = ""
    note: str = ""


class PriorSet(Strict):
    """The coefficients of one task on one class of accelerator."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["priors/v1"] = Field(alias="schema")
    id: ProductId
    task: Task
    vendor_class: Literal["nvidia", "trainium", "any"]
    source: str = Field(min_length=1)
    sources: tuple[str, ...] = ()
    software: tuple[str, ...] = ()
    measured_on: str = Field(pattern=ISO_DATE)  # the newest measurement used
    valid_until: str = Field(pattern=ISO_DATE)
    rows: int = Field(ge=0)  # measurements that the coefficients were fitted on
    confidence: Confidence
    calibrated: bool = True
    notes: tuple[str, ...] = ()
    coefficients: Mapping[str, Coefficient]
    models: Mapping[str, float] = Field(default_factory=dict)  # log of measured over predicted, per model, shrunk
    bands: Mapping[str, Band] = Field(default_factory=dict)

    def expired(self, today: str) -> bool:
        """True when `today` (ISO) is after `valid_until`."""
        return date.fromisoformat(today) > date.fromisoformat(self.valid_until)

    @property
    def values(self) -> dict[str, float]:
        """The coefficients as plain numbers."""
        return {name: coefficient.value for name, coefficient in self.coefficients.items()}

    def band(self, name: str) -> Band:
        """The named band, else the one called "all".

        Raises:
            InputError: the file has neither.
        """
        broad = name.removesuffix(".measured")
        found = self.bands.get(name) or self.bands.get(broad) or self.bands.get("all")
        if found is None:
            raise InputError.of(f"bands of priors {self.id}", f'no "{name}"', 'a band of that name or "all"')
        return found


class Priors:
    """The prior sets of a catalog; the user's folders come first."""

    def __init__(self, sets: Sequence[PriorSet]) -> None:
        self.sets: dict[str, PriorSet] = {}
        for prior in sets:
            self.sets.setdefault(prior.id, prior)

    def has(self, task: Task, vendor_class: str) -> bool:
        """True when `of` would find a set."""
        return any(p.task == task and p.vendor_class in (vendor_class, "any") for p in self.sets.values())

    def of(self, task: Task, vendor_class: str) -> PriorSet:
        """The set for a task on a class of accelerator; sets for any class serve where none is closer.

        Raises:
            InputError: there is none.
        """
        fitting = [p for p in self.sets.values() if p.task == task and p.vendor_class in (vendor_class, "any")]
        closest = sorted(fitting, key=lambda p: (p.vendor_class == "any", p.id))
        if not closest:
            raise InputError.of(
                "priors", f"none for {task} on {vendor_class}", "a priors/v1 file", "add one with --catalog"
            )
        return closest[0]

    def expired(self, today: str) -> tuple[PriorSet, ...]:
        """Sets past their date, by id."""
        return tuple(p for _, p in sorted(self.sets.items()) if p.expired(today))


def load_priors(extra: Sequence[Path] = ()) -> Priors:
    """All priors of the catalog.

    Raises:
        InputError: with file, line and column.
    """
    return Priors([prior for _, prior in read_all(catalog_roots(extra), "priors", PriorSet)])
