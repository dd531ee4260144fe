"""Inference: replicas that answer requests within latency targets, by a roofline with measured coefficients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from planner.catalog.models import Model
from planner.catalog.priors import Band, Priors, PriorSet
from planner.demand.bands import Counts, band_name, counts
from planner.demand.inference_notes import assumptions_of
from planner.demand.inference_refusals import not_estimated, shortfall, too_large, why_not, writes_nothing
from planner.demand.replica_search import (
    Operating,
    Server,
    StepLine,
    Targets,
    binding_limit,
    numbers_for,
    operate,
    shapes,
    speed,
    step_line,
    step_lines,
)
from planner.demand.results import AcceleratorNeed, Assumption, Figure, infeasible
from planner.demand.serving import Replica
from planner.demand.split import PREFILL_BUSY, SplitPools, split_pools
from planner.demand.systems import Precision, SystemRates
from planner.demand.workloads import BatchInference, Choice, EmbeddingService, InferenceService
from planner.wording import sentence


def need_inference(service: InferenceService, system: SystemRates, model: Model, priors: Priors) -> AcceleratorNeed:
    """Replicas for the peak within the targets, N+1 included.

    Every time is stretched by what published services under latency limits fall short of unlimited throughput, and
    to the 25th percentile of the error band, so that both the rate and the latency hold there. Form: a roofline with
    prefill and decoding (`serving`), Little's law for the batch.
    """
    targets = Targets(
        service.input_tokens,
        service.output_tokens,
        service.ttft_s,
        service.tpot_s,
        service.prefix_hit,
        service.speculative_gain,
    )
    refusal = writes_nothing(model) or not_estimated(
        model, system, priors, max(service.longest_tokens, service.input_tokens + service.output_tokens)
    )
    if refusal:
        return infeasible(service.id, system.id, refusal)
    prior = priors.of("inference", system.accelerator.vendor_class)
    server = _server(model, system, prior, service.precision)
    planned = replace(server, slow=server.slow / _band(prior, model).p25)
    lines = step_lines(planned, targets)
    best = _cheapest(planned, lines, targets, service.peak_requests_s, service.spare_replicas)
    notes = assumptions_of(server, prior, service.precision, targets)
    if service.pools == "split":
        reason = why_not(planned, targets) if best is None else sentence("need.pools-too-slow")
        return _split_need(service, planned, prior, lines, targets, notes, sentence("need.pools", reason=reason))
    if best is None:
        return infeasible(service.id, system.id, why_not(planned, targets), notes, shortfall(planned, targets))
    need = _need(service.id, server, prior, best, targets, service.peak_requests_s, service.spare_replicas, notes)
    pools = split_pools(planned, lines, targets, service.peak_requests_s, service.spare_replicas)
    return need if pools is None else replace(need, figures=(*need.figures, *_split_figures(pools)))


def _split_need(
    service: InferenceService,
    planned: Server,
    prior: PriorSet,
    lines: Sequence[StepLine],
    targets: Targets,
    notes: tuple[Assumption, ...],
    reason: str,
) -> AcceleratorNeed:
    """Two pools as units of the larger replica; several of the smaller share one."""
    band = _band(prior, planned.model)
    # `planned` already runs at the 25th percentile: at the others the same replicas carry more or less.
    loads = [service.peak_requests_s * band.p25 / share for share in (band.p25, max(band.p25, band.p90), band.p10)]
    found = [split_pools(planned, lines, targets, load, service.spare_replicas) for load in loads]
    pools, best, worst = found
    if pools is None or best is None or worst is None:
        return infeasible(service.id, planned.system.id, reason, notes, shortfall(planned, targets))
    unit = max(pools.prefill.accelerators, pools.decode.accelerators)
    binding = "compute" if pools.prefill_accelerators > pools.decode_accelerators else "bandwidth"
    layout = (
        *((f"prefill {name}", value) for name, value in _shape(pools.prefill)),
        ("prefill replicas", pools.prefill_replicas),
        *((f"decode {name}", value) for name, value in _shape(pools.decode)),
        ("decode replicas", pools.decode_replicas),
        ("batch", pools.decode_batch),
    )
    figures: tuple[Figure, ...] = (
        ("transfer of a cache between pools", pools.transfer_s, "s"),
        ("spare replicas in each pool", service.spare_replicas, ""),
    )
    note = Assumption(
        "inference.pools", sentence("assumed.prefill-busy"), sentence("figure.share", value=PREFILL_BUSY),
        sentence("source.planner"), "estimate",
    )  # fmt: skip
    count = Counts(pools.units(unit), best.units(unit), worst.units(unit))
    return _as_need(service.id, planned, prior, unit, count, binding, layout, figures, (*notes, note))


def _split_figures(pools: SplitPools) -> tuple[Figure, ...]:
    """What separate pools would take: for the reader to compare; the count stays that of one pool."""
    return (
        ("with separate pools: accelerators", pools.accelerators, ""),
        ("with separate pools: for prefill", pools.prefill_accelerators, ""),
        ("with separate pools: for decoding", pools.decode_accelerators, ""),
    )


def need_batch(job: BatchInference, system: SystemRates, model: Model, priors: Priors) -> AcceleratorNeed:
    """Replicas that answer all requests by the deadline; no latency target, no spare."""
    targets = Targets(job.input_tokens, job.output_tokens, None, None)
    refusal = writes_nothing(model) or not_estimated(model, system, priors, job.input_tokens + job.output_tokens)
    if refusal:
        return infeasible(job.id, system.id, refusal)
    prior = priors.of("inference", system.accelerator.vendor_class)
    server = _server(model, system, prior, job.precision)
    rate = job.requests / job.within_s
    planned = replace(server, slow=server.slow / _band(prior, model).p25)
    best = _cheapest(planned, step_lines(planned, targets), targets, rate, 0)
    notes = assumptions_of(server, prior, job.precision, targets)
    if best is None:
        return infeasible(job.id, system.id, why_not(server, targets), notes)
    need = _need(job.id, server, prior, best, targets, rate, 0, notes, "deadline")
    return need if not job.spread_days else _by_the_day(need, job, best.requests_s)


def batch_point(
    model: Model, system: SystemRates, priors: Priors, targets: Targets, precision: Choice
) -> Operating | None:
    """The replica that serves most per accelerator without latency targets, at the 25th percentile; None: none fits."""
    prior = priors.of("inference", system.accelerator.vendor_class)
    server = _server(model, system, prior, precision)
    planned = replace(server, slow=server.slow / _band(prior, model).p25)
    points = [operate(planned, line, targets) for line in step_lines(planned, targets)]
    rates = [(p.requests_s / p.replica.accelerators, -p.replica.accelerators, p) for p in points if p is not None]
    return max(rates, key=lambda found: found[:2])[2] if rates else None


def _by_the_day(need: AcceleratorNeed, job: BatchInference, unit_requests_s: float) -> AcceleratorNeed:
    """The same work as replica-seconds of a day: requests are independent, so any number of replicas may share it."""
    volume = math.ceil(job.requests / (job.spread_days * unit_requests_s))
    return replace(need, unit_seconds_per_day=volume, units_most=max(need.units, math.ceil(volume / 3600)))


def need_embedding(service: EmbeddingService, system: SystemRates, model: Model, priors: Priors) -> AcceleratorNeed:
    """Accelerators for embedding or scoring text: prefill only, one token out."""
    refusal = not_estimated(model, system, priors, service.tokens_each)
    if refusal:
        return infeasible(service.id, system.id, refusal)
    prior = priors.of("inference", system.accelerator.vendor_class)
    server = _server(model, system, prior, service.precision)
    band = _band(prior, model)
    fitting = [r for r in shapes(model, system) if server.free_bytes(r) > 0]
    notes = assumptions_of(server, prior, service.precision, Targets(service.tokens_each, 1, None, None))
    if not fitting:
        return infeasible(service.id, system.id, too_large(server, service.tokens_each), notes)
    replica = min(fitting, key=lambda r: (r.accelerators, r.tensor))
    rate = service.tokens_each / server.prefill_s(replica, service.tokens_each)
    count = counts(service.tokens_per_second, rate, band, service.spare_replicas)
    figures: tuple[Figure, ...] = (("tokens per replica", rate, "tokens/s"), ("replicas", count.plan, ""))
    return _as_need(service.id, server, prior, replica.accelerators, count, "compute", _shape(replica), figures, notes)


def precision_for(model: Model, system: SystemRates, wanted: Choice) -> Precision:
    """The wanted precision; "auto" is the format the maker ships, and FP8 where the accelerator has it.

    FP4 is only taken on its own accord for models shipped in it: quantising further is the user's decision.
    """
    if wanted != "auto":
        return wanted
    if model.native == "fp4":
        return "fp4"
    return "fp8" if system.accelerator.fp8_flop_s is not None else "bf16"


def _server(model: Model, system: SystemRates, prior: PriorSet, wanted: Choice) -> Server:
    precision = precision_for(model, system, wanted)
    numbers = numbers_for(model, precision, system.accelerator)
    return Server(model, system, numbers, prior.values, math.exp(-anchor(prior, model)))


def anchor(prior: PriorSet, model: Model) -> float:
    """Log of measured over predicted for a model that was itself measured; 0 for others."""
    return prior.models.get(model.id, 0.0)


def _band(prior: PriorSet, model: Model) -> Band:
    return prior.band(band_name(prior, model))


def _cheapest(server: Server, lines: Sequence[StepLine], targets: Targets, rate: float, spare: int) -> Operating | None:
    found: list[tuple[int, int, int, Operating]] = []
    for line in lines:
        point = operate(server, line, targets)
        if point is not None:
            replicas = max(1, math.ceil(rate / point.requests_s)) + spare
            size = point.replica.accelerators
            found.append((replicas * size, size, point.replica.tensor, point))
    return min(found, key=lambda item: item[:3])[3] if found else None


def _need(
    workload: str,
    server: Server,
    prior: PriorSet,
    best: Operating,
    targets: Targets,
    rate: float,
    spare: int,
    notes: tuple[Assumption, ...],
    binding: str = "",
) -> AcceleratorNeed:
    band = _band(prior, server.model)
    # `best` already runs at the 25th percentile: the other two are relative to it.
    relative = Band(p10=band.p10 / band.p25, p25=1.0, p50=1.0, p75=1.0, p90=max(1.0, band.p90 / band.p25))
    count = counts(rate, best.requests_s, relative, spare)
    tokens = best.requests_s * targets.output_tokens
    tpot, ttft, _ = speed(step_line(server, best.replica, targets), targets, best.batch)
    n = best.replica.accelerators
    figures: tuple[Figure, ...] = (
        ("output tokens per replica", tokens, "tokens/s"),
        ("output tokens per accelerator", tokens / n, "tokens/s"),
        ("requests per replica", best.requests_s, "/s"),
        ("time per output token, planned", best.tpot_s, "s"),
        ("time per output token, predicted", tpot, "s"),
        ("time to first token p99, planned", best.ttft_s, "s"),
        ("time to first token p99, predicted", ttft, "s"),
        ("memory used", best.memory_share, "share"),
        ("replicas", count.plan, ""),
        ("spare replicas", spare, ""),
    )
    layout = (*_shape(best.replica), ("batch", best.batch))
    return _as_need(
        workload, server, prior, n, count, binding or binding_limit(server, best, targets), layout, figures, notes
    )


def _as_need(
    workload: str,
    server: Server,
    prior: PriorSet,
    unit: int,
    count: Counts,
    binding: str,
    layout: tuple[tuple[str, int], ...],
    figures: tuple[Figure, ...],
    notes: tuple[Assumption, ...],
) -> AcceleratorNeed:
    return AcceleratorNeed(
        workload,
        server.system.id,
        feasible=True,
        accelerators=count.plan * unit,
        accelerators_p10=count.best * unit,
        accelerators_p90=count.worst * unit,
        unit_accelerators=unit,
        units=count.plan,
        binding=binding,
        layout=layout,
        figures=figures,
        calibrated=prior.calibrated,
        assumptions=notes,
    )


def _shape(replica: Replica) -> tuple[tuple[str, int], ...]:
    return (
        ("tensor parallel", replica.tensor),
        ("attention data parallel", replica.groups),
        ("accelerators", replica.accelerators),
    )


def fits(model: Model, systems: Sequence[SystemRates], priors: Priors, wanted: Choice = "auto") -> tuple[str, ...]:
    """The systems, of those given, on which one short request of the model fits in memory."""
    short = Targets(1, 1, None, None)
    able = []
    for system in systems:
        if not system.accelerator.missing:
            prior = priors.of("inference", system.accelerator.vendor_class)
            server = _server(model, system, prior, wanted)
            if any(server.memory_batch(r, short) >= 1 for r in shapes(model, system)):
                able.append(system.id)
    return tuple(able)
