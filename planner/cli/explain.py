"""`planner explain`: why a request has no plan, and the cheapest ways out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from planner.cli.options import catalog_option, json_option, prices_option, request_argument


@click.command("explain")
@request_argument
@catalog_option
@prices_option
@json_option
@click.pass_context
def command(
    ctx: click.Context, request_file: Path, catalogs: tuple[Path, ...], prices: tuple[Path, ...], as_json: bool
) -> None:
    """Say which limits of REQUEST conflict, and which single changes would be enough (exit code 3)."""
    from planner.cli import INFEASIBLE
    from planner.packing.data import PackingInfeasible
    from planner.plan.build import explained
    from planner.plan.library import check_ids, load_library
    from planner.plan.question import make_question
    from planner.request import load_request
    from planner.sizing.model import SizingInfeasible
    from planner.sizing.settle import settle

    request, source = load_request(request_file)
    library = load_library(catalogs, prices)
    check_ids(request, source, library)
    question = make_question(request, library)
    try:
        settle(question)
    except (SizingInfeasible, PackingInfeasible):
        explanation = explained(question, source, library)
        click.echo(json.dumps(asdict(explanation), indent=2) if as_json else explanation.text())
        ctx.exit(INFEASIBLE)
    click.echo(json.dumps({"feasible": True}) if as_json else "There is a plan for this request: run planner plan.")
