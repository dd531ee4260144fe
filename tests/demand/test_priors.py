from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.sizing_priors import documents
from benchmarks.sizing_rows import TRUTH, read_cases
from planner import document
from planner.catalog.priors import Priors, PriorSet, load_priors
from planner.demand.serving import DECODE_TERMS, PREFILL_TERMS
from planner.demand.training_time import TRAINING_TERMS
from planner.errors import InputError
from planner.paths import data_root

TEXT = """schema: priors/v1
id: mine
task: inference
vendor_class: nvidia
source: own measurements
measured_on: "2026-01-31"
valid_until: "2026-06-30"
rows: 3
confidence: estimate
coefficients: {decode.step: {value: 0.001}}
bands: {all: {p10: 0.8, p25: 0.9, p50: 1.0, p75: 1.1, p90: 1.2}}
"""


def read(text: str) -> PriorSet:
    return document.build(PriorSet, document.parse(text, "mine.yaml"))


def test_a_prior_expires_the_day_after_its_date() -> None:
    prior = read(TEXT)
    assert not prior.expired("2026-06-30") and prior.expired("2026-07-01")
    assert Priors([prior]).expired("2027-01-01") == (prior,)


def test_a_band_that_falls_is_refused() -> None:
    with pytest.raises(InputError, match="quantiles"):
        read(TEXT.replace("p25: 0.9", "p25: 0.7"))


def test_the_users_priors_win_over_those_shipped(tmp_path: Path) -> None:
    folder = tmp_path / "priors"
    folder.mkdir()
    (folder / "mine.yaml").write_text(TEXT.replace("id: mine", "id: inference-nvidia"), encoding="utf-8")
    assert load_priors([tmp_path]).of("inference", "nvidia").rows == 3


def test_a_class_without_priors_is_refused_by_name(priors: Priors) -> None:
    with pytest.raises(InputError, match="none for inference on other"):
        priors.of("inference", "other")


@pytest.mark.parametrize("vendor", ["nvidia", "trainium"])
def test_every_term_of_the_formulas_has_its_coefficient(priors: Priors, vendor: str) -> None:
    serving = priors.of("inference", vendor).values
    assert {f"decode.{n}" for n in DECODE_TERMS} | {f"prefill.{n}" for n in PREFILL_TERMS} <= set(serving)
    for task in ("training", "fine-tuning"):
        names = {key.split(".")[0] for key in priors.of(task, vendor).values}  # type: ignore[arg-type]
        assert set(TRAINING_TERMS) <= names
    assert priors.of("training", vendor).calibrated == (vendor == "nvidia")


def test_the_shipped_priors_are_those_the_truth_table_gives() -> None:
    for name, text in documents(read_cases(TRUTH)[0]).items():
        shipped = read((data_root() / "catalogs" / "priors" / f"{name}.yaml").read_text(encoding="utf-8"))
        fitted = read(text)
        for key, value in fitted.values.items():
            assert shipped.values[key] == pytest.approx(value, rel=0.02, abs=0.01), (name, key)


test_the_shipped_priors_are_those_the_truth_table_gives = pytest.mark.slow(
    test_the_shipped_priors_are_those_the_truth_table_gives
)
