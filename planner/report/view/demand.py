"""From requirement to hardware: what each workload needs, what serves it, what binds."""

from __future__ import annotations

from collections import defaultdict

from planner.plan.schema import Need, Plan, SystemChoice, WorkloadDemand
from planner.report import text
from planner.report.blocks import (
    Block,
    Cell,
    Column,
    Facts,
    Figure,
    Fold,
    Heading,
    Origin,
    Pair,
    Prose,
    Row,
    Section,
    Table,
    Tone,
)
from planner.report.drawings import charts, flow
from planner.report.language import say, term
from planner.report.lookup import Lookup
from planner.report.view import provenance, sensitivity, storage_patterns, timetable


def section(plan: Plan, lookup: Lookup) -> Section:
    """Workloads, their needs on every system, and the decision for each."""
    blocks: list[Block | Fold] = [_decisions(plan, lookup)]
    drawing = flow.diagram(plan, lookup)
    if drawing is not None:
        blocks.append(Figure("flow", _served(plan), drawing, say("demand.flow-note"), origin=("flow",)))
    blocks += timetable.blocks(plan, lookup)
    for workload in plan.demand:
        blocks += _workload(workload, plan, lookup)
    if plan.storage_demand:
        blocks += [Heading(say("demand.storage"), "storage-demand"), _storage(plan), *storage_patterns.blocks(plan)]
    return Section("demand", say("demand.title"), say("demand.lead"), tuple(blocks))


def _decisions(plan: Plan, lookup: Lookup) -> Table:
    rows = tuple(
        Row(
            (
                Cell(
                    lookup.workload_names.get(d.workload, d.workload),
                    sub=d.workload,
                    href=f"#{text.anchor('workload', d.workload)}",
                ),
                Cell(" + ".join(lookup.hall_name(h) for h in d.location.split(" + "))),
                Cell(lookup.name(d.system) if d.system else say("demand.storage-alone")),
                Cell(text.count(d.accelerators) if d.accelerators else text.DASH, sort=d.accelerators),
                Cell(d.why, sub=say("demand.binding", limit=term("binding", d.binding)) if d.binding else ""),
                Cell(d.headroom or text.DASH),
            )
        )
        for d in plan.decisions
    )
    columns = (
        Column(say("col.workload"), weight=1.8),
        Column(say("col.runs-in"), weight=1),
        Column(say("col.runs-on"), weight=2),
        Column(say("col.accelerators"), True, 0.8, ("demand-chosen", "proof/sizing")),
        Column(say("col.why"), weight=3.4),
        Column(say("col.headroom"), weight=1.6),
    )
    return Table("decisions", say("demand.decisions"), columns, rows)


def _served(plan: Plan) -> str:
    """Which workload takes the largest part; where one alone runs on accelerators, how many serve how many."""
    accelerators = text.counted("accelerator", plan.headline.accelerators)
    taken: dict[str, int] = defaultdict(int)
    for decision in plan.decisions:
        taken[decision.workload] += decision.accelerators
    largest = max(taken, key=lambda w: (taken[w], w), default="")
    if sum(count > 0 for count in taken.values()) < 2:
        return say("demand.serve", accelerators=accelerators, workloads=text.counted("workload", len(plan.demand)))
    name = next((w.name for w in plan.demand if w.id == largest and w.name), largest)
    return say("demand.largest", workload=name, n=taken[largest], accelerators=accelerators)


def _workload(workload: WorkloadDemand, plan: Plan, lookup: Lookup) -> list[Block | Fold]:
    chosen = {d.system for d in plan.decisions if d.workload == workload.id}
    blocks: list[Block | Fold] = [Heading(workload.name or workload.id, text.anchor("workload", workload.id))]
    blocks.append(Prose(f"{text.sentence(term('workload', workload.kind))}: {workload.summary}"))
    groups = _alike(workload, chosen)
    possible = [group for group in groups if group[0].feasible and group[0].accelerators]
    if possible:
        blocks.append(_band(workload, possible, chosen, lookup))
    if groups:
        blocks.append(_needs(workload, groups, chosen, lookup))
    blocks += sensitivity.blocks(workload, lookup)
    for need in workload.needs:
        if need.system in chosen and need.figures:
            blocks.append(_figures(workload, need, lookup))
    return blocks


