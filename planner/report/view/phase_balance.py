"""Phases of a hall: what each phase of each feed carries, and how the cords of each kind of rack are spread."""

from __future__ import annotations

from planner.plan.schema_balance import PatternPhases, PhaseBalance
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Row, Table, Tone
from planner.report.language import say
from planner.report.view.power_words import state_name

NAMES = ("L1", "L2", "L3")


def tables(hall: PhaseBalance) -> list[Block]:
    """Phase loads of the feeds, then of one rack of every pattern."""
    return [_feeds(hall), _patterns(hall)]


def _feeds(hall: PhaseBalance) -> Table:
    rows = tuple(
        Row(
            (
                Cell(say("power.feed", feed=feed.feed)),
                Cell(state_name(feed.lost)),
                *(Cell(text.power(watts), sort=watts) for watts in feed.phases_w),
                Cell(text.percent(feed.imbalance), sort=feed.imbalance, tone=_tone(feed.imbalance, hall.tolerance)),
                Cell(text.power(feed.unknown_w) if feed.unknown_w else text.DASH, sort=feed.unknown_w),
            )
        )
        for feed in hall.feeds
    )
    columns = (
        Column(say("col.feed"), weight=1.3),
        Column(say("col.state"), weight=1.6),
        *(Column(name, True) for name in NAMES),
        Column(say("col.imbalance"), True),
        Column(say("col.no-phase"), True, 1.3),
    )
    tolerated = say("phase.no-tolerance") if hall.tolerance is None else text.percent(hall.tolerance)
    turned = sum(entry.rotation > 0 for entry in hall.rotations)
    note = say("phase.note", tolerance=tolerated, turned=text.counted("rack", turned), n=len(hall.rotations))
    return Table(text.anchor("phases", hall.hall), say("phase.feeds"), columns, rows, note=note, origin=("phase-load",))


def _tone(found: float, tolerance: float | None) -> Tone:
    return "bad" if tolerance is not None and found > tolerance else ""


def _patterns(hall: PhaseBalance) -> Table:
    columns = (
        Column(say("col.rack"), weight=1.1),
        Column(say("col.cords"), weight=1.6),
        *(Column(name, True) for name in NAMES),
        Column(say("col.fullest-phase"), True, 1.3),
        Column(say("col.peak-there"), True),
        Column(say("col.may-carry"), True, 1.3),
        Column(say("col.no-phase"), True, 1.2),
    )
    rows = tuple(_pattern(entry) for entry in hall.patterns)
    note = say("phase.rack-note")
    return Table(
        text.anchor("rack-phases", hall.hall),
        say("phase.racks"),
        columns,
        rows,
        note=note,
        small=True,
        depth="audit",
        origin=("rack-phase",),
    )


def _pattern(entry: PatternPhases) -> Row:
    known = entry.continuous_w is not None
    pdus = say("phase.pdus", n=entry.units) if entry.units else ""
    limit = text.DASH
    if known:
        limit = say("phase.limit", load=text.power(entry.continuous_w), peak=text.power(entry.nameplate_w))
    return Row(
        (
            Cell(entry.pattern, sub=pdus),
            Cell(say(f"cords.{entry.connection}")),
            *(Cell(text.power(watts), sort=watts) for watts in entry.worst_w),
            Cell(text.power(entry.fullest_w) if known else text.DASH, sort=entry.fullest_w),
            Cell(text.power(entry.fullest_peak_w) if known else text.DASH, sort=entry.fullest_peak_w),
            Cell(limit),
            Cell(text.power(entry.unknown_w) if entry.unknown_w else text.DASH, sort=entry.unknown_w),
        )
    )
