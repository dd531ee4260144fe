"""What a site's storage is asked for by each way of access, beside what was bought: how long each takes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from planner.demand.architecture import geometry
from planner.demand.goodput import CHECKPOINT_BYTES
from planner.demand.training_memory import ADAPTER_SHARE
from planner.plan.library import Library, models_of
from planner.plan.question import counts_at
from planner.plan.schema import StorageChoice, StoragePattern
from planner.plan.schema_demand import Access
from planner.request.schema import Request
from planner.request.site import Site
from planner.request.workload import FineTuning, Inference, Training

TOKEN_BYTES = 4  # of a token id as it lies in a prepared dataset
CACHE_BYTES = 1  # of an element of the cache, in FP8


def storage_patterns(
    request: Request, library: Library, storage: Iterable[StorageChoice]
) -> tuple[StoragePattern, ...]:
    """The patterns of every site that keeps data, with the time that each takes at the bandwidth bought."""
    bought = list(storage)
    found: list[StoragePattern] = []
    for site in request.sites:
        here = [c for c in bought if c.hall in {hall.id for hall in site.halls}]
        if here:
            read, write = (_rate(here, name) for name in ("read_gb_s", "write_gb_s"))
            found += _of_site(request, library, site, read, write)
    return tuple(found)


def _rate(storage: list[StorageChoice], name: str) -> int | None:
    """GB/s of all units together; None while one is unknown."""
    rates = [getattr(choice, name) for choice in storage]
    return None if any(rate is None for rate in rates) else sum(rates)


def _of_site(
    request: Request, library: Library, site: Site, read: int | None, write: int | None
) -> Iterator[StoragePattern]:
    models = models_of(request, library)
    for workload in request.workloads:
        if not counts_at(workload, site, request):
            continue
        if isinstance(workload, Training | FineTuning):
            g = geometry(models.get(workload.model))
            trained = ADAPTER_SHARE if isinstance(workload, FineTuning) and workload.method == "lora" else 1.0
            size = math.ceil(CHECKPOINT_BYTES * g.total * trained)
            yield _whole("checkpoint-write", site, workload.id, size, write)
            yield _whole("checkpoint-restore", site, workload.id, size, read)
            rate = math.ceil(workload.tokens * TOKEN_BYTES / workload.within)
            yield _stream("training-data", site, workload.id, rate, read)
        if isinstance(workload, Inference) and workload.prefix_cache_hit > 0:
            elements = geometry(models.get(workload.model)).cached_elements(workload.input_tokens)
            rate = math.ceil(workload.peak_requests * workload.prefix_cache_hit * elements * CACHE_BYTES)
            yield _stream("cache-offload", site, workload.id, rate, read)
    for data in request.datasets:
        if data.location == site.id or (data.location is None and site is request.sites[0]):
            yield _whole("dataset-staging", site, data.id, data.size, write)
            yield _whole("dataset-pass", site, data.id, data.size, read)


def _whole(pattern: Access, site: Site, subject: str, size: int, rate_gb_s: int | None) -> StoragePattern:
    """So many bytes at once: it takes their time."""
    seconds = None if not rate_gb_s else float(f"{size / (rate_gb_s * 1e9):.6g}")
    return StoragePattern(
        site=site.id, pattern=pattern, subject=subject, size_bytes=size, given_gb_s=rate_gb_s, seconds=seconds
    )


def _stream(pattern: Access, site: Site, subject: str, rate_b_s: int, rate_gb_s: int | None) -> StoragePattern:
    """So many bytes a second, all the time."""
    return StoragePattern(site=site.id, pattern=pattern, subject=subject, rate_b_s=rate_b_s, given_gb_s=rate_gb_s)
