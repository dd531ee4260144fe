"""The plan (`plan/v1`): everything decided, priced, proven, sourced. Plain data that verify, report and export read.

Integers are in base units (W, kg, mm, whole units of the currency). `None` is unknown and is shown as unknown.
Money comes as a `Range`: low, typical, high. Lists are in a fixed order.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from planner.catalog.facts import Confidence, Strict
from planner.money import Range

Severity = Literal["error", "warning", "information"]
FactValue = float | int | str | bool | None


class Finding(Strict):
    """One result of a check: what rule, where, in words, with its numbers."""

    severity: Severity
    rule: str
    place: str
    text: str
    numbers: dict[str, float | int | str] = Field(default_factory=dict)


class Assumption(Strict):
    """Something the plan took for granted, and where it comes from."""

    id: str
    text: str
    value: str
    source: str
    confidence: Confidence
    used_by: tuple[str, ...] = ()


class CutCertificate(Strict):
    """sum(weights[t] * count_t) <= sum(z[k] * racks_k) for every mix of devices; anyone can re-check it."""

    hall: str
    weights: dict[str, int]
    z: dict[str, int]


class Proof(Strict):
    """How good one stage's answer is, by our own arithmetic: 0 <= gap, 0 is proven best."""

    stage: Literal["sizing", "packing", "floor", "cabling", "plan"]
    subject: str  # objective or hall
    status: Literal["optimal", "feasible", "bounded"]
    objective: int
    lower_bound: int
    gap: float
    unit: str
    method: str
    certificates: tuple[CutCertificate, ...] = ()


class Inputs(Strict):
    """What the plan was made from, by content."""

    request_name: str
    request_sha256: str
    catalog_sha256: str
    prices_sha256: str
    planner_version: str
    solver_version: str
    objective: tuple[str, ...]
    date: str
    time_limited: bool = False  # a wall-clock limit stopped a stage: another run may differ


class FactUsed(Strict):
    """One catalog fact the plan rests on."""

    name: str
    value: FactValue
    unit: str
    source: str
    as_of: str
    confidence: Confidence
    note: str = ""


class ProductUsed(Strict):
    """A product that the plan buys, with the facts it used, known and unknown."""

    id: str
    kind: str
    name: str
    vendor: str
    part_number: str | None
    facts: tuple[FactUsed, ...]


class Need(Strict):
    """What one workload needs on one system or instance: the demand in integers."""

    workload: str
    system: str
    name: str = ""  # of the system, for people; most of them are in no other part of the plan
    feasible: bool
    reason: str = ""
    accelerators: int = 0  # planning value, 25th percentile of the throughput band
    accelerators_p10: int = 0  # optimistic
    accelerators_p90: int = 0  # pessimistic
    unit_accelerators: int = 1
    units: int = 0
    indivisible: bool = False
    binding: str = ""
    calibrated: bool = True
    layout: dict[str, int] = Field(default_factory=dict)
    figures: dict[str, float | str] = Field(default_factory=dict)  # name with unit -> value


class Sensitivity(Strict):
    """What one input of the request does to the accelerators of a workload on the system that it was given."""

    system: str
    input: str  # the key of the workload in the request
    factor: float  # the input is multiplied and divided by this
    accelerators: int
    if_larger: int | None  # accelerators; None: not feasible then
    if_smaller: int | None


class WorkloadDemand(Strict):
    """A workload and its need on every system that sizing could choose."""

    id: str
    name: str
    kind: str
    summary: str  # the request in one sentence
    needs: tuple[Need, ...] = ()
    sensitivities: tuple[Sensitivity, ...] = ()  # the three inputs that move the count most, largest first


class StorageDemand(Strict):
    """Storage of one site."""

    site: str
    usable_tb: int
    read_gb_s: int
    write_gb_s: int
    causes: dict[str, str] = Field(default_factory=dict)  # what asked for it -> amount in words


class Decision(Strict):
    """Where one workload runs, on what, and why."""

    workload: str
    location: str  # hall ids joined by " + ", or a region id
    system: str  # product id, or instance name in a region; "" for storage alone
    accelerators: int
    why: str
    binding: str = ""
    headroom: str = ""


class Alternative(Strict):
    """The best plan with another system family, solved the same way, or why there is none."""

    system: str
    name: str
    status: Literal["chosen", "possible", "impossible", "excluded", "not-proven"]
    reason: str
    objective: int | None = None
    capex: Range | None = None
    quote_required: int | None = None  # lines without a price: the capex above does not hold them
    tco: Range | None = None
    power_design_w: int | None = None
    racks: int | None = None
    systems: int | None = None
    accelerators: int | None = None
    lead_time_weeks: float | None = None


class SystemChoice(Strict):
    """Systems of one product in one hall."""

    hall: str
    product: str
    count: int  # spares included
    spares: int
    accelerators: int  # of all systems, spares included
    workloads: tuple[str, ...]


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
    pdus: dict[str, int]  # rPDU product -> count
    count: int


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


