"""`planner report`: a plan as HTML, PDF and CSV."""

from __future__ import annotations

from pathlib import Path

import click

_file = click.Path(path_type=Path, dir_okay=False)


@click.command("report")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--html", type=_file, metavar="FILE", help="One self-contained page.")
@click.option(
    "--pdf", type=_file, metavar="FILE", help="For print and archive, with the plan and the CSV files attached."
)
@click.option("--csv", "bill", type=_file, metavar="FILE", help="The bill of materials.")
@click.option("--cables", type=_file, metavar="FILE", help="The cable schedule as CSV.")
@click.option(
    "--depth", type=click.Choice(["brief", "full", "audit"]), default=None,
    help="How much: the decision alone, the whole plan, or every source too. [default: audit for HTML, full for PDF]",
)  # fmt: skip
def command(
    plan_file: Path, html: Path | None, pdf: Path | None, bill: Path | None, cables: Path | None, depth: str | None
) -> None:
    """Render PLAN as HTML, PDF and CSV. Name at least one file to write."""
    from planner.document import write_whole
    from planner.errors import InputError
    from planner.plan.document import load_plan
    from planner.report import bill_csv, cables_csv, render_html, render_pdf
    from planner.report.blocks import DEPTHS

    if not (html or pdf or bill or cables):
        raise InputError.of(
            "planner report", "no file to write", "--html, --pdf, --csv or --cables", "add --html report.html"
        )
    plan = load_plan(plan_file)
    chosen = next((level for level in DEPTHS if level == depth), None)
    if html:
        write_whole(html, render_html(plan, chosen or "audit"))
    if pdf:
        write_whole(pdf, render_pdf(plan, chosen or "full"))
    if bill:
        write_whole(bill, bill_csv(plan))
    if cables:
        write_whole(cables, cables_csv(plan))
    for written in (html, pdf, bill, cables):
        if written:
            click.echo(f"wrote {written}", err=True)
