"""`planner verify`: an independent re-check of a plan."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from planner.cli import CHECK_FAILED
from planner.cli.options import catalog_option, json_option, prices_option


@click.command("verify")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@catalog_option
@prices_option
@json_option
def command(plan_file: Path, catalogs: tuple[Path, ...], prices: tuple[Path, ...], as_json: bool) -> None:
    """Recompute everything in PLAN from the request inside it and the catalog, without a solver.

    Exit code 5 when a promise of the plan does not hold.
    """
    from planner.plan.document import load_plan
    from planner.plan.library import load_library
    from planner.verify import RULES, verify

    findings = verify(load_plan(plan_file), load_library(catalogs, prices))
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        result = {
            "errors": errors,
            "findings": [finding.model_dump(mode="json") for finding in findings],
            "plan": str(plan_file),
            "rules": len(RULES),
        }
        click.echo(json.dumps(result, indent=2, sort_keys=True, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.severity}: {finding.rule}: {finding.place}: {finding.text}")
        click.echo(f"{plan_file}: {len(RULES)} rules checked, {errors} errors, {len(findings) - errors} others")
    if errors:
        sys.exit(CHECK_FAILED)
