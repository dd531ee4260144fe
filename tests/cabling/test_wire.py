"""Port-to-port cabling: laws that hold for every design, and each compatibility rule where it binds."""

from __future__ import annotations

import time
import tracemalloc
from collections import Counter
from dataclasses import replace

import pytest

from planner.cabling import Inventory, Position, SiteParameters, schedule, schedule_csv, wire
from planner.cabling.devices import named_devices
from planner.cabling.model import Device
from planner.cabling.ports import check_zones, switch_bank
from planner.cabling.wire import _check_zones
from planner.catalog.schema import Switch
from planner.errors import InputError
from planner.fabric import Endpoints, count_site_fabrics, fitted
from tests.cabling.conftest import CATALOG, DESIGNS, PRODUCTS, Cabler, in_rows

SITES = [
    ("superpod-h100", 31, "nvidia-dgx-h100"), ("superpod-b200", 31, "nvidia-dgx-b200"),
    ("superpod-b300-ethernet", 40, "nvidia-dgx-b300-busbar"), ("superpod-b300-xdr", 32, "nvidia-dgx-b300-ac"),
    ("superpod-gb200", 8, "nvidia-gb200-nvl72"), ("superpod-gb300", 8, "nvidia-gb300-nvl72"),
    ("basepod", 8, "nvidia-dgx-h100"), ("era-2-8-9-400", 12, "nvidia-dgx-b200"),
    ("era-2-8-5-200", 24, "dell-xe7745"), ("era-2-8-9-800", 20, "nvidia-dgx-b300-ac"),
    ("fat-tree-xdr", 2, "nvidia-dgx-b300-ac"), ("fat-tree-ethernet-400", 9, "dell-xe7745"),
]  # fmt: skip
NOT_CABLED = {"site", "manager-back-to-back", "fixed"}


@pytest.mark.parametrize(("design", "systems", "system"), SITES)
def test_every_counted_link_is_cabled_once_and_no_port_twice(
    cabled: Cabler, design: str, systems: int, system: str
) -> None:
    plan, counts, _ = cabled(design, systems, system)
    wanted = Counter({(e.fabric, e.tier): e.count for e in counts.links if e.tier not in NOT_CABLED})
    assert Counter((link.fabric, link.tier) for link in plan.links) == wanted
    roles = {name: device.role for name, device in plan.devices.items()}
    own = {name for name, role in roles.items() if role.endswith(("-leaf", "-spine", "-core"))}
    ends: Counter[tuple[str, str, int, int]] = Counter()
    for link in plan.links:
        for name, cage, lane in ((link.a, link.a_cage, link.a_lane), (link.b, link.b_cage, link.b_lane)):
            management = link.fabric == "out-of-band" and not roles[name].startswith("out-of-band")
            network = "management" if management and link.speed_gbit_s == 1 else "" if name in own else link.fabric
            ends[network, name, cage, lane] += 1
    assert max(ends.values()) == 1
    carried = sorted(index for run in plan.runs for index in run.links)
    assert carried == list(range(len(plan.links)))


@pytest.mark.parametrize(("design", "systems", "system"), SITES)
def test_ordered_cables_are_long_enough_and_totals_add_up(
    cabled: Cabler, design: str, systems: int, system: str
) -> None:
    plan, _, _ = cabled(design, systems, system)
    assert all(run.length_m >= run.needed_m for run in plan.runs)
    assert sum(total.cables for total in plan.cable_totals) == len(plan.runs)
    assert sum(total.links for total in plan.cable_totals) == len(plan.links)
    assert all(total.spares >= 2 for total in (*plan.cable_totals, *plan.module_totals))


def test_modules_match_the_printed_counts_of_a_full_system(cabled: Cabler) -> None:
    plan, _, _ = cabled("superpod-h100", 31, "nvidia-dgx-h100")
    of_systems = {t.product: t.modules for t in plan.module_totals if t.end == "system" and t.fabric == "compute"}
    assert of_systems == {"nvidia-dgx-2x400g-sr4-flat": 124}  # four flat-top twins in each of 31 systems


