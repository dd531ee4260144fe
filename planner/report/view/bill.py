"""What to buy, line by line, and the money and carbon over the horizon."""

from __future__ import annotations

from collections.abc import Iterable

from planner.money import Range
from planner.plan.schema import BillLine, Plan
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Facts, Figure, Heading, Pair, Prose, Row, Section, Table
from planner.report.drawings import charts
from planner.report.language import say, term
from planner.report.lookup import Lookup
from planner.report.view import decision, provenance

MOST_CAUSES = 3
MOST_NAMED = 3  # products whose making is or is not counted


def _columns() -> tuple[Column, ...]:
    return (
        Column(say("col.line"), True, 0.35),
        Column(say("col.product"), weight=4.4),
        Column(say("col.part-number"), weight=2.2),
        Column(say("col.quantity"), True, 0.75, ("cause",)),
        Column(say("col.unit-price"), True, 0.7, ("unit-price",)),
        Column(say("col.low"), True, 0.8, ("line-total",)),
        Column(say("col.typical"), True, 0.8, ("line-total",)),
        Column(say("col.high"), True, 0.8, ("line-total",)),
        Column(say("col.lead-time"), True, 0.7, ("lead-time",)),
        Column(say("col.price"), weight=1.0),
        Column(say("col.cause"), weight=5),
    )


def section(plan: Plan) -> Section:
    """The bill of materials with a sum for every group."""
    groups = tuple(dict.fromkeys(line.group for line in plan.bill))
    rows: list[Row] = []
    for group in groups:
        lines = [line for line in plan.bill if line.group == group]
        rows += [_line(line) for line in lines]
    sums = Table(
        "bill-sums",
        say("bill.sums"),
        (
            Column(say("col.group"), weight=2),
            Column(say("col.lines"), True, 0.7),
            Column(say("col.low"), True),
            Column(say("col.typical"), True),
            Column(say("col.high"), True),
            Column(say("col.quote"), True),
        ),
        (
            *(
                _sum(term("group", group), [line for line in plan.bill if line.group == group], plan)
                for group in groups
            ),
            _sum(say("bill.all-lines"), list(plan.bill), plan, strong=True),
        ),
        note=_sums_note(plan),
        depth="audit",
        origin=("group-sum",),
    )
    caption = f"{say('bill.title')}, {plan.cost.currency}"
    note = f"{_all_lines(plan)} {_sums_note(plan)}"
    table = Table("bill-lines", caption, _columns(), tuple(rows), tools=True, small=True, note=note)
    lead = say("bill.lead", n=len(plan.bill), currency=plan.cost.currency)
    return Section("bill", say("bill.title"), lead, (sums, table), wide=True)


def _sums_note(plan: Plan) -> str:
    head, cost = plan.headline, plan.cost
    return say(
        "bill.sums-note",
        capex=text.money(head.capex.typical, cost.currency),
        horizon=text.counted("year", cost.horizon_years),
    )


def _known(lines: Iterable[BillLine]) -> Range | None:
    """The sum of the lines that have a price; None where none has."""
    priced = [line.extended for line in lines if line.extended is not None]
    if not priced:
        return None
    return Range(
        low=sum(p.low for p in priced), typical=sum(p.typical for p in priced), high=sum(p.high for p in priced)
    )


def _all_lines(plan: Plan) -> str:
    known, currency = _known(plan.bill), plan.cost.currency
    whole = text.money(known.typical if known else None, currency)
    return say("bill.sum-of-all", typical=whole, span=text.span(known, currency), n=plan.cost.lines_without_price)


def _sum(name: str, lines: list[BillLine], plan: Plan, *, strong: bool = False) -> Row:
    known = _known(lines)
    unpriced = sum(line.extended is None for line in lines)
    recurring = lines and all(line.recurring for line in lines)
    cells = [
        Cell(text.money(value, plan.cost.currency), sort=value)
        for value in ((known.low, known.typical, known.high) if known else (None, None, None))
    ]
    quotes = Cell(
        text.counted("line", unpriced) if unpriced else text.DASH, sort=unpriced, tone="warn" if unpriced else ""
    )
    return Row(
        (
            Cell(text.sentence(name), sub=say("bill.recurring") if recurring and not strong else ""),
            Cell(text.count(len(lines))),
            *cells,
            quotes,
        ),
        strong=strong,
    )


