"""Energy over a year, what it costs and what it emits. Exact until the caller's one rounding."""

from __future__ import annotations

import math
from fractions import Fraction

HOURS_PER_YEAR = 8760


def annual_energy_kwh(power_w: int, pue: float = 1.0) -> int:
    """Energy in kWh that a constant load draws from the grid in a year of 8,760 hours, rounded up.

    `power_w` is typical power where it is known, else design; `pue` is power usage effectiveness, at least 1.
    """
    return math.ceil(power_w * HOURS_PER_YEAR * Fraction(str(pue)) / 1000)


def energy_cost(energy_kwh: int, price_per_kwh: float) -> Fraction:
    """Cost of energy in the currency of its price, exact."""
    return energy_kwh * Fraction(str(price_per_kwh))


def carbon_kg(energy_kwh: int, carbon_g_per_kwh: float) -> int:
    """Emissions in kg CO2e of energy, rounded up."""
    return math.ceil(energy_kwh * Fraction(str(carbon_g_per_kwh)) / 1000)
