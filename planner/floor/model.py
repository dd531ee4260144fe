"""Racks to positions: whether they fit, then where, then how good that is."""

from __future__ import annotations

from dataclasses import replace

from planner.deadline import Deadline
from planner.floor.data import FloorInfeasible, FloorProblem, FloorResult, merged
from planner.floor.exact import best_of_all_layouts
from planner.floor.fitting import fit
from planner.floor.layout import Placed, Question, layouts_at_most, placements, question_of, worst_reach
from planner.floor.slots import ground_of
from planner.floor.standing import stand_in_rows
from planner.wording import sentence

DETERMINISTIC_TIME = 20.0
EXACT_TIME = 5.0
MOST_LAYOUTS = 12_000
LAST_TIME = 0.1  # for the racks of a hall when the run is over already


def place(
    problem: FloorProblem, *, deterministic_time: float = DETERMINISTIC_TIME, deadline: Deadline | None = None
) -> FloorResult:
    """Every rack at its position, cables as short as can be found, and the bound that proves how good that is.

    The same problem gives the same placements on every run; `deterministic_time` limits the work, not the clock;
    a `deadline` that comes earlier leaves the best found till then.

    Raises:
        FloorInfeasible: positions, adjacent pairs, feeds or reach do not suffice; the message says where and by how
            much, and the refusal whether it is proven that no layout of these racks exists.
        TimeLimitReached: undecided within the limit whether the racks fit.
    """
    until = deadline or Deadline()
    if not merged(problem.racks):
        return FloorResult((), 0, 0, sentence("method.nothing"))
    ground = ground_of(problem)
    counts = fit(problem, ground)
    question = question_of(problem, ground)
    standing = stand_in_rows(ground, counts)
    if not any(rack.cables for rack, target in question.target.items() if target is not None):
        return FloorResult(placements(standing), 0, 0, sentence("method.rows"))
    if layouts_at_most(question) > MOST_LAYOUTS:
        return _searched(question, standing, deterministic_time, until)
    if until.over():
        deterministic_time = LAST_TIME
    best = best_of_all_layouts(question, min(EXACT_TIME, deterministic_time))
    if best.placed is None and _reaching(question):
        standing = _within_reach(question)
    if best.placed is not None and best.cost_mm == best.lower_bound_mm:
        words = sentence("method.hubs")
        return FloorResult(placements(best.placed), best.cost_mm, best.lower_bound_mm, words)
    found = _searched(question, best.placed or standing, deterministic_time, until)
    return replace(found, lower_bound_mm=max(found.lower_bound_mm, best.lower_bound_mm))


def _reaching(question: Question) -> bool:
    return any(rack.reach_mm is not None for rack in question.others)


def _within_reach(question: Question) -> Placed:
    """A layout that keeps every rack within reach, however long its cables are.

    Raises:
        FloorInfeasible: there is none, or whether there is one is not decided within the deterministic limit.
    """
    from planner.floor.reaching import least_reach, reaching_racks  # noqa: PLC0415 - loads the solver

    found = least_reach(question)
    if found.placed is not None and not found.missing_mm:
        return found.placed
    worst = worst_reach(question, found.placed) if found.placed is not None else None
    rack = worst[0] if worst is not None else reaching_racks(question)[0]
    missing = f"{found.missing_mm:,} mm are missing where they stand best"
    if found.placed is None:
        missing = "no layout within it was found"
    elif found.least_mm < found.missing_mm:
        missing = f"{found.missing_mm:,} mm are missing in the best layout found"
    text = (
        f'hall {question.problem.hall.id}: racks of pattern "{rack.pattern}" reach their switches over '
        f"{rack.reach_mm:,} mm of tray; {missing}"
    )
    raise FloorInfeasible(text, "reach", question.problem.reach_stated, proven=found.least_mm > 0)


def _searched(question: Question, standing: Placed, deterministic_time: float, deadline: Deadline) -> FloorResult:
    from planner.floor.search import search  # noqa: PLC0415 - loads the solver, which small halls do not need
    from planner.floor.together import Proven, together  # noqa: PLC0415

    found = search(question, standing, deterministic_time, deadline)
    if worst_reach(question, found[0]) is not None:
        found = search(question, _within_reach(question), deterministic_time, deadline)
    known = Proven(*found)
    words = sentence("method.tiles")
    best = together(question, known, deterministic_time, deadline)
    if best != known:
        words = sentence("method.together")
    return FloorResult(placements(best.placed), best.cost_mm, best.lower_bound_mm, words)
