"""What stands already: every listed rack with what becomes of it, what it holds and what is added."""

from __future__ import annotations

from collections import Counter

from planner.plan.schema import Plan, StandingDevicePlan, StandingRackPlan, SwitchPortsPlan
from planner.report import text
from planner.report.blocks import Cell, Column, Row, Section, Table
from planner.report.language import say, term
from planner.report.lookup import Lookup

MOST_NAMED = 4  # kinds of device that a cell names


def section(plan: Plan, lookup: Lookup) -> Section:
    """The racks that the request lists; nothing to show where it lists none."""
    if not plan.existing:
        return Section("existing", say("existing.title"), "", ())
    table = Table(
        "existing-racks",
        say("existing.every"),
        (
            Column(say("col.rack"), weight=2.6),
            Column(say("existing.decision"), weight=1),
            Column(say("existing.content"), weight=2.6),
            Column(say("existing.free"), weight=1.2),
            Column(say("col.design-power"), True, 1.1, ("request-existing",)),
            Column(say("col.weight"), True, 1, ("request-existing",)),
            Column(say("existing.added"), weight=2.2),
            Column(say("existing.ports"), weight=2.4),
        ),
        tuple(_rack(rack, lookup) for rack in plan.existing),
        tools=True,
        small=True,
    )
    return Section("existing", say("existing.title"), say("existing.lead", **decided(plan)), (table,))


def decided(plan: Plan) -> dict[str, int]:
    """How many racks are kept, extended and retired."""
    counts = Counter(rack.decision for rack in plan.existing)
    return {"kept": counts["keep"], "extended": counts["extend"], "retired": counts["retire"]}


def holds(devices: tuple[StandingDevicePlan, ...]) -> str:
    """ "3 x backup server, jump host"; not listed where the request says nothing of the content."""
    counts = Counter(device.title for device in devices)
    named = [text.times(n, title) if n > 1 else title for title, n in counts.items()]
    more = f", ... +{len(named) - MOST_NAMED}" if len(named) > MOST_NAMED else ""
    return ", ".join(named[:MOST_NAMED]) + more if named else say("existing.not-listed")


def _ports(ports: SwitchPortsPlan) -> str:
    """ "ib-1: 9/11 (400 Gb/s)": ports in use, each once though it may take several links, of those that were free."""
    speed = f" ({ports.speed_gbit_s:g} Gb/s)" if ports.fabric != "out-of-band" else ""
    return f"{ports.switch}: {len(set(ports.used))}/{len(ports.free)}{speed}"


def _rack(rack: StandingRackPlan, lookup: Lookup) -> Row:
    gaps = ", ".join(f"{gap}U" for gap in rack.free_u) if rack.devices and rack.decision == "extend" else text.DASH
    pattern = lookup.patterns.get(rack.added or "")
    added = Cell(pattern.title, href=f"#{text.anchor('pattern', pattern.id)}") if pattern else Cell(text.DASH)
    taken = "; ".join(_ports(ports) for ports in rack.ports) or text.DASH
    stands = rack.decision != "retire"
    return Row(
        (
            Cell(rack.id, sub=rack.title),
            Cell(term("treatment", rack.decision)),
            Cell(holds(rack.devices)),
            Cell(gaps),
            Cell(text.power(rack.power_design_w) if stands else text.DASH, sort=rack.power_design_w),
            Cell(text.mass(rack.weight_kg, known=True) if rack.weight_kg is not None else text.DASH),
            added,
            Cell(taken),
        ),
        id=text.anchor("existing", rack.id),
    )
