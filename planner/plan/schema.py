"""The plan (`plan/v1`): everything decided, priced, proven, sourced. Plain data that verify, report and export read.

Integers are in base units (W, kg, mm, whole units of the currency). `None` is unknown and is shown as unknown.
Money comes as a `Range`: low, typical, high. Lists are in a fixed order.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from planner.catalog.facts import Confidence, Strict
from planner.money import Range
from planner.plan.schema_balance import PhaseBalance
from planner.plan.schema_base import (
    Assumption,
    CutCertificate,
    Effect,
    FactUsed,
    FactValue,
    Finding,
    Inputs,
    ProductUsed,
    Proof,
    Severity,
)
from planner.plan.schema_bill import BillLine, CableLine, Carbon, Cost, CostLine
from planner.plan.schema_demand import (
    Alternative,
    Decision,
    Need,
    Run,
    Sensitivity,
    StorageDemand,
    StoragePattern,
    Timetable,
    WorkloadDemand,
)
from planner.plan.schema_existing import StandingDevicePlan, StandingRackPlan, SwitchPortsPlan
from planner.plan.schema_phases import PartRack, PhaseFeed, PhaseOrder, PhasePlan, PhaseService, PhaseSystems
from planner.plan.schema_power import FeedPlan, FeedState, HallPower, NodePlan, NodeState, Stranded
from planner.plan.schema_site import AirPlan, HallCooling, HallFloor, LoopPlan, RowAir
from planner.plan.schema_supplies import SystemSupplies

__all__ = [
    "AirPlan",
    "Alternative",
    "Assumption",
    "BillLine",
    "CableLine",
    "Carbon",
    "Cost",
    "CostLine",
    "CountedLinks",
    "CutCertificate",
    "Decision",
    "DeviceCount",
    "Effect",
    "Excluded",
    "FabricPlan",
    "FactUsed",
    "FactValue",
    "FeedPlan",
    "FeedState",
    "Finding",
    "HallCooling",
    "HallFloor",
    "HallPower",
    "Headline",
    "Inputs",
    "LoopPlan",
    "Need",
    "NodePlan",
    "NodeState",
    "PartRack",
    "Pattern",
    "PhaseBalance",
    "PhaseFeed",
    "PhaseOrder",
    "PhasePlan",
    "PhaseService",
    "PhaseSystems",
    "PlacedDevice",
    "Plan",
    "ProductUsed",
    "Proof",
    "Rack",
    "RowAir",
    "Run",
    "Sensitivity",
    "Severity",
    "SovereigntyResult",
    "StandingDevicePlan",
    "StandingRackPlan",
    "StorageChoice",
    "StorageDemand",
    "StoragePattern",
    "Stranded",
    "SwitchPortsPlan",
    "SystemChoice",
    "SystemSupplies",
    "Timetable",
    "WorkloadDemand",
]


class SystemChoice(Strict):
    """Systems of one product in one hall."""

    hall: str
    product: str
    count: int  # spares included
    spares: int
    accelerators: int  # of all systems, spares included
    workloads: tuple[str, ...]
    availability: float | None = None  # mean share of those in service that work; None: what fails as one is not known
    spare_trays: int | None = None  # of rack systems: compute trays to keep for the cover; in no line of the bill


class StorageChoice(Strict):
    """Storage units of one product in one hall."""

    hall: str
    product: str
    units: int
    usable_tb: int
    read_gb_s: int | None
    write_gb_s: int | None


class DeviceCount(Strict):
    """Devices of one role in one hall."""

    hall: str
    role: str  # compute-leaf, in-band-leaf, management-server, fabric-manager, firewall, cdu ...
    product: str
    count: int
    cause: str


class CountedLinks(Strict):
    """Logical links of one tier at port speed."""

    tier: str
    speed_gbit_s: float
    links: int


class FabricPlan(Strict):
    """One fabric of one hall. Links, modules and cables are counted apart."""

    hall: str
    fabric: Literal["compute", "storage", "in-band", "converged", "out-of-band"]
    design: str
    system: str = ""  # the system product it serves
    systems: int
    scalable_units: int
    switches: dict[str, int]  # role -> count
    switch_products: dict[str, str]  # role -> product id
    links: tuple[CountedLinks, ...]
    modules: dict[str, int] = Field(default_factory=dict)  # "node/product" or "switch/product" -> modules in cages
    counts_known: bool = True  # False: supplied by the operator (AWS), counts unknown
    notes: tuple[str, ...] = ()


class PlacedDevice(Strict):
    """A device of a pattern at its U position (1 is the lowest)."""

    product: str
    role: str
    u: int
    height_u: int


class Pattern(Strict):
    """One distinct rack content. A rack system (NVL72, UltraServer) is a pattern of its own with no devices."""

    id: str
    hall: str
    title: str
    rack_product: str | None  # None: the system brings its own rack
    system: str | None  # product id of a rack system
    positions: int  # that one takes, adjacent
    height_u: int | None
    devices: tuple[PlacedDevice, ...]
    power_typical_w: int | None
    power_design_w: int | None
    power_peak_w: int | None
    heat_air_w: int | None
    heat_liquid_w: int | None
    weight_kg: int | None  # rack and content
    weight_known: bool  # False: some weight is unknown, weight_kg is what is known of it
    outlets: dict[str, int]  # needed per feed side: C13, C19
    pdus: dict[str, int]  # rPDU product -> count; power shelves where the rack has a busbar
    count: int

    @property
    def in_standing_rack(self) -> bool:
        """Whether these are devices added to a rack that stands already: `weight_kg` and power are theirs alone."""
        return self.rack_product is None and self.system is None


class Rack(Strict):
    """One rack at its position(s)."""

    id: str  # hall/position
    pattern: str
    hall: str
    row: str
    positions: tuple[int, ...]
    feeds: tuple[str, ...]
    x_mm: int
    y_mm: int


class SovereigntyResult(Strict):
    """One rule, one subject."""

    rule: str
    framework: str
    clause: str
    severity: str
    result: Literal["pass", "fail", "evidence-needed", "not-applicable"]
    subject: str
    text: str
    inputs: dict[str, str]
    missing: tuple[str, ...]
    source: str
    confidence: Confidence
    as_of: str
    status: str


class Excluded(Strict):
    """A product, region or location ruled out before sizing, and by what."""

    kind: str
    id: str
    workload: str
    rule: str
    reason: str


class Headline(Strict):
    """The numbers of page one; every other document repeats these and no others."""

    systems: str  # "5 x NVIDIA DGX B200"
    system_count: int
    accelerators: int
    racks: int
    power_design_w: int
    power_peak_w: int | None
    capex: Range
    tco: Range
    currency: str
    lines: int
    lines_without_price: int
    lead_time_weeks: float | None
    ready_by: str | None  # order date plus the longest known lead time
    status: Literal["optimal", "feasible"]
    gap: float
    errors: int
    warnings: int
    evidence_needed: int


class Plan(Strict):
    """The plan document."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, title="plan/v1")

    schema_: Literal["plan/v1"] = Field(alias="schema", default="plan/v1")
    inputs: Inputs
    headline: Headline
    request: dict[str, Any]  # the request as it was given, so that a plan can be checked without another file
    demand: tuple[WorkloadDemand, ...]
    storage_demand: tuple[StorageDemand, ...]
    storage_patterns: tuple[StoragePattern, ...] = ()  # empty: no storage was bought, or nothing uses it in a known way
    decisions: tuple[Decision, ...]
    timetable: Timetable | None = None  # None: no workload says when it runs, all hold their accelerators at all times
    alternatives: tuple[Alternative, ...]
    excluded: tuple[Excluded, ...]
    systems: tuple[SystemChoice, ...]
    storage: tuple[StorageChoice, ...]
    devices: tuple[DeviceCount, ...]
    fabrics: tuple[FabricPlan, ...]
    patterns: tuple[Pattern, ...]
    racks: tuple[Rack, ...]
    power: tuple[HallPower, ...]
    phase_balance: tuple[PhaseBalance, ...] = ()  # (): the halls are empty
    supplies: tuple[SystemSupplies, ...] = ()  # (): no system stands in a hall
    cooling: tuple[HallCooling, ...]
    floor: tuple[HallFloor, ...]
    existing: tuple[StandingRackPlan, ...] = ()  # racks that the request lists; none: it lists none
    phases: tuple[PhasePlan, ...] = ()  # none: everything is built at once
    cables: tuple[CableLine, ...]
    bill: tuple[BillLine, ...]
    cost: Cost
    carbon: Carbon
    sovereignty: tuple[SovereigntyResult, ...]
    assumptions: tuple[Assumption, ...]
    findings: tuple[Finding, ...]
    proofs: tuple[Proof, ...]
    products: tuple[ProductUsed, ...]
