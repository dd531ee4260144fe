"""Racks of systems that are kept apart: each domain packed with its share, counted together afterwards."""

from __future__ import annotations

from tiny_sizing import NODE, hall, item, kind

from planner.packing.data import DeviceClass, PackingProblem, Pattern, RackClass
from planner.packing.model import pack
from planner.sizing.apart import Cap
from planner.sizing.apart_racks import counted_together, split_by_domain
from planner.sizing.data import HallData, Part

SWITCH = "leaf/switch"


def three_rows() -> HallData:
    parts = tuple(Part(f"R{n}", 3, 1, {"row": f"R{n}", "pod": "p", "feeds": "f", "hall": "h"}) for n in range(3))
    return hall(
        items=[item(height_u=4), item(SWITCH, height_u=1)], classes=[kind(positions=9, height_u=9, parts=parts)]
    )


def problem(nodes: int) -> PackingProblem:
    devices = (DeviceClass(NODE, (4,), nodes, frozenset({"hall/A"})), DeviceClass(SWITCH, (1,), 2, None))
    return PackingProblem(("height_u",), devices, (RackClass("hall/A", (9,), 1, 9),))


def test_nine_systems_of_which_no_row_holds_more_than_three_take_two_racks_a_row() -> None:
    whole = pack(problem(9))
    assert whole.cost == 5
    split = split_by_domain(three_rows(), problem(9), (Cap("row", NODE, 3),))
    assert split is not None
    racks = counted_together(pack(split).patterns)
    held = [dict(pattern.content).get(NODE, 0) for pattern, count in racks for _ in range(count)]
    assert sorted(held) == [1, 1, 1, 2, 2, 2]
    assert sum(dict(pattern.content).get(SWITCH, 0) * count for pattern, count in racks) == 2
    assert {pattern.rack for pattern, _ in racks} == {"hall/A"}


def test_whole_racks_go_first_so_that_ten_systems_at_four_a_row_still_take_five_racks() -> None:
    split = split_by_domain(three_rows(), problem(10), (Cap("row", NODE, 4),))
    assert split is not None
    assert pack(split).cost == 5


def test_nothing_is_split_where_nothing_is_kept_apart_and_no_share_is_given_where_none_fits() -> None:
    assert split_by_domain(three_rows(), problem(9), ()) is None
    assert split_by_domain(three_rows(), problem(9), (Cap("hall", NODE, 3),)) is None
    assert split_by_domain(three_rows(), problem(10), (Cap("row", NODE, 3),)) is None


def test_equal_racks_of_different_domains_are_one_pattern() -> None:
    parts = [(Pattern(f"hall/A@{n}", ((f"{NODE}@{n}", 2), (SWITCH, 1))), 1) for n in range(3)]
    assert counted_together(parts) == ((Pattern("hall/A", ((SWITCH, 1), (NODE, 2))), 3),)
