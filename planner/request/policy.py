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

    allow: tuple[str, ...] = Field(default=(), description="Ids that are allowed; none: all.")
    exclude: tuple[str, ...] = Field(default=(), description="Ids that are not.")


class Sovereignty(Strict):
    """Rule profiles that hold, and the evidence already at hand, by name."""

    profiles: tuple[str, ...] = Field(default=(), description="Rule profiles that hold, by id.")
    evidence: dict[str, str | bool | int | float] = Field(
        default_factory=dict, description="Evidence at hand, by the name that the rules use: true, a text or a number."
    )
    buyer_type: str | None = Field(
        default=None, description="What the buyer is to the rules, for example essential_entity."
    )
    buyer_country: str | None = Field(default=None, description="Where the buyer is established.")
    buyer_parent_country: str | None = Field(
        default=None, description="Where the buyer's ultimate parent is established."
    )


class Spares(Strict):
    """Whole spare systems so that with probability `cover` none is missing while one is being repaired."""

    cover: Share = Field(
        default=0.95, lt=1, description="Probability that no system is missing while one is being repaired."
    )
    repair: Seconds = Field(default=259200.0, description="How long a repair takes.")
    cable_share: Share = Field(
        default=0.02, description="Share of the modules and cables of each type that is bought on top."
    )
    cable_least: int = Field(default=2, ge=0, le=1000, description="Modules and cables of each type on top, at least.")


class PowerCap(Strict):
    """A power cap that systems of a product may run under, and the share of their throughput that it leaves."""

    product: str = Field(min_length=1, description="Product id of the system.")
    cap: SupplyW = Field(description="The most that one system draws: bounds its design and its peak power.")
    performance: Share = Field(description="Share of its throughput that the cap leaves.")
    source: str = Field(min_length=1, description="Who measured what the cap costs.")

    @property
    def product_id(self) -> str:
        """The id of the product under this cap."""
        return f"{self.product}-at-{self.cap}w"


class Policy(Strict):
    """How to choose between plans that all work."""

    objective: tuple[Objective, ...] = Field(
        default=("tco", "power", "racks"), description="What to make least, most important first."
    )
    budget: int | None = Field(
        default=None, gt=0, le=10**14, description="Most typical capex, in whole units of the request's currency."
    )
    horizon_years: int = Field(
        default=5, ge=1, le=15, description="Years that the total cost and the carbon are counted over."
    )
    order_date: Date | None = Field(
        default=None, description="The day everything is ordered; left out: the request's date."
    )
    in_service_by: Date | None = Field(
        default=None, description="The day by which everything is served; left out: no date is asked."
    )
    vendors: Choice = Field(default=Choice(), description="Vendors to choose from.")
    systems: Choice = Field(default=Choice(), description="Systems to choose from, by product id.")
    storage: Choice = Field(default=Choice(), description="Storage products to choose from, by product id.")
    fabric_growth: Literal["full-unit", "right-size"] = Field(
        default="right-size", description="Whether fabrics are built in whole scalable units or to size."
    )
    regions: tuple[str, ...] = Field(default=(), description="Cloud regions that a workload may use, by id.")
    sovereignty: Sovereignty = Field(default=Sovereignty(), description="Rules that hold, and evidence.")
    spares: Spares = Field(default=Spares(), description="What is kept for repairs.")
    cdu_redundancy: Literal["N", "N+1"] = Field(
        default="N+1", description="Whether one CDU more than needed is bought for each loop."
    )
    unknown_lead_time: Literal["accept", "refuse"] = Field(
        default="accept", description="What to do with products whose lead time is not known where a date is asked."
    )
    assumed_power_w: dict[str, Positive] = Field(
        default_factory=dict, description="Your own design power in W for a product that publishes none, by product id."
    )
    assumed_weight_kg: dict[str, Positive] = Field(
        default_factory=dict, description="Your own weight in kg for a product that publishes none, by product id."
    )
    relief_costs: ReliefCosts | None = Field(default=None, description="What the site pays to move its limits.")
    assumed_liquid_share: dict[str, Share] = Field(
        default_factory=dict,
        description="Your own share of heat to liquid for a product that publishes none, by product id.",
    )
    power_caps: tuple[PowerCap, ...] = Field(
        default=(), max_length=20, description="Caps that systems may run under; sizing may choose them."
    )


class ExchangeRate(Strict):
    """One unit of `base` costs `rate` units of the request's currency."""

    base: Currency = Field(description="The currency that is converted.")
    rate: float = Field(ge=1e-6, le=1e6, description="What one unit of base costs in the request's currency.")
    as_of: Date = Field(description="The day of the rate.")
    source: str = Field(min_length=1, description="Where the rate comes from.")
