"""Power in every state, heat to air and liquid, weight against both floor ratings."""

from __future__ import annotations

from planner.plan.schema import HallCooling, HallFloor, HallPower, Plan
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Facts, Figure, Heading, Row, Section, Table
from planner.report.drawings import charts, oneline
from planner.report.drawings.canvas import Drawing
from planner.report.lookup import Lookup


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
                "Design load; percent of what a feed may carry continuously. Solid and dashed lines: the paths.",
            ),
            Figure(
                text.anchor("feeds", power.hall),
                _loss(power),
                _bars(power, lookup),
                "Design load on a track as long as the feed's capacity; dashed: the continuous limit if lower.",
            ),
            _facts(power, lookup),
            _states(power),
        ]
    lead = "Design load is held against continuous ratings, peak load against the nameplate."
    return Section("power", "Power", lead, tuple(blocks))


def _worst(power: HallPower) -> str:
    worst = [
        (state.load_w / max(state.continuous_w, 1), feed.feed, state) for feed in power.feeds for state in feed.states
    ]
    if not worst:
        return f"Power tree, {power.redundancy}"
    share, feed, state = max(worst, key=lambda entry: entry[0])
    when = f"with {state.lost} lost" if state.lost else "in normal operation"
    return f"Feed {feed} is fullest, {text.percent(share, 0)} {when}"


def _loss(power: HallPower) -> str:
    losses = [s for feed in power.feeds for s in feed.states if s.lost]
    if not losses:
        return "No loss of a feed is survived by design (redundancy N)"
    over = sum(s.load_w > s.continuous_w for s in losses)
    return (
        f"{text.plural(over, 'state')} overload a feed"
        if over
        else "Every feed stays within its limit when another is lost"
    )


def _bars(power: HallPower, lookup: Lookup) -> Drawing:
    entries = []
    for feed in power.feeds:
        for state in feed.states:
            if state.lost == feed.feed:
                continue
            share = state.load_w / max(state.continuous_w, 1)
            words = f"{text.power(state.load_w)} of {text.power(state.continuous_w)} ({text.percent(share, 0)})"
            words += ", over its limit" if state.load_w > state.continuous_w else ""
            label = f"{state.lost} lost" if state.lost else "normal"
            entries.append(
                charts.Bar(
                    label,
                    state.load_w,
                    state.capacity_w,
                    words,
                    "heat5" if state.lost else "heat4",
                    state.continuous_w,
                    f"Feed {feed.feed}",
                )
            )
    alt = f"Load of each feed of {lookup.hall_name(power.hall)}: " + "; ".join(
        f"{e.group}, {e.label}: {e.words}" for e in entries
    )
    return charts.bars(entries, alt)


def _facts(power: HallPower, lookup: Lookup) -> Facts:
    unknown = ", ".join(lookup.name(p) for p in power.unknown_power)
    return Facts(
        (
            ("redundancy", power.redundancy),
            (
                "rating rule",
                f"{power.standard}" + (" (80 % of a rating continuously)" if power.standard == "NEC" else ""),
            ),
            ("typical load", text.power(power.typical_w)),
            ("design load", text.power(power.design_w)),
            ("peak load", text.power(power.peak_w)),
            ("hall carries in its worst state", text.power(power.survivable_w)),
            ("stranded: carried and not used", text.power(power.stranded_w)),
            ("power not published for", unknown or "no device of this hall"),
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
                        Cell(f"Feed {feed.feed}"),
                        Cell(f"{state.lost} lost" if state.lost else "normal"),
                        Cell(text.power(state.load_w), sort=state.load_w),
                        Cell(text.power(state.continuous_w), sort=state.continuous_w),
                        Cell(text.power(state.capacity_w), sort=state.capacity_w),
                        Cell(text.percent(share, 0), sort=share, tone="bad" if over else ""),
                        Cell(text.power(feed.peak_w) if state.lost == "" else text.DASH, sort=feed.peak_w),
                    )
                )
            )
    columns = (
        Column("Feed"),
        Column("State"),
        Column("Design load", True),
        Column("Continuous limit", True),
        Column("Nameplate", True),
        Column("Used", True, 0.7),
        Column("Peak, worst state", True, 1.2),
    )
    return Table(text.anchor("states", power.hall), "Each feed in each state", columns, tuple(rows))


