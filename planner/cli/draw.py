"""`planner draw`: one drawing of a plan as SVG or PNG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.options import language_option

if TYPE_CHECKING:
    from planner.report import Code


@click.command("draw")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option(
    "--what", required=True, metavar="DRAWING",
    help="floor, weight or power (add :HALL where there are several), rack:ID, rear:ID, fabric:compute (add @HALL), "
    "or flow.",
)  # fmt: skip
@click.option(
    "-o", "--output", required=True, metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write; .svg or .png says which.",
)  # fmt: skip
@language_option
def command(plan_file: Path, what: str, output: Path, lang: Code | None) -> None:
    """Draw one picture of PLAN: a floor, a rack, the power tree, a fabric, or the flow from workloads to feeds."""
    from planner.cli.plan_file import load_fitting_plan
    from planner.document import write_whole
    from planner.errors import InputError
    from planner.report import drawing_of, drawing_png, drawing_svg

    ending = output.suffix.lower()
    if ending not in (".svg", ".png"):
        raise InputError.of("-o", f'"{output.name}"', "a file that ends in .svg or .png", file="command line")
    drawing = drawing_of(load_fitting_plan(plan_file), what, lang or "en")
    write_whole(output, drawing_svg(drawing) if ending == ".svg" else drawing_png(drawing))
    click.echo(f"wrote {output}", err=True)
