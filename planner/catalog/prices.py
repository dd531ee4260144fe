"""Dated prices: low, typical, high per product. A product without a price is planned and shown as "quote required"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from planner.catalog.facts import Confidence, Strict
from planner.catalog.schema import ProductId
from planner.errors import Expected

DATE = r"^\d{4}-\d{2}-\d{2}$"

Unit = Literal["each", "accelerator-year", "accelerator", "system-year", "node-year", "hour", "tb", "link", "year", "m"]
Basis = Literal["bare", "loaded"]


def _day(name: str, text: str | None) -> None:
    try:
        date.fromisoformat(text or "2026-01-01")
    except ValueError:
        raise Expected(f'"{text}"', "a day that exists", at=(name,)) from None


class PriceEntry(Strict):
    """One price of one product: what one `unit` costs, when, by whom, and how sure.

    `basis` says whether the price is of the product alone (`bare`) or includes other lines of a bill (`loaded`, with
    what it includes in `includes`). Only bare prices enter a bill of materials; the two are never mixed.
    """

    product: ProductId
    unit: Unit = "each"
    basis: Basis = "bare"
    includes: tuple[str, ...] = ()
    low: float | None = Field(default=None, ge=0)
    typical: float | None = Field(default=None, ge=0)
    high: float | None = Field(default=None, ge=0)
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    source: str = Field(min_length=1)
    as_of: str = Field(pattern=DATE)
    valid_until: str | None = Field(default=None, pattern=DATE)
    confidence: Confidence = "estimate"
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        prices = {"low": self.low, "typical": self.typical, "high": self.high}
        known = {name: price for name, price in prices.items() if price is not None}
        if not known:
            raise Expected("no price", "low, typical or high", "leave the entry out when no price is known")
        if list(known.values()) != sorted(known.values()):
            found = ", ".join(f"{name} {price:,g}" for name, price in known.items())
            raise Expected(found, "low, typical and high in rising order")
        if self.basis == "loaded" and not self.includes:
            raise Expected('a loaded price without "includes"', "what it holds besides the product")
        if self.basis == "bare" and self.includes:
            raise Expected('"includes" in a bare price', "the price of the product alone", "state basis: loaded")
        for name in ("as_of", "valid_until"):
            _day(name, getattr(self, name))
        return self

    @property
    def range(self) -> tuple[float, float, float]:
        """(low, typical, high); a missing one is taken from its nearest known neighbour, typical first."""
        typical = next(p for p in (self.typical, self.high, self.low) if p is not None)
        low = self.low if self.low is not None else typical
        high = self.high if self.high is not None else typical
        return low, typical, high


class PriceFile(Strict):
    """A price book file, `prices/v1`."""

    schema_: Literal["prices/v1"] = Field(alias="schema")
    id: str
    title: str = ""
    entries: tuple[PriceEntry, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _file_defaults(cls, data: Any) -> Any:
        """Source, dates, currency and confidence of the file hold for entries that leave them out."""
        if not isinstance(data, dict) or not isinstance(data.get("entries"), list):
            return data
        names = ("source", "as_of", "valid_until", "currency", "confidence")
        shared = {name: data[name] for name in names if name in data}
        entries = [{**shared, **entry} if isinstance(entry, dict) else entry for entry in data["entries"]]
        return {k: v for k, v in data.items() if k not in names} | {"entries": entries}


@dataclass(frozen=True)
class PriceBook:
    """Bare prices by (product, unit), the first file that names one wins; loaded prices kept apart."""

    bare: Mapping[tuple[str, str], PriceEntry]
    loaded: Mapping[str, PriceEntry]

    def find(self, product: str, unit: str = "each") -> PriceEntry | None:
        """The bare price of one unit of a product, or None: quote required."""
        return self.bare.get((product, unit))


def price_book(files: Sequence[PriceFile]) -> PriceBook:
    """The book of several files; earlier files win (the user's own stand first)."""
    bare: dict[tuple[str, str], PriceEntry] = {}
    loaded: dict[str, PriceEntry] = {}
    for file in files:
        for entry in file.entries:
            if entry.basis == "bare":
                bare.setdefault((entry.product, entry.unit), entry)
            else:
                loaded.setdefault(entry.product, entry)
    return PriceBook(bare, loaded)
