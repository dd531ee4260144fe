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
    for number, entry in enumerate(plan.fabrics, 1):
        title = _title(entry, plan, lookup)
        blocks.append(Heading(title, f"fabric-{number}"))
        blocks += _fabric(entry, number, title, lookup)
    modules = _modules(plan, lookup)
    if plan.cables or modules:
        blocks += [Heading("Cables and modules", "cabling"), *modules]
    if plan.cables:
        blocks.append(_cables(plan, lookup))
    lead = (
        "A link is one logical connection at port speed; modules and cables are what is bought. Each is counted apart."
    )
    return Section("network", "Network", lead, tuple(blocks))


def _title(entry: FabricPlan, plan: Plan, lookup: Lookup) -> str:
    """ "Compute fabric", with its hall and its system where there are several."""
    same = [other for other in plan.fabrics if other.fabric == entry.fabric]
    parts = [f"{text.sentence(entry.fabric)} fabric"]
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
            counts[f"{line.fabric}, {text.words(line.tier)}", product] += count
    if plan.cables:
        return dict(counts)
    for fabric_plan in plan.fabrics:
        for key, count in fabric_plan.modules.items():
            where, _, product = key.partition("/")
            counts[where, product] += count
    return dict(counts)


def _totals(plan: Plan) -> Facts:
    switches = sum(sum(f.switches.values()) for f in plan.fabrics)
    modules = sum(module_counts(plan).values())
    unknown = [f"{f.fabric} of {f.hall}" for f in plan.fabrics if not f.counts_known]
    items = [
        ("switches", f"{switches:,}"),
        ("links", f"{sum(e.links for f in plan.fabrics for e in f.links):,}"),
        ("modules", f"{modules:,}"),
        ("cables", f"{sum(line.cables for line in plan.cables):,}"),
    ]
    if unknown:
        items.append(("counts not published, and not in these figures", ", ".join(unknown)))
    return Facts(tuple(items))


def _fabric(entry: FabricPlan, number: int, name: str, lookup: Lookup) -> list[Block]:
    blocks: list[Block] = []
    if not entry.counts_known:
        blocks.append(Prose("The operator supplies this fabric; its counts are unknown."))
    elif entry.switches:
        total = sum(entry.switches.values())
        title = f"{text.plural(total, 'switch', 'switches')} join {text.plural(entry.systems, 'system')}"
        units = text.plural(entry.scalable_units, "scalable unit")
        note = f"Design {entry.design}, {units}. Above twelve, a band shows its first and last only."
        blocks.append(Figure(f"diagram-{number}", title, fabric.diagram(entry, lookup), note))
    else:
        blocks.append(Prose(f"Design {entry.design}: this fabric has no switches of its own."))
    if entry.switches or entry.links:
        blocks.append(_counts(entry, number, name, lookup))
    return blocks + [Prose(text.sentence(note)) for note in entry.notes]


def _counts(entry: FabricPlan, number: int, name: str, lookup: Lookup) -> Table:
    def row(tier: str, what: str, count: int, unit: str, href: str = "") -> Row:
        return Row((Cell(text.sentence(text.words(tier))), Cell(what, href=href), Cell(f"{count:,}"), Cell(unit)))

    switches = (
        row(role, lookup.name(entry.switch_products.get(role)), entry.switches[role], "switches", _product(entry, role))
        for role in sorted(entry.switches, key=fabric.rank)
    )
    links = (row(e.tier, f"{e.speed_gbit_s:g} Gb/s", e.links, "links") for e in entry.links)
    columns = (
        Column("Tier", weight=2),
        Column("Product or speed", weight=2.5),
        Column("Count", True, 0.8),
        Column("Of what", weight=0.8),
    )
    return Table(f"tiers-{number}", f"{name}: switches and links", columns, (*switches, *links))


def _product(entry: FabricPlan, role: str) -> str:
    product = entry.switch_products.get(role)
    return f"#{text.anchor('product', product)}" if product else ""


def _modules(plan: Plan, lookup: Lookup) -> list[Block]:
    counts = module_counts(plan)
    rows = tuple(
        Row(
            (
                Cell(
                    lookup.name(product) if product else "not fixed by the design",
                    href=f"#{text.anchor('product', product)}",
                ),
                Cell(where or text.DASH),
                Cell(f"{counts[where, product]:,}", sort=counts[where, product]),
            )
        )
        for where, product in sorted(counts)
    )
    columns = (Column("Module", weight=4), Column("Used for", weight=2), Column("Count", True))
    return [Table("modules", "Modules", columns, rows)] if rows else []


def _cables(plan: Plan, lookup: Lookup) -> Table:
    columns = (
        Column("Fabric", weight=1.2),
        Column("Tier", weight=1.2),
        Column("Cable", weight=2.6),
        Column("Part number", weight=1.5),
        Column("Length", True, 0.8),
        Column("Cables", True, 0.8),
        Column("Links", True, 0.8),
    )
    rows = tuple(_cable(line, lookup) for line in plan.cables)
    return Table("cables", "Cables by purpose and length", columns, rows, tools=True, small=True)


def _cable(line: CableLine, lookup: Lookup) -> Row:
    said = "; ".join(word for word in (text.words(line.medium), line.note) if word)
    product = (
        Cell(lookup.name(line.product), sub=said, href=f"#{text.anchor('product', line.product)}")
        if line.product
        else Cell("no product fits", sub=line.note, tone="warn")
    )
    return Row(
        (
            Cell(line.fabric, sub=line.hall),
            Cell(text.words(line.tier)),
            product,
            Cell(line.part_number or "no part number yet", tone="" if line.part_number else "warn"),
            Cell(text.length(line.length_m), sort=line.length_m),
            Cell(f"{line.cables:,}", sort=line.cables),
            Cell(f"{line.links:,}", sort=line.links),
        )
    )
