"""`planner estimate`: one workload on one system, with its band, its binding limit and every assumption."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from planner.cli.estimate_jobs import COMMANDS
from planner.cli.estimate_parts import PRECISIONS, common, load, quantity, report
from planner.cli.options import Number


@click.group("estimate")
def command() -> None:
    """Size one workload on one system: the count, its band, what limits it, and what is assumed."""


@command.command("inference")
@common
@click.option("--requests", default="", metavar="RATE", help='Peak request rate, such as "30 /s".')
@click.option("--trace", type=click.Path(path_type=Path), help="Arrivals (CSV) instead of a rate and lengths.")
@click.option("--percentile", default=99.0, type=Number(1, 100), help="Share of a trace's minutes to carry.")
@click.option("--input", "input_tokens", default=1024, type=click.IntRange(1), help="Input tokens of a request.")
@click.option("--output", "output_tokens", default=1024, type=click.IntRange(1), help="Output tokens of a request.")
@click.option("--ttft", default="2 s", help="Time to first token, 99th percentile.")
@click.option("--tpot", default="50 ms", help="Time per output token.")
@click.option("--precision", default="auto", type=PRECISIONS, help="Number format of the weights.")
@click.option("--prefix-hit", default="0 %", help="Share of the input found in the prefix cache.")
@click.option("--speculative", default=1.0, type=Number(1, 5), help="Tokens per step when drafting.")
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
        quantity(asked["ttft"], "time", "--ttft"),
        quantity(asked["tpot"], "time", "--tpot"),
        asked["precision"],
        quantity(asked["prefix_hit"], "share", "--prefix-hit"),
        asked["spare"],
        asked["speculative"],
        longest,
        asked["pools"],
    )
    architecture, rates, priors = load(model, system, catalogs)
    size = partial(need_inference, system=rates, model=architecture, priors=priors)
    report(service, size, priors, as_json)


def _arrivals(asked: dict[str, Any]) -> tuple[float, int, int, int]:
    from planner.demand import load_of, read_trace
    from planner.errors import InputError, Problem

    if asked["trace"] is None:
        if not asked["requests"]:
            raise InputError(Problem("command line", 0, 0, "--requests", "neither a rate nor a trace", "one of them"))
        rate = quantity(asked["requests"], "rate", "--requests")
        return rate, asked["input_tokens"], asked["output_tokens"], 0
    if asked["requests"]:
        raise InputError(Problem("command line", 0, 0, "--trace", "a rate and a trace", "one of them"))
    load = load_of(read_trace(asked["trace"]), asked["percentile"] / 100.0)
    return load.peak_requests_s, load.input_tokens, load.output_tokens, load.longest_tokens


@command.command("training")
@common
@click.option("--tokens", required=True, help='Tokens to train on, such as "1 T tokens".')
@click.option("--within", required=True, help='Time for the run, such as "60 days".')
@click.option("--sequence", default=8192, type=click.IntRange(128), help="Tokens in a sequence.")
@click.option("--precision", default="bf16", type=click.Choice(["fp4", "fp8", "bf16"]), help="Number format.")
@click.option("--batch", default="", help='Tokens in a global batch, such as "16 M tokens"; the usual one if left out.')
@click.option("--method", default="pretrain", type=click.Choice(["pretrain", "full", "lora"]), help="What is trained.")
def training(model: str, system: str, catalogs: tuple[Path, ...], as_json: bool, **asked: Any) -> None:
    """Accelerators that train or fine-tune by a deadline."""
    from planner.demand import FineTuneJob, TrainingJob, need_fine_tune, need_training

    tokens, within = quantity(asked["tokens"], "tokens", "--tokens"), quantity(asked["within"], "time", "--within")
    batch = quantity(asked["batch"], "tokens", "--batch") if asked["batch"] else None
    sequence, precision = asked["sequence"], asked["precision"]
    architecture, rates, priors = load(model, system, catalogs)
    if asked["method"] == "pretrain":
        job = TrainingJob("training", tokens, within, sequence, precision, batch)
        report(job, partial(need_training, system=rates, model=architecture, priors=priors), priors, as_json)
        return
    tune = FineTuneJob("fine-tuning", tokens, within, within, asked["method"], sequence, precision, batch)
    report(tune, partial(need_fine_tune, system=rates, model=architecture, priors=priors), priors, as_json)


for job_command in COMMANDS:
    command.add_command(job_command)
