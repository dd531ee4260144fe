"""Each rule of the catalog check at its edge: once just wrong, once just right."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planner.catalog.check import CatalogFinding, check_catalog
from planner.catalog.check_values import MAX_KG_PER_U, MAX_W_PER_U, surviving_supplies
from planner.catalog.load import load_catalog
from planner.catalog.prices import PriceEntry, PriceFile, price_book
from planner.catalog.schema import KINDS, Product

TODAY = date(2026, 11, 21)
HEAD = {"schema": "catalog/v1", "vendor": "maker", "source": "data sheet", "as_of": "2026-11-20"}

EXTRA: dict[str, dict[str, Any]] = {
    "system": {
        "family": "b200",
        "form": "node",
        "cooling": "air",
        "accelerator": "chip",
        "accelerators": 8,
        "scale_up_accelerators": 8,
    },
    "switch": {"technology": "ethernet"},
    "cable": {"medium": "dac"},
    "region": {"provider": "cloud", "country": "DE", "operator_country": "US"},
    "cdu": {"capacity": [{"capacity_w": 1000}]},
}


def product(kind: str, fields: dict[str, Any], name: str = "thing") -> Product:
    raw = HEAD | {"kind": kind, "id": name, "name": name} | EXTRA.get(kind, {}) | fields
    return KINDS[kind].model_validate(raw)


def check(*found: Product, prices: tuple[dict[str, Any], ...] = (), **options: Any) -> tuple[CatalogFinding, ...]:
    entries = [PriceEntry.model_validate({"source": "list", "as_of": "2026-11-01"} | entry) for entry in prices]
    files = [PriceFile.model_validate({"schema": "prices/v1", "id": "book", "entries": entries})] if entries else []
    known = {p.id: p for p in (*found, product("accelerator", {}, "chip"))}
    return check_catalog(known, price_book(files), options.pop("today", TODAY), **options)


def rules(findings: tuple[CatalogFinding, ...]) -> set[tuple[str, str]]:
    return {(finding.severity, finding.rule) for finding in findings}


def group(**fields: Any) -> dict[str, Any]:
    base = {"cages": 32, "ports": 64, "speed_gbit_s": 400, "connector": "OSFP-twin", "splits": [1, 2]}
    return {"port_groups": [base | fields]}


def supplies(count: int, watts: int, label: str, design: int, peak: int) -> dict[str, Any]:
    return {
        "psu_count": count,
        "psu_w": watts,
        "psu_redundancy": label,
        "power_design_w": design,
        "power_peak_w": peak,
    }


EDGES: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
    ("error", "source", "server", {"weight_kg": {"value": 9, "source": " "}}, {"weight_kg": {"value": 9}}),
    ("error", "source", "server", {"weight_kg": {"value": 9, "confidence": "unknown"}}, {"weight_kg": "unknown"}),
    ("error", "date", "server", {"weight_kg": {"value": 9, "as_of": "2026-11"}}, {"weight_kg": 9}),
    (
        "error",
        "date",
        "server",
        {"weight_kg": {"value": 9, "as_of": "2026-11-22"}},
        {"weight_kg": {"value": 9, "as_of": "2026-11-21"}},
    ),
    (
        "warning",
        "stale",
        "server",
        {"weight_kg": {"value": 9, "as_of": "2025-11-20"}},
        {"weight_kg": {"value": 9, "as_of": "2025-11-21"}},
    ),
    ("error", "range", "server", {"weight_kg": 0}, {"weight_kg": 0.1}),
    ("error", "range", "storage", {"read_gb_s": -1}, {"read_gb_s": "unknown"}),
    ("error", "range", "system", {"liquid_share": 1.01, "cooling": "liquid"}, {"liquid_share": 1, "cooling": "liquid"}),
    ("error", "range", "system", {"inlet_max_c": 121}, {"inlet_max_c": 120}),
    (
        "error",
        "power-order",
        "server",
        {"power_typical_w": 501, "power_design_w": 500},
        {"power_typical_w": 500, "power_design_w": 500},
    ),
    (
        "error",
        "power-order",
        "switch",
        {"power_typical_w": 940, "power_peak_w": 939},
        {"power_typical_w": 940, "power_peak_w": 940},
    ),
    (
        "error",
        "power-order",
        "nic",
        {"power_typical_w": 26, "power_peak_w": 25},
        {"power_typical_w": 25, "power_peak_w": 25},
    ),
    (
        "error",
        "lead-time-order",
        "server",
        {"lead_time_low_weeks": 5, "lead_time_weeks": 4},
        {"lead_time_low_weeks": 4, "lead_time_weeks": 4},
    ),
    (
        "error",
        "power-per-u",
        "server",
        {"height_u": 2, "power_peak_w": 2 * MAX_W_PER_U + 1},
        {"height_u": 2, "power_peak_w": 2 * MAX_W_PER_U},
    ),
    (
        "error",
        "weight-per-u",
        "server",
        {"height_u": 2, "weight_kg": 2 * MAX_KG_PER_U + 1},
        {"height_u": 2, "weight_kg": 2 * MAX_KG_PER_U},
    ),
    ("error", "accelerator-range", "accelerator", {"memory_bytes": "288 MB"}, {"memory_bytes": "288 GB"}),
    ("error", "accelerator-range", "accelerator", {"bf16_tflops": 0.5}, {"bf16_tflops": "2.25 PFLOPS"}),
    (
        "error",
        "rate-order",
        "accelerator",
        {"bf16_tflops": 2500, "fp8_tflops": 2499},
        {"bf16_tflops": 2500, "fp8_tflops": 2500},
    ),
    ("error", "ports", "switch", group(ports=63, splits=[1]), group(ports=64)),
    ("error", "ports", "switch", group(max_logical_ports=129), group(max_logical_ports=128)),
    (
        "error",
        "ports",
        "system",
        {"ports": [{"fabric": "compute", "count": 8, "speed_gbit_s": 400, "cages": 3}]},
        {"ports": [{"fabric": "compute", "count": 8, "speed_gbit_s": 400, "cages": 4}]},
    ),
    ("error", "supply-capacity", "server", supplies(2, 499, "", 999, 999), supplies(2, 500, "", 1000, 1000)),
    ("error", "redundancy-label", "server", supplies(6, 3300, "4+1", 100, 100), supplies(6, 3300, "5+1", 100, 100)),
    ("warning", "redundancy-peak", "server", supplies(4, 500, "N+N", 900, 1001), supplies(4, 500, "N+N", 900, 1000)),
    ("warning", "redundancy-design", "server", supplies(2, 500, "1+1", 501, 501), supplies(2, 500, "1+1", 500, 500)),
    (
        "error",
        "cable-lengths",
        "cable",
        {"reach_m": 2, "lengths": [{"length_m": 1}, {"length_m": 3}]},
        {"reach_m": 3, "lengths": [{"length_m": 1}, {"length_m": 3}]},
    ),
    (
        "error",
        "cable-lengths",
        "cable",
        {"lengths": [{"length_m": 2}, {"length_m": 1}]},
        {"lengths": [{"length_m": 1}, {"length_m": 2}]},
    ),
    (
        "error",
        "coolant",
        "system",
        {"cooling": "liquid", "coolant_flow": [{"supply_c": 25, "flow_l_min": 9}, {"supply_c": 30, "flow_l_min": 8}]},
        {"cooling": "liquid", "coolant_flow": [{"supply_c": 25, "flow_l_min": 8}, {"supply_c": 30, "flow_l_min": 9}]},
    ),
    ("error", "coolant", "system", {"liquid_share": 0.1}, {"liquid_share": 0.1, "cooling": "hybrid"}),
    ("error", "coolant", "cdu", {"capacity": []}, {}),
    (
        "error",
        "rack-load",
        "rack",
        {"rolling_load_kg": 1021, "static_load_kg": 1020},
        {"rolling_load_kg": 1020, "static_load_kg": 1020},
    ),
    (
        "error",
        "pdu-rating",
        "pdu",
        {"standard": "NEC", "nameplate_w": 10000, "continuous_w": 8100},
        {"standard": "NEC", "nameplate_w": 10000, "continuous_w": 8000},
    ),
    (
        "error",
        "pdu-rating",
        "pdu",
        {"standard": "IEC", "nameplate_w": 10000, "continuous_w": 10200},
        {"standard": "IEC", "nameplate_w": 10000, "continuous_w": 10000},
    ),
    (
        "error",
        "storage-options",
        "storage",
        {"usable_tb": 250, "usable_options_tb": [120, 500]},
        {"usable_tb": 250, "usable_options_tb": [120, 250, 500]},
    ),
    ("error", "reference", "system", {"accelerator": "nothing"}, {"accelerator": "chip"}),
    ("error", "reference", "system", {"accelerator": "thing"}, {"accelerator": "chip"}),
    ("error", "reference", "system", {"software": [{"product": "nothing"}]}, {"software": []}),
    (
        "error",
        "reference",
        "server",
        {"ports": [{"fabric": "in-band", "count": 1, "speed_gbit_s": 200, "nic": "nothing"}]},
        {"ports": [{"fabric": "in-band", "count": 1, "speed_gbit_s": 200}]},
    ),
]


@pytest.mark.parametrize(("severity", "rule", "kind", "wrong", "right"), EDGES)
def test_a_rule_holds_at_its_edge(
    severity: str, rule: str, kind: str, wrong: dict[str, Any], right: dict[str, Any]
) -> None:
    assert (severity, rule) in rules(check(product(kind, wrong)))
    assert rules(check(product(kind, right))) == set()


@pytest.mark.parametrize(
    ("label", "count", "left"),
    [("N+N", 8, 4), ("2N", 2, 1), ("1+1", 2, 1), ("5+1", 6, 5), ("N+1", 4, 3), ("n + 1", 4, 3), ("none", 4, None)],
)
def test_a_redundancy_label_is_turned_into_survivors(label: str, count: int, left: int | None) -> None:
    assert surviving_supplies(label, count) == left


def test_shelves_stand_for_the_supplies_inside_them() -> None:
    rack = supplies(48, 5500, "N+N", 142_000, 155_000) | {
        "shelf_count": 8,
        "shelf_w": 33_000,
        "shelf_redundancy": "N+N",
        "form": "rack",
        "racks": 1,
    }
    texts = [f.text for f in check(product("system", rack))]
    assert texts == [
        "N+N: 4 of 8 shelves give 132 kW, below the design power 142 kW",
        "N+N: 4 of 8 shelves give 132 kW, below the peak power 155 kW",
    ]


def test_prices_name_products_and_keep_their_dates() -> None:
    server = product("server", {})
    assert ("error", "price-product") in rules(check(server, prices=({"product": "nothing", "typical": 1},)))
    ends = {"product": "thing", "typical": 1, "valid_until": "2026-11-20"}
    assert rules(check(server, prices=(ends,))) == {("warning", "price-expired")}
    assert rules(check(server, prices=(ends | {"valid_until": "2026-11-21"},))) == set()
    assert rules(check(server, prices=(ends | {"as_of": "2025-11-20", "valid_until": None},))) == {("warning", "stale")}
    assert rules(check(server, prices=(ends | {"as_of": "2026-11-22", "valid_until": None},))) == {("error", "date")}


def test_an_instance_price_is_known_through_its_region() -> None:
    region = product("region", {"instances": [{"name": "i", "accelerator": "chip", "accelerators": 8, "price": "i-h"}]})
    assert rules(check(region)) == {("error", "reference")}
    assert rules(check(region, prices=({"product": "i-h", "unit": "hour", "typical": 9},))) == set()


def test_fabric_designs_are_looked_up_where_they_are_given() -> None:
    system = product("system", {"fabric_designs": ["superpod-x"]})
    assert rules(check(system)) == set()
    assert rules(check(system, fabric_designs={"superpod-x"})) == set()
    assert rules(check(system, fabric_designs={"basepod"})) == {("error", "reference")}


def test_two_products_do_not_share_a_part_number() -> None:
    one, other = product("server", {"part_number": "A-1"}), product("server", {"part_number": "A-1"}, "twin")
    assert rules(check(one, other)) == {("warning", "part-number")}
    assert rules(check(one)) == set()


def test_without_a_date_nothing_is_old() -> None:
    old = product("server", {"weight_kg": {"value": 9, "as_of": "1999-01-01"}})
    assert rules(check(old, today=None)) == set()


def test_errors_stand_first_and_the_order_is_fixed() -> None:
    bad, worse = product("server", {"weight_kg": 0}, "b"), product("server", {"weight_kg": 0}, "a")
    aged = product("server", {"weight_kg": {"value": 9, "as_of": "1999-01-01"}}, "0")
    found = check(bad, worse, aged)
    assert [f.product for f in found] == ["a", "b", "0"]
    assert found == check(aged, worse, bad)


def test_the_shipped_catalog_has_no_error() -> None:
    catalog = load_catalog()
    errors = [f for f in check_catalog(catalog.products, catalog.prices, TODAY) if f.severity == "error"]
    assert errors == []


def test_the_shipped_catalog_shows_the_known_conflicts() -> None:
    catalog = load_catalog()
    found = {(f.rule, f.product) for f in check_catalog(catalog.products, catalog.prices, TODAY)}
    assert {
        ("redundancy-design", "nvidia-gb300-nvl72"),
        ("redundancy-peak", "nvidia-gb300-nvl72"),
        ("redundancy-peak", "nvidia-dgx-b300-ac"),
    } <= found
