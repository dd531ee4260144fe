"""A workload in one sentence, as the request states it."""

from __future__ import annotations

from planner.request import workload as w
from planner.request.times import ranges_of
from planner.wording import sentence

DAY_S = 86_400


def span(seconds: float) -> str:
    """A time for people: the largest unit of which it is one or more."""
    for unit, length in (("days", DAY_S), ("hours", 3600), ("minutes", 60)):
        if seconds >= length:
            return sentence(f"figure.{unit}", value=seconds / length)
    if seconds >= 1:
        return sentence("figure.seconds", value=seconds)
    return sentence("figure.milliseconds", value=seconds * 1000)


def tokens(count: float) -> str:
    """A number of tokens for people."""
    for step, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if count >= step:
            return sentence(f"tokens.{name}", value=count / step)
    return sentence("tokens.few", value=count)


def summary_of(workload: w.Workload) -> str:
    """What is asked of a workload, and when."""
    times = times_of(workload)
    asked = _asked(workload)
    return sentence("asked.timed", asked=asked, times=times) if times else asked


def times_of(workload: w.Workload) -> str:
    """When a workload runs, as the end of a sentence; nothing where it always does."""
    hours, profile = getattr(workload, "hours", None), getattr(workload, "profile", None)
    told = ""
    if hours is not None:
        told = sentence("asked.hours", hours=ranges_of(hours))
    elif profile is not None:
        told = sentence("asked.profile", least=100 * min(profile))
    low = getattr(workload, "priority", "normal") == "low"
    return sentence("asked.low", times=told) if low else told


def _tuning(workload: w.FineTuning) -> str:
    if workload.tuning == "reinforcement":
        return sentence("asked.reinforcement", answer=workload.answer_tokens or 0, prompt=workload.prompt_tokens or 0)
    return sentence("asked.preference") if workload.tuning == "preference" else ""


def _asked(workload: w.Workload) -> str:
    match workload:
        case w.Inference():
            return _inference(workload)
        case w.Training():
            return sentence(
                "asked.training", model=workload.model, tokens=tokens(workload.tokens),
                precision=workload.precision, within=span(workload.within),
            )  # fmt: skip
        case w.FineTuning():
            return sentence(
                "asked.fine-tuning", model=workload.model, method=workload.method, tuning=_tuning(workload),
                tokens=tokens(workload.tokens), every=span(workload.every), within=span(workload.within),
            )  # fmt: skip
        case w.Embedding():
            return sentence("asked.embedding", model=workload.model, rate=workload.tokens_per_second)
        case w.Batch():
            return sentence(
                "asked.batch", model=workload.model, requests=workload.requests, input=workload.input_tokens,
                output=workload.output_tokens, within=span(workload.within),
            )  # fmt: skip
        case w.Notebooks():
            return sentence(
                "asked.notebooks", users=workload.users, active=workload.active_share,
                each=workload.accelerators_each,
            )  # fmt: skip
        case w.Retrieval():
            return sentence(
                "asked.retrieval", vectors=workload.vectors, dimensions=workload.dimensions, queries=workload.queries
            )
        case w.StorageNeed():
            grows = sentence("asked.grows", share=workload.growth) if workload.growth else ""
            return sentence("asked.storage", capacity=workload.capacity, grows=grows, tier=workload.tier)


def _inference(workload: w.Inference) -> str:
    peak = sentence("asked.peak")
    if workload.arrivals is not None and workload.percentile is not None:
        peak = sentence("asked.minute", percent=workload.percentile * 100, file=workload.arrivals.file)
    return sentence(
        "asked.inference", model=workload.model, precision=workload.precision, requests=workload.peak_requests,
        peak=peak, input=workload.input_tokens, output=workload.output_tokens, first=span(workload.ttft),
        next=span(workload.tpot), redundancy=workload.redundancy,
    )  # fmt: skip
