"""Rows of published training measurements as cases. What a row does not say is filled by a rule stated here."""

from __future__ import annotations

import math

from benchmarks.row_products import SAME_FORMAT, Products, Row, leading_number
from benchmarks.sizing_cases import Case, Trained, Unpredictable
from planner.catalog.models import Model
from planner.demand.architecture import Geometry, geometry
from planner.demand.systems import SystemRates
from planner.demand.training_memory import fits as fits_memory
from planner.demand.training_memory import memory
from planner.demand.training_time import TRAINING_TERMS, Layout, training_terms


def training(products: Products, row: Row) -> Case:
    """Training throughput, time to target, whole runs."""
    model, system = products.model(row), products.system(row["system"])
    g, c, number_format = geometry(model), row["conditions"], _number_format(row)
    method = "lora" if row["task"] == "lora" else "full"
    sequence = int(c.get("seq_len") or _sequence(row))
    gpus = int(row["gpus"] or _usual_gpus(g.total))
    sequences = _sequences(row, sequence, gpus)
    layout = _layout(row, model, system, gpus, sequence, sequences, method)
    drafts = model.drafts if method == "full" else 0
    compute = SAME_FORMAT.get(number_format, "bf16")
    if compute not in system.accelerator.precisions:
        raise Unpredictable(f"{row['system']} has no {compute} rate")
    terms = training_terms(g, system.accelerator, compute, layout, sequence, sequences, method, system.scale_up, drafts)
    if "without the causal halving" in str(c.get("mfu_convention", "")):
        terms = _scores_in_full(terms)
    features = ("evaluation",) if row["family"] == "train_mlperf" else ()
    if row["family"] == "train_mosaicml":
        features = ("older_software",)
    scale, inverse = _unit(row, g, sequence, sequences, gpus, system.accelerator.bf16_flop_s or 1.0)
    task = "training" if row["task"] == "pretrain" else "fine-tuning"
    return Trained(
        **products.head(row, task, features),
        terms=terms,
        number_format=number_format,
        headroom=system.accelerator.power_headroom,
        scale=scale,
        inverse=inverse,
    )


def _scores_in_full(terms: tuple[float, ...]) -> tuple[float, ...]:
    """The terms with the whole score matrix: software that counts it whole is read as computing it whole."""
    twice = {"score_compute": 2.0}
    return tuple(term * twice.get(name, 1.0) for name, term in zip(TRAINING_TERMS, terms, strict=True))


def _number_format(row: Row) -> str:
    """The stated one. MLPerf logs do not say: FP8 in round 5.0; NVFP4 in 5.1 where the accelerator is an Ultra."""
    stated = str(row["precision"])
    if stated in ("bf16", "fp8", "mxfp8", "nvfp4"):
        return stated
    if stated.startswith("fp8"):
        return "fp8"
    if row["family"] == "train_mlperf":
        ultra = row["system"] in ("b300", "gb300")
        return "nvfp4" if ultra and "v5.0" not in row["group"] else "fp8"
    return "bf16"


def _sequence(row: Row) -> int:
    return 4096 if "deepseek" in row["model"] else 8192


def _usual_gpus(parameters: int) -> int:
    return 2048 if parameters > 10**10 else 64


def _sequences(row: Row, sequence: int, gpus: int) -> float:
    """The global batch in sequences: stated, or four micro-batches of 16k tokens a rank, or 16 M tokens of a run."""
    c = row["conditions"]
    if c.get("gbs"):
        return float(c["gbs"])
    if row["family"] == "train_mosaicml":
        return gpus * 4 * max(1, 8192 // sequence)
    return 16e6 / sequence


def _whole(value: object, default: int = 1) -> int:
    return int(str(value)) if str(value).isdigit() and int(str(value)) > 0 else default


def _layout(
    row: Row, model: Model, system: SystemRates, gpus: int, sequence: int, sequences: float, method: str
) -> Layout:
    """The stated layout, or the least model parallelism that fits in memory and leaves a rank a sequence."""
    c = row["conditions"]
    stated = c.get("parallel")
    if isinstance(stated, dict):
        tensor, pipeline, context = (_whole(stated.get(k)) for k in ("tp", "pp", "cp"))
        expert = _whole(stated.get("ep"))
        virtual = _whole(stated.get("vp"), 4 if pipeline > 1 and "vp" not in stated else 1)
        data = max(1, gpus // (tensor * pipeline * context))
        return Layout(tensor, pipeline, context, expert, data, _whole(c.get("mbs")), virtual)
    if row["family"] == "train_mosaicml":
        return Layout(data=gpus, micro_batch=max(1, 8192 // sequence))
    return _least_parallel(model, system, gpus, sequence, sequences, method)


def _least_parallel(
    model: Model, system: SystemRates, gpus: int, sequence: int, sequences: float, method: str
) -> Layout:
    g, expert = geometry(model), 1
    if g.is_moe:
        expert = min(64, 2 ** int(math.log2(g.experts)))
    for degree in (2**k for k in range(12)):
        if degree > gpus or gpus / degree > sequences:
            continue
        tensor = min(4, degree)
        pipeline = min(16, degree // tensor) if g.total > 10**11 else 1
        context = degree // (tensor * pipeline)
        layout = Layout(tensor, pipeline, context, expert, max(1, gpus // degree), 1, 4 if pipeline > 1 else 1)
        need = memory(g, layout, sequence, method, pipeline == 1 and layout.data > 1, True)
        if fits_memory(need, system.accelerator.memory_bytes or 0):
            return layout
    raise Unpredictable("no layout fits by the planner's memory rule")


def _unit(row: Row, g: Geometry, sequence: int, sequences: float, gpus: int, peak: float) -> tuple[float, bool]:
    """(scale, inverse) that turn tokens per second and accelerator into the metric of the row."""
    metric, c = row["metric"], row["conditions"]
    if metric == "tokens_per_s_per_gpu":
        return 1.0, False
    if metric == "minutes_to_target":
        # the length of the job, not its speed: samples until the target, times the benchmark's convergence scaling
        length = row.get("also", {})
        samples = length.get("mean_samples_to_target")
        if not samples:
            raise Unpredictable("the row does not say how many samples the run took")
        return samples * (length.get("scaling_factor") or 1.0) * sequence / gpus / 60.0, True
    flops = g.training_flops_per_token(sequence)
    if metric == "model_tflops_per_gpu":
        return flops / 1e12, False
    if metric == "mfu_pct":
        return 100.0 * flops / peak, False
    if metric == "gpu_hours":
        tokens = c["tokens"] if isinstance(c["tokens"], int | float) else leading_number(c["tokens"], 0.0) * 1e12
        return tokens / 3600.0, True
    if metric == "step_seconds":
        return sequences * sequence / gpus, True
    raise Unpredictable(f'no reading of the metric "{metric}"')
