"""Training and fine-tuning: the accelerators that finish by the deadline, in a layout that fits in memory."""

from __future__ import annotations

import math
from dataclasses import replace

from planner.catalog.models import Model
from planner.catalog.priors import Priors, PriorSet, Task
from planner.demand.architecture import geometry
from planner.demand.bands import band_name, prior_assumptions
from planner.demand.goodput import Reliability, goodput
from planner.demand.preference import rollout_seconds, tuning_assumptions
from planner.demand.results import AcceleratorNeed, Assumption, Figure, infeasible
from planner.demand.systems import Precision, SystemRates
from planner.demand.training_search import Plan, Work, cheapest, data_range, fastest, seconds_per_token, settle, shapes
from planner.demand.training_time import BACKWARD
from planner.demand.workloads import Choice, FineTuneJob, TrainingJob
from planner.wording import sentence

DAY_S = 86_400.0
FORMATS = {"bf16": "bf16", "fp8": "mxfp8", "fp4": "nvfp4"}  # what each precision trains in on current systems
RANKS_AT_ONCE = 4  # times the ranks of the plan that work by the day may take where accelerators are free
# Forward passes besides the training itself: of the frozen reference, and of the policy that wrote the answers.
MORE_FORWARD = {"supervised": 0, "preference": 1, "reinforcement": 2}


def need_training(job: TrainingJob, system: SystemRates, model: Model, priors: Priors) -> AcceleratorNeed:
    """Accelerators that train `tokens` by the deadline.

    n = tokens x seconds per token / (deadline x goodput); seconds per token grow with n, so n is searched for.
    """
    refusal = _refusal(model, system, job, priors, "training")
    if refusal:
        return infeasible(job.id, system.id, refusal)
    prior = priors.of("training", system.accelerator.vendor_class)
    batch, note = _batch(job.global_batch_tokens, model, "full")
    work = _work(job, "full", model, system, prior, priors, batch)
    return _need(job.id, work, prior, (note, *_assumptions(work, prior, priors)))


def need_fine_tune(job: FineTuneJob, system: SystemRates, model: Model, priors: Priors) -> AcceleratorNeed:
    """Accelerators that finish each fine-tune in its time; the figure "busy share" says how much of them it uses."""
    refusal = _refusal(model, system, job, priors, "fine-tuning")
    if refusal:
        return infeasible(job.id, system.id, refusal)
    prior = priors.of("fine-tuning", system.accelerator.vendor_class)
    batch, note = _batch(job.global_batch_tokens, model, "lora")
    work = _work(job, job.method, model, system, prior, priors, batch)
    more = MORE_FORWARD[job.tuning]
    work = replace(work, extra_passes=1.0 + more / BACKWARD[job.method], reference=more > 0 and job.method == "full")
    if job.tuning == "reinforcement":
        rollout = rollout_seconds(job, model, system, priors)
        if rollout is None:
            return infeasible(job.id, system.id, sentence("need.answers-too-large", model=model.id))
        work = replace(work, rollout_s=rollout)
    notes = (note, *_assumptions(work, prior, priors), *tuning_assumptions(job))
    need = _need(job.id, work, prior, notes)
    if not need.feasible:
        return need
    busy = min(1.0, need.figure("wall time, planned") / job.every_s)
    shares: tuple[Figure, ...] = (("busy share", busy, "share"),)
    if work.rollout_s:
        trained = need.figure("tokens per accelerator, planned")
        shares = (*shares, ("share of the time that writes answers", min(1.0, work.rollout_s * trained), "share"))
    return replace(need, figures=(*need.figures, *shares))


def reliability_of(priors: Priors) -> Reliability:
    """The failure and restart figures of the catalog."""
    c = priors.of("reliability", "any").values
    return Reliability(
        c["accelerator_mtbf_h"] * 3600.0, c["restart_s"], c["write_gb_s_per_accelerator"] * 1e9, c["other_losses"]
    )


def _work(
    job: TrainingJob | FineTuneJob,
    method: str,
    model: Model,
    system: SystemRates,
    prior: PriorSet,
    priors: Priors,
    batch: float,
) -> Work:
    return Work(
        model,
        system,
        _precision(job.precision),
        _number_format(_precision(job.precision), system),
        method,
        job.tokens,
        job.within_s,
        job.sequence,
        batch,
        prior.values,
        reliability_of(priors),
        slow=math.exp(-_factor(prior, model, system)),
        spread_days=job.spread_days,
    )


