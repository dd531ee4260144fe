"""Networks: each fabric drawn by tier, then switches, links, modules and cables in tables of their own."""

from __future__ import annotations

from collections import defaultdict

from planner.plan.schema import CableLine, FabricPlan, Plan
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
    Prose,
    Row,
    Section,
    Table,
)
from planner.report.drawings import fabric
from planner.report.language import say, term
from planner.report.lookup import Lookup


def section(plan: Plan, lookup: Lookup) -> Section:
    """Every fabric of every hall."""
    blocks: list[Block] = [_totals(plan)]
    for number, entry in enumerate(plan.fabrics, 1):
        title = _title(entry, plan, lookup)
        blocks.append(Heading(title, f"fabric-{number}"))
        blocks += _fabric(entry, number, title, lookup)
    modules = _modules(plan, lookup)
    if plan.cables or modules:
        blocks += [Heading(say("network.cables-modules"), "cabling"), *modules]
    if plan.cables:
        blocks.append(_cables(plan, lookup))
    return Section("network", say("network.title"), say("network.lead"), tuple(blocks))


def _title(entry: FabricPlan, plan: Plan, lookup: Lookup) -> str:
    """ "Compute fabric", with its hall and its system where there are several."""
    same = [other for other in plan.fabrics if other.fabric == entry.fabric]
    parts = [term("fabric-name", entry.fabric)]
    if len({other.hall for other in same}) > 1:
        parts.append(lookup.hall_name(entry.hall))
    if len({other.system for other in same}) > 1 and entry.system:
        parts.append(lookup.name(entry.system))
    return ", ".join(parts)


