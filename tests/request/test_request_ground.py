"""The ground of a hall: where positions are, which are free, and which racks they admit."""

from __future__ import annotations

from typing import Any

import pytest

from planner.request.ground import free_positions, stretches_of, under_columns
from planner.request.site import Hall

EVERY = frozenset({"network", "storage"})


def hall(*rows: dict[str, Any], **more: Any) -> Hall:
    base = {"rack_power": "20 kW", "feeds": ["F"]}
    power = {"redundancy": "N", "feeds": [{"id": "F", "capacity": "1 MW"}]}
    return Hall.model_validate(
        {"id": "room", "rows": [base | row for row in rows], "power": power, "cooling": {"air": "1 MW"}} | more
    )


def column(**place: str) -> dict[str, Any]:
    return {"columns": [{"x": "0 mm", "y": "0 mm", "width": "300 mm", "depth": "300 mm"} | place]}


@pytest.mark.parametrize(
    ("place", "blocked"),
    [
        ({"x": "600 mm"}, {2}),
        ({"x": "599 mm"}, {1, 2}),
        ({"x": "900 mm"}, {2}),
        ({"x": "901 mm"}, {2, 3}),
        ({"y": "1199 mm"}, {1}),
        ({"y": "1200 mm"}, set()),
        ({"width": "5 m"}, {1, 2, 3, 4}),
    ],
)
def test_a_column_blocks_the_positions_whose_floor_it_shares_and_touches_none(
    place: dict[str, str], blocked: set[int]
) -> None:
    room = hall({"id": "A", "positions": 4}, **column(**place))
    assert under_columns(room) == {("A", number) for number in blocked}


def test_free_positions_leave_out_blocked_ones_columns_and_growth() -> None:
    room = hall({"id": "A", "positions": 6, "blocked": [1], "reserved": [6]}, {"id": "B", "positions": 2}, **column())
    assert free_positions(room) == {"A": (2, 3, 4, 5), "B": (1, 2)}


def test_anchors_split_a_row_into_stretches_and_leave_other_rows_whole() -> None:
    anchors = [{"role": "network", "row": "A", "positions": [1, 4]}, {"role": "storage", "row": "B"}]
    room = hall({"id": "A", "positions": 4}, {"id": "B", "positions": 2}, anchors=anchors)
    assert [(s.name, s.numbers, set(s.admits)) for s in stretches_of(room)] == [
        ("A:1", (1, 4), {"network"}), ("A:2", (2, 3), set()), ("B", (1, 2), {"storage"}),
    ]  # fmt: skip
    assert [(s.name, s.admits) for s in stretches_of(hall({"id": "A", "positions": 4}))] == [("A", EVERY)]
