"""Phases of a hall: what each phase of each feed carries, and how the cords of each kind of rack are spread."""

from __future__ import annotations

from planner.plan.schema_balance import PatternPhases, PhaseBalance
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Row, Table, Tone

NAMES = ("L1", "L2", "L3")
CONNECTIONS = {
    "line-neutral": "line to neutral",
    "line-line": "line to line: L1 is the pair L1-L2, and so on",
    "single-phase": "single-phase circuits",
    "three-phase": "three-phase shelves, equal by themselves",
    "unknown": "cords not published",
}


def tables(hall: PhaseBalance) -> list[Block]:
    """Phase loads of the feeds, then of one rack of every pattern."""
    return [_feeds(hall), _patterns(hall)]


def _feeds(hall: PhaseBalance) -> Table:
    rows = tuple(
        Row(
            (
                Cell(f"Feed {feed.feed}"),
                Cell(f"{feed.lost} lost" if feed.lost else "normal"),
                *(Cell(text.power(watts), sort=watts) for watts in feed.phases_w),
                Cell(text.percent(feed.imbalance), sort=feed.imbalance, tone=_tone(feed.imbalance, hall.tolerance)),
                Cell(text.power(feed.unknown_w) if feed.unknown_w else text.DASH, sort=feed.unknown_w),
            )
        )
        for feed in hall.feeds
    )
    columns = (
        Column("Feed", weight=0.8),
        Column("State", weight=1.2),
        *(Column(name, True) for name in NAMES),
        Column("Imbalance", True),
        Column("On no known phase", True, 1.3),
    )
    tolerated = "none asked for" if hall.tolerance is None else text.percent(hall.tolerance)
    turned = sum(entry.rotation > 0 for entry in hall.rotations)
    note = (
        f"Design load of new racks. Imbalance: largest distance from the mean, over the mean; tolerance: {tolerated}. "
        f"{text.plural(turned, 'rack')} of {len(hall.rotations):,} wired with the phases turned by one or two."
    )
    return Table(text.anchor("phases", hall.hall), "Each phase of each feed", columns, rows, note=note)


def _tone(found: float, tolerance: float | None) -> Tone:
    return "bad" if tolerance is not None and found > tolerance else ""


def _patterns(hall: PhaseBalance) -> Table:
    columns = (
        Column("Rack", weight=1.1),
        Column("Cords", weight=1.6),
        *(Column(name, True) for name in NAMES),
        Column("Fullest phase of a PDU", True, 1.3),
        Column("Peak there", True),
        Column("May carry", True, 1.3),
        Column("On no known phase", True, 1.2),
    )
    rows = tuple(_pattern(entry) for entry in hall.patterns)
    note = "One feed side of one rack with as many feeds lost as must be survived, at design load, before rotation."
    return Table(
        text.anchor("rack-phases", hall.hall), "Phases of each kind of rack", columns, rows, note=note, small=True
    )


def _pattern(entry: PatternPhases) -> Row:
    known = entry.continuous_w is not None
    pdus = f"{text.plural(entry.units, 'PDU')} on each feed" if entry.units else ""
    limit = f"{text.power(entry.continuous_w)}, peak {text.power(entry.nameplate_w)}" if known else text.DASH
    return Row(
        (
            Cell(entry.pattern, sub=pdus),
            Cell(CONNECTIONS[entry.connection]),
            *(Cell(text.power(watts), sort=watts) for watts in entry.worst_w),
            Cell(text.power(entry.fullest_w) if known else text.DASH, sort=entry.fullest_w),
            Cell(text.power(entry.fullest_peak_w) if known else text.DASH, sort=entry.fullest_peak_w),
            Cell(limit),
            Cell(text.power(entry.unknown_w) if entry.unknown_w else text.DASH, sort=entry.unknown_w),
        )
    )
