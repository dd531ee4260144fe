"""The nearest deadline that a site meets, where the job's own is too near."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.explain.deadlines import rounded_s, time_words
from planner.plan.build import explained
from planner.plan.library import load_library
from planner.plan.question import make_question
from planner.request import load_request, read_request
from planner.sizing.model import SizingInfeasible
from planner.sizing.settle import settle

PARIS = Path(__file__).parents[2] / "examples" / "paris-sovereign-cloud.yaml"


def test_a_deadline_that_no_count_in_the_hall_meets_comes_with_the_nearest_that_one_does() -> None:
    library = load_library()
    _, source = load_request(PARIS)
    data: Any = copy.deepcopy(source.data)
    run = next(w for w in data["workloads"] if w["kind"] == "training")
    run["within"] = "5 days"
    asked = replace(source, data=data)
    question = make_question(read_request(asked)[0], library)
    with pytest.raises(SizingInfeasible):
        settle(question)
    way = next(w for w in explained(question, asked, library).ways_out if w.limit == f"deadline:{run['id']}")
    assert way.plan is not None and way.share is not None and 0 < way.share < 0.5
    assert way.text.endswith("days instead of 5 days")
    assert way.line == asked.mark(("workloads", data["workloads"].index(run), "within")).line


@pytest.mark.parametrize(
    ("seconds", "words"), [(86_400 * 2.01, "2.1 days"), (86_400 * 2, "2 days"), (3_601, "1.1 h"), (3_600, "1 h")]
)
def test_times_are_rounded_up_as_a_person_would_write_them(seconds: float, words: str) -> None:
    assert time_words(rounded_s(seconds)) == words
