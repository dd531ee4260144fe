"""The shipped switches, cables, storage, racks, cooling and factors: laws between facts, and traps of the sources."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from planner import document
from planner.catalog.factors import FactorFile, load_factors
from planner.catalog.load import load_catalog
from planner.catalog.schema import Appliance, Cable, Cdu, Device, Module, Pdu, Product, Rack, Server, Storage, Switch
from planner.errors import InputError

CATALOG = load_catalog()
FACTORS = load_factors()
OWN_KINDS = (Appliance, Cable, Cdu, Module, Pdu, Rack, Server, Storage, Switch)


def sized(device: Device) -> bool:
    """True when a plan can put the device in a rack: height, weight and one power tier are known."""
    powers = (device.power_design_w, device.power_peak_w, device.power_typical_w)
    return device.height_u.known and device.weight_kg.known and any(power.known for power in powers)


@pytest.mark.parametrize(
    ("role", "technology"),
    [
        ("compute-leaf", "infiniband-ndr"),
        ("compute-spine", "infiniband-ndr"),
        ("compute-leaf", "infiniband-xdr"),
        ("compute-spine", "infiniband-xdr"),
        ("compute-leaf", "ethernet"),
        ("compute-spine", "ethernet"),
        ("storage", "infiniband-ndr"),
        ("storage", "ethernet"),
        ("in-band", "ethernet"),
        ("out-of-band", "ethernet"),
    ],
)
def test_every_network_role_has_a_switch_that_can_be_racked(role: str, technology: str) -> None:
    fitting = [s for s in CATALOG.of(Switch).values() if role in s.roles and s.technology == technology]
    assert any(sized(switch) and switch.port_groups for switch in fitting)


def test_at_least_three_makers_of_storage_can_be_planned_with() -> None:
    ready = [
        s
        for s in CATALOG.of(Storage).values()
        if sized(s) and s.usable_tb.known and s.read_gb_s.known and s.write_gb_s.known and s.min_units.known
    ]
    assert len({s.vendor for s in ready}) >= 3


def test_the_management_plane_can_be_racked() -> None:
    assert any(sized(server) and "management" in server.roles for server in CATALOG.of(Server).values())
    assert any(sized(a) and "fabric-manager" in a.roles for a in CATALOG.of(Appliance).values())
    assert any(sized(a) and "firewall" in a.roles for a in CATALOG.of(Appliance).values())


def full_cages_w(switch: Switch) -> float | None:
    """Typical power and the highest module that each cage allows."""
    limits = [group.cage_power_max_w for group in switch.port_groups if group.role == "data"]
    typical = switch.power_typical_w.value
    if typical is None or not limits or None in limits:
        return None
    cages = (group.cages * (group.cage_power_max_w or 0) for group in switch.port_groups if group.role == "data")
    return typical + sum(cages)


def test_the_design_power_of_a_switch_is_within_its_full_cages() -> None:
    checked = 0
    for switch in CATALOG.of(Switch).values():
        full, design = full_cages_w(switch), switch.power_design_w.value
        if full is not None and design is not None:
            assert switch.power_typical_w.value < design <= full, switch.id
            assert not switch.power_excludes_modules, switch.id
            checked += 1
    assert checked >= 4


def test_nothing_for_xdr_is_passive_copper_active_optical_or_multimode() -> None:
    for cable in CATALOG.of(Cable).values():
        if "infiniband-xdr" in cable.technology:
            assert cable.medium in ("active-copper", "single-mode"), cable.id
    for module in CATALOG.of(Module).values():
        if "infiniband-xdr" in module.technology:
            assert module.fibre == "single-mode", module.id


def test_modules_of_switch_cages_are_twin_and_those_of_adapters_are_not() -> None:
    for module in CATALOG.of(Module).values():
        assert (module.form == "OSFP-twin") == (module.ports == 2), module.id
        if module.form == "OSFP":
            assert module.top == "flat", module.id


def test_a_split_draws_less_than_the_whole() -> None:
    split = [m for m in CATALOG.of(Module).values() if m.power_split_w.known]
    assert split
    for module in split:
        assert module.power_split_w.value < module.power_peak_w.value, module.id
        assert max(module.split) > 1, module.id


def test_split_cables_carry_more_links_than_one() -> None:
    for cable in CATALOG.of(Cable).values():
        assert cable.links >= cable.ends[1], cable.id


@pytest.mark.parametrize("technology", ["infiniband-ndr", "infiniband-xdr", "ethernet"])
def test_each_technology_reaches_across_a_hall(technology: str) -> None:
    fibres = [c for c in CATALOG.of(Cable).values() if c.medium == "single-mode" and technology in c.technology]
    modules = [m for m in CATALOG.of(Module).values() if m.fibre == "single-mode" and technology in m.technology]
    assert max(max(step.length_m for step in c.lengths) for c in fibres) >= 50
    assert max(m.reach_m.need(m.id) for m in modules) >= 100


def test_generic_rack_pdus_follow_the_formula_of_their_phases() -> None:
    generic = [p for p in CATALOG.of(Pdu).values() if p.id.startswith("generic-rpdu")]
    assert sorted(pdu.phases.value or 0 for pdu in generic) == [1, 1, *[3] * 9]
    for pdu in generic:
        nameplate = math.sqrt(pdu.phases.need("phases")) * pdu.voltage_v.need("v") * pdu.current_a.need("a")
        share = 0.8 if pdu.standard == "NEC" else 1
        assert pdu.nameplate_w.value == pytest.approx(nameplate, rel=0.005), pdu.id
        assert pdu.continuous_w.value == pytest.approx(nameplate * share, rel=0.005), pdu.id


def test_a_cdu_with_a_flow_keeps_a_plausible_rise() -> None:
    checked = 0
    for cdu in CATALOG.of(Cdu).values():
        for point in cdu.capacity:
            if point.flow_l_min is not None:
                rise_k = point.capacity_w / (point.flow_l_min / 60 * 4186)
                assert 5 <= rise_k <= 20, cdu.id
                checked += 1
    assert checked >= 3


def test_traps_of_the_sources_stay_decided() -> None:
    sn5610 = CATALOG.get("nvidia-sn5610", Switch)
    assert not sn5610.airflow_direction.known
    assert len(sn5610.airflow_options) == 2
    q3400 = CATALOG.get("nvidia-q3400-ra", Switch)
    assert not q3400.power_typical_w.known
    assert q3400.power_peak_w.confidence == "estimate"
    assert q3400.power_peak_w.value == q3400.psu_count.need("psu") * q3400.psu_w.need("psu")
    single, multi = CATALOG.get("nvidia-mms4x00-ns400", Module), CATALOG.get("nvidia-mma4z00-ns400", Module)
    assert single.power_split_w.need("w") > multi.power_split_w.need("w")
    assert CATALOG.get("motivair-mcdu-60", Cdu).capacity[0].capacity_w >= 2_300_000
    rack = CATALOG.get("apc-ar3357", Rack)
    assert rack.static_load_kg.confidence == "estimate"
    assert rack.static_load_kg.value == rack.rolling_load_kg.value


def test_supply_ratings_are_never_taken_for_a_draw() -> None:
    for device in [*CATALOG.of(Switch).values(), *CATALOG.of(Appliance).values(), *CATALOG.of(Storage).values()]:
        if device.psu_count.known and device.psu_w.known:
            rated = device.psu_count.need("n") * device.psu_w.need("w")
            assert device.power_typical_w.value != rated, device.id
            if device.power_peak_w.value == rated:
                assert device.power_peak_w.confidence == "estimate", device.id
                assert "ceiling" in device.power_peak_w.note, device.id


def facts_of(product: Product) -> list[tuple[str, str, str, str]]:
    found = []
    for name in type(product).model_fields:
        fact = getattr(product, name)
        if hasattr(fact, "confidence") and hasattr(fact, "note"):
            found.append((name, fact.source, fact.confidence, fact.note))
    return found


def test_sources_name_a_document_and_no_index_number() -> None:
    bare_number = re.compile(r"(?<![-/\w])\d{9,}(?![-/\w])")
    texts = [(p.id, s) for kind in OWN_KINDS for p in CATALOG.of(kind).values() for _, s, _, _ in facts_of(p)]
    texts += [(f.id, fact.source) for f in FACTORS.files.values() for fact in f.factors.values()]
    for name, source in texts:
        assert "unnamed" not in source, name
        assert not bare_number.search(source), name


def test_a_relayed_source_is_never_graded_vendor() -> None:
    for kind in OWN_KINDS:
        for product in CATALOG.of(kind).values():
            for name, source, confidence, _ in facts_of(product):
                assert not ("public relay" in source and confidence == "vendor"), f"{product.id} {name}"


# Factors


def test_factors_load_and_answer_in_their_units() -> None:
    assert FACTORS.of("checkpoint").number("bytes_per_parameter") > 12
    assert FACTORS.of("floor").factors["load_min_pa"].unit == "Pa"
    carbon = FACTORS.of("grid-carbon").table("carbon_g_per_kwh")
    assert all(re.fullmatch("[A-Z]{2}", country) and 0 < grams < 1000 for country, grams in carbon.items())
    assert carbon["NO"] < carbon["FR"] < carbon["DE"] < carbon["PL"]


@pytest.mark.parametrize(
    ("subject", "name", "found"),
    [
        ("grid-carbon", "carbon_g_per_kwh", "a table"),
        ("grid-carbon", "carbon", 'no "carbon"'),
        ("cost-conventions", "maintenance_share", "unknown"),
    ],
)
def test_a_factor_that_is_no_number_says_so(subject: str, name: str, found: str) -> None:
    with pytest.raises(InputError) as error:
        FACTORS.of(subject).number(name)
    assert error.value.problems[0].found == found


def test_a_number_is_no_table_and_a_missing_subject_is_named() -> None:
    with pytest.raises(InputError, match="a table of numbers"):
        FACTORS.of("checkpoint").table("bytes_per_parameter")
    with pytest.raises(InputError, match='no "weather"'):
        FACTORS.of("weather")


def test_a_rate_must_name_its_unit() -> None:
    text = (
        "schema: factors/v1\nid: x\ntitle: X\nsource: s\nas_of: 2026-11-20\n"
        "factors:\n  carbon_g_per_kwh:\n    value: 381\n"
    )
    with pytest.raises(InputError, match="carbon_g_per_kwh"):
        document.build(FactorFile, document.parse(text, "x.yaml"))
    stated = document.build(FactorFile, document.parse(text + "    unit: gCO2e/kWh\n", "x.yaml"))
    assert stated.number("carbon_g_per_kwh") == 381


def test_a_factor_file_is_named_after_its_id(tmp_path: Path) -> None:
    folder = tmp_path / "factors"
    folder.mkdir()
    text = "schema: factors/v1\nid: other\ntitle: X\nsource: s\nas_of: 2026-11-20\nfactors:\n  pue: 1.2\n"
    (folder / "mine.yaml").write_text(text)
    with pytest.raises(InputError, match="the name of its file"):
        load_factors([tmp_path])
    (folder / "mine.yaml").rename(folder / "other.yaml")
    assert load_factors([tmp_path]).of("other").number("pue") == 1.2


def test_busways_follow_the_three_phase_formula() -> None:
    file = FACTORS.of("power-distribution")
    for amps in (250, 400, 800, 1200):
        for volts, kva in file.table(f"starline_t5_{amps}a_kva").items():
            assert kva == pytest.approx(math.sqrt(3) * int(volts) * amps / 1000, abs=1)


def test_flow_tables_follow_the_heat_capacity_of_water() -> None:
    for rise, flow in FACTORS.of("flow-rules").table("water_l_min_per_kw").items():
        assert flow == pytest.approx(60 / (4.18 * int(rise)), rel=0.01)
    kelvin = FACTORS.of("flow-rules").number("air_m3_h_k_per_kw")
    assert kelvin == pytest.approx(3600 / (1.2 * 1.005), rel=0.001)
    fahrenheit = FACTORS.of("flow-rules").number("air_cfm_f_per_kw")
    assert fahrenheit == pytest.approx(kelvin / 1.699 * 1.8, rel=0.005)


def test_floor_pressures_follow_the_weight_of_the_rack() -> None:
    for area, pascal in FACTORS.of("floor").table("nvl72_pressure_pa").items():
        assert pascal == pytest.approx(1580 * 9.80665 / float(area.removesuffix("-m2")), rel=0.005)


def test_storage_per_accelerator_is_the_unit_over_its_accelerators() -> None:
    file = FACTORS.of("storage-guideline")
    for tier in ("standard", "enhanced"):
        for way in ("read", "write"):
            unit = file.number(f"{tier}_{way}_gb_s")
            each = file.number(f"{tier}_{way}_gb_s_per_accelerator")
            assert each * file.number("su_accelerators") == pytest.approx(unit)
            assert file.number(f"four_su_{tier}_{way}_gb_s") == pytest.approx(4 * unit, rel=0.01)


def poisson_cover(mean: float, share: float) -> int:
    count, term = 0, math.exp(-mean)
    total = term
    while total < share:
        count += 1
        term *= mean / count
        total += term
    return count


def test_spare_tables_follow_poisson() -> None:
    file = FACTORS.of("reliability")
    rate = file.number("hardware_per_1000_accelerator_days")
    share = file.number("spare_cover_share")
    for days in (3, 7):
        for accelerators, spares in file.table(f"spare_nodes_repair_{days}_days").items():
            assert spares == poisson_cover(rate * int(accelerators) * days / 1000, share)
