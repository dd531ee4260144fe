"""Tuning on preferences and on rewards: more forward passes, and for rewards the time to write what is learned from."""

from __future__ import annotations

from planner.catalog.models import Model
from planner.catalog.priors import Priors
from planner.demand.inference import batch_point
from planner.demand.replica_search import Targets
from planner.demand.results import Assumption
from planner.demand.systems import SystemRates
from planner.demand.workloads import FineTuneJob

DPO = "Rafailov et al. 2023, arXiv 2305.18290: the loss compares with the log probabilities of a frozen reference"
GRPO = "Shao et al. 2024, arXiv 2402.03300; stages as in the NeMo RL GRPO guide (docs.nvidia.com/nemo/rl)"


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
    copy = "a frozen copy in bf16" if job.method == "full" else "the base without its adapter"
    notes = [Assumption("tuning.reference", "reference model: one forward pass for every token", copy, DPO, "estimate")]
    if job.tuning == "reinforcement":
        text = "answers are written by the accelerators that train, in turn; their probabilities take a forward pass"
        value = f"{job.prompt_tokens:,} tokens in, {job.answer_tokens:,} out, bf16, no reward model"
        notes.append(Assumption("tuning.rollouts", text, value, GRPO, "estimate"))
    return tuple(notes)
