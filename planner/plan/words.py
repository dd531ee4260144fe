"""A workload in one sentence, as the request states it."""

from __future__ import annotations

from planner.quantity import show
from planner.request import workload as w
from planner.request.times import ranges_of

DAY_S = 86_400


def span(seconds: float) -> str:
    """A time for people: the largest unit of which it is one or more."""
    for unit, length in (("days", DAY_S), ("hours", 3600), ("minutes", 60)):
        if seconds >= length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"


def tokens(count: float) -> str:
    """A number of tokens for people."""
    for step, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if count >= step:
            return f"{count / step:g} {name} tokens"
    return f"{count:g} tokens"


def summary_of(workload: w.Workload) -> str:
    """What is asked of a workload, and when."""
    return _asked(workload) + times_of(workload)


def times_of(workload: w.Workload) -> str:
    """When a workload runs, as the end of a sentence; nothing where it always does."""
    hours, profile = getattr(workload, "hours", None), getattr(workload, "profile", None)
    told = ""
    if hours is not None:
        told = f", from {' and '.join(ranges_of(hours))} h"
    elif profile is not None:
        told = f", by a daily profile down to {100 * min(profile):g} % of the peak"
    low = getattr(workload, "priority", "normal") == "low"
    return f"{told}, taking what is left" if low else told


def _tuning(workload: w.FineTuning) -> str:
    if workload.tuning == "reinforcement":
        return (
            f", by reinforcement on its own answers of {workload.answer_tokens:,} tokens to prompts of "
            f"{workload.prompt_tokens:,}"
        )
    return ", on preferences" if workload.tuning == "preference" else ""


def _asked(workload: w.Workload) -> str:
    match workload:
        case w.Inference():
            peak = "at peak"
            if workload.arrivals is not None and workload.percentile is not None:
                peak = f"in the {workload.percentile * 100:g} % minute of {workload.arrivals.file}"
            return (
                f"{workload.model}, {workload.precision}: {workload.peak_requests:g} requests/s {peak}, "
                f"{workload.input_tokens:,} tokens in and {workload.output_tokens:,} out, first token within "
                f"{span(workload.ttft)}, then one every {span(workload.tpot)}, {workload.redundancy}"
            )
        case w.Training():
            return f"{workload.model}: {tokens(workload.tokens)} in {workload.precision} within {span(workload.within)}"
        case w.FineTuning():
            return (
                f"{workload.model}, {workload.method}{_tuning(workload)}: {tokens(workload.tokens)} every "
                f"{span(workload.every)}, done within {span(workload.within)}"
            )
        case w.Embedding():
            return f"{workload.model}: {workload.tokens_per_second:,.0f} tokens/s"
        case w.Batch():
            return (
                f"{workload.model}: {workload.requests:,} requests of {workload.input_tokens:,} tokens in and "
                f"{workload.output_tokens:,} out within {span(workload.within)}"
            )
        case w.Notebooks():
            return f"{workload.users} people, {workload.active_share:.0%} active, {workload.accelerators_each:g} each"
        case w.Retrieval():
            return f"{workload.vectors:,} vectors of {workload.dimensions}, {workload.queries:g} queries/s"
        case w.StorageNeed():
            grows = f", growing {workload.growth:.0%} a year" if workload.growth else ""
            return f"{show(workload.capacity, 'B')}{grows}, {workload.tier} tier"
