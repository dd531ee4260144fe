"""A workload that no system can serve: the refusal tells of the system that misses by least, with what would work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from planner import document
from planner.errors import Infeasible
from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.request import read_request

GOOD = Path(__file__).parents[1] / "bad" / "good.yaml"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def refusal(library: Library, systems: list[str] | None = None, **service: Any) -> str:
    source = document.load(GOOD, "request")
    source.data["workloads"] = [{**source.data["workloads"][0], **service}]
    if systems is not None:
        source.data["policy"]["systems"] = {"allow": systems}
    request, read = read_request(source)
    with pytest.raises(Infeasible) as refused:
        make_plan(request, read, library)
    return str(refused.value)


def shortest_ms(text: str) -> float:
    found = re.search(r"shortest that works is ([\d.]+) ms", text)
    assert found is not None, text
    return float(found[1])


def test_the_nearest_value_is_that_of_the_best_admissible_system(library: Library) -> None:
    anything = refusal(library, tpot="0.1 ms")
    servers = refusal(library, ["asus-esc8000a-e13x"], tpot="0.1 ms")
    assert "on ASUS" in servers and shortest_ms(anything) < shortest_ms(servers)


def test_the_value_named_works_and_a_shorter_one_does_not(library: Library) -> None:
    named = shortest_ms(refusal(library, ["nvidia-dgx-b200"], tpot="0.1 ms"))
    assert shortest_ms(refusal(library, ["nvidia-dgx-b200"], tpot=f"{named * 0.97:.4f} ms")) == named
    source = document.load(GOOD, "request")
    source.data["workloads"][0]["tpot"] = f"{named} ms"
    source.data["policy"]["systems"] = {"allow": ["nvidia-dgx-b200"]}
    request, read = read_request(source)
    assert make_plan(request, read, library).decisions[0].system == "nvidia-dgx-b200"


def test_a_context_longer_than_the_models_names_the_longest(library: Library) -> None:
    assert "more than the 131,072 of llama-3.1-8b; at most that many work" in refusal(library, input_tokens=900_000)
