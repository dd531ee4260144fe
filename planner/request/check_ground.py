"""Rules of the ground: rows within their hall and apart from each other, columns, growth, anchors and pods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from planner.document import Document, Location, nearest
from planner.errors import Problem
from planner.request.ground import Box, column_box, free_positions, row_box, rows_with_y
from planner.request.positions import Row
from planner.request.schema import Request
from planner.request.site import Hall


def each_hall(request: Request) -> Iterator[tuple[Location, Hall]]:
    """Every hall with its place in the document."""
    for i, site in enumerate(request.sites):
        for j, hall in enumerate(site.halls):
            yield ("sites", i, "halls", j), hall


def rows_fit_their_hall(request: Request, source: Document) -> Iterator[Problem]:
    """No row is longer than its hall is wide, or reaches beyond its depth, where the hall states them."""
    for at, hall in each_hall(request):
        for k, (row, y_mm) in enumerate(rows_with_y(hall)):
            box, place = row_box(row, y_mm), (*at, "rows", k)
            if hall.width is not None and box.right > hall.width:
                fitting = max(0, (hall.width - row.x) // row.pitch)
                yield source.problem(
                    (*place, "positions"),
                    f"{row.positions} positions of {row.pitch:,} mm from x = {row.x:,} mm, to {box.right:,} mm",
                    f"a row that ends within the hall's width of {hall.width:,} mm",
                    f"{fitting} positions fit" if fitting else "no position fits: check x, the pitch and the width",
                )
            if hall.depth is not None and box.end > hall.depth:
                yield source.problem(
                    (*place, "y") if row.y is not None else place,
                    f"a row from y = {y_mm:,} mm to {box.end:,} mm",
                    f"a row within the hall's depth of {hall.depth:,} mm",
                    "" if row.y is not None else "its place follows from the rows before it and the aisles; state y",
                )


def rows_do_not_overlap(request: Request, source: Document) -> Iterator[Problem]:
    """No two positions share floor."""
    for at, hall in each_hall(request):
        placed = [(k, row, row_box(row, y_mm)) for k, (row, y_mm) in enumerate(rows_with_y(hall))]
        for (_, one, box), (k, other, other_box) in combinations(placed, 2):
            if box.overlaps(other_box):
                first, second = _first_overlap(one, box, other, other_box)
                yield source.problem(
                    (*at, "rows", k),
                    f"position {other.id}{second:02d} on the floor of {one.id}{first:02d}",
                    "positions that do not overlap",
                    f"row {one.id} takes {_words(box)}, row {other.id} takes {_words(other_box)}",
                )


def _first_overlap(one: Row, box: Box, other: Row, other_box: Box) -> tuple[int, int]:
    """The first positions of two overlapping rows that share floor."""
    start = max(box.x, other_box.x)
    return (start - box.x) // one.pitch + 1, (start - other_box.x) // other.pitch + 1


def _words(box: Box) -> str:
    return f"x {box.x:,} to {box.right:,}, y {box.y:,} to {box.end:,} mm"


def columns_stand_in_their_hall(request: Request, source: Document) -> Iterator[Problem]:
    """A column is within the hall where its size is stated; columns and blocked positions leave a row some place."""
    for at, hall in each_hall(request):
        for n, column in enumerate(hall.columns):
            box = column_box(column)
            beyond = [
                f"the hall's {name} of {size:,} mm"
                for name, size, end in (("width", hall.width, box.right), ("depth", hall.depth, box.end))
                if size is not None and end > size
            ]
            if beyond:
                yield source.problem((*at, "columns", n), f"a column at {_words(box)}", f"one within {beyond[0]}")
        yield from _rows_keep_a_position(hall, at, source)


def _rows_keep_a_position(hall: Hall, at: Location, source: Document) -> Iterator[Problem]:
    free = free_positions(hall)
    for k, row in enumerate(hall.rows):
        kept = set(row.reserved) - set(row.blocked)
        blocked = len(set(row.blocked)) >= row.positions  # said elsewhere
        if hall.columns and not free[row.id] and not kept and not blocked:
            yield source.problem(
                (*at, "rows", k), "every position under a column or blocked", "a free position", "check x and y"
            )


def growth_is_on_free_positions(request: Request, source: Document) -> Iterator[Problem]:
    """Reserved numbers are positions of the row, each once, that are not blocked."""
    for at, hall in each_hall(request):
        for k, row in enumerate(hall.rows):
            for n, number in enumerate(row.reserved):
                place = (*at, "rows", k, "reserved", n)
                if not 1 <= number <= row.positions:
                    yield source.problem(place, f"position {number}", f"a number from 1 to {row.positions}")
                elif number in row.blocked:
                    yield source.problem(place, f"position {number}, which is blocked", "a position that is free")
                elif number in row.reserved[:n]:
                    yield source.problem(place, f"position {number} twice", "each position once")


def anchors_name_positions(request: Request, source: Document) -> Iterator[Problem]:
    """An anchor names a row of its hall and positions of that row."""
    for at, hall in each_hall(request):
        rows = {row.id: row for row in hall.rows}
        for n, anchor in enumerate(hall.anchors):
            place = (*at, "anchors", n)
            row = rows.get(anchor.row)
            if row is None:
                hint = nearest(anchor.row, list(rows)) or f"the hall has {', '.join(rows)}"
                yield source.problem((*place, "row"), f'the row "{anchor.row}"', "a row of this hall", hint)
                continue
            for i, number in enumerate(anchor.positions or ()):
                if not 1 <= number <= row.positions:
                    yield source.problem(
                        (*place, "positions", i), f"position {number}", f"a number from 1 to {row.positions}"
                    )


def pods_are_stated_where_they_are_asked_for(request: Request, source: Document) -> Iterator[Problem]:
    """Who keeps a workload apart by pods says of every row where it may run to which pod it belongs."""
    for i, workload in enumerate(request.workloads):
        if getattr(workload, "keep_apart", None) != "pod":
            continue
        for at, hall in each_hall(request):
            if workload.locations is not None and hall.id not in workload.locations:
                continue
            for k, row in enumerate(hall.rows):
                if row.pod is None:
                    line = source.mark(("workloads", i, "keep_apart")).line
                    yield source.problem(
                        (*at, "rows", k), "a row without a pod", 'the key "pod"',
                        f"workload {workload.id} is kept apart by pod at line {line}",
                    )  # fmt: skip


def water_is_of_its_class(request: Request, source: Document) -> Iterator[Problem]:
    """A loop is supplied no warmer than its class of facility water allows."""
    for at, hall in each_hall(request):
        for n, loop in enumerate(hall.cooling.loops):
            if loop.water_class is None:
                continue
            most = int(loop.water_class.removeprefix("W"))
            if loop.supply > most:
                yield source.problem(
                    (*at, "cooling", "loops", n, "supply"),
                    f"{loop.supply:g} C in class {loop.water_class}",
                    f"at most {most} C",
                )


CHECKS: tuple[Callable[[Request, Document], Iterator[Problem]], ...] = (
    rows_fit_their_hall,
    rows_do_not_overlap,
    columns_stand_in_their_hall,
    growth_is_on_free_positions,
    anchors_name_positions,
    pods_are_stated_where_they_are_asked_for,
    water_is_of_its_class,
)
