"""Packed racks keep the rating of every phase: as many PDUs as that takes, and another packing where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from planner.catalog.schema import Device, PowerShelf
from planner.facility.electrical_phases import Cords, Wiring, cords_of_load, wiring_of
from planner.facility.phase_spread import fits_the_phases
from planner.packing.data import PackingInfeasible, PackingProblem, PackingResult, Pattern, RackClass
from planner.packing.repair import repaired
from planner.request.site import Row
from planner.sizing.alike import packed_once
from planner.sizing.data import HallData, Item
from planner.sizing.halls import RackChoice, choose_rack
from planner.sizing.items import weight_of
from planner.sizing.question import Question
from planner.sizing.rack_kinds import rack_kinds

PACKING_TIME = 1.0  # deterministic


class PhasesInfeasible(PackingInfeasible):
    """The racks of a hall hold everything, but no packing was found that keeps the rating of every phase."""


def pdus_on_a_feed(question: Question, hall: HallData, choice: RackChoice, row: Row, pattern: Pattern) -> int:
    """PDUs of one rack on each feed: as its load and sockets ask, and more while a phase is over its rating.

    No more than the feed has circuits for the rack, and than its weight limit allows.
    """
    least = choice.per_feed(*needs_of_rack(hall, pattern))
    if isinstance(choice.pdu, PowerShelf):
        return least
    cords = cords_in_rack(question, hall, choice, pattern)
    for units in range(least, max(least, choice.circuits_per_feed) + 1):
        wiring = _wiring(choice, row, units)
        if units > choice.most_per_feed and not _bears(hall, choice, pattern, units - choice.most_per_feed):
            break
        if wiring is None or fits_the_phases(wiring, cords):
            return units
    return least


def _bears(hall: HallData, choice: RackChoice, pattern: Pattern, more: int) -> bool:
    """Whether the rack may weigh as much with `more` PDUs on each feed than its class has counted."""
    place = next(c for c in rack_kinds(hall) if c.key == pattern.rack)
    if place.weight_kg is None:
        return True
    content = sum(n * hall.items[key].weight_kg for key, n in pattern.content)
    return place.rack.weight_kg + content + more * choice.feeds * (weight_of(choice.pdu) or 0) <= place.weight_kg


def _wiring(choice: RackChoice, row: Row, units: int) -> Wiring | None:
    return wiring_of(choice.pdu, row.circuit, units, choice.power_factor)


def cords_in_rack(question: Question, hall: HallData, choice: RackChoice, pattern: Pattern) -> list[Cords]:
    """The cords of a rack's devices on one feed side in the hall's worst state; unpublished ones are left out."""
    found = []
    for key, count in pattern.content:
        cords = _cords(question, hall.items[key], choice)
        found += [cords] * count if cords is not None else []
    return found


def _cords(question: Question, item: Item, choice: RackChoice) -> Cords | None:
    device = question.catalog.get(item.product, Device)
    return cords_of_load(device, item.design_w, item.peak_w, choice.feeds, choice.feeds_left)


def needs_of_rack(hall: HallData, pattern: Pattern) -> tuple[int, dict[str, int]]:
    """Design power in W, and sockets on each feed side, of one rack's content."""
    sockets: dict[str, int] = {}
    for key, n in pattern.content:
        for kind, each in hall.items[key].outlets:
            sockets[kind] = sockets.get(kind, 0) + n * each
    return sum(n * hall.items[key].design_w for key, n in pattern.content), sockets


def rack_in(question: Question, hall: HallData, rack: str) -> tuple[RackChoice, Row]:
    """The rack and PDUs of a rack class, and the first row of it."""
    site, room = next((s, h) for s, h in question.request.halls() if h.id == hall.key)
    place = next(c for c in rack_kinds(hall) if c.key == rack)
    row = next(r for r in room.rows if r.id == place.rows[0])
    return question.once(("rack", hall.key, row.id), partial(choose_rack, question, site, room, row)), row


