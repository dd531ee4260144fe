"""What one product can say of itself: values that cannot be, and labels that its own numbers do not carry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from planner.catalog.facts import Fact
from planner.catalog.schema import (
    Accelerator,
    Cable,
    Cdu,
    Device,
    Nic,
    Pdu,
    Product,
    Rack,
    Storage,
    Switch,
    System,
)
from planner.quantity import show

# Twice the densest product known: above it a figure is almost certainly in the wrong unit or of another box.
MAX_W_PER_U = 10_000
MAX_KG_PER_U = 60
MEMORY_BYTES = (8e9, 4e12)  # of one accelerator
MEMORY_TB_S = (0.1, 100)
RATE_TFLOPS = (1, 200_000)
TDP_W = (20, 10_000)
NEC_CONTINUOUS = 0.8  # share of a breaker for loads of three hours or more (NEC 210.20, 645.5)
LABEL_ROUNDING = 1.01  # labels are rounded to three digits

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class CatalogFinding:
    """One result of the check: how bad, which rule, which product, what was found."""

    severity: Severity
    rule: str
    product: str
    text: str


Findings = Iterator[CatalogFinding]


def error(rule: str, product: Product, text: str) -> CatalogFinding:
    """A finding that forbids planning with the catalog."""
    return CatalogFinding("error", rule, product.id, text)


def warning(rule: str, product: Product, text: str) -> CatalogFinding:
    """A finding to know about."""
    return CatalogFinding("warning", rule, product.id, text)


def facts(product: Product) -> Iterator[tuple[str, Fact[object]]]:
    """The facts of a product by field name, in the order of its schema."""
    for name in type(product).model_fields:
        value = getattr(product, name)
        if isinstance(value, Fact):
            yield name, value


def day_of(text: str) -> date | None:
    """The date of an ISO text, None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def missing_sources(product: Product) -> Findings:
    """Each known fact says where it is from, when it was read and how sure it is."""
    for name, fact in facts(product):
        if not fact.known:
            continue
        if not fact.source.strip():
            yield error("source", product, f"{name} has no source")
        if day_of(fact.as_of) is None:
            yield error("date", product, f'{name} has the date "{fact.as_of}", expected YYYY-MM-DD')
        if fact.confidence == "unknown":
            yield error("source", product, f'{name} has a value and the confidence "unknown"')


_MAY_BE_ZERO = {"power_peak_w", "power_split_w", "embodied_carbon_kg", "height_u", "psu_count"}


def impossible_numbers(product: Product) -> Findings:
    """Nothing measured is negative, and zero stands only where it is a true value, never for unknown."""
    for name, fact in facts(product):
        value = fact.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if name.endswith("_c"):
            if not -60 <= value <= 120:
                yield error("range", product, f"{name} is {value} C, expected -60 to 120")
        elif name.endswith("_share"):
            if not 0 <= value <= 1:
                yield error("range", product, f"{name} is {value}, expected 0 to 1")
        elif value < 0 or (value == 0 and not (name in _MAY_BE_ZERO or name.endswith("_weeks"))):
            yield error("range", product, f"{name} is {value}; write unknown where it is not known")


def _rising(product: Product, rule: str, names: tuple[str, ...]) -> Findings:
    known = [(name, fact.value) for name in names if (fact := getattr(product, name)).known]
    for (low_name, low), (high_name, high) in pairwise(known):
        if low > high:
            yield error(rule, product, f"{low_name} {low} is above {high_name} {high}")


def power_order(product: Product) -> Findings:
    """Typical power is at most design power, and that at most peak power."""
    if isinstance(product, Device):
        yield from _rising(product, "power-order", ("power_typical_w", "power_design_w", "power_peak_w"))
    if isinstance(product, Nic):
        yield from _rising(product, "power-order", ("power_typical_w", "power_peak_w"))


def lead_time_order(product: Product) -> Findings:
    """The lead time lies between its low and its high."""
    yield from _rising(product, "lead-time-order", ("lead_time_low_weeks", "lead_time_weeks", "lead_time_high_weeks"))


