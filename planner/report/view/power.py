"""Power in every state, heat to air and liquid, weight against both floor ratings."""

from __future__ import annotations

from planner.plan.schema import AirPlan, HallCooling, HallFloor, HallPower, LoopPlan, Plan
from planner.report import text
from planner.report.blocks import (
    Block,
    Cell,
    Column,
    Facts,
    Figure,
    Heading,
    Origin,
    Pair,
    Row,
    Section,
    Table,
)
from planner.report.drawings import charts, oneline
from planner.report.drawings.canvas import Drawing
from planner.report.language import say
from planner.report.lookup import Lookup
from planner.report.view import phase_balance, power_tree, provenance, supplies
from planner.report.view.power_words import state_name, used_of


def section(plan: Plan, lookup: Lookup) -> Section:
    """The power tree of every hall, with the load of each feed when all works and with each feed lost."""
    blocks: list[Block] = []
    for power in plan.power:
        if len(plan.power) > 1:
            blocks.append(Heading(lookup.hall_name(power.hall), text.anchor("power", power.hall)))
        blocks += [
            Figure(
                text.anchor("one-line", power.hall),
                _worst(power),
                oneline.diagram(power, lookup),
                " ".join([say("power.one-line-note"), *power_tree.notes(power)]),
                origin=("load", "continuous"),
            ),
            Figure(
                text.anchor("feeds", power.hall),
                _loss(power),
                _bars(power, lookup),
                say("power.feeds-note"),
                depth="audit",
                origin=("load", "continuous"),
            ),
            _facts(power, lookup),
            _states(power),
            *power_tree.tables(power),
        ]
        for hall in (hall for hall in plan.phase_balance if hall.hall == power.hall):
            blocks += phase_balance.tables(hall)
        if systems := [entry for entry in plan.supplies if entry.hall == power.hall]:
            blocks.append(supplies.table(power.hall, systems, lookup))
    return Section("power", say("power.title"), say("power.lead"), tuple(blocks))


def _worst(power: HallPower) -> str:
    worst = [
        (state.load_w / max(state.continuous_w, 1), feed.feed, state) for feed in power.feeds for state in feed.states
    ]
    if not worst:
        return say("power.tree", redundancy=power.redundancy)
    share, feed, state = max(worst, key=lambda entry: entry[0])
    used = text.percent(share, 0)
    if state.lost:
        return say("power.fullest-lost", feed=feed, share=used, lost=text.lost(state.lost))
    return say("power.fullest-normal", feed=feed, share=used)


def _loss(power: HallPower) -> str:
    losses = [s for feed in power.feeds for s in feed.states if s.lost]
    if not losses:
        return say("power.no-loss")
    over = sum(s.load_w > s.continuous_w for s in losses)
    return say("power.overload", n=over) if over else say("power.survives")


def _bars(power: HallPower, lookup: Lookup) -> Drawing:
    entries = []
    for feed in power.feeds:
        for state in feed.states:
            if state.lost == feed.feed:
                continue
            share = state.load_w / max(state.continuous_w, 1)
            words = used_of(state.load_w, state.continuous_w, share)
            words += f", {say('power.over')}" if state.load_w > state.continuous_w else ""
            label = state_name(state.lost)
            entries.append(
                charts.Bar(
                    label,
                    state.load_w,
                    state.capacity_w,
                    words,
                    "heat5" if state.lost else "heat4",
                    state.continuous_w,
                    say("power.feed", feed=feed.feed),
                )
            )
    each = "; ".join(f"{e.group}, {e.label}: {e.words}" for e in entries)
    return charts.bars(entries, say("power.feeds-alt", hall=lookup.hall_name(power.hall), each=each))


def _facts(power: HallPower, lookup: Lookup) -> Facts:
    unknown = ", ".join(lookup.name(p) for p in power.unknown_power)
    rule = power.standard + (f" ({say('power.rule-nec')})" if power.standard == "NEC" else "")
    return Facts(
        (
            Pair(say("power.redundancy"), power.redundancy, ("request-power",)),
            Pair(say("power.rule"), rule, ("continuous",)),
            Pair(say("power.typical"), text.power(power.typical_w), ("typical-load",)),
            Pair(say("power.design"), text.power(power.design_w), ("design-load",)),
            Pair(say("power.peak"), text.power(power.peak_w), ("peak-load",)),
            Pair(say("power.survivable"), text.power(power.survivable_w), ("survivable",)),
            Pair(say("power.stranded"), text.power(power.stranded_w), ("survivable",)),
            Pair(say("power.unknown"), unknown or say("power.none-unknown"), ("unknown",)),
        )
    )


