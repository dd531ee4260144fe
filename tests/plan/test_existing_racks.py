"""Plans beside racks that stand, under other objectives, limits and phases: each holds and verifies."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from planner.document import parse
from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.schema import Plan
from planner.request import read_request
from planner.verify import verify

EXAMPLES = Path(__file__).parents[2] / "examples"
LEEDS = (EXAMPLES / "leeds-brownfield.yaml").read_text(encoding="utf-8")
VIENNA = (EXAMPLES / "vienna-in-phases.yaml").read_text(encoding="utf-8")
BESIDE = """        existing:
          racks:
            - position: A01
              decision: extend
              rack: {height_u: 47, weight: 150 kg}
              outlets_left: {C13: 20, C19: 10}
              power_left: 9 kW
              devices:
                - {product: {name: server, height_u: 3, power: 900 W, weight: 40 kg}, u: 5, count: 2}
                - product: nvidia-sn2201
                  name: old-switch
                  u: 30
                  free_ports: [{fabric: out-of-band, ports: 1-40}]
            - {position: A05, decision: keep, rack: {height_u: 42}, load: 7 kW}
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def planned(text: str, library: Library) -> Plan:
    plan = make_plan(*read_request(parse(text, "changed")), library)
    assert [f for f in verify(plan, library) if f.severity == "error"] == []
    return plan


def test_what_is_added_counts_as_no_rack_where_racks_come_first(library: Library) -> None:
    plan = planned(LEEDS.replace("objective: [tco, power, racks]", "objective: [racks, tco]"), library)
    assert plan.headline.racks == 2 and plan.headline.gap == 0
    assert any(rack.added for rack in plan.existing)


def test_a_plan_may_need_no_new_rack_at_all(library: Library) -> None:
    lines = [line for line in LEEDS.splitlines() if "outlets_left" not in line and "power_left" not in line]
    plan = planned("\n".join(lines) + "\n", library)
    assert plan.headline.racks == 0
    assert not any(line.group == "racks" for line in plan.bill)
    added = {rack.id for rack in plan.existing if rack.added}
    assert {f.place for f in plan.findings if f.rule == "existing-outlets"} == added
    assert {f.place for f in plan.findings if f.rule == "existing-pdus"} == added


def test_racks_and_switches_that_stand_are_there_in_every_phase(library: Library) -> None:
    floor = "        floor:\n          distributed_load: 12 kPa\n"
    plan = planned(VIENNA.replace(floor, floor + BESIDE, 1), library)
    (extended,) = (rack for rack in plan.existing if rack.decision == "extend")
    assert extended.ports[0].used
    assert len(plan.phases) > 1


def test_the_order_of_listed_racks_changes_nothing(library: Library) -> None:
    source = parse(LEEDS, "changed")
    data = deepcopy(source.data)
    data["sites"][0]["halls"][0]["existing"]["racks"].reverse()
    one, other = (make_plan(*read_request(replace(source, data=d)), library) for d in (source.data, data))
    for what in ("existing", "racks", "patterns", "cables", "bill", "power"):
        assert getattr(one, what) == getattr(other, what)


def test_kept_racks_are_left_alone(library: Library) -> None:
    plan = planned(LEEDS.replace("decision: extend", "decision: keep"), library)
    assert not any(rack.added for rack in plan.existing)
    assert all(not pattern.in_standing_rack for pattern in plan.patterns)
    more = planned(LEEDS, library)
    assert more.headline.racks <= plan.headline.racks
