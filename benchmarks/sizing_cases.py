"""One row of published measurements as a case that the planner's own estimator predicts."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.demand.flow import mixed_rate, split_rate
from planner.demand.replica_search import Server, Targets, operate, step_lines
from planner.demand.serving import DECODE_TERMS, PREFILL_TERMS
from planner.demand.training_time import weigh_training

Values = Mapping[str, float]
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
    """Tokens per second and accelerator where the row leaves the layout open: the best the planner's search finds."""

    server: Server | None = None
    targets: Targets | None = None
    accelerators: int = 1
    metric: str = "throughput"

    def predict(self, values: Values) -> float:
        """Tokens per second and accelerator of the best replica shape."""
        assert self.server is not None and self.targets is not None
        server = replace(self.server, coefficients={"group_batch_max": GROUP_BATCH_MAX, **values})
        best = 0.0
        for line in step_lines(server, self.targets):
            if line.replica.accelerators <= self.accelerators:
                point = operate(server, line, self.targets)
                if point is not None:
                    best = max(best, point.requests_s * self.targets.output_tokens / line.replica.accelerators)
        if best == 0.0:
            raise Unpredictable("no replica meets the latency limits")
        return best * self.factor(values)


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
