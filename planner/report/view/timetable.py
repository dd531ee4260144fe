"""Who runs when: a drawing of the day and a table of its slots for every pool of accelerators."""

from __future__ import annotations

from planner.plan.schema import Plan, Run, Timetable
from planner.report import text
from planner.report.blocks import Block, Cell, Column, Figure, Heading, Row, Table
from planner.report.drawings import day
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
    return [Heading("Who runs when", "timetable"), *drawings, _table(told, pools, plan, lookup)]


def _in_service(pool: Pool, plan: Plan) -> int | None:
    """Accelerators in service, spares apart; None in a region, where instances are rented."""
    location, system = pool
    for choice in plan.systems:
        if (choice.hall, choice.product) == (location, system) and choice.count:
            return (choice.count - choice.spares) * (choice.accelerators // choice.count)
    return None


def _drawing(number: int, pool: Pool, runs: list[Run], plan: Plan, lookup: Lookup) -> Figure:
    assert plan.timetable is not None
    slot_of = {hour: n for n, hours in enumerate(plan.timetable.slots) for hour in hours}
    entries = [day.Held(lookup.workload_names.get(run.workload, run.workload), _by_hour(run, slot_of)) for run in runs]
    most = max((sum(e.hours[hour] for e in entries) for hour in range(24)), default=0)
    service = _in_service(pool, plan)
    alone = sum(max(e.hours) for e in entries)
    where = f"{lookup.name(pool[1])} in {lookup.hall_name(pool[0])}"
    title = f"{where}: at most {most:,} accelerators at once"
    if alone > most:
        title += f", {alone:,} if they did not take turns"
    told = "; ".join(f"{run.workload} {_by_slot(run, plan.timetable)}" for run in runs)
    note = "Accelerators by hour of the day on the clock of the site. Line: in service, spares apart."
    return Figure(
        f"day-{number}", title, day.pool(entries, most if service is None else service, f"{where}: {told}"), note
    )


def _by_hour(run: Run, slot_of: dict[int, int]) -> tuple[int, ...]:
    return tuple(run.accelerators[slot_of[hour]] for hour in range(24))


def _by_slot(run: Run, told: Timetable) -> str:
    return ", ".join(f"{n:,} at {span(hours)}" for n, hours in zip(run.accelerators, told.slots, strict=True))


def span(hours: tuple[int, ...]) -> str:
    """Hours of a slot in words: "00-06 and 22-24 h"."""
    return f"{text.listed(ranges_of(hours))} h"


def _table(told: Timetable, pools: dict[Pool, list[Run]], plan: Plan, lookup: Lookup) -> Table:
    columns = (
        Column("Hours", weight=1.8),
        Column("Held by", weight=3.4),
        Column("Held", True, 0.7),
        Column("In service", True, 0.9),
        Column("Free", True, 0.7),
    )
    rows = []
    for pool, runs in pools.items():
        service = _in_service(pool, plan)
        for slot, hours in enumerate(told.slots):
            counts = {lookup.workload_names.get(r.workload, r.workload): r.accelerators[slot] for r in runs}
            held = sum(counts.values())
            names = "; ".join(f"{name} {n:,}" for name, n in counts.items() if n) or "nothing"
            free = None if service is None else service - held
            figures = (held, service, free)
            cells = (Cell(text.DASH if n is None else f"{n:,}", sort=n) for n in figures)
            group = f"{lookup.name(pool[1])} in {lookup.hall_name(pool[0])}"
            rows.append(Row((Cell(span(hours)), Cell(names), *cells), group=group))
    return Table("timetable-slots", "Accelerators held in each slot of the day", columns, tuple(rows), small=True)