def test_xdr_takes_active_copper_to_three_metres_and_single_mode_beyond(cabled: Cabler) -> None:
    plan, _, _ = cabled("superpod-b300-xdr", 32, "nvidia-dgx-b300-ac")
    media = {(run.medium, run.length_m) for run in plan.runs if plan.links[run.links[0]].speed_gbit_s == 800}
    assert {medium for medium, _ in media} == {"active-copper", "single-mode"}
    assert max(length for medium, length in media if medium == "active-copper") <= 3


def test_finned_in_air_cooled_switches_flat_in_systems(cabled: Cabler) -> None:
    from planner.catalog.schema import Module

    plan, _, _ = cabled("superpod-b300-ethernet", 40, "nvidia-dgx-b300-busbar", compute_only=True)
    tops = {total.end: CATALOG.get(total.product, Module).top for total in plan.module_totals}
    assert tops == {"system": "flat", "compute-leaf": "finned", "compute-spine": "finned"}


def test_a_twin_copper_cable_carries_both_lanes_of_one_pair_of_cages(cabled: Cabler) -> None:
    plan, _, _ = cabled("basepod", 8, "nvidia-dgx-h100", placement=side_by_side)
    isl = [run for run in plan.runs if plan.links[run.links[0]].tier == "isl" and run.medium == "dac"]
    assert len([run for run in isl if plan.links[run.links[0]].fabric == "compute"]) == 16
    for run in isl:
        cages = {(plan.links[i].a_cage, plan.links[i].b_cage) for i in run.links}
        assert len(cages) == 1


def side_by_side(names: list[str]) -> dict[str, Position]:
    """Everything in one rack, so that copper reaches."""
    return {name: Position("h", "r", 1, 0, 0, 1 + index % 40) for index, name in enumerate(sorted(names, reverse=True))}


def test_a_medium_near_the_end_of_its_reach_gives_way(cabled: Cabler) -> None:
    def apart(metres: float):
        def place(names: list[str]) -> dict[str, Position]:
            return {n: Position("h", "r", int(n.startswith("system")), 1000 * metres * n.startswith("system"), 0)
                    for n in names}  # fmt: skip

        return place

    bare = SiteParameters(slack_m=0, side_offset_m=0, rack_base_m=2.35555, tray_height_m=2.4)  # no way but the trays

    def media(metres: float) -> set[str]:
        plan, _, _ = cabled(
            "superpod-h100", 4, "nvidia-dgx-h100", site=bare, compute_only=True, placement=apart(metres)
        )
        return {run.medium for run in plan.runs if plan.links[run.links[0]].tier == "node-leaf"}

    assert media(44.9) == {"multimode"}  # 90 % of 50 m is 45 m
    assert media(45.1) == {"single-mode"}
    with pytest.raises(InputError, match=r"at most 500 m on .*single-mode; move the racks closer"):
        media(501)


def test_site_values_override_defaults(cabled: Cabler) -> None:
    fibre = SiteParameters(media=("single-mode", "cat6"), slack_m=9)
    plan, _, _ = cabled("superpod-h100", 4, "nvidia-dgx-h100", site=fibre, compute_only=True)
    plain, _, _ = cabled("superpod-h100", 4, "nvidia-dgx-h100", compute_only=True)
    assert {run.medium for run in plan.runs} == {"single-mode"}
    longer = [a.needed_m - b.needed_m for a, b in zip(plan.runs, plain.runs, strict=False) if a.links == b.links]
    assert max(longer) == pytest.approx(7)
    with pytest.raises(InputError, match="allow a medium that fits both cages"):
        cabled("superpod-h100", 4, "nvidia-dgx-h100", site=replace(fibre, media=("cat6",)), compute_only=True)


def test_a_device_without_a_position_is_named(cabled: Cabler) -> None:
    with pytest.raises(InputError, match="1 devices without a position, the first system-0001"):
        cabled("basepod", 2, "nvidia-dgx-h100", placement=lambda names: side_by_side(names[1:]))


