"""The bill of materials: lines, quantities, prices and sums, from the plan's counts and the price book."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from planner import money
from planner.catalog.facts import ceiling
from planner.catalog.schema import Cable, Module, Storage
from planner.errors import InputError
from planner.money import Range, UnitPrice
from planner.plan.schema import BillLine
from planner.verify.subject import Broken, Rule, Subject, differs

BOUGHT_PIECES = (
    "systems", "spares", "storage", "network", "optics and cables", "management", "racks", "power", "cooling",
)  # fmt: skip
SHARE_TOLERANCE = 5e-4
UNSPECIFIED = "to be specified: no cable of the catalog fits"  # product of a line for links no cable joins


def lines_are_numbered(subject: Subject) -> Iterator[Broken]:
    """Lines are numbered 1, 2, 3 ... in their order."""
    numbers = [line.line for line in subject.plan.bill]
    yield from differs("bill", "line numbers", numbers, list(range(1, len(numbers) + 1)))


def lines_describe_their_product(subject: Subject) -> Iterator[Broken]:
    """Name, vendor, part number and lead time of a line are the catalog's; a cable's also say its length."""
    for line in subject.plan.bill:
        place = f"line {line.line}"
        product = subject.catalog.products.get(line.product)
        if product is None:
            if line.group != "cloud" and line.product != UNSPECIFIED:
                yield Broken(place, f'"{line.product}" is not in the catalog')
            continue
        yield from differs(place, "vendor", line.vendor, product.vendor)
        yield from differs(place, "lead time in weeks", line.lead_time_weeks, ceiling(product.lead_time_weeks))
        if not isinstance(product, Cable):
            yield from differs(place, "name", line.name, product.name)
            yield from differs(place, "part number", line.part_number, product.part_number.value)


def pieces_of_the_plan(subject: Subject) -> Counter[str]:
    """Every piece that the plan's counts ask for, by product: devices, racks, PDUs, cables and their modules."""
    pieces: Counter[str] = Counter()
    for hall in subject.places:
        pieces.update(subject.counted_devices(hall))
    for pattern in subject.plan.patterns:
        if pattern.rack_product is not None:
            pieces[pattern.rack_product] += pattern.count
        for name, count in pattern.pdus.items():
            pieces[name] += count * pattern.count
    for cable in subject.plan.cables:
        pieces.update({name: count for name, count in cable.modules.items() if name})
        pieces[cable.product or UNSPECIFIED] += cable.cables
    return +pieces


def quantities_are_those_of_the_plan(subject: Subject) -> Iterator[Broken]:
    """The bill buys exactly the pieces that the plan counts, spare systems among them."""
    billed: Counter[str] = Counter()
    for line in subject.plan.bill:
        if line.quantity < 1:
            yield Broken(f"line {line.line}", f"a quantity of {line.quantity}")
        if line.group in BOUGHT_PIECES and not is_spare_part(subject, line):
            billed[line.product] += line.quantity
    wanted = pieces_of_the_plan(subject)
    for name in sorted(billed | wanted):
        yield from differs(name, "quantity", billed[name], wanted[name])


def is_spare_part(subject: Subject, line: BillLine) -> bool:
    """Whether a line buys spare cables or modules: more than the plan's counts."""
    return line.group == "spares" and isinstance(subject.catalog.products.get(line.product), Cable | Module)


def cables_are_billed_by_length(subject: Subject) -> Iterator[Broken]:
    """A line of cables names its length, and buys what the cabling asks for of that length."""
    wanted: Counter[tuple[str, str, str]] = Counter()
    for cable in subject.plan.cables:
        product = subject.product(cable.product or "", Cable)
        own = product.part_number.value if product is not None else None
        name = product.name if product is not None else UNSPECIFIED
        full = f"{name}, {cable.length_m:g} m" if cable.length_m else name
        wanted[cable.product or UNSPECIFIED, full, cable.part_number or own or ""] += cable.cables
    billed: Counter[tuple[str, str, str]] = Counter()
    for line in subject.plan.bill:
        cables = isinstance(subject.catalog.products.get(line.product), Cable) or line.product == UNSPECIFIED
        if cables and line.group != "spares":
            billed[line.product, line.name, line.part_number or ""] += line.quantity
    for key in sorted(billed | wanted):
        yield from differs(", ".join(part for part in key[1:] if part), "cables", billed[key], wanted[key])


def spare_parts_follow_the_policy(subject: Subject) -> Iterator[Broken]:
    """Of every type of cable and module there is the policy's share in spares, rounded up, and two at least."""
    share = Fraction(str(subject.request.policy.spares.cable_share))
    used: Counter[tuple[str, str]] = Counter()
    spare: Counter[tuple[str, str]] = Counter()
    for line in subject.plan.bill:
        if isinstance(subject.catalog.products.get(line.product), Cable | Module):
            (spare if line.group == "spares" else used)[line.product, line.name] += line.quantity
    for key in sorted(used | spare):
        wanted = max(subject.request.policy.spares.cable_least, math.ceil(used[key] * share)) if used[key] else 0
        yield from differs(key[1], "spares", spare[key], wanted)


