"""Air: published or derived, never nothing; limits of supply air, lower where air is thin."""

from __future__ import annotations

from typing import Any

import pytest

from planner.facility.air import Airflow, airflow_of, airflow_together, counts_air, inlet_refusal, warmest_inlet_c
from planner.request.site import Hall


def hall(altitude_m: float = 0, row: dict[str, Any] | None = None, **cooling: Any) -> Hall:
    return Hall.model_validate(
        {
            "id": "room",
            "altitude_m": altitude_m,
            "rows": [{"id": "A", "positions": 1, "rack_power": "1 kW", "feeds": ["F"]} | (row or {})],
            "power": {"redundancy": "N", "feeds": [{"id": "F", "capacity": "1 MW"}]},
            "cooling": {"air": "1 MW"} | cooling,
        }
    )


def test_airflow_is_the_makers_or_follows_from_heat(system) -> None:
    known, unknown = system(airflow_m3_h=2633.5), system()
    assert airflow_of(known, 10_000, hall()) == Airflow(2634, 0)
    assert airflow_of(unknown, 10_000, hall()) == Airflow(0, 2714)  # 2985 x 10 / 11
    assert airflow_of(unknown, 10_000, hall(air_rise=20)) == Airflow(0, 1493)
    assert airflow_of(unknown, 0, hall()) == Airflow(0, 0)
    assert airflow_together([(known, 2, 1), (unknown, 3, 10_000)], hall()) == Airflow(5268, 3 * 2714)


def test_thin_air_needs_more_of_it(system) -> None:
    high = airflow_of(system(), 10_000, hall(1800)).derived_m3_h
    assert 1.19 < high / 2714 < 1.20


@pytest.mark.parametrize(("altitude_m", "warmest"), [(0, 35), (900, 35), (1900, 31.7), (3050, 27.91)])
def test_the_limit_of_supply_air_falls_above_900_m(system, altitude_m: float, warmest: float) -> None:
    limited = system(inlet_min_c=10, inlet_max_c=35)
    assert warmest_inlet_c(limited, altitude_m) == pytest.approx(warmest, abs=0.01)
    assert inlet_refusal(limited, hall(altitude_m, inlet=f"{warmest - 0.1} C")) is None
    assert "the hall supplies air at" in str(inlet_refusal(limited, hall(altitude_m, inlet=f"{warmest + 0.1} C")))
    assert inlet_refusal(system(), hall(altitude_m, inlet="60 C")) is None


@pytest.mark.parametrize(("inlet", "refused"), [("10 C", False), ("9.9 C", True), ("35 C", False), ("35.1 C", True)])
def test_supply_air_within_the_makers_limits(system, inlet: str, refused: bool) -> None:
    assert (inlet_refusal(system(inlet_min_c=10, inlet_max_c=35), hall(inlet=inlet)) is not None) is refused


def test_air_is_counted_where_it_is_limited_or_its_rise_is_stated() -> None:
    assert not counts_air(hall())
    assert counts_air(hall(airflow="1000 m3/h")) and counts_air(hall(air_rise=12))
    assert counts_air(hall(row={"airflow": "1000 m3/h"}))