def test_breakout_zones_and_speeds_are_refused_by_name() -> None:
    check_zones({1: 4, 2: 4, 3: 8, 4: 1}, cages_per_zone=2, most=10)
    with pytest.raises(InputError, match="cages 3 to 4: found 12 logical ports, expected at most 10"):
        check_zones({1: 4, 2: 4, 3: 8, 4: 4}, cages_per_zone=2, most=10)
    with pytest.raises(InputError, match=r"links at 1600 Gb/s, expected a speed its ports make \(25, 200, 400, 800\)"):
        switch_bank(CATALOG.get("nvidia-sn5600", Switch), 1600)


def test_ids_stay_when_systems_are_added(cabled: Cabler) -> None:
    small, _, _ = cabled("superpod-b300-xdr", 10, "nvidia-dgx-b300-ac", compute_only=True)
    large, _, _ = cabled("superpod-b300-xdr", 20, "nvidia-dgx-b300-ac", compute_only=True)
    before = {row.cable_id: (row.to_device, row.to_port) for row in schedule(small) if row.tier == "node-leaf"}
    after = {row.cable_id: (row.to_device, row.to_port) for row in schedule(large)}
    assert len(before) == 80
    assert {name: after[name] for name in before} == before


def test_schedule_names_both_ends_once_for_each_cable(cabled: Cabler) -> None:
    plan, _, _ = cabled("superpod-h100", 31, "nvidia-dgx-h100")
    rows = list(schedule(plan))
    assert len({row.cable_id for row in rows}) == len(rows) == len(plan.runs)
    row = rows[0]
    assert row.label_from.startswith(f"{row.from_rack} U{row.from_u} {row.from_device}")
    assert row.label_from.endswith(f"{row.to_device} {row.to_port}")
    assert row.route == f"tray r0: 0 to {plan.placement[row.to_device].number}"
    assert len(schedule_csv(plan).splitlines()) == len(rows) + 1


def test_kedios_plan_and_what_right_sizing_saves(cabled: Cabler) -> None:
    full, counts, _ = cabled("superpod-b300-xdr", 32, "nvidia-dgx-b300-ac", compute_only=True)
    right, small, _ = cabled("superpod-b300-xdr", 32, "nvidia-dgx-b300-ac", compute_only=True, growth="right-size")
    assert (counts.switches_of("compute-leaf"), counts.switches_of("compute-spine")) == (8, 4)
    assert (small.switches_of("compute-leaf"), small.switches_of("compute-spine")) == (4, 2)
    assert sum(device.product == "nvidia-q3400-ra" for device in full.devices.values()) == 12
    assert not any(run.medium == "aoc" for run in (*full.runs, *right.runs))  # XDR has no active optical cable
    assert len(right.links) < len(full.links)


def test_same_input_same_cabling(cabled: Cabler) -> None:
    one, _, _ = cabled("era-2-8-9-800", 20, "nvidia-dgx-b300-ac")
    two, _, _ = cabled("era-2-8-9-800", 20, "nvidia-dgx-b300-ac")
    assert schedule_csv(one) == schedule_csv(two)


@pytest.mark.slow
def test_two_thousand_systems_in_seconds_and_in_proportion(cabled: Cabler) -> None:
    def seconds(systems: int) -> tuple[float, int]:
        start = time.process_time()
        plan, _, _ = cabled("superpod-b300-ethernet", systems, "nvidia-dgx-b300-ac", compute_only=True)
        return time.process_time() - start, len(plan.links)

    seconds(64)
    small, small_links = seconds(1024)
    large, large_links = seconds(2048)
    assert large_links == 3 * 32768
    assert large < 3
    assert large / small < 2.5 * large_links / small_links
    tracemalloc.start()
    seconds(2048)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500e6


def test_devices_of_planes_are_told_apart(cabled: Cabler) -> None:
    _, counts, _ = cabled("superpod-b300-ethernet", 40, "nvidia-dgx-b300-busbar", compute_only=True)
    from planner.cabling import Inventory

    devices = named_devices(counts, Inventory("nvidia-dgx-b300-busbar"))
    leaves = [d for d in devices.values() if isinstance(d, Device) and d.role == "compute-leaf"]
    assert [d.plane for d in leaves] == [0] * 8 + [1] * 8


