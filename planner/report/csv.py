"""The bill and the cable schedule as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from planner.plan.schema import Plan
from planner.report import text

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

BILL_COLUMNS = (
    "line",
    "group",
    "product",
    "name",
    "vendor",
    "part_number",
    "quantity",
    "unit",
    "currency",
    "unit_price_low",
    "unit_price_typical",
    "unit_price_high",
    "extended_low",
    "extended_typical",
    "extended_high",
    "recurring",
    "price_basis",
    "price_source",
    "price_as_of",
    "price_confidence",
    "price_expired",
    "lead_time_weeks",
    "cause",
)
CABLE_COLUMNS = (
    "hall",
    "fabric",
    "tier",
    "product",
    "name",
    "medium",
    "part_number",
    "length_m",
    "cables",
    "links",
    "modules",
    "note",
)


def safe(value: object) -> str:
    """A cell that no spreadsheet runs: text that would start a formula gets an apostrophe; numbers stay numbers."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value}"
    cell = str(value).replace("\x00", "\ufffd")
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def table_csv(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A table as CSV, its cells safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe(value) for value in row] for row in rows)
    return out.getvalue()


def bill_csv(plan: Plan) -> str:
    """Every line of the bill of materials, with "quote required" where there is no price."""

    def rows() -> Iterable[tuple[object, ...]]:
        for line in plan.bill:
            unit, whole = line.unit_price, line.extended
            yield (
                line.line,
                line.group,
                line.product,
                line.name,
                line.vendor,
                line.part_number or text.UNKNOWN,
                line.quantity,
                line.unit,
                plan.cost.currency,
                *((unit.low, unit.typical, unit.high) if unit else (text.QUOTE,) * 3),
                *((whole.low, whole.typical, whole.high) if whole else (text.QUOTE,) * 3),
                line.recurring,
                line.price_basis,
                line.price_source,
                line.price_as_of,
                line.price_confidence,
                line.price_expired,
                text.UNKNOWN if line.lead_time_weeks is None else line.lead_time_weeks,
                line.cause,
            )

    return table_csv(BILL_COLUMNS, rows())


def cables_csv(plan: Plan) -> str:
    """Every kind of cable by purpose and length, with the modules it needs."""
    names = {line.product: line.name for line in plan.bill} | {product.id: product.name for product in plan.products}

    def rows() -> Iterable[tuple[object, ...]]:
        for line in plan.cables:
            modules = "; ".join(f"{count} x {product}" for product, count in sorted(line.modules.items()))
            product = line.product or "no product fits"
            yield (
                line.hall,
                line.fabric,
                line.tier,
                product,
                names.get(product, product),
                line.medium or text.UNKNOWN,
                line.part_number or text.UNKNOWN,
                text.UNKNOWN if line.length_m is None else line.length_m,
                line.cables,
                line.links,
                modules,
                line.note,
            )

    return table_csv(CABLE_COLUMNS, rows())
