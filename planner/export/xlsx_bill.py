"""The bill of materials and its sums as sheets that compute: a quote that is filled in reaches every total."""

from __future__ import annotations

from fractions import Fraction

from planner.errors import InputError
from planner.export.sheet import BLANK, Column, Formula, Sheet, Value
from planner.money import Range, total
from planner.plan.schema import BillLine, Plan
from planner.report.text import QUOTE

ONCE, RECURRING = "once", "recurring"
PRICED = "priced"
ENERGY = "Energy"  # the name of its line of the cost
ENDS = ("low", "typical", "high")
MOST_DECIMALS = 12

COLUMNS = (
    Column("line", "count", 6),
    Column("name", "wrapped", 30),
    Column("group", width=16),
    Column("product", width=26),
    Column("vendor", width=14),
    Column("part number", width=22),
    Column("quantity", "count", 10),
    Column("unit", width=14),
    *(Column(f"unit price {end}", "unit-money", 16) for end in ENDS),
    *(Column(f"extended {end}", "money", 17) for end in ENDS),
    Column("paid", width=10),
    Column("price", width=15),
    Column("price basis", "wrapped", 16),
    Column("price source", "wrapped", 34),
    Column("price as of", "date", 12),
    Column("price confidence", width=12),
    Column("price expired", width=9),
    Column("lead time, weeks", "decimal", 10),
    Column("cause", "wrapped", 40),
)


def bill_sheet(plan: Plan) -> Sheet:
    """One row for each line, extended by formulas. A line without a price has empty cells for the quote."""
    empty = Sheet("Bill", COLUMNS, ())
    rows = tuple(_row(empty, line, at) for at, line in enumerate(plan.bill, start=2))
    return Sheet("Bill", COLUMNS, rows, pages_at=("unit price low", "price basis"), repeated=2)


def _row(sheet: Sheet, line: BillLine, at: int) -> tuple[Value, ...]:
    quantity = f"{sheet.letter('quantity')}{at}"
    cells = {end: f"{sheet.letter(f'unit price {end}')}{at}" for end in ENDS}
    price = line.extended
    amounts = {end: getattr(price, end) for end in ENDS} if price is not None else {}
    units: list[Value] = [unit_price(amounts[end], line, end) if amounts else BLANK for end in ENDS]
    extended = [
        Formula(f'=IF({cells[end]}="","",ROUND({quantity}*{cells[end]},0))', amounts.get(end, "")) for end in ENDS
    ]
    state = Formula(f'=IF({cells["typical"]}="","{QUOTE}","{PRICED}")', PRICED if amounts else QUOTE)
    return (
        line.line, line.name, line.group, line.product, line.vendor, line.part_number, line.quantity, line.unit,
        *units, *extended, RECURRING if line.recurring else ONCE, state,
        *_price_words(line), line.lead_time_weeks, line.cause,
    )  # fmt: skip


def _price_words(line: BillLine) -> tuple[Value, ...]:
    """Basis, source, date, confidence of a price and whether it has expired; empty where there is none."""
    if line.extended is None:
        return (BLANK,) * 5
    return (
        line.price_basis,
        line.price_source or None,
        line.price_as_of or None,
        line.price_confidence,
        line.price_expired,
    )


def unit_price(extended: int, line: BillLine, end: str) -> float:
    """The price of one that the quantity times it, rounded, gives the plan's amount.

    The plan extends the exact price and shows the price of one in whole units. Where the two differ by rounding, the
    price of one gets as few decimals as bring the amount back.

    Raises:
        InputError: nothing is bought, and yet it costs something.
    """
    whole = getattr(line.unit_price, end, None)
    if whole is not None and whole * line.quantity == extended:
        return float(whole)
    if line.quantity < 1:
        raise InputError.of(f"bill.{line.line}.quantity", f"{line.quantity}", "at least one", file="plan")
    exact = Fraction(extended, line.quantity)
    for decimals in range(MOST_DECIMALS):
        price = Fraction(round(exact * 10**decimals), 10**decimals)
        if abs(price * line.quantity - extended) < Fraction(49, 100):  # clear of the half where rounding turns
            return float(price)
    return float(exact)


def totals_sheet(plan: Plan, bill: Sheet) -> Sheet:
    """Sums of each group as formulas over the bill, the totals, and the plan's own figures to compare with."""
    kinds = tuple(dict.fromkeys((line.group, line.recurring) for line in plan.bill))
    groups = tuple(_group_row(plan, bill, group, recurring, at) for at, (group, recurring) in enumerate(kinds, start=2))
    columns = (
        Column("sum of what has a price", width=36),
        Column("paid", width=12),
        Column("lines", "count", 10),
        *(Column(end, "money", 20) for end in ENDS),
        Column("lines that need a quote", "count", 14),
        Column("basis", "wrapped", 50),
    )
    return Sheet("Totals", columns, (*groups, *_total_rows(plan, len(groups) + 1)), filtered=len(groups))


