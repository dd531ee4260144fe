"""What workloads need in a plan, what serves them, and what else could."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.catalog.facts import Strict
from planner.money import Range
from planner.plan.said import Named, Words

Access = Literal[
    "checkpoint-write", "checkpoint-restore", "training-data", "cache-offload", "dataset-staging", "dataset-pass"
]


class Need(Strict):
    """What one workload needs on one system or instance: the demand in integers."""

    workload: str
    system: str
    name: str = ""  # of the system, for people; most of them are in no other part of the plan
    feasible: bool
    reason: Words = ""
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
    unit_seconds_per_day: int = 0  # of work that may run at any of its hours; 0: it holds its units throughout
    units_most: int = 0  # that such work can use at once


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
    summary: Words  # the request in one sentence
    needs: tuple[Need, ...] = ()
    sensitivities: tuple[Sensitivity, ...] = ()  # the inputs that move the count, largest first


class StorageDemand(Strict):
    """Storage of one site."""

    site: str
    usable_tb: int
    read_gb_s: int
    write_gb_s: int
    causes: dict[str, Words] = Field(default_factory=dict)  # what asked for it -> amount in words


class StoragePattern(Strict):
    """One way of access to the storage of a site, for one workload or dataset, beside the bandwidth bought.

    Something whole has a size and takes seconds; something steady has a rate that must stay below what is given.
    """

    site: str
    pattern: Access
    subject: str
    size_bytes: int | None = None
    rate_b_s: int | None = None
    given_gb_s: int | None  # None: unknown of a product bought
    seconds: float | None = None


class Decision(Strict):
    """Where one workload runs, on what, and why."""

    workload: str
    location: str  # hall ids joined by " + ", or a region id
    system: str  # product id, or instance name in a region; "" for storage alone
    accelerators: int  # the most at once, where it does not always hold the same
    why: Words
    binding: str = ""
    headroom: Words = ""


class Run(Strict):
    """What one workload holds at one location over the slots of a day."""

    workload: str
    location: str  # a hall id or a region id
    system: str
    accelerators: tuple[int, ...]  # in each slot


class Timetable(Strict):
    """Who runs when. Hours are on the clock of the site; every day is alike."""

    slots: tuple[tuple[int, ...], ...]  # hours of the day, 0 to 23
    runs: tuple[Run, ...]


class Alternative(Strict):
    """The best plan with another system family, solved the same way, or why there is none."""

    system: str
    name: Named
    status: Literal["chosen", "possible", "impossible", "excluded", "not-proven"]
    reason: Words
    objective: int | None = None
    capex: Range | None = None
    quote_required: int | None = None  # lines without a price: the capex above does not hold them
    tco: Range | None = None
    power_design_w: int | None = None
    racks: int | None = None
    systems: int | None = None
    accelerators: int | None = None
    lead_time_weeks: float | None = None
