"""The build-out in a plan: what stands by which date, what it serves, what is ordered for it and when."""

from __future__ import annotations

from planner.catalog.facts import Strict
from planner.money import Range


class PhaseSystems(Strict):
    """Systems of one product that stand in one hall, `spares` of them to take over."""

    hall: str
    product: str
    count: int
    spares: int
    accelerators: int  # of all that stand


class PhaseService(Strict):
    """Units of a workload (replicas, jobs, accelerators) that run at one place."""

    workload: str
    location: str  # hall or region
    units: int


class PhaseFeed(Strict):
    """The worst load of a feed over the states that the phase survives, at design power."""

    hall: str
    feed: str
    load_w: int
    continuous_w: int


class PartRack(Strict):
    """A rack that does not hold all its devices yet."""

    rack: str
    product: str
    role: str
    count: int  # that stand; all of the others in the rack do


class PhaseOrder(Strict):
    """What of a line of the bill is bought for the phase."""

    line: int
    quantity: int
    extended: Range | None  # None: quote required
    order_by: str | None  # phase date less the lead time; None: no lead time is published


class PhasePlan(Strict):
    """One phase: everything here is the state on its date, orders and spend are what it adds."""

    id: str
    name: str
    date: str
    shares: dict[str, float]  # of each workload's units
    redundancy: dict[str, str]  # by hall: what its feeds survive by then
    racks: int
    added_racks: tuple[str, ...]
    part_racks: tuple[PartRack, ...]
    systems: tuple[PhaseSystems, ...]
    services: tuple[PhaseService, ...]
    storage_units: dict[str, int]  # by hall
    power_design_w: int
    feeds: tuple[PhaseFeed, ...]
    orders: tuple[PhaseOrder, ...]
    spend: Range
    orders_without_price: int
