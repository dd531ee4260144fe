"""One workload of every kind, and of every way to tune, as requests write them."""

from __future__ import annotations

from typing import Any

KINDS: dict[str, dict[str, Any]] = {
    "inference": {"model": "llama-3.1-8b", "peak_requests": "5 /s", "input_tokens": 800, "output_tokens": 200},
    "split-inference": {
        "kind": "inference", "model": "llama-3.1-8b", "peak_requests": "200 /s", "input_tokens": 2000,
        "output_tokens": 200, "pools": "split",
    },
    "training": {"model": "llama-3.1-8b", "tokens": "20 B tokens", "within": "20 days"},
    "lora": {"kind": "fine-tuning", "model": "llama-3.1-8b", "tokens": "100 M tokens", "within": "1 day"},
    "preference": {
        "kind": "fine-tuning", "model": "llama-3.1-8b", "method": "full", "tuning": "preference",
        "tokens": "100 M tokens", "within": "1 day",
    },
    "reinforcement": {
        "kind": "fine-tuning", "model": "llama-3.1-8b", "method": "full", "tuning": "reinforcement",
        "tokens": "100 M tokens", "within": "1 day", "prompt_tokens": 500, "answer_tokens": 1500,
    },
    "embedding": {"model": "bge-m3", "tokens_per_second": 50_000},
    "reranking": {"kind": "embedding", "model": "qwen3-0.6b", "tokens_per_second": 20_000, "tokens_each": 700},
    "batch": {
        "model": "llama-3.1-8b", "requests": 1_000_000, "input_tokens": 500, "output_tokens": 100, "within": "2 days",
    },
    "notebooks": {"users": 30, "accelerators_each": 0.5, "memory_each": "40 GB"},
    "retrieval": {"vectors": 50_000_000, "queries": "20 /s"},
    "storage": {"capacity": "40 TB"},
}  # fmt: skip


def workloads() -> list[dict[str, Any]]:
    """All of them, each with its name for id."""
    return [{"id": name, "kind": name, **what} for name, what in KINDS.items()]
