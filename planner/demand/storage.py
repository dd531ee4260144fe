"""Storage: capacity by tier with growth, bandwidth by guideline and by checkpoints, as whole numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from planner.catalog.priors import Priors
from planner.demand.goodput import CHECKPOINT_BYTES, write_b_s_per_accelerator
from planner.demand.results import Assumption, Figure, StorageNeed
from planner.demand.training import reliability_of
from planner.demand.workloads import CheckpointingJob, DatasetNeed, StorageNeedInput
from planner.wording import sentence

TB = 10**12
GB = 10**9


def need_storage(
    datasets: Sequence[DatasetNeed],
    jobs: Sequence[CheckpointingJob],
    accelerators: int,
    priors: Priors,
    *,
    wanted: Sequence[StorageNeedInput] = (),
    horizon_years: float = 3.0,
    guideline: str = "standard",
) -> StorageNeed:
    """Capacity at the end of the horizon and the bandwidth that `accelerators` ask for.

    Bandwidth is the larger of the per-accelerator guideline ("standard" for data that fits caches, "enhanced" for
    multimodal training) and the checkpoint rule, plus what the request asks for outright. It never falls as
    accelerators grow. Capacity fills to 80 %.
    """
    prior = priors.of("storage", "any")
    c = prior.values
    fast, capacity, checkpoints = _capacity(datasets, jobs, wanted, horizon_years, c["fill_share"])
    read_milli = math.ceil(c[f"{guideline}.read_gb_s"] * 1000)
    by_guideline = math.ceil(c[f"{guideline}.write_gb_s"] * 1000)
    by_checkpoint = _checkpoint_milli(jobs, priors)
    write_milli = max(by_guideline, by_checkpoint)
    read_base = math.ceil(sum(w.read_b_s for w in wanted) / GB)
    write_base = math.ceil(sum(w.write_b_s for w in wanted) / GB)
    figures: tuple[Figure, ...] = (
        ("checkpoints kept", checkpoints / TB, "TB"),
        ("guideline write per accelerator", by_guideline / 1000, "GB/s"),
        ("checkpoint write per accelerator", by_checkpoint / 1000, "GB/s"),
    )
    return StorageNeed(
        usable_tb=fast + capacity,
        fast_tb=fast,
        capacity_tb=capacity,
        read_gb_s=read_base + math.ceil(read_milli * accelerators / 1000),
        write_gb_s=write_base + math.ceil(write_milli * accelerators / 1000),
        read_milli_gb_s=read_milli,
        write_milli_gb_s=write_milli,
        read_base_gb_s=read_base,
        write_base_gb_s=write_base,
        binding="checkpoint" if by_checkpoint > by_guideline else "guideline",
        figures=figures,
        assumptions=_assumptions(jobs, prior.source, prior.confidence, guideline, horizon_years, c["fill_share"]),
    )


def checkpoint_bytes(job: CheckpointingJob) -> float:
    """One checkpoint: 14 bytes per trained parameter."""
    return CHECKPOINT_BYTES * job.parameters * job.trained_share


def _checkpoint_milli(jobs: Sequence[CheckpointingJob], priors: Priors) -> int:
    reliability = reliability_of(priors)
    rates = [write_b_s_per_accelerator(reliability, job.parameters * job.trained_share) for job in jobs]
    return math.ceil(max(rates, default=0.0) / GB * 1000)


def _capacity(
    datasets: Sequence[DatasetNeed],
    jobs: Sequence[CheckpointingJob],
    wanted: Sequence[StorageNeedInput],
    years: float,
    fill: float,
) -> tuple[int, int, float]:
    tiers = {"fast": 0.0, "capacity": 0.0}
    for data in datasets:
        tiers[data.tier] += data.size_bytes * (1.0 + data.growth_per_year) ** years
    for ask in wanted:
        tiers[ask.tier] += ask.capacity_bytes * (1.0 + ask.growth_per_year) ** years
    checkpoints = sum(checkpoint_bytes(job) * job.keep for job in jobs)
    tiers["fast"] += checkpoints
    return math.ceil(tiers["fast"] / fill / TB), math.ceil(tiers["capacity"] / fill / TB), checkpoints


def _assumptions(
    jobs: Sequence[CheckpointingJob], source: str, confidence: str, guideline: str, years: float, fill: float
) -> tuple[Assumption, ...]:
    return (
        Assumption(
            "storage.guideline",
            sentence("assumed.storage-guideline"),
            sentence("figure.guideline", name=guideline),
            source,
            confidence,
        ),
        Assumption(
            "storage.fill", sentence("assumed.storage-fill"), sentence("figure.share", value=fill), source, "press"
        ),
        Assumption(
            "storage.horizon",
            sentence("assumed.storage-horizon"),
            sentence("figure.years", value=years),
            sentence("source.planner"),
            "estimate",
        ),
        Assumption(
            "storage.checkpoint",
            sentence("assumed.checkpoint"),
            sentence("assumed.checkpoint-value"),
            sentence("source.checkpoint"),
            "estimate",
        ),
        *(
            Assumption(
                "storage.kept",
                sentence("assumed.checkpoints-kept", job=j.id),
                str(j.keep),
                sentence("source.planner"),
                "estimate",
            )
            for j in jobs
        ),
    )
