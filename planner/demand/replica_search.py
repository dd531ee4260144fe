"""Which replica serves a model best on a system: all shapes that fit, the largest batch that keeps the targets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.catalog.models import Attention, CompressedAttention, LatentAttention, Model
from planner.demand.architecture import Geometry, geometry
from planner.demand.flow import mixed_rate
from planner.demand.serving import (
    DECODE_TERMS,
    PREFILL_TERMS,
    Numbers,
    Replica,
    cache_bytes,
    decode_terms,
    prefill_terms,
    weigh,
    weight_bytes,
)
from planner.demand.systems import AcceleratorRates, Precision, SystemRates

USABLE_MEMORY = 0.9  # of the accelerator's memory: the rest is fragmentation and graphs
WORKSPACE_BYTES = 3 * 10**9
DOMAINS = 4  # a replica may span this many scale-up domains,
REPLICA_MOST = 64  # but beyond one domain never more accelerators than this
LENGTH_CV2 = 0.5  # squared coefficient of variation of prompt lengths; an assumption
LONG_PROMPT = 2.0  # the 99th percentile prompt over the mean; an assumption
TAIL = math.log(100.0)  # the 99th percentile of an exponential wait, in means


@dataclass(frozen=True)
class Targets:
    """What one request looks like and how fast it must be answered. None: no target."""

    input_tokens: int
    output_tokens: int
    ttft_s: float | None
    tpot_s: float | None
    prefix_hit: float = 0.0
    speculative_gain: float = 1.0

    @property
    def mean_context(self) -> float:
        """Tokens that a sequence holds, averaged over its decoding."""
        return self.input_tokens + self.output_tokens / 2.0

    @property
    def prefilled(self) -> float:
        """Input tokens that must be computed."""
        return max(1.0, self.input_tokens * (1.0 - self.prefix_hit))


@dataclass(frozen=True)
class Operating:
    """A replica at its best batch: sequences, requests per second, seconds per token and to the first token."""

    replica: Replica
    batch: int
    requests_s: float
    tpot_s: float
    ttft_s: float
    memory_share: float
    at_limit: bool  # the batch is the most that memory and the server take


@dataclass(frozen=True)
class Server:
    """The step times of one model on one system in one number format. `slow` stretches every time (1: as predicted)."""

    model: Model
    system: SystemRates
    numbers: Numbers
    coefficients: dict[str, float]
    slow: float = 1.0

    @property
    def g(self) -> Geometry:
        """The counts of the model."""
        return geometry(self.model)

    def decode_parts(self, replica: Replica, batch: float, context: float) -> tuple[float, ...]:
        """Seconds of each term of a decoding step."""
        terms = decode_terms(
            self.g, self.system.accelerator, self.numbers, replica, batch, context, self.system.scale_up
        )
        c = self.coefficients
        return tuple(self.slow * term * c[f"decode.{name}"] for name, term in zip(DECODE_TERMS, terms, strict=True))

    def prefill_s(self, replica: Replica, tokens: float) -> float:
        """Seconds of work of the whole replica for the prefill of one sequence."""
        terms = prefill_terms(self.g, self.system.accelerator, self.numbers, replica, tokens, self.system.scale_up)
        return self.slow * weigh(terms, PREFILL_TERMS, self.coefficients, "prefill")

    def free_bytes(self, replica: Replica) -> float:
        """Memory left for the cache on each accelerator."""
        memory = self.system.accelerator.memory_bytes or 0
        return USABLE_MEMORY * memory - WORKSPACE_BYTES - weight_bytes(self.g, self.numbers, replica)

    def memory_batch(self, replica: Replica, targets: Targets) -> int:
        """Sequences whose caches fit at mean length, provided one of full length does."""
        free = self.free_bytes(replica)
        full = cache_bytes(self.g, self.numbers, replica, targets.input_tokens + targets.output_tokens)
        if free < full:
            return 0
        mean = cache_bytes(self.g, self.numbers, replica, targets.mean_context)
        cap = int(self.coefficients["group_batch_max"])
        return min(cap, max(1, int(free / mean))) * replica.groups if mean > 0 else cap * replica.groups


def numbers_for(model: Model, precision: Precision, rates: AcceleratorRates, cache: float | None = None) -> Numbers:
    """The number formats of a precision: what has no rate at it computes wider; experts go narrow before the rest."""
    compute = precision
    if rates.flop_s(precision) is None:
        compute = "fp8" if precision == "fp4" and rates.fp8_flop_s is not None else "bf16"
    common: Precision = precision
    if precision == "fp4" and geometry(model).is_moe:
        common = "bf16" if model.native == "fp4" else ("fp8" if model.native == "fp8" else "fp4")
    if cache is None:
        cache = 2.0 if precision == "bf16" or rates.fp8_flop_s is None else 1.0
    return Numbers(precision, compute, cache, common)


def shapes(model: Model, system: SystemRates) -> Iterator[Replica]:
    """Replica shapes of a model on a system: tensor parallel within the scale-up domain, groups for experts."""
    joined = max(system.scale_up, min(8, system.accelerators))
    heads = min(tensor_limit(model), joined)
    largest = max(joined, min(DOMAINS * joined, REPLICA_MOST))
    groups = powers(largest) if geometry(model).is_moe else [1]
    for t in powers(heads):
        for groups_count in groups:
            if t * groups_count <= largest:
                yield Replica(t, groups_count)


def tensor_limit(model: Model) -> int:
    """The most ranks that attention heads can be split over."""
    attention = [b.heads for b in model.blocks if isinstance(b, Attention | LatentAttention | CompressedAttention)]
    return min(attention, default=1)


def powers(limit: int) -> list[int]:
    """1, 2, 4 ... up to the limit."""
    return [2**k for k in range(limit.bit_length()) if 2**k <= limit]


@dataclass(frozen=True)
class StepLine:
    """The decoding step of a replica as a function of its batch: fixed + batch x each + experts read by the batch.

    Every term is a line in the batch, except the experts, of which more are read the more tokens choose.
    """

    replica: Replica
    fixed_s: float
    each_s: float
    experts_s: float  # all experts read
    prefill_s: float
    geometry: Geometry
    batch_most: int  # sequences that memory and the server take

    def decode_s(self, batch: float) -> float:
        """Seconds of a step."""
        return self.fixed_s + self.each_s * batch + self.experts_s * self.geometry.routed_read_share(batch)


def step_line(server: Server, replica: Replica, targets: Targets) -> StepLine:
    """The line of a replica, from the terms at no sequence and at one."""
    place, g = DECODE_TERMS.index("expert_weights"), server.g
    none, one = (server.decode_parts(replica, batch, targets.mean_context) for batch in (0.0, 1.0))
    fixed = sum(none) - none[place]
    each = sum(one) - one[place] - fixed
    experts = one[place] / g.routed_read_share(1.0) if g.is_moe else 0.0
    prefill = server.prefill_s(replica, targets.prefilled)
    return StepLine(replica, fixed, each, experts, prefill, g, server.memory_batch(replica, targets))


def step_lines(server: Server, targets: Targets) -> list[StepLine]:
    """The lines of all replica shapes that hold at least one sequence."""
    held = (shape for shape in shapes(server.model, server.system) if server.memory_batch(shape, targets) >= 1)
    return [step_line(server, shape, targets) for shape in held]


def operate(server: Server, line: StepLine, targets: Targets) -> Operating | None:
    """The replica at the batch and rate that memory and both targets allow; None when even one sequence breaks them.

    One sequence more, with arrivals held below what it could serve so that prompts wait less, is sometimes better
    than the largest batch that meets the first-token target at its own full rate.
    """
    batch = largest_batch(line.batch_most, lambda tried: _meets(line, targets, tried))
    if batch < 1:
        return None
    tpot, ttft, rate = speed(line, targets, batch)
    held = _held_rate(line, targets, batch + 1) if batch < line.batch_most else 0.0
    if held > rate:
        batch, rate = batch + 1, held
        tpot, ttft = speed(line, targets, batch)[0], targets.ttft_s or ttft
    share = _memory_share(server, line.replica, targets, batch)
    return Operating(line.replica, batch, rate, tpot, ttft, share, batch == line.batch_most)


def _held_rate(line: StepLine, targets: Targets, batch: int) -> float:
    """Requests per second at which the first token is just in time at that batch; 0 when a target is out of reach."""
    tpot, _, rate = speed(line, targets, batch)
    if targets.ttft_s is None or (targets.tpot_s is not None and tpot > targets.tpot_s):
        return 0.0
    left = targets.ttft_s - line.decode_s(batch) - LONG_PROMPT * line.prefill_s * line.replica.groups
    if left <= 0.0:
        return 0.0
    waits = 2.0 * left / TAIL
    busy = waits / (line.prefill_s * (1.0 + LENGTH_CV2) + waits)
    return min(rate, busy / line.prefill_s)


def largest_batch(most: int, meets: Callable[[int], bool]) -> int:
    """The largest batch up to `most` that meets a target which only gets harder; 0 when none does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if meets(middle):
            low = middle
        else:
            high = middle - 1
    return low


