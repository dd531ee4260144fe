"""The objective, from a finished placement alone: which hub every rack cables to, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.floor.data import FloorProblem, Placement, RackGroup, hub_group, merged
from planner.floor.geometry import middle, positions_of


@dataclass(frozen=True)
class CableRun:
    """The cables of one rack: to which hub, how many, and the distance on the floor (x and y, no height) in mm."""

    rack: Placement
    hub: Placement
    cables: int
    distance_mm: int


def cable_runs(problem: FloorProblem, placements: Iterable[Placement]) -> tuple[CableRun, ...]:
    """Every rack with cables to a hub of this hall, in the order of the placements; ties go to the first hub."""
    placed = tuple(placements)
    at = {(position.row, position.number): position for position in positions_of(problem.hall)}
    spot = {rack: middle(at[rack.row, number] for number in rack.numbers) for rack in placed}
    racks = merged(problem.racks)
    kind = {_key(rack): rack for rack in racks}
    hubs: dict[str, list[Placement]] = {}
    for rack in placed:
        if rack.hub:
            hubs.setdefault(rack.group, []).append(rack)
    runs: list[CableRun] = []
    for rack in placed:
        counted = kind[rack.pattern, rack.group, rack.hub]
        target = hub_group(racks, counted)
        if target is None or not counted.cables:
            continue
        far = {hub: abs(spot[rack][0] - spot[hub][0]) + abs(spot[rack][1] - spot[hub][1]) for hub in hubs[target]}
        hub = min(hubs[target], key=lambda h: far[h])
        runs.append(CableRun(rack, hub, counted.cables, far[hub]))
    return tuple(runs)


def _key(rack: RackGroup) -> tuple[str, str, bool]:
    return rack.pattern, rack.group, rack.hub


def objective_mm(problem: FloorProblem, placements: Iterable[Placement]) -> int:
    """The sum of cables x distance over all racks, in mm."""
    return sum(run.cables * run.distance_mm for run in cable_runs(problem, placements))
