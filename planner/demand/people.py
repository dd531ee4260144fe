"""Notebooks and development: accelerators held by people. Retrieval: memory and servers of a vector store."""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner.demand.results import AcceleratorNeed, Assumption, infeasible
from planner.demand.systems import SystemRates
from planner.demand.workloads import Notebooks, RetrievalStore
from planner.wording import sentence

GRAPH_OVERHEAD = 1.5  # memory of a graph index over its vectors; an assumption
QUERIES_PER_CORE_S = 100.0  # of a graph index at high recall; an assumption


def need_notebooks(work: Notebooks, system: SystemRates) -> AcceleratorNeed:
    """Accelerators held at the busiest time: the active mean plus two standard deviations of who is active.

    Users come independently with the same probability (binomial), so the peak is mean + 2 sqrt(mean x idle share).
    """
    memory = system.accelerator.memory_bytes
    if memory is None:
        return infeasible(work.id, system.id, sentence("need.memory-unknown", product=system.accelerator.id))
    each = work.accelerators_each
    if work.memory_bytes_each is not None and work.memory_bytes_each > memory * max(1.0, each):
        return infeasible(
            work.id,
            system.id,
            sentence(
                "need.memory-each",
                each=work.memory_bytes_each / 1e9,
                held=memory * max(1.0, each) / 1e9,
                accelerators=max(1.0, each),
                needed=math.ceil(work.memory_bytes_each / memory),
            ),
        )
    if work.memory_bytes_each is not None:
        each = max(each, work.memory_bytes_each / memory)
    mean = work.users * work.active_share
    spread = 2.0 * math.sqrt(mean * (1.0 - work.active_share))
    at_once = min(float(work.users), mean + spread)
    unit = max(1, math.ceil(each))
    held = [max(unit, math.ceil(count * each)) for count in (at_once, mean, min(float(work.users), mean + 2 * spread))]
    units = [math.ceil(h / unit) for h in held]
    return AcceleratorNeed(
        work.id,
        system.id,
        feasible=True,
        accelerators=units[0] * unit,
        accelerators_p10=units[1] * unit,
        accelerators_p90=units[2] * unit,
        unit_accelerators=unit,
        units=units[0],
        binding="people",
        layout=(("accelerators", unit),),
        figures=(("users at once", at_once, ""),),
        calibrated=False,
        assumptions=(
            Assumption(
                "notebooks.peak",
                sentence("assumed.users-at-once"),
                sentence("assumed.users-at-once-value", active=at_once, users=work.users),
                sentence("source.binomial"),
                "estimate",
            ),
        ),
    )


@dataclass(frozen=True)
class RetrievalNeed:
    """What a vector store needs: no accelerators, but memory, storage and processor cores."""

    workload: str
    memory_gb: int
    storage_gb: int
    cores: int
    assumptions: tuple[Assumption, ...]


def need_retrieval(store: RetrievalStore) -> RetrievalNeed:
    """Memory for vectors and a graph index over them, twice that on storage, cores for the queries."""
    raw = store.vectors * store.dimensions * store.bytes_per_number
    memory = raw * GRAPH_OVERHEAD
    return RetrievalNeed(
        store.id,
        math.ceil(memory / 10**9),
        math.ceil(2.0 * memory / 10**9),
        max(1, math.ceil(store.queries_s / QUERIES_PER_CORE_S)),
        (
            Assumption(
                "retrieval.index",
                sentence("assumed.index"),
                sentence("assumed.index-value", times=GRAPH_OVERHEAD),
                sentence("source.planner"),
                "estimate",
            ),
            Assumption("retrieval.rate", sentence("assumed.queries"), "100", sentence("source.planner"), "estimate"),
            Assumption("retrieval.storage", sentence("assumed.copies"), "2", sentence("source.planner"), "estimate"),
        ),
    )
