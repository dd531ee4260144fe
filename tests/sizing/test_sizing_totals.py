"""Totals that a hall can hold: fabrics counted at them alone lose no plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from planner.catalog.schema import System
from planner.sizing import prepare as preparing
from planner.sizing.model import size
from planner.sizing.prepare import prepare
from planner.sizing.question import Question
from planner.sizing.totals import totals_in_hall

Asked = Callable[..., Question]
PEOPLE = {"id": "people", "kind": "notebooks", "users": 300, "active_share": 0.5, "accelerators_each": 1}


def with_people(data: Any) -> None:
    """Another workload, and a hall that carries both."""
    data["workloads"].append(dict(PEOPLE))
    hall = data["sites"][0]["halls"][0]
    for row in hall["rows"]:
        row["positions"] = 40
    hall["cooling"]["air"] = "3 MW"
    for feed in hall["power"]["feeds"]:
        feed["capacity"] = "3 MW"


def in_twin_halls(data: Any) -> None:
    """The same with a second hall like the first."""
    with_people(data)
    halls = data["sites"][0]["halls"]
    halls.append({**halls[0], "id": "two"})


def none_known(*_: object) -> None:
    return None


@pytest.mark.parametrize("change", [with_people, in_twin_halls])
def test_fabrics_counted_at_the_totals_alone_give_the_same_optimum(
    asked: Asked, change: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = prepare(asked("loose", change)).data
    monkeypatch.setattr(preparing, "totals_in_hall", none_known)
    every = prepare(asked("loose", change)).data
    rows = [sum(len(o.rows) for h in data.halls for o in h.systems) for data in (few, every)]
    assert rows[0] <= rows[1]
    assert [s.value for s in size(few).stages] == [s.value for s in size(every).stages]


def totals(question: Question, system: str) -> tuple[int, ...] | None:
    site, hall = next(iter(question.request.halls()))
    return totals_in_hall(question, question.catalog.get(system, System), site, hall, lambda systems: 1)


def test_one_hall_holds_what_some_of_the_workloads_need_with_spares(asked: Asked) -> None:
    question = asked("loose", with_people)
    system = "nvidia-dgx-b200"
    found = totals(question, system)
    needs = {n.workload: n for n in question.needs if n.system == system and n.feasible}
    people = needs["people"]
    alone = -(-people.units * people.unit_accelerators // question.catalog.get(system, System).accelerators)
    assert found is not None and alone + 1 in found
    assert len(found) < 20


def test_a_workload_that_may_be_split_over_halls_leaves_every_number_open(asked: Asked) -> None:
    question = asked("loose", in_twin_halls)
    system = "nvidia-dgx-b200"
    assert totals(question, system) is None
