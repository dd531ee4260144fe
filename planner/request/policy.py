"""Policy: what to optimise, what may be spent, by when, from whom, under which rules."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.catalog.facts import Strict
from planner.request.relief import ReliefCosts
from planner.request.units import Currency, Date, Seconds, Share, SupplyW

Objective = Literal["capex", "tco", "power", "racks", "carbon", "lead-time"]
Positive = Annotated[int, Field(gt=0, le=10**9)]
OBJECTIVES: tuple[Objective, ...] = ("capex", "tco", "power", "racks", "carbon", "lead-time")


class Choice(Strict):
    """Ids that are allowed (nothing named: all) or excluded."""

    allow: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Sovereignty(Strict):
    """Rule profiles that hold, and the evidence already at hand, by name."""

    profiles: tuple[str, ...] = ()
    evidence: dict[str, str | bool | int | float] = Field(default_factory=dict)
    buyer_type: str | None = None
    buyer_country: str | None = None
    buyer_parent_country: str | None = None


class Spares(Strict):
    """Whole spare systems so that with probability `cover` none is missing while one is being repaired."""

    cover: Share = Field(default=0.95, lt=1)
    repair: Seconds = 259200.0
    cable_share: Share = 0.02
    cable_least: int = Field(default=2, ge=0, le=1000)  # modules and cables of each type, at least


class PowerCap(Strict):
    """A power cap that systems of a product may run under, and the share of their throughput that it leaves."""

    product: str = Field(min_length=1)
    cap: SupplyW  # of one system; bounds its design and its peak power
    performance: Share
    source: str = Field(min_length=1)  # who measured what the cap costs

    @property
    def product_id(self) -> str:
        """The id of the product under this cap."""
        return f"{self.product}-at-{self.cap}w"


class Policy(Strict):
    """How to choose between plans that all work."""

    objective: tuple[Objective, ...] = ("tco", "power", "racks")
    budget: int | None = Field(default=None, gt=0, le=10**14)  # typical capex, in the request's currency
    horizon_years: int = Field(default=5, ge=1, le=15)
    order_date: Date | None = None  # left out: the request's date
    in_service_by: Date | None = None
    vendors: Choice = Choice()
    systems: Choice = Choice()
    storage: Choice = Choice()
    fabric_growth: Literal["full-unit", "right-size"] = "right-size"
    regions: tuple[str, ...] = ()  # cloud regions that a workload may use
    sovereignty: Sovereignty = Sovereignty()
    spares: Spares = Spares()
    cdu_redundancy: Literal["N", "N+1"] = "N+1"
    unknown_lead_time: Literal["accept", "refuse"] = "accept"
    assumed_power_w: dict[str, Positive] = Field(default_factory=dict)  # site's own figure for a product without one
    assumed_weight_kg: dict[str, Positive] = Field(default_factory=dict)
    relief_costs: ReliefCosts | None = None  # what the site pays to move its limits
    assumed_liquid_share: dict[str, Share] = Field(default_factory=dict)  # of its heat, where none is published
    power_caps: tuple[PowerCap, ...] = Field(default=(), max_length=20)  # sizing may choose systems that run under one


class ExchangeRate(Strict):
    """One unit of `base` costs `rate` units of the request's currency."""

    base: Currency
    rate: float = Field(ge=1e-6, le=1e6)
    as_of: Date
    source: str = Field(min_length=1)
