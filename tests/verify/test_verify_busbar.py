"""Racks with busbars: real racks of real nodes, their shelves in plan, bill and weight, and mutants that are caught."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from changed_requests import Change, changed

from planner.errors import Infeasible
from planner.plan.build import make_plan
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.request import read_request
from planner.verify.check import verify

REQUEST = Path(__file__).parent / "requests" / "busbar.yaml"
NODE, SHELF = "nvidia-dgx-b300-busbar", "nvidia-33kw-power-shelf"


def planned(library: Library, change: Change = lambda _: None) -> Plan:
    return make_plan(*read_request(changed(REQUEST, change)), library)


def hall_of(data: Any) -> Any:
    return data["sites"][0]["halls"][0]


@pytest.fixture(scope="module")
def bars(library: Library) -> Plan:
    return planned(library)


def test_four_nodes_stand_in_a_rack_with_its_shelves_and_all_else_elsewhere(bars: Plan, library: Library) -> None:
    full = max(bars.patterns, key=lambda pattern: pattern.power_design_w or 0)
    assert [device.product for device in full.devices] == [NODE] * 4
    assert (full.pdus, full.power_design_w, full.power_peak_w) == ({SHELF: 4}, 58_000, 76_000)
    assert full.outlets == {} and full.weight_known is False and full.height_u == 48
    assert max(device.u + device.height_u - 1 for device in full.devices) <= 44
    for pattern in bars.patterns:
        assert ({d.product for d in pattern.devices} == {NODE}) == (SHELF in pattern.pdus)
    racks = sum(pattern.count for pattern in bars.patterns if SHELF in pattern.pdus)
    (line,) = [line for line in bars.bill if line.product == SHELF]
    assert line.quantity == 4 * racks
    assert [f for f in verify(bars, library) if f.severity == "error"] == []


def test_half_the_shelves_are_below_the_peak_and_their_loss_is_unknown(bars: Plan) -> None:
    (finding, *_) = [f for f in bars.findings if f.rule == "shelves-carry-the-load"]
    assert finding.numbers["available_w"] == 66_000 and finding.numbers["peak_w"] == 76_000
    assert any(f.rule == "unknown-conversion-loss" and f.place == SHELF for f in bars.findings)


def test_shelves_load_all_phases_alike(bars: Plan) -> None:
    full = max(bars.phase_balance[0].patterns, key=lambda entry: entry.worst_w)
    assert (full.connection, full.imbalance, full.unknown_w) == ("three-phase", 0.0, 0)


def test_two_shelves_carry_two_nodes_with_a_feed_lost(library: Library) -> None:
    def fewer(data: Any) -> None:
        hall_of(data)["rows"][0]["busbar"]["shelves"] = 2
        data["workloads"][0]["users"] = 32

    nodes = [len(p.devices) for p in planned(library, fewer).patterns if SHELF in p.pdus]
    assert max(nodes) == 2  # 29 of 33 kW; three would be 43.5


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: hall_of(data)["rows"][0].pop("busbar"), "which the hall's rows do not offer"),
        (
            lambda data: hall_of(data).update(floor={"distributed_load": "20 kPa"}),
            f"the weight of its power shelf {SHELF} is not published and the floor is rated",
        ),
    ],
)
def test_what_is_missing_for_a_busbar_is_said(library: Library, change: Callable[[Any], None], reason: str) -> None:
    with pytest.raises(Infeasible, match=reason):
        planned(library, change)


def test_a_site_s_own_weight_of_a_shelf_stands_in(library: Library) -> None:
    def rated(data: Any) -> None:
        hall_of(data)["floor"] = {"distributed_load": "20 kPa"}
        data["policy"]["assumed_weight_kg"] = {SHELF: 30}

    plan = planned(library, rated)
    full = max(plan.patterns, key=lambda pattern: pattern.power_design_w or 0)
    assert (full.weight_kg, full.weight_known) == (185 + 4 * 30 + 4 * 123, True)
    assert [f for f in verify(plan, library) if f.severity == "error"] == []


def of_busbar(data: Any) -> Any:
    return next(p for p in data["patterns"] if SHELF in p["pdus"])


MUTANTS: dict[str, Callable[[Any], object]] = {
    "a shelf less": lambda data: of_busbar(data)["pdus"].update({SHELF: 2}),
    "PDUs in place of shelves": lambda data: of_busbar(data).update(pdus={"generic-rpdu-400v-63a-iec": 2}),
    "a node where a shelf is": lambda data: of_busbar(data)["devices"][-1].update(u=37),
    "a switch on the busbar": lambda data: of_busbar(data)["devices"][0].update(product="nvidia-sn5610", height_u=2),
    "a row with fewer shelves": lambda data: hall_of(data["request"])["rows"][0]["busbar"].update(shelves=2),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_of_a_busbar_rack_is_caught(bars: Plan, library: Library, name: str) -> None:
    data = json.loads(plan_json(bars))
    MUTANTS[name](data)
    found = [f.rule for f in verify(Plan.model_validate(data), library) if f.severity == "error"]
    assert {"busbars-have-their-shelves", "devices-have-their-kind-of-power"} & set(found)
