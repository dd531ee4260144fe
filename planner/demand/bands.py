"""Counts from an error band: what to plan with, and the counts at its optimistic and pessimistic ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner.catalog.models import Model
from planner.catalog.priors import Band, PriorSet
from planner.demand.results import Assumption
from planner.wording import sentence


@dataclass(frozen=True)
class Counts:
    """Whole units at the 25th percentile of the band (plan), at the 90th (best) and at the 10th (worst)."""

    plan: int
    best: int
    worst: int


def counts(load: float, capacity: float, band: Band, spare: int = 0) -> Counts:
    """Units that carry `load`, each predicted to carry `capacity` (same unit), plus spare ones."""
    return Counts(*(max(1, math.ceil(load / (capacity * share))) + spare for share in (band.p25, band.p90, band.p10)))


def band_name(prior: PriorSet, model: Model) -> str:
    """The band of a model: with experts or without, and whether the model itself was measured."""
    experts = any(block.kind == "experts" for block in model.blocks)
    return ("moe" if experts else "dense") + (".measured" if model.id in prior.models else "")


def prior_assumptions(prior: PriorSet, band_name: str) -> tuple[Assumption, ...]:
    """What a sizing rests on when it rests on a prior set."""
    band = prior.band(band_name)
    return (
        Assumption(
            f"prior.{prior.id}",
            sentence(
                "assumed.prior" if prior.calibrated else "assumed.prior-uncalibrated",
                task=prior.task,
                rows=prior.rows,
                until=prior.valid_until,
            ),
            sentence("assumed.prior-value", p10=band.p10, p25=band.p25, p90=band.p90),
            sentence(
                "source.prior",
                source=prior.source,
                until=prior.measured_on,
                software=prior.software or sentence("source.software-unknown"),
            ),
            prior.confidence,
        ),
    )
