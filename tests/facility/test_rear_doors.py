"""Rear doors: where the heat of a rack goes, what a door takes, and what stands behind one already."""

from __future__ import annotations

from typing import Any

import pytest

from planner.catalog.load import Catalog
from planner.facility.loads import air_of_a_rack
from planner.facility.power import plannable_hall
from planner.facility.rear_doors import loop_heat_w, room_air_w
from planner.facility.standing import hall_left, standing_racks
from planner.facility.stranded import AIR, kind_of
from planner.plan.library import Library, load_library
from planner.request.policy import Policy
from planner.request.site import Hall, Row, Site

DOOR = {"capacity": "40 kW", "loop": "chilled"}
RACK = {"position": "B02", "rack": {"height_u": 42}, "load": "9 kW"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    library: Library = load_library()
    return library.catalog


def row(name: str = "B", **more: Any) -> Row:
    return Row.model_validate({"id": name, "positions": 4, "rack_power": "60 kW", "feeds": ["A"]} | more)


def hall(*rows: Row, **more: Any) -> Hall:
    power = {"redundancy": "N", "feeds": [{"id": "A", "capacity": "200 kW"}]}
    loops = [{"id": "chilled", "capacity": "80 kW", "supply": "16 C", "cdus": "present"}]
    cooling = {"air": "30 kW", "loops": loops}
    return Hall.model_validate({"id": "h", "rows": rows, "power": power, "cooling": cooling} | more)


def test_heat_goes_to_the_room_or_to_the_loop_of_the_doors_and_never_to_both() -> None:
    behind, beside = row(rear_door=DOOR), row()
    wet = row(rear_door=DOOR, cooling=["air", "liquid"], loop="warm")
    assert [room_air_w(r, 5_000) for r in (beside, behind, wet)] == [5_000, 0, 0]
    assert [loop_heat_w(r, "chilled", 5_000, 7_000) for r in (beside, behind, wet)] == [0, 5_000, 5_000]
    assert [loop_heat_w(r, "warm", 5_000, 7_000) for r in (beside, behind, wet)] == [0, 0, 7_000]
    assert [kind_of(r)[1] for r in (beside, behind, wet)] == [(AIR,), ("chilled",), ("chilled", "warm")]


def test_a_rack_gives_no_more_to_air_than_its_row_and_its_door_take_less_headroom() -> None:
    assert air_of_a_rack(row(rear_door=DOOR)) == 40_000
    assert air_of_a_rack(row(rear_door=DOOR, air_per_rack="30 kW")) == 30_000
    assert air_of_a_rack(row(rear_door=DOOR, air_per_rack="50 kW")) == 40_000
    room = hall(row(rear_door=DOOR))
    site = Site.model_validate(
        {"id": "s", "country": "AT", "connectivity": "connected", "usable_share": "90 %", "halls": [room]}
    )
    assert air_of_a_rack(plannable_hall(site, room).rows[0]) == 36_000


@pytest.mark.parametrize(("door", "air_w", "loop_w"), [(None, 9_000, 80_000), (DOOR, 0, 71_000)])
def test_what_stands_behind_a_door_loads_its_loop(
    catalog: Catalog, door: dict[str, str] | None, air_w: int, loop_w: int
) -> None:
    room = hall(row(rear_door=door), existing={"racks": [RACK]})
    assert [rack.stands for rack in standing_racks(room, catalog, Policy())] == [True]
    left = hall_left(room, catalog, Policy())
    assert (left.cooling.existing_air_load, left.cooling.loops[0].capacity) == (air_w, loop_w)
