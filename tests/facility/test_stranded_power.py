"""Stranded power by hand: every watt that a level may carry is drawn, held for a loss, open to demand, or stranded."""

from __future__ import annotations

from typing import Any

import pytest

from planner.facility.stranded import stranded_power
from planner.facility.tree_loads import carried_w, tree_of
from planner.plan.schema import HallCooling, Pattern, PlacedDevice, Rack, Stranded
from planner.request.site import Hall

PAIR = {"redundancy": "2N", "feeds": [{"id": "A", "capacity": "100 kW"}, {"id": "B", "capacity": "100 kW"}]}


def pattern(watts: int, *, height_u: int = 4) -> Pattern:
    """A rack of 40U with one device."""
    device = PlacedDevice(product="node", role="system", u=1, height_u=height_u)
    return Pattern(
        id=f"p{watts}", hall="h", title="", rack_product="rack", system=None, positions=1, height_u=40,
        devices=(device,), power_typical_w=watts, power_design_w=watts, power_peak_w=watts, heat_air_w=watts,
        heat_liquid_w=0, weight_kg=1, weight_known=True, outlets={}, pdus={}, count=1,
    )  # fmt: skip


def levels(
    rows: list[dict[str, Any]], power: dict[str, Any], stand: list[tuple[str, int]], *, air_kw: int = 1000,
    height_u: int = 4, loops: tuple[Any, ...] = (),
) -> dict[str, Stranded]:  # fmt: skip
    """What becomes of the power when racks of these watts stand in these rows, by node."""
    hall = Hall.model_validate({"id": "h", "rows": rows, "power": power, "cooling": {"air": f"{air_kw} kW"}})
    seen: dict[str, int] = {}
    racks = []
    for row, watts in stand:
        seen[row] = seen.get(row, 0) + 1
        spot = {"id": f"h/{row}{seen[row]:02d}", "pattern": f"p{watts}", "hall": "h", "row": row}
        racks.append(Rack(**spot, positions=(seen[row],), feeds=(), x_mm=0, y_mm=0))
    patterns = {p.id: p for p in (pattern(watts, height_u=height_u) for _, watts in stand)}
    cooling = HallCooling.model_validate(
        {
            "hall": "h", "air_w": sum(watts for _, watts in stand), "air_capacity_w": air_kw * 1000,
            "airflow_m3_h": None, "airflow_known_share": 0.0, "loops": loops,
        }
    )  # fmt: skip
    found = stranded_power(hall, racks, patterns, cooling, carried_w(tree_of(hall)))
    for entry in found:
        assert entry.load_w + entry.held_w + entry.open_w + entry.stranded_w == entry.continuous_w, entry
    return {entry.node: entry for entry in found}


def row(name: str = "R", feeds: str = "AB", positions: int = 10, **more: Any) -> dict[str, Any]:
    return {"id": name, "positions": positions, "rack_power": "20 kW", "feeds": list(feeds)} | more


def parts(entry: Stranded) -> tuple[int, int, int, int, str]:
    return entry.load_w, entry.held_w, entry.open_w, entry.stranded_w, entry.reason


def test_where_nothing_is_short_it_is_demand_that_is_missing() -> None:
    found = levels([row()], PAIR, [("R", 20_000)])
    assert parts(found["h"]) == (20_000, 0, 80_000, 0, "no demand")
    assert parts(found["A"]) == (10_000, 10_000, 80_000, 0, "no demand")


def test_a_full_feed_strands_nothing() -> None:
    found = levels([row()], PAIR, [("R", 20_000)] * 5)
    assert parts(found["A"]) == (50_000, 50_000, 0, 0, "in full use")


@pytest.mark.parametrize(("height_u", "open_w"), [(40, 0), (39, 5_000)])
def test_no_free_position_leaves_what_racks_with_height_left_still_take(height_u: int, open_w: int) -> None:
    found = levels([row(positions=1)], PAIR, [("R", 15_000)], height_u=height_u)
    assert parts(found["A"]) == (7_500, 7_500, open_w, 85_000 - open_w, "positions")


