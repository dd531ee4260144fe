"""What sizing counted, packed into racks: within those that it opened, else the cheapest found, with certificates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from planner.errors import TimeLimitReached
from planner.packing.data import Certificate, DeviceClass, PackingInfeasible, PackingProblem, PackingResult, RackClass
from planner.sizing.alike import packed_once
from planner.sizing.apart import caps_of
from planner.sizing.apart_racks import counted_together, split_by_domain
from planner.sizing.data import Cut, HallData, PartCut, PositionClass, SizingData, SizingResult
from planner.sizing.limits import NOTHING
from planner.sizing.pdus import (
    MONEY,
    by_number_of_pdus,
    capex_of_counted,
    cost_of_racks,
    cost_opened,
    cost_with_pdus,
    counted,
    fits_the_positions,
    of_any_number,
)
from planner.sizing.phase_ratings import keep_the_phases, pdus_on_a_feed, rack_in
from planner.sizing.question import Question
from planner.sizing.rack_kinds import by_kind, members_of_kinds, rack_kinds
from planner.sizing.row_by_row import cut_of_parts
from planner.sizing.spread_racks import heat_parts_ways, split_by_class
from planner.sizing.variables import fits

PACKING_TIME = 1.0  # deterministic; where it does not close the gap, the proof of packing says so
PDU_TIME = 0.3  # deterministic, for racks by their number of PDUs: the bound alone is of use
RESOURCES = ("height_u", "design_w", "peak_w", "air_w", "weight_kg")
UNLIMITED = 10**9


def rack_cost(place: PositionClass, objective: str) -> int:
    """What packing pays for a rack of a class: its part in the main objective first, then the rack itself.

    A rack that stands already costs nothing.
    """
    if place.standing:
        return 0
    price = {"tco": place.rack.tco, "capex": place.rack.capex}.get(objective, 0)
    return 1000 * price + 1


def packing_problem(hall: HallData, sized: SizingResult, objective: str) -> PackingProblem:
    """The nodes of one hall and the racks it could open."""
    counts, kinds = sized.counts[hall.key], rack_kinds(hall)
    outlets = sorted({name for c in kinds for name, _ in c.outlets})
    devices = [
        DeviceClass(
            id=key,
            size=(
                *(getattr(hall.items[key], resource) for resource in RESOURCES),
                *(dict(hall.items[key].outlets).get(name, 0) for name in outlets),
            ),
            count=count,
            allowed=frozenset(c.key for c in kinds if fits(hall, c, key, NOTHING)),
        )
        for key, count in sorted(counts.items())
        if hall.items[key].form == "node"
    ]
    free = by_kind(hall, {c.key: free_of_rack_systems(hall, c, sized) for c in hall.classes})
    racks = [
        RackClass(c.key, _capacity(c, outlets), rack_cost(c, objective), free.get(c.key, 0), c.gaps) for c in kinds
    ]
    return PackingProblem((*RESOURCES, *outlets), tuple(devices), tuple(racks))


def _capacity(place: PositionClass, outlets: list[str]) -> tuple[int, ...]:
    weight = UNLIMITED if place.weight_kg is None else max(0, place.weight_kg - place.rack.weight_kg)
    air = UNLIMITED if place.air_w is None else place.air_w
    given = dict(place.outlets)
    sockets = (given.get(name, 0) if given else UNLIMITED for name in outlets)
    return (place.height_u, place.design_w, place.peak_w, air, weight, *sockets)


def free_of_rack_systems(hall: HallData, place: PositionClass, sized: SizingResult) -> int:
    """Positions of a class that sizing leaves to racks: what rack systems and CDUs do not stand on."""
    taken = sum(n * hall.items[key].positions for key, n in sized.standing[hall.key][place.key].items())
    return max(0, place.positions - taken)


def pack_all(
    question: Question,
    data: SizingData,
    problems: Mapping[str, PackingProblem],
    sized: SizingResult,
    *,
    prove: bool,
    pdus: bool = False,
) -> tuple[dict[str, PackingResult], list[Cut], list[PartCut]]:
    """Every hall with nodes packed, and the certificates of those that need more racks than sizing opened.

    Those of halls that are packed row by row are apart: what racks of a row do not hold, others may.
    """
    packed: dict[str, PackingResult] = {}
    learned: list[Cut] = []
    parts: list[PartCut] = []
    caps = caps_of(data, sized)
    rooms = {hall.key: hall for hall in data.halls}
    opened_in = {hall.key: by_kind(hall, sized.racks[hall.key]) for hall in data.halls}
    for hall, problem in sorted(problems.items()):
        if not any(device.count for device in problem.devices):
            continue
        price = {rack.id: rack.cost for rack in problem.racks}
        opened = sum(price[key] * n for key, n in opened_in[hall].items())
        try:
            result = _pack(question, hall, problem, opened_in[hall], prove=prove)
            if pdus and result.cost <= opened and data.objectives[0] in MONEY:
                result, cuts = _with_fewest_pdus(question, rooms[hall], problem, result, sized)
                learned.extend(cuts)
            result = _apart(question, hall, result, split_by_domain(rooms[hall], problem, caps))
            if hall in data.spread or hall in data.by_row or heat_parts_ways(rooms[hall]):
                by_class = split_by_class(rooms[hall], problem, sized, always=hall in data.by_row)
                refused: list[Certificate] = []
                result = _apart(question, hall, result, by_class, refused)
                parts.extend(cut_of_parts(rooms[hall], proof) for proof in refused if hall in data.by_row)
            result = keep_the_phases(question, rooms[hall], problem, result)
        except PackingInfeasible as refusal:
            if refusal.certificate is None:
                raise
            learned.append(Cut(hall, refusal.certificate.weights, refusal.certificate.z))
            continue
        packed[hall] = result
        if result.cost > opened:
            learned.extend(Cut(hall, c.weights, c.z) for c in result.certificates)
    return packed, learned, parts


def _pack(
    question: Question, hall: str, problem: PackingProblem, opened: Mapping[str, int], *, prove: bool
) -> PackingResult:
    """The racks that sizing opened if they hold everything, else the cheapest found; with its bound to `prove` it.

    Racks of like cost may differ in later objectives, which sizing has weighed and packing has not.
    """
    within = _pack_within(question, hall, problem, opened)
    if within is not None and not prove:
        return within
    found = packed_once(question, hall, "packed", problem, PACKING_TIME, stop=_stop(question))
    if within is None or found.cost < within.cost:
        return found
    return replace(found, patterns=within.patterns, cost=within.cost)


def _with_fewest_pdus(
    question: Question, hall: HallData, problem: PackingProblem, packed: PackingResult, sized: SizingResult
) -> tuple[PackingResult, list[Cut]]:
    """The packing, or another in no dearer racks that needs fewer PDUs; and what makes sizing pay for them."""
    by_number = by_number_of_pdus(hall, problem)
    paid = cost_opened(hall, problem, sized)
    if by_number is None or cost_with_pdus(hall, problem, packed) <= paid:
        return packed, []
    try:
        found = packed_once(question, hall.key, "packed with PDUs", by_number, PDU_TIME, paid, _stop(question))
    except (PackingInfeasible, TimeLimitReached):
        return packed, []
    cuts = [Cut(hall.key, c.weights, c.z) for c in found.certificates] if found.cost > paid else []
    other = replace(packed, patterns=of_any_number(found))
    other = replace(other, cost=cost_of_racks(problem, other))
    no_dearer = [other] if fits_the_positions(problem, other) and other.cost <= packed.cost else []
    return min([packed, *no_dearer], key=partial(_pdus_bought, question, hall)), cuts


def _pdus_bought(question: Question, hall: HallData, packed: PackingResult) -> int:
    """What the PDUs beyond the first on each feed cost, with those that the phases ask for."""
    return capex_of_counted(hall, pdus_of(question, hall, packed))


def pdus_of(question: Question, hall: HallData, packed: PackingResult | None) -> dict[str, tuple[int, ...]]:
    """Racks with more than one PDU on each feed, as they were packed; each kind under its first class."""
    first = {kind: members[0] for kind, members in members_of_kinds(hall).items()}
    numbers = []
    for pattern, n in packed.patterns if packed is not None else ():
        place = first[pattern.rack]
        if place.pdus is not None and place.pdus.most > 1:
            choice, row = rack_in(question, hall, pattern.rack)
            numbers.append((place.key, pdus_on_a_feed(question, hall, choice, row, pattern), n))
    return counted(numbers)


def racks_of(hall: HallData, sized: Mapping[str, int], packed: PackingResult | None) -> dict[str, int]:
    """Racks that were packed, by class: of each kind those that sizing opened first, and what is more of the first."""
    used = dict(packed.racks_by_class) if packed is not None else {}
    found = {}
    for kind, members in members_of_kinds(hall).items():
        left = used.get(kind, 0)
        for place in members:
            found[place.key] = min(left, sized.get(place.key, 0))
            left -= found[place.key]
        found[members[0].key] += left
    return {key: n for key, n in sorted(found.items()) if n}


def _apart(
    question: Question,
    hall: str,
    packed: PackingResult,
    by_part: PackingProblem | None,
    refused: list[Certificate] | None = None,
) -> PackingResult:
    """The packing part by part of a hall, where nodes are kept apart; what was proven of all parts still holds.

    Where the racks of some part do not hold its share, the packing stays as it was, and the floor refuses it. The
    proof, where packing finds one, is added to `refused`.
    """
    if by_part is None:
        return packed
    try:
        found = packed_once(question, hall, "packed apart", by_part, PACKING_TIME, stop=_stop(question))
    except PackingInfeasible as refusal:
        if refused is not None and refusal.certificate is not None:
            refused.append(refusal.certificate)
        return packed
    except TimeLimitReached:
        return packed
    return replace(packed, patterns=counted_together(found.patterns), cost=found.cost)


def _pack_within(
    question: Question, hall: str, problem: PackingProblem, opened: Mapping[str, int]
) -> PackingResult | None:
    """A packing into the racks that sizing opened, with no bound of its own; None: none was found."""
    racks = tuple(replace(rack, limit=opened.get(rack.id, 0)) for rack in problem.racks)
    cost = sum(rack.cost * opened.get(rack.id, 0) for rack in problem.racks)
    limited = replace(problem, racks=racks)
    try:
        found = packed_once(question, hall, "packed within", limited, PACKING_TIME, cost, _stop(question))
    except (PackingInfeasible, TimeLimitReached):
        return None
    return replace(found, lower_bound=0)


def _stop(question: Question) -> Callable[[], bool] | None:
    """What packing asks whether the run must end; nothing where it cannot."""
    return question.deadline.over if question.deadline.may_come else None
