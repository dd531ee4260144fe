"""Halls as sizing sees them: position classes with their racks and PDUs, loops with their CDUs, and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from planner import money
from planner.catalog.facts import ceiling
from planner.catalog.schema import Cdu, Pdu, PowerShelf, Rack
from planner.errors import InputError
from planner.facility.apart import CONTAINED_IN, domain_of
from planner.facility.busbar import box_w, shelf_limits, shelves_per_feed, shelves_u
from planner.facility.cooling import cdu_capacity_w, cdu_refusal
from planner.facility.loads import air_of_a_rack, delivery_findings, max_rack_weight_kg
from planner.facility.power import loss_states, pdu_w, plannable_hall, rack_limits
from planner.facility.tree_loads import carried_w, tree_of
from planner.request.ground import Stretch, stretches_of
from planner.request.positions import ANCHORED
from planner.request.power_tree import drops_of
from planner.request.site import Hall, Loop, Row, Site
from planner.sizing.data import Item, LoopData, Part, Pdus, PositionClass
from planner.sizing.items import device_item, each_price, no_rack, rack_item, sockets_given
from planner.sizing.question import Question

MOST_CIRCUITS = 8  # from one feed to one rack, where the request states none; as many as it could state


@dataclass(frozen=True)
class RackChoice:
    """The rack and PDUs that a kind of row gets: up to `most_per_feed` PDUs on each of `feeds` feeds.

    `feeds_left` feeds carry a rack in the hall's worst state; a PDU carries `pdu_w` all the time.
    """

    rack: Rack
    pdu: Pdu | PowerShelf
    most_per_feed: int
    feeds: int
    feeds_left: int
    pdu_w: int
    power_factor: float
    circuits_per_feed: int  # as many PDUs may hang on each feed where peak load or phases ask for it

    def per_feed(self, design_w: int, sockets: Mapping[str, int]) -> int:
        """PDUs on each feed for one rack's content: by load with a feed lost, and by sockets; at least one.

        A rack with a busbar has all its shelves.
        """
        if isinstance(self.pdu, PowerShelf):
            return self.most_per_feed
        by_load = -(-design_w // (self.pdu_w * self.feeds_left))
        given = dict(sockets_given(self.pdu, 1))
        by_sockets = max((-(-n // given[kind]) for kind, n in sockets.items() if given.get(kind)), default=1)
        return max(1, by_load, by_sockets)


def adjacent_pairs(numbers: tuple[int, ...]) -> int:
    """Disjoint pairs of neighbouring positions."""
    runs = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    return sum(len(list(run)) // 2 for _, run in runs)


def fitting_racks(question: Question, hall: Hall, row: Row) -> list[Rack]:
    """Racks of the catalog for nodes that come in, that the row's positions take, and that no rule excludes."""
    return [
        rack
        for rack in question.catalog.of(Rack).values()
        if rack.standard == ("eia-19" if row.busbar is None else "mgx")
        and rack.height_u.value is not None
        and rack.height_u.value <= row.rack_height_u
        and (ceiling(rack.depth_mm) or 0) <= row.rack_depth
        and (ceiling(rack.width_mm) or 0) <= max(row.pitch, 600)
        and question.ruled_out("product", rack.id) is None
        and not _kept_out(rack, hall)
    ]


def _kept_out(rack: Rack, hall: Hall) -> bool:
    """Whether the empty rack does not pass the way in."""
    weight, width, depth, height = (ceiling(f) for f in (rack.weight_kg, rack.width_mm, rack.depth_mm, rack.height_mm))
    return bool(
        delivery_findings(
            hall.id, hall.floor, weight_kg=weight, width_mm=width, depth_mm=depth, height_mm=height, loaded=False
        )
    )


def holds_racks(question: Question, hall: Hall, row: Row) -> bool:
    """Whether any rack for nodes fits the row."""
    return bool(fitting_racks(question, hall, row))


