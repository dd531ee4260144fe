"""Catalog products as sizing counts them: body, heat, money and carbon of one piece."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

from planner import money
from planner.catalog.facts import ceiling, floor
from planner.catalog.schema import Cdu, Device, Pdu, PowerShelf, Product, Rack, Software, System
from planner.facility.anchors import anchored_role
from planner.facility.busbar import needs_busbar
from planner.facility.cooling import coolant_flow_l_min, heat_split
from planner.facility.energy import HOURS_PER_YEAR
from planner.facility.power import power_tiers
from planner.sizing.data import Item
from planner.sizing.question import Question
from planner.wording import sentence

SOCKETS = ("C13", "C19")
EITHER = "C13 or C19"

SYSTEM, STORAGE = "system", "storage"


def item_key(product: str, role: str) -> str:
    """One product in one role is one item."""
    return f"{role}/{product}"


def energy_kwh(question: Question, site: str, typical_w: int) -> Fraction:
    """Energy over the horizon at the meter: watts x hours x PUE."""
    hours = HOURS_PER_YEAR * question.request.policy.horizon_years
    return Fraction(typical_w, 1000) * hours * question.rates[site].pue


def energy_cost(question: Question, site: str, typical_w: int) -> Fraction:
    """What that energy costs; nothing where the price is not known, which the plan says."""
    price = question.rates[site].price_per_kwh
    return energy_kwh(question, site, typical_w) * price if price is not None else Fraction(0)


def operational_carbon_kg(question: Question, site: str, typical_w: int) -> int:
    """What that energy emits, in kg CO2e, rounded up."""
    grams = question.rates[site].carbon_g_per_kwh
    return math.ceil(energy_kwh(question, site, typical_w) * grams / 1000) if grams is not None else 0


def entitlement_cost(question: Question, system: System) -> Fraction:
    """Software and services of one system over the horizon, at typical prices, less the years that are included."""
    years = question.request.policy.horizon_years
    amount = Fraction(0)
    for entitlement in system.software:
        product = question.catalog.products.get(entitlement.product)
        unit = product.unit if isinstance(product, Software) else "accelerator-year"
        entry = question.catalog.prices.find(entitlement.product, unit)
        if entry is not None:
            price = money.unit_price(entry, question.request).typical
            amount += price * licence_units(system, unit, years, entitlement.included_years)
    return amount


def licence_units(system: System, unit: str, years: int, included_years: float) -> Fraction:
    """How many units of a licence one system takes over the horizon."""
    term = max(Fraction(0), years - Fraction(str(included_years)))
    return {
        "accelerator-year": system.accelerators * term,
        "accelerator": Fraction(system.accelerators),
        "system-year": term,
        "node-year": term,
        "site-year": Fraction(0),
    }[unit]


def each_price(question: Question, product: str) -> money.UnitPrice | None:
    """The price of one piece; storage may be priced by usable TB instead."""
    entry = question.catalog.prices.find(product)
    if entry is not None:
        return money.unit_price(entry, question.request)
    by_tb = question.catalog.prices.find(product, "tb")
    found = question.catalog.products.get(product)
    usable = getattr(found, "usable_tb", None)
    if by_tb is None or usable is None or usable.value is None:
        return None
    per_tb, size = money.unit_price(by_tb, question.request), Fraction(str(usable.value))
    return money.UnitPrice(per_tb.low * size, per_tb.typical * size, per_tb.high * size, by_tb)


def no_price_under_a_budget() -> tuple[str, str]:
    """Why a product without a price is no option where others have one: (rule, reason)."""
    return "budget", sentence("no-option.budget")


def missing_facts(question: Question, product: Device, *, in_rack: bool) -> str:
    """What a plan cannot do without and neither the catalog nor the request knows, or ""."""
    policy = question.request.policy
    if power_tiers(product, policy.assumed_power_w).design_w is None:
        return sentence("no-option.power")
    if in_rack and product.height_u.value is None:
        return sentence("no-option.height")
    return ""


def device_item(question: Question, site: str, product: Device, role: str, *, feeds: int = 2) -> Item:
    """One piece of a device. The caller has asked `missing_facts` first."""
    make = partial(_device_item, question, site, product, role, feeds)
    return question.once(("item", site, product.id, role, feeds), make)


def _device_item(question: Question, site: str, product: Device, role: str, feeds: int) -> Item:
    policy = question.request.policy
    tiers = power_tiers(product, policy.assumed_power_w)
    assert tiers.design_w is not None and tiers.peak_w is not None, product.id
    typical = tiers.typical_w if tiers.typical_w is not None else tiers.design_w
    air, liquid = heat_split(product, tiers.design_w, policy.assumed_liquid_share)
    weight = policy.assumed_weight_kg.get(product.id, ceiling(product.weight_kg))
    racks = product.racks if isinstance(product, System) else 0
    price = each_price(question, product.id)
    capex = money.whole(price.typical) if price is not None else 0
    running = energy_cost(question, site, typical)
    if isinstance(product, System):
        running += entitlement_cost(question, product)
    embodied = ceiling(product.embodied_carbon_kg) or 0
    return Item(
        key=item_key(product.id, role),
        product=product.id,
        role=role,
        form="rack" if racks or isinstance(product, Cdu) else "node",
        positions=racks or (1 if isinstance(product, Cdu) else 0),
        height_u=product.height_u.value or 0,
        design_w=tiers.design_w,
        typical_w=typical,
        peak_w=tiers.peak_w,
        air_w=air,
        liquid_w=liquid,
        weight_kg=weight or 0,
        weight_known=weight is not None,
        depth_mm=ceiling(product.depth_mm) or 0,
        outlets=sockets(product, feeds),
        busbar=needs_busbar(product),
        capex=capex,
        tco=capex + money.whole(running),
        priced=price is not None,
        carbon_kg=operational_carbon_kg(question, site, typical) + embodied,
        lead_weeks=ceiling(product.lead_time_weeks) or 0,
        anchor=anchored_role(product, role),
    )


def sockets(product: Device, feeds: int) -> tuple[tuple[str, int], ...]:
    """C13 and C19 sockets that one piece needs on each feed side, and both together."""
    wanted = dict.fromkeys(SOCKETS, 0)
    for inlet in product.inlets:
        if inlet.outlet in wanted:
            wanted[inlet.outlet] += -(-inlet.count // feeds)
    both = sum(wanted.values())
    return tuple((kind, n) for kind, n in (*wanted.items(), (EITHER, both)) if n)


def sockets_given(pdu: Pdu, count: int) -> tuple[tuple[str, int], ...]:
    """Sockets of the PDUs on one feed side for C13 needs, C19 needs, and both together; a C39 takes either plug.

    Empty where the PDU's outlets are not published: then nothing is limited, and the plan says so.
    """
    if not pdu.outlets:
        return ()
    universal = pdu.outlets.get("C39", 0)
    each = {kind: pdu.outlets.get(kind, 0) for kind in SOCKETS}
    both = sum(each.values()) + universal
    return (*((kind, (n + universal) * count) for kind, n in each.items()), (EITHER, both * count))


def flow_ml_min(product: Product, supply_c: float) -> int:
    """Coolant flow of one piece at a supply temperature, in mL/min; 0 where it is not published."""
    flow = coolant_flow_l_min(product, supply_c) if isinstance(product, System) else None
    return 1000 * flow if flow is not None else 0


def rack_item(question: Question, rack: Rack, pdu: Pdu | PowerShelf, *, least: int, most: int) -> Item:
    """An empty rack: the price with the fewest PDUs it can have, the weight with the most."""
    bodies: tuple[tuple[Product, int, int], ...] = ((rack, 1, 1), (pdu, least, most))
    prices = [(each_price(question, body.id), few) for body, few, _ in bodies]
    capex = sum(money.whole(price.typical * few) for price, few in prices if price is not None)
    return Item(
        key=item_key(rack.id, "rack"),
        product=rack.id,
        role="rack",
        form="loose",
        height_u=floor_u(rack),
        weight_kg=sum((own_weight_kg(question, body) or 0) * many for body, _, many in bodies),
        weight_known=all(own_weight_kg(question, body) is not None for body, _, _ in bodies),
        capex=capex,
        tco=capex,
        priced=all(price is not None for price, _ in prices),
        lead_weeks=max(ceiling(body.lead_time_weeks) or 0 for body, _, _ in bodies),
    )


def no_rack() -> Item:
    """Stands for the rack of positions that no rack of the catalog fits."""
    return Item(key="rack/none", product="", role="rack", form="loose")


def own_weight_kg(question: Question, product: Product) -> int | None:
    """The site's own figure of a weight in kg, else the catalog's; None while unknown."""
    return question.request.policy.assumed_weight_kg.get(product.id, weight_of(product))


def weight_of(product: Product) -> int | None:
    """Weight in kg, rounded up; None while unknown."""
    fact = getattr(product, "weight_kg", None)
    return ceiling(fact) if fact is not None else None


def floor_u(rack: Rack) -> int:
    """Usable height of a rack in U; 0 while unknown."""
    return floor(rack.height_u) or 0  # type: ignore[arg-type]
