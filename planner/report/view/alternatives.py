"""What else was possible, what was not, and why: every system family planned in the same way."""

from __future__ import annotations

from collections import defaultdict

from planner.plan.schema import Alternative, Excluded, Plan
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Figure, Row, Section, Table, Tone
from planner.report.drawings import charts
from planner.report.language import say
from planner.report.lookup import Lookup

EVERY = ("", "*")  # how a plan writes that something holds for every workload


def section(plan: Plan, lookup: Lookup) -> Section:
    """The same request with every other system family, solved the same way."""
    ordered = sorted(
        (*plan.alternatives, *_everywhere(plan, lookup)),
        key=lambda a: (_ORDER[a.status], a.tco is None, a.tco.typical if a.tco else 0, a.system),
    )
    blocks: tuple[Block, ...] = (
        *_money(plan, ordered, lookup.currency),
        _table(ordered, lookup.currency),
        *_excluded(plan, lookup),
    )
    title, lead = say("alternatives.title"), say("alternatives.lead")
    return Section("alternatives", title, lead, blocks, depth="brief")


def _money(plan: Plan, ordered: list[Alternative], currency: str) -> tuple[Figure, ...]:
    priced = [a for a in ordered if a.tco is not None]
    if len(priced) < 2:
        return ()
    first = [a for a in priced if a.status == "chosen"][:1]
    spans = [_span(a, currency) for a in (*first, *(a for a in priced if a.status != "chosen"))]
    alt = say("alternatives.alt", each="; ".join(f"{s.label}: {s.words}" for s in spans))
    note = say("alternatives.note", horizon=text.counted("year", plan.cost.horizon_years), currency=currency)
    return (
        Figure(
            "alternatives-tco",
            _against(priced, currency),
            charts.ranges(spans, alt),
            note,
            depth="brief",
            origin=("alternatives",),
        ),
    )


def _table(ordered: list[Alternative], currency: str) -> Table:
    columns = (
        Column(say("col.system"), weight=2.8),
        Column(say("col.result"), weight=0.9),
        Column(say("col.why"), weight=4.2),
        Column(say("col.total-typical"), True, 2.6),
        Column(say("col.design-power"), True, 0.9),
        Column(say("col.racks"), True, 0.5),
        Column(say("col.lead-time"), True, 0.8),
    )
    together: dict[tuple[str, str], list[Alternative]] = defaultdict(list)
    for entry in ordered:
        shared = "" if entry.status == "chosen" else entry.reason
        if entry.status in ("possible", "not-proven"):
            shared = entry.system
        together[entry.status, shared].append(entry)
    rows = tuple(_alternative(group, currency) for group in together.values())
    caption = say("alternatives.table")
    return Table("alternatives-table", caption, columns, rows, small=True, depth="brief", origin=("alternatives",))


def _everywhere(plan: Plan, lookup: Lookup) -> list[Alternative]:
    """What a rule keeps from every workload and no alternative tells yet."""
    told = {(entry.system, entry.reason) for entry in plan.alternatives}
    found = [(entry.id, f"{entry.rule}: {entry.reason}") for entry in plan.excluded if entry.workload in EVERY]
    return [
        Alternative(system=product, name=lookup.name(product), status="excluded", reason=reason)
        for product, reason in found
        if (product, reason) not in told
    ]


def _excluded(plan: Plan, lookup: Lookup) -> tuple[Table, ...]:
    together: dict[tuple[str, str, str], list[Excluded]] = defaultdict(list)
    for entry in plan.excluded:
        if entry.workload not in EVERY:
            together[entry.workload, entry.rule, entry.reason].append(entry)
    rows = tuple(
        Row(
            (
                Cell("; ".join(lookup.name(e.id) for e in group)),
                Cell(lookup.workload_names.get(workload, workload)),
                Cell(rule),
                Cell(reason),
            )
        )
        for (workload, rule, reason), group in together.items()
    )
    columns = (
        Column(say("col.what"), weight=3),
        Column(say("col.for"), weight=1.2),
        Column(say("col.rule"), weight=1),
        Column(say("col.reason"), weight=5),
    )
    return (Table("excluded", say("alternatives.excluded"), columns, rows),) if rows else ()


MOST_NAMES = 6  # systems that one row names; whoever points at it reads the others
_ORDER = {"chosen": 0, "possible": 1, "not-proven": 2, "impossible": 3, "excluded": 4}
_TONES: dict[str, Tone] = {
    "chosen": "good",
    "possible": "info",
    "not-proven": "warn",
    "impossible": "bad",
    "excluded": "bad",
}


def _span(entry: Alternative, currency: str) -> charts.Span:
    money = entry.tco
    low, middle, high = (money.low, money.typical, money.high) if money else (None, None, None)
    mine = entry.status == "chosen"
    label = say("alternatives.this-plan") if mine else entry.name or entry.system
    return charts.Span(label, low, middle, high, text.span(money, currency), mine)


def _against(priced: list[Alternative], currency: str) -> str:
    chosen = next((a for a in priced if a.status == "chosen"), None)
    others = [a for a in priced if a.status != "chosen"]
    if chosen is None or not others or chosen.tco is None:
        return say("alternatives.possible")
    nearest = min(others, key=lambda a: a.tco.typical if a.tco else 0)
    more = (nearest.tco.typical if nearest.tco else 0) - chosen.tco.typical
    compared = "alternatives.dearer" if more >= 0 else "alternatives.cheaper"
    return say(compared, system=nearest.name or nearest.system, money=text.money(abs(more), currency))


def _alternative(group: list[Alternative], currency: str) -> Row:
    entry = group[0]
    names = [member.name or member.system for member in group]
    word, tone = say(f"result.{entry.status}"), _TONES[entry.status]
    solved = entry.status in ("chosen", "possible")
    quotes = text.counted("line-to-quote", entry.quote_required) if entry.quote_required else ""
    many = sum(member.systems or 0 for member in group)
    tco = entry.tco.typical if entry.tco else None
    capital = say("alternatives.capital", money=text.money(entry.capex.typical, currency)) if entry.capex else ""

    def figure(words: str, key: float | None, sub: str = "") -> Cell:
        return Cell(words, sub=sub, sort=key) if solved or key is not None else Cell(text.DASH)

    return Row(
        (
            Cell(
                text.some(names, MOST_NAMES),
                title="; ".join(names) if len(names) > MOST_NAMES else "",
                sub=text.counted("system", many) if many else "",
            ),
            Cell(word, tone=tone),
            Cell(text.sentence(entry.reason), lang=text.tongue(entry.reason)),
            figure(text.money(tco, currency), tco, "; ".join(part for part in (capital, quotes) if part)),
            figure(text.power(entry.power_design_w), entry.power_design_w),
            figure(text.count(entry.racks), entry.racks),
            figure(text.weeks(entry.lead_time_weeks), entry.lead_time_weeks),
        ),
        strong=entry.status == "chosen",
    )