def density(product: Product) -> Findings:
    """Power and weight per rack unit stay below what any known product reaches."""
    if not isinstance(product, Device) or not product.height_u.value:
        return
    height = product.height_u.value
    powers = [f.value for f in (product.power_peak_w, product.power_design_w, product.power_typical_w) if f.value]
    if powers and max(powers) > MAX_W_PER_U * height:
        text = f"{show(max(powers), 'W')} in {height}U is above {show(MAX_W_PER_U, 'W')} per U"
        yield error("power-per-u", product, text)
    weight = product.weight_kg.value
    if weight and weight > MAX_KG_PER_U * height:
        yield error("weight-per-u", product, f"{weight} kg in {height}U is above {MAX_KG_PER_U} kg per U")


def accelerator_ranges(product: Product) -> Findings:
    """Memory, bandwidth, rates and power of an accelerator are of the right magnitude, and rates rise as bits fall."""
    if not isinstance(product, Accelerator):
        return
    bounds = {
        "memory_bytes": MEMORY_BYTES,
        "memory_tb_s": MEMORY_TB_S,
        "bf16_tflops": RATE_TFLOPS,
        "fp8_tflops": RATE_TFLOPS,
        "fp4_tflops": RATE_TFLOPS,
        "tdp_w": TDP_W,
    }
    for name, (low, high) in bounds.items():
        value = getattr(product, name).value
        if value is not None and not low <= value <= high:
            yield error("accelerator-range", product, f"{name} is {value:g}, expected {low:g} to {high:g}")
    yield from _rising(product, "rate-order", ("bf16_tflops", "fp8_tflops", "fp4_tflops"))


def ports_against_radix(product: Product) -> Findings:
    """The ports of a switch divide over its cages, and its logical ports lie between unsplit and fully split."""
    if not isinstance(product, Switch):
        return
    for group in product.port_groups:
        what = f"{group.ports} x {group.speed_gbit_s:g}G {group.connector}"
        if group.ports % group.cages:
            yield error("ports", product, f"{what} do not divide over {group.cages} cages")
        top = group.max_logical_ports
        if top is not None and not group.ports <= top <= group.ports * max(group.splits):
            most = group.ports * max(group.splits)
            yield error("ports", product, f"{what}: {top} logical ports, expected {group.ports} to {most}")


def device_ports(product: Product) -> Findings:
    """The links of a device divide over the cages they leave through."""
    if not isinstance(product, Device | Nic):
        return
    for port in product.ports:
        if port.cages is not None and port.count % port.cages and port.cages % port.count:
            yield error("ports", product, f"{port.count} {port.fabric} links do not divide over {port.cages} cages")


@dataclass(frozen=True)
class _Supplies:
    what: str
    count: int
    watts: float
    label: str


def _supplies(product: Device) -> Iterator[_Supplies]:
    if isinstance(product, System) and product.shelf_count.value and product.shelf_w.value:
        # The supplies of a rack system sit in its shelves: the shelf is what fails and what a feed serves.
        label = product.shelf_redundancy.value or ""
        yield _Supplies("shelves", product.shelf_count.value, product.shelf_w.value, label)
    elif product.psu_count.value and product.psu_w.value:
        yield _Supplies("supplies", product.psu_count.value, product.psu_w.value, product.psu_redundancy.value or "")


def supply_capacity(product: Product) -> Findings:
    """All power supplies together carry the design power."""
    if not isinstance(product, Device):
        return
    design = product.power_design_w.value
    for supply in _supplies(product):
        total = supply.count * supply.watts
        if design is not None and total < design:
            text = f"{supply.count} {supply.what} give {show(total, 'W')}, below the design power {show(design, 'W')}"
            yield error("supply-capacity", product, text)