def test_air_of_a_switch_must_leave_on_the_hot_side(cabled: Cabler) -> None:
    hot, _, _ = cabled("superpod-b300-xdr", 4, "nvidia-dgx-b300-ac", compute_only=True)
    cold, _, _ = cabled(
        "superpod-b300-xdr", 4, "nvidia-dgx-b300-ac", compute_only=True, site=SiteParameters(switch_ports_face="cold")
    )
    wrong = "nvidia-q3400-ra is made port-to-power only: its ports belong on the cold side"
    assert wrong in [note.text for note in hot.notes]
    assert not [note for note in cold.notes if note.rule == "airflow"]


def test_pipeline_zones_of_a_design_are_checked(cabled: Cabler) -> None:
    plan, _, design = cabled("opg-clos-ro", 16, "nvidia-dgx-b200")
    assert plan.links
    tight = design.model_copy(update={"zones": (design.zones[0].model_copy(update={"max_logical_ports": 7}),)})
    with pytest.raises(InputError, match="8 logical ports, expected at most 7 in a zone"):
        _check_zones(tight, list(plan.links), plan.devices, PRODUCTS)


def test_storage_beyond_two_tiers_stands_in_islands(cabled: Cabler) -> None:
    with pytest.raises(InputError, match=r"found \d+\.\d m, expected at most 30 m on dac, aoc"):
        cabled("superpod-h100", 720, "nvidia-dgx-h100")
    plan, counts, _ = cabled("superpod-h100", 720, "nvidia-dgx-h100", site=SiteParameters(over_reach="note"))
    assert any("in-band node-leaf links need up to" in note.text for note in plan.notes)
    assert any("2 groups of leaves" in note.text for note in counts.notes)
    ends = Counter(
        (name, cage, lane)
        for link in plan.links
        if link.fabric == "storage"
        for name, cage, lane in ((link.a, link.a_cage, link.a_lane), (link.b, link.b_cage, link.b_lane))
    )
    assert max(ends.values()) == 1
    storage = Counter(link.tier for link in plan.links if link.fabric == "storage")
    assert storage == {e.tier: e.count for e in counts.links if e.fabric == "storage"}


def test_devices_with_one_port_use_both_leaves_of_a_pair() -> None:
    design = fitted(DESIGNS["fat-tree-ethernet-400"], PRODUCTS.systems["supermicro-sys-822gs-nbrt"])
    counts = count_site_fabrics(design, 101, Endpoints(storage_ports=108, pdus=0))
    inventory = Inventory("supermicro-sys-822gs-nbrt", 3, "generic-control-plane-node", 108, "wekapod-prime-2218")
    inventory = replace(inventory, storage_first_port=1)
    plan = wire(design, counts, in_rows(list(named_devices(counts, inventory))), PRODUCTS, inventory)
    stored = [link for link in plan.links if link.tier == "storage-leaf" and link.fabric == "converged"]
    on_leaves = Counter(link.b for link in stored)
    assert len(on_leaves) == 10
    assert max(on_leaves.values()) - min(on_leaves.values()) <= 1
    assert {link.a_cage for link in stored} == {2}  # the first port of every box is on another fabric


def test_leaf_pairs_that_are_counted_nearly_full_are_wired() -> None:
    """Equal runs of systems, servers and storage would take a cage more than a leaf has: devices go where room is."""
    design = fitted(DESIGNS["fat-tree-ethernet-400"], PRODUCTS.systems["dell-xe7745"])
    counts = count_site_fabrics(design, 473, Endpoints(storage_ports=180, storage_controllers=90, pdus=348))
    inventory = Inventory("dell-xe7745", 3, "generic-control-plane-node", 90, "wekapod-prime-2218", 348)
    plan = wire(design, counts, in_rows(list(named_devices(counts, inventory))), PRODUCTS, inventory)
    wanted = Counter({(e.fabric, e.tier): e.count for e in counts.links if e.tier not in NOT_CABLED})
    assert Counter((link.fabric, link.tier) for link in plan.links) == wanted
