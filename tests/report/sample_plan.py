"""Plans made by hand for the report's tests: one of a clinic's size, one with as many racks and lines as asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner import document
from planner.money import Range
from planner.plan.schema import (
    Alternative,
    Assumption,
    BillLine,
    CableLine,
    Carbon,
    Cost,
    CostLine,
    CountedLinks,
    Decision,
    DeviceCount,
    Excluded,
    FabricPlan,
    FactUsed,
    FeedPlan,
    FeedState,
    Finding,
    HallCooling,
    HallFloor,
    HallPower,
    Headline,
    Inputs,
    LoopPlan,
    Need,
    Pattern,
    PlacedDevice,
    Plan,
    ProductUsed,
    Proof,
    Rack,
    SovereigntyResult,
    StorageChoice,
    StorageDemand,
    SystemChoice,
    WorkloadDemand,
)

BERLIN = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"
DAY = "2026-11-21"


def _range(typical: int, down: float = 0.9, up: float = 1.25) -> Range:
    return Range(low=int(typical * down), typical=typical, high=int(typical * up))


PRODUCTS: dict[str, tuple[str, str, str, str | None]] = {
    "nvidia-dgx-b200": ("system", "NVIDIA DGX B200", "NVIDIA", "DGXB-G1440+P2CMI36"),
    "netapp-aff-a90": ("storage", "NetApp AFF A90", "NetApp", None),
    "nvidia-sn5600": ("switch", "NVIDIA Spectrum-4 SN5600", "NVIDIA", "920-9N42F-00RI-7C0"),
    "nvidia-sn2201": ("switch", "NVIDIA Spectrum SN2201", "NVIDIA", "920-9N110-00F1-0C0"),
    "nvidia-qm9700": ("switch", "NVIDIA Quantum-2 QM9700", "NVIDIA", "920-9B210-00FN-0M0"),
    "dell-r760": ("server", "Dell PowerEdge R760", "Dell", None),
    "generic-firewall": ("appliance", "Firewall pair member", "unknown", None),
    "generic-rack-48u": ("rack", "Rack 48U, 800 x 1200 mm", "generic", None),
    "generic-rpdu-32a": ("pdu", "rPDU 3 x 32 A, 12 C13 + 12 C19", "generic", None),
    "nvidia-ai-enterprise": ("software", "NVIDIA AI Enterprise", "NVIDIA", "731-AI7004+P2CMI36"),
    "nvidia-mms4x00-nm": ("module", "Twin-port OSFP 2 x 400G", "NVIDIA", "MMS4X00-NM"),
    "nvidia-mfp7e10": ("cable", "MPO-12/APC fibre", "NVIDIA", "MFP7E10-N010"),
}

SYSTEM_RACK = (("nvidia-dgx-b200", "system", 1, 10),)
CORE_RACK = (
    ("netapp-aff-a90", "storage", 1, 4),
    ("netapp-aff-a90", "storage", 5, 4),
    ("dell-r760", "management-server", 10, 2),
    ("dell-r760", "management-server", 12, 2),
    ("generic-firewall", "firewall", 14, 1),
    ("generic-firewall", "firewall", 15, 1),
    ("nvidia-sn2201", "out-of-band-leaf", 40, 1),
    ("nvidia-sn5600", "in-band-leaf", 42, 2),
    ("nvidia-sn5600", "in-band-leaf", 44, 2),
    ("nvidia-qm9700", "compute-leaf", 46, 1),
    ("nvidia-qm9700", "compute-leaf", 47, 1),
)


def _pattern(
    number: int, title: str, devices: tuple[tuple[str, str, int, int], ...], design: int, **more: Any
) -> Pattern:
    values: dict[str, Any] = {
        "id": f"hall-1-p{number}",
        "hall": "hall-1",
        "title": title,
        "rack_product": "generic-rack-48u",
        "system": None,
        "positions": 1,
        "height_u": 48,
        "power_typical_w": int(design * 0.7),
        "power_design_w": design,
        "power_peak_w": int(design * 1.1),
        "heat_air_w": design,
        "heat_liquid_w": 0,
        "weight_kg": 310,
        "weight_known": True,
        "outlets": {"C19": 6},
        "pdus": {"generic-rpdu-32a": 2},
        "count": 1,
        "devices": tuple(PlacedDevice(product=p, role=r, u=u, height_u=h) for p, r, u, h in devices),
    }
    return Pattern(**(values | more))


def _rack(row: str, position: int, pattern: str) -> Rack:
    return Rack(
        id=f"hall-1/{row}{position:02d}",
        pattern=pattern,
        hall="hall-1",
        row=row,
        positions=(position,),
        feeds=("A", "B"),
        x_mm=600 * (position - 1),
        y_mm=0 if row == "A" else 2400,
    )


def _line(number: int, group: str, product: str, quantity: int, each: int | None, cause: str, **more: Any) -> BillLine:
    _, name, vendor, part = PRODUCTS[product]
    priced = each is not None
    values: dict[str, Any] = {
        "line": number,
        "group": group,
        "product": product,
        "name": name,
        "vendor": vendor,
        "part_number": part,
        "quantity": quantity,
        "unit": "each",
        "unit_price": _range(each) if each is not None else None,
        "extended": _range(each * quantity) if each is not None else None,
        "cause": cause,
        "price_basis": "street price without tax" if priced else "",
        "price_confidence": "press" if priced else "unknown",
        "price_source": "reseller listing, https://example.org/prices/2026-10" if priced else "",
        "price_as_of": "2026-10-30" if priced else "",
        "lead_time_weeks": 16 if group == "systems" else None,
    }
    return BillLine(**(values | more))


def _bill() -> tuple[BillLine, ...]:
    return (
        _line(1, "systems", "nvidia-dgx-b200", 5, 410_000, "clinical-assistant and weekly-lora: 32 accelerators"),
        _line(2, "storage", "netapp-aff-a90", 2, None, "imaging: 1,006 TB usable after five years of growth"),
        _line(3, "network", "nvidia-qm9700", 2, 27_000, "compute fabric, one scalable unit: 2 leaves"),
        _line(4, "network", "nvidia-sn5600", 2, 45_500, "in-band and storage fabric: a pair of leaves"),
        _line(5, "network", "nvidia-sn2201", 1, 6_200, "out-of-band fabric"),
        _line(6, "optics and cables", "nvidia-mms4x00-nm", 42, 1_450, "compute links: one module at each end"),
        _line(7, "optics and cables", "nvidia-mfp7e10", 41, None, "compute links of 10 m"),
        _line(8, "management", "dell-r760", 2, 14_000, "management servers", price_confidence="estimate"),
        _line(9, "management", "generic-firewall", 2, None, "site edge"),
        _line(10, "racks", "generic-rack-48u", 6, 2_100, "6 racks", price_confidence="estimate"),
        _line(11, "power", "generic-rpdu-32a", 12, 1_300, "two rPDUs a rack", price_confidence="estimate"),
        _line(
            12,
            "software",
            "nvidia-ai-enterprise",
            200,
            3_900,
            "40 accelerators for 5 years",
            unit="accelerator-year",
            recurring=True,
            price_confidence="vendor",
            price_expired=True,
        ),
        _line(13, "spares", "nvidia-dgx-b200", 1, 410_000, "one spare covers 95 % while another is repaired"),
    )


def _demand() -> tuple[WorkloadDemand, ...]:
    figures = {"tokens/s per accelerator": 412.5, "weights GB": 70.6, "batch": 48.0}
    chat = WorkloadDemand(
        id="clinical-assistant",
        name="Clinical documentation assistant",
        kind="inference",
        summary="30 requests/s of 1,500 tokens in, 250 out; first token in 2 s, each next in 50 ms",
        needs=(
            Need(
                workload="clinical-assistant",
                system="nvidia-dgx-b200",
                feasible=True,
                accelerators=26,
                accelerators_p10=20,
                accelerators_p90=34,
                unit_accelerators=2,
                units=13,
                binding="token latency",
                layout={"tensor": 2},
                figures=figures,
            ),
            Need(
                workload="clinical-assistant",
                system="nvidia-hgx-b200-air",
                feasible=True,
                accelerators=26,
                accelerators_p10=20,
                accelerators_p90=34,
                unit_accelerators=2,
                units=13,
                binding="token latency",
                calibrated=False,
            ),
            Need(
                workload="clinical-assistant",
                system="aws-trn3-gen2-ultraserver",
                feasible=False,
                reason="operated by a company outside the EU",
            ),
        ),
    )
    lora = WorkloadDemand(
        id="weekly-lora",
        name="Weekly fine-tunes on new letters",
        kind="fine-tuning",
        summary="200 M tokens in 12 h",
        needs=(
            Need(
                workload="weekly-lora",
                system="nvidia-dgx-b200",
                feasible=True,
                accelerators=6,
                accelerators_p10=5,
                accelerators_p90=8,
                unit_accelerators=1,
                units=6,
                binding="compute to the deadline",
            ),
        ),
    )
    archive = WorkloadDemand(
        id="imaging", name="Imaging archive for research", kind="storage", summary="500 TB, 15 % a year"
    )
    return chat, lora, archive


def _alternatives() -> tuple[Alternative, ...]:
    return (
        Alternative(
            system="nvidia-dgx-b200",
            name="NVIDIA DGX B200",
            status="chosen",
            reason="lowest cost over five years",
            objective=4_269_300,
            capex=_range(2_728_300),
            quote_required=3,
            tco=_range(4_269_300),
            power_design_w=98_400,
            racks=6,
            systems=6,
            accelerators=48,
            lead_time_weeks=16,
        ),
        Alternative(
            system="nvidia-dgx-b300",
            name="NVIDIA DGX B300",
            status="possible",
            reason="31 % dearer; two systems fewer",
            capex=_range(3_610_000),
            quote_required=4,
            tco=_range(5_012_000),
            power_design_w=88_000,
            racks=5,
            systems=4,
            accelerators=32,
            lead_time_weeks=None,
        ),
        Alternative(
            system="nvidia-gb300-nvl72",
            name="NVIDIA GB300 NVL72",
            status="impossible",
            reason="132 kW a rack against 20 kW a position, and no liquid loop",
        ),
        Alternative(
            system="aws-trn3-gen2-ultraserver",
            name="AWS Trn3 Gen2 UltraServer",
            status="excluded",
            reason="operator outside the EU",
        ),
    )


def _fabrics() -> tuple[FabricPlan, ...]:
    compute = FabricPlan(
        hall="hall-1",
        fabric="compute",
        design="superpod-b200-ndr",
        systems=5,
        scalable_units=1,
        switches={"compute-leaf": 8, "compute-spine": 4},
        switch_products={"compute-leaf": "nvidia-qm9700", "compute-spine": "nvidia-qm9700"},
        links=(
            CountedLinks(tier="node-leaf", speed_gbit_s=400, links=40),
            CountedLinks(tier="leaf-spine", speed_gbit_s=400, links=128),
        ),
        notes=("sized for one full scalable unit",),
    )
    oob = FabricPlan(
        hall="hall-1",
        fabric="out-of-band",
        design="superpod-b200-ndr",
        systems=5,
        scalable_units=1,
        switches={"out-of-band-leaf": 1},
        switch_products={"out-of-band-leaf": "nvidia-sn2201"},
        links=(CountedLinks(tier="node-leaf", speed_gbit_s=1, links=23),),
    )
    return compute, oob


def _power() -> HallPower:
    feeds = tuple(
        FeedPlan(
            hall="hall-1",
            feed=feed,
            peak_w=108_200,
            states=(
                FeedState(lost="", load_w=49_200, capacity_w=300_000, continuous_w=300_000),
                FeedState(lost=other, load_w=98_400, capacity_w=300_000, continuous_w=300_000),
                FeedState(lost=feed, load_w=0, capacity_w=300_000, continuous_w=300_000),
            ),
        )
        for feed, other in (("A", "B"), ("B", "A"))
    )
    return HallPower(
        hall="hall-1",
        redundancy="2N",
        standard="IEC",
        typical_w=68_900,
        design_w=98_400,
        peak_w=108_200,
        survivable_w=300_000,
        stranded_w=201_600,
        unknown_power=("generic-firewall",),
        feeds=feeds,
    )


def _products() -> tuple[ProductUsed, ...]:
    return tuple(
        ProductUsed(
            id=id_,
            kind=kind,
            name=name,
            vendor=vendor,
            part_number=part,
            facts=(
                FactUsed(
                    name="power_design_w",
                    value=14_300 if kind == "system" else None,
                    unit="W",
                    source="vendor data sheet, https://example.org/datasheet.pdf",
                    as_of="2026-11-20",
                    confidence="vendor" if kind == "system" else "unknown",
                    note="at 100 % load",
                ),
            ),
        )
        for id_, (kind, name, vendor, part) in sorted(PRODUCTS.items())
    )


def _sovereignty() -> tuple[SovereigntyResult, ...]:
    common = {
        "framework": "EU data residency",
        "source": "Regulation (EU) 2016/679",
        "confidence": "vendor",
        "as_of": DAY,
        "status": "in force",
    }
    return (
        SovereigntyResult(
            rule="eu-1",
            clause="Art. 44",
            severity="mandatory",
            result="pass",
            subject="hall-1",
            text="Health data stays at the site.",
            inputs={"residency": "site"},
            missing=(),
            **common,
        ),
        SovereigntyResult(
            rule="eu-2",
            clause="Art. 32",
            severity="mandatory",
            result="evidence-needed",
            subject="berlin",
            text="Support staff outside the EU have no access.",
            inputs={"support_countries": "DE"},
            missing=("support contract clause",),
            **common,
        ),
    )


def sample_plan() -> Plan:
    """A plan of the clinic's size: one hall, six racks, two rows, a bill of thirteen lines."""
    patterns = (
        _pattern(1, "1 x NVIDIA DGX B200", SYSTEM_RACK, 14_300, count=5),
        _pattern(
            2,
            "storage, network and management",
            CORE_RACK,
            12_600,
            weight_kg=402,
            weight_known=False,
            outlets={"C13": 11, "C19": 4},
        ),
    )
    racks = (*(_rack("A", n, "hall-1-p1") for n in range(1, 6)), _rack("B", 1, "hall-1-p2"))
    bill = _bill()
    capex, tco = _range(2_728_300), _range(4_269_300)
    return Plan(
        inputs=Inputs(
            request_name="University hospital Berlin, clinical AI platform",
            request_sha256="a" * 64,
            catalog_sha256="b" * 64,
            prices_sha256="c" * 64,
            planner_version="0.1.0",
            solver_version="9.15",
            objective=("tco", "power", "racks"),
            date=DAY,
        ),
        headline=Headline(
            systems="6 x NVIDIA DGX B200",
            system_count=6,
            accelerators=48,
            racks=6,
            power_design_w=98_400,
            power_peak_w=108_200,
            capex=capex,
            tco=tco,
            currency="EUR",
            lines=13,
            lines_without_price=3,
            lead_time_weeks=16,
            ready_by="2027-03-13",
            status="feasible",
            gap=0.0123,
            errors=0,
            warnings=2,
            evidence_needed=1,
        ),
        request=document.load(BERLIN).data,
        demand=_demand(),
        storage_demand=(
            StorageDemand(
                site="berlin",
                usable_tb=1006,
                read_gb_s=10,
                write_gb_s=4,
                causes={"imaging": "500 TB, 15 % a year for 5 years"},
            ),
        ),
        decisions=(
            Decision(
                workload="clinical-assistant",
                location="hall-1",
                system="nvidia-dgx-b200",
                accelerators=26,
                why="the cheapest system that meets 50 ms a token on site",
                binding="token latency",
                headroom="8 of 40 accelerators free",
            ),
            Decision(
                workload="weekly-lora",
                location="hall-1",
                system="nvidia-dgx-b200",
                accelerators=6,
                why="shares the systems",
            ),
            Decision(workload="imaging", location="hall-1", system="", accelerators=0, why="data stays on site"),
        ),
        alternatives=_alternatives(),
        excluded=(
            Excluded(
                kind="system",
                id="aws-trn3-gen2-ultraserver",
                workload="",
                rule="eu-operator",
                reason="operated from outside the EU",
            ),
        ),
        systems=(
            SystemChoice(
                hall="hall-1",
                product="nvidia-dgx-b200",
                count=6,
                spares=1,
                accelerators=48,
                workloads=("clinical-assistant", "weekly-lora"),
            ),
        ),
        storage=(
            StorageChoice(
                hall="hall-1", product="netapp-aff-a90", units=2, usable_tb=1100, read_gb_s=None, write_gb_s=None
            ),
        ),
        devices=(
            DeviceCount(
                hall="hall-1", role="management-server", product="dell-r760", count=2, cause="management of 5 systems"
            ),
        ),
        fabrics=_fabrics(),
        patterns=patterns,
        racks=racks,
        power=(_power(),),
        cooling=(
            HallCooling(
                hall="hall-1",
                air_w=98_400,
                air_capacity_w=260_000,
                airflow_m3_h=13_900,
                airflow_known_share=0.73,
                loops=(
                    LoopPlan(
                        loop="L1",
                        load_w=40_000,
                        capacity_w=100_000,
                        flow_l_min=None,
                        flow_capacity_l_min=200,
                        cdu=None,
                        cdus=0,
                        cdu_capacity_w=None,
                    ),
                ),
            ),
        ),
        floor=(
            HallFloor(
                hall="hall-1",
                positions=14,
                used=6,
                racks=6,
                heaviest_kg=402,
                heaviest_rack="hall-1/B01",
                footprint_pa=5_400,
                distributed_pa=2_700,
                footprint_limit_pa=None,
                distributed_limit_pa=12_000,
                point_kg=None,
                point_limit_kg=None,
                unknown_weight=("generic-firewall",),
            ),
        ),
        cables=(
            CableLine(
                hall="hall-1",
                fabric="compute",
                tier="node-leaf",
                product="nvidia-mfp7e10",
                length_m=10,
                cables=40,
                links=40,
                modules={"nvidia-mms4x00-nm": 40},
            ),
            CableLine(
                hall="hall-1",
                fabric="out-of-band",
                tier="node-leaf",
                product=None,
                length_m=12.5,
                cables=23,
                links=23,
                note="no copper cable of this length in the catalog",
            ),
        ),
        bill=bill,
        cost=Cost(
            currency="EUR",
            horizon_years=5,
            capex=capex,
            tco=tco,
            lines=(
                CostLine(name="Equipment", amount=capex, basis="bill of materials without recurring lines"),
                CostLine(name="Software and support", amount=_range(780_000), basis="200 accelerator-years"),
                CostLine(
                    name="Energy", amount=_range(761_000, 0.8, 1.2), basis="68.9 kW x PUE 1.4 x 5 years x 0.19 EUR/kWh"
                ),
            ),
            lines_total=13,
            lines_without_price=3,
            without_price=("generic-firewall", "netapp-aff-a90", "nvidia-mfp7e10"),
            confidence_share={"vendor": 0.22, "press": 0.71, "estimate": 0.07, "unknown": 0.0},
            expired_prices=("nvidia-ai-enterprise",),
            rates=("1 USD = 0.87 EUR on 2026-11-20",),
        ),
        carbon=Carbon(
            operational_kg=1_320_000,
            embodied_kg=None,
            embodied_known=(),
            embodied_unknown=("nvidia-dgx-b200",),
            basis="4.2 GWh at 313 g/kWh",
        ),
        sovereignty=_sovereignty(),
        assumptions=(
            Assumption(
                id="pue",
                text="Power usage effectiveness of the hall",
                value="1.4",
                source="the hospital's meter readings",
                confidence="estimate",
                used_by=("cost",),
            ),
        ),
        findings=(
            Finding(
                severity="warning",
                rule="price-expired",
                place="line 12",
                text="The price is past its date.",
                numbers={"valid_until": "2026-10-01"},
            ),
            Finding(
                severity="warning",
                rule="weight-unknown",
                place="hall-1/B01",
                text="The firewall's weight is not published.",
            ),
            Finding(
                severity="information",
                rule="growth",
                place="hall-1",
                text="Eight positions remain free.",
                numbers={"free": 8},
            ),
        ),
        proofs=(
            Proof(
                stage="sizing",
                subject="tco",
                status="optimal",
                objective=4_257_000,
                lower_bound=4_257_000,
                gap=0.0,
                unit="EUR",
                method="CP-SAT",
            ),
            Proof(
                stage="plan",
                subject="tco",
                status="bounded",
                objective=4_269_300,
                lower_bound=4_257_000,
                gap=0.0123,
                unit="EUR",
                method="final cost against the sizing bound",
            ),
        ),
        products=_products(),
    )


