"""The sizes of a fabric design: found piece by piece, they are those found at once."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from planner.catalog.schema import System
from planner.plan.library import load_library
from planner.plan.question import make_question
from planner.request import load_request
from planner.sizing.data import FabricRow
from planner.sizing.network import Surroundings, fabric_rows
from planner.sizing.question import Question

EXAMPLE = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"
SYSTEMS = ("nvidia-dgx-b200", "nvidia-gb200-nvl72", "supermicro-sys-822gs-nbrt")


@pytest.fixture(scope="module")
def question() -> Question:
    return make_question(load_request(EXAMPLE)[0], load_library())


def sizes(question: Question, name: str, most: int) -> tuple[FabricRow, ...]:
    return fabric_rows(question, question.catalog.get(name, System), most, Surroundings())


@pytest.mark.parametrize("name", SYSTEMS)
def test_sizes_do_not_depend_on_what_was_asked_before(question: Question, name: str) -> None:
    asked = (3, 40, 11, 90, 90, 1)
    used = replace(question, of_no_limit={})
    for most in asked:
        assert sizes(used, name, most) == sizes(replace(question, of_no_limit={}), name, most)


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_last_size_serves_all_that_is_asked_and_each_before_it_is_another(question: Question, name: str) -> None:
    by_design: dict[str, list[FabricRow]] = {}
    for row in sizes(question, name, 60):
        by_design.setdefault(row.design, []).append(row)
    for rows in by_design.values():
        assert rows[-1].systems <= 60
        for row, after in itertools.pairwise(rows):
            assert row.systems < after.systems
            assert row.devices != after.devices