def _alike(workload: WorkloadDemand, chosen: set[str]) -> list[list[Need]]:
    """Systems that need the same for the same reason, together: the chosen one first, then by need."""
    together: dict[tuple[object, ...], list[Need]] = defaultdict(list)
    for need in workload.needs:
        figures = (need.accelerators, need.accelerators_p10, need.accelerators_p90, need.unit_accelerators, need.units)
        told = (need.feasible, need.binding, need.reason, need.calibrated)
        together[(need.system in chosen, *told, *figures)].append(need)

    def place(group: list[Need]) -> tuple[bool, bool, int, str]:
        return group[0].system not in chosen, not group[0].feasible, group[0].accelerators, group[0].system

    return sorted(together.values(), key=place)


def _named(group: list[Need], lookup: Lookup) -> str:
    first = lookup.name(group[0].system)
    return say("demand.and-more", system=first, n=len(group) - 1) if len(group) > 1 else first


def _band(workload: WorkloadDemand, groups: list[list[Need]], chosen: set[str], lookup: Lookup) -> Figure:
    spans = []
    for group in groups:
        need = group[0]
        band = text.low_to_high(need.accelerators_p10, need.accelerators_p90)
        words = f"{text.count(need.accelerators)} ({band})"
        edges = (need.accelerators_p10, need.accelerators, need.accelerators_p90)
        spans.append(charts.Span(_named(group, lookup), *edges, words, need.system in chosen))
    each = "; ".join(f"{s.label}: {s.words}" for s in spans)
    alt = say("demand.band-alt", workload=workload.name, each=each)
    mine = groups[0][0]
    title = say(
        "demand.need", workload=workload.name or workload.id, n=mine.accelerators, system=lookup.name(mine.system)
    )
    title += f", {say('demand.bound', limit=term('binding', mine.binding))}" if mine.binding else ""
    note = say("demand.band-note")
    return Figure(
        text.anchor("need", workload.id), title, charts.ranges(spans, alt), note, origin=_formula(workload, lookup)
    )


def _needs(workload: WorkloadDemand, groups: list[list[Need]], chosen: set[str], lookup: Lookup) -> Table:
    columns = (
        Column(say("col.systems"), weight=4),
        Column(say("col.result"), weight=0.9),
        Column(say("col.planned"), True, 0.7),
        Column(say("col.p10"), True, 0.5, ("band",)),
        Column(say("col.p90"), True, 0.5, ("band",)),
        Column(say("col.units"), weight=1.1),
        Column(say("col.binding-reason"), weight=2.2),
    )
    rows = tuple(_need(group, group[0].system in chosen, lookup) for group in groups)
    caption, origin = say("demand.needs", workload=workload.name), _formula(workload, lookup)
    return Table(text.anchor("needs", workload.id), caption, columns, rows, small=True, depth="audit", origin=origin)


def _formula(workload: WorkloadDemand, lookup: Lookup) -> Origin:
    """The formula of its kind, what the request says of it, and the priors and assumptions that it takes."""
    return (f"demand-{workload.kind}", "request-workloads", *provenance.assumed(lookup.plan, workload.id))


def _need(group: list[Need], mine: bool, lookup: Lookup) -> Row:
    need = group[0]
    tone: Tone = "good" if mine else ("info" if need.feasible else "bad")
    result = "chosen" if mine else ("possible" if need.feasible else "impossible")
    reason = need.reason or term("binding", need.binding)
    if need.feasible and not need.calibrated:
        reason = f"{reason}; {say('demand.not-calibrated')}".lstrip("; ")
    figures = (need.accelerators, need.accelerators_p10, need.accelerators_p90)
    unit = say("demand.units", n=need.units, each=need.unit_accelerators) if need.units else text.DASH
    return Row(
        (
            Cell("; ".join(lookup.name(n.system) for n in group)),
            Cell(say(f"result.{result}"), tone=tone),
            *(Cell(text.count(value), sort=value) if need.feasible else Cell(text.DASH) for value in figures),
            Cell(unit),
            Cell(text.sentence(reason) or text.DASH),
        ),
        strong=mine,
    )


def _figures(workload: WorkloadDemand, need: Need, lookup: Lookup) -> Fold:
    origin = (f"demand-{workload.kind}",)
    layout = tuple(
        Pair(say("demand.layout", key=term("layout", key)), text.count(value), origin)
        for key, value in sorted(need.layout.items())
    )
    items = tuple(Pair(term("figure", key), text.number(value), origin) for key, value in sorted(need.figures.items()))
    title = say("demand.worked-out", system=lookup.name(need.system))
    return Fold(text.anchor("figures", workload.id), title, (Facts((*layout, *items)),), depth="audit")


