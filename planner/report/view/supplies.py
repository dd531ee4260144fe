"""How every system runs when a supply, a shelf or a feed is lost, as a table."""

from __future__ import annotations

from planner.plan.schema_supplies import SupplyLoss, SystemSupplies
from planner.report import text
from planner.report.blocks import Cell, Column, Row, Table, Tone
from planner.report.lookup import Lookup

LOSSES = {
    "supply": "one power supply",
    "shelf": "one power shelf",
    "feed": "one feed",
    "source": "a source with several feeds",
}
TONES: dict[str, Tone] = {"up": "good", "throttled": "warn", "down": "bad", "unknown": "info"}


def table(hall: str, systems: list[SystemSupplies], lookup: Lookup) -> Table:
    """One row for each loss of each system product of a hall."""
    rows = tuple(_row(entry, state, lookup) for entry in systems for state in entry.states)
    columns = (
        Column("System", weight=1.8),
        Column("Lost", weight=1.4),
        Column("Left", True, 0.7),
        Column("They give", True),
        Column("Design", True),
        Column("Peak", True),
        Column("Runs", weight=1.1),
    )
    note = (
        "Up: what is left carries the peak. Throttled: it carries the design load or the lowest power cap that the "
        "maker lets one set. Unknown: ratings or caps are not published."
    )
    return Table(text.anchor("supplies", hall), "When supplies or feeds are lost", columns, rows, note=note)


def _row(entry: SystemSupplies, state: SupplyLoss, lookup: Lookup) -> Row:
    label = f"sold as {entry.label}" if entry.label else ""
    lost = LOSSES[state.lost] + (f" of {entry.feeds}" if state.lost == "feed" else "")
    return Row(
        (
            Cell(lookup.name(entry.product), sub=label),
            Cell(lost),
            Cell(text.UNKNOWN if state.left is None else f"{state.left:,}", sort=state.left),
            Cell(text.power(state.available_w), sort=state.available_w),
            Cell(text.power(entry.design_w), sort=entry.design_w),
            Cell(text.power(entry.peak_w), sort=entry.peak_w),
            Cell(state.running, tone=TONES[state.running]),
        )
    )
