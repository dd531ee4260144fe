"""Networks: each fabric drawn by tier, then switches, links, modules and cables in tables of their own."""

from __future__ import annotations

from collections import defaultdict

from planner.plan.schema import CableLine, FabricPlan, Plan
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Facts, Figure, Heading, Prose, Row, Section, Table
from planner.report.drawings import fabric
from planner.report.lookup import Lookup


def section(plan: Plan, lookup: Lookup) -> Section:
    """Every fabric of every hall."""
    blocks: list[Block] = [_totals(plan)]
    for entry in plan.fabrics:
        where = f", {lookup.hall_name(entry.hall)}" if len(lookup.hall_ids) > 1 else ""
        blocks.append(Heading(f"{text.sentence(entry.fabric)} fabric{where}", text.anchor("fabric", f"{entry.hall}/{entry.fabric}")))
        blocks += _fabric(entry, lookup)
    if plan.cables:
        blocks += [Heading("Cables and modules", "cabling"), *_modules(plan, lookup), _cables(plan, lookup)]
    lead = "A link is one logical connection at port speed. Modules and cables are what is bought; the three are counted apart."
    return Section("network", "Network", lead, tuple(blocks))


def _totals(plan: Plan) -> Facts:
    switches = sum(sum(f.switches.values()) for f in plan.fabrics)
    modules = sum(count for line in plan.cables for count in line.modules.values())
    unknown = [f"{f.fabric} of {f.hall}" for f in plan.fabrics if not f.counts_known]
    items = [("switches", f"{switches:,}"), ("links", f"{sum(e.links for f in plan.fabrics for e in f.links):,}"),
             ("modules", f"{modules:,}"), ("cables", f"{sum(line.cables for line in plan.cables):,}")]  # fmt: skip
    if unknown:
        items.append(("counts not published, and not in these figures", ", ".join(unknown)))
    return Facts(tuple(items))


def _fabric(entry: FabricPlan, lookup: Lookup) -> list[Block]:
    blocks: list[Block] = []
    if not entry.counts_known:
        blocks.append(Prose("The operator supplies this fabric; its counts are unknown."))
    elif entry.switches:
        total = sum(entry.switches.values())
        title = f"{text.plural(total, 'switch', 'switches')} join {text.plural(entry.systems, 'system')}"
        blocks.append(Figure(text.anchor("diagram", f"{entry.hall}/{entry.fabric}"), title, fabric.diagram(entry, lookup),
                             f"Design {entry.design}, {text.plural(entry.scalable_units, 'scalable unit')}. Above twelve, a band shows its first and last only."))  # fmt: skip
        rows = [Row((Cell(text.sentence(text.words(role))), Cell(lookup.name(entry.switch_products.get(role)), href=_product(entry, role)),
                     Cell(f"{entry.switches[role]:,}"), Cell("switches"))) for role in sorted(entry.switches, key=fabric.rank)]  # fmt: skip
        rows += [Row((Cell(text.sentence(text.words(e.tier))), Cell(f"{e.speed_gbit_s:g} Gb/s"), Cell(f"{e.links:,}"), Cell("links"))) for e in entry.links]
        columns = (Column("Tier", weight=2), Column("Product or speed", weight=2.5), Column("Count", True, 0.8), Column("Of what", weight=0.8))
        blocks.append(Table(text.anchor("tiers", f"{entry.hall}/{entry.fabric}"), f"{text.sentence(entry.fabric)} fabric: switches and links", columns, tuple(rows)))
    blocks += [Prose(text.sentence(note)) for note in entry.notes]
    return blocks


def _product(entry: FabricPlan, role: str) -> str:
    product = entry.switch_products.get(role)
    return f"#{text.anchor('product', product)}" if product else ""


def _modules(plan: Plan, lookup: Lookup) -> list[Block]:
    counts: dict[str, int] = defaultdict(int)
    for line in plan.cables:
        for product, count in line.modules.items():
            counts[product] += count
    if not counts:
        return []
    rows = tuple(Row((Cell(lookup.name(p), href=f"#{text.anchor('product', p)}"), Cell(f"{counts[p]:,}", sort=counts[p]))) for p in sorted(counts))
    return [Table("modules", "Modules", (Column("Module", weight=4), Column("Count", True)), rows)]


def _cables(plan: Plan, lookup: Lookup) -> Table:
    columns = (Column("Fabric", weight=1.2), Column("Tier", weight=1.2), Column("Cable", weight=2.6), Column("Length", True, 0.8),
               Column("Cables", True, 0.8), Column("Links", True, 0.8), Column("Modules", weight=2))  # fmt: skip
    rows = tuple(_cable(line, lookup) for line in plan.cables)
    return Table("cables", "Cables by purpose and length", columns, rows, tools=True, small=True)


def _cable(line: CableLine, lookup: Lookup) -> Row:
    modules = ", ".join(f"{count:,} x {lookup.name(p)}" for p, count in sorted(line.modules.items())) or "fixed ends or none"
    product = Cell(lookup.name(line.product), sub=line.note, href=f"#{text.anchor('product', line.product)}") if line.product else Cell(
        "no product fits", sub=line.note, tone="warn")  # fmt: skip
    return Row((Cell(line.fabric, sub=line.hall), Cell(text.words(line.tier)), product, Cell(f"{line.length_m:g} m", sort=line.length_m),
                Cell(f"{line.cables:,}", sort=line.cables), Cell(f"{line.links:,}", sort=line.links), Cell(modules)))  # fmt: skip
