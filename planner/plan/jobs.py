"""Workloads of a request as the jobs that demand sizes: what one needs on a system, and what moves that most."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from planner import demand
from planner.catalog.models import Models
from planner.catalog.priors import Priors
from planner.demand.sensitivity import INPUTS
from planner.demand.timetable import is_low, running_s, time_assumptions, whole_days
from planner.errors import InputError
from planner.plan.defaults import default_assumptions
from planner.plan.schema import Sensitivity
from planner.request import workload as wanted

SPARE_REPLICAS = {"N": 0, "N+1": 1, "N+2": 2}
# An input of a job by its key in the request, where the two differ.
KEYS = {
    "peak_requests_s": "peak_requests",
    "ttft_s": "ttft",
    "tpot_s": "tpot",
    "within_s": "within",
    "memory_bytes_each": "memory_each",
}


EVERY = max(len(names) for names in INPUTS.values())  # as many inputs as any workload has
SIZED_AS: dict[type[wanted.Workload], type] = {
    wanted.Inference: demand.InferenceService,
    wanted.Training: demand.TrainingJob,
    wanted.FineTuning: demand.FineTuneJob,
    wanted.Embedding: demand.EmbeddingService,
    wanted.Batch: demand.BatchInference,
    wanted.Notebooks: demand.Notebooks,
}


def varied(workload: wanted.Workload) -> frozenset[str]:
    """The keys of a workload that sensitivities try; one that they do not list does not move its accelerators."""
    return frozenset(KEYS.get(name, name) for name in INPUTS.get(SIZED_AS.get(type(workload), object), ()))


def restart_s(priors: Priors) -> float:
    """Seconds from the stop of a unit to its first new work."""
    return priors.of("reliability", "any").values["restart_s"]


def need_of(
    workload: wanted.Workload, rates: demand.SystemRates, models: Models, priors: Priors
) -> demand.AcceleratorNeed:
    """What one workload needs on one system or instance.

    Raises:
        InputError: the workload runs on no accelerators, or a prior is missing.
    """
    need = _need_of(workload, rates, models, priors)
    more = (*time_assumptions(workload, restart_s(priors)), *default_assumptions(workload))
    return replace(need, assumptions=(*need.assumptions, *more))


def _need_of(
    workload: wanted.Workload, rates: demand.SystemRates, models: Models, priors: Priors
) -> demand.AcceleratorNeed:
    restart = restart_s(priors)
    match workload:
        case wanted.Inference():
            return demand.need_inference(_inference(workload), rates, models.get(workload.model), priors)
        case wanted.Training():
            return demand.need_training(_training(workload, restart), rates, models.get(workload.model), priors)
        case wanted.FineTuning():
            return demand.need_fine_tune(_fine_tuning(workload, restart), rates, models.get(workload.model), priors)
        case wanted.Embedding():
            return demand.need_embedding(_embedding(workload), rates, models.get(workload.model), priors)
        case wanted.Batch():
            return demand.need_batch(_batch(workload, restart), rates, models.get(workload.model), priors)
        case wanted.Notebooks():
            return demand.need_notebooks(_notebooks(workload), rates)
    raise InputError.of(f"workload {workload.id}", workload.kind, "a workload that runs on accelerators")


def sensitivities_of(
    workload: wanted.Workload, rates: demand.SystemRates, models: Models, priors: Priors
) -> tuple[Sensitivity, ...]:
    """The inputs that move the accelerators of a workload on one system, most first; none without accelerators."""
    return tuple(
        Sensitivity(
            system=rates.id,
            input=KEYS.get(moved.input, moved.input),
            factor=moved.factor,
            accelerators=moved.base,
            if_larger=moved.larger,
            if_smaller=moved.smaller,
        )
        for moved in _moved(workload, rates, models, priors)
    )


def _moved(
    workload: wanted.Workload, rates: demand.SystemRates, models: Models, priors: Priors
) -> tuple[demand.Sensitivity, ...]:
    model, restart = getattr(workload, "model", None), restart_s(priors)
    on: dict[str, Any] = {"system": rates, "priors": priors, "model": models.get(model)} if model is not None else {}
    match workload:
        case wanted.Inference():
            return demand.sensitivities(_inference(workload), partial(demand.need_inference, **on), EVERY)
        case wanted.Training():
            return demand.sensitivities(_training(workload, restart), partial(demand.need_training, **on), EVERY)
        case wanted.FineTuning():
            return demand.sensitivities(_fine_tuning(workload, restart), partial(demand.need_fine_tune, **on), EVERY)
        case wanted.Embedding():
            return demand.sensitivities(_embedding(workload), partial(demand.need_embedding, **on), EVERY)
        case wanted.Batch():
            return demand.sensitivities(_batch(workload, restart), partial(demand.need_batch, **on), EVERY)
        case wanted.Notebooks():
            return demand.sensitivities(_notebooks(workload), partial(demand.need_notebooks, system=rates), EVERY)
    return ()


def _inference(workload: wanted.Inference) -> demand.InferenceService:
    return demand.InferenceService(
        id=workload.id,
        peak_requests_s=workload.peak_requests,
        input_tokens=workload.input_tokens,
        output_tokens=workload.output_tokens,
        ttft_s=workload.ttft,
        tpot_s=workload.tpot,
        precision=workload.precision,
        prefix_hit=workload.prefix_cache_hit,
        speculative_gain=workload.speculative_tokens,
        pools=workload.pools,
        spare_replicas=SPARE_REPLICAS[workload.redundancy],
        longest_tokens=workload.arrivals.longest_tokens if workload.arrivals is not None else 0,
    )


def _training(workload: wanted.Training, restart: float) -> demand.TrainingJob:
    return demand.TrainingJob(
        id=workload.id,
        tokens=workload.tokens,
        within_s=running_s(workload, restart),
        sequence=workload.sequence,
        precision="bf16" if workload.precision == "auto" else workload.precision,
        global_batch_tokens=workload.global_batch_tokens,
        spread_days=_spread_days(workload),
    )


def _spread_days(workload: wanted.Training | wanted.FineTuning | wanted.Batch) -> int:
    return whole_days(workload) if is_low(workload) else 0


def _fine_tuning(workload: wanted.FineTuning, restart: float) -> demand.FineTuneJob:
    return demand.FineTuneJob(
        id=workload.id,
        tokens=workload.tokens,
        within_s=running_s(workload, restart),
        every_s=workload.every,
        method=workload.method,
        tuning=workload.tuning,
        prompt_tokens=workload.prompt_tokens or 0,
        answer_tokens=workload.answer_tokens or 0,
        sequence=workload.sequence,
        precision="bf16" if workload.precision == "auto" else workload.precision,
        spread_days=_spread_days(workload),
    )


def _embedding(workload: wanted.Embedding) -> demand.EmbeddingService:
    return demand.EmbeddingService(
        workload.id, workload.tokens_per_second, workload.tokens_each, precision=workload.precision
    )


def _batch(workload: wanted.Batch, restart: float) -> demand.BatchInference:
    return demand.BatchInference(
        workload.id, workload.requests, workload.input_tokens, workload.output_tokens, running_s(workload, restart),
        workload.precision, _spread_days(workload),
    )  # fmt: skip


def _notebooks(workload: wanted.Notebooks) -> demand.Notebooks:
    return demand.Notebooks(
        workload.id, workload.users, workload.active_share, workload.accelerators_each, workload.memory_each
    )
