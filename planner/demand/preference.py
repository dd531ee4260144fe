"""Tuning on preferences and on rewards: more forward passes, and for rewards the time to write what is learned from."""

from __future__ import annotations

from planner.catalog.models import Model
from planner.catalog.priors import Priors
from planner.demand.inference import batch_point
from planner.demand.replica_search import Targets
from planner.demand.results import Assumption
from planner.demand.systems import SystemRates
from planner.demand.workloads import FineTuneJob
from planner.wording import sentence


def rollout_seconds(job: FineTuneJob, model: Model, system: SystemRates, priors: Priors) -> float | None:
    """Seconds of one accelerator to write the answers behind one token of training; None when the model does not fit.

    The accelerators that train write the answers in turn, in bf16, as fast as a batch without latency targets.
    """
    if not priors.has("inference", system.accelerator.vendor_class):
        return None
    point = batch_point(model, system, priors, Targets(job.prompt_tokens, job.answer_tokens, None, None), "bf16")
    if point is None:
        return None
    return point.replica.accelerators / (point.requests_s * (job.prompt_tokens + job.answer_tokens))


def tuning_assumptions(job: FineTuneJob) -> tuple[Assumption, ...]:
    """What is taken for granted of tuning that is not supervised."""
    if job.tuning == "supervised":
        return ()
    copy = sentence("assumed.reference-copy" if job.method == "full" else "assumed.reference-base")
    notes = [Assumption("tuning.reference", sentence("assumed.reference"), copy, sentence("source.dpo"), "estimate")]
    if job.tuning == "reinforcement":
        value = sentence("assumed.rollouts-value", prompt=job.prompt_tokens, answer=job.answer_tokens)
        notes.append(
            Assumption("tuning.rollouts", sentence("assumed.rollouts"), value, sentence("source.grpo"), "estimate")
        )
    return tuple(notes)
