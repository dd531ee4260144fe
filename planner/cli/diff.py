"""`planner diff`: what changed from one plan to another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import CHECK_FAILED
from planner.cli.options import json_option

if TYPE_CHECKING:
    from planner.plan.difference import Change, Kind

HEADINGS: dict[Kind, str] = {
    "input": "Inputs", "headline": "Headline", "decision": "Decisions", "rack": "Racks", "device": "Devices",
    "cable": "Cables", "quantity": "Quantities of the bill", "money": "Money of the bill, typical",
    "cost": "Cost over the horizon, typical", "finding": "Findings",
}  # fmt: skip
SHORT = 12  # letters of a sha256 that tell two apart


@click.command("diff")
@click.argument("old_file", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new_file", metavar="NEW", type=click.Path(path_type=Path))
@click.option("--exit-code", is_flag=True, help="Exit with 5 when the plans differ.")
@json_option
def command(old_file: Path, new_file: Path, exit_code: bool, as_json: bool) -> None:
    """Compare two plans: inputs, headline, decisions, racks, devices, cables, money and findings."""
    from planner.document import canonical_json
    from planner.plan.difference import difference
    from planner.plan.document import load_plan

    changes = difference(load_plan(old_file), load_plan(new_file))
    if as_json:
        click.echo(canonical_json({"same": not changes, "changes": [change.as_data() for change in changes]}))
    else:
        click.echo("\n".join(lines(changes)))
    if exit_code and changes:
        sys.exit(CHECK_FAILED)


def lines(changes: tuple[Change, ...]) -> list[str]:
    """The changes for people, by kind: "+" is new, "-" is gone, "~" is another."""
    if not changes:
        return ["the plans are the same"]
    found = []
    for kind, heading in HEADINGS.items():
        mine = [change for change in changes if change.kind == kind]
        if mine:
            found += [f"{heading}: {len(mine):,} changed", *(f"  {line(change)}" for change in mine)]
    return found


def line(change: Change) -> str:
    """One change."""
    mark = "+" if change.before is None else "-" if change.after is None else "~"
    name = " ".join(change.name)
    if mark != "~":
        value = change.after if mark == "+" else change.before
        return f"{mark} {name}: {shown(value)}"
    more = f" ({change.delta:+,})" if change.delta is not None else ""
    return f"~ {name}: {shown(change.before)} -> {shown(change.after)}{more}"


def shown(value: int | float | str | None) -> str:
    """A value; of a hash its start."""
    if isinstance(value, str):
        return value[:SHORT] if len(value) == 64 and value.isalnum() else value
    return f"{value:,}"