def _states(power: HallPower) -> Table:
    rows = []
    for feed in power.feeds:
        for state in feed.states:
            share = state.load_w / state.continuous_w if state.continuous_w else None
            over = state.load_w > state.continuous_w
            rows.append(
                Row(
                    (
                        Cell(say("power.feed", feed=feed.feed)),
                        Cell(state_name(state.lost)),
                        Cell(text.power(state.load_w), sort=state.load_w),
                        Cell(text.power(state.continuous_w), sort=state.continuous_w),
                        Cell(text.power(state.capacity_w), sort=state.capacity_w),
                        Cell(text.percent(share, 0), sort=share, tone="bad" if over else ""),
                        Cell(text.power(feed.peak_w) if state.lost == "" else text.DASH, sort=feed.peak_w),
                    )
                )
            )
    columns = (
        Column(say("col.feed")),
        Column(say("col.state"), weight=1.4),
        Column(say("col.design-load"), True, 1, ("load",)),
        Column(say("col.continuous-limit"), True, 1, ("continuous",)),
        Column(say("col.nameplate"), True, 1, ("request-power",)),
        Column(say("col.used"), True, 0.7, ("used",)),
        Column(say("col.peak-worst"), True, 1.2, ("peak-load",)),
    )
    return Table(text.anchor("states", power.hall), say("power.states"), columns, tuple(rows))


def cooling(plan: Plan, lookup: Lookup) -> Section:
    """Heat by medium against what the hall takes away, and weight."""
    blocks: list[Block] = []
    for hall in plan.cooling:
        blocks += [
            Heading(say("cooling.of", hall=lookup.hall_name(hall.hall)), text.anchor("cooling", hall.hall)),
            _heat(hall),
        ]
        blocks.append(
            Facts(
                (
                    Pair(
                        say("cooling.airflow"),
                        text.unknown() if hall.airflow_m3_h is None else text.figure(f"{hall.airflow_m3_h:,} m3/h"),
                        ("airflow",),
                    ),
                    Pair(say("cooling.airflow-share"), text.percent(hall.airflow_known_share, 0), ("airflow",)),
                )
            )
        )
        if hall.air is not None:
            blocks += _air(hall.hall, hall.air)
        if hall.loops:
            blocks.append(_loops(hall, lookup))
    for floor in plan.floor:
        blocks += [
            Heading(say("weight.of", hall=lookup.hall_name(floor.hall)), text.anchor("weight", floor.hall)),
            _floor(floor, lookup),
        ]
    return Section(
        "cooling",
        say("cooling.title"),
        say("cooling.lead"),
        tuple(blocks),
    )


def _air(hall: str, air: AirPlan) -> list[Block]:
    """All air against what is moved, and each limited row."""
    derived = say(
        "cooling.air-derived", air=_m3_h(air.derived_m3_h), rise=f"{air.rise_k:g} K", m=f"{air.altitude_m:g} m"
    )
    facts = Facts(
        (
            Pair(say("cooling.air-needed"), text.figure(_m3_h(air.published_m3_h + air.derived_m3_h)), ("airflow",)),
            Pair(
                say("cooling.air-moved"),
                text.DASH if air.limit_m3_h is None else text.figure(_m3_h(air.limit_m3_h)),
                ("request-cooling",),
            ),
            Pair(say("cooling.air-of-it"), derived, ("airflow",)),
        )
    )
    names = ("col.row", "col.heat-air", "cooling.row-takes", "cooling.row-air", "cooling.row-given")
    rows = tuple(
        Row(
            (
                Cell(row.row),
                Cell(text.power(row.air_w)),
                Cell(text.DASH if row.air_limit_w is None else text.power(row.air_limit_w)),
                Cell(_m3_h(row.airflow_m3_h)),
                Cell(text.DASH if row.airflow_limit_m3_h is None else _m3_h(row.airflow_limit_m3_h)),
            )
        )
        for row in air.rows
    )
    origins: tuple[Origin, ...] = ((), ("heat",), ("request-cooling",), ("airflow",), ("request-cooling",))
    columns = tuple(Column(say(name), n > 0, 1, origins[n]) for n, name in enumerate(names))
    return [facts, Table(text.anchor("row-air", hall), say("cooling.rows"), columns, rows)] if rows else [facts]


def _m3_h(value: int) -> str:
    return f"{value:,} m3/h"


