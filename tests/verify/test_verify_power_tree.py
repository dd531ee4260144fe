"""Every way to break what a plan says of sources, panels and stranded power is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner import document
from planner.plan import standing
from planner.plan.build import make_plan
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.request import load_request
from planner.sizing.settle import settle
from planner.verify import verify

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "distributed-redundant-hall.yaml"
Data = dict[str, Any]


@pytest.fixture(scope="module")
def plan(library: Library) -> Plan:
    """A 3-make-2 hall with sources, feeds and busways."""
    return make_plan(*load_request(EXAMPLE), library)


def rules(data: Data, library: Library) -> set[str]:
    return {f.rule for f in verify(Plan.model_validate(data), library) if f.severity == "error"}


def test_the_plan_holds(plan: Plan, library: Library) -> None:
    assert rules(json.loads(plan_json(plan)), library) == set()


def nodes(data: Data) -> list[Data]:
    return data["power"][0]["nodes"]


def level(data: Data, name: str) -> Data:
    return next(entry for entry in data["power"][0]["stranded"] if entry["level"] == name)


def stated(data: Data) -> Data:
    """The power tree in the plan's own request, whose hash a forger would bring up to date."""
    return data["request"]["sites"][0]["halls"][0]["power"]


def swapped_rows(data: Data) -> None:
    """Two racks of different rows change places: each stays on positions of its kind, but loads other busways."""
    watts = {p["id"]: p["power_design_w"] for p in data["patterns"]}
    one, other = next(
        (one, other)
        for one in data["racks"]
        for other in data["racks"]
        if one["row"] < other["row"] and watts[one["pattern"]] != watts[other["pattern"]]
    )
    one["pattern"], other["pattern"] = other["pattern"], one["pattern"]


MUTANTS: dict[str, tuple[Callable[[Data], object], str]] = {
    "a source left out": (lambda d: nodes(d).pop(0), "sources-and-panels-are-right"),
    "a panel under another feed": (lambda d: nodes(d)[-1].update(upstream=["B"]), "sources-and-panels-are-right"),
    "a busway called a panel": (lambda d: nodes(d)[-1].update(kind="panel"), "sources-and-panels-are-right"),
    "a lower load on a source": (lambda d: nodes(d)[0]["states"][0].update(load_w=1), "sources-and-panels-are-right"),
    "a larger panel": (lambda d: nodes(d)[-1]["states"][0].update(capacity_w=10**6), "sources-and-panels-are-right"),
    "a source of unknown capacity": (
        lambda d: nodes(d)[0]["states"][0].update(capacity_w=None), "sources-and-panels-are-right",
    ),
    "a state of a panel left out": (lambda d: nodes(d)[-1]["states"].pop(), "sources-and-panels-are-right"),
    "a lower peak on a panel": (lambda d: nodes(d)[-1].update(peak_w=1), "peaks-fit-the-nameplates"),
    "a level of power left out": (lambda d: d["power"][0]["stranded"].pop(), "stranded-power-is-right"),
    "less stranded on a feed": (lambda d: level(d, "feed").update(stranded_w=0), "stranded-power-is-right"),
    "more for demand": (lambda d: level(d, "hall").update(open_w=10**6), "stranded-power-is-right"),
    "less held for a loss": (lambda d: level(d, "source").update(held_w=0), "stranded-power-is-right"),
    "another reason": (lambda d: level(d, "feed").update(reason="positions"), "stranded-power-is-right"),
    "racks on other busways": (swapped_rows, "sources-and-panels-are-right"),
    "busways too small": (
        lambda d: [p.update(capacity="50 kVA") for p in stated(d)["panels"]], "every-state-is-survived",
    ),
    "a generator too small": (lambda d: stated(d)["sources"][2].update(capacity="90 kVA"), "every-state-is-survived"),
    "busways too small for the peak": (
        lambda d: stated(d).update(standard="IEC") or [p.update(capacity="150 kVA") for p in stated(d)["panels"]],
        "peaks-fit-the-nameplates",
    ),
    "a lower power factor": (lambda d: stated(d).update(power_factor=0.7), "racks-keep-their-power-limits"),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_by_the_rule_it_breaks(plan: Plan, library: Library, name: str) -> None:
    change, rule = MUTANTS[name]
    data = json.loads(plan_json(plan))
    change(data)
    data["inputs"]["request_sha256"] = document.sha256(data["request"])
    assert rule in rules(data, library)


def test_where_racks_balance_no_busways_they_are_packed_row_by_row(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three full racks load one of two busways with four systems, 78.8 kW at peak of 74 kW: each row gets three."""
    asked: list[frozenset[str]] = []

    def spied(*args: Any, **more: Any) -> Any:
        asked.append(more["spread"])
        return settle(*args, **more)

    monkeypatch.setattr(standing, "settle", spied)
    made = make_plan(*load_request(HERE / "requests" / "two-busways.yaml"), library)
    assert asked == [frozenset(), frozenset({"hall"})]
    assert rules(json.loads(plan_json(made)), library) == set()
    systems = {p.id: sum(device.role == "system" for device in p.devices) for p in made.patterns}
    rows = {row: sum(systems[r.pattern] for r in made.racks if r.row == row) for row in ("R1", "R2")}
    assert rows == {"R1": 3, "R2": 3}
