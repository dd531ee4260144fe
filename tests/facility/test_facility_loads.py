"""Floor loads against published figures, each limit at its edge, and the largest weight as their exact inverse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.facility.energy import annual_energy_kwh, carbon_kg, energy_cost
from planner.facility.loads import (
    delivery_findings,
    distributed_pa,
    each_position_kg,
    floor_findings,
    footprint_pa,
    max_rack_weight_kg,
    point_kg,
)
from planner.request.site import Floor, Row


def row(**more: object) -> Row:
    return Row(id="R", positions=4, rack_power="1 MW", feeds=("A",), **more)


def test_an_nvl72_breaks_the_footprint_rule_and_keeps_the_spread_rule() -> None:
    """1,580 kg: 24.2 kPa on its own 0.641 m2, 21.5 on 0.72 m2, 10.8 with half of each aisle, 395 kg a foot."""
    assert round(footprint_pa(1580, 600, 1068) / 1000, 1) == 24.2
    assert round(footprint_pa(1580, 600, 1200) / 1000, 1) == 21.5
    assert round(distributed_pa(1580, 600, 1200, 1200, 1200) / 1000, 1) == 10.8
    assert point_kg(1580) == 395
    limits = Floor(distributed_load="12 kPa", footprint_load="12 kPa")
    (broken,) = floor_findings("R01", 1580, row(), limits, width_mm=600, depth_mm=1200)
    assert broken.rule == "footprint-load"


@pytest.mark.parametrize(
    ("limits", "of_row", "most"),
    [
        ({}, {}, None),
        ({}, {"rack_weight": "1400 kg"}, 1400),
        ({"point_load": "350 kg"}, {}, 1400),
        ({"footprint_load": "12 kPa"}, {}, 881),
        ({"distributed_load": "12 kPa"}, {}, 1762),
        ({"distributed_load": "12 kPa", "point_load": "350 kg"}, {"rack_weight": "1399 kg"}, 1399),
    ],
)
def test_the_tightest_limit_is_the_most_a_rack_may_weigh(limits: dict, of_row: dict, most: int | None) -> None:
    assert max_rack_weight_kg(row(**of_row), Floor(**limits), 600, 1200) == most


@given(
    st.tuples(st.integers(300, 1500), st.integers(600, 1500)),
    st.tuples(st.integers(500, 2000), st.integers(500, 2000)),
    st.tuples(st.integers(2000, 30_000), st.integers(2000, 30_000), st.integers(50, 900)),
)
def test_no_finding_up_to_the_most_and_one_above(
    size: tuple[int, int], aisles: tuple[int, int], limits: tuple[int, int, int]
) -> None:
    (width, depth), (cold, hot), (footprint, distributed, point) = size, aisles, limits
    floor = Floor(
        footprint_load=f"{footprint} Pa", distributed_load=f"{distributed} Pa", point_load=f"{point} kg",
        cold_aisle=f"{cold} mm", hot_aisle=f"{hot} mm",
    )  # fmt: skip
    place = row(pitch=f"{width} mm", rack_depth=f"{depth} mm")
    most = max_rack_weight_kg(place, floor, width, depth)
    assert most is not None
    assert floor_findings("R01", most, place, floor, width_mm=width, depth_mm=depth) == ()
    assert floor_findings("R01", most + 1, place, floor, width_mm=width, depth_mm=depth) != ()


def test_a_system_on_two_positions_spreads_its_weight() -> None:
    assert each_position_kg(3001, 2) == 1501


def test_delivery_path() -> None:
    path = Floor(door_width="700 mm", door_height="2200 mm", lift_capacity="1500 kg")
    fits = delivery_findings("R01", path, weight_kg=1500, width_mm=750, depth_mm=700, height_mm=2200)
    assert fits == ()
    too_much = delivery_findings("R01", path, weight_kg=1501, width_mm=701, depth_mm=1200, height_mm=2201)
    assert [f.rule for f in too_much] == ["lift-capacity", "door-width", "door-height"]
    assert delivery_findings("R01", path, weight_kg=None, width_mm=None, depth_mm=None, height_mm=None) == ()


@pytest.mark.parametrize(
    ("way", "weight_kg", "loaded", "rules"),
    [
        ({"route_capacity": "1500 kg"}, 1500, True, []),
        ({"route_capacity": "1500 kg"}, 1501, False, ["route-capacity"]),
        ({"ramp_slope": "8.3 %"}, 1500, True, []),
        ({"ramp_slope": "8.4 %"}, 1500, True, ["ramp-slope"]),
        ({"ramp_slope": "8.4 %"}, 130, False, []),
    ],
)
def test_ramps_and_floors_on_the_way_in(way: dict[str, str], weight_kg: int, loaded: bool, rules: list[str]) -> None:
    found = delivery_findings(
        "R01", Floor(**way), weight_kg=weight_kg, width_mm=600, depth_mm=1200, height_mm=None, loaded=loaded
    )
    assert [f.rule for f in found] == rules


def test_energy_cost_and_carbon_of_a_year() -> None:
    energy = annual_energy_kwh(100_000, 1.4)
    assert energy == 1_226_400
    assert energy_cost(energy, 0.19) == 233_016
    assert carbon_kg(energy, 381) == 467_259
