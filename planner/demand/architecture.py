"""What follows from an architecture: parameters, FLOPs per token, cache and state sizes. All exact counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from planner.catalog.models import (
    Attention,
    CompressedAttention,
    Experts,
    FeedForward,
    LatentAttention,
    LinearAttention,
    Model,
    StateSpace,
)

Mixer = Attention | LatentAttention | CompressedAttention | LinearAttention | StateSpace


@dataclass(frozen=True)
class Cache:
    """What the layers of one block keep per sequence.

    `elements` are cache numbers per past token over all layers of the block, kept for at most `limit` tokens (0: no
    limit). `shards` is how many tensor-parallel ranks can split it. `state` are numbers of fixed size per sequence.
    """

    elements: float
    limit: int
    shards: int
    state: int = 0


@dataclass(frozen=True)
class Scores:
    """Attention scores of one block: multiply-adds per (token, visible token) pair over all layers.

    `limit` is the most tokens a token sees (0: all before it); `ratio` presses the visible tokens together.
    `decode_macs` counts the same in decoding where the form differs (latent attention works on the cache itself).
    """

    macs: float
    limit: int
    decode_macs: float


@dataclass(frozen=True)
class Geometry:
    """The counts that sizing needs. Parameters are numbers, not bytes."""

    width: int
    vocabulary: int
    layers: int  # mixers: attention, linear attention, state space
    context_tokens: int
    embedding: int  # the input table
    head: int  # the output matrix (also when it is tied to the input table)
    tied: bool
    mixer: int  # all mixer weights
    dense: int  # dense feed-forward weights
    shared: int  # shared experts, latent projections and routers
    routed: int  # routed experts, all of them
    routed_active: int  # routed experts one token uses
    expert_layers: int
    experts: int  # of the largest expert block; 0: a dense model
    active_experts: int
    expert_hidden: int
    expert_width: int
    state_width: int  # inner width of state-space and linear-attention layers, summed over them
    caches: tuple[Cache, ...]
    scores: tuple[Scores, ...]

    @property
    def total(self) -> int:
        """All parameters."""
        table = 0 if self.tied else self.embedding
        return table + self.head + self.mixer + self.dense + self.shared + self.routed

    @property
    def active(self) -> int:
        """Parameters that work on each token: without the input table and the experts not chosen."""
        return self.head + self.mixer + self.dense + self.shared + self.routed_active

    @property
    def common(self) -> int:
        """Parameters every token uses, without the input table."""
        return self.head + self.mixer + self.dense + self.shared

    @property
    def is_moe(self) -> bool:
        """Has experts."""
        return self.experts > 0

    def cached_elements(self, tokens: float) -> float:
        """Cache numbers of one sequence of that many tokens, fixed states included."""
        return sum(c.elements * (min(tokens, c.limit) if c.limit else tokens) + c.state for c in self.caches)

    def rank_elements(self, tokens: float, tensor: int) -> float:
        """Cache numbers that one tensor-parallel rank holds of one sequence (heads that do not split are copied)."""
        held = 0.0
        for c in self.caches:
            kept = c.elements * (min(tokens, c.limit) if c.limit else tokens) + c.state
            held += kept / min(tensor, c.shards)
        return held

    def score_flops(self, tokens: float) -> float:
        """FLOPs of the scores of one forward pass over a whole causal sequence."""
        flops = 0.0
        for s in self.scores:
            seen = (tokens + 1) / 2 if not s.limit else _mean_seen(tokens, s.limit)
            flops += 2.0 * s.macs * seen * tokens
        return flops

    def decode_score_flops(self, context: float) -> float:
        """FLOPs of the scores of one new token after `context` tokens."""
        return sum(2.0 * s.decode_macs * (min(context, s.limit) if s.limit else context) for s in self.scores)

    def forward_flops_per_token(self, tokens: float) -> float:
        """FLOPs per token of a forward pass over sequences of that length."""
        return 2.0 * self.active + self.score_flops(tokens) / max(tokens, 1.0)

    def training_flops_per_token(self, tokens: float) -> float:
        """FLOPs per token forward and backward: 6 per active parameter and causal scores (Kaplan et al. 2020)."""
        return 3.0 * self.forward_flops_per_token(tokens)

    def routed_read_share(self, tokens: float) -> float:
        """Share of the routed experts that at least one of `tokens` tokens uses, choices independent and even."""
        if not self.experts:
            return 0.0
        if self.active_experts == self.experts:
            return 1.0
        return 1.0 - math.exp(tokens * math.log1p(-self.active_experts / self.experts))


def _mean_seen(tokens: float, limit: int) -> float:
    if tokens <= limit:
        return (tokens + 1) / 2
    return (limit * (limit + 1) / 2 + (tokens - limit) * limit) / tokens


@lru_cache(maxsize=256)
def geometry(model: Model) -> Geometry:
    """The counts of a model."""
    mixers = [b for b in model.blocks if isinstance(b, Mixer)]
    feeds = [b for b in model.blocks if isinstance(b, FeedForward)]
    experts = [b for b in model.blocks if isinstance(b, Experts)]
    largest = max(experts, key=lambda b: b.layers * b.experts * b.hidden, default=None)
    width = model.width
    return Geometry(
        width=width,
        vocabulary=model.vocabulary,
        layers=sum(b.layers for b in mixers),
        context_tokens=model.context_tokens,
        embedding=model.vocabulary * width,
        head=model.vocabulary * width,
        tied=model.tied_embeddings,
        mixer=sum(b.layers * _mixer_parameters(b, width) for b in mixers),
        dense=sum(b.layers * (3 if b.gated else 2) * width * b.hidden for b in feeds),
        shared=sum(b.layers * _shared_parameters(b, width) for b in experts),
        routed=sum(b.layers * b.experts * _expert_parameters(b, width) for b in experts),
        routed_active=sum(b.layers * b.active * _expert_parameters(b, width) for b in experts),
        expert_layers=sum(b.layers for b in experts),
        experts=largest.experts if largest else 0,
        active_experts=largest.active if largest else 0,
        expert_hidden=largest.hidden if largest else 0,
        expert_width=(largest.latent_width or width) if largest else 0,
        state_width=sum(b.layers * _state_width(b) for b in mixers),
        caches=tuple(_cache(b) for b in mixers),
        scores=tuple(_scores(b) for b in mixers),
    )


def _state_width(block: Mixer) -> int:
    if isinstance(block, StateSpace):
        return block.heads * block.head_dim
    return block.value_heads * block.value_dim if isinstance(block, LinearAttention) else 0


def _expert_parameters(block: Experts, width: int) -> int:
    return (3 if block.gated else 2) * (block.latent_width or width) * block.hidden


def _shared_parameters(block: Experts, width: int) -> int:
    shared = (3 if block.gated else 2) * width * block.shared_hidden
    latent = 2 * width * block.latent_width if block.latent_width else 0
    return shared + latent + width * block.experts


def _mixer_parameters(block: Mixer, width: int) -> int:
    if isinstance(block, Attention):
        value = block.value_dim or block.head_dim
        query = block.heads * block.head_dim * (2 if block.gated else 1)
        return width * (query + block.kv_heads * (block.head_dim + value) + block.heads * value)
    if isinstance(block, LatentAttention):
        return _latent_parameters(block, width)
    if isinstance(block, CompressedAttention):
        out = block.heads * block.head_dim * block.output_rank + block.output_groups * block.output_rank * width
        query = block.query_rank * (width + block.heads * block.head_dim)
        return query + width * block.head_dim * (3 if block.ratio else 1) + out
    if isinstance(block, LinearAttention):
        keys, values = block.key_heads * block.key_dim, block.value_heads * block.value_dim
        return width * (2 * keys + 2 * values + 2 * block.value_heads) + values * width
    inner = block.heads * block.head_dim
    return width * (2 * inner + 2 * block.groups * block.state + block.heads) + inner * width


def _latent_parameters(block: LatentAttention, width: int) -> int:
    query = block.query_rank * (width + block.heads * (block.nope_dim + block.rope_dim))
    down = width * (block.kv_rank + block.rope_dim)
    up = block.kv_rank * block.heads * (block.nope_dim + block.value_dim)
    index = 0
    if block.index_heads and block.index_dim:
        index = block.index_dim * (block.query_rank * block.index_heads + width) + width * block.index_heads
    return query + down + up + block.heads * block.value_dim * width + index


def _cache(block: Mixer) -> Cache:
    n = block.layers
    if isinstance(block, Attention):
        per_token = n * block.kv_heads * (block.head_dim + (block.value_dim or block.head_dim))
        return Cache(per_token, block.window_tokens or 0, block.kv_heads)
    if isinstance(block, LatentAttention):
        return Cache(n * (block.kv_rank + block.rope_dim + (block.index_dim or 0)), 0, 1)
    if isinstance(block, CompressedAttention):
        window = n * block.head_dim * block.window_tokens
        return Cache(n * block.head_dim / block.ratio if block.ratio else 0.0, 0, 1, window)
    if isinstance(block, LinearAttention):
        return Cache(0.0, 0, block.value_heads, n * block.value_heads * block.key_dim * block.value_dim)
    return Cache(0.0, 0, block.heads, n * block.heads * block.head_dim * block.state)


def _scores(block: Mixer) -> Scores:
    n = block.layers
    if isinstance(block, Attention):
        macs = n * block.heads * (block.head_dim + (block.value_dim or block.head_dim))
        return Scores(macs, block.window_tokens or 0, macs)
    if isinstance(block, LatentAttention):
        macs = n * block.heads * (block.nope_dim + block.rope_dim + block.value_dim)
        return Scores(macs, block.select_tokens or 0, n * block.heads * (2 * block.kv_rank + block.rope_dim))
    if isinstance(block, CompressedAttention):
        pair = 2 * n * block.heads * block.head_dim
        return Scores(pair, block.window_tokens + (block.select_tokens or block.ratio or 0), pair)
    if isinstance(block, LinearAttention):
        return _fixed(2.0 * n * block.value_heads * block.key_dim * block.value_dim)
    return _fixed(2.0 * n * block.heads * block.head_dim * block.state)


def _fixed(macs: float) -> Scores:
    """A state of fixed size: each token works on it once, however long the sequence."""
    return Scores(macs, 1, macs)
