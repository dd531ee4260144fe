"""Every placement of a tiny hall, by trying all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from planner.facility.power import continuous_w, feed_loads, loss_states
from planner.floor.data import FloorProblem, Placement, RackGroup
from planner.floor.geometry import positions_of


def every_placement(problem: FloorProblem) -> Iterator[tuple[Placement, ...]]:
    """All placements that keep the rules, identical racks told apart only by their slots."""
    free = {
        (p.row, p.number)
        for p in positions_of(problem.hall)
        if not p.blocked and (p.row, p.number) not in problem.reserved
    }
    pieces = [rack for rack in problem.racks for _ in range(rack.count)]
    choices = [_choices(rack, free) for rack in pieces]
    for chosen in product(*choices):
        taken = [(row, number) for row, numbers in chosen for number in numbers]
        if len(set(taken)) < len(taken) or not _feeds_hold(problem, pieces, chosen):
            continue
        if not _limits_hold(problem, pieces, chosen):
            continue
        placed = tuple(
            Placement(rack.pattern, row, numbers, rack.group, rack.hub)
            for rack, (row, numbers) in zip(pieces, chosen, strict=True)
        )
        if _reach_holds(problem, pieces, placed):
            yield placed


def _choices(rack: RackGroup, free: set[tuple[str, int]]) -> list[tuple[str, tuple[int, ...]]]:
    found = []
    for row, number in sorted(free):
        numbers = tuple(range(number, number + rack.positions))
        if row in rack.rows and all((row, n) in free for n in numbers):
            found.append((row, numbers))
    return found


def _feeds_hold(problem: FloorProblem, pieces: list[RackGroup], chosen: tuple) -> bool:
    power = problem.hall.power
    feeds = {row.id: row.feeds for row in problem.hall.rows}
    for state in loss_states(power):
        design = feed_loads(
            power, [(feeds[row], r.design_w) for r, (row, _) in zip(pieces, chosen, strict=True)], state
        )
        peak = feed_loads(power, [(feeds[row], r.peak_w) for r, (row, _) in zip(pieces, chosen, strict=True)], state)
        for feed in power.feeds:
            if feed.id in design and (
                design[feed.id] > continuous_w(feed, power.standard) or peak[feed.id] > feed.capacity
            ):
                return False
    return True


def _limits_hold(problem: FloorProblem, pieces: list[RackGroup], chosen: tuple) -> bool:
    for limit in problem.limits:
        each = dict(limit.each)
        here = [each.get(r.pattern, 0) for r, (row, _) in zip(pieces, chosen, strict=True) if row in limit.rows]
        if sum(here) > limit.most:
            return False
    return True


def _reach_holds(problem: FloorProblem, pieces: list[RackGroup], placed: tuple[Placement, ...]) -> bool:
    at = {(p.row, p.number): (p.x_mm, p.y_mm) for p in positions_of(problem.hall)}

    def spot(rack: Placement) -> tuple[int, int]:
        return sum(at[rack.row, n][0] for n in rack.numbers) // len(rack.numbers), at[rack.row, rack.numbers[0]][1]

    for kind, rack in zip(pieces, placed, strict=True):
        if kind.hub or kind.reach_mm is None or not kind.cables:
            continue
        own = [h for h in placed if h.hub and h.group == rack.group]
        hubs = own or [h for h in placed if h.hub and h.group == ""]
        (x, y) = spot(rack)
        if any(abs(x - spot(h)[0]) + abs(y - spot(h)[1]) > kind.reach_mm for h in hubs):
            return False
    return True


def rough_cost(problem: FloorProblem, placed: tuple[Placement, ...]) -> int:
    """Cables x Manhattan distance to the nearest hub, from the words of the specification."""
    at = {(p.row, p.number): (p.x_mm, p.y_mm) for p in positions_of(problem.hall)}
    cables = {(r.pattern, r.group, r.hub): r.cables for r in problem.racks}

    def spot(rack: Placement) -> tuple[int, int]:
        points = [at[rack.row, n] for n in rack.numbers]
        return sum(x for x, _ in points) // len(points), points[0][1]

    def length(rack: Placement) -> int:
        own = [h for h in placed if h.hub and h.group == rack.group]
        common = [h for h in placed if h.hub and h.group == ""]
        top = common if rack.group else [rack]
        hubs = top if rack.hub else own or common
        (x, y) = spot(rack)
        return min((abs(x - spot(h)[0]) + abs(y - spot(h)[1]) for h in hubs), default=0)

    return sum(cables[r.pattern, r.group, r.hub] * length(r) for r in placed)
