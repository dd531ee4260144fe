"""Which parallel layout trains a model with the fewest accelerators by a deadline."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from planner.catalog.models import Model
from planner.demand.architecture import Geometry, geometry
from planner.demand.goodput import Goodput, Reliability, goodput
from planner.demand.replica_search import powers, tensor_limit
from planner.demand.systems import Precision, SystemRates
from planner.demand.training_memory import fits, memory
from planner.demand.training_time import Layout, training_terms, weigh_training

TOKENS_PER_STEP_MIN = 1024  # per accelerator: below, nothing was measured
RECOMPUTE = 4.0 / 3.0  # a second forward pass: four passes in place of three


@dataclass(frozen=True)
class Work:
    """What is to be trained, on which system, with which coefficients. `slow` stretches the time per token.

    `known` are the layouts looked at before, whatever `slow` and the deadline were.
    """

    model: Model
    system: SystemRates
    precision: Precision
    number_format: str
    method: str
    tokens: float
    within_s: float
    sequence: int
    batch_tokens: float
    coefficients: dict[str, float]
    reliability: Reliability
    extra_passes: float = 1.0  # 4/3 for full preference tuning: one more forward pass of a frozen reference
    reference: bool = False  # a frozen copy of the model is kept beside the trained one
    rollout_s: float = 0.0  # of one accelerator, to write what one token of training needs
    slow: float = 1.0
    spread_days: int = 0  # whole days over which the work may be done at any hour; 0: all at once
    known: dict[tuple[Layout, float, bool], _Choice | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def g(self) -> Geometry:
        """The counts of the model."""
        return geometry(self.model)

    @property
    def sequences(self) -> float:
        """Sequences in a global batch."""
        return max(1.0, self.batch_tokens / self.sequence)

    @property
    def trained(self) -> float:
        """Parameters in a checkpoint."""
        return self.g.total * (0.01 if self.method == "lora" else 1.0)


@dataclass(frozen=True)
class Plan:
    """A layout that fits, with the memory choices that make it fit and the speed it gives."""

    layout: Layout
    sharded: bool
    recompute: bool
    seconds_per_token: float  # of one accelerator, without lost time
    goodput: Goodput
    memory_bytes: float

    @property
    def accelerators(self) -> int:
        """Accelerators of the layout."""
        return self.layout.accelerators

    def seconds(self, tokens: float) -> float:
        """Wall time of that many tokens, lost time included."""
        return tokens * self.seconds_per_token / (self.accelerators * self.goodput.share)


@dataclass(frozen=True)
class _Choice:
    """The cheapest memory choices that fit a layout, whatever stretches the time per token."""

    sharded: bool
    recompute: bool
    memory_bytes: float
    weighed: float  # seconds of one accelerator per token, before what stretches it
    goodput: Goodput


def seconds_per_token(work: Work, layout: Layout, recompute: bool) -> float:
    """Seconds of one accelerator per token."""
    return _stretched(work, _weighed(work, layout), recompute)


def _stretched(work: Work, weighed: float, recompute: bool) -> float:
    again = RECOMPUTE if recompute else 1.0
    return work.slow * again * work.extra_passes * weighed + work.rollout_s


def _weighed(work: Work, layout: Layout) -> float:
    terms = training_terms(
        work.g,
        work.system.accelerator,
        work.precision,
        layout,
        work.sequence,
        work.sequences,
        work.method,
        work.system.scale_up,
        work.model.drafts if work.method == "full" else 0,
    )
    return weigh_training(terms, work.coefficients, work.number_format)


def shapes(work: Work) -> Iterator[Layout]:
    """Layouts without their data parallelism: tensor in the scale-up domain, then pipeline, context, experts."""
    g, system = work.g, work.system
    joined = max(system.scale_up, min(8, system.accelerators))
    contexts = [1] if work.sequence <= 16384 else powers(min(16, work.sequence // 8192))
    for tensor in powers(min(8, joined, tensor_limit(work.model))):
        for pipeline in powers(min(16, g.layers)):
            for context in contexts:
                for expert in powers(min(g.experts, 64)) if g.is_moe else [1]:
                    virtual = 1 if pipeline == 1 else max(1, min(4, g.layers // pipeline))
                    yield Layout(tensor, pipeline, context, expert, 1, 1, virtual)


def data_range(work: Work, shape: Layout) -> tuple[int, int]:
    """(least, most) data parallelism: experts need ranks to live on; a rank needs a sequence and enough tokens."""
    least = max(1, math.ceil(shape.expert / (shape.tensor * shape.context)))
    by_batch = int(work.sequences)
    by_tokens = int(work.batch_tokens / (TOKENS_PER_STEP_MIN * shape.model_parallel))
    return least, max(0, min(by_batch, by_tokens))


def settle(work: Work, shape: Layout, data: int) -> Plan | None:
    """The layout at that data parallelism with the cheapest memory choices that fit; None when none does."""
    layout = replace(shape, data=data)
    key = (layout, work.sequences, work.reference)
    if key not in work.known:
        work.known[key] = _choice(work, layout)
    found = work.known[key]
    if found is None:
        return None
    seconds = _stretched(work, found.weighed, found.recompute)
    return Plan(layout, found.sharded, found.recompute, seconds, found.goodput, found.memory_bytes)


def _choice(work: Work, layout: Layout) -> _Choice | None:
    """The cheapest memory choices that fit; None when none does."""
    limit = work.system.accelerator.memory_bytes or 0
    for recompute in (False, True):
        for sharded in (False, True):
            if sharded and (layout.pipeline > 1 or layout.data == 1):
                continue
            need = memory(work.g, layout, work.sequence, work.method, sharded, recompute, work.reference)
            if fits(need, limit):
                good = goodput(work.reliability, work.trained, layout.accelerators)
                return _Choice(sharded, recompute, need.total, _weighed(work, layout), good)
    return None


def smallest(work: Work, shape: Layout, accelerators_most: int | None = None) -> Plan | None:
    """The least data parallelism of a shape that fits and meets the deadline; None when none does.

    More ranks never slow the whole down within the range, so the least is found by halving.
    """
    least, most = data_range(work, shape)
    if accelerators_most is not None:
        most = min(most, accelerators_most // shape.model_parallel)
    if most < least:
        return None
    last = settle(work, shape, most)
    if last is None or last.seconds(work.tokens) > work.within_s:
        return None
    low, high, found = least, most, last
    while low < high:
        middle = (low + high) // 2
        plan = settle(work, shape, middle)
        if plan is not None and plan.seconds(work.tokens) <= work.within_s:
            high, found = middle, plan
        else:
            low = middle + 1
    return found


def cheapest(work: Work) -> Plan | None:
    """The layout with the fewest accelerators that meets the deadline; the fastest of equals.

    A shape is only searched below the best count so far: it must already meet the deadline with that many.
    """
    best: Plan | None = None
    for shape in shapes(work):
        plan = smallest(work, shape, best.accelerators if best else None)
        if plan is not None and (best is None or _order(plan) < _order(best)):
            best = plan
    return best


def fastest(work: Work) -> Plan | None:
    """The layout that finishes first, whatever it takes: what to name when no count meets the deadline."""
    plans = []
    for shape in shapes(work):
        least, most = data_range(work, shape)
        plan = settle(work, shape, most) if most >= least else None
        if plan is not None:
            plans.append(plan)
    return min(plans, key=lambda plan: (plan.seconds(1.0), _order(plan)), default=None)


def _order(plan: Plan) -> tuple[float, ...]:
    lay = plan.layout
    return (plan.accelerators, plan.seconds_per_token, lay.tensor, lay.pipeline, lay.context, lay.expert)