def _precision(wanted: Choice) -> Precision:
    return "bf16" if wanted == "auto" else wanted


def _factor(prior: PriorSet, model: Model, system: SystemRates) -> float:
    """Log of what the model's own measurements and the power of the accelerator change of the speed."""
    power = prior.values.get("factor.power", 0.0) * system.accelerator.power_headroom
    return prior.models.get(model.id, 0.0) + power


def _number_format(precision: str, system: SystemRates) -> str:
    if precision == "fp8" and system.accelerator.fp4_flop_s is None:
        return "fp8"  # accelerators before block scaling
    return FORMATS[precision]


def _refusal(model: Model, system: SystemRates, job: TrainingJob | FineTuneJob, priors: Priors, task: Task) -> str:
    rates, precision = system.accelerator, _precision(job.precision)
    if rates.missing:
        return sentence("need.facts-missing", facts=rates.missing, product=rates.id)
    if not priors.has(task, rates.vendor_class):
        return sentence("need.no-prior", task=task, product=rates.id, kind=rates.vendor_class)
    if precision not in rates.precisions:
        others = tuple(reversed(rates.precisions))
        return sentence("need.no-rate", product=rates.id, precision=precision, others=others)
    if job.sequence > model.context_tokens:
        return sentence("need.sequence-too-long", tokens=job.sequence, most=model.context_tokens, model=model.id)
    return ""


def _batch(wanted: float | None, model: Model, method: str) -> tuple[float, Assumption]:
    usual = 262_144.0 if method == "lora" else _usual_batch(geometry(model).total)
    batch = wanted or usual
    text = sentence("assumed.batch-stated" if wanted else "assumed.batch-usual")
    return batch, Assumption(
        "training.batch", text, sentence("figure.whole", value=batch), sentence("source.planner"), "estimate"
    )


def _usual_batch(parameters: int) -> float:
    """Tokens per step of published runs: 4 M up to 20 B parameters, 16 M at Llama 405B, 60 M at DeepSeek-V3."""
    for least, tokens in ((5 * 10**11, 60e6), (2 * 10**11, 16e6), (2 * 10**10, 8e6)):
        if parameters >= least:
            return tokens
    return 4e6


def _need(workload: str, work: Work, prior: PriorSet, notes: tuple[Assumption, ...]) -> AcceleratorNeed:
    band = prior.band(band_name(prior, work.model))
    plans = {q: cheapest(replace(work, slow=work.slow / share)) for q, share in _shares(band.p25, band.p90, band.p10)}
    plan = plans["plan"]
    if plan is None:
        planned = replace(work, slow=work.slow / band.p25)
        return infeasible(workload, work.system.id, _why_not(planned), notes, _shortfall(planned))
    best = plans["best"] or plan
    worst = plans["worst"]
    most = worst.accelerators if worst else math.ceil(plan.accelerators * band.p25 / band.p10)
    layout = plan.layout
    volume, together = _by_the_day(replace(work, slow=work.slow / band.p25), plan)
    return AcceleratorNeed(
        workload,
        work.system.id,
        feasible=True,
        accelerators=plan.accelerators,
        accelerators_p10=min(best.accelerators, plan.accelerators),
        accelerators_p90=max(most, plan.accelerators),
        unit_accelerators=layout.model_parallel,
        units=layout.data,
        indivisible=True,
        binding=_binding(work, plan),
        layout=_shape(plan),
        figures=_figures(work, plan),
        calibrated=prior.calibrated,
        assumptions=notes,
        unit_seconds_per_day=volume,
        units_most=together,
    )


def _by_the_day(planned: Work, plan: Plan) -> tuple[int, int]:
    """(rank-seconds a day, most ranks at once) of work that may run at any hour; nothing where it may not.

    Each rank does less the more there are, so the volume at the most ranks is enough for any fewer, down to those of
    the plan, whose memory choices also fit more ranks.
    """
    if not planned.spread_days:
        return 0, 0
    most = max(plan.layout.data, min(RANKS_AT_ONCE * plan.layout.data, data_range(planned, plan.layout)[1]))
    layout = replace(plan.layout, data=most)
    share = goodput(planned.reliability, planned.trained, layout.accelerators).share
    seconds = planned.tokens * seconds_per_token(planned, layout, plan.recompute) / (layout.model_parallel * share)
    return math.ceil(seconds / planned.spread_days), most