def _heat(hall: HallCooling) -> Figure:
    entries = [_bar(say("cooling.air"), hall.air_w, hall.air_capacity_w)] + [
        _bar(say("cooling.loop", loop=p.loop), p.load_w, p.capacity_w) for p in hall.loops
    ]
    over = [e.label for e in entries if e.value > e.limit]
    title = (
        say("cooling.over", what=text.listed(over))
        if over
        else say("cooling.air-takes", heat=text.power(hall.air_w), capacity=text.power(hall.air_capacity_w))
    )
    alt = say("cooling.alt", hall=hall.hall, each="; ".join(f"{e.label}: {e.words}" for e in entries))
    return Figure(
        text.anchor("heat", hall.hall),
        title,
        charts.bars(entries, alt),
        say("cooling.note"),
        origin=("heat", "request-cooling"),
    )


def _bar(label: str, load: int, limit: int) -> charts.Bar:
    return charts.Bar(label, load, limit, used_of(load, limit, load / limit if limit else None), "cooling")


def _loops(hall: HallCooling, lookup: Lookup) -> Table:
    rows = tuple(
        Row(
            (
                Cell(p.loop),
                Cell(text.power(p.load_w), sub=_through_doors(p)),
                Cell(text.power(p.capacity_w)),
                Cell(_flow(p.flow_l_min)),
                Cell(_flow(p.flow_capacity_l_min)),
                Cell(text.times(p.cdus, lookup.name(p.cdu)) if p.cdu else say("cooling.no-cdu"), sub=p.note),
                Cell(text.power(p.cdu_capacity_w) if p.cdu else text.DASH),
            ),
            origin=provenance.products([p.cdu]),
        )
        for p in hall.loops
    )
    columns = (
        Column(say("col.loop"), weight=0.8),
        Column(say("col.heat"), True, 1, ("heat",)),
        Column(say("col.capacity"), True, 1, ("request-cooling",)),
        Column(say("col.flow-needed"), True, 1, ("flow-rate",)),
        Column(say("col.flow-there"), True, 1, ("request-cooling",)),
        Column(say("col.cdus"), weight=2),
        Column(say("col.each-takes"), True, 1, ("cdu",)),
    )
    return Table(text.anchor("loops", hall.hall), say("cooling.loops"), columns, rows)


def _through_doors(loop: LoopPlan) -> str:
    return say("cooling.doors", heat=text.power(loop.rear_doors_w)) if loop.rear_doors_w else ""


def _flow(rate: int | None) -> str:
    return text.unknown() if rate is None else text.figure(f"{rate:,} L/min")


def _floor(floor: HallFloor, lookup: Lookup) -> Table:
    def row(name: str, value: str, limit: str, share: float | None) -> Row:
        used = text.DASH if share is None else text.percent(share, 0)
        return Row(
            (Cell(name), Cell(value), Cell(limit), Cell(used, tone="bad" if share is not None and share > 1 else ""))
        )

    def ratio(value: int | None, limit: int | None) -> float | None:
        return value / limit if value is not None and limit else None

    no_limit = say("weight.no-limit")
    heaviest = f" ({floor.heaviest_rack})" if floor.heaviest_rack else ""
    unknown = ", ".join(lookup.name(p) for p in floor.unknown_weight)
    rows = (
        row(
            say("weight.positions"),
            text.count(floor.used),
            text.count(floor.positions),
            ratio(floor.used, floor.positions),
        ),
        row(
            say("weight.spread"),
            text.floor_load(floor.distributed_pa),
            text.floor_load(floor.distributed_limit_pa) if floor.distributed_limit_pa is not None else no_limit,
            ratio(floor.distributed_pa, floor.distributed_limit_pa),
        ),
        row(
            say("weight.footprint"),
            text.floor_load(floor.footprint_pa),
            text.floor_load(floor.footprint_limit_pa) if floor.footprint_limit_pa is not None else no_limit,
            ratio(floor.footprint_pa, floor.footprint_limit_pa),
        ),
        row(
            say("weight.foot"),
            text.mass(floor.point_kg),
            text.mass(floor.point_limit_kg) if floor.point_limit_kg is not None else no_limit,
            ratio(floor.point_kg, floor.point_limit_kg),
        ),
        row(say("weight.heaviest"), text.mass(floor.heaviest_kg) + heaviest, text.DASH, None),
    )
    note = say("weight.unknown", products=unknown) if unknown else ""
    columns = (
        Column(say("col.limit"), weight=2),
        Column(say("col.plan"), True, 1.6, ("floor-load", "weight")),
        Column(say("col.allowed"), True, 1.4, ("request-hall",)),
        Column(say("col.used"), True, 0.7, ("used",)),
    )
    return Table(text.anchor("floor-limits", floor.hall), say("weight.table"), columns, rows, note=note)
