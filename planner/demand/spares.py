"""Spare units for a stated cover, and the availability they give. Exact decimal sums, the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

DIGITS = 60


def expected_failures(units: int, failures_per_unit_day: float, repair_days: float) -> Decimal:
    """Mean units away at any time: units x rate x repair time (Palm: Poisson whatever the repair time's shape)."""
    return Decimal(units) * Decimal(str(failures_per_unit_day)) * Decimal(str(repair_days))


def spares(units: int, failures_per_unit_day: float, repair_days: float, cover: float) -> int:
    """The fewest spares k with P(at most k units away) >= cover, units away being Poisson.

    Raises:
        ValueError: cover is not between 0 and 1, or another number is negative.
    """
    if not 0.0 <= cover < 1.0 or units < 0 or failures_per_unit_day < 0 or repair_days < 0:
        raise ValueError("cover from 0 to below 1, nothing negative")
    with localcontext() as context:
        context.prec = DIGITS
        mean = expected_failures(units, failures_per_unit_day, repair_days)
        wanted = Decimal(str(cover))
        term = (-mean).exp()
        total, k = term, 0
        while total < wanted:
            k += 1
            term *= mean / k
            total += term
        return k


def spare_table(most: int, failures_per_unit_day: float, repair_days: float, cover: float) -> tuple[int, ...]:
    """Spares for 0, 1 ... `most` units: entry n belongs to n units. It never falls."""
    return tuple(spares(n, failures_per_unit_day, repair_days, cover) for n in range(most + 1))


def availability(units: int, spare: int, failures_per_unit_day: float, repair_days: float) -> float:
    """Mean share of the wanted units that work when `spare` stand by: 1 - E[missing] / units."""
    if units == 0:
        return 1.0
    with localcontext() as context:
        context.prec = DIGITS
        mean = expected_failures(units, failures_per_unit_day, repair_days)
        term = (-mean).exp()
        missing, away = mean - spare, 0
        # E[max(X - k, 0)] = E[X] - k + sum over x < k of (k - x) P(X = x)
        for away in range(spare):
            missing += (spare - away) * term
            term *= mean / (away + 1)
        return float(1 - max(missing, Decimal(0)) / units)


@dataclass(frozen=True)
class Repair:
    """What of some systems fails and is replaced as one, how many of it stand by, and the share that then works."""

    spare_trays: int | None  # of rack systems: spare parts to keep; None: nodes, or trays that are not known
    availability: float | None  # None: what fails as one is not known


def repair_of(
    systems: int, spare: int, trays: int | None, whole: bool, failures_per_system_day: float, repair_days: float,
    cover: float,
) -> Repair:  # fmt: skip
    """Nodes fail whole and `spare` of them take over; a rack system loses a tray at a time, and trays are kept."""
    if whole:
        serving = max(0, systems - spare)
        return Repair(None, round(availability(serving, spare, failures_per_system_day, repair_days), 6))
    if not trays:
        return Repair(None, None)
    units, rate = systems * trays, failures_per_system_day / trays
    kept = spares(units, rate, repair_days, cover)
    return Repair(kept, round(availability(units, kept, rate, repair_days), 6))