def speed(line: StepLine, targets: Targets, batch: float) -> tuple[float, float, float]:
    """(seconds per token, seconds to the first token at the 99th percentile, requests per second) at a batch.

    Every step decodes one token per sequence and carries the prefill of the sequences that replace finished ones, so
    a token takes decode + batch / output x prefill. The wait for prefill is that of a single server whose service
    varies as prompt lengths do (Pollaczek-Khinchine), with an exponential tail; the prompt itself is a long one.
    """
    prefill, step = line.prefill_s, line.decode_s(batch)
    rate = mixed_rate(batch, targets.output_tokens / targets.speculative_gain, step, prefill)
    tpot = batch / (rate * targets.output_tokens)
    busy = min(rate * prefill, 0.999)
    wait = busy * prefill * (1.0 + LENGTH_CV2) / (2.0 * (1.0 - busy))
    return tpot, step + LONG_PROMPT * prefill * line.replica.groups + TAIL * wait, rate


def _meets(line: StepLine, targets: Targets, batch: int) -> bool:
    tpot, ttft, _ = speed(line, targets, batch)
    if targets.tpot_s is not None and tpot > targets.tpot_s:
        return False
    return targets.ttft_s is None or ttft <= targets.ttft_s


def _memory_share(server: Server, replica: Replica, targets: Targets, batch: int) -> float:
    usable = USABLE_MEMORY * (server.system.accelerator.memory_bytes or 1)
    cached = batch / replica.groups * cache_bytes(server.g, server.numbers, replica, targets.mean_context)
    return min(1.0, 1.0 - (server.free_bytes(replica) - cached) / usable)


def binding_limit(server: Server, point: Operating, targets: Targets) -> str:
    """What keeps the replica from serving more: latency, memory, or where its time goes (bandwidth, compute)."""
    if not point.at_limit:
        return "latency"
    if point.batch < int(server.coefficients["group_batch_max"]) * point.replica.groups:
        return "memory"
    parts = server.decode_parts(point.replica, point.batch, targets.mean_context)
    named = dict(zip(DECODE_TERMS, parts, strict=True))
    reading = named["weights"] + named["expert_weights"] + named["cache"]
    filling = point.batch / targets.output_tokens * server.prefill_s(point.replica, targets.prefilled)
    return "bandwidth" if reading > filling + sum(parts) - reading else "compute"