def rack_for(question: Question, hall: Hall, row: Row) -> Rack:
    """The catalog rack that fits the row: not above its height and depth, the tallest, then the lightest.

    Raises:
        InputError: no rack of the catalog fits.
    """
    fitting = fitting_racks(question, hall, row)
    if not fitting:
        raise InputError.of(
            f"row {row.id}", f"{row.rack_height_u}U, {row.rack_depth} mm deep, {row.pitch} mm wide",
            "a position that a rack of the catalog fits", "add your rack in a folder given by --catalog",
        )  # fmt: skip
    return min(
        fitting, key=lambda r: (-(r.height_u.value or 0), r.weight_kg.value is None, ceiling(r.weight_kg) or 0, r.id)
    )


def pdu_for(question: Question, row: Row, hall: Hall, design_w: int) -> tuple[Pdu, int]:
    """The PDU and how many of it per feed, so that those of the feeds left after a loss carry a rack's design load.

    The fewest per feed, then known outlets, then the smallest.

    Raises:
        InputError: the catalog has none for the voltage and standard.
    """
    wanted = -(-design_w // feeds_left(row, hall))
    found: list[tuple[int, bool, int, str, Pdu]] = []
    for pdu in question.catalog.of(Pdu).values():
        rating = pdu_w(pdu, row, hall.power)
        if rating is None or pdu.standard != hall.power.standard or not _same_circuit(pdu, row):
            continue
        if question.ruled_out("product", pdu.id) is not None:
            continue
        found.append((-(-wanted // rating), not pdu.outlets, rating, pdu.id, pdu))
    if not found:
        raise InputError.of(
            f"row {row.id}", f"{hall.power.standard} circuits", "a rack PDU of the catalog for them",
            "add your PDU in a folder given by --catalog",
        )  # fmt: skip
    count, _, _, _, pdu = min(found, key=lambda entry: entry[:4])
    return pdu, count


def feeds_left(row: Row, hall: Hall) -> int:
    """Feeds of the row that work in the hall's worst state, one at least."""
    return min(len([f for f in row.feeds if f not in s.lost]) for s in loss_states(hall.power)) or 1


def _same_circuit(pdu: Pdu, row: Row) -> bool:
    if row.circuit is None:
        return pdu.phases.value != 1
    if pdu.phases.value not in (None, row.circuit.phases):
        return False
    volts, amperes = pdu.voltage_v.value, pdu.current_a.value
    return (
        volts is not None
        and amperes is not None
        and abs(volts - row.circuit.voltage) <= 20
        and amperes >= row.circuit.current
    )


def choose_rack(question: Question, site: Site, hall: Hall, row: Row) -> RackChoice:
    """The rack of a row, and its PDUs or power shelves."""
    if row.busbar is not None:
        shelf = question.catalog.get(row.busbar.shelf, PowerShelf)
        each, carries = shelves_per_feed(row), box_w(shelf, row, hall.power) or 0
        return RackChoice(
            rack_for(question, hall, row), shelf, each, len(row.feeds), feeds_left(row, hall), carries, 1.0, each
        )
    planned = plannable_hall(site, hall)
    like = next(r for r in planned.rows if r.id == row.id)
    design, _ = rack_limits(like, planned.power)
    pdu, each = pdu_for(question, row, hall, design)
    carries = pdu_w(pdu, row, hall.power) or 0
    circuits = max(each, row.circuit.per_feed if row.circuit is not None else MOST_CIRCUITS)
    return RackChoice(
        rack_for(question, hall, row),
        pdu,
        each,
        len(row.feeds),
        feeds_left(row, hall),
        carries,
        hall.power.power_factor,
        circuits,
    )


def position_classes(question: Question, site: Site, hall: Hall) -> tuple[PositionClass, ...]:
    """Stretches of a hall's rows grouped by everything that limits what may stand there."""
    planned = plannable_hall(site, hall)
    return _classes_of(question, site, hall, planned, stretches_of(planned))


def taken_classes(question: Question, site: Site, hall: Hall) -> tuple[PositionClass, ...]:
    """The rows of a hall without a free position as classes of none, so that an explanation can ask for more."""
    planned = plannable_hall(site, hall)
    stretches = tuple(Stretch(row.id, row, (), frozenset(ANCHORED)) for row in planned.rows)
    return _classes_of(question, site, hall, planned, stretches)


def _classes_of(
    question: Question, site: Site, hall: Hall, planned: Hall, stretches: tuple[Stretch, ...]
) -> tuple[PositionClass, ...]:
    groups: dict[tuple[object, ...], list[Stretch]] = {}
    for stretch in stretches:
        groups.setdefault((_kind_of_row(stretch.row), tuple(sorted(stretch.admits))), []).append(stretch)
    return tuple(
        _position_class(question, site, hall, planned, alike)
        for alike in sorted(groups.values(), key=lambda found: found[0].name)
    )


def _kind_of_row(row: Row) -> tuple[object, ...]:
    return (
        row.rack_power, tuple(sorted(drops_of(row))), tuple(sorted(row.cooling)), row.loop, row.air_per_rack,
        row.rack_weight, row.rack_height_u, row.rack_depth, row.pitch, row.circuit, row.air, row.airflow, row.busbar,
        row.rear_door,
    )  # fmt: skip


def _position_class(
    question: Question, site: Site, hall: Hall, planned: Hall, stretches: list[Stretch]
) -> PositionClass:
    row = stretches[0].row
    choice = choose_rack(question, site, hall, row) if holds_racks(question, hall, row) else None
    bare = _for_rack_systems(hall, planned, stretches)
    if choice is None:
        return bare
    width, depth = ceiling(choice.rack.width_mm) or row.pitch, ceiling(choice.rack.depth_mm) or row.rack_depth
    boxes = choice.most_per_feed * choice.feeds
    least = choice.feeds if row.busbar is None else boxes
    item = rack_item(question, choice.rack, choice.pdu, least=least, most=boxes)
    if isinstance(choice.pdu, PowerShelf):
        design_w, peak_w = shelf_limits(row, planned.power, choice.pdu)
        shelf_u = shelves_u(choice.pdu, boxes)
        return replace(
            bare,
            height_u=max(0, min(row.rack_height_u, item.height_u) - shelf_u),
            design_w=min(bare.design_w, design_w),
            peak_w=min(bare.peak_w, peak_w),
            weight_kg=max_rack_weight_kg(row, hall.floor, width, depth),
            rack=item,
            busbar=True,
        )
    return replace(
        bare,
        height_u=min(row.rack_height_u, item.height_u),
        weight_kg=max_rack_weight_kg(row, hall.floor, width, depth),
        rack=item,
        outlets=sockets_given(choice.pdu, choice.most_per_feed),
        pdus=_pdus(question, choice, choice.pdu),
    )


def _pdus(question: Question, choice: RackChoice, pdu: Pdu) -> Pdus:
    price = each_price(question, pdu.id)
    return Pdus(
        feeds=choice.feeds,
        most=choice.most_per_feed,
        design_w=choice.pdu_w * choice.feeds_left,
        capex=money.whole(price.typical * choice.feeds) if price is not None else 0,
        weighed=each_price(question, choice.rack.id) is not None,
        outlets=sockets_given(pdu, 1),
    )


def _for_rack_systems(hall: Hall, planned: Hall, stretches: list[Stretch]) -> PositionClass:
    """Positions as if no rack of the catalog fitted them: rack systems and CDUs may stand there, nodes may not."""
    row = stretches[0].row
    design_w, peak_w = rack_limits(row, planned.power)
    return PositionClass(
        key=f"{hall.id}/{'+'.join(s.name for s in stretches)}",
        rows=tuple(dict.fromkeys(s.row.id for s in stretches)),
        positions=sum(len(s.numbers) for s in stretches),
        pairs=sum(adjacent_pairs(s.numbers) for s in stretches),
        height_u=0,
        design_w=design_w,
        peak_w=peak_w,
        air_w=air_of_a_rack(row),
        weight_kg=max_rack_weight_kg(row, hall.floor, row.pitch, row.rack_depth),
        depth_mm=row.rack_depth,
        air="air" in row.cooling,
        liquid="liquid" in row.cooling,
        loop=row.loop,
        drops=tuple(sorted(drops_of(row))),
        peak_of_feeds=row.circuit is None,
        rack=no_rack(),
        outlets=(),
        parts=tuple(
            Part(
                s.name,
                len(s.numbers),
                adjacent_pairs(s.numbers),
                {kind: domain_of(hall.id, s.row, kind) for kind in CONTAINED_IN},
            )
            for s in stretches
        ),
        admits=stretches[0].admits,
        row_air_w=_of_all_rows(stretches, row.air),
        row_airflow_m3_h=_of_all_rows(stretches, row.airflow),
        door_loop=row.rear_door.loop if row.rear_door is not None else None,
    )


def _of_all_rows(stretches: list[Stretch], each: int | None) -> int | None:
    """What all rows of some stretches have together of something that each of them has."""
    return None if each is None else each * len({s.row.id for s in stretches})


def fewest_feeds(hall: Hall) -> int:
    """Sides over which a device's cords are shared wherever it stands: one where any row has one feed, else two."""
    return min(2, *(len(row.feeds) for row in hall.rows))


def nameplate_w(hall: Hall) -> int:
    """Peak load that what is left of the power tree after the worst loss carries by its nameplates."""
    return carried_w(tree_of(hall), "peak_w")


def loop_data(question: Question, site: Site, hall: Hall) -> tuple[tuple[LoopData, ...], dict[str, Item]]:
    """Loops with the CDU to buy for each, and those CDUs as items."""
    planned = plannable_hall(site, hall)
    loops: list[LoopData] = []
    items: dict[str, Item] = {}
    for loop in planned.cooling.loops:
        flow = 1000 * loop.flow if loop.flow is not None else None
        if loop.cdus == "present":
            loops.append(LoopData(loop.id, loop.capacity, flow, None, 0, 0))
            continue
        cdu, capacity = cdu_for(question, loop)
        item = device_item(question, site.id, cdu, "cdu", feeds=fewest_feeds(hall))
        item = replace(item, key=f"cdu {loop.id}/{cdu.id}", loop=loop.id)
        items[item.key] = item
        spare = 1 if question.request.policy.cdu_redundancy == "N+1" else 0
        loops.append(LoopData(loop.id, loop.capacity, flow, item.key, capacity, spare))
    return tuple(loops), items


def cdu_for(question: Question, loop: Loop) -> tuple[Cdu, int]:
    """The distribution unit for a loop, and its capacity in W under the loop's conditions.

    The one that carries the whole loop with the least capacity to spare; in-row units with known power only.

    Raises:
        InputError: no unit of the catalog has a capacity for these conditions.
    """
    found: list[tuple[int, int, str, Cdu]] = []
    for cdu in question.catalog.of(Cdu).values():
        capacity = cdu_capacity_w(cdu, loop.approach, loop.supply)
        powered = any(f.known for f in (cdu.power_design_w, cdu.power_peak_w, cdu.power_typical_w))
        allowed = question.ruled_out("product", cdu.id) is None
        if cdu.form == "in-row" and capacity is not None and powered and allowed:
            units = -(-loop.capacity // capacity)
            found.append((units, capacity, cdu.id, cdu))
    if not found:
        known = [cdu for cdu in question.catalog.of(Cdu).values() if cdu.form == "in-row"]
        why = "; ".join(text for cdu in known if (text := cdu_refusal(cdu, loop.approach, loop.supply)) is not None)
        raise InputError.of(
            f"loop {loop.id}", f"an approach of {loop.approach} K at {loop.supply:g} C",
            "conditions for which a CDU of the catalog has a published capacity",
            'allow a larger approach, state cdus: "present", or add your CDU in a folder given by --catalog'
            + (f" ({why})" if why else ""),
        )  # fmt: skip
    _, capacity, _, cdu = min(found, key=lambda entry: entry[:3])
    return cdu, capacity
