"""From requirement to hardware: what each workload needs, what serves it, what binds."""

from __future__ import annotations

from collections import defaultdict

from planner.plan.schema import Need, Plan, WorkloadDemand
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Facts, Figure, Fold, Heading, Prose, Row, Section, Table, Tone
from planner.report.drawings import charts, flow
from planner.report.lookup import Lookup
from planner.report.view import sensitivity


def section(plan: Plan, lookup: Lookup) -> Section:
    """Workloads, their needs on every system, and the decision for each."""
    blocks: list[Block | Fold] = [_decisions(plan, lookup)]
    drawing = flow.diagram(plan, lookup)
    if drawing is not None:
        head = plan.headline
        blocks.append(
            Figure(
                "flow",
                f"{text.plural(head.accelerators, 'accelerator')} serve {text.plural(len(plan.demand), 'workload')}",
                drawing,
                "Height of a band: accelerators. A feed's part is its share of the hall.",
            )
        )
    for workload in plan.demand:
        blocks += _workload(workload, plan, lookup)
    if plan.storage_demand:
        blocks += [Heading("Storage", "storage-demand"), _storage(plan)]
    lead = (
        "Planning values take the 25th percentile of throughput; p10 and p90 are the optimistic and pessimistic ends."
    )
    return Section("demand", "Requirement to hardware", lead, tuple(blocks))


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
                Cell(lookup.name(d.system) if d.system else "storage alone"),
                Cell(f"{d.accelerators:,}" if d.accelerators else text.DASH, sort=d.accelerators),
                Cell(d.why, sub=f"binding: {d.binding}" if d.binding else ""),
                Cell(d.headroom or text.DASH),
            )
        )
        for d in plan.decisions
    )
    columns = (
        Column("Workload", weight=2),
        Column("Runs in", weight=1.2),
        Column("On", weight=1.5),
        Column("Accelerators", True, 1),
        Column("Why", weight=2.6),
        Column("Headroom", weight=1.4),
    )
    return Table("decisions", "Where each workload runs, on what, and why", columns, rows)


def _workload(workload: WorkloadDemand, plan: Plan, lookup: Lookup) -> list[Block | Fold]:
    chosen = {d.system for d in plan.decisions if d.workload == workload.id}
    blocks: list[Block | Fold] = [Heading(workload.name or workload.id, text.anchor("workload", workload.id))]
    blocks.append(Prose(f"{text.sentence(text.words(workload.kind))}: {workload.summary}"))
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
    return f"{first} and {len(group) - 1} more" if len(group) > 1 else first


def _band(workload: WorkloadDemand, groups: list[list[Need]], chosen: set[str], lookup: Lookup) -> Figure:
    spans = []
    for group in groups:
        need = group[0]
        words = f"{need.accelerators:,} ({need.accelerators_p10:,} to {need.accelerators_p90:,})"
        edges = (need.accelerators_p10, need.accelerators, need.accelerators_p90)
        spans.append(charts.Span(_named(group, lookup), *edges, words, need.system in chosen))
    alt = f"Accelerators that {workload.name} needs: " + "; ".join(f"{s.label}: {s.words}" for s in spans)
    mine = groups[0][0]
    bound = f", bound by {mine.binding}" if mine.binding else ""
    title = f"{text.plural(mine.accelerators, 'accelerator')} of {lookup.name(mine.system)}{bound}"
    note = "Accelerators: band from p10 to p90, mark at the planning value."
    return Figure(text.anchor("need", workload.id), title, charts.ranges(spans, alt), note)


def _needs(workload: WorkloadDemand, groups: list[list[Need]], chosen: set[str], lookup: Lookup) -> Table:
    columns = (
        Column("Systems", weight=4),
        Column("Result", weight=0.9),
        Column("Planned", True, 0.7),
        Column("p10", True, 0.5),
        Column("p90", True, 0.5),
        Column("Units", weight=1.1),
        Column("Binding limit or reason", weight=2.2),
    )
    rows = tuple(_need(group, group[0].system in chosen, lookup) for group in groups)
    return Table(
        text.anchor("needs", workload.id), f"{workload.name}: accelerators on each system", columns, rows, small=True
    )


