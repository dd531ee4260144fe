"""Links of the out-of-band network to free ports of switches that stand already."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from planner.cabling.schedule import schedule
from planner.fabric.site import Endpoints, out_of_band_switches
from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.schema import Plan
from planner.plan.wiring import Wired, ports_taken, wire_plan
from planner.request import load_request

EXAMPLE = Path(__file__).parents[2] / "examples" / "leeds-brownfield.yaml"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def plan(library: Library) -> Plan:
    return make_plan(*load_request(EXAMPLE), library)


@pytest.fixture(scope="module")
def wired(plan: Plan, library: Library) -> list[Wired]:
    return wire_plan(plan, load_request(EXAMPLE)[0], library)


def test_existing_ports_save_switches_one_by_one(library: Library) -> None:
    network = next(d.out_of_band for _, d in sorted(library.fabrics.items()) if d.out_of_band is not None)
    full = network.ports * 3

    def added(existing: int) -> int:
        return out_of_band_switches(network, full, Endpoints(headroom_share=0, existing_ports=existing))

    assert added(0) == max(3, network.min_switches)
    assert (added(network.ports - 1), added(network.ports), added(full - 1), added(full)) == (3, 2, 1, 0)


def test_links_end_at_free_ports_by_the_name_of_the_switch(plan: Plan, wired: list[Wired]) -> None:
    free = {ports.switch: ports.free for rack in plan.existing for ports in rack.ports}
    taken = ports_taken(wired)
    assert {switch for _, switch in taken} == set(free) == {"mgmt-a01", "mgmt-a02"}
    for (_, switch), used in taken.items():
        assert set(used) <= set(free[switch]) and max(Counter(used).values()) == 1
    rows = [row for entry in wired for row in schedule(entry.cables) if row.to_device == "mgmt-a02"]
    assert rows and {row.to_rack for row in rows} == {"hall-4/A/2"} and {row.to_u for row in rows} == {30}
    assert {int(row.to_port) for row in rows} == set(free["mgmt-a02"])


def test_every_out_of_band_link_is_wired_once(plan: Plan, wired: list[Wired]) -> None:
    fabric = next(f for f in plan.fabrics if f.fabric == "out-of-band")
    counted = {link.tier: link.links for link in fabric.links}
    links = Counter(link.tier for entry in wired for link in entry.cables.links if link.fabric == "out-of-band")
    assert links == counted
