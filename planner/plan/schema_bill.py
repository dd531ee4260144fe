"""Cables, the bill of materials, cost and carbon in a plan."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.catalog.facts import Confidence, Strict
from planner.money import Range
from planner.plan.said import Named, Words


class CableLine(Strict):
    """Cables of one product and length for one purpose."""

    hall: str
    fabric: str
    tier: str
    product: str | None  # None: no product of the catalog fits; the reason is in `note`
    medium: str = ""
    length_m: float | None  # as ordered; None: not determined
    part_number: str = ""
    cables: int
    links: int
    modules: dict[str, int] = Field(default_factory=dict)  # of the whole tier, on its first line: product -> count
    note: Words = ""


class BillLine(Strict):
    """One line of the bill of materials."""

    line: int
    group: Literal[
        "systems", "storage", "network", "optics and cables", "management", "racks", "power", "cooling", "software",
        "services", "spares", "cloud",
    ]  # fmt: skip
    product: str
    name: Named
    vendor: str
    part_number: str | None
    quantity: int
    unit: str  # each, accelerator-year, ...
    unit_price: Range | None  # None: quote required
    extended: Range | None
    price_basis: Named = ""
    price_source: str = ""
    price_as_of: str = ""
    price_confidence: Confidence = "unknown"
    price_expired: bool = False
    recurring: bool = False  # paid over the horizon (software, support, cloud), not up front
    lead_time_weeks: float | None = None
    cause: Words  # the requirement that caused the line


class CostLine(Strict):
    """One part of the cost over the horizon."""

    name: str
    amount: Range
    basis: Words  # how it was computed, in words with its numbers


class Cost(Strict):
    """Money over the horizon. What has no price is not in any of these sums, and is counted apart."""

    currency: str
    horizon_years: int
    capex: Range
    tco: Range
    lines: tuple[CostLine, ...]
    lines_total: int
    lines_without_price: int
    without_price: tuple[str, ...]  # product ids, sorted
    confidence_share: dict[str, float]  # share of the typical capex by confidence of its prices
    expired_prices: tuple[str, ...]
    rates: tuple[Words, ...]  # exchange rates in words


class Carbon(Strict):
    """Greenhouse gas over the horizon."""

    operational_kg: int | None
    embodied_kg: int | None  # of the products whose figure is known
    embodied_known: tuple[str, ...]
    embodied_unknown: tuple[str, ...]
    basis: Words
