from __future__ import annotations

from dataclasses import replace

import pytest
from demand_cases import rates, system
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.models import load_models
from planner.catalog.priors import load_priors
from planner.demand import AcceleratorNeed, FineTuneJob, SystemRates, TrainingJob, need_fine_tune, need_training
from planner.demand.architecture import geometry
from planner.demand.goodput import Reliability, goodput, write_b_s_per_accelerator
from planner.demand.training_memory import memory, state_bytes
from planner.demand.training_time import Layout

MODELS, PRIORS = load_models(), load_priors()
DAY = 86_400.0
JOB = TrainingJob("pretrain", 2e11, 30 * DAY)
RACK = system(rates(), 72, 72)


def train(job: TrainingJob, on: SystemRates = RACK, model: str = "llama-3.1-8b") -> AcceleratorNeed:
    return need_training(job, on, MODELS.get(model), PRIORS)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["llama-3.1-8b", "gpt-oss-20b", "qwen3-30b-a3b"]), st.floats(10, 90), st.floats(1.0, 3.0))
def test_a_longer_deadline_never_needs_more(model: str, days: float, factor: float) -> None:
    short = train(replace(JOB, within_s=days * DAY), model=model)
    long = train(replace(JOB, within_s=days * DAY * factor), model=model)
    assert not short.feasible or (long.feasible and long.accelerators <= short.accelerators)


@settings(max_examples=15, deadline=None)
@given(st.floats(2e10, 1e12), st.floats(1.0, 3.0))
def test_more_tokens_never_need_fewer(tokens: float, factor: float) -> None:
    few, many = (train(replace(JOB, tokens=t)) for t in (tokens, tokens * factor))
    assert not many.feasible or few.accelerators <= many.accelerators


@settings(max_examples=10, deadline=None)
@given(st.floats(1.05, 3.0))
def test_faster_arithmetic_never_needs_more(factor: float) -> None:
    fast = system(rates(bf16=2250 * factor, fp8=4500 * factor, fp4=9000 * factor), 72, 72)
    job = replace(JOB, tokens=1e12)
    # the power prior asks for watts per FLOP: keep it out of this law
    quiet, loud = (replace(s, accelerator=replace(s.accelerator, power_w=None)) for s in (RACK, fast))
    assert train(job, loud).accelerators <= train(job, quiet).accelerators


def test_the_plan_finishes_in_time_stands_together_and_fits() -> None:
    need = train(replace(JOB, tokens=1e12))
    assert need.indivisible and need.feasible
    assert need.figure("wall time, planned") <= JOB.within_s
    assert need.units * need.unit_accelerators == need.accelerators
    assert need.accelerators_p10 <= need.accelerators <= need.accelerators_p90
    assert need.figure("memory used") <= 0.9
    assert 0.1 < need.figure("MFU, planned") < 0.6


def test_a_deadline_no_count_meets_names_one_that_works() -> None:
    need = train(replace(JOB, tokens=15e12, within_s=DAY))
    assert not need.feasible
    days = float(need.reason.split("take ")[1].split(" days")[0])
    assert days > 1.0
    assert train(replace(JOB, tokens=15e12, within_s=days * DAY)).feasible


def test_a_precision_the_accelerator_lacks_names_those_it_has() -> None:
    need = train(replace(JOB, precision="fp4"), system(rates(fp4=None)))
    assert not need.feasible and "bf16, fp8 would work" in need.reason


def test_a_sequence_longer_than_the_context_is_refused() -> None:
    assert "131,072" in train(replace(JOB, sequence=200_000)).reason


def test_a_model_that_fits_nowhere_says_how_many_would_hold_it() -> None:
    job = replace(JOB, global_batch_tokens=65_536.0)
    need = train(job, system(rates(memory_gb=24), 8, 1), "llama-3.1-405b")
    assert not need.feasible and "at least" in need.reason and "accelerators of 24 GB" in need.reason


def test_an_adapter_costs_two_thirds_of_the_arithmetic_and_less_memory() -> None:
    job = FineTuneJob("tune", 1e9, 8 * 3600.0, 7 * DAY)
    model = MODELS.get("llama-3.1-70b")
    lora = need_fine_tune(job, RACK, model, PRIORS)
    full = need_fine_tune(replace(job, method="full"), RACK, model, PRIORS)
    assert lora.figure("FLOPs per token") == pytest.approx(full.figure("FLOPs per token") * 2 / 3)
    assert lora.accelerators < full.accelerators
    assert 0 < lora.figure("busy share") <= 8 / (7 * 24) + 1e-9


