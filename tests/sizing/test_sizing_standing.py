"""Racks that stand already in sizing: free of charge, few, and filled no further than what is left of them."""

from __future__ import annotations

from typing import Any

import pytest
from tiny_sizing import NODE, hall, item, kind, need, question, workload

from planner.packing import pack
from planner.sizing.data import Item, PositionClass, SizingData
from planner.sizing.limits import HEIGHT, POSITIONS, RACK_POWER, Limit, Relaxation
from planner.sizing.model import SizingInfeasible, feasible, size
from planner.sizing.packed_racks import packing_problem

NOTHING_TO_BUY = Item("rack/standing", "", "rack", "loose")


def standing(**facts: Any) -> PositionClass:
    """Two racks alike, each with gaps of 8 and 5 units, into which three nodes of 4 units go."""
    base: dict[str, Any] = {
        "positions": 2, "pairs": 0, "height_u": 13, "gaps": (8, 5), "rack": NOTHING_TO_BUY,
        "stands_at": (("A", 3), ("A", 7)),
    }  # fmt: skip
    return kind("hall/@A03+@A07", **(base | facts))


def asked(units: int, *, free: int = 0, objectives: tuple[str, ...] = ("capex",), **facts: Any) -> SizingData:
    """So many nodes, the racks that stand, and free positions beside them."""
    room = hall(items=[item()], classes=[kind(positions=free), standing(**facts)])
    return question(room, workloads=[workload(options=[need(units=units)])], objectives=objectives)


def test_racks_that_stand_cost_nothing_and_a_new_one_opens_when_they_are_full() -> None:
    six, seven = size(asked(6, free=1)), size(asked(7, free=1))
    assert six.racks["hall"] == {"hall/@A03+@A07": 2}
    capex = [next(s.value for s in answer.stages if s.objective == "capex") for answer in (six, seven)]
    assert capex == [6 * 100, 7 * 100 + 10]


def test_the_objective_of_racks_counts_new_ones() -> None:
    opened = [size(asked(units, free=1, objectives=("racks",))).stages[0].value for units in (6, 7)]
    assert opened == [0, 1]


@pytest.mark.parametrize(
    ("enough", "too_little"),
    [
        ({"gaps": (8, 5)}, {"gaps": (7, 6)}),  # 13 units either way: one node fewer in each rack
        ({"design_w": 3_000}, {"design_w": 2_999}),
        ({"peak_w": 3_600}, {"peak_w": 3_599}),
        ({"air_w": 3_000}, {"air_w": 2_999}),
        ({"weight_kg": 150}, {"weight_kg": 149}),
        ({"positions": 2}, {"positions": 1}),
    ],
)
def test_each_limit_of_a_rack_that_stands_binds_at_its_edge(enough: dict[str, Any], too_little: dict[str, Any]) -> None:
    assert size(asked(6, **enough)).counts["hall"] == {NODE: 6}
    with pytest.raises(SizingInfeasible):
        size(asked(6, **too_little))


@pytest.mark.parametrize("kind_of_limit", [HEIGHT, RACK_POWER, POSITIONS])
def test_no_relaxed_limit_makes_room_in_racks_that_stand(kind_of_limit: str) -> None:
    only = hall(items=[item()], classes=[standing()])
    wanted = question(only, workloads=[workload(options=[need(units=7)])])
    assert not feasible(wanted, Relaxation(frozenset({Limit(kind_of_limit, "hall")})))


def test_packing_opens_them_for_nothing_and_knows_their_gaps() -> None:
    data = asked(7, free=1)
    problem = packing_problem(data.halls[0], size(data), "capex")
    result = pack(problem)
    assert dict(result.racks_by_class)["hall/A"] == 1
    assert (result.cost, result.status) == (1000 * 10 + 1, "optimal")
    assert next(rack for rack in problem.racks if rack.id.startswith("hall/@")).gaps == (8, 5)
