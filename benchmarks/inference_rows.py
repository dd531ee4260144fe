"""Rows of published inference measurements as cases. What a row does not say is filled by a rule stated here."""

from __future__ import annotations

import re

from benchmarks.row_products import Products, Row, leading_number
from benchmarks.sizing_cases import (
    GROUP_BATCH_MAX,
    MAY_SPLIT,
    Case,
    Ratio,
    Searched,
    Serving,
    TokenTime,
    Unpredictable,
)
from planner.catalog.models import Model
from planner.demand.architecture import geometry
from planner.demand.replica_search import (
    USABLE_MEMORY,
    WORKSPACE_BYTES,
    Server,
    Targets,
    numbers_for,
    tensor_limit,
)
from planner.demand.serving import Numbers, Replica, cache_bytes, decode_terms, prefill_terms, weight_bytes
from planner.demand.systems import AcceleratorRates

# MLPerf Inference: mean input and output tokens of each dataset, and the 99th percentile limits (first token, token),
# in seconds, of each scenario, as MLCommons announced them with the benchmarks; not re-read for this file.
MLPERF_LENGTHS = {
    "llama2-70b": (294.0, 274.0),
    "llama3.1-405b": (9400.0, 680.0),
    "llama3.1-8b": (778.0, 73.0),
    "deepseek-r1": (800.0, 3880.0),
    "mixtral-8x7b": (300.0, 145.0),
    "gpt-oss-120b": (1024.0, 1024.0),
}
MLPERF_LIMITS = {
    ("llama2-70b", "Server"): (2.0, 0.2),
    ("llama2-70b", "Interactive"): (0.45, 0.04),
    ("llama3.1-405b", "Server"): (6.0, 0.175),
    ("llama3.1-405b", "Interactive"): (4.5, 0.08),
    ("llama3.1-8b", "Server"): (2.0, 0.1),
    ("llama3.1-8b", "Interactive"): (0.5, 0.03),
    ("deepseek-r1", "Server"): (2.0, 0.08),
    ("deepseek-r1", "Interactive"): (1.5, 0.015),
}


def full_load(products: Products, row: Row) -> Case:
    """All requests at once, no latency limit: the batch is what memory holds."""
    model, system = products.model(row), products.system(row["system"])
    g, numbers, c = geometry(model), products.numbers(row, model, system.accelerator), row["conditions"]
    shape = _stated_shape(str(c["parallel"]), row["gpus"])
    context = c["isl"] + c["osl"] / 2
    batch = _memory_batch(model, numbers, system.accelerator, shape, context)
    return Serving(
        **products.head(row, "inference"),
        decode=decode_terms(g, system.accelerator, numbers, shape, batch, context, system.scale_up),
        prefill=prefill_terms(g, system.accelerator, numbers, shape, c["isl"], system.scale_up),
        batch=batch,
        output=c["osl"],
        accelerators=shape.accelerators,
    )


def at_concurrency(products: Products, row: Row) -> Case:
    """A closed loop of so many requests in flight, one pool or split pools."""
    c = row["conditions"]
    stack = {"sglang": ("sglang",), "vllm": ("vllm",)}.get(str(c["backend"]), ())
    if c["mode"] == "disagg":
        return split_pools(products, row, (*stack, "split"))
    model, system = products.model(row), products.system(row["system"])
    g, numbers = geometry(model), products.numbers(row, model, system.accelerator)
    shape = _configured_shape(model, row["gpus"], c["config"])
    context = c["isl"] + c["osl"] / 2
    return Serving(
        **products.head(row, "inference", stack),
        decode=decode_terms(g, system.accelerator, numbers, shape, c["concurrency"], context, system.scale_up),
        prefill=prefill_terms(g, system.accelerator, numbers, shape, c["isl"], system.scale_up),
        batch=c["concurrency"],
        output=c["osl"],
        accelerators=row["gpus"],
    )


def split_pools(products: Products, row: Row, features: tuple[str, ...]) -> Case:
    """Prefill workers and decode workers, each of its own shape."""
    model, system = products.model(row), products.system(row["system"])
    g, numbers, c = geometry(model), products.numbers(row, model, system.accelerator), row["conditions"]
    config = c["config"]
    filling = Replica(config["prefill_tp_size"], max(1, config["prefill_attention_dp_size"]))
    decoding = Replica(config["decode_tp_size"], max(1, config["decode_attention_dp_size"]))
    batch = c["concurrency"] / config["decode_num_workers"]
    context = c["isl"] + c["osl"] / 2
    return Serving(
        **products.head(row, "inference", features),
        decode=decode_terms(g, system.accelerator, numbers, decoding, batch, context, system.scale_up),
        prefill=prefill_terms(g, system.accelerator, numbers, filling, c["isl"], system.scale_up),
        batch=batch,
        output=c["osl"],
        accelerators=row["gpus"],
        concurrency=c["concurrency"],
        prefill_workers=config["prefill_num_workers"],
    )


