"""`planner estimate`: one workload on one system, with its band, its binding limit and every assumption."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
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


@click.group("estimate")
def command() -> None:
    """Size one workload on one system: the count, its band, what limits it, and what is assumed."""


def _common(function: Any) -> Any:
    for option in reversed([*COMMON, catalog_option, json_option]):
        function = option(function)
    return function


@command.command("inference")
@_common
@click.option("--requests", default="", metavar="RATE", help='Peak request rate, such as "30 /s".')
@click.option("--trace", type=click.Path(path_type=Path), help="Arrivals (CSV) instead of a rate and lengths.")
@click.option("--percentile", default=99.0, type=click.FloatRange(1, 100), help="Share of a trace's minutes to carry.")
@click.option("--input", "input_tokens", default=1024, type=click.IntRange(1), help="Input tokens of a request.")
@click.option("--output", "output_tokens", default=1024, type=click.IntRange(1), help="Output tokens of a request.")
@click.option("--ttft", default="2 s", help="Time to first token, 99th percentile.")
@click.option("--tpot", default="50 ms", help="Time per output token.")
@click.option("--precision", default="auto", type=PRECISIONS, help="Number format of the weights.")
@click.option("--prefix-hit", default="0 %", help="Share of the input found in the prefix cache.")
@click.option("--speculative", default=1.0, type=click.FloatRange(1, 5), help="Tokens per step when drafting.")
@click.option("--pools", default="one", type=click.Choice(["one", "split"]), help="Prefill and decoding apart, or not.")
@click.option("--spare", default=1, type=click.IntRange(0), help="Replicas that stand by.")
def inference(model: str, system: str, catalogs: tuple[Path, ...], as_json: bool, **asked: Any) -> None:
    """Replicas that answer a peak request rate within latency targets."""
    from planner.demand import InferenceService, need_inference

    rate, inputs, outputs, longest = _arrivals(asked)
    service = InferenceService(
        "inference",
        rate,
        inputs,
        outputs,
        _quantity(asked["ttft"], "time", "--ttft"),
        _quantity(asked["tpot"], "time", "--tpot"),
        asked["precision"],
        _quantity(asked["prefix_hit"], "share", "--prefix-hit"),
        asked["spare"],
        asked["speculative"],
        longest,
        asked["pools"],
    )
    architecture, rates, priors = _load(model, system, catalogs)
    size = partial(need_inference, system=rates, model=architecture, priors=priors)
    _report(service, size, priors, as_json)


def _arrivals(asked: dict[str, Any]) -> tuple[float, int, int, int]:
    from planner.demand import load_of, read_trace
    from planner.errors import InputError, Problem

    if asked["trace"] is None:
        if not asked["requests"]:
            raise InputError(Problem("command line", 0, 0, "--requests", "neither a rate nor a trace", "one of them"))
        rate = _quantity(asked["requests"], "rate", "--requests")
        return rate, asked["input_tokens"], asked["output_tokens"], 0
    if asked["requests"]:
        raise InputError(Problem("command line", 0, 0, "--trace", "a rate and a trace", "one of them"))
    load = load_of(read_trace(asked["trace"]), asked["percentile"] / 100.0)
    return load.peak_requests_s, load.input_tokens, load.output_tokens, load.longest_tokens


@command.command("training")
@_common
@click.option("--tokens", required=True, help='Tokens to train on, such as "1 T tokens".')
@click.option("--within", required=True, help='Time for the run, such as "60 days".')
@click.option("--sequence", default=8192, type=click.IntRange(128), help="Tokens in a sequence.")
@click.option("--precision", default="bf16", type=click.Choice(["fp4", "fp8", "bf16"]), help="Number format.")
@click.option("--batch", default="", help='Tokens in a global batch, such as "16 M tokens"; the usual one if left out.')
@click.option("--method", default="pretrain", type=click.Choice(["pretrain", "full", "lora"]), help="What is trained.")
def training(model: str, system: str, catalogs: tuple[Path, ...], as_json: bool, **asked: Any) -> None:
    """Accelerators that train or fine-tune by a deadline."""
    from planner.demand import FineTuneJob, TrainingJob, need_fine_tune, need_training

    tokens, within = _quantity(asked["tokens"], "tokens", "--tokens"), _quantity(asked["within"], "time", "--within")
    batch = _quantity(asked["batch"], "tokens", "--batch") if asked["batch"] else None
    sequence, precision = asked["sequence"], asked["precision"]
    architecture, rates, priors = _load(model, system, catalogs)
    if asked["method"] == "pretrain":
        job = TrainingJob("training", tokens, within, sequence, precision, batch)
        _report(job, partial(need_training, system=rates, model=architecture, priors=priors), priors, as_json)
        return
    tune = FineTuneJob("fine-tuning", tokens, within, within, asked["method"], sequence, precision, batch)
    _report(tune, partial(need_fine_tune, system=rates, model=architecture, priors=priors), priors, as_json)


def _quantity(text: str, dimension: str, option: str) -> float:
    from planner.errors import InputError, Problem
    from planner.quantity import QuantityError, parse

    try:
        value = float(parse(text, dimension))
    except QuantityError as error:
        raise InputError(Problem("command line", 0, 0, option, error.found, error.expected, error.hint)) from None
    if value < 0 or (value == 0 and dimension != "share"):
        raise InputError(Problem("command line", 0, 0, option, f'"{text}"', "more than nothing"))
    if dimension == "share" and value >= 1:
        raise InputError(Problem("command line", 0, 0, option, f'"{text}"', "a share below 100 %"))
    return value


def _load(model: str, system: str, folders: tuple[Path, ...]) -> tuple[Model, SystemRates, Priors]:
    from planner.catalog.hub_config import read_hub_config
    from planner.catalog.load import load_catalog
    from planner.catalog.models import load_models
    from planner.catalog.priors import load_priors
    from planner.demand import system_rates

    if model.endswith(".json") or "/" in model:
        architecture = read_hub_config(Path(model))
    else:
        architecture = load_models(folders).get(model, "--model")
    return architecture, system_rates(load_catalog(folders), system), load_priors(folders)


def _report(job: Any, size: Callable[[Any], AcceleratorNeed], priors: Priors, as_json: bool) -> None:
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
