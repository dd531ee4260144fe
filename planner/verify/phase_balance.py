"""Phases: every cord on a phase that is there, no phase over its rating, and what each phase of each feed carries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from planner.catalog.schema import Device
from planner.facility.electrical_phases import (
    Wiring,
    cords_on_a_side,
    equal_by_shelves,
    overloaded,
    three_phase_shelves,
    wiring_of,
)
from planner.facility.power import loss_states
from planner.facility.rack_phases import Fed, SideLoad, feed_phases, rounded, side_load, whole
from planner.plan.schema import Pattern
from planner.plan.schema_balance import PatternPhases, PhaseBalance
from planner.request.site import Row
from planner.verify.subject import Broken, Rule, Subject, above, contents, differs


@dataclass(frozen=True)
class _Side:
    """A pattern on one of its feed sides, as the plan plugs its cords."""

    wiring: Wiring | None
    sides: int
    left: int
    design: tuple[Fed, ...]
    peak: tuple[Fed, ...]


def every_hall_has_its_phases(subject: Subject) -> Iterator[Broken]:
    """Each hall with racks has its phases: all its patterns, all its racks, and the tolerance of the request."""
    with_racks = [name for name in subject.places if subject.racks_in(name)]
    yield from differs("phase balance", "halls", [hall.hall for hall in subject.plan.phase_balance], with_racks)
    for hall in subject.plan.phase_balance:
        if hall.hall not in subject.places:
            continue
        patterns = [pattern.id for pattern in subject.plan.patterns if pattern.hall == hall.hall]
        racks = [rack.id for rack in subject.racks_in(hall.hall)]
        asked = subject.places[hall.hall].hall.power.phase_tolerance
        yield from differs(f"{hall.hall}, phase balance", "patterns", [p.pattern for p in hall.patterns], patterns)
        yield from differs(f"{hall.hall}, phase balance", "racks", [r.rack for r in hall.rotations], racks)
        yield from differs(f"{hall.hall}, phase balance", "tolerance", hall.tolerance, asked)


def cords_are_plugged_in(subject: Subject) -> Iterator[Broken]:
    """Every device of published cords has them all on phases of its PDUs; the rest have none."""
    for pattern, phases, row in _patterns(subject):
        place, side = f"pattern {pattern.id}", _side(subject, pattern, phases, row)
        wanted = [
            (device.product, device.u, count)
            for device in pattern.devices
            if side.wiring is not None and (count := cords_on_a_side(subject.known(device.product, Device), side.sides))
        ]
        found = [(cords.product, cords.u, len(cords.branches)) for cords in phases.cords]
        yield from differs(place, "cords on each feed", found, wanted)
        top = side.wiring.branches if side.wiring is not None else 0
        for cords in phases.cords:
            if any(not 0 <= branch < top for branch in cords.branches):
                yield Broken(place, f"a cord of {cords.product} at U{cords.u} is on a phase that its PDUs do not have")


def phases_of_racks_are_right(subject: Subject) -> Iterator[Broken]:
    """What a rack loads on each phase of a feed side, number by number, and no phase is over its rating."""
    for pattern, phases, row in _patterns(subject):
        place, side = f"pattern {pattern.id}", _side(subject, pattern, phases, row)
        wiring = side.wiring
        normal = side_load(wiring, side.design, side.sides, side.sides)
        worst = side_load(wiring, side.design, side.sides, side.left)
        peak = side_load(wiring, side.peak, side.sides, side.left)
        shelves = all(fed.equal or three_phase_shelves(fed.device) for fed in side.design)
        for what, found, expected in (
            ("connection", phases.connection, _connection(wiring, shelves=shelves)),
            ("PDUs on each feed", phases.units, wiring.units if wiring is not None else 0),
            ("W on its phases", phases.normal_w, whole(normal.phases)),
            ("W on its phases with a feed lost", phases.worst_w, whole(worst.phases)),
            ("peak W on its phases", phases.peak_w, whole(peak.phases)),
            ("W of its fullest phase", phases.fullest_w, ceil(max(worst.branches, default=0))),
            ("peak W of its fullest phase", phases.fullest_peak_w, ceil(max(peak.branches, default=0))),
            ("continuous W of a phase", phases.continuous_w, wiring and wiring.branch_w(continuous=True)),
            ("nameplate W of a phase", phases.nameplate_w, wiring and wiring.branch_w(continuous=False)),
            ("W on no known phase", phases.unknown_w, ceil(worst.unknown_w)),
            ("imbalance", phases.imbalance, rounded(worst.phases)),
        ):
            yield from differs(place, what, found, expected)
        if wiring is not None and overloaded(wiring, worst.branches, continuous=True):
            yield Broken(place, "design load is over the continuous rating of a phase")
        if wiring is not None and overloaded(wiring, peak.branches, continuous=False):
            yield Broken(place, "peak load is over the nameplate rating of a phase")


def _connection(wiring: Wiring | None, *, shelves: bool) -> str:
    if wiring is not None:
        return wiring.connection
    return "three-phase" if shelves else "unknown"


def phases_of_feeds_are_right(subject: Subject) -> Iterator[Broken]:
    """What every phase of every feed carries in every state, with the rotations of the plan, and a third is enough."""
    rows = {pattern.id: (pattern, phases, row) for pattern, phases, row in _patterns(subject)}
    for hall in subject.plan.phase_balance:
        if hall.hall not in subject.places or not _complete(subject, hall, set(rows)):
            continue
        power = subject.places[hall.hall].planned.power
        turns = {entry.rack: entry.rotation for entry in hall.rotations}
        racks = [(rack.feeds, rack.pattern, turns[rack.id]) for rack in subject.racks_in(hall.hall)]
        loads: dict[tuple[str, int], SideLoad] = {}
        for name in {pattern for _, pattern, _ in racks}:
            side = _side(subject, *rows[name])
            for n in range(side.sides + 1):
                loads[name, n] = side_load(side.wiring, side.design, side.sides, n)
        for rack, pattern in ((r.id, r.pattern) for r in subject.racks_in(hall.hall)):
            even = len(set(whole(loads[pattern, len(rows[pattern][2].feeds)].phases))) == 1
            if even and turns[rack]:
                yield Broken(rack, "its phases are turned, though each of them carries the same")
        expected = [
            (f.feed, f.lost, whole(f.phases), ceil(f.unknown_w), rounded(f.phases))
            for f in feed_phases(power, racks, loads)
        ]
        found = [(f.feed, f.lost, f.phases_w, f.unknown_w, f.imbalance) for f in hall.feeds]
        for index, right in enumerate(expected):
            place = f"{hall.hall}, feed {right[0]}, {f'{right[1]} lost' if right[1] else 'normal'}"
            yield from differs(place, "phases", found[index] if index < len(found) else (), right)
        yield from differs(f"{hall.hall}, phase balance", "states of feeds", len(found), len(expected))
        yield from _thirds(subject, hall)


def _thirds(subject: Subject, hall: PhaseBalance) -> Iterator[Broken]:
    power = next((p for p in subject.plan.power if p.hall == hall.hall), None)
    limits = {(f.feed, s.lost): s.continuous_w for f in (power.feeds if power is not None else ()) for s in f.states}
    for feed in hall.feeds:
        limit = limits.get((feed.feed, feed.lost))
        if limit is not None:
            yield from above(f"{hall.hall}, feed {feed.feed}", "W on a phase", max(feed.phases_w), limit // 3 + 1)


def _complete(subject: Subject, hall: PhaseBalance, known: set[str]) -> bool:
    """Whether the plan's entry can be recomputed; what is missing is said by another rule."""
    turned = {entry.rack for entry in hall.rotations}
    racks = subject.racks_in(hall.hall)
    sides = {name: p for name, p in ((p.pattern, p) for p in hall.patterns) if name in known}
    return all(rack.id in turned and rack.pattern in sides for rack in racks)


