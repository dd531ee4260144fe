"""What is pulled, stood up and ordered: cables by product and length, racks, phases and their orders, as sheets."""

from __future__ import annotations

from planner.errors import InputError
from planner.export.sheet import BLANK, Column, Sheet, Value
from planner.money import Range
from planner.plan.schema import Pattern, PhaseOrder, PhasePlan, Plan, Rack
from planner.report.text import QUOTE, UNKNOWN

NO_PRODUCT = "no product fits"


def names_of(plan: Plan) -> dict[str, str]:
    """Names of products by id."""
    return {line.product: line.name for line in plan.bill} | {product.id: product.name for product in plan.products}


def cables_sheet(plan: Plan) -> Sheet:
    """One row for each product and length of each purpose."""
    names = names_of(plan)
    rows = tuple(
        (
            line.hall, line.fabric, line.tier, line.product or NO_PRODUCT,
            NO_PRODUCT if line.product is None else names.get(line.product, line.product),
            line.medium or None, line.part_number or None, line.length_m, line.cables, line.links,
            "; ".join(f"{count} x {product}" for product, count in sorted(line.modules.items())), line.note,
        )
        for line in plan.cables
    )  # fmt: skip
    columns = (
        Column("hall"),
        Column("fabric"),
        Column("tier", width=20),
        Column("product", width=26),
        Column("name", "wrapped", 34),
        Column("medium", width=12),
        Column("part number", width=20),
        Column("length, m", "decimal", 10),
        Column("cables", "count", 9),
        Column("links", "count", 9),
        Column("modules of the tier", "wrapped", 34),
        Column("note", "wrapped", 34),
    )
    return Sheet("Cables", columns, rows)


def racks_sheet(plan: Plan) -> Sheet:
    """One row for each rack with what it draws and weighs."""
    patterns = {pattern.id: pattern for pattern in plan.patterns}
    watts = ("typical power, W", "design power, W", "peak power, W", "heat to air, W", "heat to liquid, W")
    columns = (
        Column("rack", width=18),
        Column("hall"),
        Column("row", width=8),
        Column("position", "count", 10),
        Column("pattern", width=16),
        Column("content", "wrapped", 40),
        Column("feeds", width=9),
        *(Column(title, "count", 12) for title in watts),
        Column("weight, kg", "count", 11),
        Column("weight is", width=12),
        Column("adds to a rack that stands", width=12),
    )
    return Sheet("Racks", columns, tuple(_rack_row(rack, patterns) for rack in plan.racks))


def _rack_row(rack: Rack, patterns: dict[str, Pattern]) -> tuple[Value, ...]:
    pattern = patterns.get(rack.pattern)
    if pattern is None:
        raise InputError.of(f"racks.{rack.id}", f'the pattern "{rack.pattern}"', "a pattern of the plan", file="plan")
    weight = UNKNOWN if pattern.weight_kg is None else "complete" if pattern.weight_known else "at least"
    position: Value = rack.positions[0] if len(rack.positions) == 1 else ", ".join(map(str, rack.positions))
    return (
        rack.id, rack.hall, rack.row, position, pattern.id, pattern.title,
        ", ".join(rack.feeds), pattern.power_typical_w, pattern.power_design_w, pattern.power_peak_w,
        pattern.heat_air_w, pattern.heat_liquid_w, pattern.weight_kg, weight, pattern.in_standing_rack,
    )  # fmt: skip


def phases_sheet(plan: Plan) -> Sheet:
    """One row for each phase: what stands by its date, and what it adds in money."""
    columns = (
        Column("phase", width=16),
        Column("name", "wrapped", 26),
        Column("date", "date", 12),
        Column("systems", "wrapped", 40),
        Column("accelerators", "count", 13),
        Column("racks", "count", 9),
        Column("racks added", "count", 9),
        Column("design power, W", "count", 13),
        Column("redundancy", "wrapped", 22),
        *(Column(f"spend {end}", "money", 18) for end in ("low", "typical", "high")),
        Column("orders that need a quote", "count", 12),
    )
    names = names_of(plan)
    return Sheet("Phases", columns, tuple(_phase_row(phase, names) for phase in plan.phases))


def _phase_row(phase: PhasePlan, names: dict[str, str]) -> tuple[Value, ...]:
    systems = "; ".join(f"{s.count} x {names.get(s.product, s.product)} in {s.hall}" for s in phase.systems)
    survives = "; ".join(f"{hall}: {word}" for hall, word in sorted(phase.redundancy.items()))
    return (
        phase.id, phase.name, phase.date, systems, sum(s.accelerators for s in phase.systems), phase.racks,
        len(phase.added_racks), phase.power_design_w, survives,
        phase.spend.low, phase.spend.typical, phase.spend.high, phase.orders_without_price,
    )  # fmt: skip


def orders_sheet(plan: Plan) -> Sheet:
    """One row for each line of the bill that a phase orders, at the plan's prices."""
    columns = (
        Column("phase", width=16),
        Column("phase date", "date", 12),
        Column("line", "count", 7),
        Column("name", "wrapped", 40),
        Column("part number", width=22),
        Column("quantity", "count", 10),
        Column("unit", width=14),
        *(Column(f"extended {end}", "money", 18) for end in ("low", "typical", "high")),
        Column("price", width=15),
        Column("order by", "date", 12),
    )
    rows = tuple(_order_row(plan, phase, order) for phase in plan.phases for order in phase.orders)
    return Sheet("Orders", columns, rows)


def _order_row(plan: Plan, phase: PhasePlan, order: PhaseOrder) -> tuple[Value, ...]:
    line = next((line for line in plan.bill if line.line == order.line), None)
    if line is None:
        raise InputError.of(f"phases.{phase.id}.orders", f"line {order.line}", "a line of the bill", file="plan")
    return (
        phase.id, phase.date, order.line, line.name, line.part_number, order.quantity, line.unit,
        *_amounts(order.extended), QUOTE if order.extended is None else "priced", order.order_by,
    )  # fmt: skip


def _amounts(amount: Range | None) -> tuple[Value, ...]:
    return (BLANK,) * 3 if amount is None else (amount.low, amount.typical, amount.high)
