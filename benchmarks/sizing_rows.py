"""Rows of published measurements as cases that the planner's own estimator predicts.

Every case is built from the row's conditions alone: model, system, number format, lengths, load, layout. The measured
value, and anything derived from it, is only kept to be compared with. What a row does not say is filled by a rule
stated here.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from benchmarks.sizing_cases import (
    GROUP_BATCH_MAX,
    MAY_SPLIT,
    Case,
    Ratio,
    Searched,
    Serving,
    TokenTime,
    Trained,
    Unpredictable,
    base_model,
)
from planner.catalog.files import catalog_roots, read_all
from planner.catalog.models import Model, Models, load_models
from planner.catalog.schema import Accelerator
from planner.demand.architecture import Geometry, geometry
from planner.demand.replica_search import (
    USABLE_MEMORY,
    WORKSPACE_BYTES,
    Server,
    Targets,
    numbers_for,
    tensor_limit,
)
from planner.demand.serving import (
    Numbers,
    Replica,
    cache_bytes,
    decode_terms,
    prefill_terms,
    weight_bytes,
)
from planner.demand.systems import AcceleratorRates, Precision, SystemRates, rates_of
from planner.demand.training_memory import fits as fits_memory
from planner.demand.training_memory import memory
from planner.demand.training_time import TRAINING_TERMS, Layout, training_terms
from planner.document import read_text
from planner.errors import InputError

Row = dict[str, Any]
TRUTH = Path(__file__).parent / "truth" / "sizing_truth.yaml"

DOMAIN = {"gb200": 72, "gb300": 72, "trn2": 64, "trn3": 144}  # others: 8
INSTALLED = {"gb200": 72, "gb300": 72, "trn2": 64, "trn3": 144}
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


SAME_FORMAT: dict[str, Precision] = {
    "fp4": "fp4",
    "nvfp4": "fp4",
    "mxfp4": "fp4",
    "fp8": "fp8",
    "mxfp8": "fp8",
}


ODD_VALUES = (TypeError, ValueError, AttributeError, ArithmeticError)  # what a word where a number belongs ends in


class Reader:
    """Turns rows into cases with the catalog's models and accelerators."""

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

    def case(self, row: Row) -> Case:
        """The case of a row.

        Raises:
            Unpredictable: the row does not say enough, or its model or system is not in the catalog.
        """
        _refuse_odd_values(row)
        family = str(row["family"])
        if family == "inf_trtllm_overview":
            return self.full_load(row)
        if family == "inf_silicon_sample":
            return self.at_concurrency(row)
        if family.startswith("inf_mlperf"):
            return self.submission(row)
        if family == "inf_trainium":
            return self.trainium(row)
        if family.startswith("train_"):
            return self.training(row)
        raise Unpredictable(f'no reading of the family "{family}"')

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

    # --- inference

    def full_load(self, row: Row) -> Case:
        """All requests at once, no latency limit: the batch is what memory holds."""
        model, system = self.model(row), self.system(row["system"])
        g, numbers, c = geometry(model), self.numbers(row, model, system.accelerator), row["conditions"]
        shape = _stated_shape(str(c["parallel"]), row["gpus"])
        context = c["isl"] + c["osl"] / 2
        batch = _memory_batch(model, numbers, system.accelerator, shape, context)
        return Serving(
            **self.head(row, "inference"),
            decode=decode_terms(g, system.accelerator, numbers, shape, batch, context, system.scale_up),
            prefill=prefill_terms(g, system.accelerator, numbers, shape, c["isl"], system.scale_up),
            batch=batch,
            output=c["osl"],
            accelerators=shape.accelerators,
        )

    def at_concurrency(self, row: Row) -> Case:
        """A closed loop of so many requests in flight, one pool or split pools."""
        c = row["conditions"]
        stack = {"sglang": ("sglang",), "vllm": ("vllm",)}.get(str(c["backend"]), ())
        if c["mode"] == "disagg":
            return self.split_pools(row, (*stack, "split"))
        model, system = self.model(row), self.system(row["system"])
        g, numbers = geometry(model), self.numbers(row, model, system.accelerator)
        shape = _configured_shape(model, row["gpus"], c["config"])
        context = c["isl"] + c["osl"] / 2
        return Serving(
            **self.head(row, "inference", stack),
            decode=decode_terms(g, system.accelerator, numbers, shape, c["concurrency"], context, system.scale_up),
            prefill=prefill_terms(g, system.accelerator, numbers, shape, c["isl"], system.scale_up),
            batch=c["concurrency"],
            output=c["osl"],
            accelerators=row["gpus"],
        )

    def split_pools(self, row: Row, features: tuple[str, ...]) -> Case:
        """Prefill workers and decode workers, each of its own shape."""
        model, system = self.model(row), self.system(row["system"])
        g, numbers, c = geometry(model), self.numbers(row, model, system.accelerator), row["conditions"]
        config = c["config"]
        filling = Replica(config["prefill_tp_size"], max(1, config["prefill_attention_dp_size"]))
        decoding = Replica(config["decode_tp_size"], max(1, config["decode_attention_dp_size"]))
        batch = c["concurrency"] / config["decode_num_workers"]
        context = c["isl"] + c["osl"] / 2
        return Serving(
            **self.head(row, "inference", features),
            decode=decode_terms(g, system.accelerator, numbers, decoding, batch, context, system.scale_up),
            prefill=prefill_terms(g, system.accelerator, numbers, filling, c["isl"], system.scale_up),
            batch=batch,
            output=c["osl"],
            accelerators=row["gpus"],
            concurrency=c["concurrency"],
            prefill_workers=config["prefill_num_workers"],
        )

    def submission(self, row: Row) -> Case:
        """MLPerf Inference: the layout is open, the limits are those of the scenario."""
        model, system = self.model(row), self.system(row["system"])
        c, name = row["conditions"], row["model"]
        inputs, outputs = MLPERF_LENGTHS.get(name, (1024.0, 512.0))
        outputs = _leading_number(c.get("osl_mean"), outputs)
        first, token = _limits(name, c)
        targets = Targets(round(inputs), round(outputs), first, token)
        round_ = str(row["family"]).removeprefix("inf_")
        server = Server(model, system, self.numbers(row, model, system.accelerator), {})
        features = [round_, str(c["scenario"]).lower()]
        if "dynamo" in str(c.get("software", "")).lower():
            features.append(MAY_SPLIT)
        return Searched(
            **self.head(row, "inference", tuple(features)), server=server, targets=targets, accelerators=row["gpus"]
        )

    def trainium(self, row: Row) -> Case:
        """One sequence on one instance, or the ratio of two generations at 1k in, 1k out."""
        if row["metric"] == "per_chip_throughput_ratio_vs_trn2_ultraserver":
            return self.generations(row)
        model, system = self.model(row), self.system(row["system"])
        c = row["conditions"]
        inputs = c["isl"] if isinstance(c["isl"], int) else 1024
        outputs = _leading_number(c["osl"], 1024.0)
        numbers = self.numbers(row, model, system.accelerator)
        shape = Replica(min(row["gpus"], tensor_limit(model)), 1)
        terms = decode_terms(
            geometry(model), system.accelerator, numbers, shape, 1, inputs + outputs / 2, system.scale_up
        )
        return TokenTime(**self.head(row, "inference"), decode=terms)

    def generations(self, row: Row) -> Case:
        """Best throughput of gpt-oss per chip on one generation over that on the other."""
        same = {**row, "model": "gpt-oss-120b"}
        model, head = self.model(same), self.head(same, "inference")
        sides = []
        for name in ("trn3", "trn2"):
            system = self.system(name)
            server = Server(model, system, numbers_for(model, "fp4", system.accelerator), {})
            sides.append(Searched(**head, server=server, targets=Targets(1024, 1024, None, None), accelerators=16))
        return Ratio(**head, above=sides[0], below=sides[1])

    # --- training

    def training(self, row: Row) -> Case:
        """Training throughput, time to target, whole runs."""
        model, system = self.model(row), self.system(row["system"])
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
        terms = training_terms(
            g, system.accelerator, compute, layout, sequence, sequences, method, system.scale_up, drafts
        )
        if "without the causal halving" in str(c.get("mfu_convention", "")):
            terms = _scores_in_full(terms)
        features = ("evaluation",) if row["family"] == "train_mlperf" else ()
        if row["family"] == "train_mosaicml":
            features = ("older_software",)
        scale, inverse = _unit(row, g, sequence, sequences, gpus, system.accelerator.bf16_flop_s or 1.0)
        task = "training" if row["task"] == "pretrain" else "fine-tuning"
        return Trained(
            **self.head(row, task, features),
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


def _refuse_odd_values(row: Row) -> None:
    """A row has a measured value above nothing, whole accelerators (or none stated), and conditions."""
    value, gpus = row["value"], row["gpus"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise Unpredictable(f"the value {value!r} is no number above 0")
    if gpus is not None and (isinstance(gpus, bool) or not isinstance(gpus, int) or gpus < 1):
        raise Unpredictable(f"{gpus!r} accelerators")
    if not isinstance(row["conditions"], dict):
        raise Unpredictable("the row has no conditions")


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


def _leading_number(value: object, default: float) -> float:
    """The first number of "about 3740-3860 (...)", the mean where a range is given."""
    if isinstance(value, int | float):
        return float(value)
    found = re.search(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?", str(value))
    if not found or "unknown" in str(value):
        return default
    return (float(found[1]) + float(found[2])) / 2 if found[2] else float(found[1])


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
        tokens = c["tokens"] if isinstance(c["tokens"], int | float) else _leading_number(c["tokens"], 0.0) * 1e12
        return tokens / 3600.0, True
    if metric == "step_seconds":
        return sequences * sequence / gpus, True
    raise Unpredictable(f'no reading of the metric "{metric}"')


def read_rows(path: Path) -> list[Row]:
    """The rows of a truth file.

    Raises:
        InputError: no text, no YAML, or no list "measurements" of rows with an id and a family.
    """
    try:
        data = yaml.load(read_text(path, "truth file"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise InputError.of("", f"no YAML ({type(error).__name__})", "a truth file", file=str(path)) from None
    rows = data.get("measurements") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise InputError.of("measurements", "no list", "rows of measurements", file=str(path))
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or not {"id", "family"} <= row.keys():
            raise InputError.of(f"measurements[{number}]", "no id or no family", "both", file=str(path))
    return rows


def read_cases(path: Path) -> tuple[list[Case], list[tuple[Row, str]]]:
    """(cases, rows that cannot be predicted with the reason)."""
    reader = Reader()
    cases: list[Case] = []
    skipped: list[tuple[Row, str]] = []
    for row in read_rows(path):
        try:
            cases.append(reader.case(row))
        except Unpredictable as reason:
            skipped.append((row, str(reason)))
        except KeyError as missing:
            skipped.append((row, f"the row does not state {missing}"))
        except ODD_VALUES as odd:
            skipped.append((row, f"a condition cannot be read: {odd}"))
    return cases, skipped
