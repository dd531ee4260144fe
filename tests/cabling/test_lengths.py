"""The length model by hand, and the one published length table."""

from __future__ import annotations

import pytest

from planner.cabling.lengths import run_length_m
from planner.cabling.model import Position, SiteParameters
from planner.cabling.open_design import port_list
from planner.cabling.reach import length_by_rack_distance, row_of_racks_lengths
from planner.errors import InputError

SITE = SiteParameters(
    rack_base_m=0, rack_top_m=2, tray_height_m=2.5, side_offset_m=0.25, slack_m=1, slack_in_rack_m=0.5
)


def at(x_m: float, y_m: float = 0, u: int = 1, row: str = "a", number: int | None = None) -> Position:
    return Position("h", row, int(x_m * 10) if number is None else number, x_m * 1000, y_m * 1000, u)


def test_within_a_rack_only_height_and_sides_count() -> None:
    assert run_length_m(at(0, u=1), at(0, u=41), SITE) == pytest.approx(40 * 0.04445 + 0.5 + 0.5)


def test_between_racks_up_along_and_down() -> None:
    up = 2.5 - 0.04445
    assert run_length_m(at(0), at(6), SITE) == pytest.approx(2 * up + 6 + 0.5 + 1)


def test_rows_are_crossed_only_where_trays_cross() -> None:
    free = run_length_m(at(2), at(4, 3, row="b"), SITE)
    far = SiteParameters(**{**SITE.__dict__, "crossovers_x_mm": (0.0,)})
    assert run_length_m(at(2), at(4, 3, row="b"), far) - free == pytest.approx(4)  # 2 m back and 4 m forth, not 2 m


def test_published_ladder_by_rack_distance() -> None:
    assert [length_by_rack_distance(apart) for apart in range(8)] == [3, 5, 5, 10, 10, 10, 10, 10]
    assert row_of_racks_lengths(8, leaves_per_rack=2, links_per_leaf=8) == {3: 16, 5: 52, 10: 60}
    with pytest.raises(InputError, match="8 racks apart, expected at most 7 racks"):
        length_by_rack_distance(8)


def test_port_specifications() -> None:
    assert port_list("1-7:2,10,12-13") == (1, 3, 5, 7, 10, 12, 13)
    with pytest.raises(InputError, match="cages such as"):
        port_list("1..4")
