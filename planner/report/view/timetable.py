"""Who runs when: a drawing of the day and a table of its slots for every pool of accelerators."""

from __future__ import annotations

from planner.plan.schema import Plan, Run, Timetable
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Figure, Heading, Row, Table
from planner.report.drawings import day
from planner.report.language import say
from planner.report.lookup import Lookup
from planner.request.times import ranges_of

Pool = tuple[str, str]  # location, system


def blocks(plan: Plan, lookup: Lookup) -> list[Block]:
    """The day of every pool; nothing where no workload says when it runs."""
    told = plan.timetable
    if told is None:
        return []
    pools: dict[Pool, list[Run]] = {}
    for run in told.runs:
        pools.setdefault((run.location, run.system), []).append(run)
    drawings = [_drawing(n, pool, runs, plan, lookup) for n, (pool, runs) in enumerate(pools.items(), start=1)]
    return [Heading(say("timetable.title"), "timetable"), *drawings, _table(told, pools, plan, lookup)]


def _in_service(pool: Pool, plan: Plan) -> int | None:
    """Accelerators in service, spares apart; None in a region, where instances are rented."""
    location, system = pool
    for choice in plan.systems:
        if (choice.hall, choice.product) == (location, system) and choice.count:
            return (choice.count - choice.spares) * (choice.accelerators // choice.count)
    return None


def _named(pool: Pool, lookup: Lookup) -> str:
    return say("timetable.pool", system=lookup.name(pool[1]), hall=lookup.hall_name(pool[0]))


def _drawing(number: int, pool: Pool, runs: list[Run], plan: Plan, lookup: Lookup) -> Figure:
    assert plan.timetable is not None
    slot_of = {hour: n for n, hours in enumerate(plan.timetable.slots) for hour in hours}
    entries = [day.Held(lookup.workload_names.get(run.workload, run.workload), _by_hour(run, slot_of)) for run in runs]
    most = max((sum(e.hours[hour] for e in entries) for hour in range(24)), default=0)
    service = _in_service(pool, plan)
    alone = sum(max(e.hours) for e in entries)
    where = _named(pool, lookup)
    title = say("timetable.most", pool=where, n=most)
    if alone > most:
        title = say("timetable.apart", title=title, n=alone)
    told = "; ".join(f"{run.workload} {_by_slot(run, plan.timetable)}" for run in runs)
    drawing = day.pool(entries, most if service is None else service, f"{where}: {told}")
    return Figure(f"day-{number}", title, drawing, say("timetable.note"), origin=("timetable",))


def _by_hour(run: Run, slot_of: dict[int, int]) -> tuple[int, ...]:
    return tuple(run.accelerators[slot_of[hour]] for hour in range(24))


def _by_slot(run: Run, told: Timetable) -> str:
    slots = zip(run.accelerators, told.slots, strict=True)
    return ", ".join(say("timetable.at", n=n, hours=span(hours)) for n, hours in slots)


def span(hours: tuple[int, ...]) -> str:
    """Hours of a slot in words: "00-06, 22-24 h"."""
    return say("timetable.hours", ranges=text.listed(ranges_of(hours)))


def _table(told: Timetable, pools: dict[Pool, list[Run]], plan: Plan, lookup: Lookup) -> Table:
    columns = (
        Column(say("timetable.col-hours"), weight=1.8),
        Column(say("timetable.col-by"), weight=3.4),
        Column(say("timetable.col-held"), True, 0.7),
        Column(say("timetable.col-service"), True, 0.9),
        Column(say("timetable.col-free"), True, 0.7),
    )
    rows = []
    for pool, runs in pools.items():
        service = _in_service(pool, plan)
        for slot, hours in enumerate(told.slots):
            counts = {lookup.workload_names.get(r.workload, r.workload): r.accelerators[slot] for r in runs}
            held = sum(counts.values())
            names = "; ".join(f"{name} {text.count(n)}" for name, n in counts.items() if n) or say("timetable.nothing")
            free = None if service is None else service - held
            cells = (Cell(text.DASH if n is None else text.count(n), sort=n) for n in (held, service, free))
            rows.append(Row((Cell(span(hours)), Cell(names), *cells), group=_named(pool, lookup)))
    return Table("timetable-slots", say("timetable.table"), columns, tuple(rows), small=True, origin=("timetable",))
