"""Power caps as a lever: where feeds are short, more systems under a cap instead of fewer without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_requests import Change, changed

from planner.catalog.facts import Fact
from planner.catalog.schema import System
from planner.demand import system_rates
from planner.errors import Infeasible
from planner.facility.power import power_tiers
from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.power_caps import with_power_caps
from planner.plan.schema import Plan
from planner.request import load_request, read_request
from planner.verify.check import verify

REQUEST = Path(__file__).parent / "requests" / "short-of-power.yaml"
SERVER, CAPPED = "nvidia-dgx-b200", "nvidia-dgx-b200-at-12000w"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def planned(library: Library, change: Change = lambda _: None) -> Plan:
    return make_plan(*read_request(changed(REQUEST, change)), library)


def no_caps(data: Any) -> None:
    del data["policy"]["power_caps"]


def less_work(data: Any) -> None:
    data["workloads"][0]["requests"] = 4_200_000


@pytest.fixture(scope="module")
def short(library: Library) -> Plan:
    return planned(library)


def test_feeds_that_carry_three_servers_carry_four_under_a_cap(short: Plan, library: Library) -> None:
    (choice,) = short.systems
    assert (choice.product, choice.count) == (CAPPED, 4)
    with pytest.raises(Infeasible):
        planned(library, no_caps)
    assert 4 * 14_300 + (short.headline.power_design_w - 4 * 12_000) > 62_000 >= short.headline.power_design_w


def test_where_three_uncapped_servers_are_enough_they_are_chosen(library: Library) -> None:
    (choice,) = planned(library, less_work).systems
    assert (choice.product, choice.count) == (SERVER, 3)


def test_the_cap_is_in_bill_and_assumptions_and_the_plan_verifies(short: Plan, library: Library) -> None:
    (line,) = [line for line in short.bill if line.group == "systems"]
    base = library.catalog.get(SERVER, System)
    assert line.part_number == base.part_number.value
    assert line.unit_price is not None and line.unit_price.typical == 485_000
    assert line.name == "NVIDIA DGX B200, capped at 12 kW" and "90% of the throughput" in line.cause
    (told,) = [a for a in short.assumptions if a.id == f"power-cap.{CAPPED}"]
    assert (told.value, told.source) == ("90.0%", "own measurement of October 2026")
    assert [f for f in verify(short, library) if f.severity == "error"] == []


def test_a_plan_that_hides_its_cap_is_caught(short: Plan, library: Library) -> None:
    text = short.model_dump_json(by_alias=True)
    data = Plan.model_validate_json(text.replace(CAPPED, SERVER)).model_copy(update={"request": short.request})
    assert any(f.rule == "patterns-add-up-their-power" for f in verify(data, library))


def test_a_cap_bounds_design_and_peak_and_slows_every_rate(library: Library) -> None:
    request, _ = load_request(REQUEST)
    catalog = with_power_caps(library, request).catalog
    tiers = power_tiers(catalog.get(CAPPED, System), {})
    assert (tiers.design_w, tiers.peak_w) == (12_000, 12_000)
    base, slow = system_rates(catalog, SERVER).accelerator, system_rates(catalog, CAPPED).accelerator
    assert slow.bf16_flop_s == pytest.approx(0.9 * (base.bf16_flop_s or 0))
    assert slow.memory_bytes == base.memory_bytes
    assert slow.power_headroom == pytest.approx(base.power_headroom)


def test_without_caps_the_library_is_the_same(library: Library) -> None:
    request, _ = load_request(REQUEST)
    capped = with_power_caps(library, request)
    assert with_power_caps(capped, request) is capped
    bare = request.model_copy(update={"policy": request.policy.model_copy(update={"power_caps": ()})})
    assert with_power_caps(library, bare) is library


def test_a_site_s_own_weight_goes_with_the_capped_system(library: Library) -> None:
    request, _ = load_request(REQUEST)
    policy = request.policy.model_copy(update={"assumed_weight_kg": {SERVER: 150}})
    catalog = with_power_caps(library, request.model_copy(update={"policy": policy})).catalog
    weight: Fact[float] = catalog.get(CAPPED, System).weight_kg
    assert (weight.value, weight.confidence) == (150, "estimate")