def _storage(plan: Plan) -> Table:
    rows = tuple(
        Row(
            (
                Cell(s.site),
                Cell(text.figure(f"{s.usable_tb:,} TB"), sort=s.usable_tb),
                Cell(text.figure(f"{s.read_gb_s:,} GB/s"), sort=s.read_gb_s),
                Cell(text.figure(f"{s.write_gb_s:,} GB/s"), sort=s.write_gb_s),
                Cell("; ".join(f"{term('cause', k)}: {v}" for k, v in sorted(s.causes.items()))),
            )
        )
        for s in plan.storage_demand
    )
    columns = (
        Column(say("col.site"), weight=1),
        Column(say("col.usable"), True, 1, ("storage-needs",)),
        Column(say("col.read"), True, 1, ("storage-needs",)),
        Column(say("col.write"), True, 1, ("storage-needs",)),
        Column(say("col.asked-by"), weight=4),
    )
    return Table("storage-needs", say("demand.storage-table"), columns, rows)


def systems(plan: Plan, lookup: Lookup) -> Section:
    """What is bought to compute, store and manage, by hall."""
    tables = (_systems(plan, lookup), _stores(plan, lookup), _devices(plan, lookup))
    return Section("systems", say("systems.title"), "", tuple(table for table in tables if table.rows))


def _product(product: str, lookup: Lookup) -> Cell:
    return Cell(lookup.name(product), href=f"#{text.anchor('product', product)}")


def _systems(plan: Plan, lookup: Lookup) -> Table:
    columns = (
        Column(say("col.hall"), weight=1.2),
        Column(say("col.system"), weight=2),
        Column(say("col.systems"), True, 0.8, ("systems", "proof/sizing")),
        Column(say("col.spare"), True, 0.9, ("spares",)),
        Column(say("col.accelerators"), True, 1, ("accelerators",)),
        Column(say("col.working"), True, 1, ("working",)),
        Column(say("col.serves"), weight=3),
    )
    rows = tuple(
        Row(
            (
                Cell(lookup.hall_name(s.hall)),
                _product(s.product, lookup),
                Cell(text.count(s.count), sort=s.count),
                Cell(text.count(s.spares), sort=s.spares),
                Cell(text.count(s.accelerators), sort=s.accelerators),
                _working(s),
                Cell(", ".join(lookup.workload_names.get(w, w) for w in s.workloads)),
            ),
            origin=provenance.products([s.product]),
        )
        for s in plan.systems
    )
    return Table("systems-table", say("systems.accelerators"), columns, rows)


def _working(choice: SystemChoice) -> Cell:
    """The mean share of what is in service that works, and the trays to keep for it."""
    trays = text.counted("spare-tray", choice.spare_trays) if choice.spare_trays else ""
    return Cell(text.percent(choice.availability, 2), sub=trays, sort=choice.availability)


def _stores(plan: Plan, lookup: Lookup) -> Table:
    columns = (
        Column(say("col.hall"), weight=1.2),
        Column(say("col.product"), weight=2),
        Column(say("col.units"), True, 0.8, ("storage-units", "proof/sizing")),
        Column(say("col.usable"), True, 1, ("storage-given",)),
        Column(say("col.read"), True, 1, ("storage-given",)),
        Column(say("col.write"), True, 1, ("storage-given",)),
    )
    rows = tuple(
        Row(
            (
                Cell(lookup.hall_name(s.hall)),
                _product(s.product, lookup),
                Cell(text.count(s.units)),
                Cell(text.figure(f"{s.usable_tb:,} TB")),
                Cell(_rate(s.read_gb_s)),
                Cell(_rate(s.write_gb_s)),
            ),
            origin=provenance.products([s.product]),
        )
        for s in plan.storage
    )
    return Table("storage-table", say("systems.storage"), columns, rows)


def _devices(plan: Plan, lookup: Lookup) -> Table:
    columns = (
        Column(say("col.hall"), weight=1.2),
        Column(say("col.role"), weight=1.4),
        Column(say("col.product"), weight=2),
        Column(say("col.count"), True, 0.7, ("devices",)),
        Column(say("col.cause"), weight=3),
    )
    rows = tuple(
        Row(
            (
                Cell(lookup.hall_name(d.hall)),
                Cell(text.sentence(term("role", d.role))),
                _product(d.product, lookup),
                Cell(text.count(d.count), sort=d.count),
                Cell(d.cause),
            )
        )
        for d in plan.devices
    )
    return Table("devices-table", say("systems.devices"), columns, rows)


def _rate(rate: int | None) -> str:
    return text.unknown() if rate is None else text.figure(f"{rate:,} GB/s")