def _line(line: BillLine) -> Row:
    unit = "" if line.unit == "each" else term("unit", line.unit)
    maker = "" if line.name.startswith(line.vendor) else line.vendor
    return Row(
        (
            Cell(f"{line.line}", sort=line.line),
            Cell(
                line.name,
                sub=say("bill.recurring") if line.recurring else "",
                href=f"#{text.anchor('product', line.product)}",
            ),
            Cell(line.part_number or say("no-part-number"), sub=maker, tone="" if line.part_number else "warn"),
            Cell(text.count(line.quantity), sub=unit, sort=line.quantity, why=line.cause, stop=line.unit_price is None),
            *_amounts(line),
            Cell(
                text.weeks(line.lead_time_weeks),
                sort=line.lead_time_weeks,
                origin=provenance.products([line.product]) if line.lead_time_weeks is not None else (),
            ),
            _source(line),
            cause(line.cause),
        ),
        id=f"line-{line.line}",
        group=text.sentence(term("group", line.group)),
        origin=(f"quantity-{line.group.replace(' ', '-')}",),
    )


def cause(words: str) -> Cell:
    """Why a line is bought; of a long list the start, with the whole of it where a pointer rests and in the CSV."""
    parts = words.split("; ")
    if len(parts) <= MOST_CAUSES:
        return Cell(words)
    shown = "; ".join(parts[:MOST_CAUSES])
    return Cell(shown, sub=say("bill.more-causes", n=len(parts) - MOST_CAUSES), title=words)


def _amounts(line: BillLine) -> tuple[Cell, ...]:
    """Unit price, then low, typical and high of the whole line."""
    price, whole = line.unit_price, line.extended
    if price is None or whole is None:
        none = Cell(text.DASH)
        return none, none, Cell(text.quote(), tone="warn"), none
    why = provenance.price(line)
    rest = (Cell(text.count(a), sort=a, why=why, stop=False) for a in (whole.low, whole.typical, whole.high))
    return Cell(text.count(price.typical), sort=price.typical, why=why), *rest


def _source(line: BillLine) -> Cell:
    if line.unit_price is None:
        return Cell(text.unknown(), tone="warn")
    past = say("bill.past") if line.price_expired else ""
    parts = (text.day(line.price_as_of), past)
    return Cell(
        term("confidence", line.price_confidence),
        sub="; ".join(part for part in parts if part),
        why=provenance.price(line),
        stop=False,
        origin=(provenance.price_id(line),),
    )


def money(plan: Plan, lookup: Lookup) -> Section:
    """Cost by part with its range, what moves the total most, and carbon."""
    cost, currency = plan.cost, plan.cost.currency
    spans = [_part(term("cost", c.name), c.amount) for c in cost.lines if c.amount.high]
    parts_unpriced = sum(not c.amount.high for c in cost.lines)
    spans.append(_part(say("money.total"), cost.tco, strong=True))
    alt = say("money.alt", currency=currency, each="; ".join(f"{s.label}: {s.words}" for s in spans))
    blocks: list[Block] = [
        Figure(
            "cost-parts",
            _largest(plan),
            charts.ranges(spans, alt),
            say("money.note", currency=currency, horizon=text.counted("year", cost.horizon_years))
            + (f" {say('money.parts-unpriced', n=parts_unpriced)}" if parts_unpriced else ""),
            origin=("tco",),
        ),
    ]
    swings = sorted(
        ((term("cost", c.name), c.amount.low - c.amount.typical, c.amount.high - c.amount.typical) for c in cost.lines),
        key=lambda s: (s[1] - s[2], s[0]),
    )
    if any(down or up for _, down, up in swings):
        entries = [
            (name, float(down), float(up), text.figure(f"{down:,} / +{up:,}"))
            for name, down, up in swings
            if down or up
        ]
        alt = say("money.tornado-alt", currency=currency, each="; ".join(f"{e[0]}: {e[3]}" for e in entries))
        blocks.append(
            Figure(
                "tornado",
                say("money.moves-most", part=entries[0][0]),
                charts.tornado(entries, alt),
                say("money.tornado-note", total=text.money(cost.tco.typical, currency)),
                origin=("swing",),
            )
        )
    blocks += [_parts(plan), *decision.confidence(plan)]
    rates = ("request-rates", *(key for key, entry in provenance.assumption_ids(plan) if entry.id == "money.rate"))
    unpriced = say("of", part=text.count(cost.lines_without_price), whole=text.count(cost.lines_total))
    facts = [Pair(say("money.unpriced"), unpriced, ("group-sum",))]
    facts += [Pair(say("money.rate"), rate, rates) for rate in cost.rates]
    facts += (
        [Pair(say("money.past"), ", ".join(lookup.name(p) for p in cost.expired_prices), ("unit-price",))]
        if cost.expired_prices
        else []
    )
    blocks.append(Facts(tuple(facts)))
    return Section("money", say("money.title"), "", (*blocks, *_carbon(plan, lookup)))


