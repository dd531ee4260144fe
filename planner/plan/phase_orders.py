"""What of every line of the bill is bought for each phase: what stands by then, less what stood before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from planner.cabling import EXISTING, CablePlan
from planner.catalog.load import Catalog
from planner.catalog.schema import Cable, Module, Product
from planner.plan.bill import NO_CABLE, spares_of_type
from planner.plan.phase_stocks import rack_names, stock_of
from planner.plan.schema import BillLine, Pattern, Rack
from planner.plan.wiring import Wired
from planner.request.schema import Request

Key = tuple[str, str, str]  # product, name of the line, part number
Stands = dict[tuple[str, str, str], int]  # (rack, role, product) -> pieces that stand


@dataclass(frozen=True)
class Standing:
    """What stands in a phase: pieces by rack, role and product, and the racks themselves."""

    pieces: Stands
    racks: frozenset[str]


def pieces_bought(standing: Standing, racks: Sequence[Rack], patterns: dict[str, Pattern]) -> Counter[str]:
    """Devices, racks and PDUs that stand, by product."""
    found: Counter[str] = Counter()
    for (_, _, product), count in standing.pieces.items():
        found[product] += count
    for rack in racks:
        pattern = patterns[rack.pattern]
        if rack.id in standing.racks:
            if pattern.rack_product is not None:
                found[pattern.rack_product] += 1
            found.update(pattern.pdus)
    return +found


def cables_laid(
    standing: Standing, wired: Sequence[Wired], racks: Sequence[Rack], catalog: Catalog
) -> tuple[Counter[Key], Counter[str]]:
    """Cables with a link whose ends both stand, by (product, length, part number), and modules in their cages."""
    names = rack_names(racks)
    cables: Counter[Key] = Counter()
    modules: Counter[str] = Counter()
    for entry in wired:
        up = _devices_up(standing, entry, names)
        laid = [up[link.a] and up[link.b] for link in entry.cables.links]
        for run in entry.cables.runs:
            if any(laid[n] for n in run.links):
                length = f"{run.length_m:g} m" if run.length_m else ""
                product = catalog.products.get(run.product)
                own = product.part_number.value if product is not None else None
                cables[run.product or NO_CABLE, length, run.part_number or own or ""] += 1
        modules.update(_modules_in(entry.cables, laid))
    return cables, modules


def _modules_in(plan: CablePlan, laid: Sequence[bool]) -> Counter[str]:
    """One module for each cage that a laid link uses, as the totals of the cabling count them."""
    cages: set[tuple[str, str, str, str, int]] = set()
    for link, (lower, upper), here in zip(plan.links, plan.modules, laid, strict=True):
        if here and lower:
            cages.add((link.fabric, link.tier, lower, link.a, link.a_cage))
            cages.add((link.fabric, link.tier, upper, link.b, link.b_cage))
    return Counter(product for _, _, product, _, _ in cages if product)


def _devices_up(standing: Standing, entry: Wired, names: dict[tuple[str, str, int], str]) -> dict[str, bool]:
    """Whether each device stands: of equal ones in a rack those that stand lowest come first."""
    of_stock: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    existing = [name for name, device in entry.cables.devices.items() if device.role == EXISTING]
    for name in sorted(set(entry.cables.placement).difference(existing)):
        of_stock.setdefault(stock_of(entry.cables, name, names), []).append((entry.cables.placement[name].u, name))
    up: dict[str, bool] = dict.fromkeys(existing, True)
    for key, devices in of_stock.items():
        rack, role, _ = key
        count = len(devices) * (rack in standing.racks) if role == "pdu" else standing.pieces.get(key, 0)
        for n, (_, name) in enumerate(sorted(devices)):
            up[name] = n < count
    return up


def bought_by_line(
    bill: Sequence[BillLine], pieces: Counter[str], cables: Counter[Key], modules: Counter[str], catalog: Catalog,
    request: Request,
) -> dict[int, int]:  # fmt: skip
    """Quantity of each line that is bought by a phase. Of one product, lines that serve come before spares.

    What is paid over the horizon is no order.
    """
    left = dict(pieces)
    found: dict[int, int] = {}
    for line in sorted(bill, key=lambda line: (line.group == "spares", line.line)):
        product = catalog.products.get(line.product)
        if line.recurring:
            continue
        if isinstance(product, Cable | Module) or line.product == NO_CABLE:
            laid = modules[line.product] if isinstance(product, Module) else cables[_cable_key(line, product)]
            found[line.line] = _of_cables(line, laid, request)
        else:
            have = left.get(line.product, 0)
            found[line.line] = min(line.quantity, have)
            left[line.product] = have - found[line.line]
    return dict(sorted(found.items()))


def _of_cables(line: BillLine, laid: int, request: Request) -> int:
    if line.group == "spares":
        return min(line.quantity, spares_of_type(laid, request.policy.spares)) if laid else 0
    return min(line.quantity, laid)


def _cable_key(line: BillLine, product: Product | None) -> Key:
    base = product.name if product is not None else line.product
    length = line.name.removeprefix(base).removeprefix(", ")
    return line.product, length, line.part_number or ""


def order_by(day: str, lead_time_weeks: float | None) -> str | None:
    """The last day on which to order what must be there on a day; None: no lead time is published."""
    if lead_time_weeks is None:
        return None
    return (date.fromisoformat(day) - timedelta(days=ceil(lead_time_weeks * 7))).isoformat()
