"""Phases: cords spread evenly, ratings of each phase, imbalance as PDUs report it, racks turned against each other."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.schema import Pdu
from planner.facility.electrical_phases import (
    Cords,
    Wiring,
    branch_loads,
    cords_of,
    cords_on_a_side,
    imbalance,
    overloaded,
    phase_rotations,
    rotated,
    wiring_of,
)
from planner.facility.phase_spread import fits_the_phases, spread
from planner.facility.rack_phases import Fed, side_load
from planner.request.site import Circuit


def wiring(volts: int = 400, amperes: int = 32, phases: int = 3, units: int = 1, standard: str = "IEC") -> Wiring:
    found = wiring_of(pdu(standard), Circuit(voltage=f"{volts} V", current=f"{amperes} A", phases=phases), units)
    assert found is not None
    return found


def pdu(standard: str = "IEC", **facts: object) -> Pdu:
    base = {
        "schema": "catalog/v1", "kind": "pdu", "id": "acme-pdu", "name": "PDU", "vendor": "Acme", "source": "sheet",
        "as_of": "2026-01-01", "standard": standard,
    }  # fmt: skip
    return Pdu.model_validate(base | facts)


def loads_of(devices: list[Cords]) -> list[int]:
    plugged = zip(spread(wiring(), devices), devices, strict=True)
    return branch_loads(wiring(), [(branches, device.design_w) for branches, device in plugged])


def cords(count: int, watts: int) -> Cords:
    return Cords(count, watts, watts)


@pytest.mark.parametrize(
    ("volts", "connection"), [(208, "line-line"), (346, "line-line"), (347, "line-neutral"), (400, "line-neutral")]
)
def test_cords_take_200_volts_between_line_and_neutral_or_hang_between_lines(volts: int, connection: str) -> None:
    assert wiring(volts).connection == connection


def test_a_phase_carries_a_third_of_what_the_circuit_does() -> None:
    assert wiring(400, 32).branch_w(continuous=True) == 7390  # 231 V x 32 A
    assert wiring(415, 60, standard="NEC").branch_w(continuous=True) == 11_500  # 80 %
    assert wiring(415, 60, standard="NEC").branch_w(continuous=False) == 14_376
    assert wiring(230, 32, phases=1).branch_w(continuous=True) == 7360


def test_a_phase_may_be_over_its_limit_while_the_pdu_is_not() -> None:
    """The published example: nine servers of 6.18 kVA on 208 V, 30 A at 80 %: only spread they fit."""
    circuit = wiring(208, 30, standard="NEC")
    assert not overloaded(circuit, [2060, 2060, 2060], continuous=True)
    assert overloaded(circuit, [3120, 3060, 0], continuous=True)  # line 1 and 2 share a pair: 25.7 A of 24 A
    assert sum([3120, 3060, 0]) < 8646
    assert fits_the_phases(circuit, [cords(1, 1000)] * 3 + [cords(1, 530)] * 6)


def test_lines_of_pairs_add_as_currents_do() -> None:
    """Equal pairs: line current is sqrt(3) of a pair's. One pair alone: its own current."""
    circuit = wiring(200, 10)
    assert not overloaded(circuit, [2000, 0, 0], continuous=True)
    assert overloaded(circuit, [2001, 0, 0], continuous=True)
    assert not overloaded(circuit, [1154, 1154, 1154], continuous=True)
    assert overloaded(circuit, [1155, 1155, 1155], continuous=True)


def test_five_cords_of_two_systems_spread_four_three_three() -> None:
    assert sorted(loads_of([cords(5, 2900), cords(5, 2900)])) == [8700, 8700, 11_600]


def test_the_exact_search_beats_the_largest_first() -> None:
    """7, 6, 5, 4, 3, 2 and 9 fill three phases with 12 each; largest-first puts 13 on one."""
    devices = [cords(1, watts) for watts in (9, 7, 6, 5, 4, 3, 2)]
    assert sorted(loads_of(devices)) == [12, 12, 12]


