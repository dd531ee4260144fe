"""The designs of the catalog, at the edges where a rule changes its answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.fabrics import FabricDesign, load_fabrics
from planner.catalog.files import catalog_roots
from planner.catalog.load import load_catalog
from planner.catalog.prices import PriceBook, PriceEntry
from planner.catalog.schema import Switch, System
from planner.errors import InputError
from planner.fabric import (
    Endpoints,
    FatTree,
    check_against_catalog,
    count_fabric,
    count_site_fabrics,
    design_applies,
    fat_tree,
    fitted,
    growth_saving,
    limits,
    priced,
    su_table,
)

DESIGNS = load_fabrics(catalog_roots())
CATALOG = load_catalog()
TREES = [name for name, design in DESIGNS.items() if design.compute[-1].kind == "tree"]


def leaf_spine_core(design: str, systems: int, **options: bool) -> tuple[int, int, int]:
    counts = count_fabric(DESIGNS[design], systems, **options)
    return tuple(counts.switches_of(f"compute-{tier}") for tier in ("leaf", "spine", "core"))


def test_switch_facts_of_every_design_agree_with_the_catalog() -> None:
    switches = CATALOG.of(Switch)
    assert [fault for design in DESIGNS.values() for fault in check_against_catalog(design, switches)] == []


def test_every_design_that_a_system_names_applies_to_it() -> None:
    refused = [
        (system.id, name)
        for system in CATALOG.of(System).values()
        for name in system.fabric_designs
        if not design_applies(DESIGNS[name], system)
    ]
    assert refused == []


def test_striping_skips_spine_counts_that_do_not_divide_the_uplinks() -> None:
    assert leaf_spine_core("superpod-h100", 95) == (24, 16, 0)  # 12 would carry it; 32 uplinks do not divide by 12
    assert leaf_spine_core("superpod-b300-xdr", 576) == (64, 36, 0)


def test_two_tiers_end_where_leaves_fill_a_spine() -> None:
    assert leaf_spine_core("superpod-h100", 255) == (64, 32, 0)
    assert leaf_spine_core("superpod-h100", 256) == (72, 72, 64)  # a ninth unit, and cores in groups of eight


def test_the_fabric_manager_costs_a_system_where_leaves_have_no_port_to_spare() -> None:
    assert count_fabric(DESIGNS["superpod-h100"], 31).sus == 1
    assert count_fabric(DESIGNS["superpod-h100"], 32).sus == 2
    assert count_fabric(DESIGNS["superpod-b300-xdr"], 72).sus == 1
    assert count_fabric(DESIGNS["superpod-gb200"], 8).sus == 1


def test_right_sized_unit_shares_leaves_between_rails_and_states_the_saving() -> None:
    design = DESIGNS["superpod-b300-xdr"]
    full, right = count_fabric(design, 32), count_fabric(design, 32, growth="right-size")
    assert (full.switch_total, right.switch_total) == (12, 6)
    assert any("save 6 of 12 switches" in note.text for note in full.notes)


def test_modules_links_and_cables_are_counted_apart() -> None:
    counts = count_fabric(DESIGNS["superpod-b300-ethernet"], 64)
    assert counts.links_of("compute", "node-leaf") == 1024  # 400G, both planes
    assert counts.modules_of("compute", "node") == 512  # one twin module in each cage
    assert counts.cables_of("compute", "node-leaf") == 1024  # one fibre for each link


def test_supplied_fabric_has_bandwidth_and_no_invented_counts() -> None:
    counts = count_site_fabrics(DESIGNS["aws-efa-trn3-gen2"], 3)
    assert counts.endpoint_gbit_s == 86400
    assert counts.switches == counts.links == ()
    assert set(counts.unknown) == {f"compute {what}" for what in ("switches", "links", "modules", "cables")}


@pytest.mark.parametrize(("design", "systems", "converged", "own"), [
    ("era-2-8-9-400", 12, 2, 0), ("era-2-8-9-400", 13, 2, 2),
    ("era-2-8-5-200", 20, 2, 0), ("era-2-8-5-200", 24, 2, 2),
])  # fmt: skip
def test_shared_pair_ends_where_its_ports_are_full(design: str, systems: int, converged: int, own: int) -> None:
    counts = count_fabric(DESIGNS[design], systems)
    assert (counts.switches_of("converged-leaf"), counts.switches_of("compute-leaf")) == (converged, own)


def test_out_of_band_counts_a_port_for_everything() -> None:
    bare = count_site_fabrics(DESIGNS["superpod-h100"], 31, Endpoints(pdus=0))
    more = count_site_fabrics(DESIGNS["superpod-h100"], 31, Endpoints(pdus=40, storage_controllers=5, other_ports=3))
    assert more.links_of("out-of-band", "pdu") == 40
    assert more.links_of("out-of-band", "storage") - bare.links_of("out-of-band", "storage") == 5
    assert more.switches_of("out-of-band-leaf") > bare.switches_of("out-of-band-leaf")


def test_generic_tree_follows_the_ports_of_the_system() -> None:
    b300 = CATALOG.get("nvidia-dgx-b300-ac", System)
    rack = CATALOG.get("nvidia-gb300-nvl72", System)
    assert fitted(DESIGNS["fat-tree-ethernet-400"], b300).compute[0].planes == 2  # 800G as 2 x 400GbE
    assert fitted(DESIGNS["fat-tree-xdr"], rack).compute[0].ports_per_rail == 18


@pytest.mark.parametrize(("call", "message"), [
    (lambda: count_fabric(DESIGNS["basepod"], 9, others=DESIGNS), "1 to 8 systems; era-2-8-9-400 takes 9 systems"),
    (lambda: count_fabric(DESIGNS["superpod-gb200"], 129), "expected 1 to 128 systems; plan at most 128"),
    (lambda: count_fabric(DESIGNS["basepod"], 0), "found 0 systems, expected 1 to 8"),
    (lambda: tree("nvidia-qm9700", oversubscription="5:2"), "the nearest that divides is 3:1"),
    (lambda: tree("nvidia-qm9700", link_gbit_s=100), "nearest it makes is 200 Gb/s"),
    (lambda: tree("nvidia-q3400-ra", link_gbit_s=400), "nearest it makes is 800 Gb/s"),
])  # fmt: skip
def test_impossible_fabrics_name_the_rule_and_what_would_work(call, message) -> None:
    with pytest.raises(InputError, match=message):
        call()


def tree(switch: str, **choice: object) -> FabricDesign:
    return fat_tree(CATALOG.get(switch, Switch), FatTree(**choice))


@given(st.sampled_from(TREES), st.integers(1, 3000), st.sampled_from(["full-unit", "right-size"]))
def test_every_switch_has_the_ports_for_its_links(name: str, systems: int, growth: str) -> None:
    design = DESIGNS[name]
    low, high = limits(design)
    counts = count_fabric(design, min(max(systems, low), high), growth=growth)
    stage = next(s for s in design.compute if s.kind == "tree")
    if counts.tiers < 2:
        return
    down, up = counts.links_of("compute", "node-leaf"), counts.links_of("compute", "leaf-spine")
    leaf, spine, core = (counts.switches_of(f"compute-{tier}") for tier in ("leaf", "spine", "core"))
    assert down <= leaf * stage.leaf.down
    assert up <= leaf * stage.leaf.up
    assert up % (leaf // counts.planes) == 0  # each leaf has the same uplinks
    top = counts.links_of("compute", "spine-core")
    assert up + top <= spine * stage.spine.ports
    assert top <= core * stage.spine.ports
    assert up * stage.uplink_gbit_s * stage.leaf.down >= down * stage.link_gbit_s * stage.leaf.up * 0.999 or up >= down


@given(st.sampled_from(sorted(DESIGNS)), st.integers(1, 2500), st.sampled_from(["full-unit", "right-size"]))
def test_rows_grow_and_hold_what_they_say(name: str, systems: int, growth: str) -> None:
    design = DESIGNS[name]
    high = limits(design)[1]
    rows = su_table(design, min(systems, high or systems), growth)
    assert rows[-1].systems >= min(systems, high or systems)
    assert [row.systems for row in rows] == sorted({row.systems for row in rows})
    totals = [row.switch_total for row in rows]
    assert totals == sorted(totals)


@given(st.integers(1, 60), st.sampled_from(["1:1", "3:1", "7:1"]), st.booleans())
def test_generic_trees_keep_their_oversubscription(systems: int, ratio: str, single: bool) -> None:
    design = tree("nvidia-sn5600", link_gbit_s=400, oversubscription=ratio, single_homed=single)
    counts = count_fabric(design, systems, growth="full-unit")
    down, up = (int(part) for part in ratio.split(":"))
    if counts.tiers == 2:
        leaves = counts.switches_of("compute-leaf")
        assert counts.links_of("compute", "leaf-spine") * (down + up) == leaves * 128 * up


def test_saving_of_right_sizing_is_priced_where_a_price_is_known() -> None:
    saving = growth_saving(DESIGNS["superpod-h100"], 15)
    pieces = {(entry.kind, entry.product): entry.count for entry in saving.saved}
    assert pieces["switch", "nvidia-qm9700"] == saving.full.switch_total - saving.right.switch_total == 6
    entry = PriceEntry(product="nvidia-qm9700", low=1, typical=2, high=4, source="a quote", as_of="2026-01-01")
    (money,) = priced(saving.saved, PriceBook({("nvidia-qm9700", "each"): entry}, {}))
    assert (money.low, money.typical, money.high) == (6, 12, 24)
    assert {left.kind for left in money.unpriced} == {"module", "cable"}
    assert growth_saving(DESIGNS["superpod-h100"], 31).saved == ()


def storage_switches(ports: int, systems: int = 1) -> tuple[int, int]:
    counts = count_site_fabrics(DESIGNS["superpod-h100"], systems, Endpoints(storage_ports=ports, pdus=4))
    return counts.switches_of("storage-leaf"), counts.switches_of("storage-spine")


def test_a_storage_leaf_more_is_bought_where_it_saves_spines() -> None:
    """39 ports fill three leaves with 29 uplinks each, a prime: 29 spines, or a leaf more and two."""
    assert [storage_switches(ports) for ports in (38, 39, 40)] == [(3, 2), (4, 2), (4, 2)]


@given(st.integers(0, 250), st.sampled_from([1, 31, 64]))
def test_storage_switches_never_fall_as_storage_grows(ports: int, systems: int) -> None:
    assert sum(storage_switches(ports, systems)) <= sum(storage_switches(ports + 1, systems))
