"""A plan whose networks end at free ports of switches that stand: every way to take a wrong port is noticed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import mutants_of
import pytest
from mutants_of import Mutants, rules

from planner.cabling.schedule import schedule
from planner.document import parse
from planner.errors import Infeasible
from planner.plan.build import make_plan
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.plan.wiring import Wired, wire_plan
from planner.request import load_request, read_request

Data = dict[str, Any]
REQUEST = Path(__file__).parent / "requests" / "free-ports.yaml"
MUTANTS: Mutants = {}
caught_by = partial(mutants_of.caught_by, mutants=MUTANTS)


@pytest.fixture(scope="module")
def plan(library: Library) -> Plan:
    return make_plan(*load_request(REQUEST), library)


@pytest.fixture(scope="module")
def wired(plan: Plan, library: Library) -> list[Wired]:
    return wire_plan(plan, load_request(REQUEST)[0], library)


def ports(plan: Data, switch: str) -> Data:
    found: Data = next(p for rack in plan["existing"] for p in rack["ports"] if p["switch"] == switch)
    return found


def fabric(plan: Data, name: str) -> Data:
    found: Data = next(entry for entry in plan["fabrics"] if entry["fabric"] == name)
    return found


@caught_by("free-ports-are-taken-once")
def a_link_at_a_port_that_is_not_free(plan: Data) -> None:
    ports(plan, "leaf-1")["used"][0] = 1


@caught_by("free-ports-are-taken-once")
def more_links_at_a_port_than_it_has_lanes(plan: Data) -> None:
    used = ports(plan, "ib-1")["used"]
    used[2] = used[0]


@caught_by("free-ports-are-taken-once")
def ports_said_to_be_of_another_speed(plan: Data) -> None:
    ports(plan, "ib-1")["speed_gbit_s"] = 800


@caught_by("networks-join-whole")
def a_link_less_at_the_switches_that_stand(plan: Data) -> None:
    ports(plan, "leaf-2")["used"].pop()


@caught_by("networks-join-whole")
def an_inter_switch_link_of_switches_that_stand(plan: Data) -> None:
    fabric(plan, "in-band")["links"].append({"tier": "isl", "speed_gbit_s": 100, "links": 2})


@caught_by("joined-links-survive-a-switch")
def more_than_half_of_the_links_on_one_switch_of_a_pair(plan: Data) -> None:
    one, two = ports(plan, "leaf-1"), ports(plan, "leaf-2")
    two["used"].pop()
    one["used"].append(next(port for port in one["free"] if port not in one["used"]))


@caught_by("joined-links-survive-a-switch")
def all_storage_links_on_one_switch(plan: Data) -> None:
    one, two = ports(plan, "ib-1"), ports(plan, "ib-2")
    one["used"] += two["used"]
    two["used"].clear()


@caught_by("switches-are-those-of-the-design")
def a_leaf_bought_beside_ports_that_are_enough(plan: Data) -> None:
    leaf = dict(next(device for device in plan["devices"] if device["role"] == "compute-leaf"))
    plan["devices"].append(leaf | {"role": "storage-leaf", "count": 1})


def test_the_plan_holds_every_promise(plan: Plan, library: Library) -> None:
    assert rules(plan, library) == set()
    roles = {device.role for device in plan.devices}
    assert not any(role.startswith(("in-band-", "storage-leaf", "storage-spine")) for role in roles)
    assert {f.severity for f in plan.findings if f.rule == "free-ports-joined"} == {"information"}
    assert next(p for p in plan.proofs if p.stage == "plan").gap == 0


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_by_its_rule(plan: Plan, library: Library, name: str) -> None:
    rule, change = MUTANTS[name]
    data = json.loads(plan_json(plan))
    change(data)
    assert rule in rules(Plan.model_validate(data), library)


def test_every_device_with_two_ports_ends_at_two_switches(wired: list[Wired]) -> None:
    ends: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in wired:
        for link in entry.cables.links:
            if link.fabric in ("in-band", "storage") or link.tier == "uplink":
                ends[link.fabric, link.a].append(link.b)
    assert ends
    for (_, device), switches in ends.items():
        assert len(switches) < 2 or len(set(switches)) == 2, device
        assert max(Counter(switches).values()) - min(Counter(switches).values()) <= len(switches) % 2


def test_cables_fit_the_port_and_reach_the_rack_that_stands(wired: list[Wired]) -> None:
    rows = [row for entry in wired for row in schedule(entry.cables)]
    to_pair = [row for row in rows if row.to_device in ("leaf-1", "leaf-2")]
    assert {row.to_rack for row in to_pair} == {"hall/A/1"} and {row.to_u for row in to_pair} == {40, 43}
    assert all(row.product for row in to_pair)
    sockets = {row.to_module for row in rows if row.to_device.startswith("ib-")}
    assert sockets == {"nvidia-mma4z00-ns"}  # twin ports, two links in each


@pytest.mark.parametrize(
    ("old", "new", "fabric"),
    [
        ("1-32, speed: 100 Gb/s, connector: QSFP28", "1-19, speed: 100 Gb/s, connector: QSFP28", "in-band"),
        ("1-32, speed: 100 Gb/s, connector: QSFP28", "1-32, speed: 200 Gb/s, connector: QSFP112", "in-band"),
        ("ports: 2-12, speed: 400", "ports: 2-5, speed: 400", "storage"),
    ],
)
def test_where_ports_are_too_few_or_too_slow_the_network_is_new(
    library: Library, old: str, new: str, fabric: str
) -> None:
    text = REQUEST.read_text(encoding="utf-8")
    assert old in text
    plan = make_plan(*read_request(parse(text.replace(old, new), "changed")), library)
    assert rules(plan, library) == set()
    assert any(device.role == f"{fabric}-leaf" for device in plan.devices)
    assert not any(p.used for rack in plan.existing for p in rack.ports if p.fabric == fabric)
    (finding,) = (f for f in plan.findings if f.rule == "free-ports-unused")
    assert finding.severity == "warning" and f"the {fabric} network" in finding.text


def test_ports_that_stand_are_there_in_every_phase(library: Library) -> None:
    phases = """phases:
  - {id: one, date: 2027-06-30, shares: {assistant: 40 %}, storage: 50 %}
  - {id: two, date: 2028-06-30}