@given(st.lists(st.tuples(st.integers(1, 2), st.integers(1, 3000)), min_size=1, max_size=4))
def test_few_cords_are_spread_as_well_as_can_be(devices: list[tuple[int, int]]) -> None:
    wanted = [cords(count, watts) for count, watts in devices]
    loads = loads_of(wanted)
    each = [watts for count, watts in devices for _ in range(count)]
    best = min(
        max(sum(w for w, at in zip(each, where, strict=True) if at == phase) for phase in range(3))
        for where in product(range(3), repeat=len(each))
    )
    assert max(loads) == best
    assert sum(loads) == sum(each)


@given(st.permutations([cords(3, 1000), cords(5, 400), cords(2, 777), cords(1, 90)]))
def test_the_order_of_devices_changes_nothing(order: list[Cords]) -> None:
    assert sorted(loads_of(order)) == sorted(loads_of(sorted(order, key=lambda device: device.design_w)))


@pytest.mark.parametrize(
    ("loads", "share"), [((45, 38, 52), Fraction(7, 45)), ((10, 10, 10), 0), ((0, 0, 0), 0), ((3, 0, 0), 2)]
)
def test_imbalance_is_the_largest_distance_from_the_mean(loads: tuple[int, int, int], share: Fraction) -> None:
    assert imbalance(loads) == share


def test_three_equal_racks_are_turned_until_their_feeds_are_even() -> None:
    racks = [(("A", "B"), (3000, 2000, 1000))] * 3
    turns = phase_rotations(racks)
    assert sorted(turns) == [0, 1, 2]
    turned = [rotated(loads, by) for (_, loads), by in zip(racks, turns, strict=True)]
    assert [sum(phase) for phase in zip(*turned, strict=True)] == [6000, 6000, 6000]


def test_even_racks_are_not_turned() -> None:
    assert phase_rotations([(("A",), (5, 5, 5)), (("A",), (9, 0, 0)), (("A",), (9, 0, 0))])[0] == 0


def test_cords_come_from_inlets_else_one_for_each_supply(system) -> None:
    assert cords_of(system(inlets=[{"outlet": "C19", "count": 6}], psu_count=4)) == 6
    assert cords_of(system(psu_count=4)) == 4
    assert cords_of(system()) is None
    assert cords_on_a_side(system(psu_count=5), 2) == 3


def test_a_rating_that_nobody_states_stays_unknown() -> None:
    assert wiring_of(pdu(), None, 1) is None
    assert wiring_of(pdu(voltage_v=400, current_a=32, phases=3), None, 2) == wiring(units=2)
    narrow = wiring_of(pdu(voltage_v=400, current_a=16, phases=3), Circuit(voltage="400 V", current="32 A"), 1)
    assert narrow == wiring(400, 16)


def test_shelves_load_all_phases_alike_and_unpublished_cords_none(system) -> None:
    shelves = system(form="rack", racks=1, shelf_count=8, shelf_phases=3)
    load = side_load(None, [Fed(shelves, 142_000), Fed(system(), 1000)], 2, 1)
    assert load.phases == (Fraction(142_000, 3),) * 3
    assert load.unknown_w == 1000


def test_a_power_factor_takes_from_every_phase() -> None:
    factor = Circuit(voltage="400 V", current="32 A", power_factor=0.9)
    (own, halls) = (
        wiring_of(pdu(), factor, 1, 0.5),
        wiring_of(pdu(), Circuit(voltage="400 V", current="32 A"), 1, 0.9),
    )
    assert own == halls
    assert own is not None and own.branch_w(continuous=True) == 6651  # 0.9 x 7390


def test_single_phase_circuits_land_on_successive_phases(system) -> None:
    node = system(inlets=[{"outlet": "C13", "count": 4}])
    load = side_load(wiring(230, 16, phases=1, units=2), [Fed(node, 4000, (0, 1))], 2, 1)
    assert load.phases == (2000, 2000, 0)
