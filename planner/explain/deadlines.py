"""The nearest deadline of a job that the site meets, where the job's own is too near."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from planner.explain.case import Case, WayOut
from planner.explain.limits import DEMANDS, value_of
from planner.explain.trial import Tried
from planner.request.schema import Request
from planner.request.workload import Workload
from planner.sizing.limits import WORKLOAD, Limit, Relaxation
from planner.sizing.model import feasible
from planner.sizing.prepare import prepare
from planner.wording import sentence

HOUR, DAY = 3_600, 86_400
LATEST = 64  # times the deadline as it is: what takes longer is another job
CLOSE = 1.04  # times the least that counts meet: where the search ends
MOST_STEPS = 4  # of this size, for what packing and networks ask besides counts


def deadlines_moved(case: Case, workloads: Sequence[str], conflict: Sequence[Limit] = ()) -> Iterator[WayOut]:
    """For each of these jobs the nearest deadline that makes the request possible, with the plan that meets it."""
    guess: float | None = None
    for number, workload in enumerate(case.question.request.workloads):
        within: float | None = getattr(workload, "within", None)
        if workload.id not in workloads or within is None or not case.possible_without(Limit(WORKLOAD, workload.id)):
            continue
        guess = guess or _shortage(case, conflict)
        seconds = _nearest_by_counts(case, workload.id, within, guess)
        for step in range(MOST_STEPS if seconds is not None else 0):
            asked = rounded_s((seconds or 0.0) * CLOSE**step)
            tried = case.tried_or_grown(case.trial.ask(_within(case, workload.id, asked), case.question))
            if isinstance(tried, Tried):
                times = {"before": time_words(within), "after": time_words(asked)}
                text = sentence("change.deadline", workload=workload.id, **times)
                line = case.line(("workloads", number, "within"))
                share = round(asked / within - 1, 6)
                yield WayOut(f"deadline:{workload.id}", text, line, None, plan=tried.outcome, share=share)
                break


def _nearest_by_counts(case: Case, workload: str, within: float, guess: float) -> float | None:
    """The least time in s that counts meet, `CLOSE` to it from above; None: not `LATEST` times the deadline either."""

    def enough(seconds: float) -> bool:
        question = case.trial.ask(_within(case, workload, seconds), case.question)
        data = prepare(question, wide=True).data
        return all(w.places for w in data.workloads) and feasible(data, Relaxation())

    low, high, step = within, guess * within, CLOSE
    while not enough(high):
        if high >= LATEST * within:
            return None
        low, high, step = high, high * step, step * step
    step = CLOSE
    while low < high / CLOSE and enough(max(low, high / step)):
        high, step = max(low, high / step), step * step
    low = max(low, high / step)
    while high > CLOSE * low * (1 + 1e-9):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _shortage(case: Case, conflict: Sequence[Limit]) -> float:
    """How many times as long a job would take on what the site has: what it asks of the limits in conflict over what
    they give. A first guess: other workloads ask too, and networks grow in steps."""
    found = [CLOSE]
    for limit in conflict:
        now = value_of(limit, case.data) if limit.kind not in DEMANDS else None
        missing = case.missing(limit) if now else None
        if now and missing:
            found.append((now + missing) / now)
    return min(found[1:] or [2.0])


def _within(case: Case, workload: str, seconds: float) -> Request:
    """The request with another deadline, on the systems that are an option: others need no estimate."""
    request, options = case.question.request, _options(case)
    changed = tuple(
        w.model_copy(update={"within": float(seconds), "systems": tuple(n for n in options if _may_use(w, n))})
        if w.id == workload
        else w
        for w in request.workloads
    )
    return request.model_copy(update={"workloads": changed})


def _options(case: Case) -> list[str]:
    return sorted({hall.items[option.item].product for hall in case.data.halls for option in hall.systems})


def _may_use(workload: Workload, system: str) -> bool:
    return workload.systems is None or system in workload.systems


def rounded_s(seconds: float) -> int:
    """A time that a person would write: up to a tenth of a day from two days on, of an hour below."""
    part = DAY // 10 if seconds >= 2 * DAY else HOUR // 10
    return math.ceil(seconds / part) * part


def time_words(seconds: float) -> str:
    """A time in days, or in hours below two days."""
    long = seconds >= 2 * DAY
    return sentence("amount.days" if long else "amount.hours", value=seconds / (DAY if long else HOUR))
