"""`planner plan`: request in, plan and reports out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import CHECK_FAILED
from planner.cli.options import Number, catalog_option, language_option, prices_option, request_argument
from planner.errors import Infeasible, InputError
from planner.request.policy import OBJECTIVES
from planner.wording import CANONICAL

if TYPE_CHECKING:
    from planner.document import Document
    from planner.plan.schema import Plan
    from planner.report import Code
    from planner.sizing.model import Progress


@click.command("plan")
@request_argument
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), default=Path("out"), show_default=True,
              metavar="DIR", help="Where plan.json and the reports go.")  # fmt: skip
@click.option("--objective", metavar="A[,B]", help=f"One or more of {', '.join(OBJECTIVES)}, in order.")
@click.option("--time-limit", "seconds", type=Number(min=0, min_open=True), metavar="S",
              help="Take the best plan found after S seconds; another run may then differ.")  # fmt: skip
@click.option("--no-reports", is_flag=True, help="Write plan.json, bom.csv and cables.csv only.")
@language_option
@catalog_option
@prices_option
def command(
    request_file: Path, folder: Path, objective: str | None, seconds: float | None, no_reports: bool, lang: Code | None,
    catalogs: tuple[Path, ...], prices: tuple[Path, ...],
) -> None:  # fmt: skip
    """Plan REQUEST and write plan.json, report.html, report.pdf, bom.csv and cables.csv.

    Ctrl-C takes the best plan found so far; a second one ends at once. Exit code 4 when there is none yet.
    Exit code 5 when the plan is written and a finding in it is an error.
    """
    from planner import document
    from planner.cli.interrupt import interruptible
    from planner.deadline import Deadline
    from planner.plan.build import make_plan
    from planner.plan.document import plan_json
    from planner.plan.library import load_library
    from planner.plan.wiring import schedule_of, wire_plan
    from planner.request import load_request, read_request

    deadline = Deadline(seconds, listens=True)
    request, source = load_request(request_file)
    if objective is not None:
        request, source = read_request(with_objective(source, objective))
    library = load_library(catalogs, prices)
    refuse_unwritable(folder)
    try:
        with interruptible(deadline):
            plan = make_plan(request, source, library, deadline=deadline, progress=progress())
    except Infeasible as refusal:
        raise explained(refusal, folder, lang or CANONICAL) from None
    document.write_whole(folder / "plan.json", plan_json(plan))
    cables = schedule_of(wire_plan(plan, request, library))
    document.write_whole(folder / "cables.csv", cables)
    write_reports(plan, folder, cables, csv_only=no_reports, lang=lang)
    say(plan, folder)
    if plan.headline.errors:
        sys.exit(CHECK_FAILED)


def explained(refusal: Infeasible, folder: Path, code: str) -> Infeasible:
    """The refusal in a language, written as text, and for programs where it has parts."""
    from dataclasses import asdict

    from planner import document
    from planner.explain.explanation import Explanation
    from planner.explain.floor import FloorExplanation
    from planner.plan.phase_refusal import PhaseExplanation

    parts, text = refusal.explanation, str(refusal)
    if isinstance(parts, Explanation | FloorExplanation | PhaseExplanation):
        text = parts.text(code)
        document.write_whole(folder / "explanation.json", document.canonical_json(asdict(parts)))
    document.write_whole(folder / "explanation.txt", f"{text}\n")
    return Infeasible(text, parts)


def refuse_unwritable(folder: Path) -> None:
    """Refuses an output folder that cannot be one, before the work and without making it."""
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise InputError.of("-o", "a file", "a folder", "name a folder", file=str(nearest))
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise InputError.of("-o", "no permission to write", "a folder that can be written", file=str(nearest))


def with_objective(source: Document, text: str) -> Document:
    """The request document with another order of objectives."""
    from dataclasses import replace

    from planner.document import nearest

    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or len(set(names)) < len(names):
        expected = f"one or more of {', '.join(OBJECTIVES)}, each once"
        raise InputError.of("--objective", f'"{text}"', expected, file="command line")
    for name in names:
        if name not in OBJECTIVES:
            hint = nearest(name, list(OBJECTIVES))
            raise InputError.of(
                "--objective", f'"{name}"', f"one of {', '.join(OBJECTIVES)}", hint, file="command line"
            )
    policy = {**(source.data.get("policy") or {}), "objective": names}
    return replace(source, data={**source.data, "policy": policy})


def progress() -> Progress | None:
    """Prints each objective as it is reached, on a terminal only."""
    if not sys.stderr.isatty():
        return None

    def show(name: str, value: int, bound: int) -> None:
        gap = (value - bound) / value if value else 0.0
        click.echo(f"sizing {name}: best {value:,}, bound {bound:,}, gap {gap:.2%}", err=True)

    return show


def write_reports(plan: Plan, folder: Path, cables: str, *, csv_only: bool, lang: Code | None = None) -> None:
    """The bill as CSV, and the reports unless they are not wanted."""
    from planner import document
    from planner.report import Look, bill_csv, render_html, render_pdf, schedule

    document.write_whole(folder / "bom.csv", bill_csv(plan))
    if csv_only:
        return
    look = Look(code=lang)
    document.write_whole(folder / "report.html", render_html(plan, look=look))
    document.write_whole(folder / "report.pdf", render_pdf(plan, more=(schedule(cables),), look=look))


def say(plan: Plan, folder: Path) -> None:
    """The plan in a few lines."""
    from planner.quantity import show

    head = plan.headline
    money = head.capex
    racks = f"{head.racks}{' new' if plan.existing else ''} rack{'' if head.racks == 1 else 's'}"
    click.echo(f"{head.systems}: {head.accelerators} accelerators in {racks}")
    click.echo(f"power: {show(head.power_design_w, 'W')} design")
    click.echo(
        f"capex: {money.typical:,} {head.currency} typical ({money.low:,} to {money.high:,}); "
        f"{head.lines_without_price} of {head.lines} lines need a quote"
    )
    for line in what_moves(plan):
        click.echo(line)
    click.echo(f"proof: {head.status}, gap {head.gap:.4%}; {head.errors} errors, {head.warnings} warnings")
    click.echo(f"written to {folder}")


def what_moves(plan: Plan) -> Iterator[str]:
    """The input that moves the accelerators of each workload most, and by how much."""
    for workload in plan.demand:
        for moved in workload.sensitivities[:1]:
            ends = ("not possible" if count is None else f"{count:,}" for count in (moved.if_smaller, moved.if_larger))
            less, more = ends
            yield (
                f"{workload.id}: {moved.accelerators:,} accelerators; {moved.input} / {moved.factor:g}: {less}, "
                f"x {moved.factor:g}: {more}"
            )
