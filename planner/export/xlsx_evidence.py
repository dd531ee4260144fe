"""The plan's headline figures, and where its prices and facts come from, as sheets."""

from __future__ import annotations

from collections.abc import Iterator

from planner.export.sheet import BLANK, Column, Kind, Sheet, Typed, Value
from planner.plan.schema import Plan

FIGURES: dict[str, tuple[str, Kind, str]] = {
    "systems": ("Systems", "text", ""),
    "system_count": ("Number of systems", "count", "spares included"),
    "accelerators": ("Accelerators", "count", "spares included"),
    "racks": ("Racks", "count", ""),
    "power_design_w": ("Design power", "count", "W"),
    "power_peak_w": ("Peak power", "count", "W"),
    "capex": ("Capital cost", "money", "what has a price, paid once"),
    "tco": ("Total cost over the horizon", "money", "what has a price, and energy"),
    "currency": ("Currency", "text", "ISO 4217"),
    "lines": ("Lines of the bill", "count", ""),
    "lines_without_price": ("Lines that need a quote", "count", "in no sum"),
    "lead_time_weeks": ("Longest known lead time", "decimal", "weeks"),
    "ready_by": ("Can run", "date", "order date and the longest known lead time"),
    "status": ("Status of the plan", "text", ""),
    "gap": ("Gap to the bound", "share", "of the cost"),
    "errors": ("Errors", "count", "findings that must be solved before ordering"),
    "warnings": ("Warnings", "count", "findings"),
    "evidence_needed": ("Evidence needed", "count", "rules of sovereignty"),
}


def headline_sheet(plan: Plan) -> Sheet:
    """One row for each headline figure of the plan under its key, then what the plan was made from."""
    columns = (
        Column("figure", width=36),
        Column("value", "wrapped", 44),
        Column("what it is", "wrapped", 44),
        Column("key", width=26),
    )
    return Sheet("Headline", columns, (*_figures(plan), *_inputs(plan)))


def _figures(plan: Plan) -> Iterator[tuple[Value | Typed, ...]]:
    head = plan.headline.model_dump()
    for key, value in head.items():
        name, kind, meaning = FIGURES[key]
        if isinstance(value, dict):
            for end, amount in value.items():
                yield f"{name}, {end}", Typed(amount, kind), meaning, f"{key}.{end}"
        else:
            yield name, Typed(value, kind), meaning, key


def _inputs(plan: Plan) -> Iterator[tuple[Value | Typed, ...]]:
    made = plan.inputs
    yield "Request", made.request_name, "", "request_name"
    yield "Date of the plan", Typed(made.date, "date"), "", "date"
    yield "Objective", ", ".join(made.objective), "", "objective"
    yield "Planner", made.planner_version, "version", "planner_version"
    yield "Contents of the request", made.request_sha256, "SHA-256", "request_sha256"
    yield "Contents of the catalog", made.catalog_sha256, "SHA-256", "catalog_sha256"
    yield "Contents of the prices", made.prices_sha256, "SHA-256", "prices_sha256"


def sources_sheet(plan: Plan) -> Sheet:
    """One row for each price, exchange rate, fact and assumption the plan rests on, known and unknown."""
    columns = (
        Column("kind", width=14),
        Column("about", "wrapped", 34),
        Column("what", "wrapped", 34),
        Column("value", "wrapped", 20),
        Column("unit", width=14),
        Column("source", "wrapped", 60),
        Column("as of", "date", 12),
        Column("confidence", width=12),
        Column("note", "wrapped", 40),
    )
    return Sheet("Sources", columns, (*_prices(plan), *_rates(plan), *_facts(plan), *_assumptions(plan)))


def _prices(plan: Plan) -> Iterator[tuple[Value | Typed, ...]]:
    """The typical price of each product and unit once, in the order of the bill."""
    seen = set()
    for line in plan.bill:
        if (line.product, line.name, line.unit) in seen or line.unit_price is None:
            continue
        seen.add((line.product, line.name, line.unit))
        note = "expired on the day of the plan" if line.price_expired else ""
        yield (
            "price", line.name, line.price_basis, Typed(line.unit_price.typical, "money"), line.unit,
            line.price_source or None, line.price_as_of or None, line.price_confidence, note,
        )  # fmt: skip


def _rates(plan: Plan) -> Iterator[tuple[Value | Typed, ...]]:
    for rate in plan.cost.rates:
        yield "exchange rate", plan.cost.currency, rate, BLANK, "", "stated in the request", BLANK, BLANK, ""


def _facts(plan: Plan) -> Iterator[tuple[Value | Typed, ...]]:
    for product in plan.products:
        for fact in product.facts:
            yield (
                "fact", product.name, fact.name.replace("_", " "), _figure(fact.value), fact.unit,
                fact.source or None, fact.as_of or None, fact.confidence, fact.note,
            )  # fmt: skip


def _figure(value: Value) -> Value | Typed:
    """A number with separators; everything else as it is."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return Typed(value, "count" if isinstance(value, int) else "decimal") if number else value


def _assumptions(plan: Plan) -> Iterator[tuple[Value | Typed, ...]]:
    for taken in plan.assumptions:
        used = ", ".join(taken.used_by)
        yield "assumption", used, taken.text, taken.value, "", taken.source or None, BLANK, taken.confidence, taken.id
