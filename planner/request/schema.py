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

    schema_: Literal["request/v1"] = Field(alias="schema", description="The form of this document.")
    name: Title = Field(description="What the plan is called in its reports.")
    date: Date = Field(description="The day the plan is made for; nothing else in a plan knows what day it is.")
    currency: Currency = Field(
        default="EUR", description="ISO 4217: the currency of the budget, the energy prices and every sum of the plan."
    )
    exchange_rates: tuple[ExchangeRate, ...] = Field(
        default=(), description="Rates into the request's currency, one for each other currency of the price book."
    )
    sites: tuple[Site, ...] = Field(min_length=1, max_length=50, description="Places where racks may stand.")
    workloads: tuple[Workload, ...] = Field(min_length=1, max_length=200, description="What must run.")
    datasets: tuple[Dataset, ...] = Field(
        default=(), description="Data that exists already: size, growth, place and class."
    )
    models: tuple[Model, ...] = Field(
        default=(),
        max_length=50,
        description="Architectures that the catalog does not have; a workload names one by its id.",
    )
    phases: tuple[Phase, ...] = Field(
        default=(),
        max_length=12,
        description="A build-out by date, the last phase being the whole request; none: everything at once.",
    )
    policy: Policy = Field(
        default=Policy(), description="What to optimise, what may be spent, by when, from whom, under which rules."
    )

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
