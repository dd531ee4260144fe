"""Products and requests in the words of rules."""

from typing import Any

import pytest

from planner.catalog.files import catalog_roots
from planner.catalog.rules import load_rules
from planner.catalog.schema import Accelerator, System
from planner.sovereignty import bom_line_facts, option_facts, site_facts, workload_facts
from planner.sovereignty.views import total_processing_performance

BOOK = load_rules(catalog_roots())
HEAD = {"schema": "catalog/v1", "vendor": "Maker", "source": "invented for this test", "as_of": "2026-11-20"}


def chip(**facts: Any) -> Accelerator:
    return Accelerator.model_validate({**HEAD, "kind": "accelerator", "id": "maker-chip", "name": "Chip", **facts})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"tpp": 1234}, 1234),
        ({"fp4_tflops": 1000, "fp8_tflops": 600, "bf16_tflops": 200}, 4800),
        ({"fp8_tflops": 500, "bf16_tflops": 300}, {"at_least": 4800}),
        ({}, None),
    ],
)
def test_processing_performance_is_a_bound_while_a_rate_is_unknown(facts: dict[str, Any], expected: Any) -> None:
    assert total_processing_performance(chip(**facts)) == expected


def test_a_system_carries_the_classification_of_its_chip_and_leaves_out_what_is_unknown() -> None:
    parts = {"family": "x", "form": "node", "cooling": "air", "accelerator": "maker-chip", "accelerators": 8}
    system = System.model_validate(
        {**HEAD, **parts, "kind": "system", "id": "maker-node", "name": "Node", "scale_up_accelerators": 8}
    )
    line = bom_line_facts(system, {"maker-chip": chip(eccn="3A090.a", memory_tb_s=8)})
    assert (line["eccn"], line["dram_bw_gbs"]) == ("3A090.a", 8000)
    assert "assembly_country" not in line and "tpp" not in line
    assert option_facts(system, BOOK)["operator"] == "site"


@pytest.mark.parametrize(
    ("residency", "expected"),
    [
        ("site", ["on-site"]),
        ("country", ["DE", "FR"]),
        ("eu", ["eu"]),
        (("DE",), ["DE"]),
        ("anywhere", None),
    ],
)
def test_residency_as_a_request_spells_it(residency: Any, expected: Any) -> None:
    need = {"id": "w", "data": {"classes": ("health",), "residency": residency}}
    facts = workload_facts(need, ["FR", "DE", "FR"])
    assert facts.get("data_residency") == expected
    assert facts["data_classes"] == ("health",)


def test_a_site_as_a_request_spells_it() -> None:
    operator = {"name": "we", "country": "DE", "parent_country": None, "support_countries": ("DE",)}
    facts = site_facts({"id": "s", "country": "DE", "connectivity": "air-gapped", "operator": operator})
    assert facts["air_gapped"] is True and facts["outbound_allowed"] is False
    assert facts["operator"] == {
        "id": "we",
        "name": "we",
        "legal_seat_country": "DE",
        "support_locations": ("DE",),
    }
    assert "outbound_allowed" not in site_facts({"id": "s", "connectivity": "connected"})
