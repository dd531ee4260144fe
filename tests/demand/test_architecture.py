from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.sizing_rows import TRUTH, read_rows
from planner.catalog.hub_config import read_hub_config
from planner.catalog.models import Models
from planner.demand.architecture import geometry
from planner.errors import InputError


def test_computed_parameters_are_those_the_maker_prints(models: Models) -> None:
    for name in models.ids:
        model = models.get(name)
        if model.printed is None:
            continue
        g = geometry(model)
        # names round: "1B" is 1.24, "7B" is 7.6; above 10 B they are within a tenth
        slack = 0.25 if model.printed.total_b < 10 else 0.1
        assert g.total / 1e9 == pytest.approx(model.printed.total_b, rel=slack), name
        if model.printed.active_b:
            assert g.active / 1e9 == pytest.approx(model.printed.active_b, rel=0.12), name


@pytest.mark.parametrize(
    ("name", "elements"), [("llama-3.1-70b", 163_840), ("qwen3-235b-a22b", 96_256), ("deepseek-v3", 35_136)]
)
def test_cache_grows_by_the_published_elements_per_token(models: Models, name: str, elements: int) -> None:
    g = geometry(models.get(name))
    assert g.cached_elements(5001) - g.cached_elements(5000) == elements


def test_windowed_layers_stop_growing(models: Models) -> None:
    g = geometry(models.get("gpt-oss-120b"))
    assert g.cached_elements(101) - g.cached_elements(100) == 36_864  # all 36 layers
    assert g.cached_elements(5001) - g.cached_elements(5000) == 18_432  # the 18 that see everything


def test_flops_per_token_match_the_vendor_count(models: Models) -> None:
    errors: dict[str, list[float]] = {"llama": [], "all": []}
    for row in read_rows(TRUTH):
        if not row["family"].startswith("train_mbridge"):
            continue
        model = models.get(row["model"])
        own = geometry(model).training_flops_per_token(row["conditions"]["seq_len"])
        own *= 2 / 3 if row["task"] == "lora" else 1.0
        error = abs(own / (row["also"]["model_tflops_per_gpu"] * 1e12 / row["value"]) - 1.0)
        errors["all"].append(error)
        if row["model"].startswith("llama") and row["task"] != "lora":
            errors["llama"].append(error)
    assert max(errors["llama"]) < 0.01
    assert sorted(errors["all"])[len(errors["all"]) // 2] < 0.04
    assert max(errors["all"]) < 0.21  # the vendor changed its own count of gpt-oss between releases by that much


def test_a_single_token_reads_its_experts_and_many_read_all(models: Models) -> None:
    g = geometry(models.get("deepseek-v3"))
    assert g.routed_read_share(1) == pytest.approx(8 / 256)
    assert 0.99 < g.routed_read_share(1000) <= 1.0
    assert geometry(models.get("llama-3.1-8b")).routed_read_share(5) == 0.0


HUB = {
    "model_type": "llama",
    "hidden_size": 8192,
    "intermediate_size": 28672,
    "num_hidden_layers": 80,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
}


def test_a_hub_configuration_gives_the_counts_of_the_catalog_model(tmp_path: Path, models: Models) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(HUB))
    read, known = geometry(read_hub_config(path)), geometry(models.get("llama-3.1-70b"))
    assert (read.total, read.active, read.cached_elements(900)) == (
        known.total,
        known.active,
        known.cached_elements(900),
    )


@pytest.mark.parametrize("missing", ["hidden_size", "num_attention_heads", "vocab_size"])
def test_a_hub_configuration_without_a_needed_key_is_refused_by_name(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({k: v for k, v in HUB.items() if k != missing}))
    with pytest.raises(InputError, match=f'no "{missing}"'):
        read_hub_config(path)


def test_an_unknown_model_names_the_nearest(models: Models) -> None:
    with pytest.raises(InputError, match=r"llama-3\.1-70b"):
        models.get("lama-3.1-70b")
