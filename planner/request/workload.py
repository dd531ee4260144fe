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
    "description": "a CSV beside the request: timestamp (seconds), input_tokens, output_tokens",
    "examples": ["calls.csv"],
}


class DataRules(Strict):
    """What the workload touches and where that may be."""

    classes: tuple[str, ...] = ()  # health, personal_eu, VS-NfD, ...
    residency: Literal["site", "country", "eu", "eea", "anywhere"] | tuple[Country, ...] = "site"
    datasets: tuple[Name, ...] = ()


class _Workload(Strict):
    id: Name
    name: Title | None = None
    data: DataRules = DataRules()
    systems: tuple[str, ...] | None = None  # product ids this workload is limited to
    locations: tuple[str, ...] | None = None  # hall ids or region ids
    owner: str = ""


Domain = Literal["row", "pod", "hall", "feeds"]


class _Timed(_Workload):
    """A workload that runs on accelerators.

    `keep_apart`: with any one row, pod, hall or set of feeds lost (feeds: all rows that have just those feeds), the
    systems that are left still carry what the workload needs without its spare replicas.
    """

    hours: Hours | None = None  # of the day, on the clock of the site where it runs; left out: all
    keep_apart: Domain | None = None


class _Served(_Timed):
    profile: Profile | None = None  # share of the peak in each of the 24 hours; left out: the peak at all times


class _Job(_Timed):
    priority: Literal["normal", "low"] = "normal"  # low: takes what is left, may be stopped, keeps its deadline


class Arrivals(Strict):
    """What was read from a file of arrivals; the rate and the lengths stand in the workload."""

    file: str = Field(min_length=1)  # as the request names it
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    requests: int = Field(ge=1)
    mean_requests: PerSecond
    longest_tokens: int = Field(ge=1, le=10**9)  # input and output of one request


class Inference(_Served):
    """A service that answers requests within latency targets.

    A request file may name a CSV of `arrivals` instead of the rate and the lengths; they are then those of the file.
    """

    kind: Literal["inference"]
    model: str
    precision: Precision = "auto"
    peak_requests: PerSecond
    input_tokens: int = Field(ge=1, le=10**9)
    output_tokens: int = Field(ge=1, le=10**9)
    arrivals: Annotated[Arrivals, WithJsonSchema(ARRIVALS_SCHEMA)] | None = None
    percentile: Percentile | None = None  # of the windows of the arrivals that are served at their own rate
    ttft: Seconds = 2.0  # time to first token
    tpot: Seconds = 0.05  # time per output token
    prefix_cache_hit: Share = 0.0
    speculative_tokens: float = Field(default=1.0, ge=1, le=5)  # accepted per step with speculative decoding; 1: none
    pools: Literal["one", "split"] = "one"  # split: prefill and decoding on replicas of their own
    redundancy: Literal["N", "N+1", "N+2"] = "N+1"


class Training(_Job):
    """Pre-training or continued pre-training of a model on a number of tokens by a deadline."""

    kind: Literal["training"]
    model: str
    precision: Precision = "bf16"
    tokens: Tokens
    sequence: int = Field(default=8192, ge=128, le=10**9)
    global_batch_tokens: Tokens | None = None
    within: Seconds  # time for the run


class FineTuning(_Job):
    """Fine-tunes that come back: each `tokens` long, every `every`, done `within`."""

    kind: Literal["fine-tuning"]
    model: str
    method: Literal["lora", "full"] = "lora"
    tuning: Literal["supervised", "preference", "reinforcement"] = "supervised"  # preference: DPO; reinforcement: GRPO
    prompt_tokens: int | None = Field(default=None, ge=1, le=10**9)  # of one sample, for reinforcement
    answer_tokens: int | None = Field(default=None, ge=1, le=10**9)  # that the model writes for one sample
    precision: Precision = "bf16"
    tokens: Tokens
    sequence: int = Field(default=4096, ge=128, le=10**9)
    every: Seconds = 604800.0
    within: Seconds


class Embedding(_Served):
    """Embedding or reranking of text."""

    kind: Literal["embedding"]
    model: str
    precision: Precision = "auto"
    tokens_per_second: float = Field(gt=0, le=1e12)
    tokens_each: int = Field(default=512, ge=1, le=10**9)  # tokens of one text


class Batch(_Job):
    """Inference without a latency target: so many requests in so much time."""

    kind: Literal["batch"]
    model: str
    precision: Precision = "auto"
    requests: int = Field(ge=1, le=10**15)
    input_tokens: int = Field(ge=1, le=10**9)
    output_tokens: int = Field(ge=1, le=10**9)
    within: Seconds


class Notebooks(_Served):
    """People at work: `users` of whom `active_share` hold `accelerators_each`."""

    kind: Literal["notebooks"]
    users: int = Field(ge=1, le=10**7)
    active_share: Share = 0.3
    accelerators_each: float = Field(default=1.0, gt=0, le=10**5)
    memory_each: DataB | None = None


class Retrieval(_Workload):
    """A vector store: `vectors` of `dimensions` numbers."""

    kind: Literal["retrieval"]
    vectors: int = Field(ge=1, le=10**14)
    dimensions: int = Field(default=1024, ge=1, le=10**6)
    bytes_per_number: int = Field(default=4, ge=1, le=8)
    queries: PerSecond


class StorageNeed(_Workload):
    """Storage for its own sake."""

    kind: Literal["storage"]
    capacity: DataB
    growth: Growth = 0.0
    read: DataRateBS | None = None
    write: DataRateBS | None = None
    tier: Literal["fast", "capacity"] = "capacity"


Workload = Annotated[
    Inference | Training | FineTuning | Embedding | Batch | Notebooks | Retrieval | StorageNeed,
    Field(discriminator="kind"),
]


class Dataset(Strict):
    """Data that exists: its size, growth, place and class."""

    id: Name
    name: Title | None = None
    size: DataB
    growth: Growth = 0.0
    location: str | None = None  # site id, region id, or a name
    classification: tuple[str, ...] = ()
    tier: Literal["fast", "capacity"] = "fast"
    available_from: Date | None = None
