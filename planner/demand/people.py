"""Notebooks and development: accelerators held by people. Retrieval: memory and servers of a vector store."""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner.demand.results import AcceleratorNeed, Assumption, infeasible
from planner.demand.systems import SystemRates
from planner.demand.workloads import Notebooks, RetrievalStore

GRAPH_OVERHEAD = 1.5  # memory of a graph index over its vectors; an assumption
QUERIES_PER_CORE_S = 100.0  # of a graph index at high recall; an assumption


def need_notebooks(work: Notebooks, system: SystemRates) -> AcceleratorNeed:
    """Accelerators held at the busiest time: the active mean plus two standard deviations of who is active.

    Users come independently with the same probability (binomial), so the peak is mean + 2 sqrt(mean x idle share).
    """
    memory = system.accelerator.memory_bytes
    if memory is None:
        return infeasible(work.id, system.id, f"memory_bytes of {system.accelerator.id} not known")
    each = work.accelerators_each
    if work.memory_bytes_each is not None and work.memory_bytes_each > memory * max(1.0, each):
        return infeasible(
            work.id,
            system.id,
            f"{work.memory_bytes_each / 1e9:,.0f} GB each are more than the {memory * max(1.0, each) / 1e9:,.0f} GB of "
            f"{max(1.0, each):g} accelerators; {math.ceil(work.memory_bytes_each / memory)} accelerators each would do",
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
                "users active at once",
                f"{at_once:.1f} of {work.users}",
                "binomial: mean plus two standard deviations",
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
            Assumption("retrieval.index", "memory of the index over the vectors", "1.5 times", "planner", "estimate"),
            Assumption("retrieval.rate", "queries per core and second", "100", "planner", "estimate"),
            Assumption("retrieval.storage", "copies on storage", "2", "planner", "estimate"),
        ),
    )
