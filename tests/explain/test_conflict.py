"""The minimal conflict is the same, and found with fewer solves, where some limits are known to hold together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from planner.explain import conflict
from planner.explain.limits import limits_of
from planner.plan.library import load_library
from planner.plan.question import make_question
from planner.request import load_request
from planner.sizing.data import Cut, SizingData
from planner.sizing.limits import POWER, Limit, Relaxation
from planner.sizing.model import feasible
from planner.sizing.prepare import prepare

EXAMPLE = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"


def test_limits_known_to_hold_together_are_not_solved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    data = prepare(make_question(load_request(EXAMPLE)[0], load_library()), wide=True).data
    short = replace(data, halls=tuple(replace(hall, survivable_w=20_000) for hall in data.halls))
    power = Limit(POWER, "hall-1")
    together = frozenset(limits_of(short)) - {power}
    solved: list[Relaxation] = []

    def counted(data: SizingData, relaxation: Relaxation, cuts: Sequence[Cut] = ()) -> bool:
        solved.append(relaxation)
        return feasible(data, relaxation, cuts)

    monkeypatch.setattr(conflict, "feasible", counted)
    alone = conflict.minimal_conflict(short)
    before = len(solved)
    assert conflict.minimal_conflict(short, together=together) == alone
    assert power in alone
    assert len(solved) - before < before
    assert all(power not in relaxation.dropped for relaxation in solved[before:])
