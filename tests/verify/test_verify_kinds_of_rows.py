"""Rows of one kind have one kind of rack: what stands in one of them says what would stand in the others."""

from __future__ import annotations

from planner.request.site import Row
from planner.verify.certificates import _kind


def row(name: str, **facts: object) -> Row:
    return Row.model_validate({"id": name, "positions": 10, "rack_power": "40 kW", "feeds": ["A", "B"], **facts})


def test_a_rows_name_and_place_do_not_make_it_another_kind() -> None:
    assert _kind(row("A")) == _kind(row("B", positions=4, x="3 m", y="2 m", blocked=[1], pod="p"))


def test_what_decides_on_its_rack_does() -> None:
    for facts in ({"rack_power": "41 kW"}, {"feeds": ["A"]}, {"rack_height_u": 42}, {"pitch": "700 mm"}):
        assert _kind(row("A")) != _kind(row("A", **facts))
