"""Air that moves through devices, rows and halls: published, or derived from heat, and what altitude does to it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from planner.catalog.facts import ceiling
from planner.catalog.schema import Device
from planner.request.site import Hall
from planner.wording import sentence

AIR_RISE_K = 11.0
"""Rise of the air in a device that publishes no airflow, where the site states none: 20 F, the rule of 158 CFM per kW.
Observed racks move 130 CFM per kW, a rise of 13.5 K; the smaller rise asks for more air."""

DERATED_ABOVE_M = 900
DERATED_K_PER_M = 3.3 / 1000


@dataclass(frozen=True)
class Airflow:
    """Air in m3/h: what makers publish, and what was derived from the heat of the devices that publish none."""

    published_m3_h: int
    derived_m3_h: int

    @property
    def total_m3_h(self) -> int:
        """Both together."""
        return self.published_m3_h + self.derived_m3_h


def air_density_ratio(altitude_m: float) -> float:
    """Density of air against sea level, ISA standard atmosphere: (1 - 2.25577e-5 h)^4.25588."""
    return float((1 - 2.25577e-5 * altitude_m) ** 4.25588)


def airflow_for_heat_m3_h(air_w: int, rise_k: float, altitude_m: float = 0) -> int:
    """Air in m3/h that carries away heat at a temperature rise, rounded up: 2,985 x kW / K at sea level.

    From 1.2 kg/m3 and 1.005 kJ/(kg K), more where the air is thinner.
    """
    return math.ceil(air_w / 1000 * 2985 / rise_k / air_density_ratio(altitude_m))


def airflow_of(product: Device, air_w: int, hall: Hall) -> Airflow:
    """Air that one device needs in a hall: its maker's figure, else derived from its heat at the hall's rise."""
    published = ceiling(product.airflow_m3_h)
    if published is not None:
        return Airflow(published, 0)
    rise = hall.cooling.air_rise if hall.cooling.air_rise is not None else AIR_RISE_K
    return Airflow(0, airflow_for_heat_m3_h(air_w, rise, hall.altitude_m) if air_w else 0)


def airflow_together(devices: Iterable[tuple[Device, int, int]], hall: Hall) -> Airflow:
    """Air of (product, count, air W each)."""
    published = derived = 0
    for product, count, air_w in devices:
        one = airflow_of(product, air_w, hall)
        published, derived = published + count * one.published_m3_h, derived + count * one.derived_m3_h
    return Airflow(published, derived)


def counts_air(hall: Hall) -> bool:
    """Whether a hall asks for all air to be counted: it limits airflow, or says how warm the air becomes."""
    limited = hall.cooling.airflow is not None or any(row.airflow is not None for row in hall.rows)
    return limited or hall.cooling.air_rise is not None


def warmest_inlet_c(product: Device, altitude_m: float) -> float | None:
    """The warmest supply air that a device takes at an altitude, in C; None where its maker publishes no limit.

    Thin air cools less: 3.3 K per 1,000 m off the limit above 900 m, the rule that Teradata publishes for its cabinets
    between 900 m and 3,050 m (Product and Site Preparation Guide, Managed Server for Cabinet, docs.teradata.com), taken
    for every device whose maker gives a limit and no rule of its own, and beyond 3,050 m too.
    """
    limit = product.inlet_max_c.value
    if limit is None:
        return None
    return round(limit - DERATED_K_PER_M * max(0.0, altitude_m - DERATED_ABOVE_M), 2)


def inlet_refusal(product: Device, hall: Hall) -> str | None:
    """Why a device may not breathe the hall's supply air, or None; limits that are not published refuse nothing."""
    at, least, most = hall.cooling.inlet, product.inlet_min_c.value, warmest_inlet_c(product, hall.altitude_m)
    if (least is None or at >= least) and (most is None or at <= most):
        return None
    limits = [sentence("inlet.limit", limit=limit) for limit in (least, most) if limit is not None]
    allowed = sentence("inlet.span", least=limits[0], most=limits[1]) if len(limits) > 1 else limits[0]
    derated = most is not None and most != product.inlet_max_c.value
    high = sentence("inlet.altitude", altitude=hall.altitude_m) if derated else ""
    return sentence("inlet.refused", supply=at, product=product.id, allowed=allowed, high=high)
