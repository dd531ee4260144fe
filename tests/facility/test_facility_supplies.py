"""Redundancy labels are computed: what one side of the supplies really gives."""

import pytest

from planner.catalog.load import load_catalog
from planner.catalog.schema import System
from planner.facility.power import power_tiers, redundancy_findings
from planner.facility.supplies import needed_of, supplies_of, supply_states
from planner.facility.supply_states import fewest_feeds_with, states_when_lost
from planner.request.site import Power, Row


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


CATALOG = load_catalog()
ROW = Row(id="A", positions=1, rack_power="200 kW", feeds=("A", "B"))


def losses(product: str, feeds: int = 2, taken: int = 1) -> dict[str, tuple[int | None, str]]:
    system = CATALOG.get(product, System)
    found = states_when_lost(system, power_tiers(system, {}), feeds, taken)
    return {lost.loss: (lost.state.available_w, lost.state.running) for lost in found}


def test_half_the_shelves_of_a_catalog_gb300_rack_are_below_its_design_and_no_cap_is_published() -> None:
    assert losses("nvidia-gb300-nvl72") == {
        "supply": (258_500, "up"), "shelf": (231_000, "up"), "feed": (132_000, "unknown"),
    }  # fmt: skip


def test_a_catalog_gb300_rack_has_a_finding_on_two_feeds_and_none_on_three() -> None:
    rack = CATALOG.get("nvidia-gb300-nvl72", System)
    (finding,) = redundancy_findings(rack, power_tiers(rack, {}), 2)
    assert "4 of 8 power shelves" in finding.text and "132 kW against 142,000 W design" in finding.text
    assert redundancy_findings(rack, power_tiers(rack, {}), 3) == ()


def test_half_the_shelves_of_a_gb200_rack_carry_its_design_but_not_its_peak() -> None:
    assert losses("nvidia-gb200-nvl72")["feed"] == (132_000, "throttled")


def test_a_lost_source_takes_all_its_feeds() -> None:
    assert losses("nvidia-gb300-nvl72", feeds=3, taken=2)["source"] == (66_000, "unknown")
    assert losses("nvidia-gb300-nvl72", feeds=3, taken=2)["feed"] == (165_000, "up")


def test_the_only_feed_takes_every_system_down() -> None:
    assert losses("nvidia-dgx-b200", feeds=1)["feed"] == (0, "down")
    assert losses("lenovo-sr680a-v3", feeds=1) == {"supply": (None, "unknown"), "feed": (0, "down")}


def test_the_row_with_the_fewest_feeds_left_counts() -> None:
    power = Power(
        redundancy="N+1",
        feeds=[{"id": f, "capacity": "1 MW", "source": s} for f, s in (("A", "u"), ("B", "u"), ("C", "v"))],
    )
    wide = ROW.model_copy(update={"feeds": ("A", "B", "C")})
    narrow = ROW.model_copy(update={"feeds": ("B", "C")})
    assert fewest_feeds_with(power, [wide]) == (3, 2)
    assert fewest_feeds_with(power, [wide, narrow]) == (2, 1)
