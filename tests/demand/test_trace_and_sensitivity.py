from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from demand_cases import system

from planner.catalog.models import Models
from planner.catalog.priors import Priors
from planner.demand import InferenceService, TrainingJob, need_inference, need_training
from planner.demand.sensitivity import sensitivities
from planner.errors import InputError
from planner.request.arrivals import load_of, read_trace


def trace(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "arrivals.csv"
    path.write_text("\n".join(("timestamp,input_tokens,output_tokens", *lines)) + "\n", encoding="utf-8")
    return path


def test_a_burst_sets_the_peak_and_lengths_are_means(tmp_path: Path) -> None:
    quiet = [f"{100 + 60 * k},1000,200" for k in range(9)]
    burst = [f"{700 + k * 0.1},3000,400" for k in range(120)]
    load = load_of(read_trace(trace(tmp_path, *burst, *quiet)))
    assert load.peak_requests_s == pytest.approx(121 / 60, rel=0.02)
    assert load.mean_requests_s < 0.3
    assert load.requests == 129 and load.longest_tokens == 3400
    assert load.input_tokens == -(-(120 * 3000 + 9 * 1000) // 129)


def test_a_lower_percentile_ignores_the_rare_burst(tmp_path: Path) -> None:
    steady = [f"{60 * k},10,10" for k in range(100)]
    burst = [f"{3000 + k / 10},10,10" for k in range(200)]
    arrivals = read_trace(trace(tmp_path, *steady, *burst))
    assert load_of(arrivals, 0.9).peak_requests_s < load_of(arrivals, 1.0).peak_requests_s


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x,10,10", '2:1: timestamp: found "x"'),
        ("1,0,10", "at least 1"),
        ("1,10", 'found ""'),
        ("1,nan,3", "at least 1"),
    ],
)
def test_a_row_that_is_no_arrival_is_refused_with_its_place(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_trace(trace(tmp_path, line))


def test_a_missing_column_and_an_empty_trace_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("time,tokens\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="the columns timestamp, input_tokens, output_tokens"):
        read_trace(path)
    with pytest.raises(InputError, match="0 arrivals"):
        read_trace(trace(tmp_path))


def test_sensitivity_names_the_rate_of_a_busy_service_and_what_each_change_does(models: Models, priors: Priors) -> None:
    service = InferenceService("chat", 500.0, 2000, 400)
    size = partial(need_inference, system=system(), model=models.get("llama-3.1-70b"), priors=priors)
    found = sensitivities(service, size)
    assert len(found) == 3 and [s.swing for s in found] == sorted((s.swing for s in found), reverse=True)
    rate = next(s for s in sensitivities(service, size, 9) if s.input == "peak_requests_s")
    assert rate.larger == size(replace(service, peak_requests_s=600.0)).accelerators
    assert rate.smaller is not None and rate.larger is not None and rate.smaller < rate.base < rate.larger


def test_sensitivity_of_training_is_led_by_tokens_or_time(models: Models, priors: Priors) -> None:
    size = partial(
        need_training, system=system(accelerators=72, scale_up=72), model=models.get("llama-3.1-8b"), priors=priors
    )
    found = sensitivities(TrainingJob("t", 1e12, 30 * 86_400.0), size)
    assert {s.input for s in found[:2]} == {"tokens", "within_s"}
    assert sensitivities(TrainingJob("t", 1e15, 60.0), size) == ()
