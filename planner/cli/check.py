"""`planner check`: the request alone, without planning."""

from __future__ import annotations

from pathlib import Path

import click

from planner.cli.options import catalog_option, prices_option, request_argument


@click.command("check")
@request_argument
@catalog_option
@prices_option
def command(request_file: Path, catalogs: tuple[Path, ...], prices: tuple[Path, ...]) -> None:
    """Check REQUEST: its form, its own rules, and that the catalog knows what it names."""
    from planner.plan.library import check_ids, load_library
    from planner.request import load_request

    request, source = load_request(request_file)
    check_ids(request, source, load_library(catalogs, prices))
    halls, workloads = len(request.halls()), len(request.workloads)
    counted = [f"{n} {what}{'s' if n != 1 else ''}" for n, what in ((workloads, "workload"), (halls, "hall"))]
    click.echo(f"{request_file}: good: {', '.join(counted)}")
