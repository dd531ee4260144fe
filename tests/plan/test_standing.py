"""What the floor refuses as packed: other racks of the same mix, or the proof that no mix stands."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from planner.document import canonical_json, parse
from planner.errors import Infeasible
from planner.explain.floor import FloorExplanation, explain_floor
from planner.floor import FloorInfeasible
from planner.plan import standing
from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.question import make_question
from planner.request import load_request, read_request
from planner.sizing.settle import no_layout
from planner.verify import verify

ROOT = Path(__file__).parents[2]
PLANNED = [
    *(ROOT / "tests" / "verify" / "requests" / f"{name}.yaml" for name in ("air", "apart", "ground", "two-busways")),
    ROOT / "examples" / "leeds-brownfield.yaml",
]
"""Requests that have a plan: rows with limits of air, pods, anchors and columns, panels, racks that stand."""


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def rows(air: str, *feeds: str) -> list[dict[str, Any]]:
    """Rows A, B, ... with their feeds, in two pods by turns, whose cooling takes so much each."""
    return [
        {"id": row, "positions": 6, "rack_power": "40 kW", "feeds": list(on), "air": air, "pod": f"pod-{n % 2}"}
        for n, (row, on) in enumerate(zip("ABCD", feeds, strict=False))
    ]


def asked(halls_rows: list[dict[str, Any]], users: int, **workload: Any):
    """The request of a service on servers of 6.2 kW each."""
    feeds = sorted({feed for row in halls_rows for feed in row["feeds"]})
    power = {"redundancy": "N+1", "feeds": [{"id": feed, "capacity": "200 kW"} for feed in feeds]}
    hall = {"id": "room", "rows": halls_rows, "power": power, "cooling": {"air": "400 kW"}}
    site = {"id": "hill", "country": "AT", "connectivity": "connected", "halls": [hall]} | {
        "energy": {"price_per_kwh": 0.1, "pue": 1.2, "carbon_g_per_kwh": 300}
    }
    team = {"id": "team", "kind": "notebooks", "users": users, "active_share": "100 %", "accelerators_each": 1}
    written = {
        "schema": "request/v1", "name": "Rows that take so much heat", "date": "2026-11-21", "currency": "USD",
        "exchange_rates": [{"base": "EUR", "rate": 1.15, "as_of": "2026-11-20", "source": "made up for tests"}],
        "sites": [site], "workloads": [team | workload],
        "policy": {"objective": ["racks", "capex"], "horizon_years": 3,
                   "systems": {"allow": ["asus-esc8000a-e13x"]}},
    }  # fmt: skip
    return read_request(parse(canonical_json(written), "request"))


def test_the_same_mix_stands_in_other_racks_than_the_floor_refused(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three kinds of row share the heat of one kind of rack, and the first packing leaves one row too much."""
    refused: list[FloorInfeasible] = []
    every_hall = standing._all_halls

    def noted(*args):
        placed, refusal = every_hall(*args)
        refused.extend([refusal[0]] if refusal is not None else [])
        return placed, refusal

    monkeypatch.setattr(standing, "_all_halls", noted)
    plan = make_plan(*asked(rows("30 kW", "ABC", "ABC", "BC", "AC"), 40, keep_apart="pod"), library)
    assert [refusal.limit for refusal in refused] == ["rows"]
    assert not [finding for finding in verify(plan, library) if finding.severity == "error"]
    heat = {pattern.id: pattern.heat_air_w or 0 for pattern in plan.patterns}
    by_row = {row: sum(heat[r.pattern] for r in plan.racks if r.row == row) for row in "ABCD"}
    assert 0 < max(by_row.values()) <= 30_000


def test_no_layout_is_proven_with_what_conflicts_and_the_least_that_would_do(library: Library) -> None:
    request, source = asked(rows("20 kW", "AB", "AB", "AB"), 56)
    with pytest.raises(Infeasible) as refused:
        make_plan(request, source, library)
    why = refused.value.explanation
    assert isinstance(why, FloorExplanation)
    assert why.proven
    assert {entry.limit for entry in why.conflict} == {"workload:team", "row-air:room"}
    assert "Proven: no layout exists, whatever the mix and however it is packed." in str(refused.value)
    way = next(way for way in why.ways_out if way.limit == "row-air:room")
    assert way.plan is not None
    assert way.missing is not None
    assert json.loads(canonical_json(asdict(why)))["proven"] is True
    eased = rows(f"{20_000 + way.missing} W", "AB", "AB", "AB")
    make_plan(*asked(eased, 56), library)
    with pytest.raises(Infeasible):
        make_plan(*asked(rows(f"{20_000 + way.missing - 1} W", "AB", "AB", "AB"), 56), library)


@pytest.mark.parametrize("path", PLANNED, ids=lambda path: path.stem)
def test_nothing_is_proven_of_a_request_that_has_a_plan(path: Path, library: Library) -> None:
    request, _ = load_request(path)
    assert no_layout(make_question(request, library), frozenset(hall.id for _, hall in request.halls())) is None


def test_a_refusal_without_a_proof_says_how_many_mixes_were_tried() -> None:
    request, source = asked(rows("20 kW", "AB"), 56)
    for tried, words in ((1, "Not proven: 1 mix tried"), (6, "Not proven: 6 mixes tried")):
        refusal = FloorInfeasible("hall room: why", "rows", proven=True)
        why = explain_floor(refusal, "room", tried, request, source)
        assert words in why.text()
        assert not why.proven
        assert "Of the first it is proven" in why.text()
        assert "raise the limit named above" in why.text()
        assert not standing.FloorRefusal(why).proven
    open_ = explain_floor(FloorInfeasible("hall room: why", "reach", proven=False), "room", 1, request, source)
    assert "it is proven" not in open_.text()
