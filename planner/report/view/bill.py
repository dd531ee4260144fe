"""What to buy, line by line, and the money and carbon over the horizon."""

from __future__ import annotations

from planner.money import Range
from planner.plan.schema import BillLine, Plan
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Facts, Figure, Prose, Row, Section, Table
from planner.report.drawings import charts
from planner.report.lookup import Lookup

MOST_CAUSES = 3

_COLUMNS = (
    Column("Line", True, 0.45),
    Column("Product", weight=2.6),
    Column("Part number", weight=1.5),
    Column("Quantity", True, 0.8),
    Column("Unit price", True, 1.0),
    Column("Low", True, 1.05),
    Column("Typical", True, 1.05),
    Column("High", True, 1.05),
    Column("Lead time", True, 0.8),
    Column("Price", weight=1.5),
    Column("Cause", weight=2.6),
)


def section(plan: Plan) -> Section:
    """The bill of materials with a sum for every group."""
    sources = _price_sources(plan)
    groups = tuple(dict.fromkeys(line.group for line in plan.bill))
    rows: list[Row] = []
    for group in groups:
        lines = [line for line in plan.bill if line.group == group]
        rows += [_line(line, sources) for line in lines]
    sums = Table(
        "bill-sums",
        "Sums by group",
        (
            Column("Group", weight=2),
            Column("Lines", True, 0.7),
            Column("Low", True),
            Column("Typical", True),
            Column("High", True),
            Column("Quote required", True),
        ),
        (
            *(_sum(group, [line for line in plan.bill if line.group == group], plan) for group in groups),
            _sum("All lines", list(plan.bill), plan, strong=True),
        ),
        note=_sums_note(plan),
    )
    table = Table(
        "bill-lines", f"Bill of materials, {plan.cost.currency}", _COLUMNS, tuple(rows), tools=True, small=True
    )
    lead = (
        f"{text.plural(len(plan.bill), 'line')} in {plan.cost.currency}. A line without a price says quote required "
        "and is in no sum. Lines paid over the horizon are marked recurring."
    )
    return Section("bill", "Bill of materials", lead, (sums, table, *_source_table(sources)), wide=True)


def _sums_note(plan: Plan) -> str:
    head, cost = plan.headline, plan.cost
    return (
        f"Capital cost of the plan, typical: {text.money(head.capex.typical, cost.currency)}; "
        f"recurring lines are part of the total over {text.plural(cost.horizon_years, 'year')}, "
        "not of the capital cost."
    )


def _sum(name: str, lines: list[BillLine], plan: Plan, *, strong: bool = False) -> Row:
    priced = [line.extended for line in lines if line.extended is not None]
    unpriced = len(lines) - len(priced)
    known = (
        Range(low=sum(p.low for p in priced), typical=sum(p.typical for p in priced), high=sum(p.high for p in priced))
        if priced
        else None
    )
    recurring = lines and all(line.recurring for line in lines)
    cells = [
        Cell(text.money(value, plan.cost.currency), sort=value)
        for value in ((known.low, known.typical, known.high) if known else (None, None, None))
    ]
    quotes = Cell(
        text.plural(unpriced, "line") if unpriced else text.DASH, sort=unpriced, tone="warn" if unpriced else ""
    )
    return Row(
        (
            Cell(text.sentence(name), sub="recurring" if recurring and not strong else ""),
            Cell(f"{len(lines):,}"),
            *cells,
            quotes,
        ),
        strong=strong,
    )


def _price_sources(plan: Plan) -> dict[tuple[str, str], int]:
    """Each source and basis of a price once, numbered in the order of the bill."""
    found: dict[tuple[str, str], int] = {}
    for line in plan.bill:
        if line.unit_price is not None:
            found.setdefault((line.price_source, line.price_basis), len(found) + 1)
    return found


def _source_table(sources: dict[tuple[str, str], int]) -> tuple[Table, ...]:
    rows = tuple(
        Row((Cell(f"{n}", sort=n), Cell(source or "no source given"), Cell(basis or text.DASH)), id=f"price-source-{n}")
        for (source, basis), n in sources.items()
    )
    columns = (Column("No.", True, 0.3), Column("Source", weight=5), Column("What the price is", weight=4))
    return (Table("price-sources", "Where the prices come from", columns, rows, small=True),) if rows else ()


def _line(line: BillLine, sources: dict[tuple[str, str], int]) -> Row:
    marks = "; ".join(word for word in (line.vendor, "recurring" if line.recurring else "") if word)
    return Row(
        (
            Cell(f"{line.line}", sort=line.line),
            Cell(line.name, sub=marks, href=f"#{text.anchor('product', line.product)}"),
            Cell(line.part_number or "no part number yet", tone="" if line.part_number else "warn"),
            Cell(f"{line.quantity:,}", sub=line.unit, sort=line.quantity),
            *_amounts(line),
            Cell(text.weeks(line.lead_time_weeks), sort=line.lead_time_weeks),
            _source(line, sources),
            cause(line.cause),
        ),
        id=f"line-{line.line}",
        group=text.sentence(line.group),
    )


def cause(words: str) -> Cell:
    """Why a line is bought; of a long list the start, with the whole of it where a pointer rests and in the CSV."""
    parts = words.split("; ")
    if len(parts) <= MOST_CAUSES:
        return Cell(words)
    shown = "; ".join(parts[:MOST_CAUSES])
    return Cell(shown, sub=f"and {len(parts) - MOST_CAUSES} more, in bom.csv", title=words)


