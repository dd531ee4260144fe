"""Every system when a power supply, a power shelf, a feed or a source is lost: up, throttled, down, or not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from planner.catalog.facts import floor
from planner.catalog.schema import System
from planner.facility.power import PowerTiers
from planner.facility.supplies import Supplies, SupplyState, state_with, supplies_of
from planner.request.power_tree import loss_states
from planner.request.site import Power, Row

Loss = Literal["supply", "shelf", "feed", "source"]


@dataclass(frozen=True)
class Lost:
    """What is left of a system's power when something is lost."""

    loss: Loss
    state: SupplyState


def fewest_feeds_with(power: Power, rows: Iterable[Row]) -> tuple[int, int]:
    """(feeds, most feeds that one failure takes) of the row that has the least of feeds left; N survives no failure.

    Raises:
        ValueError: no row is given.
    """
    found = []
    for row in rows:
        taken = max(sum(feed in state.lost for feed in row.feeds) for state in loss_states(power))
        found.append((len(row.feeds) - taken, len(row.feeds), taken))
    _, feeds, taken = min(found)
    return feeds, taken


def states_when_lost(system: System, tiers: PowerTiers, feeds: int, taken: int) -> tuple[Lost, ...]:
    """With one supply, one shelf (where it has shelves), one of `feeds` feeds, and a source behind `taken` feeds lost.

    Unpublished supplies leave every state but the loss of the only feed unknown.
    """
    return tuple(_states(system, tiers, feeds, taken))


def _states(system: System, tiers: PowerTiers, feeds: int, taken: int) -> Iterator[Lost]:
    single, whole = _single_supplies(system), next(iter(supplies_of(system)), None)
    yield Lost("supply", _left(system, tiers, single, 1))
    if whole is not None and whole.name == "power shelves":
        yield Lost("shelf", _left(system, tiers, whole, 1))
    yield Lost("feed", _without_feeds(system, tiers, whole, feeds, 1))
    if taken > 1:
        yield Lost("source", _without_feeds(system, tiers, whole, feeds, taken))


def _single_supplies(system: System) -> Supplies | None:
    """The power supplies themselves, those inside shelves too."""
    if not system.psu_count.value:
        return None
    found = Supplies("power supplies", system.psu_count.value, floor(system.psu_w), None, None)
    own = next(iter(supplies_of(system)))
    return own if own.name == "power supplies" else found


def _without_feeds(system: System, tiers: PowerTiers, supplies: Supplies | None, feeds: int, taken: int) -> SupplyState:
    if taken >= feeds:
        return SupplyState("", 0, 0, "down")
    lost = -(-supplies.count * taken // feeds) if supplies is not None else 0
    return _left(system, tiers, supplies, lost)


def _left(system: System, tiers: PowerTiers, supplies: Supplies | None, lost: int) -> SupplyState:
    if supplies is None:
        return SupplyState("", 0, None, "unknown")
    return state_with("", supplies.count - lost, system, tiers, supplies)