def keep_the_phases(
    question: Question, hall: HallData, problem: PackingProblem, packed: PackingResult
) -> PackingResult:
    """The packing if all its racks keep the rating of every phase, else the cheapest found that does.

    Either the racks that do not give devices away, or all is packed again with room for uneven phases. Bound and
    certificates stay those of the first packing, which knows less of phases and so can only be cheaper.

    Raises:
        PhasesInfeasible: none was found.
    """
    over = sorted({p.rack for p, _ in packed.patterns if not keeps(question, hall, p)})
    if not over:
        return packed
    found = [
        *repaired(problem, packed, lambda pattern: keeps(question, hall, pattern)),
        *_packed_with_room(question, hall, problem),
    ]
    if not found:
        rows = ", ".join(row for c in rack_kinds(hall) if c.key in over for row in c.rows)
        raise PhasesInfeasible(
            f"{hall.key}, row {rows}: single-phase cords load a phase of a rack's circuit beyond its rating, and no "
            "other packing was found; larger circuits, more of them on each feed, or more positions would do",
            racks=over,
        )
    best = min(found, key=lambda result: result.cost)
    return replace(packed, patterns=best.patterns, cost=best.cost)


def keeps(question: Question, hall: HallData, pattern: Pattern) -> bool:
    """Whether no phase of a rack is over its rating, with as many PDUs as its circuits allow.

    Of racks that stand nobody knows the wiring.
    """
    if next(c for c in rack_kinds(hall) if c.key == pattern.rack).standing:
        return True
    choice, row = rack_in(question, hall, pattern.rack)
    wiring = _wiring(choice, row, pdus_on_a_feed(question, hall, choice, row, pattern))
    return wiring is None or fits_the_phases(wiring, cords_in_rack(question, hall, choice, pattern))


def _packed_with_room(question: Question, hall: HallData, problem: PackingProblem) -> Iterator[PackingResult]:
    for every_cord in (False, True):
        racks = tuple(_with_room(question, hall, problem, r, every_cord=every_cord) for r in problem.racks)
        roomier = replace(problem, racks=racks)
        try:
            found = packed_once(question, hall.key, "packed with room", roomier, PACKING_TIME)
        except PackingInfeasible:
            continue
        if all(keeps(question, hall, p) for p, _ in found.patterns):
            yield found


def _with_room(
    question: Question, hall: HallData, problem: PackingProblem, rack: RackClass, *, every_cord: bool
) -> RackClass:
    """A rack class with less power, so that cords put on the emptiest phase one by one overload none.

    A branch that takes its last cord held at most the mean of all: n branches of rating C carry n C - (n - 1) w, w the
    largest cord. Devices whose cords fill all phases alike leave none behind, so at first only the others count.
    """
    place = next(c for c in rack_kinds(hall) if c.key == rack.id)
    if place.standing or not place.rack.product:
        return rack
    choice, row = rack_in(question, hall, rack.id)
    wiring = _wiring(choice, row, choice.circuits_per_feed)
    if wiring is None:
        return rack
    cords = [c for c in _cords_of_all(question, hall, problem, choice) if every_cord or c.count % wiring.branches]
    capacity = list(rack.capacity)
    for tier, continuous, largest in (
        ("design_w", True, max((c.design_w for c in cords), default=0)),
        ("peak_w", False, max((c.peak_w for c in cords), default=0)),
    ):
        index = problem.resources.index(tier)
        room = choice.feeds_left * _safe_w(wiring, largest, continuous=continuous)
        capacity[index] = min(capacity[index], max(0, room))
    return replace(rack, capacity=tuple(capacity))


def _safe_w(wiring: Wiring, largest_cord_w: int, *, continuous: bool) -> int:
    branches = wiring.branches
    return branches * wiring.branch_w(continuous=continuous) - (branches - 1) * largest_cord_w


def _cords_of_all(question: Question, hall: HallData, problem: PackingProblem, choice: RackChoice) -> Iterator[Cords]:
    for device in problem.devices:
        cords = _cords(question, hall.items[device.id], choice) if device.count else None
        if cords is not None:
            yield cords
