"""Regions that rent the same instance are a choice of place, not more demand."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.document import parse
from planner.plan.library import Library, load_library
from planner.plan.question import make_question
from planner.request import read_request
from planner.sizing.settle import settle

BERLIN = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"
REGIONS = ("aws-us-east-2", "aws-us-east-1")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def rented(library: Library, regions: tuple[str, ...]) -> int:
    """Instances of the assistant, free to run anywhere, with capex first."""
    text = BERLIN.read_text().replace("profiles: [eu-data-residency]", "profiles: []")
    text = text.replace("residency: site", "residency: anywhere").replace("[tco, power, racks]", "[capex, tco]")
    text = text.replace("policy:\n", f"policy:\n  regions: [{', '.join(regions)}]\n")
    request, _ = read_request(parse(text, "berlin"))
    question = make_question(request, library)
    needs = [(need.workload, need.system) for need in question.needs]
    assert len(needs) == len(set(needs))
    return sum(settle(question).sizing.rents.values())


def test_a_further_region_with_the_same_instances_rents_no_more(library: Library) -> None:
    assert 0 < rented(library, REGIONS) <= rented(library, REGIONS[:1])
