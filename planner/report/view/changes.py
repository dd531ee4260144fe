"""What changed since another plan: headline, decisions, racks, devices, cables, money, findings."""

from __future__ import annotations

from collections.abc import Sequence

from planner.plan.difference import Change, Kind, difference
from planner.plan.schema import Plan
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Depth, Facts, Pair, Prose, Row, Section, Table, Tone
from planner.report.language import say, term
from planner.report.lookup import Lookup

MOST_ROWS = 40  # of one kind in a report that is not an audit
HASH = 8


def section(plan: Plan, since: Plan, lookup: Lookup) -> Section:
    """Every kind of change as a table of its own; what did not change is said once."""
    changes = difference(since, plan)
    names = {**Lookup(since).product_names, **lookup.product_names}
    blocks: list[Block] = [Facts(_compared(since, plan), depth="brief")]
    if not changes:
        blocks.append(Prose(say("changes.none"), depth="brief"))
    for kind, depth in _DEPTHS.items():
        mine = [change for change in changes if change.kind == kind]
        if mine:
            blocks.append(_table(kind, mine, names, depth))
    title = say("changes.title", day=text.day(since.inputs.date))
    return Section("changes", title, say("changes.lead", n=len(changes)), tuple(blocks), depth="brief")


_DEPTHS: dict[Kind, Depth] = {
    "input": "full", "headline": "brief", "decision": "full", "cost": "full", "device": "full", "rack": "full",
    "cable": "full", "quantity": "full", "money": "full", "finding": "full",
}  # fmt: skip


def _compared(since: Plan, plan: Plan) -> tuple[Pair, ...]:
    def named(one: Plan) -> str:
        return f"{one.inputs.request_name}, {text.day(one.inputs.date)}, {one.inputs.request_sha256[:HASH]}"

    return Pair(say("changes.before"), named(since)), Pair(say("changes.now"), named(plan))


def _table(kind: Kind, changes: Sequence[Change], names: dict[str, str], depth: Depth) -> Table:
    columns = (
        Column(say("col.what"), weight=3),
        Column(say("col.before"), kind not in ("rack", "decision", "finding"), weight=2),
        Column(say("col.now"), kind not in ("rack", "decision", "finding"), weight=2),
        Column(say("col.more"), True, weight=1),
    )
    rows = tuple(_row(change, names) for change in changes)
    long = len(rows) > MOST_ROWS
    caption = say(f"change-kind.{kind}", n=len(rows))
    return Table(f"changes-{kind}", caption, columns, rows, tools=long, small=long, depth=depth, origin=("changes",))


def _row(change: Change, names: dict[str, str]) -> Row:
    tone: Tone = "info" if change.before is None else "warn" if change.after is None else ""
    delta = ""
    if change.delta is not None and change.name[0] != "gap":
        delta = text.figure(f"{change.delta:+,g}" if isinstance(change.delta, float) else f"{change.delta:+,}")
    name = _named(change, names)
    return Row(
        (
            Cell(name[0], sub=", ".join(name[1:]), tone=tone),
            Cell(_shown(change, change.before)),
            Cell(_shown(change, change.after)),
            Cell(delta or text.DASH, sort=change.delta),
        )
    )


def _named(change: Change, names: dict[str, str]) -> list[str]:
    """The thing first, then where it is."""
    match change.kind:
        case "input":
            return [term("changed", change.name[0])]
        case "headline":
            part = [term("changed", word) for word in change.name]
            return [part[0], *part[1:]]
        case "cost":
            return [term("cost", change.name[0])]
        case "device":
            hall, product = change.name
            return [names.get(product, product), hall]
        case "cable":
            hall, fabric, tier, product, length = change.name
            return [
                names.get(product, product),
                text.figure(length),
                term("fabric-short", fabric),
                term("tier", tier),
                hall,
            ]
        case "quantity" | "money":
            group, product = change.name
            return [names.get(product, product), term("group", group)]
        case "finding":
            severity, rule, place = change.name
            return [term("finding", rule), term("severity", severity), place]
        case _:
            return list(change.name)


def _shown(change: Change, value: int | float | str | None) -> str:
    """A value as its kind is written: the gap in percent, a status in words."""
    match change.name[0], value:
        case "gap", int() | float():
            return text.percent(float(value), 2)
        case "status", str():
            return term("status", value)
    return _value(value)


def _value(value: int | float | str | None) -> str:
    if value is None:
        return text.DASH
    if isinstance(value, str):
        return value[:HASH] if len(value) == 64 and value.isalnum() else text.day(value)
    return text.figure(f"{value:,.4g}" if isinstance(value, float) else f"{value:,}")
