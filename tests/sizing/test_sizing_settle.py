"""Sizing and packing in turn: cuts that bind, bounds that hold, halls that are alike."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from planner.packing.certificate import bound_from_certificate, check_certificate
from planner.packing.data import Certificate
from planner.sizing import model
from planner.sizing.answer import Settled
from planner.sizing.model import size
from planner.sizing.prepare import prepare
from planner.sizing.question import Question
from planner.sizing.settle import settle, settle_with

Asked = Callable[..., Question]
SERVER = "system/nvidia-dgx-b200"


@pytest.fixture(scope="module")
def loose(asked: Asked) -> tuple[Question, Settled]:
    question = asked("loose")
    return question, settle(question)


def test_a_packing_certificate_raises_the_racks_that_volume_alone_allows(loose: tuple[Question, Settled]) -> None:
    question, settled = loose
    volume = size(prepare(question).data)
    servers = settled.sizing.counts["one"][SERVER]
    assert volume.counts["one"][SERVER] == servers
    assert sum(volume.racks["one"].values()) < servers <= sum(settled.sizing.racks["one"].values())
    assert settled.cuts and settled.agreed


def test_certificates_are_valid_and_prove_the_racks(loose: tuple[Question, Settled]) -> None:
    _, settled = loose
    problem = settled.problems["one"]
    counts = {device.id: device.count for device in problem.devices}
    for cut in settled.cuts:
        certificate = Certificate(cut.weights, cut.z)
        assert check_certificate(certificate, problem)
        assert sum(w * counts.get(key, 0) for key, w in cut.weights) <= sum(
            z * settled.sizing.racks["one"].get(key, 0) for key, z in cut.z
        )
    packed = settled.packing["one"]
    assert packed.lower_bound == packed.cost
    proofs = [*packed.certificates, *packed.mix_certificates]
    assert max(bound_from_certificate(proof, counts, problem.racks) for proof in proofs) == packed.lower_bound


def test_bounds_are_never_above_their_values_and_the_first_is_met_without_networks(
    loose: tuple[Question, Settled],
) -> None:
    question, settled = loose
    for stage in settled.sizing.stages:
        assert 0 < settled.bounds[stage.objective] <= stage.value
    assert settled.bounds["racks"] == settled.sizing.stages[0].value
    least = size(prepare(question).data, settled.cuts)
    assert settled.bounds["racks"] == least.stages[0].value


def test_packing_takes_the_kinds_of_rack_that_sizing_weighed(loose: tuple[Question, Settled]) -> None:
    _, settled = loose
    assert dict(settled.packing["one"].racks_by_class) == settled.sizing.racks["one"]


def test_the_same_systems_alone_give_the_same_answer(loose: tuple[Question, Settled]) -> None:
    question, settled = loose
    again = settle_with(question, frozenset({SERVER}), settled)
    assert again.sizing.counts == settled.sizing.counts
    assert [s.value for s in again.sizing.stages] == [s.value for s in settled.sizing.stages]


def test_halls_that_are_alike_do_not_take_turns(asked: Asked, loose: tuple[Question, Settled]) -> None:
    def twice(data: Any) -> None:
        halls = data["sites"][0]["halls"]
        halls.append(copy.deepcopy(halls[0]) | {"id": "two"})
        data["workloads"] = [
            {"id": f"team-{n}", "kind": "notebooks", "users": 40, "active_share": "100 %", "accelerators_each": 1}
            for n in range(3)
        ]

    settled = settle(asked("loose", twice))
    assert settled.agreed
    assert settled.rounds <= 8
    used = {hall: sum(racks.values()) for hall, racks in settled.sizing.racks.items() if racks}
    packed = {hall: sum(n for _, n in result.racks_by_class) for hall, result in settled.packing.items()}
    assert used == packed


def test_renamed_and_reordered_rows_and_workloads_change_nothing_but_names(
    asked: Asked, loose: tuple[Question, Settled]
) -> None:
    def rename(data: Any) -> None:
        hall = data["sites"][0]["halls"][0]
        hall["id"] = "other"
        hall["rows"] = [row | {"id": f"R{row['id']}"} for row in reversed(hall["rows"])]
        data["workloads"][0]["id"] = "renamed"

    _, settled = loose
    renamed = settle(asked("loose", rename))
    assert [(s.objective, s.value) for s in renamed.sizing.stages] == [
        (s.objective, s.value) for s in settled.sizing.stages
    ]
    assert renamed.sizing.counts["other"] == settled.sizing.counts["one"]


def test_more_power_per_rack_never_takes_more_racks(asked: Asked, loose: tuple[Question, Settled]) -> None:
    def stronger(data: Any) -> None:
        for row in data["sites"][0]["halls"][0]["rows"]:
            row["rack_power"] = "44 kW"

    _, settled = loose
    assert settle(asked("loose", stronger)).sizing.stages[0].value <= settled.sizing.stages[0].value


def test_other_systems_are_compared_under_certificates_that_name_others(
    asked: Asked, loose: tuple[Question, Settled]
) -> None:
    def another(data: Any) -> None:
        data["policy"]["systems"] = {"allow": ["nvidia-dgx-h200"]}

    _, chosen = loose
    assert any(key == SERVER and weight for cut in chosen.cuts for key, weight in cut.weights)
    other = settle_with(asked("loose", another), frozenset({"system/nvidia-dgx-h200"}), chosen)
    assert other.sizing.counts["one"]["system/nvidia-dgx-h200"] == chosen.sizing.counts["one"][SERVER]
    assert SERVER not in other.sizing.counts["one"]


def test_a_question_that_is_asked_again_is_looked_at_once_and_keeps_its_bounds(
    loose: tuple[Question, Settled],
) -> None:
    question, settled = loose
    again = settle(question, by_row=frozenset({"one"}))
    assert (again.whole, again.bounds) == (settled.whole, settled.bounds)


def test_the_second_way_proves_what_the_first_leaves_open(
    loose: tuple[Question, Settled], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = prepare(loose[0]).data
    stages = size(data).stages
    monkeypatch.setattr(model, "FIRST_WAY", 0.0)
    assert size(data).stages == stages
    assert all(stage.proven for stage in stages)
