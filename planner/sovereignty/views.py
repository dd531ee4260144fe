"""Products, regions, sites, workloads and operators in the words that rules use. Unknown facts are left out.

Sites, operators and workloads may come as rules name their facts, or as a request spells them (`connectivity`,
`operator: {country, parent_country, ...}`, `data: {classes, residency}`); what is already in rule words is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from planner.catalog.facts import Fact
from planner.catalog.rules import RuleBook
from planner.catalog.schema import Accelerator, Product, Region, Service, Software, System
from planner.sovereignty.scope import Facts, is_missing, record_facts, record_of

# Total processing performance is the rate in TOPS times the bit length of the operands, over all operand lengths.
OPERAND_BITS = (("fp4_tflops", 4), ("fp8_tflops", 8), ("bf16_tflops", 16))

_OPERATOR_WORDS = {
    "country": "legal_seat_country",
    "parent_country": "ultimate_parent_country",
    "staff_countries": "admin_staff_residency",
    "support_countries": "support_locations",
    "foreign_access_law": "subject_to_foreign_access_law",
}
_RESIDENCY_GROUPS = {"eu": "eu", "eea": "eea"}


def accelerators_of(products: Iterable[Product]) -> dict[str, Accelerator]:
    """The accelerators among products, by id."""
    return {product.id: product for product in products if isinstance(product, Accelerator)}


def bom_line_facts(product: Product, accelerators: Mapping[str, Accelerator]) -> Facts:
    """A product as a line of the bill of materials: origin, export classification, processing performance.

    `tpp` and `dram_bw_gbs` (GB/s) are those of one accelerator, as export rules test them per integrated circuit.
    """
    line: dict[str, Any] = {
        "id": product.id,
        "part_id": product.id,
        "kind": product.kind,
        "vendor": product.vendor,
        "vendor_parent_country": product.vendor_country.value,
        "assembly_country": product.assembly_country.value,
        "firmware_origin_country": product.firmware_country.value,
        "eccn": product.eccn.value,
    }
    chip = _chip(product, accelerators)
    if chip is not None:
        line["tpp"] = total_processing_performance(chip)
        line["dram_bw_gbs"] = None if chip.memory_tb_s.value is None else chip.memory_tb_s.value * 1000
        line.update({"eccn": chip.eccn.value} if product.eccn.value is None else {})
    return _given(line)


def _chip(product: Product, accelerators: Mapping[str, Accelerator]) -> Accelerator | None:
    if isinstance(product, Accelerator):
        return product
    return accelerators.get(product.accelerator) if isinstance(product, System) else None


def total_processing_performance(chip: Accelerator) -> float | dict[str, float] | None:
    """TPP of one accelerator: the published figure, else the largest dense rate times operand bits (15 CFR 774, 3A090).

    While the rate of one precision is unknown the figure is a lower bound, `{"at_least": n}`.
    """
    if chip.tpp.value is not None:
        return chip.tpp.value
    rates: list[tuple[Fact[float], int]] = [(getattr(chip, name), bits) for name, bits in OPERAND_BITS]
    products = [rate.value * bits for rate, bits in rates if rate.value is not None]
    if not products:
        return None
    return max(products) if len(products) == len(rates) else {"at_least": max(products)}


def option_facts(product: Product, book: RuleBook) -> Facts:
    """A product as a way of delivery: who operates it, whether it needs a region link, whether it runs cut off."""
    record = book.deliveries.get(product.delivery if isinstance(product, System) else "owned")
    if isinstance(product, Service):
        record = record_of(product.id, book.deliveries) or record
    option: dict[str, Any] = {**(record_facts(record) if record is not None else {}), "id": product.id}
    if isinstance(product, System) and product.operator:
        option["operator"] = product.operator
    if isinstance(product, System | Service) and product.min_accelerators.value is not None:
        option["min_accelerators"] = product.min_accelerators.value
    if isinstance(product, Service) and product.needs_region_link.value is not None:
        option["needs_region_link"] = product.needs_region_link.value
    if isinstance(product, Service) and product.supports_disconnected.value is not None:
        option["supports_disconnected"] = product.supports_disconnected.value
    if isinstance(product, Software) and product.needs_outbound.value is not None:
        option["supports_disconnected"] = not product.needs_outbound.value
    return _given(option)


def region_site(region: Region) -> Facts:
    """A cloud region as a place where a workload may run."""
    return {
        "id": region.id,
        "kind": "region",
        "country": region.country,
        "region_code": region.id,
        "operator": region.provider,
        "connectivity": "connected",
        "air_gapped": False,
        "outbound_allowed": True,
    }


def region_operator(region: Region, book: RuleBook) -> Facts:
    """Who operates a region: the catalog's record for the region itself, else for its provider.

    Without a record the seat is the region's `operator_country` and the ultimate parent its `vendor_country`.
    """
    own = record_of(region.id, book.operators)
    if own is not None:
        return {**record_facts(own), "id": region.provider}
    record = record_of(region.provider, book.operators)
    known = record_facts(record) if record is not None else {"ultimate_parent_country": region.vendor_country.value}
    return _given({**known, "id": region.provider, "legal_seat_country": region.operator_country})


def region_option(region: Region, book: RuleBook) -> Facts:
    """Renting in a region, as a way of delivery."""
    record = book.deliveries.get("cloud-region")
    known = record_facts(record) if record is not None else {}
    here = {"id": region.id, "operator": region.provider, "control_plane_country": region.country}
    return _given({**known, **here})


def site_facts(site: Facts) -> Facts:
    """A site in rule words: kind, air gap, and its operator."""
    facts = {"kind": "hall", **site}
    connectivity = facts.get("connectivity")
    if not is_missing(connectivity):
        facts.setdefault("air_gapped", connectivity == "air-gapped")
    if facts.get("air_gapped") is True:
        facts.setdefault("outbound_allowed", False)
    if is_missing(facts.get("facility_accreditation")) and facts.get("accreditations"):
        facts["facility_accreditation"] = facts["accreditations"]
    if isinstance(facts.get("operator"), Mapping):
        facts["operator"] = operator_facts(facts["operator"])
    return _given(facts)


def operator_facts(operator: Facts) -> Facts:
    """An operator in rule words."""
    renamed = {_OPERATOR_WORDS.get(key, key): value for key, value in operator.items()}
    renamed.setdefault("id", renamed.get("name"))
    return _given(renamed)


def workload_facts(workload: Facts, site_countries: Iterable[str] = ()) -> Facts:
    """A workload in rule words: data classes, and where its data may be.

    Residency `site` becomes "on-site", `country` the countries of the request's sites, `eu` and `eea` their groups,
    `anywhere` no requirement at all.
    """
    facts = dict(workload)
    data = facts.pop("data", None)
    if isinstance(data, Mapping):
        facts.setdefault("data_classes", data.get("classes"))
        facts.setdefault("data_residency", _residency(data.get("residency"), sorted(set(site_countries))))
    return _given(facts)


def _residency(residency: Any, site_countries: list[str]) -> Any:
    if residency in (None, "anywhere"):
        return None
    if residency == "site":
        return ["on-site"]
    if residency == "country":
        return site_countries or None
    return [_RESIDENCY_GROUPS[residency]] if isinstance(residency, str) else list(residency)


def _given(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if not is_missing(value)}
