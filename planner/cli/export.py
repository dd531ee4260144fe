"""`planner export`: the fabrics, cables, bill and racks of a plan in the formats of other tools."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from planner.cli.options import catalog_option, prices_option
from planner.errors import InputError

FORMATS = ("netbox", "infragraph", "dot", "cables", "bom", "xlsx")


@click.command("export")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--to", "to", type=click.Choice(FORMATS), required=True, help="The format.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE|DIR",
              help="A file (default: standard output), or a folder where there are several.")  # fmt: skip
@catalog_option
@prices_option
def command(
    plan_file: Path, to: str, output: Path | None, catalogs: tuple[Path, ...], prices: tuple[Path, ...]
) -> None:
    """Write PLAN for another tool.

    \b
    netbox      CSV files for NetBox's bulk import, numbered in the order to import them
    infragraph  one InfraGraph JSON for the fabrics of each system in each hall
    dot         one Graphviz file each, as NVIDIA Air imports topologies
    cables      the cable schedule, one row for each cable, both ends
    bom         the bill of materials
    xlsx        one workbook: bill with sums that compute, cables, racks, phases, sources
    """
    files = contents_of(plan_file, to, catalogs, prices)
    if output is None and to == "xlsx":
        raise InputError.of("-o", "a workbook and no file", "a file for it", "add -o FILE.xlsx", file="command line")
    if output is None and len(files) == 1:
        click.echo(next(iter(files.values())), nl=False)
        return
    if output is None:
        raise InputError.of(
            "-o", f"{len(files)} files and no folder", "a folder for them", "add -o DIR", file="command line"
        )
    write(files, output, as_folder=len(files) > 1 or output.is_dir())


def contents_of(
    plan_file: Path, to: str, catalogs: tuple[Path, ...], prices: tuple[Path, ...]
) -> Mapping[str, str | bytes]:
    """Text, or the bytes of a workbook, by file name."""
    from planner.cli.plan_file import load_fitting_plan
    from planner.export.whole_plan import exported
    from planner.plan.library import load_library
    from planner.plan.power_caps import with_power_caps
    from planner.report import bill_csv
    from planner.verify.check import request_of

    plan = load_fitting_plan(plan_file)
    if to == "bom":
        return {"bom.csv": bill_csv(plan)}
    if to == "xlsx":
        from planner.export.xlsx import workbook

        return {"plan.xlsx": workbook(plan)}
    request = request_of(plan)
    return exported(plan, request, with_power_caps(load_library(catalogs, prices), request), to)


def write(files: Mapping[str, str | bytes], output: Path, *, as_folder: bool) -> None:
    """One file as named, or each in the folder."""
    from planner.cli.plan import refuse_unwritable
    from planner.document import write_whole

    if not as_folder:
        refuse_unwritable(output.parent)
        write_whole(output, next(iter(files.values())))
        click.echo(f"wrote {output}", err=True)
        return
    refuse_unwritable(output)
    for name, content in files.items():
        write_whole(output / name, content)
        click.echo(f"wrote {output / name}", err=True)
