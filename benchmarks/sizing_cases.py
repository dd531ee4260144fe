"""One row of published measurements as a case that the planner's own estimator predicts."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.demand.flow import mixed_rate, split_rate
from planner.demand.replica_search import Server, StepLine, Targets, operate, step_lines
from planner.demand.serving import DECODE_TERMS, PREFILL_TERMS
from planner.demand.split import split_pools
from planner.demand.training_time import weigh_training

Values = Mapping[str, float]
MAY_SPLIT = "may_split"  # the software of the row serves prefill and decoding from pools of their own
MOST_TOKENS_S = 50_000.0  # of one accelerator: no row comes near it
SPLIT_STEPS = 24  # of halving: to a ten-millionth of the range
GROUP_BATCH_MAX = 2048.0  # sequences on one attention rank: what servers are configured for at most


class Unpredictable(Exception):  # noqa: N818 - a reason, not a fault
    """The row says too little; the message says what is missing."""


def base_model(name: str) -> str:
    """Rows of one architecture under different names, left out together."""
    same = {"deepseek-r1": "deepseek-v3", "llama-3.3-70b": "llama-3.1-70b", "llama-3-70b": "llama-3.1-70b"}
    same |= {"llama2-70b": "llama-2-70b", "llama-2-70b-lora": "llama-2-70b", "gpt-oss-20b": "gpt-oss"}
    same |= {"gpt-oss-120b": "gpt-oss", "kimi-k2": "kimi-k2.5", "llama3.1-405b": "llama-3.1-405b"}
    same |= {"llama3.1-8b": "llama-3.1-8b"}
    return same.get(name, name)


@dataclass(frozen=True)
class Case(ABC):
    """One row. `features` switch the named factors of a prior on (software stack, split serving ...)."""

    id: str
    family: str
    task: str  # inference, training, fine-tuning
    model: str
    catalog_model: str
    group: str
    measured: float
    moe: bool
    vendor_class: str
    features: tuple[str, ...]

    @abstractmethod
    def predict(self, values: Values) -> float:
        """The predicted value, in the unit of the row."""

    def throughput_error(self, values: Values) -> float:
        """Log of measured over predicted throughput: above 0 when reality is faster."""
        return math.log(self.measured / self.predict(values))

    def factor(self, values: Values) -> float:
        """The factor on throughput of the features that hold."""
        names = (*self.features, f"model.{self.catalog_model}")
        return math.exp(sum(values.get(f"factor.{name}", 0.0) for name in names))


@dataclass(frozen=True)
class Serving(Case):
    """Output tokens per second and accelerator at a stated load."""

    decode: tuple[float, ...] = ()
    prefill: tuple[float, ...] = ()
    batch: float = 0.0
    output: float = 0.0
    accelerators: int = 1
    concurrency: float = 0.0
    prefill_workers: float = 0.0  # 0: one pool

    def predict(self, values: Values) -> float:
        """Tokens per second and accelerator."""
        step = sum(t * values[f"decode.{n}"] for n, t in zip(DECODE_TERMS, self.decode, strict=True))
        fill = sum(t * values[f"prefill.{n}"] for n, t in zip(PREFILL_TERMS, self.prefill, strict=True))
        if self.prefill_workers:
            rate = split_rate(self.concurrency, self.output, step, fill, self.prefill_workers)
        else:
            rate = mixed_rate(self.batch, self.output, step, fill)
        return rate * self.output / self.accelerators * self.factor(values)


@dataclass(frozen=True)
class Searched(Case):
    """Tokens per second and accelerator where the row leaves the layout open: the best the planner's search finds.

    A limit on the 99th percentile of the token time holds at a mean below it: `tail` of the round's software is the
    one over the other. Where the row names software that splits pools, prefill and decoding may have their own.
    """

    server: Server | None = None
    targets: Targets | None = None
    accelerators: int = 1
    metric: str = "throughput"

    def predict(self, values: Values) -> float:
        """Tokens per second and accelerator of the best replica shape."""
        tails = [values.get(f"tail.{name}", 1.0) for name in self.features]
        return self.predictions(values, [max(tails, default=1.0)])[0]

    def predictions(self, values: Values, tails: Sequence[float]) -> list[float]:
        """The prediction at each of several tails."""
        assert self.server is not None and self.targets is not None
        server = replace(self.server, coefficients={"group_batch_max": GROUP_BATCH_MAX, **values})
        lines = [x for x in step_lines(server, self.targets) if x.replica.accelerators <= self.accelerators]
        found = []
        for tail in tails:
            limit = self.targets.tpot_s
            wanted = replace(self.targets, tpot_s=None if limit is None else limit / tail)
            best = max(self._in_one_pool(server, lines, wanted), self._in_split_pools(server, lines, wanted))
            if best == 0.0:
                raise Unpredictable("no replica meets the latency limits")
            found.append(best * self.factor(values))
        return found

    def _in_one_pool(self, server: Server, lines: Sequence[StepLine], targets: Targets) -> float:
        points = [operate(server, line, targets) for line in lines]
        rates = [p.requests_s / p.replica.accelerators for p in points if p is not None]
        return targets.output_tokens * max(rates, default=0.0)

    def _in_split_pools(self, server: Server, lines: Sequence[StepLine], targets: Targets) -> float:
        """The most that both pools carry on the accelerators of the row, by halving; 0 where they may not be split."""
        if MAY_SPLIT not in self.features or targets.tpot_s is None:
            return 0.0
        low, high = 0.0, MOST_TOKENS_S * self.accelerators / targets.output_tokens
        for _ in range(SPLIT_STEPS):
            middle = (low + high) / 2.0
            pools = split_pools(server, lines, targets, middle, 0)
            low, high = (middle, high) if pools and pools.accelerators <= self.accelerators else (low, middle)
        return low * targets.output_tokens / self.accelerators


@dataclass(frozen=True)
class TokenTime(Case):
    """Milliseconds per output token of one sequence."""

    decode: tuple[float, ...] = ()

    def predict(self, values: Values) -> float:
        """Milliseconds per token."""
        step = sum(t * values[f"decode.{n}"] for n, t in zip(DECODE_TERMS, self.decode, strict=True))
        return step * 1000.0 / self.factor(values)

    def throughput_error(self, values: Values) -> float:
        """A shorter time is a higher throughput."""
        return -super().throughput_error(values)


@dataclass(frozen=True)
class Ratio(Case):
    """One case over another on other hardware."""

    above: Case | None = None
    below: Case | None = None

    def predict(self, values: Values) -> float:
        """The ratio of the two predictions."""
        assert self.above is not None and self.below is not None
        return self.above.predict(values) / self.below.predict(values)


@dataclass(frozen=True)
class Trained(Case):
    """Tokens per second and accelerator of training; `scale` and `inverse` turn it into the unit of the row."""

    terms: tuple[float, ...] = ()
    number_format: str = "bf16"
    headroom: float = 0.0
    scale: float = 1.0
    inverse: bool = False

    def predict(self, values: Values) -> float:
        """The value in the unit of the row."""
        rate = self.factor(values) * math.exp(values.get("factor.power", 0.0) * self.headroom)
        rate /= weigh_training(self.terms, values, self.number_format)
        return self.scale / rate if self.inverse else self.scale * rate

    def throughput_error(self, values: Values) -> float:
        """Log of measured over predicted throughput."""
        return -super().throughput_error(values) if self.inverse else super().throughput_error(values)
