"""PDUs of racks. The price of a rack has one on each feed; more are counted here, as load and sockets ask for them.

A rack with more PDUs is one that holds more, at another price: packing sees each number of them as a rack of its own,
and its certificates speak of those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

from ortools.sat.python import cp_model

from planner.packing.data import PackingProblem, PackingResult, Pattern, RackClass
from planner.sizing.data import HallData, Item, Pdus, PositionClass, SizingData, SizingResult
from planner.sizing.limits import RACK_POWER, Limit, Relaxation
from planner.sizing.rack_kinds import members_of_kinds, rack_kinds
from planner.sizing.variables import Expr, Variables, total

MARK = "#"
PRICE_WEIGHT = 1000  # what packing pays for a unit of money, so that the number of racks counts last
MONEY = ("capex", "tco")


def with_pdus(kind: str, number: int) -> str:
    """The name of racks of a kind with a number of PDUs on each feed."""
    return f"{kind}{MARK}{number}"


def kind_and_pdus(name: str) -> tuple[str, int | None]:
    """The kind and the number of PDUs that a name tells; None: any number."""
    kind, mark, number = name.rpartition(MARK)
    return (kind, int(number)) if mark else (name, None)


def racks_have_their_pdus(
    model: cp_model.CpModel, hall: HallData, place: PositionClass, v: Variables, relaxation: Relaxation,
    nodes: Iterable[tuple[cp_model.IntVar, Item]],
) -> None:  # fmt: skip
    """The PDUs of a class carry the load of its racks and have a socket for every plug (volume bounds; cuts tighten).

    Where the limit of a rack is moved, they move with it.
    """
    limit = Limit(RACK_POWER, hall.key)
    if place.pdus is None or place.pdus.most < 2 or limit in (*relaxation.dropped, *relaxation.measured):
        return
    held = list(nodes)
    steps = [v.racks[hall.key, place.key], *with_more(hall, place, v)]
    for fewer, more in pairwise(steps):
        model.add(more <= fewer)
    carried = [min(place.design_w, n * place.pdus.design_w) for n in range(place.pdus.most + 1)]
    each_more = (after - before for before, after in pairwise(carried))
    model.add(
        total(n * item.design_w for n, item in held)
        <= total(racks * more for racks, more in zip(steps, each_more, strict=True))
    )
    sets = total(steps)
    for outlet, given in place.pdus.outlets:
        model.add(total(n * dict(item.outlets).get(outlet, 0) for n, item in held) <= given * sets)


def with_more(hall: HallData, place: PositionClass, v: Variables) -> list[cp_model.IntVar]:
    """Racks of a class with two PDUs or more on each feed, with three or more, and so on."""
    most = place.pdus.most if place.pdus is not None else 1
    return [v.more_pdus[hall.key, place.key, n] for n in range(2, most + 1)]


def weight_held(hall: HallData, v: Variables, z: Iterable[tuple[str, int]]) -> Expr:
    """The weight that the racks of a certificate hold: `z` for each of a kind, or for each number of its PDUs.

    Where PDUs are not counted, every rack may have the number that holds most.
    """
    by_kind: dict[str, dict[int, int]] = {}
    for name, weight in z:
        kind, number = kind_and_pdus(name)
        by_kind.setdefault(kind, {})[number or 1] = weight
    members = members_of_kinds(hall)
    return total(_held_by(hall, place, v, held) for kind, held in by_kind.items() for place in members[kind])


def _held_by(hall: HallData, place: PositionClass, v: Variables, held: Mapping[int, int]) -> Expr:
    racks = v.racks[hall.key, place.key]
    steps = {n: var for n in held if (var := v.more_pdus.get((hall.key, place.key, n))) is not None}
    if not steps:
        return racks * max(held.values())
    return racks * held[1] + total(var * (held[n] - held[n - 1]) for n, var in steps.items())


def without_idle_choices(data: SizingData) -> SizingData:
    """The question where no PDU is saved by racks whose price nobody knows: one on each feed is counted of those."""
    return _unweighed(data, lambda pdus: replace(pdus, most=1, idle=pdus.most > 1))


def with_pdus_at_no_price(data: SizingData) -> SizingData:
    """The question where PDUs that sizing does not weigh are counted, and cost nothing, as it reckons."""
    return _unweighed(data, lambda pdus: replace(pdus, capex=0))


def _unweighed(data: SizingData, changed: Callable[[Pdus], Pdus]) -> SizingData:
    """The question with the PDUs changed that money does not weigh against more racks."""

    def of(place: PositionClass) -> PositionClass:
        if place.pdus is None or place.pdus.weighed:
            return place
        return replace(place, pdus=changed(place.pdus))

    return replace(data, halls=tuple(replace(h, classes=tuple(of(c) for c in h.classes)) for h in data.halls))


def has_idle_choices(data: SizingData) -> bool:
    """Whether PDUs are left out so."""
    return any(place.pdus is not None and place.pdus.idle for hall in data.halls for place in hall.classes)


def rack_pdus(hall: HallData, v: Variables) -> Expr:
    """PDUs that are bought for racks, as many on every feed of a rack; racks that stand have theirs."""
    return total(
        (v.racks[hall.key, place.key] + total(with_more(hall, place, v))) * place.pdus.feeds
        for place in hall.classes
        if place.pdus is not None and not place.standing
    )


def rack_pdus_in(hall: HallData, found: SizingResult) -> int:
    """The same number in an answer."""
    more = found.more_pdus.get(hall.key, {})
    return sum(
        (found.racks[hall.key].get(place.key, 0) + sum(more.get(place.key, ()))) * place.pdus.feeds
        for place in hall.classes
        if place.pdus is not None and not place.standing
    )


def capex_of_more(hall: HallData, v: Variables) -> Expr:
    """Price of all PDUs beyond the first on each feed."""
    return total(
        var * place.pdus.capex for place in hall.classes if place.pdus is not None for var in with_more(hall, place, v)
    )


def capex_of_counted(hall: HallData, more: Mapping[str, tuple[int, ...]]) -> int:
    """The same price in an answer."""
    return sum(sum(more.get(place.key, ())) * place.pdus.capex for place in hall.classes if place.pdus is not None)


def per_feed(hall: HallData, pdus: Pdus, pattern: Pattern) -> int:
    """PDUs on each feed of a rack's content, by its load with a feed lost and by its sockets; at least one."""
    pieces = [(hall.items[key], n) for key, n in pattern.content]
    by_load = -(-sum(item.design_w * n for item, n in pieces) // pdus.design_w)
    plugs = {kind: sum(dict(item.outlets).get(kind, 0) * n for item, n in pieces) for kind, _ in pdus.outlets}
    return max(1, by_load, *(-(-plugs[kind] // given) for kind, given in pdus.outlets if given))


def by_number_of_pdus(hall: HallData, problem: PackingProblem) -> PackingProblem | None:
    """The packing problem with each number of PDUs as a rack of its own price; None where that makes no difference."""
    kinds = {kind.key: kind for kind in rack_kinds(hall)}
    if not any(_has_a_choice(kinds[rack.id]) for rack in problem.racks):
        return None
    of_kind = {rack.id: _variants(kinds[rack.id], rack, problem.resources) for rack in problem.racks}
    devices = tuple(
        replace(device, allowed=frozenset(own.id for kind in device.allowed for own in of_kind[kind]))
        if device.allowed is not None
        else device
        for device in problem.devices
    )
    return replace(problem, devices=devices, racks=tuple(own for found in of_kind.values() for own in found))


def _has_a_choice(kind: PositionClass) -> bool:
    return kind.pdus is not None and kind.pdus.most > 1 and kind.pdus.capex > 0


def _variants(kind: PositionClass, rack: RackClass, resources: tuple[str, ...]) -> list[RackClass]:
    if kind.pdus is None or not _has_a_choice(kind):
        return [rack]
    of_one = {"design_w": kind.pdus.design_w, **dict(kind.pdus.outlets)}
    return [
        replace(
            rack,
            id=with_pdus(rack.id, number),
            cost=rack.cost + PRICE_WEIGHT * (number - 1) * kind.pdus.capex,
            capacity=tuple(
                min(most, number * of_one[name]) if name in of_one else most
                for name, most in zip(resources, rack.capacity, strict=True)
            ),
        )
        for number in range(1, kind.pdus.most + 1)
    ]


def cost_with_pdus(hall: HallData, problem: PackingProblem, packed: PackingResult) -> int:
    """What packed racks cost with the PDUs that their content asks for."""
    kinds = {kind.key: kind for kind in rack_kinds(hall)}
    more = sum(count * _more(hall, kinds[pattern.rack], pattern) for pattern, count in packed.patterns)
    return cost_of_racks(problem, packed) + PRICE_WEIGHT * more


def _more(hall: HallData, kind: PositionClass, pattern: Pattern) -> int:
    return (per_feed(hall, kind.pdus, pattern) - 1) * kind.pdus.capex if kind.pdus is not None else 0


def cost_of_racks(problem: PackingProblem, packed: PackingResult) -> int:
    """What packed racks cost with one PDU on each feed."""
    price = {rack.id: rack.cost for rack in problem.racks}
    return sum(price[pattern.rack] * count for pattern, count in packed.patterns)


def fits_the_positions(problem: PackingProblem, packed: PackingResult) -> bool:
    """Whether no kind of rack is opened more often than it has positions."""
    used = dict(packed.racks_by_class)
    return all(rack.limit is None or used.get(rack.id, 0) <= rack.limit for rack in problem.racks)


def cost_opened(hall: HallData, problem: PackingProblem, sized: SizingResult) -> int:
    """The most that racks and PDUs may cost, as packing counts it, for the money that sizing paid; of any number."""
    price, opened = {rack.id: rack.cost for rack in problem.racks}, sized.racks[hall.key]
    racks = sum(
        price[kind] * opened.get(place.key, 0)
        for kind, members in members_of_kinds(hall).items()
        for place in members
        if kind in price
    )
    paid = racks + PRICE_WEIGHT * capex_of_counted(hall, sized.more_pdus.get(hall.key, {}))
    return paid - paid % PRICE_WEIGHT + PRICE_WEIGHT - 1


def of_any_number(packed: PackingResult) -> tuple[tuple[Pattern, int], ...]:
    """Racks by kind and content, whatever the number of their PDUs."""
    found: dict[Pattern, int] = {}
    for pattern, count in packed.patterns:
        own = replace(pattern, rack=kind_and_pdus(pattern.rack)[0])
        found[own] = found.get(own, 0) + count
    return tuple(sorted(found.items(), key=lambda entry: (entry[0].rack, entry[0].content)))


def counted(numbers: Iterable[tuple[str, int, int]]) -> dict[str, tuple[int, ...]]:
    """Racks with two PDUs or more on each feed, three or more ..., by class, of (class, PDUs on a feed, racks)."""
    racks: dict[str, dict[int, int]] = {}
    for place, number, count in numbers:
        own = racks.setdefault(place, {})
        own[number] = own.get(number, 0) + count
    return {
        place: tuple(sum(n for k, n in own.items() if k >= least) for least in range(2, max(own) + 1))
        for place, own in racks.items()
        if max(own) > 1
    }