def _part(name: str, amount: Range, *, strong: bool = False) -> charts.Span:
    if not amount.high:
        return charts.Span(name, None, None, None, say("money.nothing"), strong)
    return charts.Span(name, amount.low, amount.typical, amount.high, _part_words(amount), strong)


def _part_words(amount: Range) -> str:
    """A part of the cost in figures; a part where no line has a price is not free."""
    if not amount.high:
        return say("money.nothing")
    if amount.low == amount.high:
        return text.count(amount.typical)
    return f"{text.count(amount.typical)} ({text.low_to_high(text.count(amount.low), text.count(amount.high))})"


def _largest(plan: Plan) -> str:
    parts = plan.cost.lines
    if not parts or not plan.cost.tco.typical:
        return say("money.over-horizon")
    largest = max(parts, key=lambda c: c.amount.typical)
    share = text.percent(largest.amount.typical / plan.cost.tco.typical, 0)
    return say("money.largest", part=term("cost", largest.name), share=share)


def _parts(plan: Plan) -> Table:
    currency = plan.cost.currency

    def cells(amount: Range) -> tuple[Cell, ...]:
        if not amount.high:
            return (Cell(say("money.nothing"), tone="warn"),) * 3
        return tuple(Cell(text.money(v, currency), sort=v) for v in (amount.low, amount.typical, amount.high))

    rows = [
        Row((Cell(term("cost", c.name), sub=c.basis), *cells(c.amount)), origin=(_counted_by(c.name),))
        for c in plan.cost.lines
    ]
    total = say("money.total-over", horizon=text.counted("year", plan.cost.horizon_years))
    rows.append(
        Row(
            (
                Cell(total, sub=say("money.without-quotes") if plan.cost.lines_without_price else ""),
                *cells(plan.cost.tco),
            ),
            strong=True,
            origin=("tco",),
        )
    )
    columns = (
        Column(say("col.part"), weight=3.4),
        Column(say("col.low"), True),
        Column(say("col.typical"), True),
        Column(say("col.high"), True),
    )
    return Table("cost-table", say("money.table"), columns, tuple(rows))


def _counted_by(part: str) -> str:
    """The rule behind a part of the cost."""
    return "energy-cost" if part.casefold() == "energy" else "group-sum"


def _carbon(plan: Plan, lookup: Lookup) -> tuple[Block, ...]:
    """Greenhouse gas, operational and embodied, with what is not known."""
    gas = plan.carbon

    def names(products: tuple[str, ...]) -> str:
        return text.some([lookup.name(p) for p in products], MOST_NAMED) or say("carbon.no-product")

    items = (
        Pair(say("carbon.operation"), _tonnes(gas.operational_kg), ("carbon-operation",)),
        Pair(say("carbon.making"), _tonnes(gas.embodied_kg), ("carbon-making",)),
        Pair(say("carbon.known"), names(gas.embodied_known), ("carbon-making",)),
        Pair(say("carbon.not-published"), names(gas.embodied_unknown), ("unknown",)),
    )
    basis = Prose(say("carbon.basis", basis=gas.basis.rstrip(".")))
    return Heading(say("carbon.title"), "carbon"), Facts(items), basis


def _tonnes(kilograms: int | None) -> str:
    return text.unknown() if kilograms is None else text.figure(f"{kilograms / 1000:,.1f} t CO2e")
