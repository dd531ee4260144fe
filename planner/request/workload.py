"""Workloads and data: what must run, how fast, by when, and where its data may be."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from planner.catalog.facts import Strict
from planner.request.times import Hours, Profile
from planner.request.units import (
    Country,
    DataB,
    DataRateBS,
    Date,
    Growth,
    Name,
    Percentile,
    PerSecond,
    Seconds,
    Share,
    Title,
    Tokens,
)

WITHOUT_ACCELERATORS = ("storage", "retrieval")  # kinds of workload that ask for storage alone
Precision = Literal["fp4", "fp8", "bf16", "auto"]
ARRIVALS_SCHEMA = {
    "type": "string",
    "x-quantity": "file",
    "examples": ["calls.csv"],
}


class DataRules(Strict):
    """What the workload touches and where that may be."""

    classes: tuple[str, ...] = Field(
        default=(), description="Classes of the data, as rule profiles name them: health, personal_eu, VS-NfD, ..."
    )
    residency: Literal["site", "country", "eu", "eea", "anywhere"] | tuple[Country, ...] = Field(
        default="site", description="Where the data may be; a list names countries."
    )
    datasets: tuple[Name, ...] = Field(default=(), description="Datasets that the workload reads, by id.")


class _Workload(Strict):
    id: Name = Field(description="Names the workload.")
    name: Title | None = Field(default=None, description="What people call it.")
    data: DataRules = Field(default=DataRules(), description="What it touches and where that may be.")
    systems: tuple[str, ...] | None = Field(
        default=None, description="Product ids that it is limited to; left out: any."
    )
    locations: tuple[str, ...] | None = Field(
        default=None, description="Hall ids or region ids that it is limited to; left out: any."
    )
    owner: str = Field(default="", description="Who asks for it, for readers: no rule reads it.")


Domain = Literal["row", "pod", "hall", "feeds"]


class _Timed(_Workload):
    """A workload that runs on accelerators.

    `keep_apart`: with any one row, pod, hall or set of feeds lost (feeds: all rows that have just those feeds), the
    systems that are left still carry what the workload needs without its spare replicas.
    """

    hours: Hours | None = Field(
        default=None, description="Hours of the day at which it runs, on the clock of the site; left out: all."
    )
    keep_apart: Domain | None = Field(
        default=None, description="What may be lost while the systems left still carry the need without spare replicas."
    )


class _Served(_Timed):
    profile: Profile | None = Field(
        default=None, description="Share of the peak in each of the 24 hours; left out: the peak at all times."
    )


class _Job(_Timed):
    priority: Literal["normal", "low"] = Field(
        default="normal", description="low: takes what is left, may be stopped, keeps its deadline."
    )


class Arrivals(Strict):
    """What was read from a file of arrivals; the rate and the lengths stand in the workload."""

    file: str = Field(min_length=1, description="The file, as the request names it.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Hash of what the file held.")
    requests: int = Field(ge=1, description="Requests in the file.")
    mean_requests: PerSecond = Field(description="Mean rate over the file.")
    longest_tokens: int = Field(ge=1, le=10**9, description="Input and output tokens of the longest request.")


class Inference(_Served):
    """A service that answers requests within latency targets.

    A request file may name a CSV of `arrivals` instead of the rate and the lengths; they are then those of the file.
    """

    kind: Literal["inference"] = Field(description="A service that answers requests within latency targets.")
    model: str = Field(description="Model id or alias of the catalog, of models, or a config.json beside the request.")
    precision: Precision = Field(
        default="auto",
        description="Precision of the arithmetic; auto: the cheapest that the system and the model have.",
    )
    peak_requests: PerSecond = Field(description="Requests that arrive at the busiest time.")
    input_tokens: int = Field(ge=1, le=10**9, description="Mean tokens of one prompt.")
    output_tokens: int = Field(ge=1, le=10**9, description="Mean tokens of one answer.")
    arrivals: Annotated[Arrivals, WithJsonSchema(ARRIVALS_SCHEMA)] | None = Field(
        default=None,
        description="A CSV beside the request (timestamp, input_tokens, output_tokens) in place of rate and lengths.",
    )
    percentile: Percentile | None = Field(
        default=None, description="Percentile of the windows of the arrivals that are served at their own rate."
    )
    ttft: Seconds = Field(default=2.0, description="Time to the first token.")
    tpot: Seconds = Field(default=0.05, description="Time per output token.")
    prefix_cache_hit: Share = Field(
        default=0.0, description="Share of the input tokens that a cache of prefixes answers."
    )
    speculative_tokens: float = Field(
        default=1.0, ge=1, le=5, description="Tokens accepted per step with speculative decoding; 1: none."
    )
    pools: Literal["one", "split"] = Field(
        default="one", description="split: prefill and decoding on replicas of their own."
    )
    redundancy: Literal["N", "N+1", "N+2"] = Field(default="N+1", description="Replicas that may be lost at the peak.")


class Training(_Job):
    """Pre-training or continued pre-training of a model on a number of tokens by a deadline."""

    kind: Literal["training"] = Field(description="Pre-training or continued pre-training of a model by a deadline.")
    model: str = Field(description="Model id or alias of the catalog, of models, or a config.json beside the request.")
    precision: Precision = Field(default="bf16", description="Precision of the arithmetic.")
    tokens: Tokens = Field(description="Tokens to train on.")
    sequence: int = Field(default=8192, ge=128, le=10**9, description="Tokens of one sequence.")
    global_batch_tokens: Tokens | None = Field(
        default=None, description="Tokens of one step over all accelerators; left out: chosen."
    )
    within: Seconds = Field(description="Time for the run.")


class FineTuning(_Job):
    """Fine-tunes that come back: each `tokens` long, every `every`, done `within`."""

    kind: Literal["fine-tuning"] = Field(description="Fine-tunes that come back.")
    model: str = Field(description="Model id or alias of the catalog, of models, or a config.json beside the request.")
    method: Literal["lora", "full"] = Field(
        default="lora", description="lora: adapters alone are trained; full: every weight."
    )
    tuning: Literal["supervised", "preference", "reinforcement"] = Field(
        default="supervised", description="supervised, preference (DPO) or reinforcement (GRPO)."
    )
    prompt_tokens: int | None = Field(
        default=None, ge=1, le=10**9, description="Tokens of one prompt, for reinforcement."
    )
    answer_tokens: int | None = Field(
        default=None, ge=1, le=10**9, description="Tokens that the model writes for one sample, for reinforcement."
    )
    precision: Precision = Field(default="bf16", description="Precision of the arithmetic.")
    tokens: Tokens = Field(description="Tokens of one fine-tune.")
    sequence: int = Field(default=4096, ge=128, le=10**9, description="Tokens of one sequence.")
    every: Seconds = Field(default=604800.0, description="Time from one fine-tune to the next.")
    within: Seconds = Field(description="Time for one of them.")


class Embedding(_Served):
    """Embedding or reranking of text."""

    kind: Literal["embedding"] = Field(description="Embedding or reranking of text.")
    model: str = Field(description="Model id or alias of the catalog, of models, or a config.json beside the request.")
    precision: Precision = Field(
        default="auto",
        description="Precision of the arithmetic; auto: the cheapest that the system and the model have.",
    )
    tokens_per_second: float = Field(gt=0, le=1e12, description="Tokens to embed in a second, at the busiest time.")
    tokens_each: int = Field(default=512, ge=1, le=10**9, description="Tokens of one text.")


class Batch(_Job):
    """Inference without a latency target: so many requests in so much time."""

    kind: Literal["batch"] = Field(description="Inference without a latency target.")
    model: str = Field(description="Model id or alias of the catalog, of models, or a config.json beside the request.")
    precision: Precision = Field(
        default="auto",
        description="Precision of the arithmetic; auto: the cheapest that the system and the model have.",
    )
    requests: int = Field(ge=1, le=10**15, description="Requests to answer.")
    input_tokens: int = Field(ge=1, le=10**9, description="Mean tokens of one prompt.")
    output_tokens: int = Field(ge=1, le=10**9, description="Mean tokens of one answer.")
    within: Seconds = Field(description="Time for all of them.")


class Notebooks(_Served):
    """People at work: `users` of whom `active_share` hold `accelerators_each`."""

    kind: Literal["notebooks"] = Field(description="People at work who hold accelerators.")
    users: int = Field(ge=1, le=10**7, description="People.")
    active_share: Share = Field(default=0.3, description="Share of them who are active at a time.")
    accelerators_each: float = Field(default=1.0, gt=0, le=10**5, description="Accelerators that an active user holds.")
    memory_each: DataB | None = Field(
        default=None, description="Accelerator memory that an active user needs; left out: that of accelerators_each."
    )


class Retrieval(_Workload):
    """A vector store: `vectors` of `dimensions` numbers."""

    kind: Literal["retrieval"] = Field(description="A vector store.")
    vectors: int = Field(ge=1, le=10**14, description="Vectors in the store.")
    dimensions: int = Field(default=1024, ge=1, le=10**6, description="Numbers of one vector.")
    bytes_per_number: int = Field(default=4, ge=1, le=8, description="Bytes of one number.")
    queries: PerSecond = Field(description="Queries at the busiest time.")


class StorageNeed(_Workload):
    """Storage for its own sake."""

    kind: Literal["storage"] = Field(description="Storage for its own sake.")
    capacity: DataB = Field(description="Usable capacity at the start.")
    growth: Growth = Field(default=0.0, description="Growth in a year.")
    read: DataRateBS | None = Field(default=None, description="Read throughput; left out: none is asked.")
    write: DataRateBS | None = Field(default=None, description="Write throughput; left out: none is asked.")
    tier: Literal["fast", "capacity"] = Field(default="capacity", description="Fast (flash) or capacity storage.")


Workload = Annotated[
    Inference | Training | FineTuning | Embedding | Batch | Notebooks | Retrieval | StorageNeed,
    Field(discriminator="kind"),
]


class Dataset(Strict):
    """Data that exists: its size, growth, place and class."""

    id: Name = Field(description="Names the dataset.")
    name: Title | None = Field(default=None, description="What people call it.")
    size: DataB = Field(description="Size at the start.")
    growth: Growth = Field(default=0.0, description="Growth in a year.")
    location: str | None = Field(default=None, description="Where it lies: a site id, a region id, or a name.")
    classification: tuple[str, ...] = Field(default=(), description="Classes of the data, as rule profiles name them.")
    tier: Literal["fast", "capacity"] = Field(default="fast", description="Fast (flash) or capacity storage.")
    available_from: Date | None = Field(default=None, description="The day it is there; left out: it is there.")
