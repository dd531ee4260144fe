"""The plan is made from this request and this catalog."""

from __future__ import annotations

from collections.abc import Iterator

from planner import document
from planner.verify.subject import Broken, Rule, Subject, differs


def request_is_the_one_that_was_planned(subject: Subject) -> Iterator[Broken]:
    """The request inside the plan has the hash that the plan states, and the plan's name, date, currency, horizon."""
    plan, request = subject.plan, subject.request
    yield from differs("request", "its hash", plan.inputs.request_sha256, document.sha256(plan.request))
    yield from differs("request", "its name", plan.inputs.request_name, request.name)
    yield from differs("request", "its date", plan.inputs.date, request.date)
    yield from differs("request", "its currency", plan.cost.currency, request.currency)
    yield from differs("request", "its horizon in years", plan.cost.horizon_years, request.policy.horizon_years)


def catalog_is_the_one_that_was_used(subject: Subject) -> Iterator[Broken]:
    """Another catalog or price book is no fault of the plan, but what differs below may come from it."""
    inputs = subject.plan.inputs
    for what, found, expected in (
        ("catalog", inputs.catalog_sha256, subject.library.sha256),
        ("prices", inputs.prices_sha256, subject.catalog.prices_sha256),
    ):
        for fault in differs(what, "its hash", found, expected):
            text = f"the plan was made with another version ({found[:12]}) than this one ({expected[:12]})"
            yield fault._replace(severity="warning", text=text)


RULES: tuple[Rule, ...] = (request_is_the_one_that_was_planned, catalog_is_the_one_that_was_used)
