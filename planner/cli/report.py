"""`planner report`: a plan as HTML, PDF and CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.options import catalog_option, language_option

if TYPE_CHECKING:
    from planner.plan.schema import Plan
    from planner.report import Attachment, Code

_file = click.Path(path_type=Path, dir_okay=False)


@click.command("report")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--html", type=_file, metavar="FILE", help="One self-contained page.")
@click.option(
    "--pdf", type=_file, metavar="FILE", help="For print and archive, with the plan and the CSV files attached."
)
@click.option("--csv", "bill", type=_file, metavar="FILE", help="The bill of materials.")
@click.option("--cables", type=_file, metavar="FILE", help="Cables by purpose and length as CSV.")
@click.option(
    "--depth", type=click.Choice(["brief", "full", "audit"]), default=None,
    help="How much: the decision alone, the whole plan, or every source too. [default: audit for HTML, full for PDF]",
)  # fmt: skip
@click.option("--summary", is_flag=True, help="The first page alone.")
@click.option("--brand", type=_file, metavar="FILE", help="A YAML file with title, logo and colours.")
@click.option(
    "--template", "templates", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Templates, style.css, script.js and words of your own, used before ours; extend ours as "
    "base/html/report.html.j2.",
)  # fmt: skip
@click.option(
    "--since", "since_file", type=_file, metavar="PLAN", help="An older plan: adds a chapter on what changed."
)
@language_option
@catalog_option
def command(
    plan_file: Path, html: Path | None, pdf: Path | None, bill: Path | None, cables: Path | None, depth: str | None,
    summary: bool, brand: Path | None, templates: Path | None, since_file: Path | None,
    lang: Code | None, catalogs: tuple[Path, ...],
) -> None:  # fmt: skip
    """Render PLAN as HTML, PDF and CSV. Name at least one file to write."""
    from planner.cli.plan_file import load_fitting_plan
    from planner.document import write_whole
    from planner.errors import InputError
    from planner.report import Brand, Look, bill_csv, cables_csv, load_brand, render_html, render_pdf
    from planner.report.blocks import DEPTHS

    if not (html or pdf or bill or cables):
        raise InputError.of(
            "planner report", "no file to write", "--html, --pdf, --csv or --cables", "add --html report.html"
        )
    if summary and depth:
        raise InputError.of("--summary", f"--depth {depth} beside it", "one of the two", file="command line")
    plan = load_fitting_plan(plan_file)
    chosen = next((level for level in DEPTHS if level == ("summary" if summary else depth)), None)
    since = load_fitting_plan(since_file) if since_file else None
    look = Look(load_brand(brand) if brand else Brand(), templates, lang)
    if html:
        write_whole(html, render_html(plan, chosen or "audit", look, since))
    if pdf:
        write_whole(pdf, render_pdf(plan, chosen or "full", cable_schedule(plan, catalogs), look, since))
    if bill:
        write_whole(bill, bill_csv(plan))
    if cables:
        write_whole(cables, cables_csv(plan))
    for written in (html, pdf, bill, cables):
        if written:
            click.echo(f"wrote {written}", err=True)


def cable_schedule(plan: Plan, catalogs: tuple[Path, ...]) -> tuple[Attachment, ...]:
    """The port-to-port schedule, worked out again; left out, and said so, where it is not the plan's own cabling."""
    from planner.plan.library import load_library
    from planner.plan.wiring import cable_lines, schedule_of, wire_plan
    from planner.report import schedule
    from planner.report.lookup import Lookup

    library = load_library(catalogs, ())
    if library.sha256 != plan.inputs.catalog_sha256:
        click.echo("the catalog is not the one of the plan: the PDF goes without the cable schedule", err=True)
        return ()
    wired = wire_plan(plan, Lookup(plan).request, library)
    if tuple(cable_lines(wired)) != plan.cables:
        click.echo("another version of the planner cabled this plan: the PDF goes without the cable schedule", err=True)
        return ()
    return (schedule(schedule_of(wired)),)
