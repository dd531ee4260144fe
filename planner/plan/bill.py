"""The bill of materials: every line with its quantity, price and source, and the requirement that caused it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Literal

from planner import money
from planner.catalog.facts import ceiling
from planner.catalog.prices import PriceEntry
from planner.catalog.schema import PowerShelf, Product, Region, Software, System
from planner.facility.energy import HOURS_PER_YEAR
from planner.plan.schema import BillLine, DeviceCount, Pattern, StorageChoice, SystemChoice
from planner.plan.wiring import HallFabric, Wired
from planner.request.policy import Spares
from planner.request.schema import Request
from planner.sizing.items import each_price, licence_units
from planner.sizing.question import Question
from planner.wording import joined, sentence

Group = Literal[
    "systems", "storage", "network", "optics and cables", "management", "racks", "power", "cooling", "software",
    "services", "spares", "cloud",
]  # fmt: skip
GROUPS: tuple[Group, ...] = (
    "systems", "spares", "storage", "network", "optics and cables", "management", "racks", "power", "cooling",
    "software", "services", "cloud",
)  # fmt: skip
NO_CABLE = "to be specified: no cable of the catalog fits"
ROLE_GROUPS: dict[str, Group] = {"cdu": "cooling", "management-server": "management", "rack": "racks", "pdu": "power"}


@dataclass(frozen=True)
class Contents:
    """Everything that is bought, as counts."""

    systems: tuple[SystemChoice, ...]
    storage: tuple[StorageChoice, ...]
    devices: tuple[DeviceCount, ...]
    patterns: tuple[Pattern, ...]
    fabrics: tuple[HallFabric, ...]
    rents: tuple[tuple[str, str, int], ...]  # region, instance, count
    wired: tuple[Wired, ...] | None = None  # cables by length, once everything has a position


@dataclass(frozen=True)
class Wanted:
    """A line before it has a number and a price."""

    group: Group
    product: str
    quantity: int
    unit: str
    cause: str
    recurring: bool = False
    name: str = ""
    variant: str = ""  # the length of a cable
    part_number: str = ""  # of the variant


def bill_of(question: Question, contents: Contents) -> list[BillLine]:
    """Numbered lines, by group, then product; equal products with different causes stay apart."""
    lines = sorted(
        wanted(question, contents), key=lambda w: (GROUPS.index(w.group), w.product, w.variant, w.unit, w.cause)
    )
    return [_priced(question, number, line) for number, line in enumerate(_merged(lines), start=1)]


def _merged(lines: list[Wanted]) -> Iterator[Wanted]:
    """Lines that differ in nothing but quantity become one."""
    merged: dict[Wanted, int] = {}
    for line in lines:
        alike = replace(line, quantity=0)
        merged[alike] = merged.get(alike, 0) + line.quantity
    yield from (replace(line, quantity=quantity) for line, quantity in merged.items() if quantity)


def wanted(question: Question, contents: Contents) -> Iterator[Wanted]:
    """Every line, in no order."""
    for choice in contents.systems:
        serving = choice.count - choice.spares
        cause = sentence("cause.workloads", workloads=choice.workloads, cap=_capped(question, choice))
        yield Wanted("systems", choice.product, serving, "each", cause)
        cover = question.request.policy.spares
        cause = sentence("cause.spare-systems", cover=cover.cover, days=cover.repair / 86_400)
        yield Wanted("spares", choice.product, choice.spares, "each", cause)
        yield from licences(question, choice)
    for store in contents.storage:
        yield Wanted("storage", store.product, store.units, "each", sentence("cause.storage", hall=store.hall))
    for device in contents.devices:
        yield Wanted(ROLE_GROUPS.get(device.role, "network"), device.product, device.count, "each", device.cause)
    yield from racks_and_pdus(question, contents)
    if contents.wired is None:
        for fabric in contents.fabrics:
            yield from optics_and_cables(fabric)
    else:
        yield from cables_by_length(question, contents.wired)
    years = question.request.policy.horizon_years
    for region, instance, count in contents.rents:
        hours = count * HOURS_PER_YEAR * years
        cause = sentence("cause.rent", count=count, instance=instance, region=region, years=years)
        yield Wanted(
            "cloud", price_of_instance(question, region, instance), hours, "hour", cause, True, f"{instance}, {region}"
        )


def _capped(question: Question, choice: SystemChoice) -> str:
    """What a power cap costs, in words; nothing where there is none."""
    share = question.catalog.get(choice.product, System).throughput_share.value
    return "" if share is None else sentence("cause.cap", share=share)


def licences(question: Question, choice: SystemChoice) -> Iterator[Wanted]:
    """Software and services that the systems of one product need over the horizon; spares are licensed too."""
    system = question.catalog.get(choice.product, System)
    years = question.request.policy.horizon_years
    for entitlement in system.software:
        product = question.catalog.products.get(entitlement.product)
        unit = product.unit if isinstance(product, Software) else "accelerator-year"
        units = licence_units(system, unit, years, entitlement.included_years) * choice.count
        included = entitlement.included_years
        cause = sentence(
            "cause.licences",
            accelerators=choice.accelerators,
            system=system.name,
            years=years,
            included=sentence("cause.included", years=included) if included else "",
        )
        group: Group = "software" if isinstance(product, Software) else "services"
        yield Wanted(group, entitlement.product, -(-units.numerator // units.denominator), unit, cause, True)


def racks_and_pdus(question: Question, contents: Contents) -> Iterator[Wanted]:
    """Racks and their PDUs, by product."""
    for pattern in contents.patterns:
        if pattern.rack_product is None:
            continue
        yield Wanted("racks", pattern.rack_product, pattern.count, "each", sentence("cause.racks", hall=pattern.hall))
        for pdu, each in pattern.pdus.items():
            shelf = pdu in question.catalog.of(PowerShelf)
            cause = sentence("cause.shelves" if shelf else "cause.pdus", hall=pattern.hall)
            yield Wanted("power", pdu, each * pattern.count, "each", cause)


def optics_and_cables(fabric: HallFabric) -> Iterator[Wanted]:
    """Modules and cables that the fabric's design names."""
    for module in fabric.counts.modules:
        if module.product:
            cause = sentence("cause.modules", fabric=module.fabric, hall=fabric.hall, where=module.where)
            yield Wanted("optics and cables", module.product, module.count, "each", cause)
    for cable in fabric.counts.cables:
        if cable.product:
            cause = sentence("cause.cables", fabric=cable.fabric, hall=fabric.hall, tier=cable.tier)
            yield Wanted("optics and cables", cable.product, cable.count, "each", cause)


