"""The plan (`plan/v1`): everything decided, priced, proven, sourced. Plain data that verify, report and export read.

Integers are in base units (W, kg, mm, whole units of the currency). `None` is unknown and is shown as unknown.
Money comes as a `Range`: low, typical, high. Lists are in a fixed order.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from planner.catalog.facts import Confidence, Strict
from planner.money import Range
from planner.plan.said import Named, Sentence, Words
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
    "Sentence",
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
    count: int = Field(description="Systems, spares included.")
    spares: int
    accelerators: int = Field(description="Accelerators of all systems, spares included.")
    workloads: tuple[str, ...]
    availability: float | None = Field(
        default=None, description="Mean share of those in service that work; null: what fails as one is not known."
    )
    spare_trays: int | None = Field(
        default=None, description="Compute trays of rack systems to keep for the cover; in no line of the bill."
    )


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
    role: str = Field(
        description="What it is for: compute-leaf, in-band-leaf, management-server, fabric-manager, firewall, cdu, ..."
    )
    product: str
    count: int
    cause: Words


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
    system: str = Field(default="", description="The system product it serves.")
    systems: int
    scalable_units: int
    switches: dict[str, int] = Field(description="Switches by role.")
    switch_products: dict[str, str] = Field(description="Product id of the switches by role.")
    links: tuple[CountedLinks, ...]
    modules: dict[str, int] = Field(
        default_factory=dict, description="Modules in cages, by node/product or switch/product."
    )
    counts_known: bool = Field(default=True, description="false: supplied by the operator (AWS), counts unknown.")
    notes: tuple[Words, ...] = ()
    design_source: str = Field(default="", description="Where the design is published.")
    design_as_of: str = Field(default="", description="The day of that source.")
    design_confidence: Confidence = "unknown"


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
    title: Named
    rack_product: str | None = Field(description="null: the system brings its own rack.")
    system: str | None = Field(description="Product id of a rack system.")
    positions: int = Field(description="Positions that one takes, adjacent.")
    height_u: int | None
    devices: tuple[PlacedDevice, ...]
    power_typical_w: int | None
    power_design_w: int | None
    power_peak_w: int | None
    heat_air_w: int | None
    heat_liquid_w: int | None
    weight_kg: int | None = Field(description="Weight of the rack and its content.")
    weight_known: bool = Field(description="false: some weight is unknown, weight_kg is what is known of it.")
    outlets: dict[str, int] = Field(description="Outlets needed per feed side: C13, C19.")
    pdus: dict[str, int] = Field(description="rPDUs by product; power shelves where the rack has a busbar.")
    count: int

    @property
    def in_standing_rack(self) -> bool:
        """Whether these are devices added to a rack that stands already: `weight_kg` and power are theirs alone."""
        return self.rack_product is None and self.system is None


class Rack(Strict):
    """One rack at its position(s)."""

    id: str = Field(description="Hall and position: hall-1/A03.")
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
    subject: Named
    text: Words
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
    reason: Words


class Headline(Strict):
    """The numbers of page one; every other document repeats these and no others."""

    systems: Named = Field(description="In words: 5 x NVIDIA DGX B200.")
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
    ready_by: str | None = Field(description="Order date plus the longest known lead time.")
    status: Literal["optimal", "feasible"]
    gap: float
    errors: int
    warnings: int
    evidence_needed: int


class Plan(Strict):
    """The plan document."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, title="plan/v1")

    schema_: Literal["plan/v1"] = Field(alias="schema", default="plan/v1", description="The form of this document.")
    inputs: Inputs = Field(description="Request, catalog and prices that the plan was made from, by hash.")
    headline: Headline = Field(description="The numbers of page one.")
    request: dict[str, Any] = Field(
        description="The request as it was given, so that a plan can be checked without another file."
    )
    demand: tuple[WorkloadDemand, ...] = Field(description="What each workload needs on each system that may serve it.")
    storage_demand: tuple[StorageDemand, ...] = Field(
        description="Capacity and throughput that storage must give, and for what."
    )
    storage_patterns: tuple[StoragePattern, ...] = Field(
        default=(),
        description="How storage is used at its busiest; empty: none was bought, or nothing uses it in a known way.",
    )
    decisions: tuple[Decision, ...] = Field(description="For each workload where it runs, on what, and why.")
    timetable: Timetable | None = Field(
        default=None,
        description="Accelerators by hour; null: no workload says when it runs, all hold theirs at all times.",
    )
    alternatives: tuple[Alternative, ...] = Field(
        description="Other systems at the same task, and why they were not chosen."
    )
    excluded: tuple[Excluded, ...] = Field(description="Products, regions and locations ruled out before sizing.")
    systems: tuple[SystemChoice, ...] = Field(description="Systems of one product in one hall.")
    storage: tuple[StorageChoice, ...] = Field(description="Storage units of one product in one hall.")
    devices: tuple[DeviceCount, ...] = Field(description="Switches, servers and other devices, counted by role.")
    fabrics: tuple[FabricPlan, ...] = Field(description="Networks of each hall: switches, links and modules.")
    patterns: tuple[Pattern, ...] = Field(description="Distinct rack contents.")
    racks: tuple[Rack, ...] = Field(description="Every rack with its pattern at its position.")
    power: tuple[HallPower, ...] = Field(
        description="The power tree of each hall under load, in normal operation and with each loss."
    )
    phase_balance: tuple[PhaseBalance, ...] = Field(
        default=(), description="Load of the three phases of each feed; empty: the halls are empty."
    )
    supplies: tuple[SystemSupplies, ...] = Field(
        default=(),
        description="Power supplies of each system and what they survive; empty: no system stands in a hall.",
    )
    cooling: tuple[HallCooling, ...] = Field(description="Air and loops of each hall under load.")
    floor: tuple[HallFloor, ...] = Field(description="Loads on the floor of each hall, and the way in.")
    existing: tuple[StandingRackPlan, ...] = Field(
        default=(), description="Racks that the request lists; empty: it lists none."
    )
    phases: tuple[PhasePlan, ...] = Field(
        default=(), description="What is built and ordered by date; empty: everything at once."
    )
    cables: tuple[CableLine, ...] = Field(description="Every cable from port to port.")
    bill: tuple[BillLine, ...] = Field(description="The bill of materials, line by line.")
    cost: Cost = Field(description="Capex and cost over the horizon.")
    carbon: Carbon = Field(description="Emissions over the horizon.")
    sovereignty: tuple[SovereigntyResult, ...] = Field(description="What each rule says of each subject.")
    assumptions: tuple[Assumption, ...] = Field(
        description="What the plan took for granted, and what moves if it is wrong."
    )
    findings: tuple[Finding, ...] = Field(description="What the planner's own checks say.")
    proofs: tuple[Proof, ...] = Field(description="How good the answer of each stage is.")
    products: tuple[ProductUsed, ...] = Field(
        description="Products of the plan with the facts it used, known and unknown."
    )
    said: dict[str, Sentence] = Field(
        default_factory=dict, description="Every sentence above by its text: its key and its arguments."
    )
