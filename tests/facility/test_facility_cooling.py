"""Heat, coolant and air, each rule at its edge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.schema import Cdu
from planner.facility.air import airflow_for_heat_m3_h
from planner.facility.cooling import (
    cdu_capacity_w,
    cdu_refusal,
    cdus_needed,
    coolant_flow_l_min,
    coolant_refusal,
    coolant_supply_c,
    heat_note,
    heat_split,
    total_airflow,
    warmest_coolant_c,
)
from planner.request.site import Loop

GB300_FLOW = [(25, 59), (30, 71), (35, 89), (40, 119), (45, 177)]


def cdu(*points: dict[str, float]) -> Cdu:
    return Cdu.model_validate(
        {"schema": "catalog/v1", "kind": "cdu", "id": "acme-cdu", "name": "CDU", "vendor": "Acme",
         "as_of": "2026-01-01", "source": "data sheet", "capacity": list(points)}
    )  # fmt: skip


def rack(system, **more):
    flow = [{"supply_c": at, "flow_l_min": flow} for at, flow in GB300_FLOW]
    return system(cooling="hybrid", liquid_share=0.9, coolant_flow=flow, coolant_supply_max_c=45, **more)


def test_the_air_share_of_a_liquid_rack_is_never_forgotten(system) -> None:
    assert heat_split(rack(system), 142_000, {}) == (14_200, 127_800)
    assert heat_split(system(cooling="liquid", liquid_share=1), 5, {}) == (0, 5)


def test_an_air_cooled_product_heats_the_air_alone(system) -> None:
    assert heat_split(system(), 14_300, {}) == (14_300, 0)
    assert heat_note(system(), {}) is None


def test_the_site_may_state_a_split_that_is_not_published(system) -> None:
    hybrid = system(cooling="hybrid")
    own = {hybrid.id: 0.8}
    assert heat_split(hybrid, 50_400, own) == (10_080, 40_320)
    assert "site's own figure" in (heat_note(hybrid, own) or "")


def test_an_unpublished_split_loads_both_sides_and_says_so(system) -> None:
    hybrid = system(cooling="hybrid")
    assert heat_split(hybrid, 50_400, {}) == (50_400, 50_400)
    assert "acme-node" in str(heat_note(hybrid, {}))


@given(st.integers(0, 10**6), st.integers(0, 1000))
def test_heat_is_kept_and_air_rounds_up(design_w: int, permille: int) -> None:
    from planner.catalog.schema import System

    product = System.model_construct(id="x", cooling="hybrid", liquid_share=_share(permille))
    air, liquid = heat_split(product, design_w, {})
    assert air + liquid == design_w
    assert air * 1000 >= design_w * (1000 - permille) > (air - 1) * 1000


def _share(permille: int):
    from planner.catalog.facts import Fact

    return Fact[float](value=permille / 1000)


@pytest.mark.parametrize(
    ("supply_c", "flow"), [(10, 59), (25, 59), (25.1, 60), (32.5, 80), (40, 119), (44, 166), (45, 177), (45.5, None)]
)
def test_flow_follows_the_supply_temperature(system, supply_c: float, flow: int | None) -> None:
    assert coolant_flow_l_min(rack(system), supply_c) == flow


def test_coolant_warmer_than_allowed_is_refused_with_the_reason(system) -> None:
    assert coolant_refusal(rack(system), 45) is None
    assert coolant_refusal(rack(system), 49) == "coolant reaches the rack at 49 C; acme-node takes at most 45 C"


def test_flow_without_a_table_is_unknown(system) -> None:
    assert coolant_flow_l_min(system(cooling="liquid"), 30) is None


def test_new_distribution_units_warm_the_coolant_by_their_approach() -> None:
    loop = {"id": "L", "capacity": "1 MW", "supply": "36 C", "approach": 4}
    assert coolant_supply_c(Loop(**loop)) == 40
    assert coolant_supply_c(Loop(**loop, cdus="present")) == 36


def test_a_class_of_water_says_how_warm_the_coolant_may_become() -> None:
    loop = {"id": "L", "capacity": "1 MW", "supply": "30 C", "approach": 5}
    assert warmest_coolant_c(Loop(**loop)) == 35
    assert warmest_coolant_c(Loop(**loop, water_class="W40")) == 45
    assert warmest_coolant_c(Loop(**loop, water_class="W40", cdus="present")) == 40


def test_a_capacity_counts_only_under_conditions_no_harder_than_the_loops() -> None:
    unit = cdu({"capacity_w": 1_350_000, "approach_k": 4}, {"capacity_w": 2_000_000, "approach_k": 6})
    assert cdu_capacity_w(unit, 4, 40) == 1_350_000
    assert cdu_capacity_w(unit, 6, 40) == 2_000_000
    assert cdu_capacity_w(unit, 3.9, 40) is None
    assert "3.9 K" in str(cdu_refusal(unit, 3.9, 40))
    assert cdu_capacity_w(cdu({"capacity_w": 1_000_000, "approach_k": 4, "supply_c": 40}), 4, 30) is None


def test_kilowatts_alone_do_not_size_a_distribution_unit() -> None:
    unit = cdu({"capacity_w": 2_300_000})
    assert cdu_capacity_w(unit, 20, 40) is None
    assert "without the approach" in str(cdu_refusal(unit, 20, 40))


@pytest.mark.parametrize(
    ("load_w", "redundancy", "flow", "needed"),
    [(0, "N+1", None, 0), (1, "N", None, 1), (1000, "N", None, 1), (1001, "N", None, 2), (1001, "N+1", None, 3),
     (1000, "N", 241, 3), (1000, "N+1", 240, 3)],
)  # fmt: skip
def test_distribution_units_carry_heat_and_flow(load_w: int, redundancy: str, flow: int | None, needed: int) -> None:
    assert cdus_needed(load_w, 1000, redundancy, flow, 120) == needed


def test_air_at_20_f_rise_needs_158_cfm_per_kw_and_more_at_altitude() -> None:
    cfm = 1.699010796
    assert round(airflow_for_heat_m3_h(1_000_000, 20 / 1.8) / 1000 / cfm) == 158
    assert 1.19 < airflow_for_heat_m3_h(10**6, 10, 1800) / airflow_for_heat_m3_h(10**6, 10) < 1.20


def test_airflow_counts_only_what_is_published_and_says_how_much_that_is(system) -> None:
    known, unknown = system(airflow_m3_h=2633.5), system()
    assert total_airflow([(known, 3, 10_000), (unknown, 1, 10_000)]) == (3 * 2634, 0.75)
    assert total_airflow([(unknown, 1, 10_000)]) == (None, 0.0)
    assert total_airflow([]) == (None, 1.0)
