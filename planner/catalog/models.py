"""Model architectures (`model/v1`): layers as data, from which parameters, FLOPs and cache sizes follow.

A model is a stack of blocks. Each block states its own kind and how many layers hold it; a transformer layer is one
attention block and one feed-forward block. Nothing derived (parameters, FLOPs per token) is stored, except the
parameter count that the maker prints, which the computed one is checked against.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from planner.catalog.facts import Confidence, Strict
from planner.catalog.files import catalog_roots, files_in, read_all
from planner.catalog.schema import ProductId
from planner.document import nearest
from planner.errors import InputError, Problem

Positive = Annotated[int, Field(ge=1, le=10**9)]  # above any model; beyond it lie slips of the pen


class _Block(Strict):
    layers: Positive = Field(description="Layers that hold this block.")


class Attention(_Block):
    """Multi-head or grouped-query attention. `window` limits how far back it looks; `chunk` is a blocked window."""

    kind: Literal["attention"] = Field(description="Multi-head or grouped-query attention.")
    heads: Positive = Field(description="Query heads.")
    kv_heads: Positive = Field(description="Key-value heads; they divide the query heads.")
    head_dim: Positive = Field(description="Width of a head.")
    value_dim: Positive | None = Field(default=None, description="Width of a value, where it differs from head_dim.")
    window_tokens: Positive | None = Field(default=None, description="How far back it looks; left out: to the start.")
    gated: bool = Field(default=False, description="An output gate as wide as the query.")

    @model_validator(mode="after")
    def _heads_divide(self) -> Attention:
        if self.heads % self.kv_heads:
            raise ValueError(f"kv_heads that divide the {self.heads} heads")
        return self


class LatentAttention(_Block):
    """Multi-head latent attention (MLA). With `select_tokens`, an indexer picks that many past tokens (sparse)."""

    kind: Literal["latent-attention"] = Field(description="Multi-head latent attention (MLA).")
    heads: Positive = Field(description="Query heads.")
    query_rank: Positive = Field(description="Rank of the queries.")
    kv_rank: Positive = Field(description="Rank of keys and values: what the cache holds.")
    nope_dim: Positive = Field(description="Width of a head without position.")
    rope_dim: Positive = Field(description="Width of a head with position.")
    value_dim: Positive = Field(description="Width of a value.")
    select_tokens: Positive | None = Field(
        default=None, description="Past tokens that an indexer picks; left out: all."
    )
    index_heads: Positive | None = Field(default=None, description="Heads of the indexer.")
    index_dim: Positive | None = Field(default=None, description="Width of a head of the indexer.")


class CompressedAttention(_Block):
    """One shared key-value head over a window and over blocks of `ratio` tokens pressed into one entry."""

    kind: Literal["compressed-attention"] = Field(
        description="One shared key-value head over a window and over pressed blocks of tokens."
    )
    heads: Positive = Field(description="Query heads.")
    head_dim: Positive = Field(description="Width of a head.")
    query_rank: Positive = Field(description="Rank of the queries.")
    output_groups: Positive = Field(description="Groups of the output projection.")
    output_rank: Positive = Field(description="Rank of each group.")
    window_tokens: Positive = Field(description="How far back it looks token by token.")
    ratio: Positive | None = Field(
        default=None, description="Tokens pressed into one entry; left out: the window alone."
    )
    select_tokens: Positive | None = Field(default=None, description="Entries that are picked; left out: all.")


class LinearAttention(_Block):
    """Gated linear attention (delta rule): a state of fixed size instead of a growing cache."""

    kind: Literal["linear-attention"] = Field(
        description="Gated linear attention: a state of fixed size instead of a growing cache."
    )
    key_heads: Positive = Field(description="Key heads.")
    value_heads: Positive = Field(description="Value heads.")
    key_dim: Positive = Field(description="Width of a key.")
    value_dim: Positive = Field(description="Width of a value.")


class StateSpace(_Block):
    """A Mamba-2 block."""

    kind: Literal["state-space"] = Field(description="A Mamba-2 block.")
    heads: Positive = Field(description="Heads.")
    head_dim: Positive = Field(description="Width of a head.")
    groups: Positive = Field(description="Groups that share their projections.")
    state: Positive = Field(description="Size of the state.")


class FeedForward(_Block):
    """A dense feed-forward block; `gated` has three matrices, otherwise two."""

    kind: Literal["feed-forward"] = Field(description="A dense feed-forward block.")
    hidden: Positive = Field(description="Hidden width.")
    gated: bool = Field(default=True, description="Three matrices; otherwise two.")


class Experts(_Block):
    """A mixture of experts: `active` of `experts` per token, and a shared part that every token uses."""

    kind: Literal["experts"] = Field(description="A mixture of experts.")
    experts: Positive = Field(description="Routed experts.")
    active: Positive = Field(description="Routed experts that one token uses.")
    hidden: Positive = Field(description="Hidden width of one expert.")
    shared_hidden: int = Field(default=0, ge=0, description="Hidden width of the part that every token uses.")
    gated: bool = Field(default=True, description="Three matrices; otherwise two.")
    latent_width: Positive | None = Field(
        default=None, description="Narrower width that experts work in; left out: the model's."
    )

    @model_validator(mode="after")
    def _active_exist(self) -> Experts:
        if self.active > self.experts:
            raise ValueError(f"at most {self.experts} active experts")
        return self


Block = Annotated[
    Attention | LatentAttention | CompressedAttention | LinearAttention | StateSpace | FeedForward | Experts,
    Field(discriminator="kind"),
]


class Printed(Strict):
    """Parameters as the maker prints them, in billions: a check on the blocks, never used to size."""

    total_b: float = Field(gt=0, description="Billions of parameters.")
    active_b: float | None = Field(default=None, gt=0, description="Billions of parameters that one token uses.")


class Model(Strict):
    """One architecture. `context_tokens` is the longest sequence its maker allows."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["model/v1"] = Field(alias="schema", description="The form of this document.")
    id: ProductId = Field(description="Names the model.")
    name: str = Field(min_length=1, max_length=120, description="What people call it.")
    vendor: str = Field(min_length=1, description="Who made it.")
    source: str = Field(min_length=1, description="Where the architecture is published.")
    as_of: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="The day it was read.")
    confidence: Confidence = Field(default="vendor", description="How far the source can be trusted.")
    aliases: tuple[str, ...] = Field(default=(), description="Other names that a workload may use.")
    notes: tuple[str, ...] = Field(default=(), description="Remarks.")
    width: Positive = Field(description="Width of the residual stream.")
    vocabulary: Positive = Field(description="Entries of the vocabulary.")
    tied_embeddings: bool = Field(default=False, description="Input and output embeddings are one matrix.")
    context_tokens: Positive = Field(description="Longest sequence that its maker allows.")
    role: Literal["generate", "embed"] = Field(default="generate", description="Whether it writes text or embeds it.")
    native: Literal["fp4", "fp8", "bf16"] = Field(
        default="bf16", description="Narrowest format that its maker ships the weights in."
    )
    drafts: int = Field(default=0, ge=0, description="Next-token prediction layers shipped with the weights.")
    printed: Printed | None = Field(
        default=None, description="Parameters as the maker prints them: a check on the blocks, never used to size."
    )
    blocks: tuple[Block, ...] = Field(min_length=1, description="The blocks that make up the model.")