def _group_row(plan: Plan, bill: Sheet, group: str, recurring: bool, at: int) -> tuple[Value, ...]:
    """A group without any price has no sum: it says so, as the lines do."""
    lines = [line for line in plan.bill if (line.group, line.recurring) == (group, recurring)]
    priced = [line.extended for line in lines if line.extended is not None]
    where = f"{_over(bill, 'group')},$A{at},{_over(bill, 'paid')},$B{at}"
    state = _over(bill, "price")
    sums = [
        Formula(
            f'=IF(COUNTIFS({where},{state},"{PRICED}")=0,"{QUOTE}",SUMIFS({_over(bill, f"extended {end}")},{where}))',
            amount if priced else QUOTE,
        )
        for end, amount in zip(ENDS, _ends(total(priced)), strict=True)
    ]
    count = Formula(f"=COUNTIFS({where})", len(lines))
    quotes = Formula(f'=COUNTIFS({where},{state},"{QUOTE}")', len(lines) - len(priced))
    return group, RECURRING if recurring else ONCE, count, *sums, quotes, BLANK


def _total_rows(plan: Plan, last: int) -> tuple[tuple[Value, ...], ...]:
    """Capital cost, what recurs, energy (no line of the bill has it) and all of it; then the same as planned."""
    capex, energy, whole = last + 1, last + 3, last + 4
    years = plan.cost.horizon_years
    paid = total([line.amount for line in plan.cost.lines if line.name == ENERGY])
    known = total([paid, *(line.extended for line in plan.bill if line.extended is not None)])
    values = (len(plan.bill), *_ends(known), sum(line.extended is None for line in plan.bill))
    everything = [
        Formula(f"=SUM({letter}{capex}:{letter}{energy})", value) for letter, value in zip("CDEFG", values, strict=True)
    ]
    return (
        _sum_row(plan, "Capital cost", ONCE, last),
        _sum_row(plan, f"Recurring over {years} years", RECURRING, last),
        _energy_row(plan, paid),
        (f"Total cost over {years} years", BLANK, *everything, BLANK),
        *_planned_rows(plan, capex, whole),
    )


def _sum_row(plan: Plan, name: str, paid: str, last: int) -> tuple[Value, ...]:
    lines = [line for line in plan.bill if line.recurring == (paid == RECURRING)]
    known = total([line.extended for line in lines if line.extended is not None])
    values = (len(lines), *_ends(known), sum(line.extended is None for line in lines))
    if last == 1:  # no group to sum
        return name, paid, *values, BLANK
    sums = [
        Formula(f'=SUMIFS({letter}$2:{letter}${last},$B$2:$B${last},"{paid}")', value)
        for letter, value in zip("CDEFG", values, strict=True)
    ]
    return name, paid, *sums, BLANK


def _energy_row(plan: Plan, paid: Range) -> tuple[Value, ...]:
    """Energy and how it was computed; nothing in the sum although a site draws power is an unknown, not a zero."""
    basis = "; ".join(line.basis for line in plan.cost.lines if line.name == ENERGY)
    amounts: tuple[Value, ...] = (None,) * 3 if basis and paid == Range() else _ends(paid)
    return f"Energy over {plan.cost.horizon_years} years", RECURRING, BLANK, *amounts, BLANK, basis


def _planned_rows(plan: Plan, capex: int, whole: int) -> tuple[tuple[Value, ...], ...]:
    """The plan's own totals, and what the sums above them differ by: nothing until a quote is filled in."""
    cost, head = plan.cost, plan.headline
    once = total([line.extended for line in plan.bill if line.extended is not None and not line.recurring])
    change = [
        Formula(f"={letter}{capex}-{letter}{whole + 1}", now - then)
        for letter, now, then in zip("DEF", _ends(once), _ends(cost.capex), strict=True)
    ]
    return (
        ("Capital cost as planned", ONCE, BLANK, *_ends(cost.capex), BLANK, BLANK),
        ("Capital cost, change since the plan", ONCE, BLANK, *change, BLANK, BLANK),
        ("Total cost as planned", BLANK, head.lines, *_ends(cost.tco), head.lines_without_price, BLANK),
    )


def _over(bill: Sheet, title: str) -> str:
    """All cells of one column of the bill."""
    letter = bill.letter(title)
    return f"{bill.name}!${letter}$2:${letter}${max(2, len(bill.rows) + 1)}"


def _ends(amount: Range) -> tuple[int, int, int]:
    return amount.low, amount.typical, amount.high