def cables_by_length(question: Question, wired: Sequence[Wired]) -> Iterator[Wanted]:
    """Modules by product and cables by product and length, as wired between the racks, and spares of each type."""
    modules: dict[str, Counter[str]] = {}
    cables: dict[tuple[str, float, str], Counter[str]] = {}
    for entry in wired:
        for module in entry.cables.module_totals:
            if module.product:
                cause = sentence("cause.tier", fabric=module.fabric, tier=module.tier, hall=entry.fabric.hall)
                modules.setdefault(module.product, Counter())[cause] += module.modules
        for cable in entry.cables.cable_totals:
            name = cable.product or NO_CABLE
            cause = sentence("cause.tier", fabric=cable.fabric, tier=cable.tier, hall=entry.fabric.hall)
            cables.setdefault((name, cable.length_m, cable.part_number), Counter())[cause] += cable.cables
    for product, causes in modules.items():
        yield from _with_spares(question, Wanted("optics and cables", product, 0, "each", ""), causes)
    for (name, length_m, part_number), causes in cables.items():
        variant = f"{length_m:g} m" if length_m else ""
        line = Wanted("optics and cables", name, 0, "each", "", variant=variant, part_number=part_number)
        yield from _with_spares(question, line, causes)


def _with_spares(question: Question, line: Wanted, causes: Counter[str]) -> Iterator[Wanted]:
    quantity = causes.total()
    policy = question.request.policy.spares
    spare = spares_of_type(quantity, policy)
    told = joined(sentence("cause.count", count=n, cause=cause) for cause, n in sorted(causes.items()))
    yield replace(line, quantity=quantity, cause=told)
    if line.product == NO_CABLE:
        return
    cause = sentence("cause.spare-parts", share=policy.cable_share, quantity=quantity, least=policy.cable_least)
    yield replace(line, group="spares", quantity=spare, cause=cause)


def spares_of_type(quantity: int, policy: Spares, times: Fraction = Fraction(1)) -> int:
    """Spare modules or cables of one type: so many times the policy's share, rounded up, and its least."""
    return max(policy.cable_least, ceil(quantity * Fraction(str(policy.cable_share)) * times))


def price_of_instance(question: Question, region: str, instance: str) -> str:
    """The price book's name for an instance of a region."""
    found = next(i for i in question.catalog.get(region, Region).instances if i.name == instance)
    return found.price or instance


def line_price(question: Question, product: str, unit: str) -> money.UnitPrice | None:
    """The price of one unit of a line, in the request's currency."""
    if unit == "each":
        return each_price(question, product)
    entry = question.catalog.prices.find(product, unit)
    return money.unit_price(entry, question.request) if entry is not None else None


def _priced(question: Question, number: int, line: Wanted) -> BillLine:
    product = question.catalog.products.get(line.product)
    price = line_price(question, line.product, line.unit)
    entry = price.entry if price is not None else None
    return BillLine(
        line=number,
        group=line.group,
        product=line.product,
        name=_name(line, product),
        vendor=product.vendor if product is not None else "",
        part_number=line.part_number or (product.part_number.value if product is not None else None),
        quantity=line.quantity,
        unit=line.unit,
        unit_price=price.times(1) if price is not None else None,
        extended=price.times(Fraction(line.quantity)) if price is not None else None,
        price_basis=_basis(entry) if entry is not None else "",
        price_source=entry.source if entry is not None else "",
        price_as_of=entry.as_of if entry is not None else "",
        price_confidence=entry.confidence if entry is not None else "unknown",
        price_expired=expired(entry.valid_until if entry is not None else None, question.request),
        recurring=line.recurring,
        lead_time_weeks=lead_time_weeks(product),
        cause=line.cause,
    )


def _basis(entry: PriceEntry) -> str:
    basis = sentence(f"price.{entry.basis}")
    return sentence("price.per-tb", basis=basis) if entry.unit == "tb" else basis


def _name(line: Wanted, product: Product | None) -> str:
    if line.product == NO_CABLE:
        return sentence("cable.to-specify", length=f", {line.variant}" if line.variant else "")
    name = line.name or (product.name if product is not None else line.product)
    return f"{name}, {line.variant}" if line.variant else name


def expired(valid_until: str | None, request: Request) -> bool:
    """Whether a price is past its date on the day of the plan."""
    return valid_until is not None and date.fromisoformat(valid_until) < date.fromisoformat(request.date)


def lead_time_weeks(product: Product | None) -> float | None:
    """Typical lead time, rounded up to whole weeks."""
    return ceiling(product.lead_time_weeks) if product is not None else None