class Models:
    """The models of a catalog by id or alias."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._by_id: dict[str, Model] = {}
        self._by_name: dict[str, Model] = {}
        for model in models:
            if model.id in self._by_id:
                continue  # a folder given earlier wins
            self._by_id[model.id] = model
            for name in (model.id, *model.aliases):
                self._by_name.setdefault(name.casefold(), model)

    def __iter__(self) -> Iterator[Model]:
        return iter(sorted(self._by_id.values(), key=lambda model: model.id))

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids, sorted."""
        return tuple(sorted(self._by_id))

    def get(self, name: str, where: str = "model") -> Model:
        """The model of that id or alias.

        Raises:
            InputError: none has it; names the nearest.
        """
        found = self._by_name.get(name.casefold())
        if found is None:
            raise InputError(
                Problem("input", 0, 0, where, f'the unknown model "{name}"', "a model of the catalog or a config.json",
                        nearest(name.casefold(), sorted(self._by_name)))
            )  # fmt: skip
        return found


def load_models(extra: Sequence[Path] = ()) -> Models:
    """All models of the catalog; the user's folders first.

    Raises:
        InputError: a file is wrong, or two files of one folder state one id.
    """
    roots = catalog_roots(extra)
    for root in roots:
        _refuse_twins(root)
    return Models([model for _, model in read_all(roots, "models", Model)])


def _refuse_twins(root: Path) -> None:
    seen: dict[str, Path] = {}
    for path in files_in(root, "models"):
        if path.stem in seen:
            raise InputError(
                Problem(str(path), 0, 0, "id", f'"{path.stem}" a second time', f"one file; see {seen[path.stem]}")
            )
        seen[path.stem] = path