def large_plan(racks: int = 1000, lines: int = 5000) -> Plan:
    """The same plan in a hall of `racks` racks in rows of fifty, with a bill of `lines` lines."""
    small = sample_plan()
    request = dict(small.request)
    hall = dict(request["sites"][0]["halls"][0])
    rows = -(-racks // 50)
    hall["rows"] = [
        {"id": f"R{n:02d}", "positions": 50, "rack_power": "20 kW", "feeds": ["A", "B"]} for n in range(rows)
    ]
    hall["power"] = {"redundancy": "2N", "feeds": [{"id": "A", "capacity": "30 MW"}, {"id": "B", "capacity": "30 MW"}]}
    request["sites"] = [{**request["sites"][0], "halls": [hall]}]
    placed = tuple(
        Rack(
            id=f"hall-1/R{n // 50:02d}{n % 50 + 1:02d}",
            pattern=small.patterns[n % 7 == 0].id,
            hall="hall-1",
            row=f"R{n // 50:02d}",
            positions=(n % 50 + 1,),
            feeds=("A", "B"),
            x_mm=600 * (n % 50),
            y_mm=2400 * (n // 50),
        )
        for n in range(racks)
    )
    bill = tuple(small.bill[n % 13].model_copy(update={"line": n + 1}) for n in range(lines))
    patterns = tuple(p.model_copy(update={"count": sum(r.pattern == p.id for r in placed)}) for p in small.patterns)
    headline = small.headline.model_copy(update={"racks": racks, "lines": lines})
    fabric = small.fabrics[0].model_copy(
        update={
            "systems": 2048,
            "scalable_units": 64,
            "switches": {"compute-leaf": 512, "compute-spine": 512, "compute-core": 256},
            "links": (
                CountedLinks(tier="node-leaf", speed_gbit_s=400, links=16384),
                CountedLinks(tier="leaf-spine", speed_gbit_s=400, links=16384),
                CountedLinks(tier="spine-core", speed_gbit_s=400, links=16384),
            ),
        }
    )
    return small.model_copy(
        update={
            "request": request,
            "racks": placed,
            "bill": bill,
            "patterns": patterns,
            "headline": headline,
            "fabrics": (fabric,),
        }
    )


def hostile_plan(name: str) -> Plan:
    """The sample with `name` wherever a person or a catalog may write text."""
    small = sample_plan()
    request = {**small.request, "name": name[:200]}
    return small.model_copy(
        update={
            "inputs": small.inputs.model_copy(update={"request_name": name}),
            "request": request,
            "headline": small.headline.model_copy(update={"systems": name}),
            "demand": tuple(d.model_copy(update={"name": name, "summary": name}) for d in small.demand),
            "decisions": tuple(d.model_copy(update={"why": name, "binding": name}) for d in small.decisions),
            "alternatives": tuple(a.model_copy(update={"name": name, "reason": name}) for a in small.alternatives),
            "bill": tuple(
                b.model_copy(
                    update={"name": name, "vendor": name, "part_number": name, "cause": name, "price_source": name}
                )
                for b in small.bill
            ),
            "patterns": tuple(p.model_copy(update={"title": name}) for p in small.patterns),
            "products": tuple(p.model_copy(update={"name": name, "vendor": name}) for p in small.products),
            "findings": tuple(f.model_copy(update={"text": name, "place": name}) for f in small.findings),
            "assumptions": tuple(a.model_copy(update={"text": name, "source": name}) for a in small.assumptions),
            "sovereignty": tuple(s.model_copy(update={"text": name, "clause": name}) for s in small.sovereignty),
        }
    )