def surviving_supplies(label: str, count: int) -> int | None:
    """Supplies left after the failure that the label promises to survive; None where it promises nothing.

    "N+N", "2N" and "1+1" leave half, "N+1" all but one, "5+1" five.
    """
    plain = label.replace(" ", "").upper()
    if plain in ("N+N", "2N"):
        return count // 2
    if plain == "N+1":
        return count - 1
    match = re.fullmatch(r"(\d+)\+(\d+)", plain)
    return int(match[1]) if match else None


def redundancy_computed(product: Product) -> Findings:
    """What is left after the promised failure carries design and peak power. A label is computed, never believed."""
    if not isinstance(product, Device):
        return
    tiers = (("design", product.power_design_w.value), ("peak", product.power_peak_w.value))
    for supply in _supplies(product):
        left = surviving_supplies(supply.label, supply.count)
        if left is None:
            continue
        match = re.fullmatch(r"(\d+)\+(\d+)", supply.label.replace(" ", ""))
        if match and int(match[1]) + int(match[2]) != supply.count:
            text = f"{supply.label} does not add up to the {supply.count} {supply.what}"
            yield error("redundancy-label", product, text)
        for tier, watts in tiers:
            if watts is not None and left * supply.watts < watts:
                side = f"{left} of {supply.count} {supply.what} give {show(left * supply.watts, 'W')}"
                text = f"{supply.label}: {side}, below the {tier} power {show(watts, 'W')}"
                yield warning(f"redundancy-{tier}", product, text)


def cable_lengths(product: Product) -> Findings:
    """The lengths of a cable family rise, and none is beyond its reach."""
    if not isinstance(product, Cable):
        return
    lengths = [step.length_m for step in product.lengths]
    if lengths != sorted(set(lengths)):
        yield error("cable-lengths", product, f"the lengths {lengths} do not rise")
    reach = product.reach_m.value
    if reach is not None and lengths and max(lengths) > reach:
        yield error("cable-lengths", product, f"a length of {max(lengths):g} m is beyond the reach of {reach:g} m")


def coolant(product: Product) -> Findings:
    """Warmer coolant is asked for in larger flow; a distribution unit says what it removes."""
    if isinstance(product, System):
        points = sorted((p.supply_c, p.flow_l_min) for p in product.coolant_flow)
        if [flow for _, flow in points] != sorted(flow for _, flow in points):
            yield error("coolant", product, "the flow falls while the supply temperature rises")
        if product.cooling == "air" and (product.liquid_share.value or 0) > 0:
            yield error("coolant", product, "air-cooled, with a share of its heat in liquid")
    if isinstance(product, Cdu) and not product.capacity:
        yield error("coolant", product, "no capacity at any approach")


def facility_ratings(product: Product) -> Findings:
    """A rack rolls with no more than it stands with; a rack PDU carries continuously what its rule allows."""
    if isinstance(product, Rack):
        yield from _rising(product, "rack-load", ("rolling_load_kg", "static_load_kg"))
    if isinstance(product, Pdu):
        continuous, nameplate = product.continuous_w.value, product.nameplate_w.value
        share = NEC_CONTINUOUS if product.standard == "NEC" else 1.0
        if continuous is not None and nameplate is not None and continuous > nameplate * share * LABEL_ROUNDING:
            limit = f"{share:g} of the nameplate {show(nameplate, 'W')}"
            yield error("pdu-rating", product, f"{show(continuous, 'W')} continuous is above {limit}")


def storage_options(product: Product) -> Findings:
    """The planned capacity of a storage product is one of its options, where it lists them."""
    if not isinstance(product, Storage) or not product.usable_options_tb or not product.usable_tb.known:
        return
    if product.usable_tb.value not in product.usable_options_tb:
        yield error("storage-options", product, f"usable_tb {product.usable_tb.value:g} is none of its options")


PRODUCT_RULES: tuple[Callable[[Product], Findings], ...] = (
    missing_sources,
    impossible_numbers,
    power_order,
    lead_time_order,
    density,
    accelerator_ranges,
    ports_against_radix,
    device_ports,
    supply_capacity,
    redundancy_computed,
    cable_lengths,
    coolant,
    facility_ratings,
    storage_options,
)
