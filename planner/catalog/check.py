"""The catalog checked against itself: dates, sources, impossible values, references, prices. Pure; no wall clock.

An error is a catalog that must not be planned with. A warning is something to know: a date to renew, a redundancy
label that its own numbers do not carry, a price to ask for again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from planner.catalog.check_values import (
    PRODUCT_RULES,
    CatalogFinding,
    Findings,
    day_of,
    error,
    facts,
    warning,
)
from planner.catalog.prices import PriceBook, PriceEntry
from planner.catalog.schema import Device, Nic, Product, Region, System

__all__ = ["MAX_AGE_DAYS", "CatalogFinding", "check_catalog"]

MAX_AGE_DAYS = 365


def check_catalog(
    products: Mapping[str, Product],
    prices: PriceBook,
    today: date | None = None,
    *,
    max_age_days: int = MAX_AGE_DAYS,
    fabric_designs: Collection[str] | None = None,
) -> tuple[CatalogFinding, ...]:
    """Every finding, errors first, then by product, rule and text.

    Without `today` no rule that depends on a date runs; without `fabric_designs` the designs that systems name are
    not looked up.
    """
    found: list[CatalogFinding] = []
    for _, product in sorted(products.items()):
        for rule in PRODUCT_RULES:
            found.extend(rule(product))
        found.extend(unknown_references(product, products, fabric_designs))
        found.extend(unpriced_instances(product, prices))
        if today is not None:
            found.extend(stale_facts(product, today, max_age_days))
    found.extend(shared_part_numbers(products))
    priced = set(products) | _instance_prices(products)
    entries = sorted([*prices.bare.values(), *prices.loaded.values()], key=lambda e: (e.product, e.unit, e.basis))
    for entry in entries:
        found.extend(unknown_price_product(entry, priced))
        if today is not None:
            found.extend(expired_price(entry, today, max_age_days))
    return tuple(sorted(found, key=lambda f: (f.severity, f.product, f.rule, f.text)))


def stale_facts(product: Product, today: date, max_age_days: int) -> Findings:
    """No fact is from the future, and none is older than allowed."""
    ages = [(name, (today - day).days) for name, fact in facts(product) if fact.known and (day := day_of(fact.as_of))]
    for name, age in ages:
        if age < 0:
            yield error("date", product, f"{name} is dated {-age} days after {today.isoformat()}")
    old = sorted((name, age) for name, age in ages if age > max_age_days)
    if old:
        worst = max(age for _, age in old)
        names = ", ".join(name for name, _ in old[:4]) + (f" and {len(old) - 4} more" if len(old) > 4 else "")
        yield warning("stale", product, f"{names}: up to {worst} days old, more than {max_age_days}")


def unknown_references(
    product: Product, products: Mapping[str, Product], fabric_designs: Collection[str] | None
) -> Findings:
    """Every product that a product names exists and is of the right kind."""
    for what, name, kind in _references(product):
        target = products.get(name)
        if target is None:
            yield error("reference", product, f'{what} "{name}" is no product of the catalog')
        elif kind and target.kind not in kind:
            yield error("reference", product, f'{what} "{name}" is a {target.kind}, expected {" or ".join(kind)}')
    if isinstance(product, System) and fabric_designs is not None:
        for design in product.fabric_designs:
            if design not in fabric_designs:
                yield error("reference", product, f'fabric design "{design}" is not in the catalog')


def _references(product: Product) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if isinstance(product, System):
        yield "accelerator", product.accelerator, ("accelerator",)
        for entitlement in product.software:
            yield "software", entitlement.product, ("software", "service")
    if isinstance(product, Device | Nic):
        for port in product.ports:
            if port.nic:
                yield "nic", port.nic, ("nic",)
    if isinstance(product, Region):
        for instance in product.instances:
            yield "accelerator", instance.accelerator, ("accelerator",)


def shared_part_numbers(products: Mapping[str, Product]) -> Findings:
    """A part number orders one product."""
    numbers = Counter(p.part_number.value for p in products.values() if p.part_number.known)
    for _, product in sorted(products.items()):
        if product.part_number.known and numbers[product.part_number.value] > 1:
            yield warning("part-number", product, f"{product.part_number.value} stands at more than one product")


def unpriced_instances(product: Product, prices: PriceBook) -> Findings:
    """The price that an instance of a region names is in the price book."""
    if isinstance(product, Region):
        named = {entry.product for entry in prices.bare.values()} | set(prices.loaded)
        for instance in product.instances:
            if instance.price is not None and instance.price not in named:
                yield error("reference", product, f'price "{instance.price}" of {instance.name} is in no price book')


def _instance_prices(products: Mapping[str, Product]) -> set[str]:
    regions = [product for product in products.values() if isinstance(product, Region)]
    return {instance.price for region in regions for instance in region.instances if instance.price is not None}


def unknown_price_product(entry: PriceEntry, priced: Collection[str]) -> Findings:
    """A price is of a product that exists, or of an instance that a region rents."""
    if entry.product not in priced:
        yield CatalogFinding("error", "price-product", entry.product, f"a price from {entry.source} of no product")


def expired_price(entry: PriceEntry, today: date, max_age_days: int) -> Findings:
    """A price is within its validity, not from the future, and not older than allowed."""
    until, read = day_of(entry.valid_until or ""), day_of(entry.as_of)
    if until is not None and until < today:
        text = f"the price per {entry.unit} was valid until {until.isoformat()}"
        yield CatalogFinding("warning", "price-expired", entry.product, text)
    if read is None:
        text = f'the price per {entry.unit} has the date "{entry.as_of}", expected YYYY-MM-DD'
        yield CatalogFinding("error", "date", entry.product, text)
    elif read > today:
        text = f"the price per {entry.unit} is dated {(read - today).days} days after {today.isoformat()}"
        yield CatalogFinding("error", "date", entry.product, text)
    elif (today - read).days > max_age_days:
        text = f"the price per {entry.unit} is {(today - read).days} days old, more than {max_age_days}"
        yield CatalogFinding("warning", "stale", entry.product, text)
