"""The request (`request/v1`): the one input document."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from planner.catalog.facts import Strict
from planner.catalog.models import Model
from planner.request.phase import Phase
from planner.request.policy import ExchangeRate, Policy
from planner.request.site import Hall, Site
from planner.request.units import AS_DOCUMENT, Currency, Date, Title
from planner.request.workload import Dataset, Workload


class Request(Strict):
    """Sites, workloads, datasets and policy: everything a plan is asked to meet."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, title="request/v1")

    schema_: Literal["request/v1"] = Field(alias="schema")
    name: Title
    date: Date  # the day the plan is made for; nothing else in a plan knows what day it is
    currency: Currency = "EUR"
    exchange_rates: tuple[ExchangeRate, ...] = ()
    sites: tuple[Site, ...] = Field(min_length=1, max_length=50)
    workloads: tuple[Workload, ...] = Field(min_length=1, max_length=200)
    datasets: tuple[Dataset, ...] = ()
    models: tuple[Model, ...] = Field(default=(), max_length=50)  # architectures that the catalog does not have
    phases: tuple[Phase, ...] = Field(default=(), max_length=12)  # none: everything at once
    policy: Policy = Policy()

    def written(self) -> dict[str, Any]:
        """The request as the data of a request document, in base units; `read_request` gives an equal request."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True, context=AS_DOCUMENT)

    @property
    def service_date(self) -> str | None:
        """The day by which everything is served: that of the last phase, or the policy's; None: none is asked."""
        return self.phases[-1].date if self.phases else self.policy.in_service_by

    def halls(self) -> tuple[tuple[Site, Hall], ...]:
        """Every hall with its site, in the order of the request."""
        return tuple((site, hall) for site in self.sites for hall in site.halls)
