from __future__ import annotations

from dataclasses import replace

import pytest
from demand_cases import rates, system
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.models import Models, load_models
from planner.catalog.priors import Priors, load_priors
from planner.demand import (
    AcceleratorNeed,
    BatchInference,
    EmbeddingService,
    InferenceService,
    SystemRates,
    fits,
    need_batch,
    need_embedding,
    need_inference,
)

MODELS, PRIORS = load_models(), load_priors()
SERVICE = InferenceService("chat", 20.0, 2000, 400)
NAMES = st.sampled_from(["llama-3.1-8b", "llama-3.1-70b", "gpt-oss-120b", "deepseek-v3", "qwen3.5-397b-a17b"])


def size(service: InferenceService, on: SystemRates | None = None, model: str = "llama-3.1-70b") -> AcceleratorNeed:
    return need_inference(service, on or system(), MODELS.get(model), PRIORS)


@settings(max_examples=25, deadline=None)
@given(NAMES, st.floats(2.0, 8.0), st.floats(1.05, 3.0))
def test_more_bandwidth_never_needs_more(model: str, bandwidth: float, factor: float) -> None:
    slow, fast = (
        size(SERVICE, system(rates(bandwidth_tb_s=bandwidth)), model),
        size(SERVICE, system(rates(bandwidth_tb_s=bandwidth * factor)), model),
    )
    assert not slow.feasible or (fast.feasible and fast.accelerators <= slow.accelerators)


@settings(max_examples=25, deadline=None)
@given(NAMES, st.floats(0.01, 0.2), st.floats(0.3, 0.95))
def test_a_tighter_token_time_never_needs_fewer(model: str, tpot: float, share: float) -> None:
    loose = size(replace(SERVICE, tpot_s=tpot), model=model)
    tight = size(replace(SERVICE, tpot_s=tpot * share), model=model)
    assert not tight.feasible or (loose.feasible and loose.accelerators <= tight.accelerators)


@settings(max_examples=25, deadline=None)
@given(NAMES, st.floats(0.1, 500.0), st.floats(1.0, 5.0))
def test_more_requests_never_need_fewer(model: str, rate: float, factor: float) -> None:
    few = size(replace(SERVICE, peak_requests_s=rate), model=model)
    many = size(replace(SERVICE, peak_requests_s=rate * factor), model=model)
    assert few.accelerators <= many.accelerators


@settings(max_examples=25, deadline=None)
@given(NAMES, st.floats(40.0, 200.0), st.floats(1.05, 2.0))
def test_more_memory_never_needs_more(model: str, memory: float, factor: float) -> None:
    small, large = (size(SERVICE, system(rates(memory_gb=m)), model) for m in (memory, memory * factor))
    assert not small.feasible or (large.feasible and large.accelerators <= small.accelerators)


@settings(max_examples=20, deadline=None)
@given(NAMES, st.floats(0.5, 300.0))
def test_the_counts_are_ordered_whole_units_and_carry_the_peak(model: str, rate: float) -> None:
    need = size(replace(SERVICE, peak_requests_s=rate), model=model)
    assert need.accelerators_p10 <= need.accelerators <= need.accelerators_p90
    assert need.units * need.unit_accelerators == need.accelerators
    assert (need.units - 1) * need.figure("requests per replica") >= rate  # without the spare replica
    assert need.figure("time per output token, planned") <= SERVICE.tpot_s
    assert need.figure("time to first token p99, planned") <= SERVICE.ttft_s
    assert need.figure("memory used") <= 1.0


def test_a_spare_replica_is_one_more() -> None:
    with_spare, without = size(SERVICE), size(replace(SERVICE, spare_replicas=0))
    assert with_spare.units == without.units + 1


def test_the_prefix_cache_saves_accelerators_where_prefill_rules() -> None:
    long = replace(SERVICE, input_tokens=30_000, peak_requests_s=50.0)
    assert size(replace(long, prefix_hit=0.8)).accelerators < size(long).accelerators


def test_a_latency_no_batch_meets_names_one_that_works() -> None:
    need = size(replace(SERVICE, tpot_s=0.0001))
    assert not need.feasible and need.accelerators == 0
    nearest = float(need.reason.split("works is ")[1].split(" ms")[0]) / 1000
    assert size(replace(SERVICE, tpot_s=nearest)).feasible
    assert not size(replace(SERVICE, tpot_s=nearest * 0.9)).feasible


def test_a_first_token_no_batch_meets_names_one_that_works() -> None:
    need = size(replace(SERVICE, ttft_s=0.001))
    nearest = float(need.reason.split("works is ")[1].split(" ms")[0]) / 1000
    assert not need.feasible
    assert size(replace(SERVICE, ttft_s=nearest)).feasible


def test_a_model_too_large_names_the_count_that_holds_it() -> None:
    alone = system(rates(memory_gb=24), accelerators=1, scale_up=1)
    need = size(SERVICE, alone, "llama-3.1-405b")
    assert not need.feasible
    assert "does not fit" in need.reason and "the smallest that would hold it is 2" in need.reason
    assert fits(MODELS.get("llama-3.1-405b"), [alone, system()], PRIORS) == ("test-system",)