def _shares(plan: float, best: float, worst: float) -> tuple[tuple[str, float], ...]:
    return (("plan", plan), ("best", best), ("worst", worst))


def _binding(work: Work, plan: Plan) -> str:
    if plan.seconds(work.tokens) >= 0.5 * work.within_s:
        return "deadline"
    return "memory"


def _shape(plan: Plan) -> tuple[tuple[str, int], ...]:
    lay = plan.layout
    return (
        ("tensor parallel", lay.tensor),
        ("pipeline parallel", lay.pipeline),
        ("context parallel", lay.context),
        ("expert parallel", lay.expert),
        ("data parallel", lay.data),
        ("fully sharded", int(plan.sharded)),
        ("recompute", int(plan.recompute)),
    )


def _figures(work: Work, plan: Plan) -> tuple[Figure, ...]:
    rate = 1.0 / plan.seconds_per_token
    flops = work.g.training_flops_per_token(work.sequence) * (2.0 / 3.0 if work.method == "lora" else 1.0)
    peak = work.system.accelerator.flop_s(work.precision) or 1.0
    return (
        ("tokens per accelerator, planned", rate, "tokens/s"),
        ("FLOPs per token", flops, "FLOP"),
        ("MFU, planned", flops * rate / peak, "share"),
        ("goodput", plan.goodput.share, "share"),
        ("checkpoint interval", plan.goodput.interval_s, "s"),
        ("checkpoint save", plan.goodput.save_s, "s"),
        ("wall time, planned", plan.seconds(work.tokens), "s"),
        ("memory used", plan.memory_bytes / (work.system.accelerator.memory_bytes or 1), "share"),
        ("tokens per accelerator and step", work.batch_tokens / plan.accelerators, "tokens"),
    )


def _assumptions(work: Work, prior: PriorSet, priors: Priors) -> tuple[Assumption, ...]:
    reliability = priors.of("reliability", "any")
    return (
        Assumption(
            "training.goodput",
            sentence("assumed.goodput"),
            sentence(
                "assumed.goodput-value",
                hours=work.reliability.accelerator_mtbf_s / 3600,
                restart=work.reliability.restart_s,
                rate=work.reliability.write_b_s_per_accelerator / 1e9,
                losses=work.reliability.other_losses,
            ),
            reliability.source,
            reliability.confidence,
        ),
        Assumption(
            "training.memory",
            sentence("assumed.training-memory"),
            sentence("assumed.training-memory-lora" if work.method == "lora" else "assumed.training-memory-full"),
            "ZeRO (Rajbhandari et al. 2020); activations by Korthikanti et al. 2022",
            "estimate",
        ),
        Assumption(
            "training.format",
            sentence("assumed.number-format"),
            work.number_format,
            sentence("source.block-scaled"),
            "estimate",
        ),
        *prior_assumptions(prior, band_name(prior, work.model)),
    )


def _why_not(work: Work) -> str:
    quickest = fastest(work)
    if quickest is not None:
        days = quickest.seconds(work.tokens) / DAY_S
        return sentence(
            "need.too-slow",
            within=work.within_s / DAY_S,
            batch=work.batch_tokens,
            accelerators=quickest.accelerators,
            days=math.ceil(days * 100) / 100,
        )
    return _too_large(work)


def _shortfall(work: Work) -> float | None:
    """How many times the deadline the quickest layout takes; None where the model fits no layout."""
    quickest = fastest(work)
    return None if quickest is None else quickest.seconds(work.tokens) / work.within_s


def _too_large(work: Work) -> str:
    memory = work.system.accelerator.memory_bytes or 1
    bytes_all = work.g.total * (2.2 if work.method == "lora" else 16.0)
    needed = math.ceil(bytes_all / (0.9 * memory - 6e9))
    ample = replace(work, batch_tokens=max(work.batch_tokens, 4.0 * needed * work.sequence))
    able = [s for s in shapes(ample) if settle(ample, s, max(1, needed)) is not None]
    return sentence(
        "need.states-too-large",
        model=work.model.id,
        states=bytes_all / 1e9,
        accelerators=needed,
        memory=memory / 1e9,
        hint=sentence("need.larger-batch", batch=ample.batch_tokens) if able else "",
    )
