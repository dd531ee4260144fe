"""Storage by way of access: what each asks for, what is given, and how long it takes."""

from __future__ import annotations

from planner.plan.schema import Plan, StoragePattern
from planner.quantity import show
from planner.report import text
from planner.report.blocks import Cell, Column, Row, Table
from planner.report.language import say, term


def blocks(plan: Plan) -> list[Table]:
    """One table; nothing where no storage was bought."""
    if not plan.storage_patterns:
        return []
    columns = (
        Column(say("storage-patterns.col-pattern"), weight=2),
        Column(say("storage-patterns.col-subject"), weight=1.6),
        Column(say("storage-patterns.col-asked"), True, 1.2),
        Column(say("storage-patterns.col-given"), True, 1.2),
        Column(say("storage-patterns.col-time"), True, 1.2),
    )
    rows = tuple(_row(pattern) for pattern in plan.storage_patterns)
    note = say("storage-patterns.note")
    return [
        Table(
            "storage-patterns",
            say("storage-patterns.table"),
            columns,
            rows,
            note=note,
            small=True,
            origin=("storage-pattern",),
        )
    ]


def duration(seconds: float) -> str:
    """A time in the largest unit of which it is one or more, to two digits."""
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{float(f'{seconds / length:.2g}'):g} {unit}"
    return f"{float(f'{seconds:.2g}'):g} s"


def _row(entry: StoragePattern) -> Row:
    given = text.unknown() if entry.given_gb_s is None else text.figure(f"{entry.given_gb_s:,} GB/s")
    asked = show(entry.size_bytes, "B") if entry.size_bytes is not None else f"{show(entry.rate_b_s or 0, 'B')}/s"
    time = text.DASH if entry.seconds is None else text.figure(duration(entry.seconds))
    return Row(
        (
            Cell(text.sentence(term("storage-pattern", entry.pattern)), sub=entry.site),
            Cell(entry.subject),
            Cell(text.figure(asked), sort=entry.size_bytes or entry.rate_b_s),
            Cell(given, sort=entry.given_gb_s),
            Cell(time, sort=entry.seconds),
        )
    )
