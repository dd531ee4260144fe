"""`planner explain`: why a request has no plan, and the cheapest ways out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.options import catalog_option, json_option, prices_option, request_argument, text_language_option

if TYPE_CHECKING:
    from planner.document import Document
    from planner.explain.why_not import WhyNot
    from planner.plan.library import Library
    from planner.sizing.question import Question


@click.command("explain")
@request_argument
@catalog_option
@prices_option
@json_option
@text_language_option
@click.option("--why-not", "system", metavar="SYSTEM", help="Say why this system is not in the plan.")
@click.pass_context
def command(
    ctx: click.Context, request_file: Path, catalogs: tuple[Path, ...], prices: tuple[Path, ...], as_json: bool,
    lang: str, system: str | None,
) -> None:  # fmt: skip
    """Say which limits of REQUEST conflict, which changes would be enough, and what they cost (exit code 3).

    Exit code 4 where no plan was found and none is ruled out.

    With --why-not: what keeps a system out of the plan, or what a plan with it would cost more.
    """
    from planner.cli import INFEASIBLE, NO_PLAN_IN_TIME, OK
    from planner.explain.floor import FloorExplanation
    from planner.plan.build import refusal_of
    from planner.plan.library import check_ids, load_library
    from planner.plan.question import make_question
    from planner.request import load_request
    from planner.wording import in_language, sentence

    request, source = load_request(request_file)
    library = load_library(catalogs, prices)
    if system is not None:
        check_ids(request, source, library)
        answer = answer_why_not(make_question(request, library), source, library, system)
        click.echo(json.dumps(asdict(answer), indent=2) if as_json else answer.text(lang))
        ctx.exit(INFEASIBLE if answer.plan is None else OK)
    explanation = refusal_of(request, source, library)
    if explanation is not None:
        click.echo(json.dumps(asdict(explanation), indent=2) if as_json else explanation.text(lang))
        unproven = isinstance(explanation, FloorExplanation) and not explanation.proven
        ctx.exit(NO_PLAN_IN_TIME if unproven else INFEASIBLE)
    there_is_one = in_language(sentence("explain.there-is-a-plan"), lang)
    click.echo(json.dumps({"feasible": True}) if as_json else there_is_one)


def answer_why_not(question: Question, source: Document, library: Library, system: str) -> WhyNot:
    """Why a system is not in the plan of a question.

    Raises:
        InputError: no such system.
    """
    from planner.explain.why_not import known_system, why_not_system
    from planner.packing.data import PackingInfeasible
    from planner.plan.build import trials_of
    from planner.plan.standing import FloorRefusal, stand
    from planner.sizing.model import SizingInfeasible

    known_system(question, system)
    trials = trials_of(library)
    try:
        chosen = trials.told(question, stand(question, source, trials)[0])
    except (SizingInfeasible, PackingInfeasible, FloorRefusal):
        chosen = None
    return why_not_system(question, source, system, trials, chosen)
