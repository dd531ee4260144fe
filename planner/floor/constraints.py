"""The rules of the floor for CP-SAT, one function each. Loads ortools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ortools.sat.python import cp_model

from planner.facility.tree_loads import NodeRoom
from planner.floor.data import RackGroup, RowLimit
from planner.floor.feeds import Feeds

Load = tuple[RackGroup, Feeds, cp_model.LinearExprT]
"""Racks of one kind on rows with these feeds, and how many."""

SEED = 7


def new_solver(deterministic_time: float) -> cp_model.CpSolver:
    """One worker, a fixed seed and a deterministic limit: the same answer on every run."""
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    solver.parameters.max_deterministic_time = deterministic_time
    return solver


def one_rack_per_position(model: cp_model.CpModel, takers: Mapping[int, Sequence[cp_model.IntVar]]) -> None:
    """Each free position takes at most one rack."""
    for cell in sorted(takers):
        model.add_at_most_one(takers[cell])


def feeds_survive_a_loss(model: cp_model.CpModel, rooms: Sequence[NodeRoom], racks: Sequence[Load]) -> None:
    """No source, feed or panel above its continuous rating (design) or nameplate (peak) in any state, to the watt.

    The share of a load S over k feeds that falls to the j-th of them is ceil((S - j) / k): the least integer L with
    k * L >= S - j.
    """
    for tier in ("design_w", "peak_w"):
        loads = _loads(racks, tier)
        most = {feeds: sum(r.count * getattr(r, tier) for r in _kinds(racks, feeds)) for feeds in loads}
        for room in rooms:
            parts: list[cp_model.IntVar] = []
            for feeds, among, place in room.shares:
                if feeds in loads:
                    part = model.new_int_var(0, most[feeds], f"{tier}[{room.node},{room.lost},{'+'.join(feeds)}]")
                    model.add(among * part >= loads[feeds] - place)
                    parts.append(part)
            model.add(sum(parts) <= getattr(room, tier))


def rows_keep_their_limits(
    model: cp_model.CpModel, limits: Sequence[RowLimit], racks: Sequence[tuple[RackGroup, str, cp_model.LinearExprT]]
) -> None:
    """No limit of rows is exceeded by racks given as (kind, stretch, how many)."""
    for limit in limits:
        here = [limit.of(rack) * count for rack, row, count in racks if row in limit.rows and limit.of(rack)]
        if here:
            model.add(sum(here) <= limit.most)


def _loads(racks: Sequence[Load], tier: str) -> dict[Feeds, cp_model.LinearExprT]:
    terms: dict[Feeds, list[cp_model.LinearExprT]] = {}
    for rack, feeds, count in racks:
        terms.setdefault(feeds, []).append(count * getattr(rack, tier))
    return {feeds: sum(parts) for feeds, parts in sorted(terms.items())}


def _kinds(racks: Iterable[Load], feeds: Feeds) -> set[RackGroup]:
    return {rack for rack, of, _ in racks if of == feeds}
