"""Systems under a power cap: for every cap that a request allows, a product of its own derived from the catalog's.

The cap, set in the management controller, bounds design and peak power. What it leaves of the throughput is the
request's own figure. The product is bought like the one it is derived from: same part number, same price.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from planner.catalog.facts import Fact, ceiling
from planner.catalog.schema import System
from planner.plan.library import Library
from planner.quantity import show
from planner.request.policy import PowerCap
from planner.request.schema import Request


def with_power_caps(library: Library, request: Request) -> Library:
    """The library with a product for every power cap of the request; the library itself where there is none to add."""
    caps = [cap for cap in request.policy.power_caps if cap.product_id not in library.catalog.products]
    if not caps:
        return library
    catalog = library.catalog
    products, bare = dict(catalog.products), dict(catalog.prices.bare)
    for cap in caps:
        products[cap.product_id] = capped(catalog.get(cap.product, System), cap, request)
        own = [(unit, price) for (name, unit), price in catalog.prices.bare.items() if name == cap.product]
        bare |= {(cap.product_id, unit): price for unit, price in own}
    prices = replace(catalog.prices, bare=bare)
    return replace(library, catalog=replace(catalog, products=MappingProxyType(products), prices=prices))


def capped(system: System, cap: PowerCap, request: Request) -> System:
    """A system under a power cap."""
    source: dict[str, Any] = {"source": cap.source, "as_of": request.date, "confidence": "estimate"}
    power: Fact[float] = Fact(value=cap.cap, note="bound by a power cap that the request allows", **source)
    update: dict[str, Any] = {
        "id": cap.product_id,
        "name": f"{system.name}, capped at {show(cap.cap, 'W')}",
        "capped_from": system.id,
        "power_design_w": power,
        "power_peak_w": power,
        "throughput_share": Fact(value=cap.performance, note="of the system without a cap", **source),
    }
    typical = ceiling(system.power_typical_w)
    if typical is not None and typical > cap.cap:
        update["power_typical_w"] = power
    own_kg = request.policy.assumed_weight_kg.get(system.id)
    if own_kg is not None:
        update["weight_kg"] = Fact(value=own_kg, **(source | {"source": "policy.assumed_weight_kg of the request"}))
    own_liquid = request.policy.assumed_liquid_share.get(system.id)
    if own_liquid is not None and not system.liquid_share.known:
        update["liquid_share"] = Fact(
            value=own_liquid, **(source | {"source": "policy.assumed_liquid_share of the request"})
        )
    return system.model_copy(update=update)
