"""The site: floor plans to scale, and every distinct rack drawn once with the list of its positions."""

from __future__ import annotations

from collections import defaultdict

from planner.plan.schema import Pattern, Plan, Rack
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Figure, Gallery, Row, Section, Table
from planner.report.drawings import floor, rack
from planner.report.lookup import Lookup

CONTAINED = {
    "none": "hot and cold air are not kept apart",
    "hot": "hot aisles are contained",
    "cold": "cold aisles are contained",
    "rear-door": "rear doors cool what leaves the racks",
    "chimney": "chimneys carry off the hot air",
}


def floors(plan: Plan, lookup: Lookup) -> Section:
    """One plan by power and one by weight for every hall that holds racks."""
    blocks: list[Block] = []
    for hall_id in lookup.hall_ids:
        hall = lookup.halls.get(hall_id)
        if hall is None:
            continue
        racks = lookup.racks_of(hall_id)
        where = lookup.hall_name(hall_id)
        heaviest = max((lookup.pattern_of(r).weight_kg or 0 for r in racks), default=0)
        hottest = max((lookup.pattern_of(r).power_design_w or 0 for r in racks), default=0)
        note = "Seen from above, to scale. A cell leads to the drawing of its rack."
        blocks.append(
            Figure(
                text.anchor("floor-power", hall_id),
                f"{where}: no rack draws more than {text.power(hottest)} design",
                floor.plan(hall, racks, lookup, "power"),
                note,
            )
        )
        blocks.append(
            Figure(
                text.anchor("floor-weight", hall_id),
                f"{where}: the heaviest rack known weighs {text.mass(heaviest)}",
                floor.plan(hall, racks, lookup, "weight"),
                note,
            )
        )
    lead = f"{text.plural(len(plan.racks), 'rack')} at their positions; rows and blocked positions as requested."
    kept = sum(hall.reserved for hall in plan.floor)
    if kept:
        lead += f" {text.plural(kept, 'position')} kept free for growth."
    for hall_floor in plan.floor:
        if hall_floor.containment is not None:
            lead += f" {lookup.hall_name(hall_floor.hall)}: {CONTAINED[hall_floor.containment]}."
    wide = any(isinstance(block, Figure) and block.drawing.width > floor.PORTRAIT for block in blocks)
    return Section("floor", "Floor plan", lead, tuple(blocks), wide=wide)


def racks(plan: Plan, lookup: Lookup) -> Section:
    """Elevations of the distinct racks, then the table of which stands where."""
    standing: dict[str, list[Rack]] = defaultdict(list)
    for entry in plan.racks:
        standing[entry.pattern].append(entry)
    figures = tuple(
        Figure(
            text.anchor("pattern", p.id), p.title, rack.elevation(p, lookup), f"{p.count:,} x: {places(standing[p.id])}"
        )
        for p in plan.patterns
    )
    legend = rack.legend_of(list(plan.patterns), lookup)
    table = Table(
        "patterns",
        "Distinct racks: power in three tiers, heat, weight and outlets of each one",
        (
            Column("Rack", weight=3.2),
            Column("Count", True, 0.7),
            Column("Typical", True, 1),
            Column("Design", True, 1),
            Column("Peak", True, 1),
            Column("Heat to air", True, 1),
            Column("Weight", True, 1.2),
            Column("Outlets a side", weight=1.2),
        ),
        tuple(_pattern(p, lookup) for p in plan.patterns),
    )
    every = Table(
        "racks-table",
        "Every rack",
        (
            Column("Rack", weight=1.4),
            Column("Row", weight=0.7),
            Column("Position", weight=1),
            Column("Content", weight=3),
            Column("Design power", True, 1.1),
            Column("Weight", True, 1.1),
            Column("Feeds", weight=1),
        ),
        tuple(_rack(r, lookup) for r in plan.racks),
        tools=True,
        small=True,
        depth="audit",
    )
    lead = (
        f"{text.plural(len(plan.patterns), 'distinct rack')}, each drawn once and listed with its positions. "
        "Devices to scale, rack units numbered from the bottom."
    )
    return Section("racks", "Rack elevations", lead, (Gallery("elevations", figures, legend), table, every))


MOST_RUNS = 16


def places(racks_: list[Rack]) -> str:
    """ "hall-1: A01 to A05, B01"; of many runs the first, and how many racks more."""
    by_row: dict[tuple[str, str], list[int]] = defaultdict(list)
    for entry in racks_:
        by_row[entry.hall, entry.row].append(entry.positions[0])
    named: dict[str, list[str]] = defaultdict(list)
    left, shown = len(racks_), 0
    for (hall, row), positions in by_row.items():
        for run in text.runs(positions).split(", "):
            if shown == MOST_RUNS:
                break
            low, _, high = run.partition(" to ")
            left -= int(high or low) - int(low) + 1
            shown += 1
            named[hall].append(f"{row}{low} to {row}{high}" if high else f"{row}{low}")
    more = f" and {text.plural(left, 'rack')} more" if left else ""
    return ("; ".join(f"{hall}: {', '.join(runs)}" for hall, runs in named.items()) or "not placed") + more


def _pattern(p: Pattern, lookup: Lookup) -> Row:
    outlets = ", ".join(f"{count} x {kind}" for kind, count in sorted(p.outlets.items())) or text.DASH
    own = "brings its own rack" if p.rack_product is None else lookup.name(p.rack_product)
    powers = (p.power_typical_w, p.power_design_w, p.power_peak_w)
    return Row(
        (
            Cell(p.title, sub=f"{p.id}; {own}", href=f"#{text.anchor('pattern', p.id)}"),
            Cell(f"{p.count:,}", sort=p.count),
            *(Cell(text.power(value), sort=value) for value in powers),
            Cell(text.power(p.heat_air_w), sub=f"liquid {text.power(p.heat_liquid_w)}", sort=p.heat_air_w),
            Cell(text.mass(p.weight_kg, known=p.weight_known), sort=p.weight_kg),
            Cell(outlets),
        )
    )


def _rack(entry: Rack, lookup: Lookup) -> Row:
    p = lookup.pattern_of(entry)
    return Row(
        (
            Cell(entry.id),
            Cell(entry.row),
            Cell(text.runs(list(entry.positions))),
            Cell(p.title, href=f"#{text.anchor('pattern', p.id)}"),
            Cell(text.power(p.power_design_w), sort=p.power_design_w),
            Cell(text.mass(p.weight_kg, known=p.weight_known), sort=p.weight_kg),
            Cell(" + ".join(entry.feeds)),
        ),
        id=text.anchor("rack", entry.id),
    )
