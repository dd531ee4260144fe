"""What every `planner estimate` shares: its options, quantities, the catalog, and how a need is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli.options import catalog_option, json_option

if TYPE_CHECKING:
    from planner.catalog.models import Model
    from planner.catalog.priors import Priors
    from planner.demand import AcceleratorNeed, Sensitivity, SystemRates

PRECISIONS = click.Choice(["auto", "fp4", "fp8", "bf16"])
COMMON = [
    click.option("--model", required=True, metavar="ID|FILE", help="A model of the catalog, or a config.json."),
    click.option("--system", required=True, metavar="ID", help="A system of the catalog."),
]


def common(function: Any) -> Any:
    """The options of every estimate of a model on a system."""
    for option in reversed([*COMMON, catalog_option, json_option]):
        function = option(function)
    return function


def quantity(text: str, dimension: str, option: str, *, whole: bool = False) -> float:
    """A quantity of the command line in base units.

    Raises:
        InputError: no such quantity, or none above nothing; a share may be nothing, and all of it only if `whole`.
    """
    from planner.errors import InputError, Problem
    from planner.quantity import QuantityError, parse

    try:
        value = float(parse(text, dimension))
    except QuantityError as error:
        raise InputError(Problem("command line", 0, 0, option, error.found, error.expected, error.hint)) from None
    if value < 0 or (value == 0 and dimension != "share"):
        raise InputError(Problem("command line", 0, 0, option, f'"{text}"', "more than nothing"))
    if dimension == "share" and (value > 1 or (value == 1 and not whole)):
        raise InputError(Problem("command line", 0, 0, option, f'"{text}"', "a share below 100 %"))
    return value


def load(model: str, system: str, folders: tuple[Path, ...]) -> tuple[Model, SystemRates, Priors]:
    """A model by id or file, a system of the catalog, and every prior."""
    from planner.catalog.hub_config import read_hub_config
    from planner.catalog.models import load_models

    if model.endswith(".json") or "/" in model:
        architecture = read_hub_config(Path(model))
    else:
        architecture = load_models(folders).get(model, "--model")
    return architecture, *load_system(system, folders)


def load_system(system: str, folders: tuple[Path, ...]) -> tuple[SystemRates, Priors]:
    """A system of the catalog and every prior."""
    from planner.catalog.load import load_catalog
    from planner.catalog.priors import load_priors
    from planner.demand import system_rates

    return system_rates(load_catalog(folders), system), load_priors(folders)


def report(job: Any, size: Callable[[Any], AcceleratorNeed], priors: Priors, as_json: bool) -> None:
    """Prints the need of a job with what moves it.

    Raises:
        Infeasible: no count meets it; the reason says what would work.
    """
    from planner.demand import sensitivities
    from planner.document import canonical_json
    from planner.errors import Infeasible

    need = size(job)
    moved = sensitivities(job, size)
    if as_json:
        click.echo(canonical_json({**asdict(need), "sensitivity": [asdict(s) for s in moved]}), nl=False)
    else:
        for line in (*_lines(need), *_sensitivity_lines(moved)):
            click.echo(line)
    for prior in priors.expired(date.today().isoformat()):
        if any(note.id == f"prior.{prior.id}" for note in need.assumptions):
            click.echo(f"warning: the priors {prior.id} were valid until {prior.valid_until}", err=True)
    if not need.feasible:
        raise Infeasible(need.reason)


def _lines(need: AcceleratorNeed) -> list[str]:
    if not need.feasible:
        return [f"{need.workload} on {need.system}: not feasible"]
    together = "all in one fabric" if need.indivisible else "in any place"
    lines = [
        f"{need.accelerators:,} accelerators of {need.system} ({need.units:,} x {need.unit_accelerators}, {together})",
        f"band: {need.accelerators_p10:,} if all goes well (p10) to {need.accelerators_p90:,} if it does not (p90)",
        f"limited by: {need.binding}" + ("" if need.calibrated else "; UNCALIBRATED, no absolute measurement is known"),
        "layout: " + ", ".join(f"{name} {value}" for name, value in need.layout),
    ]
    lines += [f"  {name}: {value:,.4g} {unit}".rstrip() for name, value, unit in need.figures]
    lines.append("assumed:")
    for note in need.assumptions:
        lines.append(f"  {note.text}: {note.value} [{note.source}; {note.confidence}]")
    return lines


def _sensitivity_lines(moved: Sequence[Sensitivity]) -> list[str]:
    shown = [f"{moved[0].factor:g} times more or less of one input moves the count most for:"] if moved else []
    for s in moved:
        more, less = (f"{count:,}" if count is not None else "not feasible" for count in (s.larger, s.smaller))
        shown.append(f"  {s.input}: {more} with more, {less} with less")
    return shown
