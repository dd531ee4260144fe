"""A model from a `config.json` in the usual hub form: grouped-query, latent, sliding and linear attention, experts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner import document
from planner.catalog.models import Model
from planner.errors import InputError, Problem

Config = dict[str, Any]


def read_hub_config(path: Path, as_of: str = "1970-01-01") -> Model:
    """The architecture that a hub configuration describes. Its id is made of the file's name or `_name_or_path`.

    Raises:
        InputError: unreadable, or a key is missing that the architecture cannot be read without.
    """
    found = document.load(path, "model configuration")
    if not isinstance(found.data, dict):
        raise InputError(found.problem((), "no keys and values", "a config.json"))
    config: Config = found.data.get("text_config", found.data)
    name = _name(found.data, path)
    try:
        data = _model_data(config, name, str(path), as_of)
        return Model.model_validate(data)
    except KeyError as error:
        key = str(error.args[0])
        raise InputError(
            Problem(str(path), 1, 1, key, f'no "{key}"', "a configuration that states it", "see catalogs/models")
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = document.dotted(tuple(first["loc"]))
        raise InputError(
            Problem(str(path), 1, 1, place, str(first.get("input")), str(first["msg"]), "see catalogs/models")
        ) from None
    except (TypeError, ValueError, AttributeError, ZeroDivisionError):
        odd = "a value of another kind than the usual one"
        raise InputError(Problem(str(path), 1, 1, "", odd, "a config.json", "see catalogs/models")) from None


def _name(data: Config, path: Path) -> str:
    raw = str(data.get("_name_or_path") or data.get("model_type") or "")
    if path.stem != "config":
        raw = path.stem.removesuffix("_config")
    word = re.sub(r"[^a-z0-9.]+", "-", raw.split("/")[-1].split("--")[-1].lower()).strip("-.")
    return word or "model"


def _model_data(config: Config, name: str, source: str, as_of: str) -> Config:
    return {
        "schema": "model/v1",
        "id": name[:80],
        "name": name[:120],
        "vendor": "unknown",
        "source": source,
        "as_of": as_of,
        "width": config["hidden_size"],
        "vocabulary": config["vocab_size"],
        "tied_embeddings": bool(config.get("tie_word_embeddings", False)),
        "context_tokens": config["max_position_embeddings"],
        "drafts": config.get("num_nextn_predict_layers") or 0,
        "blocks": [*_mixers(config), *_feeds(config)],
    }


def _mixers(config: Config) -> list[Config]:
    if "hybrid_override_pattern" in config:
        return _hybrid_mixers(config)
    layers = config["num_hidden_layers"]
    if config.get("kv_lora_rank"):
        return [_latent(config, layers)]
    kinds = Counter(config.get("layer_types") or {"full_attention": layers})
    blocks = []
    for kind, count in sorted(kinds.items()):
        if kind == "linear_attention":
            blocks.append(_linear(config, count))
        else:
            window = config.get("sliding_window") if kind == "sliding_attention" else None
            blocks.append(_attention(config, count, window))
    return blocks


def _attention(config: Config, layers: int, window: int | None) -> Config:
    heads = config["num_attention_heads"]
    block: Config = {
        "kind": "attention",
        "layers": layers,
        "heads": heads,
        "kv_heads": config.get("num_key_value_heads") or heads,
        "head_dim": config.get("head_dim") or config.get("attention_head_dim") or config["hidden_size"] // heads,
        "gated": bool(config.get("attn_output_gate", False)),
    }
    return block | ({"window_tokens": window} if window else {})


def _latent(config: Config, layers: int) -> Config:
    block: Config = {
        "kind": "latent-attention",
        "layers": layers,
        "heads": config["num_attention_heads"],
        "query_rank": config["q_lora_rank"],
        "kv_rank": config["kv_lora_rank"],
        "nope_dim": config["qk_nope_head_dim"],
        "rope_dim": config["qk_rope_head_dim"],
        "value_dim": config["v_head_dim"],
    }
    if config.get("index_topk"):
        block |= {
            "select_tokens": config["index_topk"],
            "index_heads": config["index_n_heads"],
            "index_dim": config["index_head_dim"],
        }
    return block


def _linear(config: Config, layers: int) -> Config:
    return {
        "kind": "linear-attention",
        "layers": layers,
        "key_heads": config["linear_num_key_heads"],
        "value_heads": config["linear_num_value_heads"],
        "key_dim": config["linear_key_head_dim"],
        "value_dim": config["linear_value_head_dim"],
    }


def _hybrid_mixers(config: Config) -> list[Config]:
    pattern: Counter[str] = Counter(config["hybrid_override_pattern"])
    blocks = [_attention(config, pattern["*"], None)] if pattern["*"] else []
    if pattern["M"]:
        blocks.append(
            {
                "kind": "state-space",
                "layers": pattern["M"],
                "heads": config["mamba_num_heads"],
                "head_dim": config["mamba_head_dim"],
                "groups": config["n_groups"],
                "state": config["ssm_state_size"],
            }
        )
    return blocks


def _feeds(config: Config) -> list[Config]:
    if "hybrid_override_pattern" in config:
        pattern: Counter[str] = Counter(config["hybrid_override_pattern"])
        dense, sparse = pattern["-"], pattern["E"]
    else:
        layers = config["num_hidden_layers"]
        dense, sparse = _dense_layers(config, layers)
    gated = config.get("mlp_hidden_act") != "relu2"
    blocks: list[Config] = []
    if dense:
        hidden = config.get("intermediate_size_mlp") or config["intermediate_size"]
        blocks.append({"kind": "feed-forward", "layers": dense, "hidden": hidden, "gated": gated})
    if sparse:
        blocks.append(_experts(config, sparse, gated))
    return blocks


def _count(config: Config, *names: str) -> int | None:
    for name in names:
        if config.get(name):
            return int(config[name])
    return None


def _dense_layers(config: Config, layers: int) -> tuple[int, int]:
    if not _count(config, "n_routed_experts", "num_local_experts", "num_experts"):
        return layers, 0
    if config.get("interleave_moe_layer_step"):
        sparse = layers // int(config["interleave_moe_layer_step"])
        return layers - sparse, sparse
    first = int(config.get("first_k_dense_replace") or 0)
    return first, layers - first


def _experts(config: Config, layers: int, gated: bool) -> Config:
    hidden = _count(config, "moe_intermediate_size", "intermediate_size")
    if hidden is None:
        raise KeyError("moe_intermediate_size")
    active = _count(config, "num_experts_per_tok", "experts_per_token", "top_k_experts")
    if active is None:
        raise KeyError("num_experts_per_tok")
    shared = _count(config, "moe_shared_expert_intermediate_size", "shared_expert_intermediate_size")
    if shared is None:
        shared = int(config.get("n_shared_experts") or 0) * hidden
    block: Config = {
        "kind": "experts",
        "layers": layers,
        "experts": _count(config, "n_routed_experts", "num_local_experts", "num_experts"),
        "active": active,
        "hidden": hidden,
        "shared_hidden": shared,
        "gated": gated,
    }
    return block | ({"latent_width": config["moe_latent_size"]} if config.get("moe_latent_size") else {})
