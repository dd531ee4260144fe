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
    layers: Positive


class Attention(_Block):
    """Multi-head or grouped-query attention. `window` limits how far back it looks; `chunk` is a blocked window."""

    kind: Literal["attention"]
    heads: Positive
    kv_heads: Positive
    head_dim: Positive
    value_dim: Positive | None = None  # where it differs from head_dim
    window_tokens: Positive | None = None
    gated: bool = False  # an output gate as wide as the query

    @model_validator(mode="after")
    def _heads_divide(self) -> Attention:
        if self.heads % self.kv_heads:
            raise ValueError(f"kv_heads that divide the {self.heads} heads")
        return self


class LatentAttention(_Block):
    """Multi-head latent attention (MLA). With `select_tokens`, an indexer picks that many past tokens (sparse)."""

    kind: Literal["latent-attention"]
    heads: Positive
    query_rank: Positive
    kv_rank: Positive
    nope_dim: Positive
    rope_dim: Positive
    value_dim: Positive
    select_tokens: Positive | None = None
    index_heads: Positive | None = None
    index_dim: Positive | None = None


class CompressedAttention(_Block):
    """One shared key-value head over a window and over blocks of `ratio` tokens pressed into one entry."""

    kind: Literal["compressed-attention"]
    heads: Positive
    head_dim: Positive
    query_rank: Positive
    output_groups: Positive
    output_rank: Positive
    window_tokens: Positive
    ratio: Positive | None = None  # none: the window alone
    select_tokens: Positive | None = None


class LinearAttention(_Block):
    """Gated linear attention (delta rule): a state of fixed size instead of a growing cache."""

    kind: Literal["linear-attention"]
    key_heads: Positive
    value_heads: Positive
    key_dim: Positive
    value_dim: Positive


class StateSpace(_Block):
    """A Mamba-2 block."""

    kind: Literal["state-space"]
    heads: Positive
    head_dim: Positive
    groups: Positive
    state: Positive


class FeedForward(_Block):
    """A dense feed-forward block; `gated` has three matrices, otherwise two."""

    kind: Literal["feed-forward"]
    hidden: Positive
    gated: bool = True


class Experts(_Block):
    """A mixture of experts: `active` of `experts` per token, and a shared part that every token uses."""

    kind: Literal["experts"]
    experts: Positive
    active: Positive
    hidden: Positive
    shared_hidden: int = Field(default=0, ge=0)
    gated: bool = True
    latent_width: Positive | None = None  # experts work in a narrower width, with one projection down and up

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

    total_b: float = Field(gt=0)
    active_b: float | None = Field(default=None, gt=0)


class Model(Strict):
    """One architecture. `context_tokens` is the longest sequence its maker allows."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["model/v1"] = Field(alias="schema")
    id: ProductId
    name: str = Field(min_length=1, max_length=120)
    vendor: str = Field(min_length=1)
    source: str = Field(min_length=1)
    as_of: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    confidence: Confidence = "vendor"
    aliases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    width: Positive
    vocabulary: Positive
    tied_embeddings: bool = False
    context_tokens: Positive
    role: Literal["generate", "embed"] = "generate"
    native: Literal["fp4", "fp8", "bf16"] = "bf16"  # the narrowest format its maker ships the weights in
    drafts: int = Field(default=0, ge=0)  # next-token prediction layers shipped with the weights
    printed: Printed | None = None
    blocks: tuple[Block, ...] = Field(min_length=1)


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
