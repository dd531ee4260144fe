"""The time of one decoding step and of one prefill on a replica, as a sum of physical terms.

Each term is a count over a rate: bytes over memory bandwidth, FLOPs over peak, layers, sequences. A prior gives each
term its coefficient (the inverse of an efficiency, or a latency in seconds). Terms are added: kernels of one layer
run one after the other, and a sum fits published measurements better than a maximum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.demand.architecture import Geometry
from planner.demand.systems import AcceleratorRates, Precision

# Bytes per weight, block scales included: NVFP4 holds 4 bits and one 8-bit scale per 16, MXFP4 one per 32.
WEIGHT_BYTES: dict[Precision, float] = {"fp4": 0.5625, "fp8": 1.0, "bf16": 2.0}
NETWORK_B_S = 50e9  # 400 Gb/s per accelerator: the scale-out link where the catalog system does not say more
DECODE_TERMS = (
    "weights",
    "expert_weights",
    "cache",
    "dense_compute",
    "expert_compute",
    "score_compute",
    "layer",
    "join",
    "expert_layer",
    "reduce",
    "dispatch",
    "sequence",
    "step",
)
PREFILL_TERMS = ("dense_compute", "expert_compute", "score_compute", "elementwise", "reduce", "dispatch", "layer")


@dataclass(frozen=True)
class Replica:
    """How the accelerators of one replica share the work.

    `tensor` accelerators split each attention layer; `groups` such sets work on different sequences (attention data
    parallelism), and all of them share the experts.
    """

    tensor: int
    groups: int = 1

    @property
    def accelerators(self) -> int:
        """Accelerators of the replica."""
        return self.tensor * self.groups


@dataclass(frozen=True)
class Numbers:
    """Number formats: of the weights as stored, of the multiplications, and of the cache."""

    weights: Precision
    compute: Precision
    cache_bytes: float
    common_weights: Precision  # what is outside the experts: checkpoints often keep it wider

    @property
    def weight_bytes(self) -> float:
        """Bytes per expert weight."""
        return WEIGHT_BYTES[self.weights]


def weight_bytes(g: Geometry, numbers: Numbers, replica: Replica) -> float:
    """Bytes of weights on each accelerator of the replica."""
    table = 0 if g.tied else g.embedding
    common = (g.common - g.head) * WEIGHT_BYTES[numbers.common_weights] + (g.head + table) * 2.0
    return common / replica.tensor + g.routed * numbers.weight_bytes / replica.accelerators


def cache_bytes(g: Geometry, numbers: Numbers, replica: Replica, tokens: float) -> float:
    """Cache bytes of one sequence of that length on each accelerator of its group."""
    return g.rank_elements(tokens, replica.tensor) * numbers.cache_bytes


def decode_terms(
    g: Geometry,
    rates: AcceleratorRates,
    numbers: Numbers,
    replica: Replica,
    batch: float,
    context: float,
    scale_up: int = 72,
) -> tuple[float, ...]:
    """The raw terms of one decoding step of `batch` sequences in the replica, in the order of DECODE_TERMS.

    Beyond `scale_up` accelerators the experts are reached over the network.
    """
    n, t = replica.accelerators, replica.tensor
    own = batch / replica.groups
    bandwidth, peak, bf16 = _rates(rates, numbers)
    common = (g.common - g.head) * WEIGHT_BYTES[numbers.common_weights] + g.head * 2.0
    routed = g.routed * numbers.weight_bytes * g.routed_read_share(batch) / n
    link = _link(rates)
    far = link if n <= scale_up else min(link, NETWORK_B_S)
    return (
        common / t / bandwidth,
        routed / bandwidth,
        own * g.rank_elements(context, t) * numbers.cache_bytes / bandwidth,
        2.0 * g.common * own / t / peak,
        2.0 * g.routed_active * batch / n / peak,
        g.decode_score_flops(context) * own / t / bf16,
        float(g.layers),
        float(g.layers) if n > 1 else 0.0,
        float(g.expert_layers),
        0.0 if t == 1 else 2.0 * g.layers * own * g.width * 2.0 * 2.0 * (t - 1) / t / link,
        0.0 if n == 1 else g.expert_layers * (batch / n) * g.active_experts * g.expert_width * 3.0 / far,
        own,
        1.0,
    )


def prefill_terms(
    g: Geometry,
    rates: AcceleratorRates,
    numbers: Numbers,
    replica: Replica,
    tokens: float,
    scale_up: int = 72,
) -> tuple[float, ...]:
    """The raw terms of the prefill of one sequence on the whole replica, in the order of PREFILL_TERMS."""
    n, t = replica.accelerators, replica.tensor
    bandwidth, peak, bf16 = _rates(rates, numbers)
    link = _link(rates) if n <= scale_up else min(_link(rates), NETWORK_B_S)
    dispatch = 0.0 if n == 1 else g.expert_layers * tokens / n * g.active_experts * g.expert_width * 3.0 / link
    return (
        2.0 * (g.common - g.head) * tokens / n / peak,
        2.0 * g.routed_active * tokens / n / peak,
        g.score_flops(tokens) / n / bf16,
        g.layers * tokens * g.width * 2.0 * 20.0 / n / bandwidth,
        2.0 * g.layers * tokens * g.width * 2.0 * 2.0 * (t - 1) / t / replica.groups / _link(rates),
        dispatch,
        float(g.layers) / replica.groups,
    )


def _rates(rates: AcceleratorRates, numbers: Numbers) -> tuple[float, float, float]:
    bandwidth, peak, bf16 = rates.memory_b_s, rates.flop_s(numbers.compute), rates.bf16_flop_s
    if bandwidth is None or peak is None or bf16 is None:
        raise ValueError(f"{rates.id} has no known rate for {numbers.compute}")
    return bandwidth, peak, bf16


def _link(rates: AcceleratorRates) -> float:
    return rates.scale_up_b_s or NETWORK_B_S


def weigh(terms: tuple[float, ...], names: tuple[str, ...], coefficients: Mapping[str, float], part: str) -> float:
    """The sum of terms times their coefficients (`decode.weights`, `prefill.layer` ...), in seconds."""
    return sum(term * coefficients[f"{part}.{name}"] for name, term in zip(names, terms, strict=True))
