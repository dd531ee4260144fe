"""The floor problem and its answer: immutable, integers only, free of any solver.

Words: a hub is a rack that holds the switches others cable to. A rack cables to the nearest hub of its group; a group
without a hub of its own cables to the hubs of the group "" (the hall's). A hub of a named group cables to the nearest
hub of the group "". Where no hub is found, cables have no length: what they lead to does not stand in this hall.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from planner.document import Location
from planner.errors import Infeasible, InputError, Problem
from planner.request.ground import stretches_of
from planner.request.site import Hall

Status = Literal["optimal", "feasible"]
FloorLimit = Literal["positions", "pairs", "feeds", "rows", "reach"]

COMMON = ""
"""The group whose hubs serve the whole hall."""


@dataclass(frozen=True)
class RackGroup:
    """Identical racks: how many, where they may stand, what they draw and how many cables leave each of them."""

    pattern: str
    count: int
    positions: int  # 1, or 2 adjacent ones of a row
    rows: frozenset[str]  # stretches of rows it may stand in; a row that admits the same racks all along is one
    design_w: int
    peak_w: int
    cables: int = 0  # to its hub
    hub: bool = False  # holds the switches that its group cables to
    group: str = COMMON  # scalable unit or fabric
    reach_mm: int | None = None  # the farthest that it may stand from any hub that it cables to, x and y together


@dataclass(frozen=True)
class RowLimit:
    """What may stand in some stretches of rows together: no more than `most` of an amount.

    `each` gives the amount of one rack by pattern; patterns that it leaves out have none. `what` names it in words.
    """

    what: str
    unit: str
    rows: frozenset[str]
    each: tuple[tuple[str, int], ...]
    most: int
    stated: Location = ()  # where the request states it

    def of(self, rack: RackGroup) -> int:
        """The amount of one rack."""
        return dict(self.each).get(rack.pattern, 0)

    def words(self, found: int) -> str:
        """How an amount is beyond the limit."""
        return f"{self.what}: {found:,} {self.unit}, at most {self.most:,}"


@dataclass(frozen=True)
class FloorProblem:
    """Racks for one hall. Pass the plannable hall where the site keeps headroom (`facility.power.plannable_hall`).

    Positions that the hall keeps for growth stay free, and so do `reserved` ones, given as (row, number).

    Raises:
        InputError: a rack of an unknown row or with negative numbers, a reserved position that is not in the hall.
    """

    hall: Hall
    racks: tuple[RackGroup, ...]
    reserved: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    limits: tuple[RowLimit, ...] = ()
    reach_stated: Location = ()  # where the request limits the reach of cables

    def __post_init__(self) -> None:
        problems = list(_faults(self))
        if problems:
            raise InputError(problems)


@dataclass(frozen=True)
class Placement:
    """One rack at its position or two adjacent positions."""

    pattern: str
    row: str
    numbers: tuple[int, ...]
    group: str = COMMON
    hub: bool = False


@dataclass(frozen=True)
class FloorResult:
    """Every rack at its place, in the order of the hall's positions, with the proof.

    `objective_mm` is the sum over all racks of cables x Manhattan distance to the hub, in mm; height, side offsets and
    slack are the same wherever two racks stand and are left out. No placement is below `lower_bound_mm`.
    """

    placements: tuple[Placement, ...]
    objective_mm: int
    lower_bound_mm: int
    method: str

    @property
    def gap(self) -> float:
        """Relative distance of the objective from its proven lower bound; 0 is proven best."""
        return (self.objective_mm - self.lower_bound_mm) / self.objective_mm if self.objective_mm else 0.0

    @property
    def status(self) -> Status:
        """`optimal` when the bound equals the objective, else `feasible`."""
        return "optimal" if self.objective_mm == self.lower_bound_mm else "feasible"


class FloorInfeasible(Infeasible):
    """The racks do not fit the hall: `limit` says for want of what, `stated` where the request states that.

    Where it is `proven`, no layout of these racks exists; otherwise none was found within the deterministic limit.
    """

    def __init__(self, message: str, limit: FloorLimit, stated: Location = (), *, proven: bool) -> None:
        self.limit, self.stated, self.proven = limit, stated, proven
        super().__init__(message)


def merged(racks: Iterable[RackGroup]) -> tuple[RackGroup, ...]:
    """The racks with equal groups counted together, in an order that does not depend on how they were listed."""
    counts: dict[RackGroup, int] = {}
    for rack in racks:
        key = replace(rack, count=0)
        counts[key] = counts.get(key, 0) + rack.count
    return tuple(
        replace(rack, count=count) for rack, count in sorted(counts.items(), key=lambda e: _order(e[0])) if count
    )


def _order(rack: RackGroup) -> tuple[object, ...]:
    return (
        rack.group, not rack.hub, -rack.positions, -rack.cables, rack.pattern,
        sorted(rack.rows), rack.design_w, rack.peak_w, rack.reach_mm or 0,
    )  # fmt: skip


def hub_group(racks: Iterable[RackGroup], rack: RackGroup) -> str | None:
    """The group whose hubs this rack cables to; None when none stands in the hall."""
    with_hub = {other.group for other in racks if other.hub and other.count}
    wanted = (COMMON,) if rack.hub else (rack.group, COMMON)
    if rack.hub and rack.group == COMMON:
        return None
    return next((group for group in wanted if group in with_hub), None)


def _faults(problem: FloorProblem) -> Iterator[Problem]:
    lengths = {row.id: row.positions for row in problem.hall.rows}
    stretches = dict.fromkeys([*lengths, *(stretch.name for stretch in stretches_of(problem.hall))])
    for rack in problem.racks:
        where = f'racks of pattern "{rack.pattern}"'
        for name in ("count", "design_w", "peak_w", "cables"):
            if getattr(rack, name) < 0:
                yield _problem(where, f"{name} {getattr(rack, name)}", "0 or more")
        if rack.positions not in (1, 2):
            yield _problem(where, f"{rack.positions} positions", "1 or 2")
        unknown = sorted(rack.rows - stretches.keys())
        if unknown or not rack.rows:
            found = f'the row "{unknown[0]}"' if unknown else "no row to stand in"
            yield _problem(where, found, f"rows of hall {problem.hall.id}: {', '.join(lengths)}")
    yield from _ambiguous(problem.racks)
    for limit in problem.limits:
        for name in sorted(limit.rows - stretches.keys()):
            yield _problem(f"limit of {limit.what}", f'the row "{name}"', f"rows of hall {problem.hall.id}")
    for row, number in sorted(problem.reserved):
        if not 1 <= number <= lengths.get(row, 0):
            yield _problem("reserved positions", f"{row}{number:02d}", f"a position of hall {problem.hall.id}")


def _ambiguous(racks: Iterable[RackGroup]) -> Iterator[Problem]:
    first: dict[tuple[str, str, bool], RackGroup] = {}
    for rack in racks:
        known = first.setdefault((rack.pattern, rack.group, rack.hub), rack)
        if (rack.cables, rack.positions) != (known.cables, known.positions):
            found = f"{rack.cables} and {known.cables} cables on {rack.positions} and {known.positions} positions"
            yield _problem(f'racks of pattern "{rack.pattern}"', found, "one number for all of them in one group")


def _problem(where: str, found: str, expected: str) -> Problem:
    return Problem("floor", 0, 0, where, found, expected)
