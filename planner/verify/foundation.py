"""What every other rule stands on: the plan's references to its request and to the catalog hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import UnionType

from planner.catalog.load import Catalog
from planner.catalog.schema import Cable, Device, Module, Pdu, PowerShelf, Product, Rack, Storage, System
from planner.plan.schema import Pattern, Plan
from planner.request.schema import Request
from planner.verify.subject import Broken

Reference = tuple[str, str, type[Product] | UnionType]


def references_hold(plan: Plan, request: Request, catalog: Catalog) -> Iterator[tuple[str, Broken]]:
    """Each fault with the name of its rule. Other rules may only be asked when there is none."""
    yield from (("products-are-in-the-catalog", fault) for fault in products_are_in_the_catalog(plan, catalog))
    yield from parts_fit(plan, request)


def parts_fit(plan: Plan, request: Request) -> Iterator[tuple[str, Broken]]:
    """The faults that need no catalog to be seen: what draws or exports a plan may only be asked when there is none."""
    for rule, faults in (
        ("halls-are-of-the-request", halls_are_of_the_request(plan, request)),
        ("halls-are-described-once", halls_are_described_once(plan)),
        ("ids-are-unique", ids_are_unique(plan)),
        ("racks-have-a-row-and-a-pattern", racks_have_a_row_and_a_pattern(plan, request)),
        ("workloads-are-of-the-request", workloads_are_of_the_request(plan, request)),
        ("phases-name-what-is-there", phases_name_what_is_there(plan)),
    ):
        yield from ((rule, fault) for fault in faults)


def _references(plan: Plan) -> Iterator[Reference]:
    yield from ((f"systems of {s.hall}", s.product, System) for s in plan.systems)
    yield from ((f"storage of {s.hall}", s.product, Storage) for s in plan.storage)
    yield from ((f"devices of {d.hall}", d.product, Device) for d in plan.devices)
    for pattern in plan.patterns:
        yield from _of_pattern(pattern)
    for cable in plan.cables:
        place = f"cables of {cable.hall}"
        if cable.product is not None:
            yield place, cable.product, Cable
        yield from ((place, name, Module) for name in sorted(cable.modules))
    for fabric in plan.fabrics:
        yield from ((f"{fabric.fabric} fabric of {fabric.hall}", p, Device) for p in fabric.switch_products.values())


def _of_pattern(pattern: Pattern) -> Iterator[Reference]:
    place = f"pattern {pattern.id}"
    if pattern.rack_product is not None:
        yield place, pattern.rack_product, Rack
    if pattern.system is not None:
        yield place, pattern.system, Device
    yield from ((place, device.product, Device) for device in pattern.devices)
    yield from ((place, name, Pdu | PowerShelf) for name in sorted(pattern.pdus))


def products_are_in_the_catalog(plan: Plan, catalog: Catalog) -> Iterator[Broken]:
    """Every product that the plan names is a catalog entry of the kind it is used as."""
    for place, name, kind in sorted(set(_references(plan)), key=lambda reference: reference[:2]):
        if not isinstance(catalog.products.get(name), kind):
            yield Broken(place, f'"{name}" is no {_word(kind)} of the catalog')


def _word(kind: type[Product] | UnionType) -> str:
    return "rack PDU or power shelf" if isinstance(kind, UnionType) else kind.__name__.lower()


def _halls(plan: Plan) -> Iterator[tuple[str, str]]:
    for what in (
        "systems",
        "storage",
        "devices",
        "fabrics",
        "patterns",
        "racks",
        "power",
        "cooling",
        "floor",
        "cables",
    ):
        yield from ((what, entry.hall) for entry in getattr(plan, what))


def halls_are_of_the_request(plan: Plan, request: Request) -> Iterator[Broken]:
    """Every hall that the plan names is a hall of its request."""
    known = {hall.id for _, hall in request.halls()}
    for what, name in sorted(set(_halls(plan))):
        if name not in known:
            yield Broken(what, f'the hall "{name}" is not in the request')


def halls_are_described_once(plan: Plan) -> Iterator[Broken]:
    """A hall with racks has one power, cooling and floor description, and no hall has two."""
    used = {rack.hall for rack in plan.racks}
    for what in ("power", "cooling", "floor"):
        halls = [entry.hall for entry in getattr(plan, what)]
        for name in sorted(used | set(halls)):
            if halls.count(name) != 1:
                yield Broken(name, f"{what} is described {halls.count(name)} times")


def _repeated(ids: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({name for name in ids if name in seen or seen.add(name)})  # type: ignore[func-returns-value]


def ids_are_unique(plan: Plan) -> Iterator[Broken]:
    """Patterns, racks and products have ids of their own."""
    for what in ("patterns", "racks", "products"):
        for name in _repeated(entry.id for entry in getattr(plan, what)):
            yield Broken(what, f'the id "{name}" stands there more than once')


def racks_have_a_row_and_a_pattern(plan: Plan, request: Request) -> Iterator[Broken]:
    """Every rack follows a pattern of its own hall and stands in a row of that hall, at one position or more."""
    rows = {(hall.id, row.id) for _, hall in request.halls() for row in hall.rows}
    halls = {pattern.id: pattern.hall for pattern in plan.patterns}
    for rack in plan.racks:
        if halls.get(rack.pattern) != rack.hall:
            yield Broken(rack.id, f'"{rack.pattern}" is no pattern of hall {rack.hall}')
        if (rack.hall, rack.row) not in rows:
            yield Broken(rack.id, f'"{rack.row}" is no row of hall {rack.hall}')
        if not rack.positions:
            yield Broken(rack.id, "the rack stands at no position")


def phases_name_what_is_there(plan: Plan) -> Iterator[Broken]:
    """Phases name racks, lines of the bill and systems of the plan."""
    racks, lines = {rack.id for rack in plan.racks}, {line.line for line in plan.bill}
    systems = {(choice.hall, choice.product) for choice in plan.systems}
    for phase in plan.phases:
        named = {*phase.added_racks, *(part.rack for part in phase.part_racks)}
        for name in sorted(named - racks):
            yield Broken(f"phase {phase.id}", f'"{name}" is no rack of the plan')
        for number in sorted({order.line for order in phase.orders} - lines):
            yield Broken(f"phase {phase.id}", f"line {number} is not in the bill")
        for entry in phase.systems:
            if (entry.hall, entry.product) not in systems:
                yield Broken(f"phase {phase.id}", f"{entry.product} does not stand in {entry.hall}")


def workloads_are_of_the_request(plan: Plan, request: Request) -> Iterator[Broken]:
    """Decisions, demand and systems name workloads of the request."""
    known = {workload.id for workload in request.workloads}
    named = {("decisions", d.workload) for d in plan.decisions} | {("demand", d.id) for d in plan.demand}
    named |= {("systems", name) for s in plan.systems for name in s.workloads}
    for what, name in sorted(named):
        if name not in known:
            yield Broken(what, f'the workload "{name}" is not in the request')
