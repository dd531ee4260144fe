"""The accelerators, systems, software, services, regions and prices that come with the planner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner import document
from planner.catalog.facts import Fact
from planner.catalog.prices import PriceFile, price_book
from planner.catalog.schema import KINDS, Product, Region, Service, Software, System
from planner.paths import data_root

FOLDERS = ("accelerator", "system", "software", "service", "region")
CATALOGS = data_root() / "catalogs"
PATHS = sorted(path for folder in FOLDERS for path in (CATALOGS / folder).glob("*.yaml"))


def load(path: Path) -> Product:
    found = document.load(path, "catalog file")
    return document.build(KINDS[found.data["kind"]], found)


PRODUCTS = {path.stem: load(path) for path in PATHS}
SYSTEMS = {id_: product for id_, product in PRODUCTS.items() if isinstance(product, System)}


def facts_of(product: Product) -> Iterator[tuple[str, Fact[object]]]:
    for name in type(product).model_fields:
        value = getattr(product, name)
        if isinstance(value, Fact):
            yield name, value


def known(id_: str, name: str) -> object:
    value: Fact[object] = getattr(PRODUCTS[id_], name)
    return value.need(f"{name} of {id_}")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_file_holds_the_product_its_name_and_folder_say(path: Path) -> None:
    product = PRODUCTS[path.stem]
    assert (product.id, product.kind) == (path.stem, path.parent.name)


def test_every_reference_of_a_system_leads_to_a_product() -> None:
    for system in SYSTEMS.values():
        assert PRODUCTS[system.accelerator].kind == "accelerator"
        for entitlement in system.software:
            assert isinstance(PRODUCTS[entitlement.product], Software | Service)


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=lambda product: product.id)
def test_a_known_fact_has_a_source_a_date_and_a_confidence(product: Product) -> None:
    for name, fact in facts_of(product):
        if fact.known:
            assert fact.source and fact.as_of and fact.confidence != "unknown", name
        else:
            assert fact.confidence == "unknown", name


INTERNAL_ID = re.compile(r"\b\d{9,}\b|\bR\d{1,2}\b|\bS\d{2}\b")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_source_is_an_index_number(path: Path) -> None:
    product = PRODUCTS[path.stem]
    for name, fact in facts_of(product):
        assert not INTERNAL_ID.search(f"{fact.source} {fact.note}"), name
    assert not INTERNAL_ID.search(product.source)


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=lambda system: system.id)
def test_power_tiers_rise(system: System) -> None:
    tiers = (system.power_typical_w, system.power_design_w, system.power_peak_w)
    values = [tier.value for tier in tiers if tier.value is not None]
    assert values == sorted(values)


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=lambda system: system.id)
def test_heat_goes_where_the_cooling_says(system: System) -> None:
    share = system.liquid_share.value
    if system.cooling == "air":
        assert share == 0
        assert not system.coolant_flow
    elif share is not None:
        assert 0 < share <= 1


TRUTH = (
    ("nvidia-dgx-b300-ac", "weight_kg", 168),
    ("nvidia-dgx-b300-busbar", "weight_kg", 123),
    ("nvidia-dgx-b300-ac", "power_peak_w", 19_700),
    ("nvidia-dgx-b200", "weight_kg", 142.4),
    ("nvidia-dgx-h200", "weight_kg", 130.45),
    ("nvidia-gb200-nvl72", "weight_kg", 1580),
    ("nvidia-gb300-nvl72", "weight_kg", 1580),
    ("nvidia-gb200-nvl72", "power_design_w", 132_000),
    ("nvidia-gb300-nvl72", "power_design_w", 142_000),
    ("nvidia-gb300-nvl72", "power_peak_w", 155_000),
    ("nvidia-b300", "fp4_tflops", 13_500),
    ("nvidia-gb300", "fp4_tflops", 14_700),
    ("nvidia-gb200", "bf16_tflops", 2_450),
    ("nvidia-b300", "memory_bytes", 275_040 * 2**20),
    ("aws-trainium3", "memory_bytes", 144 * 2**30),
    ("aws-trn3-gen1-ultraserver", "chip_floor_w", 44_800),
    ("aws-trn3-gen2-ultraserver", "chip_floor_w", 100_800),
    ("aws-trn3-gen2-ultraserver", "min_accelerators", 3000),
)


@pytest.mark.parametrize(("id_", "name", "value"), TRUTH, ids=str)
def test_deciding_facts(id_: str, name: str, value: float) -> None:
    assert known(id_, name) == value


def test_half_the_shelves_of_a_gb300_rack_do_not_carry_its_design_load() -> None:
    rack = SYSTEMS["nvidia-gb300-nvl72"]
    one_side = rack.shelf_count.need("shelves") // 2 * rack.shelf_w.need("shelf")
    assert rack.shelf_redundancy.value == "N+N"
    assert one_side == 132_000
    assert one_side < rack.power_design_w.need("design")


def test_half_the_supplies_of_a_dgx_b300_carry_its_design_load_and_not_its_peak() -> None:
    node = SYSTEMS["nvidia-dgx-b300-ac"]
    one_side = node.psu_count.need("supplies") // 2 * node.psu_w.need("supply")
    assert node.power_design_w.need("design") < one_side < node.power_peak_w.need("peak")


def test_the_aisle_gets_the_rack_figure_of_the_air_not_the_user_guide() -> None:
    m3_h_per_cfm = 1.699010796
    for id_, rack_cfm, systems in (("nvidia-dgx-b200", 4290, 2), ("nvidia-dgx-b300-ac", 4200, 2)):
        assert known(id_, "airflow_m3_h") == pytest.approx(rack_cfm / systems * m3_h_per_cfm)
    assert known("nvidia-dgx-b300-busbar", "airflow_m3_h") == pytest.approx(6200 / 4 * m3_h_per_cfm)


def test_trainium_systems_are_operated_by_aws_on_two_racks_of_unknown_power_and_weight() -> None:
    ids = [id_ for id_, system in SYSTEMS.items() if system.delivery == "aws-ai-factory"]
    assert ids == ["aws-trn2-ultraserver", "aws-trn3-gen1-ultraserver", "aws-trn3-gen2-ultraserver"]
    for id_ in ids:
        system = SYSTEMS[id_]
        assert (system.operator, system.form, system.racks) == ("AWS", "rack", 2)
        assert not system.power_design_w.known and not system.weight_kg.known
        assert system.min_accelerators.confidence == "press"


def test_coolant_flow_rises_with_supply_temperature() -> None:
    points = SYSTEMS["nvidia-gb300-nvl72"].coolant_flow
    assert [p.supply_c for p in points] == [25, 30, 35, 40, 45]
    flows = [p.flow_l_min for p in points]
    assert flows == sorted(flows) and (flows[0], flows[-1]) == (59, 177)


def test_no_dgx_bundles_ai_enterprise() -> None:
    for id_, system in SYSTEMS.items():
        years = {e.product: e.included_years for e in system.software}
        if id_.startswith("nvidia-"):
            assert years["nvidia-ai-enterprise"] == 0


def test_cages_and_links_are_counted_apart() -> None:
    compute = {id_: next(p for p in system.ports if p.fabric == "compute") for id_, system in SYSTEMS.items()}
    b200, b300 = compute["nvidia-dgx-b200"], compute["nvidia-dgx-b300-ac"]
    assert (b200.count, b200.cages, b200.speed_gbit_s) == (8, 4, 400)
    assert (b300.count, b300.cages, b300.speed_gbit_s) == (8, 8, 800)


PRICE_PATHS = sorted((CATALOGS / "prices").glob("*.yaml"))
PRICE_FILES = [document.build(PriceFile, document.load(path, "price book")) for path in PRICE_PATHS]
BOOK = price_book(PRICE_FILES)


def priced_things() -> set[str]:
    ids = {path.stem for path in CATALOGS.glob("*/*.yaml") if path.parent.name in KINDS}
    rented = {i.price for r in PRODUCTS.values() if isinstance(r, Region) for i in r.instances if i.price}
    return ids | rented


def test_every_price_belongs_to_a_product_or_a_rented_instance() -> None:
    things = priced_things()
    assert [entry.product for file in PRICE_FILES for entry in file.entries if entry.product not in things] == []


def test_every_rented_instance_with_a_price_id_has_an_hourly_price() -> None:
    for region in (r for r in PRODUCTS.values() if isinstance(r, Region)):
        for instance in region.instances:
            assert PRODUCTS[instance.accelerator].kind == "accelerator"
            if instance.price:
                assert BOOK.find(instance.price, "hour"), instance.price


def test_bare_and_loaded_prices_stand_in_separate_files() -> None:
    for path, file in zip(PRICE_PATHS, PRICE_FILES, strict=True):
        assert {entry.basis for entry in file.entries} == {"loaded" if path.stem.endswith("-loaded") else "bare"}


PRICES = (
    ("nvidia-dgx-b200", 485_000),
    ("nvidia-dgx-b300-ac", 615_000),
    ("nvidia-gb200-nvl72", 4_600_000),
    ("nvidia-gb300-nvl72", 6_500_000),
)


@pytest.mark.parametrize(("id_", "typical"), PRICES)
def test_list_prices(id_: str, typical: float) -> None:
    price = BOOK.find(id_)
    assert price is not None and price.range[1] == typical
    assert BOOK.loaded[id_].range[1] > typical


def test_a_trainium_system_and_mission_control_have_no_price() -> None:
    for id_ in ("aws-trn3-gen2-ultraserver", "nvidia-mission-control", "aws-ai-factory"):
        assert id_ in PRODUCTS and not [key for key in BOOK.bare if key[0] == id_]
