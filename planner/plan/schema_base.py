"""What every part of a plan is made of: findings, assumptions, proofs, inputs, products."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.catalog.facts import Confidence, Strict
from planner.plan.said import Named, Words

Severity = Literal["error", "warning", "information"]


FactValue = float | int | str | bool | None

Change = Literal["times", "divided", "optimistic", "pessimistic"]
Measure = Literal[
    "capex", "tco", "operational_kg", "facility_w", "accelerators", "spare_parts", "spare_systems", "design_w", "peak_w"
]


class Finding(Strict):
    """One result of a check: what rule, where, in words, with its numbers."""

    severity: Severity
    rule: str
    place: Named
    text: Words
    numbers: dict[str, float | int | str] = Field(default_factory=dict)


class Effect(Strict):
    """What one figure of the plan differs by if an assumption is wrong: the same plan, nothing else changed.

    "times" and "divided" move the assumption by `factor`; "optimistic" and "pessimistic" are the ends of its own band.
    """

    change: Change
    factor: float | None = None  # None: the band has its own ends
    measure: Measure
    difference: int | None  # in the plan's currency, kg, W or pieces; None: not feasible then
    subject: str = ""  # the workload whose accelerators these are


class Assumption(Strict):
    """Something the plan took for granted, where it comes from, and what it moves if it is wrong."""

    id: str
    text: Words
    value: Named
    source: Named
    confidence: Confidence
    used_by: tuple[Named, ...] = ()
    if_wrong: tuple[Effect, ...] | None = None  # None: not computed


class CutCertificate(Strict):
    """sum(weights[t] * count_t) <= sum(z[k] * racks_k) for every mix of devices; anyone can re-check it."""

    hall: str
    weights: dict[str, int]
    z: dict[str, int]


class Proof(Strict):
    """How good one stage's answer is, by our own arithmetic: 0 <= gap, 0 is proven best."""

    stage: Literal["sizing", "packing", "floor", "cabling", "phases", "plan"]
    subject: Named  # objective or hall
    status: Literal["optimal", "feasible", "bounded"]
    objective: int
    lower_bound: int
    gap: float
    unit: str
    method: Words
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
