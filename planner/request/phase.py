"""A phase of the build-out, as the request states it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.catalog.facts import Strict
from planner.request.units import Date, Name, Share, Title


class Phase(Strict):
    """Part of the demand that must be served by a date. The last phase is the whole request.

    What stands is never moved or taken away: a later phase serves at least what an earlier one does.
    """

    id: Name = Field(description="Names the phase.")
    name: Title | None = Field(default=None, description="What people call it.")
    date: Date = Field(description="The day by which it is served.")
    shares: dict[Name, Share] = Field(
        default_factory=dict, description="Share of each workload's units, by its id; a workload left out: all of it."
    )
    storage: Share = Field(default=1.0, description="Share of the storage that the end state needs.")
    redundancy: Literal["N", "N+1", "2N"] | None = Field(
        default=None, description="Redundancy while feeds are still to come; left out: as the hall states."
    )
