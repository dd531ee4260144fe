"""How the systems of a hall run when supplies, shelves or feeds are lost, as the plan states it."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.schema import System
from planner.facility.power import PowerTiers
from planner.facility.supplies import supplies_of
from planner.facility.supply_states import states_when_lost
from planner.plan.schema_supplies import SupplyLoss, SystemSupplies


def supplies_in(hall: str, system: System, tiers: PowerTiers, feeds: int, taken: int) -> SystemSupplies:
    """One system product in one hall, on `feeds` feeds of which one failure takes at most `taken`."""
    own = next(iter(supplies_of(system)), None)
    return SystemSupplies(
        hall=hall,
        product=system.id,
        label=own.label if own is not None else None,
        feeds=feeds,
        design_w=tiers.design_w,
        peak_w=tiers.peak_w,
        lowest_cap_w=int(system.power_cap_min_w.value) if system.power_cap_min_w.value is not None else None,
        states=tuple(_states(system, tiers, feeds, taken)),
    )


def _states(system: System, tiers: PowerTiers, feeds: int, taken: int) -> Iterator[SupplyLoss]:
    published = bool(supplies_of(system))
    for found in states_when_lost(system, tiers, feeds, taken):
        state = found.state
        left = state.left if published or state.running == "down" else None
        yield SupplyLoss(lost=found.loss, left=left, available_w=state.available_w, running=state.running)