def test_a_context_longer_than_the_model_is_refused_with_its_length() -> None:
    need = size(replace(SERVICE, input_tokens=131_000))
    assert not need.feasible and "131,072" in need.reason
    assert size(replace(SERVICE, input_tokens=130_000, peak_requests_s=1, ttft_s=60)).feasible


@pytest.mark.parametrize("fact", ["memory_gb", "bandwidth_tb_s", "bf16"])
def test_an_unknown_fact_is_never_a_zero(fact: str) -> None:
    need = size(SERVICE, system(rates(**{fact: None})))  # type: ignore[arg-type]
    assert not need.feasible and "not known" in need.reason


def test_without_fp8_auto_means_bf16_and_says_so() -> None:
    need = size(SERVICE, system(rates(fp8=None, fp4=None)))
    chosen = next(note for note in need.assumptions if note.id == "inference.precision")
    assert "weights bf16" in chosen.value and "auto" in chosen.text
    assert need.accelerators >= size(SERVICE).accelerators


def test_fp4_weights_never_need_more_than_bf16() -> None:
    narrow, wide = (size(replace(SERVICE, precision=p)) for p in ("fp4", "bf16"))
    assert narrow.accelerators <= wide.accelerators


def test_trainium_says_uncalibrated_and_has_a_wide_band() -> None:
    need = size(SERVICE, system(rates("aws-trainium3", fp4=None), 64, 64))
    assert not need.calibrated
    assert need.accelerators_p90 >= 2 * need.accelerators_p10


def test_a_batch_job_with_twice_the_time_needs_no_more(models: Models, priors: Priors) -> None:
    job = BatchInference("nightly", 1_000_000, 1000, 200, 3600.0)
    model = models.get("llama-3.1-8b")
    fast = need_batch(job, system(), model, priors)
    slow = need_batch(replace(job, within_s=7200.0), system(), model, priors)
    assert slow.accelerators <= fast.accelerators
    assert fast.units * fast.figure("requests per replica") * job.within_s >= job.requests
    assert fast.binding == "deadline"


def test_embedding_scales_with_its_rate(models: Models, priors: Priors) -> None:
    model = models.get("bge-m3")
    small = need_embedding(EmbeddingService("e", 1e5), system(), model, priors)
    large = need_embedding(EmbeddingService("e", 1e8), system(), model, priors)
    assert small.feasible and small.units == 2  # one and its spare
    assert large.units > 20
    refused = need_embedding(EmbeddingService("e", 1e5, tokens_each=9000), system(), model, priors)
    assert not refused.feasible and "8,192" in refused.reason


def test_separate_pools_carry_the_rate_within_their_targets() -> None:
    need = size(
        replace(SERVICE, peak_requests_s=300.0, input_tokens=8000), system(accelerators=72, scale_up=72), "deepseek-v3"
    )
    parts = need.figure("with separate pools: for prefill") + need.figure("with separate pools: for decoding")
    assert need.figure("with separate pools: accelerators") == parts > 0
    # long prompts: prefill takes the larger part, and shorter ones take less of it
    short = size(
        replace(SERVICE, peak_requests_s=300.0, input_tokens=500), system(accelerators=72, scale_up=72), "deepseek-v3"
    )
    name = "with separate pools: for prefill"
    assert short.figure(name) < need.figure(name)


def test_an_accelerator_nobody_measured_is_refused_and_says_what_to_add() -> None:
    other = replace(rates("maker-x1"), vendor_class="other")
    need = size(SERVICE, system(other))
    assert not need.feasible and "nothing is known of the inference speed of maker-x1" in need.reason


def test_separate_pools_are_whole_replicas_within_units(models: Models, priors: Priors) -> None:
    service = InferenceService("chat", 100.0, 4000, 1000, pools="split")
    node = system(accelerators=8, scale_up=8)
    need = need_inference(service, node, models.get("deepseek-v3"), priors)
    layout = dict(need.layout)
    sizes = {pool: layout[f"{pool} accelerators"] for pool in ("prefill", "decode")}
    assert need.feasible and need.unit_accelerators == max(sizes.values()) <= 8
    groups = sum(-(-layout[f"{pool} replicas"] // (need.unit_accelerators // size)) for pool, size in sizes.items())
    assert (need.units, need.accelerators) == (groups, groups * need.unit_accelerators)
    assert need.accelerators_p10 <= need.accelerators <= need.accelerators_p90
    busier = need_inference(replace(service, peak_requests_s=200.0), node, models.get("deepseek-v3"), priors)
    assert busier.accelerators > need.accelerators


def test_separate_pools_that_meet_no_latency_say_so(models: Models, priors: Priors) -> None:
    service = InferenceService("chat", 100.0, 4000, 1000, tpot_s=1e-6, pools="split")
    need = need_inference(service, system(accelerators=8, scale_up=8), models.get("deepseek-v3"), priors)
    assert not need.feasible and "with separate pools: no batch meets" in need.reason
