"""From requirement to hardware: what each workload needs, what serves it, what binds."""

from __future__ import annotations

from planner.plan.schema import Need, Plan, WorkloadDemand
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Facts, Figure, Heading, Prose, Row, Section, Table
from planner.report.drawings import charts, flow
from planner.report.lookup import Lookup


def section(plan: Plan, lookup: Lookup) -> Section:
    """Workloads, their needs on every system, and the decision for each."""
    blocks: list[Block] = [_decisions(plan, lookup)]
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


def _workload(workload: WorkloadDemand, plan: Plan, lookup: Lookup) -> list[Block]:
    chosen = {d.system for d in plan.decisions if d.workload == workload.id}
    name = workload.name or workload.id
    blocks: list[Block] = [Heading(name, text.anchor("workload", workload.id))]
    blocks.append(Prose(f"{text.sentence(text.words(workload.kind))}: {workload.summary}"))
    possible = [need for need in workload.needs if need.feasible and need.accelerators]
    if possible:
        blocks.append(_band(workload, possible, chosen, lookup))
    if workload.needs:
        blocks.append(_needs(workload, chosen, lookup))
    for need in workload.needs:
        if need.system in chosen and need.figures:
            items = tuple((key, text.number(value)) for key, value in sorted(need.figures.items()))
            layout = tuple((f"layout, {text.words(key)}", f"{value:,}") for key, value in sorted(need.layout.items()))
            blocks.append(Facts((("worked out for", lookup.name(need.system)), *layout, *items), depth="audit"))
    return blocks


def _band(workload: WorkloadDemand, needs: list[Need], chosen: set[str], lookup: Lookup) -> Figure:
    spans = [
        charts.Span(
            lookup.name(n.system),
            n.accelerators_p10,
            n.accelerators,
            n.accelerators_p90,
            f"{n.accelerators:,} ({n.accelerators_p10:,} to {n.accelerators_p90:,})",
            n.system in chosen,
        )
        for n in needs
    ]
    alt = f"Accelerators that {workload.name} needs: " + "; ".join(f"{s.label}: {s.words}" for s in spans)
    mine = next((n for n in needs if n.system in chosen), needs[0])
    title = f"{text.plural(mine.accelerators, 'accelerator')} of {lookup.name(mine.system)}" + (
        f", bound by {mine.binding}" if mine.binding else ""
    )
    note = "Accelerators: band from p10 to p90, mark at the planning value."
    return Figure(text.anchor("need", workload.id), title, charts.ranges(spans, alt), note)


def _needs(workload: WorkloadDemand, chosen: set[str], lookup: Lookup) -> Table:
    rows = []
    for need in workload.needs:
        mark = "chosen" if need.system in chosen else ("possible" if need.feasible else "impossible")
        tone = {"chosen": "good", "possible": "info", "impossible": "bad"}[mark]
        reason = need.reason or (f"binding: {need.binding}" if need.binding else "")
        if need.feasible and not need.calibrated:
            reason = f"{reason}; not calibrated on published measurements".lstrip("; ")
        figures = (need.accelerators, need.accelerators_p10, need.accelerators_p90)
        cells = [Cell(f"{value:,}" if need.feasible else text.DASH, sort=value) for value in figures]
        unit = f"{text.plural(need.units, 'unit')} of {need.unit_accelerators:,}" if need.units else text.DASH
        rows.append(
            Row(
                (Cell(lookup.name(need.system)), Cell(mark, tone=tone), *cells, Cell(unit), Cell(reason or text.DASH)),  # type: ignore[arg-type]
                strong=need.system in chosen,
            )
        )
    columns = (
        Column("System", weight=2),
        Column("Result", weight=1),
        Column("Planned", True, 0.8),
        Column("p10", True, 0.6),
        Column("p90", True, 0.6),
        Column("Units", weight=1.1),
        Column("Binding limit or reason", weight=2.6),
    )
    return Table(
        text.anchor("needs", workload.id), f"{workload.name}: accelerators on each system", columns, tuple(rows)
    )


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
    chosen = Table(
        "systems-table",
        "Accelerator systems",
        (
            Column("Hall", weight=1.2),
            Column("System", weight=2),
            Column("Systems", True, 0.8),
            Column("of which spare", True, 0.9),
            Column("Accelerators", True, 1),
            Column("Serves", weight=3),
        ),
        tuple(
            Row(
                (
                    Cell(lookup.hall_name(s.hall)),
                    Cell(lookup.name(s.product), href=f"#{text.anchor('product', s.product)}"),
                    Cell(f"{s.count:,}", sort=s.count),
                    Cell(f"{s.spares:,}", sort=s.spares),
                    Cell(f"{s.accelerators:,}", sort=s.accelerators),
                    Cell(", ".join(lookup.workload_names.get(w, w) for w in s.workloads)),
                )
            )
            for s in plan.systems
        ),
    )
    stored = Table(
        "storage-table",
        "Storage",
        (
            Column("Hall", weight=1.2),
            Column("Product", weight=2),
            Column("Units", True, 0.8),
            Column("Usable", True, 1),
            Column("Read", True, 1),
            Column("Write", True, 1),
        ),
        tuple(
            Row(
                (
                    Cell(lookup.hall_name(s.hall)),
                    Cell(lookup.name(s.product), href=f"#{text.anchor('product', s.product)}"),
                    Cell(f"{s.units:,}"),
                    Cell(f"{s.usable_tb:,} TB"),
                    Cell(_rate(s.read_gb_s)),
                    Cell(_rate(s.write_gb_s)),
                )
            )
            for s in plan.storage
        ),
    )
    devices = Table(
        "devices-table",
        "Every other device",
        (
            Column("Hall", weight=1.2),
            Column("Role", weight=1.4),
            Column("Product", weight=2),
            Column("Count", True, 0.7),
            Column("Cause", weight=3),
        ),
        tuple(
            Row(
                (
                    Cell(lookup.hall_name(d.hall)),
                    Cell(text.words(d.role)),
                    Cell(lookup.name(d.product), href=f"#{text.anchor('product', d.product)}"),
                    Cell(f"{d.count:,}", sort=d.count),
                    Cell(d.cause),
                )
            )
            for d in plan.devices
        ),
    )
    return Section("systems", "Systems, storage and devices", "", tuple(t for t in (chosen, stored, devices) if t.rows))


def _rate(rate: int | None) -> str:
    return text.UNKNOWN if rate is None else f"{rate:,} GB/s"