def _amounts(line: BillLine) -> tuple[Cell, ...]:
    """Unit price, then low, typical and high of the whole line."""
    price, whole = line.unit_price, line.extended
    if price is None or whole is None:
        none = Cell(text.DASH)
        return none, none, Cell(text.QUOTE, tone="warn"), none
    return tuple(Cell(f"{a:,}", sort=a) for a in (price.typical, whole.low, whole.typical, whole.high))


def _source(line: BillLine, sources: dict[tuple[str, str], int]) -> Cell:
    if line.unit_price is None:
        return Cell(text.UNKNOWN, tone="warn")
    number = sources[line.price_source, line.price_basis]
    parts = (line.price_as_of, f"source {number}", "past its date" if line.price_expired else "")
    return Cell(
        line.price_confidence,
        sub="; ".join(part for part in parts if part),
        href=f"#price-source-{number}",
        title="; ".join(word for word in (line.price_source, line.price_basis) if word),
    )


def money(plan: Plan, lookup: Lookup) -> Section:
    """Cost by part with its range, what moves the total most, and carbon."""
    cost, currency = plan.cost, plan.cost.currency
    spans = [_part(c.name, c.amount) for c in cost.lines]
    spans.append(_part("Total", cost.tco, strong=True))
    alt = f"Cost over the horizon in {currency}: " + "; ".join(f"{s.label}: {s.words}" for s in spans)
    blocks: list[Block] = [
        Figure(
            "cost-parts",
            _largest(plan),
            charts.ranges(spans, alt),
            f"{currency} over {text.plural(cost.horizon_years, 'year')}: band from low to high, mark at typical.",
        ),
    ]
    swings = sorted(
        ((c.name, c.amount.low - c.amount.typical, c.amount.high - c.amount.typical) for c in cost.lines),
        key=lambda s: (s[1] - s[2], s[0]),
    )
    if any(down or up for _, down, up in swings):
        entries = [(name, float(down), float(up), f"{down:,} / +{up:,}") for name, down, up in swings if down or up]
        alt = f"How far the price range of each part moves the total, in {currency}: " + "; ".join(
            f"{e[0]}: {e[3]}" for e in entries
        )
        blocks.append(
            Figure(
                "tornado",
                f"The range of {entries[0][0].lower()} moves the total most",
                charts.tornado(entries, alt),
                f"{currency} below and above the typical total of {text.money(cost.tco.typical, currency)}.",
            )
        )
    blocks.append(_parts(plan))
    facts = [("lines without a price, in no sum", f"{cost.lines_without_price:,} of {cost.lines_total:,}")]
    facts += [("exchange rate", rate) for rate in cost.rates]
    facts += (
        [("prices past their date", ", ".join(lookup.name(p) for p in cost.expired_prices))]
        if cost.expired_prices
        else []
    )
    blocks.append(Facts(tuple(facts)))
    return Section("money", "Money over the horizon", "", tuple(blocks))


NOTHING = "nothing priced"


def _part(name: str, amount: Range, *, strong: bool = False) -> charts.Span:
    if not amount.high:
        return charts.Span(name, None, None, None, NOTHING, strong)
    return charts.Span(name, amount.low, amount.typical, amount.high, _part_words(amount), strong)


def _part_words(amount: Range) -> str:
    """A part of the cost in figures; a part where no line has a price is not free."""
    if not amount.high:
        return NOTHING
    if amount.low == amount.high:
        return f"{amount.typical:,}"
    return f"{amount.typical:,} ({amount.low:,} to {amount.high:,})"


def _largest(plan: Plan) -> str:
    parts = plan.cost.lines
    if not parts or not plan.cost.tco.typical:
        return "Cost over the horizon"
    largest = max(parts, key=lambda c: c.amount.typical)
    return f"{largest.name} is {text.percent(largest.amount.typical / plan.cost.tco.typical, 0)} of the total"


def _parts(plan: Plan) -> Table:
    currency = plan.cost.currency

    def cells(amount: Range) -> tuple[Cell, ...]:
        if not amount.high:
            return (Cell(NOTHING, tone="warn"),) * 3
        return tuple(Cell(text.money(v, currency), sort=v) for v in (amount.low, amount.typical, amount.high))

    rows = [Row((Cell(c.name, sub=c.basis), *cells(c.amount))) for c in plan.cost.lines]
    total = f"Total over {text.plural(plan.cost.horizon_years, 'year')}"
    rows.append(
        Row(
            (
                Cell(total, sub="without the lines that need a quote" if plan.cost.lines_without_price else ""),
                *cells(plan.cost.tco),
            ),
            strong=True,
        )
    )
    columns = (
        Column("Part and how it was worked out", weight=3.4),
        Column("Low", True),
        Column("Typical", True),
        Column("High", True),
    )
    return Table("cost-table", "Cost by part", columns, tuple(rows))


def carbon(plan: Plan, lookup: Lookup) -> Section:
    """Greenhouse gas, operational and embodied, with what is not known."""
    gas = plan.carbon
    items = (
        ("operation over the horizon", _tonnes(gas.operational_kg)),
        ("making of the products whose figure is known", _tonnes(gas.embodied_kg)),
        ("figure known for", ", ".join(lookup.name(p) for p in gas.embodied_known) or "no product"),
        ("figure not published for", ", ".join(lookup.name(p) for p in gas.embodied_unknown) or "no product"),
    )
    return Section(
        "carbon", "Carbon", "", (Facts(items), Prose(f"How it was worked out: {gas.basis}.".replace("..", ".")))
    )


def _tonnes(kilograms: int | None) -> str:
    return text.UNKNOWN if kilograms is None else f"{kilograms / 1000:,.1f} t CO2e"