def submission(products: Products, row: Row) -> Case:
    """MLPerf Inference: the layout is open, the limits are those of the scenario."""
    model, system = products.model(row), products.system(row["system"])
    c, name = row["conditions"], row["model"]
    inputs, outputs = MLPERF_LENGTHS.get(name, (1024.0, 512.0))
    outputs = leading_number(c.get("osl_mean"), outputs)
    first, token = _limits(name, c)
    targets = Targets(round(inputs), round(outputs), first, token)
    round_ = str(row["family"]).removeprefix("inf_")
    server = Server(model, system, products.numbers(row, model, system.accelerator), {})
    features = [round_, str(c["scenario"]).lower()]
    if "dynamo" in str(c.get("software", "")).lower():
        features.append(MAY_SPLIT)
    return Searched(
        **products.head(row, "inference", tuple(features)), server=server, targets=targets, accelerators=row["gpus"]
    )


def trainium(products: Products, row: Row) -> Case:
    """One sequence on one instance, or the ratio of two generations at 1k in, 1k out."""
    if row["metric"] == "per_chip_throughput_ratio_vs_trn2_ultraserver":
        return generations(products, row)
    model, system = products.model(row), products.system(row["system"])
    c = row["conditions"]
    inputs = c["isl"] if isinstance(c["isl"], int) else 1024
    outputs = leading_number(c["osl"], 1024.0)
    numbers = products.numbers(row, model, system.accelerator)
    shape = Replica(min(row["gpus"], tensor_limit(model)), 1)
    terms = decode_terms(geometry(model), system.accelerator, numbers, shape, 1, inputs + outputs / 2, system.scale_up)
    return TokenTime(**products.head(row, "inference"), decode=terms)


def generations(products: Products, row: Row) -> Case:
    """Best throughput of gpt-oss per chip on one generation over that on the other."""
    same = {**row, "model": "gpt-oss-120b"}
    model, head = products.model(same), products.head(same, "inference")
    sides = []
    for name in ("trn3", "trn2"):
        system = products.system(name)
        server = Server(model, system, numbers_for(model, "fp4", system.accelerator), {})
        sides.append(Searched(**head, server=server, targets=Targets(1024, 1024, None, None), accelerators=16))
    return Ratio(**head, above=sides[0], below=sides[1])


def _limits(name: str, conditions: Row) -> tuple[float | None, float | None]:
    stated = conditions.get("slo_p99_ms")
    if isinstance(stated, dict):
        return stated["ttft"] / 1000.0, stated["tpot"] / 1000.0
    if conditions["scenario"] == "Offline":
        return None, None
    return MLPERF_LIMITS.get((name, conditions["scenario"]), (2.0, 0.1))


def _stated_shape(text: str, gpus: int) -> Replica:
    """ "TP4": tensor parallel; "DEP8": attention data parallel with expert parallelism."""
    found = re.match(r"(DEP|TEP|TP|EP)(\d+)", text)
    if not found:
        return Replica(gpus)
    return Replica(1, int(found[2])) if found[1] == "DEP" else Replica(int(found[2]))


def _configured_shape(model: Model, gpus: int, config: Row) -> Replica:
    """The stated sizes. Tensor ranks that the heads do not divide into cannot be: read as attention data parallel."""
    tensor, groups = config["tp_size"], config["attention_dp_size"]
    if groups > 1:
        return Replica(max(1, gpus // groups), groups)
    heads = tensor_limit(model)
    if tensor > 16 or (heads % tensor and model.id != "gpt-oss-120b"):
        return Replica(1, gpus)
    return Replica(tensor, max(1, gpus // tensor))


def _memory_batch(model: Model, numbers: Numbers, rates: AcceleratorRates, shape: Replica, context: float) -> float:
    g = geometry(model)
    free = USABLE_MEMORY * (rates.memory_bytes or 0) - WORKSPACE_BYTES - weight_bytes(g, numbers, shape)
    if free <= 0:
        raise Unpredictable("the weights do not fit by the planner's memory rule")
    own = free / cache_bytes(g, numbers, shape, context)
    return max(1.0, min(own, GROUP_BATCH_MAX)) * shape.groups
