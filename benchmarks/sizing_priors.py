"""Writes the priors of sizing from the truth table.

python -m benchmarks.sizing_priors [--write]
"""

from __future__ import annotations

from collections.abc import Sequence

import click
import yaml

from benchmarks.sizing_calibration import bands, calibrate, left_out, pool
from benchmarks.sizing_cases import GROUP_BATCH_MAX, Case
from benchmarks.sizing_rows import TRUTH, read_cases
from planner.catalog.models import load_models
from planner.paths import data_root


def _document(head: dict[str, object], values: dict[str, float], band: dict[str, dict[str, float]]) -> str:
    """A priors file as YAML text."""
    own = {k.removeprefix("factor.model."): v for k, v in values.items() if k.startswith("factor.model.")}
    plain = {k: v for k, v in values.items() if not k.startswith("factor.model.")}
    catalogued = load_models().ids
    data = {
        "schema": "priors/v1",
        **head,
        "coefficients": {name: {"value": float(f"{value:.4g}")} for name, value in sorted(plain.items())},
        "models": {name: round(value, 4) for name, value in sorted(own.items()) if name in catalogued},
        "bands": {n: {q: float(f"{v:.3g}") for q, v in quantiles.items()} for n, quantiles in sorted(band.items())},
    }
    return str(yaml.safe_dump(data, sort_keys=False, width=110, allow_unicode=True))


def documents(cases: Sequence[Case]) -> dict[str, str]:
    """Every priors file by name, from all cases."""
    full = calibrate(cases)
    by_model = left_out(cases, lambda case: case.model)
    by_group = left_out(cases, lambda case: case.group)
    inference = bands(cases, by_model, "inference", False) | bands(cases, by_group, "inference", True)
    training = bands(cases, by_model, "training", False) | bands(cases, by_group, "training", True)
    tuning = bands(cases, by_model, "fine-tuning", False) | bands(cases, by_group, "fine-tuning", True)
    band = {"training": training, "fine-tuning": training | tuning}  # no fine-tune with experts was measured
    counted = {which: sum(pool(case) == which for case in cases) for which in ("inference", "trainium")}
    trained = sum(case.task != "inference" for case in cases)
    full.inference["group_batch_max"] = full.trainium["group_batch_max"] = GROUP_BATCH_MAX
    files = {
        "inference-nvidia": _document(_head("inference", "nvidia", counted["inference"]), full.inference, inference),
        "inference-trainium": _document(_head("inference", "trainium", counted["trainium"]), full.trainium, WIDE),
    }
    for task in ("training", "fine-tuning"):
        files[f"{task}-nvidia"] = _document(_head(task, "nvidia", trained), full.training, band[task])
        borrowed = {k: v for k, v in full.training.items() if not k.startswith("factor.model.")}
        files[f"{task}-trainium"] = _document(_head(task, "trainium", 0), borrowed, WIDE)
    return files


WIDE = {"all": {"p10": 0.35, "p25": 0.55, "p50": 0.8, "p75": 1.0, "p90": 1.3}}  # judgement, not measurement
SOURCES = {
    "inference": (
        "TensorRT-LLM performance overview; silicon sample carried by aiconfigurator; MLPerf Inference v5.1 and v6.1",
        ["TensorRT-LLM 1.1 to 1.2", "SGLang 0.5.5 to 0.5.10", "vLLM 0.15 to 0.19"],
        "2026-04-22",
        "2027-04-30",
    ),
    "training": (
        "Megatron-Bridge performance summaries; MLPerf Training v5.0 and v5.1; llm-foundry; published runs",
        ["NeMo 26.04 to 26.08", "NeMo 25.04 to 25.09 (MLPerf)", "llm-foundry"],
        "2026-08-22",
        "2027-08-31",
    ),
}
BORROWED = "no absolute measurement found: efficiencies of the measured accelerators, with a wide band by judgement"


def _head(task: str, vendor_class: str, rows: int) -> dict[str, object]:
    source, software, measured, valid = SOURCES["inference" if task == "inference" else "training"]
    trainium = vendor_class == "trainium"
    if trainium:
        source = f"{BORROWED}; latency per layer from two NxD Inference tutorials" if rows else BORROWED
        software, measured, valid = ["Neuron SDK"], "2025-06-30", "2027-03-31"
    return {
        "id": f"{task}-{vendor_class}",
        "task": task,
        "vendor_class": vendor_class,
        "source": source,
        "sources": ["benchmarks/truth/sizing_truth.yaml, one source per row"],
        "software": software,
        "measured_on": measured,
        "valid_until": valid,
        "rows": rows,
        "confidence": "estimate",
        "calibrated": not trainium,
        "notes": ["Written by python -m benchmarks.sizing_priors --write; do not edit by hand."],
    }


@click.command()
@click.option("--write", is_flag=True, help="Write catalogs/priors; otherwise only say what would change.")
def main(write: bool) -> None:
    """Fit the priors of sizing to the truth table."""
    cases, _ = read_cases(TRUTH)
    folder = data_root() / "catalogs" / "priors"
    for name, text in documents(cases).items():
        path = folder / f"{name}.yaml"
        same = path.is_file() and path.read_text(encoding="utf-8") == text
        click.echo(f"{name}: {'unchanged' if same else 'written' if write else 'differs'}")
        if write and not same:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
