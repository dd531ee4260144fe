"""Redundancy labels are computed: what one side of the supplies really gives."""

import pytest

from planner.facility.power import power_tiers, redundancy_findings
from planner.facility.supplies import needed_of, supplies_of, supply_states


def states(device, feeds=2):
    (supplies,) = supplies_of(device)
    return supply_states(device, power_tiers(device, {}), supplies, feeds)


def test_one_side_of_a_gb300_racks_shelves_is_below_its_design_power(system) -> None:
    rack = system(
        shelf_count=8, shelf_w=33_000, shelf_redundancy="N+N", power_design_w=142_000, power_peak_w=155_000,
        psu_count=48, psu_w=5_500, psu_redundancy="N+N",
    )  # fmt: skip
    (finding,) = redundancy_findings(rack, power_tiers(rack, {}))
    assert finding.numbers["available_w"] == 132_000
    assert finding.numbers["state"] == "unknown"
    assert "132 kW" in finding.text and "142,000 W design" in finding.text


def test_one_side_of_a_dgx_b300_is_above_design_and_below_peak(system) -> None:
    node = system(psu_count=12, psu_w=3_200, psu_redundancy="N+N", power_design_w=15_100, power_peak_w=19_700)
    one, side = states(node)
    assert (one.available_w, one.running) == (35_200, "up")
    assert (side.available_w, side.running) == (19_200, "throttled")
    assert len(redundancy_findings(node, power_tiers(node, {}))) == 1


@pytest.mark.parametrize(("feeds", "left", "running"), [(2, 3, "unknown"), (3, 4, "unknown"), (6, 5, "up")])
def test_five_plus_one_survives_a_feed_only_when_the_feed_holds_one_supply(system, feeds, left, running) -> None:
    node = system(psu_count=6, psu_w=3_300, psu_redundancy="5+1", power_design_w=14_300)
    assert (states(node, feeds)[1].left, states(node, feeds)[1].running) == (left, running)


def test_a_published_power_cap_decides_between_throttled_and_down(system) -> None:
    for cap, running in ((9_900, "throttled"), (9_901, "down")):
        node = system(psu_count=6, psu_w=3_300, power_design_w=14_300, power_cap_min_w=cap)
        assert states(node)[1].running == running


def test_an_unpublished_rating_is_believed_only_as_far_as_its_label_goes(system) -> None:
    node = system(psu_count=6, psu_redundancy="4+2", power_design_w=10_200)
    assert [s.running for s in states(node)] == ["up", "unknown"]
    assert [s.running for s in states(node, feeds=3)] == ["up", "up"]


def test_a_device_without_published_supplies_has_no_finding(system) -> None:
    node = system(power_design_w=10_000)
    assert redundancy_findings(node, power_tiers(node, {})) == ()


@pytest.mark.parametrize(
    ("label", "count", "needed"),
    [("5+1", 6, 5), ("5 + 1", 6, 5), ("N+N", 12, 6), ("n+n", 7, None), ("N+1", 4, 3), ("N", 4, 4),
     ("5+1", 8, None), ("2N?", 4, None)],
)  # fmt: skip
def test_labels(label: str, count: int, needed: int | None) -> None:
    assert needed_of(label, count) == needed