policy:
"""
    text = REQUEST.read_text(encoding="utf-8").replace("policy:\n", phases)
    plan = make_plan(*read_request(parse(text, "changed")), library)
    assert rules(plan, library) == set() and len(plan.phases) == 2
    assert all(p.used for rack in plan.existing for p in rack.ports)


def with_rails(ports: str) -> str:
    rails = "".join(
        f"                - product: nvidia-qm9700\n                  name: rail-{n}\n                  u: {n}\n"
        f"                  free_ports: [{{fabric: compute, ports: {ports}, speed: 400 Gb/s}}]\n"
        for n in range(1, 9)
    )
    return REQUEST.read_text(encoding="utf-8").replace("workloads:\n", f"{rails}workloads:\n", 1)


def test_every_system_has_one_link_at_each_leaf_of_a_unit_that_stands(library: Library) -> None:
    request, source = read_request(parse(with_rails("11-16"), "changed"))
    plan = make_plan(request, source, library)
    assert rules(plan, library) == set()
    assert {d.role for d in plan.devices} == {"management-server", "out-of-band-leaf"}
    ends: dict[str, list[str]] = defaultdict(list)
    for entry in wire_plan(plan, request, library):
        for link in entry.cables.links:
            if link.fabric == "compute":
                ends[link.a].append(link.b)
    assert len(ends) == sum(choice.count for choice in plan.systems)
    assert {tuple(switches) for switches in ends.values()} == {tuple(f"rail-{n}" for n in range(1, 9))}
    data = json.loads(plan_json(plan))
    ports(data, "rail-3")["used"].pop()
    assert {"free-ports-are-taken-once", "networks-join-whole"} <= rules(Plan.model_validate(data), library)


def test_a_unit_with_too_few_ports_leaves_the_compute_network_new(library: Library) -> None:
    plan = make_plan(*read_request(parse(with_rails("11-14"), "changed")), library)
    assert rules(plan, library) == set()
    assert any(device.role == "compute-leaf" for device in plan.devices)
    (finding,) = (f for f in plan.findings if f.rule == "free-ports-unused")
    assert "of which they can take 64" in finding.text


def test_a_switch_too_far_for_every_cable_is_told_with_what_helps(library: Library) -> None:
    """Racks may stand 36 m away alone, and active cables with QSFP28 reach 30 m."""
    text = REQUEST.read_text(encoding="utf-8")
    text = text.replace("positions: 8,", f"positions: 70, blocked: {[*range(2, 61)]},")
    with pytest.raises(Infeasible, match=r"to leaf-1 .* leave the free ports of that switch out"):
        make_plan(*read_request(parse(text, "changed")), library)
