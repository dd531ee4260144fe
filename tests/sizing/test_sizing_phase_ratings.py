"""Phases in packing: racks that their circuits carry as a whole but not phase by phase are packed otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from planner.packing.data import DeviceClass, PackingProblem, PackingResult, Pattern, RackClass
from planner.packing.model import pack
from planner.packing.repair import repaired
from planner.sizing.answer import Settled
from planner.sizing.phase_ratings import PhasesInfeasible, keeps, pdus_on_a_feed, rack_in
from planner.sizing.question import Question
from planner.sizing.settle import settle

Asked = Callable[..., Question]
SERVER = "nvidia-dgx-b200"
TEN_CORDS = "asus-xa-nb3i-e12"  # 14.5 kW on ten cords: five on each feed, never alike on three phases


def racks_of_two(circuit: dict[str, Any], *, positions: int = 12) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        hall = data["sites"][0]["halls"][0]
        row = {"id": "A", "positions": positions, "rack_power": "40 kW", "feeds": ["A", "B"], "circuit": circuit}
        hall["rows"] = [row]
        hall["power"]["standard"] = "NEC"
        data["policy"]["systems"]["allow"] = [TEN_CORDS]

    return change


def most_systems(settled: Settled) -> int:
    return max(dict(p.content).get(f"system/{TEN_CORDS}", 0) for p, _ in settled.packing["one"].patterns)


@pytest.mark.parametrize(("per_feed", "most"), [(1, 1), (2, 2)])
def test_two_systems_share_a_circuit_only_if_every_phase_carries_them(asked: Asked, per_feed: int, most: int) -> None:
    """415 V 60 A carry 34.5 kW, two systems draw 29; but 4 cords of 2.9 kW are 11.6 on a phase of 11.5."""
    circuit = {"voltage": "415 V", "current": "60 A", "per_feed": per_feed}
    question = asked("loose", racks_of_two(circuit))
    settled = settle(question)
    hall = settled.prepared.data.halls[0]
    assert most_systems(settled) == most
    assert all(keeps(question, hall, pattern) for pattern, _ in settled.packing["one"].patterns)
    assert settled.packing["one"].lower_bound <= settled.packing["one"].cost
    two = Pattern(hall.classes[0].key, ((f"system/{TEN_CORDS}", 2),))
    assert rack_in(question, hall, two.rack)[0].circuits_per_feed == per_feed
    assert keeps(question, hall, two) == (most == 2)


def test_a_row_too_short_for_one_system_a_rack_is_refused_with_the_reason(asked: Asked) -> None:
    circuit = {"voltage": "415 V", "current": "60 A"}
    with pytest.raises(PhasesInfeasible, match=r"one, row A: single-phase cords load a phase"):
        settle(asked("loose", racks_of_two(circuit, positions=6)))


def tiny(limit: int | None) -> tuple[PackingProblem, PackingResult]:
    problem = PackingProblem(
        ("u",), (DeviceClass("big", (5,), 2), DeviceClass("small", (1,), 3)), (RackClass("rack", (8,), limit=limit),)
    )
    return problem, pack(problem)


def no_three_kinds(pattern: Pattern) -> bool:
    return sum(count for _, count in pattern.content) <= 2


def test_a_repair_moves_devices_and_opens_no_more_than_it_must() -> None:
    problem, packed = tiny(None)
    (found,) = repaired(problem, packed, no_three_kinds)
    assert packed.cost == 2 and found.cost == 3
    devices = [name for pattern, n in found.patterns for name, each in pattern.content for _ in range(n * each)]
    assert sorted(devices) == ["big", "big", "small", "small", "small"]
    assert all(no_three_kinds(pattern) for pattern, _ in found.patterns)


def test_a_repair_without_another_rack_is_none() -> None:
    assert list(repaired(*tiny(2), no_three_kinds)) == []


def test_a_single_phase_circuit_gets_a_single_phase_pdu_and_lands_on_one_phase(asked: Asked) -> None:
    def change(data: Any) -> None:
        hall = data["sites"][0]["halls"][0]
        circuit = {"voltage": "230 V", "current": "32 A", "phases": 1, "per_feed": 3}
        hall["rows"] = [{"id": "A", "positions": 20, "rack_power": "40 kW", "feeds": ["A", "B"], "circuit": circuit}]

    question = asked("loose", change)
    settled = settle(question)
    hall = settled.prepared.data.halls[0]
    choice, row = rack_in(question, hall, hall.classes[0].key)
    assert choice.pdu.id == "generic-rpdu-230v-32a-1ph-iec"
    servers = [p for p, _ in settled.packing["one"].patterns if f"system/{SERVER}" in dict(p.content)]
    assert servers  # 14.3 kW on three circuits of 7.36 kW, one of its three cords on each
    assert all(dict(p.content)[f"system/{SERVER}"] == 1 for p in servers)
    assert all(pdus_on_a_feed(question, hall, choice, row, p) == 3 for p in servers)
