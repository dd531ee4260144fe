"""Why not a system: a rule at its line, a missing fact, limits with the changes that admit it, or a price."""

from __future__ import annotations

import copy
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner import cli
from planner.document import Document
from planner.explain.why_not import For, WhyNot, why_not_system
from planner.plan.build import trials_of
from planner.plan.library import Library, load_library
from planner.plan.question import make_question
from planner.request import load_request, read_request
from planner.sizing.question import Question

EXAMPLE = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"
TEXT = EXAMPLE.read_text().splitlines()


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def berlin(library: Library) -> tuple[Question, Document]:
    request, source = load_request(EXAMPLE)
    return make_question(request, library), source


def asked(library: Library, question: Question, source: Document, system: str) -> WhyNot:
    trials = trials_of(library)
    return why_not_system(question, source, system, trials, trials.solve(question))


def test_what_is_in_the_plan_is_said_to_be(library: Library, berlin: tuple[Question, Document]) -> None:
    answer = asked(library, *berlin, "supermicro-sys-822gs-nbrt")
    assert answer.status == "chosen"
    assert answer.text().endswith("is in the plan.")


def test_a_rule_is_named_with_its_clause_and_line(library: Library, berlin: tuple[Question, Document]) -> None:
    answer = asked(library, *berlin, "aws-trn3-gen2-ultraserver")
    assert answer.status == "ruled-out"
    (reason,) = answer.reasons
    assert "ruled out by X-OPR-001, operator control" in reason.text
    assert "sovereignty:" in TEXT[reason.line - 2]


def test_a_request_without_accelerators_is_said_to_be_one(library: Library, berlin: tuple[Question, Document]) -> None:
    data = copy.deepcopy(berlin[1].data)
    data["workloads"] = [{"id": "archive", "kind": "storage", "capacity": "200 TB"}]
    request, source = read_request(replace(berlin[1], data=data))
    answer = asked(library, make_question(request, library), source, "nvidia-dgx-b200")
    assert (answer.status, answer.tried) == ("no-option", ())
    assert [r.text for r in answer.reasons][:1] == ["no workload of the request runs on accelerators"]


def test_a_missing_fact_is_named(library: Library, berlin: tuple[Question, Document]) -> None:
    answer = asked(library, *berlin, "dell-xe9780-b200")
    assert answer.status == "no-option"
    assert [r.text for r in answer.reasons] == [
        "no option in hall-1: its weight is not published and the floor is rated; give policy.assumed_weight_kg"
    ]


def test_a_dearer_system_costs_what_its_own_plan_does(library: Library, berlin: tuple[Question, Document]) -> None:
    question, source = berlin
    answer = asked(library, question, source, "nvidia-dgx-b300-ac")
    assert answer.status == "possible"
    alone = answer.tried[0]
    assert alone.workload == ""
    policy = question.request.policy
    only = policy.model_copy(update={"systems": policy.systems.model_copy(update={"allow": ("nvidia-dgx-b300-ac",)})})
    trials = trials_of(library)
    forced = trials.solve(trials.ask(question.request.model_copy(update={"policy": only})))
    assert forced is not None
    assert alone.plan == forced.outcome
    assert answer.plan is not None
    more = forced.outcome.tco.typical - answer.plan.tco.typical
    assert more > 0
    assert f"{more:,} EUR more over the horizon" in alone.difference


def test_what_conflicts_has_the_changes_that_admit_it(library: Library, berlin: tuple[Question, Document]) -> None:
    _, source = berlin

    def tight(data: Any) -> None:
        data["sites"][0]["halls"][0]["power"]["feeds"] = [{"id": f, "capacity": "48 kW"} for f in "AB"]

    data = copy.deepcopy(source.data)
    tight(data)
    changed = replace(source, data=data)
    question = make_question(read_request(changed)[0], library)
    answer = asked(library, question, changed, "nvidia-dgx-b300-ac")
    assert answer.status == "conflict"
    refusal = answer.tried[0].refusal
    assert refusal is not None
    assert "power:hall-1" in {conflict.limit for conflict in refusal.conflict}
    (way,) = [way for way in refusal.ways_out if way.limit == "power:hall-1"]
    assert way.plan is not None
    assert "NVIDIA DGX B300" in way.plan.systems
    assert not any(way.limit.startswith("workload:") for way in refusal.ways_out)


def test_the_command_answers_and_refuses_what_is_no_system(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["planner", "explain", str(EXAMPLE), *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    assert run("--why-not", "nvidia-dgx-b30") == cli.BAD_INPUT
    assert 'found "nvidia-dgx-b30", expected a system of the catalog' in capsys.readouterr().err
    assert run("--why-not", "dell-xe9780-b200", "--json") == cli.OK
    assert json.loads(capsys.readouterr().out)["status"] == "no-option"


def test_a_system_that_several_limits_keep_out_has_each_of_them_by_its_amount(
    library: Library, berlin: tuple[Question, Document]
) -> None:
    answer = asked(library, *berlin, "nvidia-gb300-nvl72")
    assert answer.status == "conflict"
    refusal = answer.tried[0].refusal
    assert refusal is not None and not refusal.ways_out
    assert {small.limit for small in refusal.too_small} == {
        "weight:hall-1", "rack-power:hall-1", "cooling-kind:hall-1",
    }  # fmt: skip
    text = answer.text()
    assert "at least 142 kW needed" in text and "liquid for 127.8 kW of one system needed" in text
    assert "No single change is enough" in text and "less of workload" not in text


def test_the_same_answer_for_several_workloads_is_given_once(library: Library) -> None:
    request, source = load_request(EXAMPLE.parent / "paris-sovereign-cloud.yaml")
    answer = asked(library, make_question(request, library), source, "nvidia-gb300-nvl72")
    assert len(answer.tried) == 3
    told = [line for line in answer.text().splitlines() if line.startswith("For ")]
    assert len(told) == 1
    assert told[0].startswith("For every workload, and for each of assistant and continued-70b with the others free: ")
    assert answer.text("de").startswith("Warum nicht NVIDIA DGX GB300 NVL72 (nvidia-gb300-nvl72)? Es ist möglich")


def test_what_no_solve_decided_says_why_and_phases_are_said_to_be_left_out() -> None:
    tried = (For("", "undecided", None, "", None, "the floor refused the best mix"),)
    text = WhyNot("system", "System", "undecided", (), tried, None, phased=True).text()
    assert "For every workload: not decided, the floor refused the best mix" in text
    assert text.endswith("Phases were not planned: these plans are end states.")