def _need(group: list[Need], mine: bool, lookup: Lookup) -> Row:
    need = group[0]
    tone: Tone = "good" if mine else ("info" if need.feasible else "bad")
    reason = need.reason or need.binding
    if need.feasible and not need.calibrated:
        reason = f"{reason}; not calibrated on published measurements".lstrip("; ")
    figures = (need.accelerators, need.accelerators_p10, need.accelerators_p90)
    unit = f"{text.plural(need.units, 'unit')} of {need.unit_accelerators:,}" if need.units else text.DASH
    return Row(
        (
            Cell("; ".join(lookup.name(n.system) for n in group)),
            Cell("chosen" if mine else ("possible" if need.feasible else "impossible"), tone=tone),
            *(Cell(f"{value:,}", sort=value) if need.feasible else Cell(text.DASH) for value in figures),
            Cell(unit),
            Cell(text.sentence(reason) or text.DASH),
        ),
        strong=mine,
    )


def _figures(workload: WorkloadDemand, need: Need, lookup: Lookup) -> Fold:
    layout = tuple((f"layout, {text.words(key)}", f"{value:,}") for key, value in sorted(need.layout.items()))
    items = tuple((key, text.number(value)) for key, value in sorted(need.figures.items()))
    title = f"How the need on {lookup.name(need.system)} was worked out"
    return Fold(text.anchor("figures", workload.id), title, (Facts((*layout, *items)),), depth="audit")


def _storage(plan: Plan) -> Table:
    rows = tuple(
        Row(
            (
                Cell(s.site),
                Cell(f"{s.usable_tb:,} TB", sort=s.usable_tb),
                Cell(f"{s.read_gb_s:,} GB/s", sort=s.read_gb_s),
                Cell(f"{s.write_gb_s:,} GB/s", sort=s.write_gb_s),
                Cell("; ".join(f"{k}: {v}" for k, v in sorted(s.causes.items()))),
            )
        )
        for s in plan.storage_demand
    )
    columns = (
        Column("Site", weight=1),
        Column("Usable", True, 1),
        Column("Read", True, 1),
        Column("Write", True, 1),
        Column("Asked for by", weight=4),
    )
    return Table("storage-needs", "Storage that each site must offer", columns, rows)


def systems(plan: Plan, lookup: Lookup) -> Section:
    """What is bought to compute, store and manage, by hall."""
    tables = (_systems(plan, lookup), _stores(plan, lookup), _devices(plan, lookup))
    return Section("systems", "Systems, storage and devices", "", tuple(table for table in tables if table.rows))


def _product(product: str, lookup: Lookup) -> Cell:
    return Cell(lookup.name(product), href=f"#{text.anchor('product', product)}")


def _systems(plan: Plan, lookup: Lookup) -> Table:
    columns = (
        Column("Hall", weight=1.2),
        Column("System", weight=2),
        Column("Systems", True, 0.8),
        Column("of which spare", True, 0.9),
        Column("Accelerators", True, 1),
        Column("Serves", weight=3),
    )
    rows = tuple(
        Row(
            (
                Cell(lookup.hall_name(s.hall)),
                _product(s.product, lookup),
                Cell(f"{s.count:,}", sort=s.count),
                Cell(f"{s.spares:,}", sort=s.spares),
                Cell(f"{s.accelerators:,}", sort=s.accelerators),
                Cell(", ".join(lookup.workload_names.get(w, w) for w in s.workloads)),
            )
        )
        for s in plan.systems
    )
    return Table("systems-table", "Accelerator systems", columns, rows)


def _stores(plan: Plan, lookup: Lookup) -> Table:
    columns = (
        Column("Hall", weight=1.2),
        Column("Product", weight=2),
        Column("Units", True, 0.8),
        Column("Usable", True, 1),
        Column("Read", True, 1),
        Column("Write", True, 1),
    )
    rows = tuple(
        Row(
            (
                Cell(lookup.hall_name(s.hall)),
                _product(s.product, lookup),
                Cell(f"{s.units:,}"),
                Cell(f"{s.usable_tb:,} TB"),
                Cell(_rate(s.read_gb_s)),
                Cell(_rate(s.write_gb_s)),
            )
        )
        for s in plan.storage
    )
    return Table("storage-table", "Storage", columns, rows)


def _devices(plan: Plan, lookup: Lookup) -> Table:
    columns = (
        Column("Hall", weight=1.2),
        Column("Role", weight=1.4),
        Column("Product", weight=2),
        Column("Count", True, 0.7),
        Column("Cause", weight=3),
    )
    rows = tuple(
        Row(
            (
                Cell(lookup.hall_name(d.hall)),
                Cell(text.words(d.role)),
                _product(d.product, lookup),
                Cell(f"{d.count:,}", sort=d.count),
                Cell(d.cause),
            )
        )
        for d in plan.devices
    )
    return Table("devices-table", "Every other device", columns, rows)


def _rate(rate: int | None) -> str:
    return text.UNKNOWN if rate is None else f"{rate:,} GB/s"
