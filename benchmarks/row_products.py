"""What rows of published measurements name: models, systems and number formats of the catalog."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from benchmarks.sizing_cases import Unpredictable, base_model
from planner.catalog.files import catalog_roots, read_all
from planner.catalog.models import Model, Models, load_models
from planner.catalog.schema import Accelerator
from planner.demand.architecture import geometry
from planner.demand.replica_search import numbers_for
from planner.demand.serving import Numbers
from planner.demand.systems import AcceleratorRates, Precision, SystemRates, rates_of
from planner.errors import InputError

Row = dict[str, Any]

DOMAIN = {"gb200": 72, "gb300": 72, "trn2": 64, "trn3": 144}  # others: 8
INSTALLED = {"gb200": 72, "gb300": 72, "trn2": 64, "trn3": 144}

SAME_FORMAT: dict[str, Precision] = {
    "fp4": "fp4",
    "nvfp4": "fp4",
    "mxfp4": "fp4",
    "fp8": "fp8",
    "mxfp8": "fp8",
}


class Products:
    """The catalog's models and accelerators by the names that rows use."""

    def __init__(self, models: Models | None = None) -> None:
        self.models = models or load_models()
        found = {p.id: rates_of(p) for _, p in read_all(catalog_roots(), "accelerator", Accelerator)}
        names = {"h100": "nvidia-h100-sxm", "h200": "nvidia-h200-sxm", "trn2": "aws-trainium2", "trn3": "aws-trainium3"}
        names |= {name: f"nvidia-{name}" for name in ("b200", "b300", "gb200", "gb300")}
        self.rates = {name: found[id_] for name, id_ in names.items()}
        # the export version of the H100: the same chip with NVLink at 400 GB/s both ways
        self.rates["h800"] = replace(self.rates["h100"], id="h800", scale_up_b_s=200e9)

    def system(self, name: str) -> SystemRates:
        """The system of a row."""
        if name not in self.rates:
            raise Unpredictable(f'the system "{name}" is not in the catalog')
        return SystemRates(name, self.rates[name], INSTALLED.get(name, 8), DOMAIN.get(name, 8))

    def model(self, row: Row) -> Model:
        """The model of a row; "gpt ~2B" and the like are plain transformers of the usual proportions."""
        name = str(row["model"])
        size = re.match(r"gpt .*?(\d+)B", name)
        if size:
            return plain_gpt(float(size[1]) * 1e9)
        try:
            return self.models.get(name)
        except InputError:
            if name.startswith("mpt-") and row["conditions"].get("params"):
                return plain_gpt(float(row["conditions"]["params"]))
            raise Unpredictable(f'the model "{name}" is not in the catalog') from None

    def head(self, row: Row, task: str, features: tuple[str, ...] = ()) -> dict[str, Any]:
        """What every case has."""
        model = self.model(row)
        return {
            "id": row["id"],
            "family": row["family"],
            "task": task,
            "model": base_model(row["model"]),
            "catalog_model": model.id,
            "group": row["group"],
            "measured": float(row["value"]),
            "moe": geometry(model).is_moe,
            "vendor_class": "trainium" if row["system"].startswith("trn") else "nvidia",
            "features": features,
        }

    def numbers(self, row: Row, model: Model, rates: AcceleratorRates) -> Numbers:
        """Number formats; int4 is weight-only and multiplies in bf16."""
        stated = str(row["precision"])
        if stated == "int4":
            return replace(numbers_for(model, "fp4", rates), compute="bf16", cache_bytes=2.0, common_weights="bf16")
        return numbers_for(model, SAME_FORMAT.get(stated, "bf16"), rates)


def plain_gpt(parameters: float) -> Model:
    """A GPT of that size: 12 x layers x width^2 parameters, width 128 times the layers, heads of 128."""
    layers = max(8, round((parameters / 12.0 / 128.0**2) ** (1.0 / 3.0)))
    width = 128 * layers
    return Model.model_validate(
        {
            "schema": "model/v1",
            "id": f"gpt-{parameters / 1e9:g}b",
            "name": "plain GPT",
            "vendor": "none",
            "source": "usual proportions",
            "as_of": "2026-11-20",
            "width": width,
            "vocabulary": 51200,
            "tied_embeddings": True,
            "context_tokens": 8192,
            "blocks": [
                {"kind": "attention", "layers": layers, "heads": layers, "kv_heads": layers, "head_dim": 128},
                {"kind": "feed-forward", "layers": layers, "hidden": 4 * width, "gated": False},
            ],
        }
    )


def leading_number(value: object, default: float) -> float:
    """The first number of "about 3740-3860 (...)", the mean where a range is given."""
    if isinstance(value, int | float):
        return float(value)
    found = re.search(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?", str(value))
    if not found or "unknown" in str(value):
        return default
    return (float(found[1]) + float(found[2])) / 2 if found[2] else float(found[1])
