"""Whether the racks fit at all: how many of each kind stand in each row, by counts, exactly.

Feeds and limits of rows depend on counts alone.

A row's free positions form runs. Racks of two positions fill runs pairwise and the rest takes racks of one, so that
counts alone decide: doubles at most the row's disjoint pairs, and singles + 2 x doubles at most its positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.floor.data import FloorInfeasible, FloorProblem, RackGroup, RowLimit, merged
from planner.floor.feeds import overload, total_loads
from planner.floor.rooms import Counts, RowRoom, row_rooms
from planner.floor.slots import Ground


def fit(problem: FloorProblem, ground: Ground) -> Counts:
    """Racks of each kind per row such that all stand and every feed survives; early rows fill first where they can.

    Raises:
        FloorInfeasible: naming the limit (positions, pairs, feeds or rows) and the racks that it stops.
        TimeLimitReached: undecided within the deterministic limit.
    """
    racks, rooms = merged(problem.racks), row_rooms(ground.cells)
    greedy = _fill_in_order(racks, rooms)
    if greedy is not None and overload_of(problem, rooms, greedy) is None and excess_of(problem, greedy) is None:
        return greedy
    return _fill_exactly(problem, racks, rooms)


def overload_of(problem: FloorProblem, rooms: Sequence[RowRoom], counts: Counts) -> str | None:
    """The first feed that these counts overload, in words."""
    feeds = {room.row: room.feeds for room in rooms}
    loads = total_loads((rack, feeds[row], count) for (rack, row), count in counts.items())
    return overload(problem.hall, loads)


def excess_of(problem: FloorProblem, counts: Counts) -> tuple[RowLimit, int] | None:
    """The first limit of rows that these counts exceed, and what they would put there."""
    for limit in problem.limits:
        found = sum(limit.of(rack) * count for (rack, row), count in counts.items() if row in limit.rows)
        if found > limit.most:
            return limit, found
    return None


def _fill_in_order(racks: Sequence[RackGroup], rooms: Sequence[RowRoom]) -> Counts | None:
    """The most restricted racks first, each into its first rows; None when that leaves one without a place."""
    positions = {room.row: room.positions for room in rooms}
    pairs = {room.row: room.pairs for room in rooms}
    counts: Counts = {}
    for rack in sorted(racks, key=lambda r: (-r.positions, len(r.rows))):
        left = rack.count
        for room in rooms:
            if room.row not in rack.rows or not left:
                continue
            free = positions[room.row] if rack.positions == 1 else min(pairs[room.row], positions[room.row] // 2)
            taken = min(left, free)
            if taken:
                counts[rack, room.row] = taken
                positions[room.row] -= taken * rack.positions
                pairs[room.row] -= taken if rack.positions == 2 else 0
                left -= taken
        if left:
            return None
    return counts


def _fill_exactly(problem: FloorProblem, racks: Sequence[RackGroup], rooms: Sequence[RowRoom]) -> Counts:
    from planner.floor.counting import solve_counts  # noqa: PLC0415 - loads the solver, which most halls do not need

    found = solve_counts(problem, racks, rooms)
    if found is not None:
        return found
    without_feeds = solve_counts(problem, racks, rooms, feeds=False)
    if without_feeds is None:
        raise _without_limits(problem, racks, rooms)
    words = overload_of(problem, rooms, without_feeds)
    message = f"hall {problem.hall.id}: no choice of rows keeps every feed within its rating; for one, {words}"
    raise FloorInfeasible(message, "feeds", proven=True)


def _without_limits(problem: FloorProblem, racks: Sequence[RackGroup], rooms: Sequence[RowRoom]) -> FloorInfeasible:
    """Names a limit of rows that stops the racks, or what they lack without any such limit."""
    from planner.floor.counting import solve_counts  # noqa: PLC0415 - loads the solver, which most halls do not need

    free = replace(problem, limits=())
    anyhow = solve_counts(free, racks, rooms, feeds=False)
    if anyhow is None:
        return _without_place(problem, racks, rooms)
    broken = excess_of(problem, anyhow)
    assert broken is not None, "counts that exceed nothing were no refusal"
    limit, found = broken
    text = f"hall {problem.hall.id}: no choice of rows keeps every limit of a row; for one, {limit.words(found)}"
    return FloorInfeasible(text, "rows", limit.stated, proven=True)


def _without_place(problem: FloorProblem, racks: Sequence[RackGroup], rooms: Sequence[RowRoom]) -> FloorInfeasible:
    """Names the rows that are asked for too much: the smallest set of rows that its own racks overfill."""
    unions = {rack.rows for rack in racks}
    unions |= {one | other for one in unions for other in unions} | {frozenset(room.row for room in rooms)}
    for rows in sorted(unions, key=lambda u: (len(u), sorted(u))):
        inside = [rack for rack in racks if rack.rows <= rows]
        here = [room for room in rooms if room.row in rows]
        doubles, pairs = sum(r.count for r in inside if r.positions == 2), sum(room.pairs for room in here)
        wanted, free = sum(r.count * r.positions for r in inside), sum(room.positions for room in here)
        where = f"hall {problem.hall.id}, rows {', '.join(sorted(rows))}"
        names = ", ".join(sorted({f'"{rack.pattern}"' for rack in inside}))
        if wanted > free:
            text = f"{where}: racks {names} take {wanted} positions, {free} are free"
            return FloorInfeasible(text, "positions", proven=True)
        if doubles > pairs:
            names = ", ".join(sorted({f'"{rack.pattern}"' for rack in inside if rack.positions == 2}))
            text = f"{where}: racks {names} need {doubles} pairs of adjacent positions, {pairs} are free"
            return FloorInfeasible(text, "pairs", proven=True)
    wanted, free = sum(r.count * r.positions for r in racks), sum(room.positions for room in rooms)
    text = f"hall {problem.hall.id}: racks take {wanted} positions, {free} are free, but not in the rows they may use"
    return FloorInfeasible(text, "positions", proven=True)
