"""Which inputs move a count most: each changed on its own, up and down, and the workload sized again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from planner.demand.results import AcceleratorNeed
from planner.demand.workloads import (
    BatchInference,
    EmbeddingService,
    FineTuneJob,
    InferenceService,
    Notebooks,
    TrainingJob,
)

STEPS = (1.2, 2.0)  # each input is multiplied and divided by the first at which any moves the count
Job = TypeVar("Job", InferenceService, TrainingJob, FineTuneJob, BatchInference, EmbeddingService, Notebooks)

INPUTS: dict[type, tuple[str, ...]] = {
    InferenceService: ("peak_requests_s", "input_tokens", "output_tokens", "ttft_s", "tpot_s"),
    TrainingJob: ("tokens", "within_s", "sequence", "global_batch_tokens"),
    FineTuneJob: ("tokens", "within_s", "sequence", "global_batch_tokens"),
    BatchInference: ("requests", "input_tokens", "output_tokens", "within_s"),
    EmbeddingService: ("tokens_per_second", "tokens_each"),
    Notebooks: ("users", "accelerators_each", "memory_bytes_each"),
}


@dataclass(frozen=True)
class Sensitivity:
    """The count when one input is `factor` times larger, and that much smaller; None: not feasible then."""

    input: str
    factor: float
    base: int
    larger: int | None
    smaller: int | None

    @property
    def swing(self) -> int:
        """Accelerators between the two; an end that is not feasible counts as if the count doubled."""
        ends = [2 * self.base if count is None else count for count in (self.larger, self.smaller)]
        return max(*ends, self.base) - min(*ends, self.base)


def sensitivities(job: Job, size: Callable[[Job], AcceleratorNeed], most: int = 3) -> tuple[Sensitivity, ...]:
    """The inputs that move the count most, largest swing first; none when the job itself is not feasible.

    Inputs that do not move it are left out.

    `size` is a sizing function with everything but the job filled in.
    """
    base = size(job)
    if not base.feasible:
        return ()
    for step in STEPS:
        found = [_vary(job, name, step, base.accelerators, size) for name in _present(job)]
        moving = [s for s in found if s.swing > 0]
        if moving:
            return tuple(sorted(moving, key=lambda s: (-s.swing, s.input))[:most])
    return ()


def _present(job: Job) -> Iterable[str]:
    return [name for name in INPUTS[type(job)] if getattr(job, name)]


def _vary(job: Job, name: str, step: float, base: int, size: Callable[[Job], AcceleratorNeed]) -> Sensitivity:
    ends = []
    for factor in (step, 1.0 / step):
        value = getattr(job, name)
        changed = max(1, round(value * factor)) if isinstance(value, int) else value * factor
        change: dict[str, Any] = {name: changed}
        need = size(replace(job, **change))
        ends.append(need.accelerators if need.feasible else None)
    return Sensitivity(name, step, base, ends[0], ends[1])
