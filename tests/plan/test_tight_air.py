"""A hall whose air takes exactly what a plan needs has that plan: networks are counted for what the mix has."""

from __future__ import annotations

from typing import Any

from benchmarks.scale_request import scaled
from planner.document import canonical_json, parse
from planner.plan.library import load_library
from planner.plan.question import make_question
from planner.request import read_request
from planner.sizing.answer import Settled
from planner.sizing.settle import settle


def settled_with(air: str | None) -> Settled:
    data: Any = scaled(64)
    if air is not None:
        data["sites"][0]["halls"][0]["cooling"]["air"] = air
    request, _ = read_request(parse(canonical_json(data), "request"))
    return settle(make_question(request, load_library()))


def heat_w(found: Settled) -> int:
    hall = found.prepared.data.halls[0]
    return sum(hall.items[key].air_w * n for key, n in found.sizing.counts[hall.key].items())


def test_a_hall_takes_the_heat_of_its_plan_to_the_watt() -> None:
    roomy = settled_with(None)
    values = [(stage.objective, stage.value, stage.lower_bound) for stage in roomy.sizing.stages]
    exact = settled_with(f"{heat_w(roomy)} W")
    assert [(stage.objective, stage.value) for stage in exact.sizing.stages] == [value[:2] for value in values]
    assert all(exact.bounds[stage.objective] == stage.value for stage in exact.sizing.stages)
    closer = settled_with(f"{heat_w(roomy) - 1} W")
    assert closer.sizing.stages[1].value > exact.sizing.stages[1].value
    assert heat_w(closer) < heat_w(exact)
