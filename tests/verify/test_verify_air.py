"""Air of halls and rows: a plan keeps it, says what is derived, and a plan that does not is caught."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plan_mutants import rehash
from test_verify_mutants import with_fact

from planner.cli import INFEASIBLE, main
from planner.plan.build import make_plan
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.request import load_request
from planner.verify import verify

REQUEST = Path(__file__).parent / "requests" / "air.yaml"


@pytest.fixture(scope="module")
def plan(library: Library) -> Plan:
    return make_plan(*load_request(REQUEST), library)


def rules_broken(plan: Plan, library: Library, change: Callable[[dict[str, Any]], None]) -> set[str]:
    data = json.loads(plan_json(plan))
    change(data)
    rehash(data)
    return {f.rule for f in verify(Plan.model_validate(data), library) if f.severity == "error"}


def test_rows_share_the_heat_and_all_air_is_counted(plan: Plan, library: Library) -> None:
    assert not [f for f in verify(plan, library) if f.severity == "error"]
    air = plan.cooling[0].air
    assert air is not None and air.published_m3_h == plan.cooling[0].airflow_m3_h
    assert 0 < air.derived_m3_h <= (air.limit_m3_h or 0) - air.published_m3_h
    assert [row.row for row in air.rows] == ["A", "B", "C"]
    assert all(0 < row.air_w <= 33_000 for row in air.rows)
    # what publishes no airflow gives 2985 x kW / 12 K, more by the thinness of air at 1,500 m
    unpublished_w = plan.cooling[0].air_w * (1 - plan.cooling[0].airflow_known_share)
    assert air.derived_m3_h == pytest.approx(unpublished_w / 1000 * 2985 / 12 / 0.8637, rel=0.01)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["cooling"][0]["air"].update(derived_m3_h=0),
        lambda data: data["cooling"][0].update(air=None),
        lambda data: data["cooling"][0]["air"]["rows"].pop(),
        lambda data: data["request"]["sites"][0]["halls"][0]["cooling"].update(airflow="20000 m3/h"),
        lambda data: data["request"]["sites"][0]["halls"][0]["rows"][0].update(air="20 kW"),
        lambda data: data["request"]["sites"][0]["halls"][0]["rows"][2].update(airflow="100 m3/h"),
    ],
)
def test_air_that_is_not_told_or_not_there_is_noticed(
    plan: Plan, library: Library, change: Callable[[dict[str, Any]], None]
) -> None:
    assert "air-is-counted-and-moved" in rules_broken(plan, library, change)


@pytest.mark.parametrize(("altitude_m", "refused"), [(900, False), (3000, True)])
def test_supply_air_that_is_too_warm_for_thin_air_is_noticed(
    plan: Plan, library: Library, altitude_m: int, refused: bool
) -> None:
    def high(data: dict[str, Any]) -> None:
        data["request"]["sites"][0]["halls"][0] |= {"altitude_m": altitude_m}

    limited = with_fact(library, plan.systems[0].product, inlet_max_c=30.0)
    assert ("inlets-are-within-the-makers-limits" in rules_broken(plan, limited, high)) is refused


@pytest.mark.parametrize("command", ["plan", "explain"])
def test_racks_that_do_not_stand_are_an_answer_with_the_line_that_stops_them(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four servers of 14.3 kW fit 66 kW of three rows in all, and no row takes two of them."""
    text = REQUEST.read_text().replace("air: 33 kW", "air: 22 kW").replace("users: 40", "users: 32")
    (tmp_path / "request.yaml").write_text(text)
    more = ["-o", str(tmp_path / "out"), "--no-reports"] if command == "plan" else []
    monkeypatch.setattr(sys, "argv", ["planner", command, str(tmp_path / "request.yaml"), *more])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == INFEASIBLE
    printed = "".join(capsys.readouterr())
    assert "its racks do not stand in hall room" in printed
    assert "line 17: hall room: no choice of rows keeps every limit of a row; for one, heat to air in row" in printed
    if command == "plan":
        assert json.loads((tmp_path / "out" / "explanation.json").read_text())["limit"] == "rows"
        assert not (tmp_path / "out" / "plan.json").exists()
