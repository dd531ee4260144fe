"""The whole trade-off between two objectives: every point a plan that packs, held against a bound for all plans.

Epsilon-constraint: the first axis is minimised while the second is kept under a cap, then the second under the first.
Caps are spread evenly at first; then each neighbour pair is asked for a point between them, until as many points are
found as were asked for, or every gap is proven empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from planner.packing.data import PackingInfeasible
from planner.plan.footing import FloorMaker, refused_by_floor
from planner.plan.proofs import PROVEN_GAP, UNITS, gap_of
from planner.plan.why import Sketch, unpriced_mains
from planner.sizing.answer import Settled
from planner.sizing.model import Caps, SizingInfeasible
from planner.sizing.objective import UNPRICED
from planner.sizing.question import Question
from planner.sizing.settle import least_under, settle_under, systems_under

MONEY = ("capex", "tco")
NO_CAP = 2**53
Sketcher = Callable[[Question, Settled], Sketch]


@dataclass(frozen=True)
class Point:
    """One plan on the frontier. `lower_bound` holds for the first axis over all plans with no more of the second."""

    first: int
    second: int
    lower_bound: int
    gap: float
    status: str  # optimal | feasible
    systems: str
    capex: tuple[int, int, int]
    tco: tuple[int, int, int]
    power_design_w: int
    racks: int
    lines: int
    lines_without_price: int
    unpriced: tuple[str, ...]
    storage: str = ""
    floor: str = ""  # why its racks as packed do not stand; "" where they do


@dataclass(frozen=True)
class Frontier:
    """Points from the least of the first axis to the least of the second, none dominated by another.

    `complete`: the search proved that by counts there are no more; else there may be points between those shown.
    Each point is sized, packed and tried on the floor; cables are not routed, and phases not planned (`phased`: the
    request has some).
    """

    axes: tuple[str, str]
    units: tuple[str, str]
    points: tuple[Point, ...]
    wanted: int
    complete: bool
    solves: int
    phased: bool = False

    def cautions(self) -> tuple[str, ...]:
        """What a plan of these points would still have to see to."""
        refused = [
            f"point {n}: its racks as packed do not stand, `planner plan` looks for the next best: {point.floor}"
            for n, point in enumerate(self.points, start=1)
            if point.floor
        ]
        phases = ["the points are end states: their phases were not planned"] if self.phased else []
        return (*refused, *phases)

    def note(self) -> str:
        """How many points there are, against how many were asked for."""
        found = len(self.points)
        if self.complete:
            fewer = f", fewer than the {self.wanted} asked for" if found < self.wanted else ""
            return (
                f"these {found} points are all that exist{fewer}" if found != 1 else f"one point is all there is{fewer}"
            )
        return f"{found} points; there may be others between them"


def frontier_of(
    question: Question, settled: Settled, axes: tuple[str, str], points: int, sketch: Sketcher, floor: FloorMaker
) -> Frontier:
    """The trade-off between two objectives, from a question and its settled plan. `floor` places racks.

    Raises:
        TimeLimitReached: a point is not decided within the deterministic limits.
    """
    return _Search(question, settled, axes, points, sketch, floor).frontier()


@dataclass(frozen=True)
class _Found:
    """A point, the cap that it was found under, and its own values of the axes by counts."""

    asked: int
    first: int
    cap: int
    point: Point
    settled: Settled


class _Search:
    def __init__(
        self, question: Question, settled: Settled, axes: tuple[str, str], points: int, sketch: Sketcher,
        floor: FloorMaker,
    ) -> None:  # fmt: skip
        self.floor = floor
        self.axes, self.wanted, self.sketch, self.like, self.solves = axes, points, sketch, settled, 0
        self.question, self.turned = _ordered(question, axes), _ordered(question, (axes[1], axes[0]))
        self.found: list[_Found] = []
        self.roomy = False
        self.only: frozenset[str] | None = None  # systems of all plans between the ends; None: not known
        self.refused: set[int] = set()  # caps under which counts that pack were not found
        self.fixed = _no_more_unpriced(settled) if any(axis in MONEY for axis in axes) else ()

    def frontier(self) -> Frontier:
        """Both ends, even caps between them, then the gaps."""
        self.ask_for_the_least_of_the_second()
        self.ask(NO_CAP)
        self.leave_out_systems_of_no_point()
        self.spread()
        complete = self.close_gaps()
        currency = self.question.request.currency
        first, second = (currency if UNITS[axis] == "money" else UNITS[axis] for axis in self.axes)
        phased = bool(self.question.request.phases)
        return Frontier(self.axes, (first, second), self.points(), self.wanted, complete, self.solves, phased)

    def points(self) -> tuple[Point, ...]:
        """The points that no other dominates, each tried on the floor."""
        settled = {entry.point: entry.settled for entry in self.found}
        kept = _undominated(list(settled))
        refused = {point: refused_by_floor(self.question, settled[point], self.floor) for point in kept}
        return tuple(replace(point, floor=str(why[0]) if why is not None else "") for point, why in refused.items())

    def ask_for_the_least_of_the_second(self) -> None:
        """The end of the second axis: the least of it that any plan has, and the best of the first with no more."""
        self.solves += 1
        self.keep(None, settle_under(self.turned, self.fixed, self.like))

    def leave_out_systems_of_no_point(self) -> None:
        """Between the ends no plan is beyond either on its axis: few systems are in any such plan."""
        ends = (
            (self.axes[0], max(entry.first for entry in self.found)),
            (self.axes[1], max(entry.cap for entry in self.found)),
        )
        settled = [entry.settled for entry in self.found]
        self.only = systems_under(self.question, (*self.fixed, *ends), [*settled, self.like])

    def ask(self, cap: int) -> None:
        """The best plan of the first axis under a cap of the second, where that is not known yet.

        A known point within the cap is the answer where none better on the first axis exists.
        """
        if self.answered(cap):
            return
        self.solves += 1
        known = max((entry for entry in self.found if entry.cap <= cap), key=lambda entry: entry.cap, default=None)
        caps = (*self.fixed, (self.axes[1], cap)) if cap != NO_CAP else self.fixed
        if known is not None:
            caps = (*caps, (self.axes[0], known.first - 1))
        try:
            settled = settle_under(self.question, caps, self.like, roomy=self.roomy, only=self.only)
        except SizingInfeasible:
            if known is not None:
                self.found.append(replace(known, asked=cap))
            else:
                self.refused.add(cap)
            return
        except PackingInfeasible:
            self.refused.add(cap)
            return
        self.keep(cap, settled)

    def keep(self, asked: int | None, settled: Settled) -> None:
        """An answer as a point. `asked` is its cap; None: its own second axis, and there is none with less."""
        self.like = replace(self.like, cuts=settled.cuts)
        # networks at their least are too small here, as they will be again
        self.roomy = self.roomy or settled.rounds > 1
        first, second = (_stage(settled, axis) for axis in self.axes)
        cap = second if asked is None else asked
        self.found.append(_Found(cap, first, second, self.point(settled, cap), settled))

    def answered(self, cap: int) -> bool:
        """Whether the best under a cap is known: found under a cap no smaller, and itself within this one."""
        return cap in self.refused or any(entry.cap <= cap <= entry.asked for entry in self.found)

    def caps(self) -> list[int]:
        """The values of the second axis that were found, the largest first."""
        return sorted({entry.cap for entry in self.found}, reverse=True)

    def spread(self) -> None:
        """Caps at equal distances between the ends."""
        high, low = self.caps()[0], self.caps()[-1]
        for step in range(1, self.wanted - 1):
            self.ask(high - (high - low) * step // (self.wanted - 1))

    def close_gaps(self) -> bool:
        """Asks for a point right below each known one, the widest gap first; True when no gap is left."""
        while True:
            gaps = [(high - low, high) for high, low in pairwise(self.caps()) if not self.answered(high - 1)]
            if not gaps:
                return True
            if len(self.caps()) >= self.wanted:
                return False
            self.ask(max(gaps)[1] - 1)

    def point(self, settled: Settled, cap: int) -> Point:
        """A settled answer as a point, with the bound on its first axis.

        The bound of the answer holds for plans within its cap while networks were at their least.
        """
        sketched = self.sketch(self.question, settled)
        first, second = (value_of(axis, settled, sketched) for axis in self.axes)
        holds = settled.rounds == 1 and second <= cap
        bound = min(first, settled.bounds.get(self.axes[0], 0)) if holds else 0
        if gap_of(first, bound) >= PROVEN_GAP:  # found under a wider cap, or with larger networks than the bound allows
            caps = (*self.fixed, (self.axes[1], second))
            bound = min(first, least_under(self.question, caps, self.like.cuts, self.only))
        gap = gap_of(first, bound)
        cost = sketched.cost
        return Point(
            first=first,
            second=second,
            lower_bound=bound,
            gap=gap,
            status="optimal" if gap < PROVEN_GAP else "feasible",
            systems=systems_of(self.question, sketched),
            capex=(cost.capex.low, cost.capex.typical, cost.capex.high),
            tco=(cost.tco.low, cost.tco.typical, cost.tco.high),
            power_design_w=sketched.design_w,
            racks=sketched.racks,
            lines=cost.lines_total,
            lines_without_price=cost.lines_without_price,
            unpriced=tuple(unpriced_mains(sketched)),
            storage=storage_of(self.question, sketched),
        )


def value_of(axis: str, settled: Settled, sketched: Sketch) -> int:
    """What a plan comes to on an axis: money from the priced bill, power and positions from its racks, else counts."""
    if axis in MONEY:
        return int(getattr(sketched.cost, axis).typical)
    if axis == "power":
        return sketched.design_w
    if axis == "racks":
        return sketched.racks
    data, sizing = settled.prepared.data, settled.sizing
    pieces = [(hall.items[key], n) for hall in data.halls for key, n in sizing.counts[hall.key].items() if n]
    if axis == "lead-time":
        return max((item.lead_weeks for item, _ in pieces), default=0)
    rented = {(rent.region, rent.instance): rent.carbon_kg for rent in data.rents}
    return sum(item.carbon_kg * n for item, n in pieces) + sum(rented[key] * n for key, n in sizing.rents.items())


def systems_of(question: Question, sketched: Sketch) -> str:
    """Systems on site, by hall where they stand in several, and instances in regions, in words."""
    said = _pieces(question, [(choice.product, choice.hall, choice.count) for choice in sketched.contents.systems])
    said += [f"{n} x {instance} in {region}" for region, instance, n in sketched.contents.rents]
    return ", ".join(said) or "no system"


def storage_of(question: Question, sketched: Sketch) -> str:
    """Storage in words, by hall where it stands in several."""
    return ", ".join(
        _pieces(question, [(choice.product, choice.hall, choice.units) for choice in sketched.contents.storage])
    )


def _pieces(question: Question, bought: Sequence[tuple[str, str, int]]) -> list[str]:
    """(product, hall, count) in words; halls are named where there are several."""
    several = len({hall for _, hall, _ in bought}) > 1
    counts = Counter[tuple[str, str]]()
    for product, hall, count in bought:
        counts[product, f" in {hall}" if several else ""] += count
    return [f"{n} x {question.catalog.products[name].name}{where}" for (name, where), n in sorted(counts.items())]


def _undominated(points: list[Point]) -> list[Point]:
    """Points that no other equals or beats on both axes, from the least of the first to the least of the second."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda p: (p.first, p.second)):
        if not kept or point.second < kept[-1].second:
            kept.append(point)
    return kept


def _no_more_unpriced(settled: Settled) -> Caps:
    """Money compares plans only where no more of their systems and storage lack a price than the plan's own do."""
    stages = [stage.value for stage in settled.sizing.stages if stage.objective == UNPRICED]
    return ((UNPRICED, stages[0]),) if stages else ((UNPRICED, 0),)


def _stage(settled: Settled, objective: str) -> int:
    return next(stage.value for stage in settled.sizing.stages if stage.objective == objective)


def _ordered(question: Question, objectives: tuple[str, str]) -> Question:
    """The same question with other objectives."""
    policy = question.request.policy.model_copy(update={"objective": objectives})
    return replace(question, request=question.request.model_copy(update={"policy": policy}))