def unit_price_of(subject: Subject, line: BillLine) -> UnitPrice | None:
    """The exact price of one unit of a line in the request's currency; storage may be priced by usable TB."""
    book = subject.catalog.prices
    entry = book.find(line.product, line.unit)
    if entry is not None:
        return money.unit_price(entry, subject.request)
    product = subject.product(line.product, Storage)
    by_tb = book.find(line.product, "tb") if line.unit == "each" else None
    if by_tb is None or product is None or product.usable_tb.value is None:
        return None
    per_tb, size = money.unit_price(by_tb, subject.request), Fraction(str(product.usable_tb.value))
    return UnitPrice(per_tb.low * size, per_tb.typical * size, per_tb.high * size, by_tb)


def prices_are_those_of_the_book(subject: Subject) -> Iterator[Broken]:
    """Unit prices are the price book's in the request's currency; a line's price is quantity times the exact one."""
    for line in subject.plan.bill:
        place = f"line {line.line}, {line.product}"
        try:
            price = unit_price_of(subject, line)
        except InputError as error:
            yield Broken(place, str(error))
            continue
        one = price.times(1) if price is not None else None
        yield from differs(place, "unit price", _shown(line.unit_price), _shown(one))
        all_ = price.times(line.quantity) if price is not None else None
        yield from differs(place, "price", _shown(line.extended), _shown(all_))
        if price is not None:
            entry = price.entry
            expired = entry.valid_until is not None and entry.valid_until < subject.request.date
            yield from differs(place, "confidence", line.price_confidence, entry.confidence)
            yield from differs(place, "date of the price", line.price_as_of, entry.as_of)
            yield from differs(place, "source of the price", line.price_source, entry.source)
            yield from differs(place, "basis of the price", line.price_basis.split(",")[0], entry.basis)
            yield from differs(place, "expired", line.price_expired, expired)


def _shown(amount: Range | None) -> str:
    return "quote required" if amount is None else f"{amount.low:,} / {amount.typical:,} / {amount.high:,}"


def _sum(lines: Iterable[BillLine]) -> Range:
    return money.total([line.extended for line in lines if line.extended is not None])


def sums_add_up(subject: Subject) -> Iterator[Broken]:
    """Capex is the sum of the lines that are paid once; tco is the sum of its parts, of which capex is one."""
    cost = subject.plan.cost
    capex = _sum(line for line in subject.plan.bill if not line.recurring)
    yield from differs("cost", "capex", _shown(cost.capex), _shown(capex))
    parts = money.total([line.amount for line in cost.lines])
    yield from differs("cost", "tco", _shown(cost.tco), _shown(parts))


def unpriced_lines_are_counted(subject: Subject) -> Iterator[Broken]:
    """Lines, lines without a price and their products, and expired prices are those of the bill."""
    cost, bill = subject.plan.cost, subject.plan.bill
    without = [line for line in bill if line.extended is None]
    yield from differs("cost", "lines", cost.lines_total, len(bill))
    yield from differs("cost", "lines without a price", cost.lines_without_price, len(without))
    names = sorted({line.product for line in without})
    yield from differs("cost", "products without a price", list(cost.without_price), names)
    expired = sorted({line.product for line in bill if line.price_expired})
    yield from differs("cost", "expired prices", sorted(set(cost.expired_prices)), expired)


def confidence_shares_are_right(subject: Subject) -> Iterator[Broken]:
    """Shares of the typical capex by confidence of its prices."""
    cost = subject.plan.cost
    amounts: Counter[str] = Counter()
    for line in subject.plan.bill:
        if not line.recurring and line.extended is not None:
            amounts[line.price_confidence] += line.extended.typical
    total = sum(amounts.values())
    for name in sorted({*cost.confidence_share, *amounts}):
        found, expected = cost.confidence_share.get(name, 0.0), amounts[name] / total if total else 0.0
        if not math.isclose(found, expected, abs_tol=SHARE_TOLERANCE):
            yield from differs("cost", f"share of capex with {name} prices", found, round(expected, 4))


RULES: tuple[Rule, ...] = (
    lines_are_numbered,
    lines_describe_their_product,
    quantities_are_those_of_the_plan,
    cables_are_billed_by_length,
    spare_parts_follow_the_policy,
    prices_are_those_of_the_book,
    sums_add_up,
    unpriced_lines_are_counted,
    confidence_shares_are_right,
)
