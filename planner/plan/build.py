"""From a request to a plan: ask, settle, place, count, price, and say why."""

from __future__ import annotations

from dataclasses import replace

from planner.deadline import Deadline
from planner.document import Document
from planner.errors import Infeasible
from planner.explain.explanation import Explanation, explain
from planner.explain.floor import FloorExplanation
from planner.packing.data import PackingInfeasible
from planner.plan.assembly import Assembly
from planner.plan.library import Library, check_ids
from planner.plan.phase_refusal import PhaseExplanation
from planner.plan.power_caps import with_power_caps
from planner.plan.question import make_question
from planner.plan.reach import wired_within_reach
from planner.plan.schema import Plan
from planner.plan.sketching import sketch
from planner.plan.standing import floor_problem, stand
from planner.plan.trials import Trials
from planner.request.schema import Request
from planner.sizing.model import Progress, SizingInfeasible
from planner.sizing.question import Question


def make_plan(
    request: Request, source: Document, library: Library, *, deadline: Deadline | None = None,
    progress: Progress | None = None,
) -> Plan:  # fmt: skip
    """The plan of a request; the best found till the `deadline`, where that comes first.

    Raises:
        InputError: an id that the library does not have.
        Infeasible: no plan meets the request; carries the explanation.
        TimeLimitReached: the limit came before a first plan.
    """
    check_ids(request, source, library)
    library = with_power_caps(library, request)
    question = replace(make_question(request, library), deadline=deadline or Deadline())
    try:
        settled, halls = stand(question, source, trials_of(library), progress=progress)
    except (SizingInfeasible, PackingInfeasible):
        explanation = explained(question, source, library)
        raise Infeasible(explanation.text(), explanation) from None
    halls, sketched = wired_within_reach(question, source, settled, halls, sketch)
    return Assembly(question, library, source, sketched, halls).plan()


def refusal_of(
    request: Request, source: Document, library: Library
) -> Explanation | FloorExplanation | PhaseExplanation | None:
    """Why no plan meets the request; None when one does. The whole way is tried: counts, racks, positions, phases.

    Raises:
        InputError, TimeLimitReached: as `make_plan`.
    """
    try:
        make_plan(request, source, library)
    except Infeasible as refusal:
        explanation = refusal.explanation
        assert isinstance(explanation, Explanation | FloorExplanation | PhaseExplanation), "every refusal is explained"
        return explanation
    return None


def explained(question: Question, source: Document | None, library: Library) -> Explanation:
    """Why a question has no answer, each way out with the plan that it leads to."""
    return explain(question, source, trials_of(library))


def trials_of(library: Library) -> Trials:
    """What solves changed requests for explanations."""
    return Trials(library, sketch, floor_problem)
