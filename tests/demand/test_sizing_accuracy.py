from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from benchmarks.sizing_accuracy import evaluate, main, shipped_values
from benchmarks.sizing_calibration import without
from benchmarks.sizing_rows import TRUTH, read_cases, read_rows
from planner.catalog.priors import Priors


def test_a_row_is_predicted_without_its_value(tmp_path: Path, priors: Priors) -> None:
    rows = read_rows(TRUTH)
    before = {case.id: case for case in read_cases(TRUTH)[0]}
    for row in rows:
        row["value"] *= 3.7
        kept = {"mean_samples_to_target", "scaling_factor"}  # the length of an MLPerf run
        row["also"] = {k: v for k, v in row.get("also", {}).items() if k in kept}
    path = tmp_path / "truth.yaml"
    path.write_text(yaml.safe_dump({"measurements": rows}), encoding="utf-8")
    for case in read_cases(path)[0]:
        values = shipped_values(priors.of(case.task, case.vendor_class))  # type: ignore[arg-type]
        assert case.predict(values) == before[case.id].predict(values), case.id


@pytest.mark.slow
def test_the_left_out_errors_reach_the_aims_and_the_bands_hold() -> None:
    report = evaluate()
    assert not report.skipped
    aims = {"training": (12.0, 30.0), "fine-tuning": (16.0, 35.0), "inference": (20.0, 45.0)}
    for task, (median, p90) in aims.items():
        errors = sorted(100 * s.relative for s in report.scored if s.case.task == task)
        assert errors[len(errors) // 2] <= median, task
        assert errors[int(0.9 * len(errors))] <= p90, task
        inside = [s.in_band for s in report.scored if s.case.task == task]
        assert 0.75 <= sum(inside) / len(inside) <= 0.90, task
    for family in ("inf_mlperf_v51", "inf_mlperf_v61", "train_mosaicml", "train_mlperf"):
        found = report.families[family]
        assert found.median <= 20.0 and found.p90 <= 45.0 and 0.75 <= found.in_band <= 0.90, family


def test_a_prior_never_saw_the_rows_of_the_model_that_it_is_scored_on() -> None:
    cases = [case for case in read_cases(TRUTH)[0] if case.task != "inference"]
    tested = next(case for case in cases if case.model == "llama-3.1-405b")
    faster = [replace(c, measured=c.measured * 2.0) if c.model == tested.model else c for c in cases]
    before, after = (without(rows, tested, lambda case: case.model) for rows in (cases, faster))
    assert before.error(tested) == after.error(tested)
    changed = [replace(c, measured=c.measured * 2.0) if c.model != tested.model else c for c in cases]
    assert without(changed, tested, lambda case: case.model).error(tested) != before.error(tested)


def test_a_file_of_the_same_form_can_be_swapped_in(tmp_path: Path) -> None:
    rows = [r for r in read_rows(TRUTH) if r["family"] == "inf_trtllm_overview"][:8]
    for number, row in enumerate(rows):
        row["id"] = f"other-{number}"
    rows[0]["model"] = "no-such-model"
    del rows[1]["conditions"]["isl"]
    path = tmp_path / "other.yaml"
    path.write_text(yaml.safe_dump({"measurements": rows}), encoding="utf-8")
    done = CliRunner().invoke(main, ["--truth", str(path), "--json"])
    family = json.loads(done.output)["families"]["inf_trtllm_overview"]
    assert set(family) == {"n", "skipped", "median", "p90", "worst", "in_band"}
    assert (family["n"], family["skipped"]) == (6, 2)
    assert 0 < family["median"] <= family["p90"] <= family["worst"]
    reasons = {row: reason for _, row, reason in evaluate(path).skipped}
    assert "no-such-model" in reasons["other-0"] and "isl" in reasons["other-1"]


def changed(row: dict[str, object], place: str, value: object) -> dict[str, object]:
    conditions = row["conditions"]
    assert isinstance(conditions, dict)
    if place in conditions:
        return {**row, "conditions": {**conditions, place: value}}
    return {**row, place: value}


@pytest.mark.parametrize(
    ("family", "place", "value"),
    [
        ("inf_trtllm_overview", "value", 0),
        ("inf_trtllm_overview", "value", "unknown"),
        ("inf_trtllm_overview", "gpus", 2.5),
        ("inf_trtllm_overview", "conditions", "unknown"),
        ("inf_silicon_sample", "isl", "unknown"),
        ("inf_silicon_sample", "config", None),
        ("inf_mlperf_v51", "system", []),
        ("inf_mlperf_v51", "osl_mean", 0),
        ("train_mbridge_pretrain", "seq_len", "long"),
        ("train_published_run", "tokens", "unknown"),
    ],
)
def test_a_row_with_an_odd_value_is_skipped_with_its_reason(
    tmp_path: Path, family: str, place: str, value: object
) -> None:
    row = next(r for r in read_rows(TRUTH) if r["family"] == family and (place in r or place in r["conditions"]))
    path = tmp_path / "odd.yaml"
    path.write_text(yaml.safe_dump({"measurements": [changed({**row, "id": "odd"}, place, value)]}), encoding="utf-8")
    report = evaluate(path, in_sample=True)
    assert [(row_id, bool(reason)) for _, row_id, reason in report.skipped] == [("odd", True)]
    assert report.families[family].as_json() == {
        "n": 0, "skipped": 1, "median": None, "p90": None, "worst": None, "in_band": None,
    }  # fmt: skip


def test_a_known_row_that_says_something_else_is_predicted_as_it_stands(tmp_path: Path) -> None:
    row = next(r for r in read_rows(TRUTH) if r["family"] == "inf_trtllm_overview")
    path = tmp_path / "same-id.yaml"
    path.write_text(yaml.safe_dump({"measurements": [changed(row, "value", row["value"] * 100)]}), encoding="utf-8")
    assert evaluate(path).families["inf_trtllm_overview"].worst > 90


@pytest.mark.parametrize("text", ["", "[1]", "measurements: 3", "measurements: [{id: a}]", "a: [", "\tx: 1"])
def test_a_file_that_is_no_truth_table_is_bad_input(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["--truth", str(path), "--json"])
    assert done.exit_code == 2 and str(path) in done.output
