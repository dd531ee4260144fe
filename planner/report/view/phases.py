"""The build-out: what stands by which date, what it serves, what it costs, and when each line is ordered."""

from __future__ import annotations

from planner.plan.schema import PhasePlan, Plan
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Figure, Row, Section, Table
from planner.report.drawings import charts
from planner.report.language import say
from planner.report.lookup import Lookup


def section(plan: Plan, lookup: Lookup) -> Section:
    """Every phase with its date; without phases the section has no blocks and is left out."""
    blocks: tuple[Block, ...] = ()
    if plan.phases:
        blocks = (_spend(plan), _standing(plan, lookup), _shares(plan), _feeds(plan, lookup), _orders(plan))
    return Section("build-out", say("phases.title"), say("phases.lead"), blocks)


def _spend(plan: Plan) -> Figure:
    currency = plan.cost.currency
    spans = [
        charts.Span(
            f"{phase.name}, {text.day(phase.date)}",
            phase.spend.low,
            phase.spend.typical,
            phase.spend.high,
            _spend_words(phase, currency),
        )
        for phase in plan.phases
    ]
    each = "; ".join(f"{span.label}: {span.words}" for span in spans)
    return Figure(
        "phase-spend",
        say("phases.spend", first=text.money(plan.phases[0].spend.typical, currency)),
        charts.ranges(spans, say("phases.spend-alt", currency=currency, each=each)),
        say("phases.spend-note", currency=currency),
        origin=("phase-spend",),
    )


def _spend_words(phase: PhasePlan, currency: str) -> str:
    words = text.span(phase.spend, currency)
    open_ = phase.orders_without_price
    return f"{words}; {text.counted('line-to-quote', open_)}" if open_ else words


def _standing(plan: Plan, lookup: Lookup) -> Table:
    rows = []
    for phase in plan.phases:
        systems = ", ".join(text.times(s.count, lookup.name(s.product)) for s in phase.systems)
        accelerators = sum(s.accelerators for s in phase.systems)
        redundancy = ", ".join(sorted(set(phase.redundancy.values())))
        rows.append(
            Row(
                (
                    Cell(phase.name),
                    Cell(text.day(phase.date)),
                    Cell(systems or text.DASH),
                    Cell(text.count(accelerators), sort=accelerators),
                    Cell(text.count(phase.racks), sort=phase.racks),
                    Cell(text.power(phase.power_design_w), sort=phase.power_design_w),
                    Cell(redundancy),
                ),
                id=text.anchor("phase", phase.id),
            )
        )
    columns = (
        Column(say("col.phase")),
        Column(say("col.date")),
        Column(say("col.systems"), weight=2.4),
        Column(say("col.accelerators"), True),
        Column(say("col.positions"), True),
        Column(say("col.design-load"), True),
        Column(say("col.redundancy")),
    )
    return Table(
        "phases",
        say("phases.standing"),
        columns,
        tuple(rows),
        note=say("phases.standing-note"),
        origin=("phase", "proof/phases"),
    )


def _shares(plan: Plan) -> Table:
    rows = []
    for workload in sorted(plan.phases[-1].shares):
        cells = [Cell(workload)]
        for phase in plan.phases:
            units = sum(s.units for s in phase.services if s.workload == workload)
            share = text.percent(phase.shares.get(workload, 0.0), 0)
            cells.append(Cell(share, sub=text.counted("unit", units), sort=phase.shares.get(workload, 0.0)))
        rows.append(Row(tuple(cells)))
    columns = (Column(say("col.workload"), weight=1.6), *(Column(p.name, True) for p in plan.phases))
    return Table(
        "phase-shares",
        say("phases.shares"),
        columns,
        tuple(rows),
        note=say("phases.shares-note"),
        origin=("phase", "request-phases"),
    )


def _feeds(plan: Plan, lookup: Lookup) -> Table:
    rows = []
    for phase in plan.phases:
        for feed in phase.feeds:
            used = feed.load_w / feed.continuous_w if feed.continuous_w else None
            rows.append(
                Row(
                    (
                        Cell(phase.name),
                        Cell(lookup.hall_name(feed.hall)),
                        Cell(say("power.feed", feed=feed.feed)),
                        Cell(text.power(feed.load_w), sort=feed.load_w),
                        Cell(text.power(feed.continuous_w), sort=feed.continuous_w),
                        Cell(text.percent(used, 0), sort=used),
                    )
                )
            )
    columns = (
        Column(say("col.phase")),
        Column(say("col.hall")),
        Column(say("col.feed")),
        Column(say("col.worst-load"), True),
        Column(say("col.continuous-limit"), True),
        Column(say("col.used"), True),
    )
    return Table("phase-feeds", say("phases.feeds"), columns, tuple(rows), origin=("load", "continuous"))


def _orders(plan: Plan) -> Table:
    lines = {line.line: line for line in plan.bill}
    rows = []
    for phase in plan.phases:
        for order in phase.orders:
            line = lines[order.line]
            price = text.span(order.extended, plan.cost.currency) if order.extended is not None else text.quote()
            rows.append(
                Row(
                    (
                        Cell(str(order.line), href=f"#line-{order.line}", sort=order.line),
                        Cell(line.name),
                        Cell(text.count(order.quantity), sort=order.quantity),
                        Cell(price, sort=order.extended.typical if order.extended is not None else None),
                        Cell(text.day(order.order_by) if order.order_by is not None else text.unknown()),
                    ),
                    group=f"{phase.name}, {text.day(phase.date)}",
                )
            )
    columns = (
        Column(say("col.line"), True, 0.5),
        Column(say("col.product"), weight=3),
        Column(say("col.quantity"), True, 0.8),
        Column(say("col.price"), True, 1.8),
        Column(say("col.order-by"), weight=1.2),
    )
    note = say("phases.orders-note")
    return Table(
        "phase-orders",
        say("phases.orders"),
        columns,
        tuple(rows),
        tools=True,
        note=note,
        depth="audit",
        origin=("order",),
    )
