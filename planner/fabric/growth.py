"""A partly filled scalable unit bought both ways: whole, or only what the systems need, and what lies between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.catalog.fabrics import FabricDesign
from planner.catalog.prices import PriceBook
from planner.fabric.counts import FabricCounts
from planner.fabric.design import count_fabric


@dataclass(frozen=True)
class Saved:
    """Pieces that the right-sized fabric does not buy. Negative: it buys more."""

    kind: str  # switch, module, cable
    product: str  # "" where the design fixes none
    count: int


@dataclass(frozen=True)
class GrowthSaving:
    """Both fabrics of the same systems and what lies between them."""

    full: FabricCounts
    right: FabricCounts
    saved: tuple[Saved, ...]


@dataclass(frozen=True)
class SavedMoney:
    """The price of what is saved, in one currency: low, typical, high. `unpriced` pieces need a quote."""

    currency: str
    low: float
    typical: float
    high: float
    unpriced: tuple[Saved, ...]


def growth_saving(design: FabricDesign, systems: int) -> GrowthSaving:
    """What right-sizing the last scalable unit saves over buying it whole.

    Raises:
        InputError: as `count_fabric`.
    """
    full = count_fabric(design, systems, growth="full-unit")
    right = count_fabric(design, systems, growth="right-size")
    before, after = _pieces(full), _pieces(right)
    saved = [
        Saved(kind, product, before.get((kind, product), 0) - after.get((kind, product), 0))
        for kind, product in sorted(before.keys() | after.keys())
    ]
    return GrowthSaving(full, right, tuple(entry for entry in saved if entry.count))


def _pieces(counts: FabricCounts) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for kind, entries in (("switch", counts.switches), ("module", counts.modules), ("cable", counts.cables)):
        for entry in entries:
            found[kind, entry.product] = found.get((kind, entry.product), 0) + entry.count
    return found


def priced(saved: Iterable[Saved], prices: PriceBook) -> tuple[SavedMoney, ...]:
    """The saving at the book's prices, one entry for each currency; what has no price is listed with the first."""
    sums: dict[str, tuple[float, float, float]] = {}
    unpriced: list[Saved] = []
    for entry in saved:
        price = prices.find(entry.product)
        if price is None:
            unpriced.append(entry)
            continue
        low, typical, high = sums.get(price.currency, (0.0, 0.0, 0.0))
        each = price.range
        sums[price.currency] = (
            low + entry.count * each[0], typical + entry.count * each[1], high + entry.count * each[2],
        )  # fmt: skip
    if not sums:
        return (SavedMoney("", 0.0, 0.0, 0.0, tuple(unpriced)),) if unpriced else ()
    missing = [tuple(unpriced), *([()] * (len(sums) - 1))]
    return tuple(
        SavedMoney(currency, *sums[currency], left) for currency, left in zip(sorted(sums), missing, strict=True)
    )
