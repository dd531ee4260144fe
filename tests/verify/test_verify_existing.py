"""A plan beside racks that stand already: every way to move, overfill or overload one is noticed."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import mutants_of
import pytest
from mutants_of import Mutants, rules

from planner.plan.build import make_plan
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.request import load_request

Data = dict[str, Any]
EXAMPLE = Path(__file__).parents[2] / "examples" / "leeds-brownfield.yaml"
MUTANTS: Mutants = {}
caught_by = partial(mutants_of.caught_by, mutants=MUTANTS)


@pytest.fixture(scope="module")
def plan(library: Library) -> Plan:
    return make_plan(*load_request(EXAMPLE), library)


def standing(plan: Data, decision: str) -> Data:
    return next(rack for rack in plan["existing"] if rack["decision"] == decision and rack["devices"])


def added(plan: Data) -> tuple[Data, Data]:
    """An extended rack to which something is added, and what."""
    rack = next(rack for rack in plan["existing"] if rack["added"])
    return rack, next(pattern for pattern in plan["patterns"] if pattern["id"] == rack["added"])


@caught_by("existing-racks-are-those-of-the-request")
def an_existing_device_moved(plan: Data) -> None:
    standing(plan, "keep")["devices"][0]["u"] += 1


@caught_by("existing-racks-are-those-of-the-request")
def an_existing_rack_left_out(plan: Data) -> None:
    plan["existing"].remove(standing(plan, "retire"))


@caught_by("existing-racks-are-those-of-the-request")
def a_kept_rack_said_to_be_retired(plan: Data) -> None:
    standing(plan, "keep")["decision"] = "retire"


@caught_by("existing-racks-are-those-of-the-request")
def the_load_of_a_rack_made_smaller(plan: Data) -> None:
    standing(plan, "keep")["power_design_w"] -= 1


@caught_by("added-devices-stand-in-free-units")
def a_device_on_top_of_another_in_a_gap(plan: Data) -> None:
    rack, pattern = added(plan)
    pattern["devices"][0]["u"] = rack["devices"][0]["u"]


@caught_by("added-devices-stand-in-free-units")
def a_device_above_the_top_of_its_rack(plan: Data) -> None:
    rack, pattern = added(plan)
    pattern["devices"][-1]["u"] = rack["height_u"] + 1


@caught_by("extended-racks-keep-their-limits")
def an_extended_rack_overloaded(plan: Data) -> None:
    _, pattern = added(plan)
    pattern["power_design_w"] += 50_000


@caught_by("extended-racks-keep-their-limits")
def more_cords_than_an_extended_rack_has_outlets(plan: Data) -> None:
    _, pattern = added(plan)
    pattern["outlets"]["C13"] = 100


@caught_by("racks-stand-on-free-positions")
def a_new_rack_on_a_kept_position(plan: Data) -> None:
    kept = standing(plan, "keep")
    new = next(r for r in plan["racks"] if r["id"] not in {rack["id"] for rack in plan["existing"] if rack["added"]})
    new.update(row=kept["row"], positions=[kept["position"]], id=kept["id"], x_mm=kept["x_mm"], y_mm=kept["y_mm"])


@caught_by("what-is-added-goes-into-extended-racks")
def devices_added_to_a_kept_rack(plan: Data) -> None:
    kept, (rack, pattern) = standing(plan, "keep"), added(plan)
    entry = next(r for r in plan["racks"] if r["pattern"] == pattern["id"])
    entry.update(row=kept["row"], positions=[kept["position"]], id=kept["id"], x_mm=kept["x_mm"], y_mm=kept["y_mm"])
    rack["added"], kept["added"] = None, pattern["id"]


@caught_by("what-is-added-goes-into-extended-racks")
def what_was_added_not_listed(plan: Data) -> None:
    added(plan)[0]["added"] = None


@caught_by("feed-states-are-right")
def a_feed_without_what_stands(plan: Data) -> None:
    feed = plan["power"][0]["feeds"][0]
    feed["states"][0]["load_w"] -= sum(rack["power_design_w"] or 0 for rack in plan["existing"]) // 2


@caught_by("certificates-hold")
def a_certificate_that_says_standing_racks_hold_nothing(plan: Data) -> None:
    certificate = next(c for proof in plan["proofs"] if proof["stage"] == "packing" for c in proof["certificates"])
    light = next(key for key in sorted(certificate["weights"]) if key.startswith("management-server/"))
    certificate["weights"][light] = 1
    certificate["z"] = {key: 0 if "/@" in key else 10**6 for key in certificate["z"]}
    assert 0 in certificate["z"].values()


def ports(plan: Data) -> Data:
    return next(ports for rack in plan["existing"] for ports in rack["ports"] if ports["used"])


@caught_by("free-ports-are-taken-once")
def a_port_of_an_existing_switch_taken_twice(plan: Data) -> None:
    ports(plan)["used"][1] = ports(plan)["used"][0]


@caught_by("free-ports-are-taken-once")
def a_port_taken_that_was_not_free(plan: Data) -> None:
    ports(plan)["used"][0] = 1


@caught_by("free-ports-are-taken-once")
def links_to_an_existing_switch_not_listed(plan: Data) -> None:
    ports(plan)["used"].clear()


@caught_by("switches-are-those-of-the-design")
def a_switch_bought_though_existing_ports_are_free(plan: Data) -> None:
    next(device for device in plan["devices"] if device["role"] == "out-of-band-leaf")["count"] += 1


@caught_by("headline-repeats-the-plan")
def racks_that_stand_counted_as_new(plan: Data) -> None:
    plan["headline"]["racks"] = len(plan["racks"])


def test_the_plan_holds_every_promise(plan: Plan, library: Library) -> None:
    assert rules(plan, library) == set()
    decisions = {rack.decision for rack in plan.existing}
    assert decisions == {"keep", "extend", "retire"} and any(rack.added for rack in plan.existing)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_by_its_rule(plan: Plan, library: Library, name: str) -> None:
    rule, change = MUTANTS[name]
    data = json.loads(plan_json(plan))
    change(data)
    assert rule in rules(Plan.model_validate(data), library)


def test_nothing_that_stands_is_bought_or_moved(plan: Plan) -> None:
    at = {(rack.row, rack.position): rack for rack in plan.existing}
    for rack in plan.racks:
        there = at.get((rack.row, rack.positions[0]))
        assert there is None or there.decision == "retire" or there.added == rack.pattern
    racks = sum(line.quantity for line in plan.bill if line.group == "racks")
    assert racks == plan.headline.racks
