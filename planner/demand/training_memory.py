"""Memory per accelerator of a training layout: model states, activations, workspace."""

from __future__ import annotations

from dataclasses import dataclass

from planner.demand.architecture import Geometry
from planner.demand.training_time import Layout

WORKSPACE_BYTES = 6 * 10**9  # buffers of libraries and communication; an assumption
USABLE = 0.9  # of the accelerator's memory
STATE_BYTES = 4.0  # bf16 weights and gradients, per parameter
OPTIMISER_BYTES = 12.0  # fp32 master and two moments (ZeRO, Rajbhandari et al. 2020)
ACTIVATION_BYTES = 34.0  # per token and width of a layer, without the score matrix (Korthikanti et al. 2022)
CHECKPOINTED_BYTES = 2.0  # what full recomputation keeps: the input of the layer
FROZEN_BYTES = 2.0  # a weight that is only read
ADAPTER_SHARE = 0.01  # trained share of the parameters of a low-rank adapter; an assumption


@dataclass(frozen=True)
class Memory:
    """Bytes on the fullest accelerator."""

    states: float
    activations: float

    @property
    def total(self) -> float:
        """All of it, workspace included."""
        return self.states + self.activations + WORKSPACE_BYTES


def state_bytes(g: Geometry, layout: Layout, method: str, sharded: bool) -> float:
    """Weights, gradients and optimiser. The optimiser is always split over data ranks; `sharded` splits the rest too.

    Adapters train a hundredth of the parameters; the frozen weights stay in bf16.
    """
    table = 0 if g.tied else g.embedding
    common = (g.common + table) / (layout.tensor * layout.pipeline)
    routed = g.routed / (layout.pipeline * layout.expert)
    copies = max(1.0, layout.accelerators / (layout.pipeline * layout.expert))
    if method == "lora":
        held = 2.0 + ADAPTER_SHARE * (STATE_BYTES + OPTIMISER_BYTES)
        whole = held * (common + routed)
        return whole / layout.data if sharded else whole
    ranks = layout.data * layout.context
    optimiser = OPTIMISER_BYTES * (common / ranks + routed / copies)
    if sharded:
        return STATE_BYTES * (common / ranks + routed / copies) + optimiser
    return STATE_BYTES * (common + routed) + optimiser


def activation_bytes(g: Geometry, layout: Layout, sequence: int, recompute: bool) -> float:
    """Activations of the micro-batches in flight on the first pipeline stage, which holds the most of them."""
    tokens = layout.micro_batch * sequence / (layout.tensor * layout.context)
    per_layer = ACTIVATION_BYTES * g.width
    if g.is_moe:
        per_layer += 6.0 * g.active_experts * (g.expert_width + g.expert_hidden)
    logits = 4.0 * tokens * g.vocabulary / layout.pipeline
    if recompute:
        return tokens * (g.layers * CHECKPOINTED_BYTES * g.width + per_layer) + logits
    return tokens * g.layers * per_layer + logits


def reference_bytes(g: Geometry, layout: Layout, sharded: bool) -> float:
    """A frozen copy of the weights in bf16, split as the trained ones are."""
    table = 0 if g.tied else g.embedding
    common = (g.common + table) / (layout.tensor * layout.pipeline)
    routed = g.routed / (layout.pipeline * layout.expert)
    if sharded:
        copies = max(1.0, layout.accelerators / (layout.pipeline * layout.expert))
        return FROZEN_BYTES * (common / (layout.data * layout.context) + routed / copies)
    return FROZEN_BYTES * (common + routed)


def memory(
    g: Geometry, layout: Layout, sequence: int, method: str, sharded: bool, recompute: bool, reference: bool = False
) -> Memory:
    """The memory of one layout on its fullest accelerator."""
    states = state_bytes(g, layout, method, sharded) + (reference_bytes(g, layout, sharded) if reference else 0.0)
    return Memory(states, activation_bytes(g, layout, sequence, recompute))


def fits(need: Memory, memory_bytes: int) -> bool:
    """True when the layout fits."""
    return need.total <= USABLE * memory_bytes
