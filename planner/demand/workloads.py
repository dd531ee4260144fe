"""Workloads as sizing takes them: plain numbers in base units (seconds, tokens, bytes), already checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Choice = Literal["fp4", "fp8", "bf16", "auto"]
Tuning = Literal["supervised", "preference", "reinforcement"]


@dataclass(frozen=True)
class InferenceService:
    """A service that answers `peak_requests_s` requests a second within its latency targets.

    `spare_replicas` stand by (1 for N+1). `prefix_hit` is the share of input tokens found in the prefix cache.
    `speculative_gain` multiplies decoded tokens per step where speculative decoding is wanted (1: none).
    """

    id: str
    peak_requests_s: float
    input_tokens: int
    output_tokens: int
    ttft_s: float = 2.0
    tpot_s: float = 0.05
    precision: Choice = "auto"
    prefix_hit: float = 0.0
    spare_replicas: int = 1
    speculative_gain: float = 1.0
    longest_tokens: int = 0  # of one request, where real arrivals tell: it must fit the model's context
    pools: Literal["one", "split"] = "one"  # split: prefill and decoding on replicas of their own


@dataclass(frozen=True)
class BatchInference:
    """`requests` answered within `within_s`, without a latency target."""

    id: str
    requests: int
    input_tokens: int
    output_tokens: int
    within_s: float
    precision: Choice = "auto"
    spread_days: int = 0  # whole days over which it may be done at any hour; 0: it holds its replicas throughout


@dataclass(frozen=True)
class EmbeddingService:
    """Text turned into vectors (or scored) at a rate, `tokens_each` tokens a piece."""

    id: str
    tokens_per_second: float
    tokens_each: int = 512
    precision: Choice = "auto"
    spare_replicas: int = 1


@dataclass(frozen=True)
class TrainingJob:
    """Training on `tokens` within `within_s`. `global_batch_tokens` None: the usual one for the model's size.

    Precision "auto" is BF16: narrower training is the user's decision.
    """

    id: str
    tokens: float
    within_s: float
    sequence: int = 8192
    precision: Choice = "bf16"
    global_batch_tokens: float | None = None
    spread_days: int = 0


@dataclass(frozen=True)
class FineTuneJob:
    """A fine-tune of `tokens` that comes back `every_s` and must be done `within_s`.

    `tuning` "preference" trains on chosen and rejected answers against a frozen reference (DPO and its kin), both
    counted in `tokens`. "reinforcement" trains on answers that the model itself writes first (GRPO, PPO and their
    kin): `tokens` are prompts and answers trained on, `prompt_tokens` and `answer_tokens` those of one sample.
    """

    id: str
    tokens: float
    within_s: float
    every_s: float
    method: Literal["lora", "full"] = "lora"
    sequence: int = 4096
    precision: Choice = "bf16"
    global_batch_tokens: float | None = None
    tuning: Tuning = "supervised"
    prompt_tokens: int = 0
    answer_tokens: int = 0
    spread_days: int = 0


@dataclass(frozen=True)
class Notebooks:
    """People at work: `users`, of whom `active_share` hold `accelerators_each` at the busiest time."""

    id: str
    users: int
    active_share: float = 0.3
    accelerators_each: float = 1.0
    memory_bytes_each: int | None = None


@dataclass(frozen=True)
class RetrievalStore:
    """A vector store: `vectors` of `dimensions` numbers of `bytes_per_number`, asked `queries_s` times a second."""

    id: str
    vectors: int
    dimensions: int = 1024
    bytes_per_number: int = 4
    queries_s: float = 1.0


@dataclass(frozen=True)
class DatasetNeed:
    """Data that exists: its size today, growth per year, and tier."""

    id: str
    size_bytes: float
    growth_per_year: float = 0.0
    tier: Literal["fast", "capacity"] = "fast"


@dataclass(frozen=True)
class StorageNeedInput:
    """Storage wanted for its own sake."""

    id: str
    capacity_bytes: float
    growth_per_year: float = 0.0
    read_b_s: float = 0.0
    write_b_s: float = 0.0
    tier: Literal["fast", "capacity"] = "capacity"


@dataclass(frozen=True)
class CheckpointingJob:
    """A training job as storage sees it: the size of its checkpoint and how often it may be written."""

    id: str
    parameters: int
    accelerators: int
    trained_share: float = 1.0  # of the parameters: 0.01 for adapters
    keep: int = 10  # checkpoints kept
