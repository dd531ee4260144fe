"""The time that one accelerator spends per training token, as a sum of physical terms.

Terms are counts over rates, as in `serving`; a prior gives each its coefficient. The pipeline bubble multiplies what
runs inside the pipeline; gradient exchange and the fixed cost of a step are shared by the tokens of the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.demand.architecture import Geometry
from planner.demand.serving import NETWORK_B_S
from planner.demand.systems import AcceleratorRates, Precision

TRAINING_TERMS = (
    "dense_compute",
    "expert_compute",
    "score_compute",
    "elementwise",
    "expert_traffic",
    "state_traffic",
    "dispatch",
    "reduce",
    "launch",
    "expert_launch",
    "exchange",
    "expert_exchange",
    "step",
)
BACKWARD = {"full": 3.0, "lora": 2.0}  # passes over the frozen or trained weights, in units of a forward pass


@dataclass(frozen=True)
class Layout:
    """A parallel layout: accelerators = tensor x pipeline x context x data; experts are spread over `expert` of them.

    `micro_batch` sequences go through the pipeline at once; `virtual` stages per accelerator shrink the bubble.
    """

    tensor: int = 1
    pipeline: int = 1
    context: int = 1
    expert: int = 1
    data: int = 1
    micro_batch: int = 1
    virtual: int = 1

    @property
    def accelerators(self) -> int:
        """Accelerators of the layout."""
        return self.tensor * self.pipeline * self.context * self.data

    @property
    def model_parallel(self) -> int:
        """Accelerators that hold one copy of the model between them."""
        return self.tensor * self.pipeline * self.context

    def bubble(self, sequences: float) -> float:
        """Idle share of the pipeline relative to its work, for a global batch of that many sequences."""
        micro_batches = max(1.0, sequences / (self.data * self.micro_batch))
        return (self.pipeline - 1) / (micro_batches * self.virtual)


def training_terms(
    g: Geometry,
    rates: AcceleratorRates,
    compute: Precision,
    layout: Layout,
    sequence: int,
    sequences: float,
    method: str,
    scale_up: int,
    drafts: int = 0,
) -> tuple[float, ...]:
    """Seconds at full rate per token and accelerator, in the order of TRAINING_TERMS, bubble included.

    `sequences` is the global batch. `drafts` are extra prediction layers trained along. Multiply by the coefficients
    and divide nothing: accelerators / sum = tokens per second.
    """
    bandwidth, peak, bf16 = rates.memory_b_s, rates.flop_s(compute), rates.bf16_flop_s
    if bandwidth is None or peak is None or bf16 is None:
        raise ValueError(f"{rates.id} has no known rate for {compute}")
    passes = BACKWARD[method]
    more = 1.0 + drafts / max(g.layers, 1)
    link = rates.scale_up_b_s or NETWORK_B_S
    per_accelerator = sequence * sequences / layout.accelerators  # tokens of a step
    own_micro = layout.micro_batch * sequence / (layout.tensor * layout.context)
    ranks = layout.accelerators
    exchange_link = link if ranks <= scale_up else NETWORK_B_S
    own = (g.common + g.embedding) / (layout.tensor * layout.pipeline) if method == "full" else 0.0
    copies = ranks / (layout.pipeline * layout.expert)
    own_experts = g.routed / (layout.pipeline * layout.expert) if method == "full" and copies > 1 else 0.0
    work = 1.0 + layout.bubble(sequences)
    return (
        passes * 2.0 * (g.common * more + drafts * g.head) / peak * work,
        passes * 2.0 * g.routed_active * more / peak * work,
        passes * g.score_flops(sequence) / sequence / bf16 * work,
        g.layers * g.width * 2.0 * 60.0 / bandwidth * work,
        g.expert_layers * g.active_experts * (g.expert_width + g.expert_hidden) * 2.0 * 10.0 / bandwidth * work,
        g.state_width * 2.0 * 20.0 / bandwidth * work,
        _dispatch_s(g, layout.expert, scale_up, link) * work,
        0.0
        if layout.tensor == 1
        else 8.0 * g.layers * g.width * 2.0 * (layout.tensor - 1) / layout.tensor / link * work,
        g.layers / own_micro / layout.model_parallel * layout.tensor * layout.context * work,
        g.expert_layers / own_micro / layout.model_parallel * layout.tensor * layout.context * work,
        own * 6.0 / exchange_link / per_accelerator,
        own_experts * 6.0 / exchange_link / per_accelerator,
        1.0 / per_accelerator,
    )


def _dispatch_s(g: Geometry, expert: int, scale_up: int, link: float) -> float:
    """Seconds per token to send it to its experts and back, forward and backward.

    Beyond the scale-up domain a token crosses the network once for each other domain that holds a chosen expert.
    """
    if expert == 1:
        return 0.0
    copy_bytes = g.expert_layers * g.expert_width * 6.0
    domains = max(1.0, expert / scale_up)
    far = domains * (1.0 - (1.0 - 1.0 / domains) ** g.active_experts) * (1.0 - 1.0 / domains) if domains > 1 else 0.0
    return copy_bytes * (g.active_experts / link + far / NETWORK_B_S)


def weigh_training(terms: tuple[float, ...], coefficients: Mapping[str, float], number_format: str) -> float:
    """Seconds per token and accelerator. The matrix terms have one coefficient per number format."""
    total = 0.0
    for name, term in zip(TRAINING_TERMS, terms, strict=True):
        key = f"{name}.{number_format}" if name in ("dense_compute", "expert_compute") else name
        total += term * coefficients[key]
    return total
