"""Power supplies and shelves when some of them, or the feed behind them, are lost. "N+N" is computed, not believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from planner.catalog.facts import Fact, floor
from planner.catalog.schema import Device, System
from planner.plan.schema import Finding
from planner.wording import sentence

if TYPE_CHECKING:
    from planner.facility.power import PowerTiers

Running = Literal["up", "throttled", "down", "unknown"]

_LABEL = re.compile(r"^\s*(\d+)\s*\+\s*(\d+)\s*$")


@dataclass(frozen=True)
class Supplies:
    """Equal power supplies (or shelves) of one device; `needed` is what its label says is enough, None if it does not.

    `unit_w` is what one of them gives; None while unknown.
    """

    name: str
    count: int
    unit_w: int | None
    label: str | None
    needed: int | None


@dataclass(frozen=True)
class SupplyState:
    """What is left with something lost: how many supplies, their W (None: rating unknown), and how the device runs."""

    lost: str
    left: int
    available_w: int | None
    running: Running


def needed_of(label: str, count: int) -> int | None:
    """How many supplies a label calls enough: "5+1" is 5, "N+N" is half, "N+1" is all but one. None: not understood.

    A label of numbers that do not add up to `count` is not understood either.
    """
    words = label.strip().upper()
    if words == "N+N":
        return count // 2 if count % 2 == 0 else None
    if match := re.fullmatch(r"N\+(\d+)", words):
        return count - int(match[1]) if int(match[1]) < count else None
    if words == "N":
        return count
    match = _LABEL.match(label)
    return int(match[1]) if match and int(match[1]) + int(match[2]) == count else None


def supplies_of(device: Device) -> tuple[Supplies, ...]:
    """The power shelves of a rack system, else the power supplies of a device (none: not published).

    The supplies of a system with shelves sit in the shelves and are lost with them.
    """
    if isinstance(device, System) and device.shelf_count.value:
        return (_supplies("power shelves", device.shelf_count.value, device.shelf_w, device.shelf_redundancy),)
    if device.psu_count.value:
        return (_supplies("power supplies", device.psu_count.value, device.psu_w, device.psu_redundancy),)
    return ()


def _supplies(name: str, count: int, unit_w: Fact[float], label: Fact[str]) -> Supplies:
    needed = needed_of(label.value, count) if label.value else None
    return Supplies(name, count, floor(unit_w), label.value, needed)


def left_after_a_feed(count: int, feeds: int) -> int:
    """Supplies left when the feed with the most of them is lost, cords spread as evenly as they can be."""
    return count - -(-count // feeds)


def supply_states(device: Device, tiers: PowerTiers, supplies: Supplies, feeds: int) -> tuple[SupplyState, SupplyState]:
    """With one supply lost, and with one of `feeds` feeds lost."""
    one = state_with(sentence("lost.one"), supplies.count - 1, device, tiers, supplies)
    feed = state_with(
        sentence("lost.feed", feeds=feeds), left_after_a_feed(supplies.count, feeds), device, tiers, supplies
    )
    return one, feed


def state_with(lost: str, left: int, device: Device, tiers: PowerTiers, supplies: Supplies) -> SupplyState:
    """How a device runs on the supplies that are left."""
    available = None if supplies.unit_w is None else left * supplies.unit_w
    return SupplyState(lost, left, available, _running(left, available, device, tiers, supplies))


def _running(left: int, available: int | None, device: Device, tiers: PowerTiers, supplies: Supplies) -> Running:
    """Up when peak is carried; throttled when design or the lowest power cap is; down when nothing or less is left.

    Without a published cap, less than design leaves it unknown whether the device throttles or stops.
    """
    if left == 0:
        return "down"
    if available is None:
        return "up" if supplies.needed is not None and left >= supplies.needed else "unknown"
    return "unknown" if tiers.design_w is None else _on_power(available, device, tiers.design_w, tiers.peak_w)


def _on_power(available: int, device: Device, design_w: int, peak_w: int | None) -> Running:
    if available >= design_w:
        return "up" if available >= (peak_w or 0) else "throttled"
    cap = device.power_cap_min_w.value if isinstance(device, System) else None
    if cap is None:
        return "unknown"
    return "throttled" if available >= cap else "down"


def redundancy_findings(system: Device, tiers: PowerTiers, feeds: int = 2) -> tuple[Finding, ...]:
    """What a lost supply or a lost feed really leaves, where that is less than peak, whatever the label says.

    Only the loss of a feed is checked when there are two feeds or more.
    """
    found: list[Finding] = []
    for supplies in supplies_of(system):
        one, feed = supply_states(system, tiers, supplies, max(1, feeds))
        for state in (one, feed) if feeds > 1 else (one,):
            if state.running != "up":
                found.append(_finding(system, tiers, supplies, state))
    return tuple(found)


def _finding(system: Device, tiers: PowerTiers, supplies: Supplies, state: SupplyState) -> Finding:
    numbers: dict[str, float | int | str] = {"supplies": supplies.count, "left": state.left, "state": state.running}
    given = sentence("supplies.unpublished")
    if state.available_w is not None:
        numbers["available_w"] = state.available_w
        given = sentence("figure.power", value=state.available_w)
    for tier, value in (("design", tiers.design_w), ("peak", tiers.peak_w)):
        if value is not None:
            numbers[f"{tier}_w"] = value
    tiers_w = [(tier, numbers[f"{tier}_w"]) for tier in ("design", "peak") if f"{tier}_w" in numbers]
    against = [sentence(f"supplies.{tier}", power=watts) for tier, watts in tiers_w]
    text = sentence(
        "supplies.left",
        lost=state.lost,
        left=state.left,
        count=supplies.count,
        kind=supplies.name,
        label=sentence("supplies.label", label=supplies.label) if supplies.label else "",
        given=given,
        against=against or sentence("supplies.unpublished"),
        outcome=sentence(f"supplies.{state.running}"),
    )
    return Finding(severity="warning", rule="supplies-carry-the-load", place=system.id, text=text, numbers=numbers)
