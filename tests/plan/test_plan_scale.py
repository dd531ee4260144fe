"""The benchmark of scale: its smallest request is planned, every stage is timed, and nothing is left open."""

from __future__ import annotations

from benchmarks.scale import STAGES, plan_once


def test_the_smallest_request_is_planned_and_every_stage_is_timed() -> None:
    found = plan_once(64)
    assert 64 <= found.devices <= 128
    assert found.shares.keys() == {*STAGES, "assembly"}
    assert abs(sum(found.shares.values()) - 1) < 0.01
    assert found.gaps["packing"] == 0.0
    assert found.gaps["plan"] < 0.01