@pytest.mark.parametrize(("method", "passes"), [("full", 4 / 3), ("lora", 3 / 2)])
def test_preference_tuning_runs_one_more_forward_pass(method: str, passes: float) -> None:
    job = FineTuneJob("tune", 1e10, 24 * 3600.0, 7 * DAY, method=method)  # type: ignore[arg-type]
    model = MODELS.get("llama-3.1-8b")
    plain, chosen = (need_fine_tune(replace(job, tuning=t), RACK, model, PRIORS) for t in ("supervised", "preference"))
    assert chosen.accelerators > plain.accelerators
    ample = system(rates(memory_gb=800))  # no layout needs to compute anything again
    alone = [
        need_fine_tune(replace(job, tuning=t, within_s=1e9), ample, model, PRIORS)  # type: ignore[arg-type]
        for t in ("supervised", "preference")
    ]
    slower = [n.figure("tokens per accelerator, planned") for n in alone]
    assert slower[0] / slower[1] == pytest.approx(passes)


def test_reinforcement_adds_the_time_to_write_answers_and_longer_ones_take_longer() -> None:
    job = FineTuneJob("tune", 1e10, 24 * 3600.0, 7 * DAY, "full", prompt_tokens=500, answer_tokens=500)
    model = MODELS.get("llama-3.1-8b")
    liked = need_fine_tune(replace(job, tuning="preference"), RACK, model, PRIORS)
    taught = need_fine_tune(replace(job, tuning="reinforcement"), RACK, model, PRIORS)
    longer = need_fine_tune(replace(job, tuning="reinforcement", answer_tokens=4000), RACK, model, PRIORS)
    assert liked.accelerators < taught.accelerators <= longer.accelerators
    name = "share of the time that writes answers"
    assert 0 < taught.figure(name) < longer.figure(name) < 1


def test_a_full_preference_run_keeps_a_frozen_copy_and_an_adapter_does_not() -> None:
    g = geometry(MODELS.get("llama-3.1-8b"))
    layout = Layout(data=8)
    plain, with_copy = (memory(g, layout, 4096, "full", False, False, reference=r).states for r in (False, True))
    assert with_copy - plain == pytest.approx(2 * g.total)


def test_model_states_are_sixteen_bytes_a_parameter_on_one_rank_and_shrink_with_data_ranks() -> None:
    g = geometry(MODELS.get("llama-3.1-8b"))
    alone = state_bytes(g, Layout(), "full", sharded=False)
    assert alone == pytest.approx(16 * g.total)
    assert state_bytes(g, Layout(data=4), "full", sharded=False) == pytest.approx((4 + 12 / 4) * g.total)
    assert state_bytes(g, Layout(data=4), "full", sharded=True) == pytest.approx(4 * g.total)


def test_recomputation_and_tensor_parallelism_save_activations() -> None:
    g = geometry(MODELS.get("llama-3.1-70b"))
    plain = memory(g, Layout(), 8192, "full", False, False)
    assert memory(g, Layout(), 8192, "full", False, True).activations < plain.activations / 5
    assert memory(g, Layout(tensor=4), 8192, "full", False, False).activations == pytest.approx(plain.activations / 4)


def test_goodput_falls_with_scale_and_the_interval_is_youngs() -> None:
    steady = Reliability(50_700 * 3600.0, 600.0, 0.1e9, 0.0)
    small, large = goodput(steady, 70e9, 512), goodput(steady, 70e9, 16_384)
    assert large.share < small.share < 1.0
    assert small.interval_s == pytest.approx((2 * small.job_mtbf_s * small.save_s) ** 0.5)
    # 419 stops in 54 days on 16,384 accelerators: one in about three hours
    assert large.job_mtbf_s / 3600 == pytest.approx(54 * 24 / 419, rel=0.01)


def test_the_checkpoint_rule_costs_the_share_it_promises() -> None:
    steady = Reliability(50_700 * 3600.0, 0.0, 1.0, 0.0)
    for accelerators in (64, 4096):
        rate = write_b_s_per_accelerator(steady, 70e9, 0.03)
        found = goodput(replace(steady, write_b_s_per_accelerator=rate), 70e9, accelerators)
        assert found.save_s / found.interval_s == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("model", "precision", "tokens", "gpu_hours", "slack"),
    [("deepseek-v3", "fp8", 14.8e12, 2.664e6, 0.35), ("llama-3.1-405b", "bf16", 15.6e12, 30.84e6, 0.35)],
)
def test_published_whole_runs_come_out_in_the_days_they_took(
    model: str, precision: str, tokens: float, gpu_hours: float, slack: float
) -> None:
    hopper = rates(memory_gb=85, bandwidth_tb_s=3.35, bf16=989, fp8=1978, fp4=None, link_gb_s=450)
    # the days that 2,048 and 16,384 accelerators took
    accelerators = 2048 if model == "deepseek-v3" else 16_384
    job = TrainingJob("run", tokens, gpu_hours / accelerators * 3600, 4096 if model == "deepseek-v3" else 8192)
    need = train(replace(job, precision=precision, global_batch_tokens=6e7), system(hopper), model)  # type: ignore[arg-type]
    assert need.accelerators_p10 * (1 - slack) <= accelerators <= need.accelerators_p90 * (1 + slack)
