"""Separate pools when a replica is lost: what is left after the spares holds both pools."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from demand_cases import rates, system

from planner.catalog.models import Models
from planner.catalog.priors import Priors
from planner.demand import InferenceService, need_inference

SERVICE = InferenceService("chat", 200.0, 3000, 400, ttft_s=3.0, tpot_s=0.03, pools="split")


@pytest.mark.parametrize("model", ["llama-3.1-8b", "llama-3.1-70b", "deepseek-v3"])
@pytest.mark.parametrize("spare", [1, 2])
@pytest.mark.parametrize("rate", [1.0, 40.0, 400.0])
def test_the_units_left_without_spares_hold_both_pools(
    models: Models, priors: Priors, model: str, spare: int, rate: float
) -> None:
    """Sizing and verify take `spare` units off when as many nodes are lost: the pools without spares fit the rest."""
    on = system(rates(), 72, 72)
    service = replace(SERVICE, peak_requests_s=rate)
    need = need_inference(replace(service, spare_replicas=spare), on, models.get(model), priors)
    shape, left = dict(need.layout), 0
    for pool in ("prefill", "decode"):
        working = shape[f"{pool} replicas"] - spare
        assert need.feasible and working >= 1
        left += math.ceil(working / (need.unit_accelerators // shape[f"{pool} accelerators"]))
    assert left <= need.units - spare
