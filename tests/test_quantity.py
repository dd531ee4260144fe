"""Laws of quantities: every unit reads back, rounding keeps its side, nothing is read as another dimension."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.quantity import DIMENSIONS, QuantityError, demand, parse, show, supply

UNITS = st.sampled_from([(d.name, unit) for d in DIMENSIONS.values() for unit in d.units if unit])
AMOUNTS = st.decimals(0, 10**9, places=4, allow_nan=False)


@given(UNITS, AMOUNTS, st.sampled_from(["", " ", "  "]))
def test_an_amount_is_exact_in_every_unit(place: tuple[str, str], amount: Decimal, gap: str) -> None:
    dimension, unit = place
    exact = parse(f"{amount}{gap or (' ' if unit[0].isdigit() else '')}{unit}", dimension)
    assert exact == Fraction(amount) * DIMENSIONS[dimension].units[unit]


@given(UNITS, AMOUNTS, AMOUNTS)
def test_amounts_add_up(place: tuple[str, str], first: Decimal, second: Decimal) -> None:
    dimension, unit = place
    parts = [parse(f"{amount} {unit}", dimension) for amount in (first, second)]
    assert sum(parts) == parse(f"{first + second:f} {unit}", dimension)


@given(st.fractions(-(10**9), 10**9))
def test_supply_never_above_and_demand_never_below(value: Fraction) -> None:
    assert supply(value) <= value <= demand(value)
    assert demand(value) - supply(value) == (value.denominator != 1)


@given(UNITS, st.sampled_from(sorted(DIMENSIONS)))
def test_a_unit_is_read_in_its_own_dimension_only(place: tuple[str, str], other: str) -> None:
    _, unit = place
    if unit in DIMENSIONS[other].units:
        assert parse(f"3 {unit}", other) == 3 * DIMENSIONS[other].units[unit]
    else:
        with pytest.raises(QuantityError):
            parse(f"3 {unit}", other)


@pytest.mark.parametrize(
    ("text", "dimension", "base"),
    [
        ("14.3 kW", "power", 14300),
        ("1.2 MW", "power", 1_200_000),
        ("4 PB", "data", 4 * 10**15),
        ("4 PiB", "data", 4 * 2**50),
        ("400 Gb/s", "data rate", 50 * 10**9),
        ("85 %", "share", Fraction(85, 100)),
        ("0.85", "share", Fraction(85, 100)),
        (0.1, "share", Fraction(1, 10)),
        ("15 T tokens", "tokens", 15 * 10**12),
        ("2 weeks", "time", 14 * 86400),
        ("12 kPa", "floor load", 12000),
        ("1e3 W", "power", 1000),
        ("1_000 W", "power", 1000),
        (".5 kW", "power", 500),
    ],
)
def test_as_people_write_them(text: str | float, dimension: str, base: Fraction | int) -> None:
    assert parse(text, dimension) == base


@pytest.mark.parametrize(
    ("text", "dimension", "message"),
    [
        ("20 KW", "power", 'write "kW"'),
        ("20", "power", "add a unit: W, kW, MW, GW"),
        (20, "power", 'write "20 W"'),
        ("20 kg", "power", '"kg" is a unit of mass'),
        ("20 bananas", "power", "use one of W, kW, MW, GW"),
        ("", "power", 'found "", expected a power such as "300 kW"'),
        ("kW", "power", 'found "kW"'),
        ("20 kW 5", "power", "is not a known unit"),
        ("1e9999 W", "power", 'found "1e9999 W"'),
        (True, "share", "found true"),
        (float("nan"), "share", "found nan"),
        (float("inf"), "share", "found inf"),
        ("5 PB", "tokens", 'expected a number of tokens such as "15 T tokens"; "PB" is a unit of data'),
    ],
)
def test_what_is_no_quantity_says_why(text: str | float, dimension: str, message: str) -> None:
    with pytest.raises(QuantityError) as error:
        parse(text, dimension)
    assert message in str(error.value)


@given(st.integers(1, 10**18))
def test_shown_power_reads_back_to_four_digits(watts: int) -> None:
    shown = show(watts, "W")
    number, unit = shown.replace(",", "").split(" ")
    factor = {"W": 1, "kW": 10**3, "MW": 10**6, "GW": 10**9, "TW": 10**12, "PW": 10**15, "EW": 10**18}[unit]
    assert abs(Fraction(number) * factor - watts) <= Fraction(watts, 1000)