class FeedState(Strict):
    """Load of one feed when everything works (`lost` empty) or with one feed or source lost."""

    lost: str
    load_w: int
    capacity_w: int
    continuous_w: int  # what may be drawn all the time: the capacity under IEC, 80 % of it under NEC


class FeedPlan(Strict):
    """One feed of one hall in each state, at design load."""

    hall: str
    feed: str
    states: tuple[FeedState, ...]
    peak_w: int | None  # worst state at peak load, against the nameplate


class HallPower(Strict):
    """Power of one hall."""

    hall: str
    redundancy: str
    standard: str
    typical_w: int | None
    design_w: int
    peak_w: int | None
    survivable_w: int  # design load that the hall carries in its worst state
    stranded_w: int  # survivable and not used
    unknown_power: tuple[str, ...]  # products whose power is not published
    feeds: tuple[FeedPlan, ...]


class LoopPlan(Strict):
    """One liquid loop."""

    loop: str
    load_w: int
    capacity_w: int
    flow_l_min: int | None
    flow_capacity_l_min: int | None
    cdu: str | None
    cdus: int
    cdu_capacity_w: int | None
    note: str = ""


class HallCooling(Strict):
    """Heat of one hall, to air and to liquid."""

    hall: str
    air_w: int
    air_capacity_w: int
    airflow_m3_h: int | None
    airflow_known_share: float  # share of the air heat whose airflow is published
    loops: tuple[LoopPlan, ...]


class HallFloor(Strict):
    """Positions and weight of one hall."""

    hall: str
    positions: int
    used: int
    racks: int
    heaviest_kg: int | None
    heaviest_rack: str | None
    footprint_pa: int | None
    distributed_pa: int | None
    footprint_limit_pa: int | None
    distributed_limit_pa: int | None
    point_kg: int | None
    point_limit_kg: int | None
    unknown_weight: tuple[str, ...]


class CableLine(Strict):
    """Cables of one product and length for one purpose."""

    hall: str
    fabric: str
    tier: str
    product: str | None  # None: no product of the catalog fits; the reason is in `note`
    medium: str = ""
    length_m: float | None  # as ordered; None: not determined
    part_number: str = ""
    cables: int
    links: int
    modules: dict[str, int] = Field(default_factory=dict)  # of the whole tier, on its first line: product -> count
    note: str = ""


class BillLine(Strict):
    """One line of the bill of materials."""

    line: int
    group: Literal[
        "systems", "storage", "network", "optics and cables", "management", "racks", "power", "cooling", "software",
        "services", "spares", "cloud",
    ]  # fmt: skip
    product: str
    name: str
    vendor: str
    part_number: str | None
    quantity: int
    unit: str  # each, accelerator-year, ...
    unit_price: Range | None  # None: quote required
    extended: Range | None
    price_basis: str = ""
    price_source: str = ""
    price_as_of: str = ""
    price_confidence: Confidence = "unknown"
    price_expired: bool = False
    recurring: bool = False  # paid over the horizon (software, support, cloud), not up front
    lead_time_weeks: float | None = None
    cause: str  # the requirement that caused the line


class CostLine(Strict):
    """One part of the cost over the horizon."""

    name: str
    amount: Range
    basis: str  # how it was computed, in words with its numbers


class Cost(Strict):
    """Money over the horizon. What has no price is not in any of these sums, and is counted apart."""

    currency: str
    horizon_years: int
    capex: Range
    tco: Range
    lines: tuple[CostLine, ...]
    lines_total: int
    lines_without_price: int
    without_price: tuple[str, ...]  # product ids, sorted
    confidence_share: dict[str, float]  # share of the typical capex by confidence of its prices
    expired_prices: tuple[str, ...]
    rates: tuple[str, ...]  # exchange rates in words


class Carbon(Strict):
    """Greenhouse gas over the horizon."""

    operational_kg: int | None
    embodied_kg: int | None  # of the products whose figure is known
    embodied_known: tuple[str, ...]
    embodied_unknown: tuple[str, ...]
    basis: str


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
    decisions: tuple[Decision, ...]
    alternatives: tuple[Alternative, ...]
    excluded: tuple[Excluded, ...]
    systems: tuple[SystemChoice, ...]
    storage: tuple[StorageChoice, ...]
    devices: tuple[DeviceCount, ...]
    fabrics: tuple[FabricPlan, ...]
    patterns: tuple[Pattern, ...]
    racks: tuple[Rack, ...]
    power: tuple[HallPower, ...]
    cooling: tuple[HallCooling, ...]
    floor: tuple[HallFloor, ...]
    cables: tuple[CableLine, ...]
    bill: tuple[BillLine, ...]
    cost: Cost
    carbon: Carbon
    sovereignty: tuple[SovereigntyResult, ...]
    assumptions: tuple[Assumption, ...]
    findings: tuple[Finding, ...]
    proofs: tuple[Proof, ...]
    products: tuple[ProductUsed, ...]
