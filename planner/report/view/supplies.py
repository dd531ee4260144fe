"""How every system runs when a supply, a shelf or a feed is lost, as a table."""

from __future__ import annotations

from planner.plan.schema_supplies import SupplyLoss, SystemSupplies
from planner.report import text
from planner.report.blocks import Cell, Column, Row, Table, Tone
from planner.report.language import say
from planner.report.lookup import Lookup
from planner.report.view import provenance

TONES: dict[str, Tone] = {"up": "good", "throttled": "warn", "down": "bad", "unknown": "info"}


def table(hall: str, systems: list[SystemSupplies], lookup: Lookup) -> Table:
    """One row for each loss of each system product of a hall."""
    rows = tuple(_row(entry, state, lookup) for entry in systems for state in entry.states)
    columns = (
        Column(say("col.system"), weight=1.8),
        Column(say("col.lost"), weight=1.4),
        Column(say("col.left"), True, 0.7),
        Column(say("col.they-give"), True),
        Column(say("col.design"), True),
        Column(say("col.peak"), True),
        Column(say("col.runs"), weight=1.1),
    )
    return Table(
        text.anchor("supplies", hall),
        say("supplies.table"),
        columns,
        rows,
        note=say("supplies.note"),
        origin=("supplies",),
    )


def _row(entry: SystemSupplies, state: SupplyLoss, lookup: Lookup) -> Row:
    label = say("supplies.sold-as", label=entry.label) if entry.label else ""
    lost = say(f"loss.{state.lost}", feeds=entry.feeds) if state.lost == "feed" else say(f"loss.{state.lost}")
    return Row(
        (
            Cell(lookup.name(entry.product), sub=label),
            Cell(lost),
            Cell(text.count(state.left), sort=state.left),
            Cell(text.power(state.available_w), sort=state.available_w),
            Cell(text.power(entry.design_w), sort=entry.design_w),
            Cell(text.power(entry.peak_w), sort=entry.peak_w),
            Cell(say(f"running.{state.running}"), tone=TONES[state.running]),
        ),
        origin=provenance.products([entry.product]),
    )