def cooling(plan: Plan, lookup: Lookup) -> Section:
    """Heat by medium against what the hall takes away, and weight."""
    blocks: list[Block] = []
    for hall in plan.cooling:
        blocks += [Heading(f"Cooling, {lookup.hall_name(hall.hall)}", text.anchor("cooling", hall.hall)), _heat(hall)]
        blocks.append(
            Facts(
                (
                    (
                        "airflow of devices that publish it",
                        "unknown" if hall.airflow_m3_h is None else f"{hall.airflow_m3_h:,} m3/h",
                    ),
                    ("share of the air heat with published airflow", text.percent(hall.airflow_known_share, 0)),
                )
            )
        )
        if hall.loops:
            blocks.append(_loops(hall, lookup))
    for floor in plan.floor:
        blocks += [
            Heading(f"Floor and weight, {lookup.hall_name(floor.hall)}", text.anchor("weight", floor.hall)),
            _floor(floor, lookup),
        ]
    return Section(
        "cooling",
        "Cooling and weight",
        "Heat is taken away by air and by liquid apart; neither stands in for the other.",
        tuple(blocks),
    )


def _heat(hall: HallCooling) -> Figure:
    entries = [_bar("air", hall.air_w, hall.air_capacity_w)] + [
        _bar(f"loop {p.loop}", p.load_w, p.capacity_w) for p in hall.loops
    ]
    over = [e.label for e in entries if e.value > e.limit]
    title = (
        f"Heat over the limit: {text.listed(over)}"
        if over
        else f"Air takes {text.power(hall.air_w)} of {text.power(hall.air_capacity_w)}"
    )
    alt = f"Heat of {hall.hall}: " + "; ".join(f"{e.label}: {e.words}" for e in entries)
    return Figure(
        text.anchor("heat", hall.hall),
        title,
        charts.bars(entries, alt),
        "Design heat on a track as long as the capacity.",
    )


def _bar(label: str, load: int, limit: int) -> charts.Bar:
    words = f"{text.power(load)} of {text.power(limit)} ({text.percent(load / limit if limit else None, 0)})"
    return charts.Bar(label, load, limit, words, "cooling")


def _loops(hall: HallCooling, lookup: Lookup) -> Table:
    rows = tuple(
        Row(
            (
                Cell(p.loop),
                Cell(text.power(p.load_w)),
                Cell(text.power(p.capacity_w)),
                Cell(_flow(p.flow_l_min)),
                Cell(_flow(p.flow_capacity_l_min)),
                Cell(f"{p.cdus:,} x {lookup.name(p.cdu)}" if p.cdu else "none bought", sub=p.note),
                Cell(text.power(p.cdu_capacity_w) if p.cdu else text.DASH),
            )
        )
        for p in hall.loops
    )
    columns = (
        Column("Loop", weight=0.8),
        Column("Heat", True),
        Column("Capacity", True),
        Column("Flow needed", True),
        Column("Flow there", True),
        Column("CDUs", weight=2),
        Column("Each takes", True),
    )
    return Table(text.anchor("loops", hall.hall), "Liquid loops and their CDUs", columns, rows)


def _flow(rate: int | None) -> str:
    return text.UNKNOWN if rate is None else f"{rate:,} L/min"


def _floor(floor: HallFloor, lookup: Lookup) -> Table:
    def row(name: str, value: str, limit: str, share: float | None) -> Row:
        used = text.DASH if share is None else text.percent(share, 0)
        return Row(
            (Cell(name), Cell(value), Cell(limit), Cell(used, tone="bad" if share is not None and share > 1 else ""))
        )

    def ratio(value: int | None, limit: int | None) -> float | None:
        return value / limit if value is not None and limit else None

    no_limit = "no limit stated"
    heaviest = f" ({floor.heaviest_rack})" if floor.heaviest_rack else ""
    unknown = ", ".join(lookup.name(p) for p in floor.unknown_weight)
    rows = (
        row("rack positions used", f"{floor.used:,}", f"{floor.positions:,}", ratio(floor.used, floor.positions)),
        row(
            "load spread over the floor",
            text.floor_load(floor.distributed_pa),
            text.floor_load(floor.distributed_limit_pa) if floor.distributed_limit_pa is not None else no_limit,
            ratio(floor.distributed_pa, floor.distributed_limit_pa),
        ),
        row(
            "load under a rack's footprint",
            text.floor_load(floor.footprint_pa),
            text.floor_load(floor.footprint_limit_pa) if floor.footprint_limit_pa is not None else no_limit,
            ratio(floor.footprint_pa, floor.footprint_limit_pa),
        ),
        row(
            "load under one foot",
            text.mass(floor.point_kg),
            text.mass(floor.point_limit_kg) if floor.point_limit_kg is not None else no_limit,
            ratio(floor.point_kg, floor.point_limit_kg),
        ),
        row("heaviest rack", text.mass(floor.heaviest_kg) + heaviest, text.DASH, None),
    )
    note = f"Weight not published, and not in these figures: {unknown}." if unknown else ""
    columns = (
        Column("Limit", weight=2),
        Column("Plan", True, 1.6),
        Column("Allowed", True, 1.4),
        Column("Used", True, 0.7),
    )
    return Table(text.anchor("floor-limits", floor.hall), "Positions and floor loads", columns, rows, note=note)