def _patterns(subject: Subject) -> Iterator[tuple[Pattern, PatternPhases, Row]]:
    """Patterns that the plan gives phases for, with the row of the first rack of each."""
    for hall in subject.plan.phase_balance:
        for phases in hall.patterns:
            rack = next((r for r in subject.plan.racks if r.pattern == phases.pattern and r.hall == hall.hall), None)
            if rack is not None and hall.hall in subject.places:
                yield subject.pattern_of(rack), phases, subject.places[hall.hall].row(rack.row)


def _side(subject: Subject, pattern: Pattern, phases: PatternPhases, row: Row) -> _Side:
    power = subject.places[pattern.hall].planned.power
    left = min(len([f for f in row.feeds if f not in state.lost]) for state in loss_states(power)) or 1
    wiring = None
    for name, count in pattern.pdus.items():
        wiring = wiring_of(subject.box(name), row.circuit, count // len(row.feeds), power.power_factor)
        break
    top = wiring.branches if wiring is not None else 0  # cords beyond it are said by their own rule
    at = {(c.product, c.u): tuple(b for b in c.branches if 0 <= b < top) for c in phases.cords}
    slots = [(device.product, at.get((device.product, device.u), ())) for device in pattern.devices]
    if not slots:
        slots = [(name, ()) for name in contents(pattern)]
    equal = equal_by_shelves(subject.box(name) for name in pattern.pdus)
    devices = [(subject.known(name, Device), subject.tiers(name), branches) for name, branches in slots]
    return _Side(
        wiring,
        len(row.feeds),
        left,
        tuple(Fed(device, tiers.design_w or 0, branches, equal) for device, tiers, branches in devices),
        tuple(Fed(device, tiers.peak_w or 0, branches, equal) for device, tiers, branches in devices),
    )


RULES: tuple[Rule, ...] = (
    every_hall_has_its_phases,
    cords_are_plugged_in,
    phases_of_racks_are_right,
    phases_of_feeds_are_right,
)
