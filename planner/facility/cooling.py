"""Cooling: heat to air and to liquid, coolant flow, distribution units, airflow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal

from planner.catalog.facts import ceiling, floor
from planner.catalog.schema import Cdu, Device, FlowPoint, System
from planner.request.site import Loop
from planner.wording import sentence


def heat_split(product: Device, design_w: int, assumed_share: Mapping[str, float]) -> tuple[int, int]:
    """(air, liquid) W of a device at design load. Air rounds up and the sum is kept.

    Where the share of a liquid-cooled product is neither published nor given by the site (`assumed_share`), air and
    liquid must each be able to take all of it: `heat_note` then says so.
    """
    share = _liquid_share(product, assumed_share)
    if share is None:
        return design_w, design_w
    air = math.ceil(design_w * (1 - share))
    return air, design_w - air


def heat_note(product: Device, assumed_share: Mapping[str, float]) -> str | None:
    """What the heat split took for granted, or None."""
    if not product.liquid_share.known and product.id in assumed_share:
        return sentence("stand-in.liquid-share", product=product.id, share=assumed_share[product.id])
    if _liquid_share(product, assumed_share) is None:
        return sentence("stand-in.either", product=product.id)
    return None


def _liquid_share(product: Device, assumed_share: Mapping[str, float]) -> Fraction | None:
    share = product.liquid_share.value if product.liquid_share.known else assumed_share.get(product.id)
    if share is not None:
        return Fraction(str(share))
    return Fraction(0) if getattr(product, "cooling", "air") == "air" else None


def coolant_supply_c(loop: Loop) -> float:
    """Temperature of the coolant that reaches the rack: the facility water plus the approach of the CDUs to buy.

    A loop behind CDUs that are present is stated as it reaches the row.
    """
    return loop.supply + loop.approach if loop.cdus == "buy" else loop.supply


def warmest_coolant_c(loop: Loop) -> float:
    """The warmest coolant that may reach the rack: at the top of the loop's class of water, where it states one."""
    if loop.water_class is None:
        return coolant_supply_c(loop)
    return coolant_supply_c(loop) - loop.supply + int(loop.water_class.removeprefix("W"))


def coolant_flow_l_min(system: System, supply_c: float) -> int | None:
    """Coolant in L/min that one system needs at a supply temperature, rounded up; None while unknown or refused.

    Between two published points the flow is interpolated on the chord, which lies above the curve (flow rises faster
    the warmer the coolant). Below the coolest point its flow holds. Beyond the warmest point nothing is known.
    """
    points = sorted(system.coolant_flow, key=lambda point: point.supply_c)
    if not points or coolant_refusal(system, supply_c) is not None or supply_c > points[-1].supply_c:
        return None
    above = next(i for i, point in enumerate(points) if point.supply_c >= supply_c)
    return math.ceil(_on_chord(points[max(0, above - 1)], points[above], supply_c))


def _on_chord(low: FlowPoint, high: FlowPoint, supply_c: float) -> Fraction:
    start, end, flow_start, flow_end, at = (
        Fraction(str(v)) for v in (low.supply_c, high.supply_c, low.flow_l_min, high.flow_l_min, supply_c)
    )
    if start == end:
        return flow_end
    return flow_start + (flow_end - flow_start) * (at - start) / (end - start)


def coolant_refusal(system: System, supply_c: float) -> str | None:
    """Why the system may not run on coolant of this temperature, or None."""
    warmest = system.coolant_supply_max_c.value
    if warmest is not None and supply_c > warmest:
        return sentence("inlet.coolant", supply=supply_c, system=system.id, most=warmest)
    return None


def cdu_capacity_w(cdu: Cdu, approach_k: float, supply_c: float) -> int | None:
    """W that one distribution unit removes under the loop's conditions, rounded down; None: no point of its table fits.

    Only a point that was measured at this approach or a smaller one, and at this supply temperature or a cooler one
    (or at an unstated one), is a lower bound on what the unit does. A capacity without an approach is never used.
    """
    fitting = [
        point.capacity_w
        for point in cdu.capacity
        if point.approach_k is not None
        and point.approach_k <= approach_k
        and (point.supply_c is None or point.supply_c <= supply_c)
    ]
    return math.floor(max(fitting)) if fitting else None


def cdu_refusal(cdu: Cdu, approach_k: float, supply_c: float) -> str | None:
    """Why the unit's capacity is not known under these conditions, or None."""
    if cdu_capacity_w(cdu, approach_k, supply_c) is not None:
        return None
    if not cdu.capacity:
        return f"{cdu.id}: no capacity is published"
    if all(point.approach_k is None for point in cdu.capacity):
        return f"{cdu.id}: its capacity is published without the approach temperature it holds at"
    return f"{cdu.id}: no published capacity holds at an approach of {approach_k:g} K and a supply of {supply_c:g} C"


def cdus_needed(
    load_w: int,
    capacity_w: int,
    redundancy: Literal["N", "N+1"],
    flow_l_min: int | None = None,
    flow_max_l_min: int | None = None,
) -> int:
    """Distribution units that carry the load, and the flow where both are known, and one more under N+1."""
    if load_w <= 0:
        return 0
    units = -(-load_w // capacity_w)
    if flow_l_min is not None and flow_max_l_min:
        units = max(units, -(-flow_l_min // flow_max_l_min))
    return units + (redundancy == "N+1")


def cdu_flow_max_l_min(cdu: Cdu) -> int | None:
    """L/min that one unit moves, rounded down; None while unknown."""
    return floor(cdu.flow_max_l_min)


def airflow_m3_h(product: Device) -> int | None:
    """Air in m3/h that one device draws, rounded up; None while unknown."""
    return ceiling(product.airflow_m3_h)


def total_airflow(devices: Iterable[tuple[Device, int, int]]) -> tuple[int | None, float]:
    """(m3/h of the devices whose airflow is published, their share of all air heat) of (product, count, air W each).

    The airflow is None when none is published; the share is 1 when there is no air heat.
    """
    flow, known, heat = 0, 0, 0
    for product, count, air_w in devices:
        one = airflow_m3_h(product)
        heat += count * air_w
        if one is not None:
            flow += count * one
            known += count * air_w
    return (flow if known else None), round(known / heat, 6) if heat else 1.0