def module_counts(plan: Plan) -> dict[tuple[str, str], int]:
    """Modules by where they are used and product: as wired and bought, or as designed where nothing is wired yet."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for line in plan.cables:
        for product, count in line.modules.items():
            counts[f"{term('fabric-short', line.fabric)}, {term('tier', line.tier)}", product] += count
    if plan.cables:
        return dict(counts)
    for fabric_plan in plan.fabrics:
        for key, count in fabric_plan.modules.items():
            where, _, product = key.partition("/")
            counts[term("where", where), product] += count
    return dict(counts)


def _totals(plan: Plan) -> Facts:
    switches = sum(sum(f.switches.values()) for f in plan.fabrics)
    modules = sum(module_counts(plan).values())
    unknown = [f"{term('fabric-short', f.fabric)}, {f.hall}" for f in plan.fabrics if not f.counts_known]
    items = [
        Pair(say("network.switches"), text.count(switches), ("fabric-count",)),
        Pair(say("network.links"), text.count(sum(e.links for f in plan.fabrics for e in f.links)), ("fabric-count",)),
        Pair(say("network.modules"), text.count(modules), ("modules",)),
        Pair(say("network.cables"), text.count(sum(line.cables for line in plan.cables)), ("cables", "proof/cabling")),
    ]
    if unknown:
        items.append(Pair(say("network.not-published"), ", ".join(unknown), ("unknown",)))
    return Facts(tuple(items))


def _fabric(entry: FabricPlan, number: int, name: str, lookup: Lookup) -> list[Block]:
    blocks: list[Block] = []
    if not entry.counts_known:
        blocks.append(Prose(say("network.operators")))
    elif entry.switches:
        total = sum(entry.switches.values())
        title = say(
            "network.join", switches=text.counted("switch", total), systems=text.counted("system", entry.systems)
        )
        units = text.counted("scalable-unit", entry.scalable_units)
        note = say("network.design-note", design=entry.design, units=units)
        blocks.append(Figure(f"diagram-{number}", title, fabric.diagram(entry, lookup), note, origin=_designed(entry)))
    elif standing := _standing(entry, lookup):
        blocks.append(Prose(say("network.standing", design=entry.design, switches=text.listed(standing))))
    else:
        blocks.append(Prose(say("network.no-switches", design=entry.design)))
    if entry.switches or entry.links:
        blocks.append(_counts(entry, number, name, lookup))
    return blocks + [Prose(text.sentence(note)) for note in entry.notes]


def _standing(entry: FabricPlan, lookup: Lookup) -> list[str]:
    """Switches that stand already at whose free ports a fabric without switches ends.

    None where it has inter-switch links: then another fabric names its switches.
    """
    if any(link.tier == "isl" for link in entry.links):
        return []
    role = "in-band" if entry.fabric == "converged" else entry.fabric
    racks = (rack for rack in lookup.plan.existing if rack.hall == entry.hall)
    used = (ports.switch for rack in racks for ports in rack.ports if ports.fabric == role and ports.used)
    return list(dict.fromkeys(used))


def _counts(entry: FabricPlan, number: int, name: str, lookup: Lookup) -> Table:
    def row(tier: str, what: str, count: int, unit: str, href: str = "") -> Row:
        return Row((Cell(text.sentence(tier)), Cell(what, href=href), Cell(text.count(count)), Cell(unit)))

    switches = (
        row(
            term("role", role),
            lookup.name(entry.switch_products.get(role)),
            entry.switches[role],
            say("network.switches"),
            _product(entry, role),
        )
        for role in sorted(entry.switches, key=fabric.rank)
    )
    links = (row(term("tier", e.tier), text.speed(e.speed_gbit_s), e.links, say("network.links")) for e in entry.links)
    columns = (
        Column(say("col.tier"), weight=2),
        Column(say("col.product-speed"), weight=2.5),
        Column(say("col.count"), True, 0.8),
        Column(say("col.of-what"), weight=0.8),
    )
    return Table(
        f"tiers-{number}",
        say("network.tiers", fabric=name),
        columns,
        (*switches, *links),
        depth="audit" if entry.switches and fabric.complete(entry, lookup) else "full",  # its drawing says the same
        origin=_designed(entry),
    )


def _designed(entry: FabricPlan) -> Origin:
    return "fabric-count", f"design/{entry.design}"


def _product(entry: FabricPlan, role: str) -> str:
    product = entry.switch_products.get(role)
    return f"#{text.anchor('product', product)}" if product else ""


def _modules(plan: Plan, lookup: Lookup) -> list[Block]:
    counts = module_counts(plan)
    rows = tuple(
        Row(
            (
                Cell(
                    lookup.name(product) if product else say("network.not-fixed"),
                    href=f"#{text.anchor('product', product)}",
                ),
                Cell(where or text.DASH),
                Cell(text.count(counts[where, product]), sort=counts[where, product]),
            )
        )
        for where, product in sorted(counts)
    )
    columns = (
        Column(say("col.module"), weight=4),
        Column(say("col.used-for"), weight=2),
        Column(say("col.count"), True, 1, ("modules",)),
    )
    return [Table("modules", say("network.modules-table"), columns, rows)] if rows else []


def _cables(plan: Plan, lookup: Lookup) -> Table:
    columns = (
        Column(say("col.fabric"), weight=0.9),
        Column(say("col.tier"), weight=0.9),
        Column(say("col.cable"), weight=4.4),
        Column(say("col.part-number"), weight=1.4),
        Column(say("col.length"), True, 0.8, ("length", "proof/cabling")),
        Column(say("col.cables"), True, 0.8, ("cables",)),
        Column(say("col.links"), True, 0.8, ("fabric-count",)),
    )
    several = len({line.hall for line in plan.cables}) > 1
    rows = tuple(_cable(line, lookup, several) for line in plan.cables)
    return Table("cables", say("network.cables-table"), columns, rows, tools=True, small=True)


def _cable(line: CableLine, lookup: Lookup, several: bool) -> Row:
    said = "; ".join(word for word in (term("medium", line.medium), line.note) if word)
    product = (
        Cell(lookup.name(line.product), sub=said, href=f"#{text.anchor('product', line.product)}")
        if line.product
        else Cell(say("network.no-product"), sub=line.note, tone="warn")
    )
    return Row(
        (
            Cell(term("fabric-short", line.fabric), sub=line.hall if several else ""),
            Cell(term("tier", line.tier)),
            product,
            Cell(line.part_number or say("no-part-number"), tone="" if line.part_number else "warn"),
            Cell(text.length(line.length_m), sort=line.length_m),
            Cell(text.count(line.cables), sort=line.cables),
            Cell(text.count(line.links), sort=line.links),
        )
    )
