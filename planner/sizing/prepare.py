"""The question in integers: options, limits and demand, and why some products are no option at all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from planner.catalog.facts import ceiling, floor
from planner.catalog.schema import Device, PowerShelf, Storage, System
from planner.demand.results import AcceleratorNeed
from planner.demand.spares import spares as spares_for
from planner.facility.air import airflow_of, inlet_refusal
from planner.facility.busbar import needs_busbar
from planner.facility.cooling import coolant_refusal, coolant_supply_c, warmest_coolant_c
from planner.facility.loads import delivery_findings, max_rack_weight_kg
from planner.facility.power import plannable_hall
from planner.facility.tree_loads import carried_w, tree_of
from planner.request.site import Hall, Loop, Site
from planner.sizing.asked import rents_of, storage_demand, weeks_until, within_a_budget, workloads_of
from planner.sizing.data import (
    FabricRow,
    HallData,
    Item,
    PositionClass,
    SizingData,
    StorageOption,
    SystemOption,
)
from planner.sizing.halls import fewest_feeds, loop_data, nameplate_w, position_classes, taken_classes
from planner.sizing.items import (
    STORAGE,
    SYSTEM,
    device_item,
    flow_ml_min,
    item_key,
    missing_facts,
    no_price_under_a_budget,
    own_weight_kg,
)
from planner.sizing.network import Surroundings, alone, fabric_rows
from planner.sizing.pdus import without_idle_choices
from planner.sizing.power_tree import node_limits
from planner.sizing.question import Bar, Question
from planner.sizing.standing import standing_classes
from planner.sizing.totals import totals_in_hall
from planner.wording import sentence


@dataclass(frozen=True)
class Prepared:
    """The data for the solver, and the products that are no option in a hall, with the reason."""

    data: SizingData
    bars: tuple[Bar, ...]


def prepare(
    question: Question,
    around: Mapping[str, Surroundings] | None = None,
    only: frozenset[str] | None = None,
    *,
    wide: bool = False,
    every_pdu: bool = False,
) -> Prepared:
    """The question as integers. `around` is what the last round found besides systems, by hall.

    `only` keeps some systems, by item key. `wide` leaves room for more systems than the hall's power feeds, which an
    explanation needs and a plan does not. `every_pdu` counts more than one PDU on a feed of racks without a price too.
    """
    bars: list[Bar] = []
    halls = tuple(
        _hall(_Scope(question, site, hall, (around or alone(question)).get(hall.id, Surroundings()), only, wide), bars)
        for site, hall in question.request.halls()
    )
    policy, rents = question.request.policy, rents_of(question)
    data = SizingData(
        halls=halls,
        rents=rents,
        workloads=tuple(within_a_budget(question, w, halls, rents, bars) for w in workloads_of(question, halls, rents)),
        storage=tuple(storage_demand(question, site) for site in question.request.sites),
        objectives=policy.objective,
        budget=policy.budget,
        weeks=weeks_left(question),
        only=only,
        slot_hours=tuple(len(slot) for slot in question.timetable.slots) if question.timetable is not None else (24,),
    )
    return Prepared(data if every_pdu else without_idle_choices(data), tuple(bars))


def weeks_left(question: Question) -> int | None:
    """Whole weeks from the order to the day of service; None where no day is asked for."""
    wanted = question.request.service_date
    return weeks_until(wanted, question.request) if wanted is not None else None


@dataclass(frozen=True)
class _Scope:
    """One hall of the question, and what of it is wanted."""

    question: Question
    site: Site
    hall: Hall
    around: Surroundings
    only: frozenset[str] | None
    wide: bool


@dataclass(frozen=True)
class _Place:
    """One hall while its options are gathered; `items` and `bars` grow."""

    scope: _Scope
    classes: tuple[PositionClass, ...]
    survivable_w: int
    items: dict[str, Item]
    bars: list[Bar]

    @property
    def question(self) -> Question:
        return self.scope.question

    @property
    def site(self) -> Site:
        return self.scope.site

    @property
    def hall(self) -> Hall:
        return self.scope.hall

    def bar(self, product: str, rule: str, reason: str) -> None:
        self.bars.append(Bar(self.hall.id, product, rule, reason))


def _hall(scope: _Scope, bars: list[Bar]) -> HallData:
    question, site, hall = scope.question, scope.site, scope.hall
    planned = plannable_hall(site, hall)
    loops, items = loop_data(question, site, hall)
    survivable = carried_w(tree_of(planned))
    free = position_classes(question, site, hall)
    if scope.wide and not free:
        free = taken_classes(question, site, hall)
    classes = (*free, *standing_classes(question, site, hall))
    place = _Place(scope, classes, survivable, items, bars)
    systems = _systems(place)
    storage = _storage(place)
    _network_items(place, systems)
    return HallData(
        key=hall.id,
        site=site.id,
        survivable_w=survivable,
        nameplate_w=nameplate_w(planned),
        air_w=max(0, planned.cooling.air - planned.cooling.existing_air_load),
        classes=tuple(_rated_for_rack_systems(question, planned, c, items) for c in place.classes),
        loops=loops,
        items={key: _with_air(question, hall, item) for key, item in sorted(items.items())},
        systems=systems,
        storage=storage,
        nodes=node_limits(planned, place.classes),
        airflow_m3_h=planned.cooling.airflow,
    )


def _rated_for_rack_systems(
    question: Question, planned: Hall, place: PositionClass, items: Mapping[str, Item]
) -> PositionClass:
    """The class with what its floor carries under the footprint of everything that is its own rack."""
    row = next(row for row in planned.rows if row.id == place.rows[0])
    own = {}
    for key, item in sorted(items.items()):
        product = question.catalog.get(item.product, Device)
        width, depth = ceiling(product.width_mm) or row.pitch, ceiling(product.depth_mm) or row.rack_depth
        rated = max_rack_weight_kg(row, planned.floor, width, depth) if item.form == "rack" else None
        if rated is not None:
            own[key] = rated
    return replace(place, own_weight_kg=tuple(own.items()))


def _with_air(question: Question, hall: Hall, item: Item) -> Item:
    """The item with the air that it moves in this hall."""
    product = question.catalog.get(item.product, Device)
    return replace(item, airflow_m3_h=airflow_of(product, item.air_w, hall).total_m3_h)


def _systems(place: _Place) -> tuple[SystemOption, ...]:
    question = place.question
    wanted = {need.system for need in question.needs if need.feasible}
    options = []
    for name, system in question.catalog.of(System).items():
        if name not in wanted or question.ruled_out("product", name, location=place.site.id):
            continue
        if place.scope.only is not None and item_key(name, SYSTEM) not in place.scope.only:
            continue
        refusal = _no_option(place, system)
        if refusal is not None:
            place.bar(name, *refusal)
            continue
        item = _system_item(place, system)
        most = _most(place, system, item)
        spares = _spare_steps(question, system, most)
        totals = totals_in_hall(question, system, place.site, place.hall, partial(bisect_left, spares))
        rows = fabric_rows(question, system, most, place.scope.around, totals)
        if not rows and most and totals != ():
            place.bar(name, "fabric", sentence("no-option.fabric"))
            continue
        place.items[item.key] = item
        options.append(_system_option(system, item.key, rows, most, spares))
    return tuple(options)


def _system_item(place: _Place, system: System) -> Item:
    item = device_item(place.question, place.site.id, system, SYSTEM, feeds=fewest_feeds(place.hall))
    if not item.liquid_w:
        return item
    warmest = max((coolant_supply_c(loop) for loop in _coolant_loops(place.hall)), default=0.0)
    return replace(item, flow_ml_min=flow_ml_min(system, warmest))


def _coolant_loops(hall: Hall) -> list[Loop]:
    """Loops whose coolant reaches devices: those of rear doors alone do not."""
    reached = {row.loop for row in hall.rows if "liquid" in row.cooling}
    return [loop for loop in hall.cooling.loops if loop.id in reached]


def _system_option(
    system: System, key: str, rows: tuple[FabricRow, ...], most: int, spares: tuple[int, ...]
) -> SystemOption:
    return SystemOption(
        item=key,
        accelerators=system.accelerators,
        rows=rows,
        spares=spares,
        min_accelerators=system.min_accelerators.value or 0,
        max_systems=most,
        fails_whole=system.form == "node",
    )


def _no_option(place: _Place, system: System) -> tuple[str, str] | None:
    """Why a system cannot be an option in a hall whatever the amounts: (rule, reason), or None."""
    question, hall = place.question, place.hall
    missing = missing_facts(question, system, in_rack=system.form == "node")
    if missing:
        return "unknown-fact", missing
    if system.form == "node" and needs_busbar(system) and (unpowered := _no_busbar(question, hall)):
        return unpowered
    weighs = system.weight_kg.known or system.id in question.request.policy.assumed_weight_kg
    if not weighs and _rates_the_floor(hall):
        return "unknown-fact", sentence("no-option.weight-rated")
    if system.form == "rack":
        undelivered = _not_delivered(place, system)
        if undelivered:
            return "delivery", undelivered
    breathless = inlet_refusal(system, hall)
    if breathless is not None:
        return "inlet-temperature", breathless
    for loop in _coolant_loops(hall):
        refusal = coolant_refusal(system, warmest_coolant_c(loop))
        if refusal and system.cooling != "air":
            return "coolant", refusal
    return None


def _no_busbar(question: Question, hall: Hall) -> tuple[str, str] | None:
    """Why no rack of the hall can have the power shelves that a busbar needs: (rule, reason), or None."""
    offered = [row.busbar.shelf for row in hall.rows if row.busbar is not None]
    if not offered:
        return "busbar", sentence("no-option.busbar")
    if _rates_the_floor(hall):
        for name in sorted(set(offered)):
            if own_weight_kg(question, question.catalog.get(name, PowerShelf)) is None:
                return "unknown-fact", sentence("no-option.shelf-weight", shelf=name)
    return None


def _not_delivered(place: _Place, system: System) -> str:
    """Why a system that comes as a whole rack does not get to its position, or ""."""
    weight = place.question.request.policy.assumed_weight_kg.get(system.id, ceiling(system.weight_kg))
    each = -(-weight // system.racks) if weight is not None else None
    found = delivery_findings(
        place.hall.id,
        place.hall.floor,
        weight_kg=each,
        width_mm=ceiling(system.width_mm),
        depth_mm=ceiling(system.depth_mm),
        height_mm=None,
    )
    return next((finding.text for finding in found if finding.severity == "error"), "")


def _rates_the_floor(hall: Hall) -> bool:
    rated = (hall.floor.distributed_load, hall.floor.footprint_load, hall.floor.point_load)
    return any(limit is not None for limit in rated) or any(row.rack_weight for row in hall.rows)


def _most(place: _Place, system: System, item: Item) -> int:
    """No more systems than all workloads on it together need, with spares; nor, in a plan, than the power feeds."""
    needs = [n for n in place.question.needs if n.system == system.id and n.feasible]
    wanted = max(sum(n.units * n.unit_accelerators for n in needs), system.min_accelerators.value or 0)
    count = -(-wanted // system.accelerators)
    most = count + max(2, -(-count // 20)) + _apart(place.question, needs, system)
    if place.scope.wide:
        return min(most, 4 * sum(c.positions for c in place.classes) * (1 if system.form == "rack" else 4))
    return min(most, max(1, place.survivable_w // max(1, item.design_w)))


def _apart(question: Question, needs: list[AcceleratorNeed], system: System) -> int:
    """Systems besides where workloads are kept apart: two domains that each carry them all are the most it takes."""
    kept = {w.id for w in question.request.workloads if getattr(w, "keep_apart", None) is not None}
    apart = -(-sum(n.units * n.unit_accelerators for n in needs if n.workload in kept) // system.accelerators)
    return apart + 2 + apart // 20 if apart else 0


def _spare_steps(question: Question, system: System, most: int) -> tuple[int, ...]:
    """steps[k]: the most systems in service that k spares cover. A rack system's spare part is a tray, not a rack."""
    if system.form == "rack":
        return (most,)
    policy = question.request.policy.spares
    rate = question.failures_per_accelerator_day * system.accelerators

    def needed(systems: int) -> int:
        return question.once(
            ("spares", rate, systems), lambda: spares_for(systems, rate, policy.repair / 86_400, policy.cover)
        )

    every = range(most + 1)
    return tuple(bisect_right(every, k, key=needed) - 1 for k in range(needed(most) + 1))


