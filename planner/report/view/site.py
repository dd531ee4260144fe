"""The site: floor plans to scale, and every distinct rack drawn once with the list of its positions."""

from __future__ import annotations

from collections import defaultdict

from planner.plan.schema import Pattern, Plan, Rack
from planner.report import text
from planner.report.blocks import Beside, Block, Cell, Column, Figure, Gallery, Row, Section, Table
from planner.report.drawings import floor, rack, rear
from planner.report.language import say
from planner.report.lookup import Lookup
from planner.report.view import existing, provenance
from planner.request.site import Hall


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
        power = _floor(hall, "power", say("floor.hottest", hall=where, power=text.power(hottest)), lookup)
        weight = _floor(hall, "weight", say("floor.heaviest", hall=where, weight=text.tonnes(heaviest)), lookup)
        narrow = max(power.drawing.width, weight.drawing.width) <= floor.HALF
        blocks += [Beside((power, weight))] if narrow else [power, weight]
    lead = say("floor.lead", racks=text.counted("rack", plan.headline.racks))
    if plan.existing:
        lead += " " + say("existing.on-floor", **existing.decided(plan))
    kept = sum(hall.reserved for hall in plan.floor)
    if kept:
        lead += " " + say("floor.kept", n=kept)
    for ground in plan.floor:
        if ground.containment is not None:
            lead += f" {lookup.hall_name(ground.hall)}: {say(f'containment.{ground.containment}')}."
    wide = any(isinstance(block, Figure) and block.drawing.width > floor.PORTRAIT for block in blocks)
    return Section("floor", say("floor.title"), lead, tuple(blocks), wide=wide)


def _floor(hall: Hall, measure: floor.Measure, title: str, lookup: Lookup) -> Figure:
    origin = ("rack-load" if measure == "power" else "weight", "proof/floor", "request-hall")
    drawing = floor.plan(hall, lookup.racks_of(hall.id), lookup, measure)
    return Figure(text.anchor(f"floor-{measure}", hall.id), title, drawing, say("floor.note"), origin=origin)


def racks(plan: Plan, lookup: Lookup) -> Section:
    """Elevations of the distinct racks, then the table of which stands where."""
    standing: dict[str, list[Rack]] = defaultdict(list)
    for entry in plan.racks:
        standing[entry.pattern].append(entry)
    figures = tuple(figure for p in plan.patterns for figure in _faces(p, standing[p.id], lookup))
    legend = rack.legend_of(list(plan.patterns), lookup)
    table = Table(
        "patterns",
        say("racks.distinct"),
        (
            Column(say("col.rack"), weight=5.5),
            Column(say("col.count"), True, 0.7, ("racks", "proof/packing")),
            Column(say("col.typical"), True, 1, ("rack-load",)),
            Column(say("col.design"), True, 1, ("rack-load",)),
            Column(say("col.peak"), True, 1, ("rack-load",)),
            Column(say("col.heat-air"), True, 1, ("heat",)),
            Column(say("col.weight"), True, 1, ("weight",)),
            Column(say("col.outlets"), weight=1.2),
        ),
        tuple(_pattern(p, lookup) for p in plan.patterns),
    )
    every = Table(
        "racks-table",
        say("racks.every"),
        (
            Column(say("col.rack"), weight=1.4),
            Column(say("col.row"), weight=0.7),
            Column(say("col.position"), weight=1),
            Column(say("col.content"), weight=3),
            Column(say("col.design-power"), True, 1.1, ("rack-load",)),
            Column(say("col.weight"), True, 1.1, ("weight",)),
            Column(say("col.feeds"), weight=1),
        ),
        tuple(_rack(r, lookup) for r in plan.racks),
        tools=True,
        small=True,
        depth="audit",
    )
    lead = say("racks.lead", racks=text.counted("distinct-rack", len(plan.patterns)))
    return Section("racks", say("racks.title"), lead, (Gallery("elevations", figures, legend), table, every))


def _faces(p: Pattern, standing: list[Rack], lookup: Lookup) -> list[Figure]:
    """A rack from the front and from behind; a system that is a whole rack has the back that its maker gave it."""
    where = f"{text.count(p.count)} x: {places(standing)}"
    front = Figure(text.anchor("pattern", p.id), p.title, rack.elevation(p, lookup), where)
    if not p.devices:
        return [front]
    behind = say("rear.of", pattern=p.id)
    return [front, Figure(text.anchor("rear", p.id), behind, rear.elevation(p, lookup), behind, depth="audit")]


MOST_RUNS = 16


def places(racks_: list[Rack]) -> str:
    """ "hall-1: A01 to A05, B01"; of many runs the first, and how many racks more."""
    by_row: dict[tuple[str, str], list[int]] = defaultdict(list)
    for entry in racks_:
        by_row[entry.hall, entry.row].append(entry.positions[0])
    named: dict[str, list[str]] = defaultdict(list)
    left, shown = len(racks_), 0
    for (hall, row), positions in by_row.items():
        for low, high in text.runs_of(positions):
            if shown == MOST_RUNS:
                break
            left -= high - low + 1
            shown += 1
            named[hall].append(text.run(low, high, row))
    placed = "; ".join(f"{hall}: {', '.join(runs)}" for hall, runs in named.items()) or say("racks.not-placed")
    return say("racks.more", places=placed, n=left) if left else placed


def _pattern(p: Pattern, lookup: Lookup) -> Row:
    outlets = ", ".join(f"{count} x {kind}" for kind, count in sorted(p.outlets.items())) or text.DASH
    own = say("racks.own-rack") if p.rack_product is None else lookup.name(p.rack_product)
    if p.in_standing_rack:
        own = say("racks.added")
    liquid = say("racks.liquid", heat=text.power(p.heat_liquid_w))
    powers = {
        "power_typical_w": p.power_typical_w,
        "power_design_w": p.power_design_w,
        "power_peak_w": p.power_peak_w,
    }
    weighs = provenance.of_pattern(p, "weight_kg", lookup)
    return Row(
        (
            Cell(p.title, sub=f"{p.id}; {own}", href=f"#{text.anchor('pattern', p.id)}"),
            Cell(text.count(p.count), sort=p.count),
            *(
                Cell(text.power(value), sort=value, why=provenance.of_pattern(p, fact, lookup))
                for fact, value in powers.items()
            ),
            Cell(text.power(p.heat_air_w), sub=liquid, sort=p.heat_air_w),
            Cell(text.mass(p.weight_kg, known=p.weight_known), sort=p.weight_kg, why=weighs),
            Cell(outlets),
        ),
        origin=provenance.in_pattern(p),
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
        origin=provenance.in_pattern(p),
    )
