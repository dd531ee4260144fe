"""What else was possible, what was not, and why: every system family planned in the same way."""

from __future__ import annotations

from collections import defaultdict

from planner.plan.schema import Alternative, Excluded, Plan
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Figure, Row, Section, Table, Tone
from planner.report.drawings import charts
from planner.report.lookup import Lookup


def section(plan: Plan, lookup: Lookup) -> Section:
    """The same request with every other system family, solved the same way."""
    ordered = sorted(
        plan.alternatives,
        key=lambda a: (_ORDER[a.status], a.tco is None, a.tco.typical if a.tco else 0, a.system),
    )
    blocks: tuple[Block, ...] = (
        *_money(plan, ordered, lookup.currency),
        _table(ordered, lookup.currency),
        *_excluded(plan, lookup),
    )
    lead = "Each family was planned in the same way, under the same limits. What has no price is in no sum."
    return Section("alternatives", "Alternatives, and why not", lead, blocks, wide=True, depth="brief")


def _money(plan: Plan, ordered: list[Alternative], currency: str) -> tuple[Figure, ...]:
    priced = [a for a in ordered if a.tco is not None]
    if len(priced) < 2:
        return ()
    first = [a for a in priced if a.status == "chosen"][:1]
    spans = [_span(a, currency) for a in (*first, *(a for a in priced if a.status != "chosen"))]
    alt = "Total cost by system: " + "; ".join(f"{s.label}: {s.words}" for s in spans)
    note = f"Total over {text.plural(plan.cost.horizon_years, 'year')}, low to high, mark at typical; {currency}."
    return (Figure("alternatives-tco", _against(priced, currency), charts.ranges(spans, alt), note, depth="brief"),)


def _table(ordered: list[Alternative], currency: str) -> Table:
    columns = (
        Column("System", weight=2.6),
        Column("Result", weight=0.9),
        Column("Why", weight=4.5),
        Column("Total, typical", True, 1.2),
        Column("Capital, typical", True, 1.2),
        Column("Design power", True, 0.9),
        Column("Racks", True, 0.5),
        Column("Lead time", True, 0.8),
    )
    together: dict[tuple[str, str], list[Alternative]] = defaultdict(list)
    for entry in ordered:
        shared = "" if entry.status == "chosen" else entry.reason
        if entry.status in ("possible", "not-proven"):
            shared = entry.system
        together[entry.status, shared].append(entry)
    rows = tuple(_alternative(group, currency) for group in together.values())
    caption = "The best plan with each family of systems, or why there is none"
    return Table("alternatives-table", caption, columns, rows, small=True, depth="brief")


def _excluded(plan: Plan, lookup: Lookup) -> tuple[Table, ...]:
    if not plan.excluded:
        return ()
    together: dict[tuple[str, str, str], list[Excluded]] = defaultdict(list)
    for entry in plan.excluded:
        together[entry.workload, entry.rule, entry.reason].append(entry)
    rows = tuple(
        Row(
            (
                Cell("; ".join(lookup.name(e.id) for e in group)),
                Cell("every workload" if workload in ("", "*") else lookup.workload_names.get(workload, workload)),
                Cell(rule),
                Cell(reason),
            )
        )
        for (workload, rule, reason), group in together.items()
    )
    columns = (
        Column("What", weight=3),
        Column("For", weight=1.2),
        Column("Rule", weight=1),
        Column("Reason", weight=5),
    )
    return (Table("excluded", "Ruled out before sizing", columns, rows),)


_ORDER = {"chosen": 0, "possible": 1, "not-proven": 2, "impossible": 3, "excluded": 4}
_RESULT: dict[str, tuple[str, Tone]] = {
    "chosen": ("chosen", "good"),
    "possible": ("possible", "info"),
    "not-proven": ("not proven", "warn"),
    "impossible": ("impossible", "bad"),
    "excluded": ("excluded", "bad"),
}


def _span(entry: Alternative, currency: str) -> charts.Span:
    money = entry.tco
    low, middle, high = (money.low, money.typical, money.high) if money else (None, None, None)
    mine = entry.status == "chosen"
    label = "This plan" if mine else entry.name or entry.system
    return charts.Span(label, low, middle, high, text.span(money, currency), mine)


def _against(priced: list[Alternative], currency: str) -> str:
    chosen = next((a for a in priced if a.status == "chosen"), None)
    others = [a for a in priced if a.status != "chosen"]
    if chosen is None or not others or chosen.tco is None:
        return "Total cost of the plans that are possible"
    nearest = min(others, key=lambda a: a.tco.typical if a.tco else 0)
    more = (nearest.tco.typical if nearest.tco else 0) - chosen.tco.typical
    compared = "dearer" if more >= 0 else "cheaper in total, but not by the objective"
    return f"The next plan, {nearest.name or nearest.system}, is {text.money(abs(more), currency)} {compared}"


def _alternative(group: list[Alternative], currency: str) -> Row:
    entry = group[0]
    word, tone = _RESULT[entry.status]
    solved = entry.status in ("chosen", "possible")
    quotes = f"{text.plural(entry.quote_required, 'line')} quote required" if entry.quote_required else ""
    many = sum(member.systems or 0 for member in group)
    tco = entry.tco.typical if entry.tco else None
    capex = entry.capex.typical if entry.capex else None

    def figure(words: str, key: float | None, sub: str = "") -> Cell:
        return Cell(words, sub=sub, sort=key) if solved or key is not None else Cell(text.DASH)

    return Row(
        (
            Cell(
                "; ".join(member.name or member.system for member in group),
                sub=text.plural(many, "system") if many else "",
            ),
            Cell(word, tone=tone),
            Cell(text.sentence(entry.reason)),
            figure(text.money(tco, currency), tco),
            figure(text.money(capex, currency), capex, quotes),
            figure(text.power(entry.power_design_w), entry.power_design_w),
            figure(text.count(entry.racks), entry.racks),
            figure(text.weeks(entry.lead_time_weeks), entry.lead_time_weeks),
        ),
        strong=entry.status == "chosen",
    )
