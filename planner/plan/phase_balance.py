"""Phases of a hall: cords of each pattern spread, racks rotated so that feeds balance, and what is out of bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from planner.catalog.schema import Device, Pdu, PowerShelf
from planner.facility.electrical_phases import (
    Wiring,
    cords_of_load,
    equal_by_shelves,
    phase_rotations,
    three_phase_shelves,
    wiring_of,
)
from planner.facility.phase_spread import spread
from planner.facility.power import plannable_hall, power_tiers, when_lost
from planner.facility.rack_phases import Fed, SideLoad, feed_phases, rounded, side_load, whole
from planner.plan.patterns import MadePattern
from planner.plan.schema import Finding, HallPower, Pattern, Rack, Severity
from planner.plan.schema_balance import DeviceCords, FeedPhases, PatternPhases, PhaseBalance, RackRotation
from planner.plan.site import PlacedHall
from planner.request.site import Row
from planner.sizing.halls import feeds_left
from planner.sizing.question import Question
from planner.wording import sentence


@dataclass(frozen=True)
class _Side:
    """A pattern on one of `sides` feed sides, `left` of which carry it in the worst state."""

    pattern: Pattern
    wiring: Wiring | None
    sides: int
    left: int
    design: tuple[Fed, ...]
    peak: tuple[Fed, ...]

    def load(self, left: int) -> SideLoad:
        """Design load with so many feeds left."""
        return side_load(self.wiring, self.design, self.sides, left)


def hall_phases(question: Question, placed: PlacedHall, racks: list[Rack]) -> PhaseBalance:
    """Cords, rotations and phase loads of one hall."""
    power = plannable_hall(placed.site, placed.hall).power
    sides = {made.pattern.id: _side(question, placed, made) for made in placed.made}
    loads = {(name, n): side.load(n) for name, side in sides.items() for n in range(side.sides + 1)}
    turns = phase_rotations([(r.feeds, whole(loads[r.pattern, len(r.feeds)].phases)) for r in racks])
    turned = [(rack.feeds, rack.pattern, by) for rack, by in zip(racks, turns, strict=True)]
    return PhaseBalance(
        hall=placed.hall.id,
        tolerance=power.phase_tolerance,
        patterns=tuple(_pattern_phases(side) for side in sides.values()),
        rotations=tuple(
            RackRotation(rack=rack.id, rotation=by)  # type: ignore[arg-type]
            for rack, by in zip(racks, turns, strict=True)
        ),
        feeds=tuple(
            FeedPhases(
                feed=found.feed, lost=found.lost, phases_w=whole(found.phases), unknown_w=ceil(found.unknown_w),
                imbalance=rounded(found.phases),
            )
            for found in feed_phases(power, turned, loads)
        ),
    )  # fmt: skip


def _side(question: Question, placed: PlacedHall, made: MadePattern) -> _Side:
    row = next(r for r in placed.hall.rows if r.id == made.place.rows[0])
    sides, left = len(row.feeds), feeds_left(row, placed.hall)
    wiring = _wiring(question, made.pattern, row, placed.hall.power.power_factor)
    names = [d.product for d in made.pattern.devices] or [made.pattern.system or ""]
    tiers = [power_tiers(question.catalog.get(n, Device), question.request.policy.assumed_power_w) for n in names]
    devices = [question.catalog.get(n, Device) for n in names]
    loads = [(d, t.design_w or 0, t.peak_w or 0) for d, t in zip(devices, tiers, strict=True)]
    branches = _branches(wiring, loads, sides, left)
    equal = equal_by_shelves(question.catalog.products[name] for name in made.pattern.pdus)
    return _Side(
        made.pattern,
        wiring,
        sides,
        left,
        tuple(Fed(d, design, b, equal) for (d, design, _), b in zip(loads, branches, strict=True)),
        tuple(Fed(d, peak, b, equal) for (d, _, peak), b in zip(loads, branches, strict=True)),
    )


def _wiring(question: Question, pattern: Pattern, row: Row, power_factor: float) -> Wiring | None:
    for name, count in pattern.pdus.items():
        box = question.catalog.products[name]
        assert isinstance(box, Pdu | PowerShelf), name
        return wiring_of(box, row.circuit, count // len(row.feeds), power_factor)
    return None


def _branches(
    wiring: Wiring | None, loads: list[tuple[Device, int, int]], sides: int, left: int
) -> list[tuple[int, ...]]:
    """The branches of each device's cords on one side; none where cords are not published."""
    found: list[tuple[int, ...]] = [() for _ in loads]
    if wiring is None:
        return found
    cords = {n: c for n, load in enumerate(loads) if (c := cords_of_load(*load, sides, left)) is not None}
    for n, branches in zip(cords, spread(wiring, list(cords.values())), strict=True):
        found[n] = branches
    return found


def _pattern_phases(side: _Side) -> PatternPhases:
    worst, peak = side.load(side.left), side_load(side.wiring, side.peak, side.sides, side.left)
    wiring = side.wiring
    shelves = all(fed.equal or three_phase_shelves(fed.device) for fed in side.design)
    return PatternPhases(
        pattern=side.pattern.id,
        connection=wiring.connection if wiring is not None else "three-phase" if shelves else "unknown",
        units=wiring.units if wiring is not None else 0,
        cords=tuple(
            DeviceCords(product=placed.product, u=placed.u, branches=fed.branches)
            for placed, fed in zip(side.pattern.devices, side.design, strict=False)
            if fed.branches
        ),
        normal_w=whole(side.load(side.sides).phases),
        worst_w=whole(worst.phases),
        peak_w=whole(peak.phases),
        fullest_w=ceil(max(worst.branches, default=0)),
        fullest_peak_w=ceil(max(peak.branches, default=0)),
        continuous_w=wiring.branch_w(continuous=True) if wiring is not None else None,
        nameplate_w=wiring.branch_w(continuous=False) if wiring is not None else None,
        unknown_w=ceil(worst.unknown_w),
        imbalance=rounded(worst.phases),
    )


def phase_findings(power: list[HallPower], halls: list[PhaseBalance]) -> Iterator[Finding]:
    """Feeds with a phase over its third, or further from the mean than tolerated; and what nobody knows of phases."""
    limits = {(f.hall, f.feed, s.lost): s.continuous_w for hall in power for f in hall.feeds for s in f.states}
    for hall in halls:
        for feed in hall.feeds:
            place = sentence("place.feed", hall=hall.hall, feed=feed.feed)
            when = when_lost(feed.lost) if feed.lost else sentence("state.normal")
            third = limits[hall.hall, feed.feed, feed.lost] // 3
            if max(feed.phases_w) > third + 1:
                text = sentence("finding.phase-rating", when=when, found=max(feed.phases_w), limit=third)
                yield _finding("error", "phase-rating", place, text, found=max(feed.phases_w), limit=third)
            if hall.tolerance is not None and feed.imbalance > hall.tolerance:
                text = sentence("finding.phase-balance", when=when, found=feed.imbalance, limit=hall.tolerance)
                yield _finding("warning", "phase-balance", place, text, found=feed.imbalance, tolerated=hall.tolerance)
        unknown = max((feed.unknown_w for feed in hall.feeds), default=0)
        if unknown:
            text = sentence("finding.unknown-phases", power=unknown)
            yield _finding("information", "unknown-phases", hall.hall, text, unknown_w=unknown)


def _finding(severity: Severity, rule: str, place: str, text: str, **numbers: float) -> Finding:
    return Finding(severity=severity, rule=rule, place=place, text=text, numbers=dict(numbers))
