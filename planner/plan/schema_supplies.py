"""Power supplies in a plan: how every system runs when a supply, a shelf, a feed or a source is lost."""

from __future__ import annotations

from typing import Literal

from planner.catalog.facts import Strict


class SupplyLoss(Strict):
    """One loss: what is left, and how the system runs on it. None: ratings are not published."""

    lost: Literal["supply", "shelf", "feed", "source"]
    left: int | None  # supplies, or shelves, that still work; None: their number is not published
    available_w: int | None
    running: Literal["up", "throttled", "down", "unknown"]


class SystemSupplies(Strict):
    """Systems of one product in one hall."""

    hall: str
    product: str
    label: str | None  # as it is sold: "5+1", "N+N"
    feeds: int  # of the row with the fewest left when one fails
    design_w: int | None
    peak_w: int | None
    lowest_cap_w: int | None  # to which the maker lets it be throttled
    states: tuple[SupplyLoss, ...]
