"""Sizing row by row: what rows that are alike have in all is held by each of them, and what packing proves of one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny_sizing import NODE, hall, item, kind, need, question, workload

from planner.packing.data import Certificate
from planner.sizing.data import HallData, NodeLimit, Part, SizingData
from planner.sizing.limits import RACK_POWER, ROW_AIR, Limit, Relaxation, measuring
from planner.sizing.model import SizingInfeasible, feasible, least_excess, size
from planner.sizing.rack_kinds import rack_kinds
from planner.sizing.row_by_row import cut_of_parts, row_by_row
from planner.sizing.rules.floor import rows_alike


def parts(*stretches: str) -> tuple[Part, ...]:
    """Stretches of four positions; "A:1" and "A:2" are stretches of row A."""
    return tuple(Part(name, 4, 2, {"row": f"hall/{name.split(':')[0]}"}) for name in stretches)


def two_rows(**facts: object) -> HallData:
    """Rows A and B, alike, with 4 positions each and 20 kW of air each."""
    alike = kind("hall/A+B", rows=("A", "B"), parts=parts("A", "B"), positions=8, pairs=4, row_air_w=40_000)
    return hall(items=[item(design_w=12_000, peak_w=12_000, air_w=12_000)], classes=[replace(alike, **facts)])


def asking(nodes: int, room: HallData) -> SizingData:
    return question(room, workloads=[workload(options=[need(units=nodes)])])


def test_three_nodes_of_12_kw_take_36_of_40_kw_in_all_and_stand_in_no_two_rows_of_20() -> None:
    asked = asking(3, two_rows())
    assert size(asked).counts["hall"] == {NODE: 3}
    apart = row_by_row(asked, frozenset({"hall"}))
    assert [(c.key, c.rows, c.positions, c.row_air_w) for c in apart.halls[0].classes] == [
        ("hall/A", ("A",), 4, 20_000), ("hall/B", ("B",), 4, 20_000),
    ]  # fmt: skip
    assert not feasible(apart, Relaxation())
    assert feasible(row_by_row(asking(2, two_rows()), frozenset({"hall"})), Relaxation())
    assert least_excess(apart, measuring(Limit(ROW_AIR, "hall"))) == 4_000  # a row with two of them
    assert row_by_row(asked, frozenset()) == asked


def test_a_row_of_several_stretches_takes_its_air_once() -> None:
    one = kind("hall/A:1", rows=("A",), parts=parts("A:1"), positions=4, row_air_w=20_000)
    other = replace(one, key="hall/A:2", parts=parts("A:2"))
    room = hall(items=[item(air_w=12_000)], classes=[one, other])
    assert feasible(asking(1, room), Relaxation())
    assert not feasible(asking(2, room), Relaxation())


def test_kinds_of_racks_keep_their_names_and_nodes_of_the_power_tree_their_parts() -> None:
    node = NodeLimit("F", "", 2, (("hall/A+B", 1),), 50_000, 50_000)
    room = replace(two_rows(), nodes=(node,))
    (apart,) = row_by_row(question(room), frozenset({"hall"})).halls
    assert [k.key for k in rack_kinds(apart)] == [k.key for k in rack_kinds(room)] == ["hall/A+B"]
    assert apart.nodes == (replace(node, parts=(("hall/A", 1), ("hall/B", 1))),)


def test_what_racks_of_a_row_do_not_hold_is_held_against_that_row_alone() -> None:
    """The proof says that row A holds no node in any of its racks: both stand in B, where its air takes one."""
    asked = row_by_row(asking(2, two_rows()), frozenset({"hall"}))
    proof = Certificate(((f"{NODE}@0", 1),), (("hall/A+B@0", 0),))
    cut = cut_of_parts(asked.halls[0], proof)
    assert (cut.weights, cut.z) == ((("hall/A", NODE, 1),), (("hall/A", 0),))
    with pytest.raises(SizingInfeasible):
        size(replace(asked, part_cuts=(cut,)))
    alone = row_by_row(asking(1, two_rows()), frozenset({"hall"}))
    assert size(replace(alone, part_cuts=(cut,))).nodes["hall"] == {"hall/A": {}, "hall/B": {NODE: 1}}
    free = Relaxation(dropped=frozenset({Limit(RACK_POWER, "hall")}))
    assert feasible(replace(asked, part_cuts=(cut,)), free)  # it was proven for racks as they are


def test_only_whole_rows_that_are_alike_in_all_are_filled_in_order() -> None:
    """Row A has two stretches, C is in another pod, D stands already; of E, F and G each may stand for the other."""
    alike = kind("x", rows=("x",), parts=parts("x"), positions=4)
    places = [
        replace(alike, key=f"hall/{name}", rows=(name.split(":")[0],), parts=parts(name))
        for name in ("A:1", "A:2", "C", "D", "E", "F", "G")
    ]
    places[2] = replace(places[2], parts=(replace(places[2].parts[0], domains={"row": "hall/C", "pod": "hall/p"}),))
    places[3] = replace(places[3], stands_at=(("D", 1),))
    found = rows_alike(hall(classes=places))
    assert [[place.key for place in rows] for rows in found if len(rows) > 1] == [["hall/E", "hall/F", "hall/G"]]


def test_rows_in_order_keep_every_count_that_stands() -> None:
    """Rows of 30 kW hold two nodes of 12 kW each; five are 60 kW in all, and one too many for some row."""
    room, halls = two_rows(row_air_w=60_000), frozenset({"hall"})
    for nodes in range(1, 5):
        apart = row_by_row(asking(nodes, room), halls)
        assert size(apart).stages == size(replace(apart, by_row=frozenset())).stages
    assert feasible(asking(5, room), Relaxation())
    assert not feasible(row_by_row(asking(5, room), halls), Relaxation())