def test_free_positions_take_what_a_rack_may_draw() -> None:
    found = levels([row(positions=3)], PAIR, [("R", 20_000)], height_u=40)
    assert parts(found["A"]) == (10_000, 10_000, 40_000, 40_000, "power per rack")
    wired = row(positions=3, circuit={"voltage": "400 V", "current": "16 A"})
    found = levels([wired], PAIR, [("R", 11_000)], height_u=40)
    assert parts(found["A"]) == (5_500, 5_500, 22_170, 66_830, "circuits of the racks")


def test_air_cooling_comes_first_where_it_is_the_least() -> None:
    found = levels([row()], PAIR, [("R", 20_000)], air_kw=50)
    assert parts(found["A"]) == (10_000, 10_000, 30_000, 50_000, "air cooling")


def test_another_feed_comes_first_where_it_is_smaller() -> None:
    smaller = PAIR | {"feeds": [{"id": "A", "capacity": "100 kW"}, {"id": "B", "capacity": "70 kW"}]}
    found = levels([row()], smaller, [("R", 20_000)])
    assert parts(found["A"]) == (10_000, 10_000, 50_000, 30_000, "feed B with A lost")
    assert parts(found["B"]) == (10_000, 10_000, 50_000, 0, "no demand")


def test_panels_of_two_rows_stop_their_feed_together() -> None:
    panels = [{"id": f"P{f}{n}", "upstream": f, "capacity": "30 kW"} for f in "AB" for n in (1, 2)]
    rows = [row(f"R{n}", panels={"A": f"PA{n}", "B": f"PB{n}"}) for n in (1, 2)]
    found = levels(rows, PAIR | {"panels": panels}, [("R1", 20_000)])
    assert parts(found["A"]) == (10_000, 10_000, 40_000, 40_000, "the panels with a feed or source lost")
    assert parts(found["PA1"]) == (10_000, 10_000, 10_000, 0, "no demand")
    assert parts(found["PA2"]) == (0, 0, 30_000, 0, "no demand")


def test_a_row_with_rear_doors_is_stopped_by_its_loop_and_not_by_the_air() -> None:
    chilled = {
        "loop": "C", "load_w": 20_000, "capacity_w": 50_000, "flow_l_min": None, "flow_capacity_l_min": None,
        "cdu": None, "cdus": 0, "cdu_capacity_w": None,
    }  # fmt: skip
    behind = row(rear_door={"capacity": "30 kW", "loop": "C"})
    found = levels([behind], PAIR, [("R", 20_000)], air_kw=20, loops=(chilled,))
    assert parts(found["A"]) == (10_000, 10_000, 30_000, 50_000, "loop C")


def test_a_catcher_is_held_for_the_fullest_feed_and_a_panel_without_rows_is_told() -> None:
    power = {
        "redundancy": "catcher",
        "feeds": [
            {"id": "A", "capacity": "100 kW"}, {"id": "B", "capacity": "100 kW"},
            {"id": "R", "capacity": "100 kW", "role": "catcher"},
        ],
        "panels": [{"id": "P", "upstream": "A", "capacity": "30 kW"}],
    }  # fmt: skip
    found = levels([row("X", "A"), row("Y", "B")], power, [("X", 20_000), ("X", 20_000), ("Y", 20_000)])
    assert parts(found["R"]) == (0, 40_000, 60_000, 0, "no demand")
    assert parts(found["P"]) == (0, 0, 0, 30_000, "no row hangs on it")


def test_a_source_of_unknown_capacity_has_no_line() -> None:
    power = PAIR | {
        "sources": [{"id": "u", "kind": "ups", "capacity": "90 kW"}, {"id": "g", "kind": "utility"}],
        "feeds": [{"id": "A", "capacity": "100 kW", "source": "u"}, {"id": "B", "capacity": "100 kW", "source": "g"}],
    }
    found = levels([row()], power, [("R", 20_000)])
    assert list(found) == ["h", "u", "A", "B"]
    assert parts(found["B"]) == (10_000, 10_000, 70_000, 10_000, "source u with B lost")
