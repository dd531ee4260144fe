"""`planner estimate` for everything besides services and runs: fine-tunes, batches, embeddings, people."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from planner.cli.estimate_parts import PRECISIONS, common, load, load_system, quantity, report
from planner.cli.options import Number, catalog_option, json_option

WITHIN = click.option("--within", required=True, help='Time for the work, such as "2 days".')


@click.command("fine-tuning")
@common
@click.option("--tokens", required=True, help='Tokens of one fine-tune, such as "2 B tokens".')
@WITHIN
@click.option("--every", default="7 days", help="How often it comes back.")
@click.option("--method", default="lora", type=click.Choice(["lora", "full"]), help="What is trained.")
@click.option("--tuning", default="supervised", type=click.Choice(["supervised", "preference", "reinforcement"]))
@click.option(
    "--prompt", "prompt_tokens", default=0, type=click.IntRange(0), help="Tokens of a prompt (reinforcement)."
)
@click.option("--answer", "answer_tokens", default=0, type=click.IntRange(0), help="Tokens of an answer it writes.")
@click.option("--sequence", default=4096, type=click.IntRange(128), help="Tokens in a sequence.")
@click.option("--precision", default="bf16", type=click.Choice(["fp4", "fp8", "bf16"]), help="Number format.")
def fine_tuning(model: str, system: str, catalogs: tuple[Path, ...], as_json: bool, **asked: Any) -> None:
    """Accelerators that finish each fine-tune in its time."""
    from planner.demand import FineTuneJob, need_fine_tune
    from planner.errors import InputError

    if asked["tuning"] == "reinforcement" and not (asked["prompt_tokens"] and asked["answer_tokens"]):
        raise InputError.of(
            "--tuning", "reinforcement without the length of a sample", "--prompt and --answer",
            "the time to write answers depends on them", file="command line",
        )  # fmt: skip
    tokens, within = quantity(asked["tokens"], "tokens", "--tokens"), quantity(asked["within"], "time", "--within")
    architecture, rates, priors = load(model, system, catalogs)
    job = FineTuneJob(
        "fine-tuning", tokens, within, quantity(asked["every"], "time", "--every"), asked["method"],
        asked["sequence"], asked["precision"], None, asked["tuning"], asked["prompt_tokens"], asked["answer_tokens"],
    )  # fmt: skip
    report(job, partial(need_fine_tune, system=rates, model=architecture, priors=priors), priors, as_json)


@click.command("batch")
@common
@click.option("--requests", required=True, type=click.IntRange(1), help="How many requests in all.")
@WITHIN
@click.option("--input", "input_tokens", default=1024, type=click.IntRange(1), help="Input tokens of a request.")
@click.option("--output", "output_tokens", default=1024, type=click.IntRange(1), help="Output tokens of a request.")
@click.option("--precision", default="auto", type=PRECISIONS, help="Number format of the weights.")
def batch(model: str, system: str, catalogs: tuple[Path, ...], as_json: bool, **asked: Any) -> None:
    """Accelerators that answer so many requests in so much time, without a latency target."""
    from planner.demand import BatchInference, need_batch

    within = quantity(asked["within"], "time", "--within")
    architecture, rates, priors = load(model, system, catalogs)
    job = BatchInference(
        "batch", asked["requests"], asked["input_tokens"], asked["output_tokens"], within, asked["precision"]
    )
    report(job, partial(need_batch, system=rates, model=architecture, priors=priors), priors, as_json)


@click.command("embedding")
@common
@click.option("--tokens-per-second", required=True, type=Number(0, min_open=True), help="Text to embed.")
@click.option("--tokens-each", default=512, type=click.IntRange(1), help="Tokens of one text.")
@click.option("--precision", default="auto", type=PRECISIONS, help="Number format of the weights.")
def embedding(model: str, system: str, catalogs: tuple[Path, ...], as_json: bool, **asked: Any) -> None:
    """Accelerators that embed or rerank text at a rate."""
    from planner.demand import EmbeddingService, need_embedding

    architecture, rates, priors = load(model, system, catalogs)
    job = EmbeddingService("embedding", asked["tokens_per_second"], asked["tokens_each"], asked["precision"])
    report(job, partial(need_embedding, system=rates, model=architecture, priors=priors), priors, as_json)


@click.command("notebooks")
@click.option("--system", required=True, metavar="ID", help="A system of the catalog.")
@click.option("--users", required=True, type=click.IntRange(1), help="People who work.")
@click.option("--active", default="30 %", help="Share of them who hold accelerators at one time.")
@click.option("--each", default=1.0, type=Number(0, min_open=True), help="Accelerators that one holds.")
@click.option("--memory", default="", help='Memory that one needs, such as "40 GB".')
@catalog_option
@json_option
def notebooks(system: str, catalogs: tuple[Path, ...], as_json: bool, **asked: Any) -> None:
    """Accelerators held by people at the busiest time."""
    from planner.demand import Notebooks, need_notebooks

    memory = int(quantity(asked["memory"], "data", "--memory")) if asked["memory"] else None
    rates, priors = load_system(system, catalogs)
    work = Notebooks(
        "notebooks", asked["users"], quantity(asked["active"], "share", "--active", whole=True), asked["each"], memory
    )
    report(work, partial(need_notebooks, system=rates), priors, as_json)


COMMANDS = (fine_tuning, batch, embedding, notebooks)