def _network_items(place: _Place, systems: tuple[SystemOption, ...]) -> None:
    keys = {key for option in systems for row in option.rows for key, _ in row.devices}
    for key in sorted(keys):
        role, product = key.split("/", 1)
        device = place.question.catalog.get(product, Device)
        feeds = fewest_feeds(place.hall)
        place.items[key] = device_item(place.question, place.site.id, device, role, feeds=feeds)


def _storage(place: _Place) -> tuple[StorageOption, ...]:
    question = place.question
    need = question.storage[place.site.id]
    if not need.keeps_data:
        return ()
    found: list[tuple[Storage, Item]] = []
    for name, product in question.catalog.of(Storage).items():
        if question.ruled_out("product", name, location=place.site.id):
            continue
        reason = _no_storage(question, product)
        if reason:
            place.bar(name, "unknown-fact", reason)
            continue
        found.append((product, device_item(question, place.site.id, product, STORAGE, feeds=fewest_feeds(place.hall))))
    if question.request.policy.budget is not None and any(item.priced for _, item in found):
        for product, item in found:
            if not item.priced:
                place.bar(product.id, *no_price_under_a_budget())
        found = [(product, item) for product, item in found if item.priced]
    place.items.update({item.key: item for _, item in found})
    return tuple(_storage_option(product, item.key, need.usable_tb) for product, item in found)


def _no_storage(question: Question, product: Storage) -> str:
    missing = missing_facts(question, product, in_rack=True)
    if missing:
        return missing
    facts = {"usable_tb": product.usable_tb, "read_gb_s": product.read_gb_s, "write_gb_s": product.write_gb_s}
    unknown = [name for name, fact in facts.items() if not fact.known]
    if unknown:
        return sentence("no-option.not-known", facts=unknown)
    if not product.weight_kg.known and product.id not in question.request.policy.assumed_weight_kg:
        return sentence("no-option.weight")
    return ""


def _storage_option(product: Storage, key: str, usable_tb: int) -> StorageOption:
    usable = floor(product.usable_tb) or 0
    least = product.min_units.value or 1
    return StorageOption(
        item=key,
        usable_tb=usable,
        read_mb_s=int(Fraction(str(product.read_gb_s.need("read_gb_s"))) * 1000),
        write_mb_s=int(Fraction(str(product.write_gb_s.need("write_gb_s"))) * 1000),
        min_units=least,
        max_units=max(least, 4 * -(-max(usable_tb, 1) // max(1, usable)) + 64),
    )
