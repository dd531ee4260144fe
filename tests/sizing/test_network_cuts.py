"""Bounds that know the networks of a mix, and what halls that are alike share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_sizing import NODE, STORE, hall, item, kind, need, option, question, storage_demand, store_option, workload

from planner.deadline import Deadline
from planner.packing.data import DeviceClass, PackingInfeasible, PackingProblem, RackClass
from planner.sizing.alike import in_halls_alike, packed_once
from planner.sizing.data import Cut, FabricRow, NetworkCut, NetworkStep, Pdus, SizingData
from planner.sizing.model import size
from planner.sizing.network_cuts import _changes, _steps, joined
from planner.sizing.question import Question
from planner.sizing.systems_within import systems_used, systems_within

SWITCH, OTHER = "in-band-leaf/switch", "system/other"


def networked(*networks: NetworkCut, units: int = 3, tb: int = 200) -> SizingData:
    """Nodes on one switch at least, with two sets of PDUs in a rack that holds four, and 100 TB units of storage."""
    items = [item(), item(SWITCH, capex=1, design_w=100), item(STORE, design_w=100)]
    row = FabricRow("design", 1, 1000, ((SWITCH, 1),))
    places = [kind(design_w=4200, pdus=Pdus(2, 2, 2200, 0))]
    asked = hall(items=items, classes=places, systems=[option(rows=(row,))], storage=(store_option(),))
    wanted = [workload(options=[need(units=units)])]
    return replace(question(asked, workloads=wanted, storage=(storage_demand(usable_tb=tb),)), networks=networks)


def switches(data: SizingData) -> int:
    return size(data).counts["hall"][SWITCH]


@pytest.mark.parametrize(
    ("systems", "units", "last", "pdus", "found"),
    [(3, 2, 2, 4, 5), (4, 2, 2, 4, 1), (3, 3, 5, 4, 1), (3, 0, 1, 4, 1), (3, 2, 2, 6, 1), (3, 0, 9, 0, 5)],
)
def test_a_hall_has_the_devices_of_its_mix_in_its_step(
    systems: int, units: int, last: int, pdus: int, found: int
) -> None:
    """Three nodes, two units and 2 x 2 PDUs: a cut of other systems, or a step of other units, says nothing."""
    cut = NetworkCut("hall", ((NODE, systems),), STORE, (NetworkStep(units, last, pdus, ((SWITCH, 5),)),))
    assert switches(networked(cut)) == found


def staircase(units: int, pdus: int) -> tuple[tuple[str, int], ...]:
    """Devices as networks have them: leaves for every five units, fewer spines from 20 on, a switch for 8 ports."""
    leaves = 2 * -(-units // 5)
    return (("leaf", leaves), ("spine", 4 if units < 20 else 2), ("switch", -(-(pdus + units + leaves) // 8)))


@given(units=st.integers(0, 30), pdus=st.integers(0, 60))
def test_steps_are_true_and_reach_what_was_asked(units: int, pdus: int) -> None:
    found = list(_steps(staircase, units, pdus))
    for step in found:
        for more in range(step.units, step.last + 1):
            assert all(dict(staircase(more, step.pdus))[key] >= n for key, n in step.devices)
    assert {u for step in found for u in range(step.units, step.last + 1)} == set(range(units + 1))
    assert any(step.devices == staircase(units, pdus) for step in found if step.last == units and step.pdus <= pdus)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_changes_are_where_a_rising_count_rises(more: list[int]) -> None:
    counts = [sum(more[: n + 1]) for n in range(len(more))]
    found = _changes(lambda n: (("switch", counts[n]),), len(counts) - 1)
    assert found == [0, *(n for n in range(1, len(counts)) if counts[n] > counts[n - 1])]


def test_of_the_steps_of_a_mix_those_stay_that_no_other_makes_idle() -> None:
    low, high, idle = (
        NetworkStep(u, last, p, ((SWITCH, n),)) for u, last, p, n in ((0, 1, 0, 2), (2, 4, 4, 5), (3, 4, 4, 5))
    )
    cuts = [NetworkCut("hall", ((NODE, 3),), STORE, (low, idle)), NetworkCut("hall", ((NODE, 3),), STORE, (high, low))]
    assert joined(cuts) == (NetworkCut("hall", ((NODE, 3),), STORE, (low, high)),)


def test_systems_within_a_cap_are_all_that_a_plan_may_have() -> None:
    other, dear = item(OTHER, capex=104), item("system/dear", capex=120)
    options = [option(), option(OTHER), option("system/dear")]
    needs = [need(), need(OTHER), need("system/dear")]
    data = question(hall(items=[item(), other, dear], systems=options), workloads=[workload(options=needs)])
    used = systems_used(size(data))
    assert used == {NODE}
    best = 3 * 100 + 10
    within = [systems_within(data, (("capex", best + more),), (), used, Deadline()) for more in (11, 12)]
    assert within == [{NODE}, {NODE, OTHER}]


def two_halls(**facts: object) -> SizingData:
    """Two halls with the same kind of rack; the second one's has other `facts`."""
    first = hall(items=[item()], classes=[kind("hall/A", design_w=20_000)])
    second = hall("two", items=[item()], classes=[replace(kind("two/A", design_w=20_000), **facts)])  # type: ignore[arg-type]
    return question(first, second)


def test_what_is_proven_of_racks_holds_in_a_hall_with_the_same() -> None:
    cut = Cut("hall", ((NODE, 1),), (("hall/A#1", 10), ("hall/A#2", 20)))
    there = Cut("two", ((NODE, 1),), (("two/A#1", 10), ("two/A#2", 20)))
    assert list(in_halls_alike(two_halls(positions=3), [cut])) == [cut, there]
    assert list(in_halls_alike(two_halls(design_w=19_000), [cut])) == [cut]
    assert list(in_halls_alike(two_halls(key="two/B"), [cut])) == [cut]


def test_halls_with_the_same_problem_are_packed_once(asked: Callable[..., Question]) -> None:
    known = replace(asked("loose"), of_no_limit={}, remembered={})
    found = []
    for name in ("one", "two"):
        racks = (RackClass(f"{name}/A", (3,)),)
        problem = PackingProblem(("u",), (DeviceClass("node", (1,), 5, frozenset({f"{name}/A"})),), racks)
        found.append(packed_once(known, name, "packed", problem, 1.0))
    assert len(known.of_no_limit) == 1
    assert [{pattern.rack for pattern, _ in packed.patterns} for packed in found] == [{"one/A"}, {"two/A"}]
    assert [dict(c.z).keys() for c in found[1].certificates] == [{"two/A"}] * len(found[0].certificates)


def test_a_refusal_names_the_racks_of_its_own_hall(asked: Callable[..., Question]) -> None:
    known = replace(asked("loose"), of_no_limit={}, remembered={})
    few = PackingProblem(("u",), (DeviceClass("node", (1,), 5),), (RackClass("two/A", (2,), limit=1),))
    with pytest.raises(PackingInfeasible) as refusal:
        packed_once(known, "two", "packed", few, 1.0)
    assert refusal.value.racks == ("two/A",)
    assert refusal.value.certificate is not None and dict(refusal.value.certificate.z).keys() == {"two/A"}
