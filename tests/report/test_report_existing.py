"""What stands already in the report: on the floor, in elevations, in a table; nothing of it in the bill."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.plan.build import make_plan
from planner.plan.library import load_library
from planner.plan.schema import Plan, SwitchPortsPlan
from planner.report.blocks import Prose, Table
from planner.report.drawings import floor, rack
from planner.report.drawings.canvas import Box
from planner.report.lookup import Lookup
from planner.report.view.whole import report_of
from planner.request import load_request

EXAMPLE = Path(__file__).parents[2] / "examples" / "leeds-brownfield.yaml"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(*load_request(EXAMPLE), load_library())


def test_the_floor_shows_every_rack_that_stands_and_those_that_go(plan: Plan) -> None:
    lookup = Lookup(plan)
    drawing = floor.plan(lookup.halls["hall-4"], lookup.racks_of("hall-4"), lookup, "power")
    boxes = [item for item in drawing.items if isinstance(item, Box)]
    new = {rack.id for rack in plan.racks}
    for decision, kind in (("keep", "existing"), ("extend", "existing"), ("retire", "retired")):
        wanted = {rack.id for rack in plan.existing if rack.decision == decision} - new
        shown = {box.title.partition(":")[0] for box in boxes if box.kind == kind and box.href}
        assert wanted and wanted <= shown
    legend = {box.kind for box in boxes if not box.title and not box.href}
    assert {"existing", "retired"} <= legend


def test_an_elevation_shows_what_was_there_and_what_is_added(plan: Plan) -> None:
    lookup = Lookup(plan)
    extended = next(rack for rack in plan.existing if rack.added)
    pattern = lookup.patterns[extended.added or ""]
    slots = rack.slots(pattern, lookup)
    assert {(s.u, s.height_u) for s in slots if s.kind == "existing"} == {(d.u, d.height_u) for d in extended.devices}
    assert {s.u for s in slots if s.kind != "existing"} == {d.u for d in pattern.devices}
    assert "existing" in {kind for kind, _, _ in rack.legend_of([pattern], lookup)}


def test_the_table_lists_every_rack_with_its_decision(plan: Plan) -> None:
    section = next(s for s in report_of(plan).sections if s.id == "existing")
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    assert [row.cells[0].text for row in table.rows] == [rack.id for rack in plan.existing]
    words = {"keep": "kept", "extend": "extended", "retire": "retired"}
    assert [row.cells[1].text for row in table.rows] == [words[rack.decision] for rack in plan.existing]


def test_a_port_that_takes_several_links_counts_once(plan: Plan) -> None:
    ports = SwitchPortsPlan(
        switch="ib-1", fabric="storage", speed_gbit_s=400, connector="OSFP-twin", links_per_port=2, free=(1, 2, 3),
        used=(1, 1, 2),
    )  # fmt: skip
    racks = (plan.existing[0].model_copy(update={"ports": (ports,)}), *plan.existing[1:])
    section = next(s for s in report_of(plan.model_copy(update={"existing": racks})).sections if s.id == "existing")
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    assert table.rows[0].cells[-1].text == "ib-1: 2/3 (400 Gb/s)"


def test_a_fabric_that_buys_no_switch_names_those_where_it_ends(plan: Plan) -> None:
    ports = SwitchPortsPlan(
        switch="leaf-1", fabric="in-band", speed_gbit_s=200, connector="QSFP112", links_per_port=1, free=(1, 2),
        used=(1,),
    )  # fmt: skip
    converged = next(entry for entry in plan.fabrics if entry.fabric == "converged")
    bare = converged.model_copy(update={"switches": {}, "links": converged.links[:1]})
    racks = (plan.existing[0].model_copy(update={"ports": (ports,)}), *plan.existing[1:])
    section = next(
        s
        for s in report_of(plan.model_copy(update={"existing": racks, "fabrics": (bare,)})).sections
        if s.id == "network"
    )
    assert any(isinstance(block, Prose) and "ends at free ports of leaf-1" in block.text for block in section.blocks)
