"""What a plan says about the demand: what moves a count most, and which measurements were past their date."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.demand import system_rates
from planner.plan.jobs import need_of, sensitivities_of
from planner.plan.library import Library, load_library
from planner.plan.notes import expired_findings
from planner.plan.question import sensitivities_on
from planner.plan.schema import Assumption
from planner.request import Request, load_request
from planner.request.workload import Inference

BERLIN = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"
SYSTEM = "nvidia-dgx-b200"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def request_() -> Request:
    return load_request(BERLIN)[0]


def test_the_inputs_that_move_a_count_are_keys_of_the_request_and_do_what_they_say(
    library: Library, request_: Request
) -> None:
    chat = next(w for w in request_.workloads if isinstance(w, Inference))
    moved = sensitivities_on(SYSTEM, chat, request_, library)
    assert 1 <= len(moved) <= 3
    for one in moved:
        assert one.input in Inference.model_fields and one.system == SYSTEM
    rate = next(one for one in moved if one.input == "peak_requests")
    busier = chat.model_copy(update={"peak_requests": chat.peak_requests * rate.factor})
    rates = system_rates(library.catalog, SYSTEM)
    assert need_of(busier, rates, library.models, library.priors).accelerators == rate.if_larger
    assert need_of(chat, rates, library.models, library.priors).accelerators == rate.accelerators
    assert sensitivities_of(chat, rates, library.models, library.priors) == moved


def test_measurements_past_their_date_on_the_day_of_the_request_are_a_warning(
    library: Library, request_: Request
) -> None:
    prior = library.priors.of("inference", "nvidia")
    used = [Assumption(id=f"prior.{prior.id}", text="", value="", source="", confidence="press", used_by=("chat",))]
    last = request_.model_copy(update={"date": prior.valid_until})
    assert list(expired_findings(last, library.priors, used)) == []
    late = request_.model_copy(update={"date": "2030-01-01"})
    found = list(expired_findings(late, library.priors, used))
    assert [(f.severity, f.rule, f.place) for f in found] == [("warning", "priors-expired", "chat")]
    assert prior.valid_until in found[0].text
    assert list(expired_findings(late, library.priors, [])) == []
