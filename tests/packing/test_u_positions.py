from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.packing.u_positions import RackUnits, StackedDevice, UPosition, place_in_units


def device(name: str, height: int, weight: int = 10, zone: str | None = None) -> StackedDevice:
    return StackedDevice(name, height, weight, 100 * height, "server", zone)  # type: ignore[arg-type]


def units(placed: tuple[UPosition, ...]) -> list[int]:
    return [unit for p in placed for unit in range(p.lowest_u, p.lowest_u + p.height_u)]


def test_heavy_devices_stand_low_and_the_gap_is_at_the_top() -> None:
    placed = place_in_units([device("light", 1, 5), device("heavy", 10, 140), device("store", 4, 60)], RackUnits(48))
    assert placed == (UPosition(1, 10, "heavy"), UPosition(11, 4, "store"), UPosition(15, 1, "light"))


def test_switches_stand_where_asked() -> None:
    devices = [device("node", 8, 130), device("leaf", 1, 12, "top"), device("mid", 2, 12, "middle")]
    placed = {p.device_id: p.lowest_u for p in place_in_units([*devices, device("node2", 8, 130)], RackUnits(42))}
    assert placed == {"node": 1, "node2": 9, "mid": 21, "leaf": 42}


def test_a_middle_device_gives_way_when_the_rest_would_not_fit() -> None:
    devices = [device("a", 18), device("b", 18), device("mid", 2, 5, "middle")]
    placed = place_in_units(devices, RackUnits(38))
    assert sorted(units(placed)) == list(range(1, 39))


def test_devices_without_height_take_no_position() -> None:
    assert place_in_units([device("strip", 0)], RackUnits(1)) == ()


@pytest.mark.parametrize(
    ("devices", "rack", "message"),
    [
        ([device("a", 3)], RackUnits(2), "1 devices of 3U for gaps of 2U"),
        ([device("a", 3)], RackUnits(4, frozenset({2})), "gaps of 1U, 2U"),
        ([device("a", -1)], RackUnits(4), "height -1U"),
        ([], RackUnits(4, frozenset({5})), "blocked unit 5"),
    ],
)
def test_what_cannot_stand_is_refused(devices: list[StackedDevice], rack: RackUnits, message: str) -> None:
    with pytest.raises(InputError, match=message):
        place_in_units(devices, rack)


@st.composite
def racks_and_devices(draw: st.DrawFn) -> tuple[list[StackedDevice], RackUnits]:
    height = draw(st.integers(4, 14))
    blocked = draw(st.frozensets(st.integers(1, height), max_size=4))
    zones = st.sampled_from([None, "top", "middle", "bottom"])
    number = draw(st.integers(1, 6))
    devices = [device(f"d{n}", draw(st.integers(1, 4)), draw(st.integers(1, 90)), draw(zones)) for n in range(number)]
    return devices, RackUnits(height, blocked)


def can_stand(devices: list[StackedDevice], rack: RackUnits) -> bool:
    runs = [
        len(list(run))
        for free, run in itertools.groupby(range(1, rack.height_u + 1), lambda u: u not in rack.blocked)
        if free
    ]
    for homes in itertools.product(range(len(runs)), repeat=len(devices)):
        used = [sum(d.height_u for d, home in zip(devices, homes, strict=True) if home == n) for n in range(len(runs))]
        if all(u <= room for u, room in zip(used, runs, strict=True)):
            return True
    return False


@settings(max_examples=150, deadline=None, derandomize=True)
@given(racks_and_devices())
def test_positions_never_overlap_and_exist_whenever_they_can(case: tuple[list[StackedDevice], RackUnits]) -> None:
    devices, rack = case
    if not can_stand(devices, rack):
        with pytest.raises(InputError):
            place_in_units(devices, rack)
        return
    placed = place_in_units(devices, rack)
    taken = units(placed)
    assert len(taken) == len(set(taken)) == sum(d.height_u for d in devices)
    assert set(taken) <= set(range(1, rack.height_u + 1)) - rack.blocked
    assert sorted((p.device_id, p.height_u) for p in placed) == sorted((d.id, d.height_u) for d in devices)
    shuffled = devices[:]
    random.Random(7).shuffle(shuffled)
    assert place_in_units(shuffled, rack) == placed
