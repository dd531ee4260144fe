"""The power tree in the report: sources in layers, a catcher, panels of rows, and where the power goes."""

from __future__ import annotations

from typing import Any

from sample_plan import sample_plan

from planner.plan.schema import HallPower, NodePlan, Plan
from planner.report import render_html
from planner.report.drawings import oneline, sources
from planner.report.drawings.canvas import faults
from planner.report.lookup import Lookup

PANELS = {"A": "BW-A1", "B": "BW-B1"}


def node(name: str, kind: str, *upstream: str, capacity_w: int | None = 400_000) -> NodePlan:
    state = {"lost": "", "load_w": 98_400, "capacity_w": capacity_w, "continuous_w": capacity_w}
    return NodePlan.model_validate(
        {
            "node": name, "level": "panel" if kind == "busway" else "source", "kind": kind, "upstream": upstream,
            "states": [state, state | {"lost": "source with-a-long-name-that-is-lost", "load_w": 190_000}],
            "peak_w": 200_000,
        }
    )  # fmt: skip


TREE = (
    node("grid-1", "utility"), node("grid-2", "utility"), node("diesel", "generator", capacity_w=None),
    node("ups-a", "ups", "grid-1", "diesel"), node("ups-b", "ups", "grid-2", "diesel"),
    node("BW-A1", "busway", "A"), node("BW-B1", "busway", "B"),
)  # fmt: skip
LEVEL = {"level": "feed", "node": "A", "continuous_w": 300_000, "load_w": 49_200, "held_w": 49_200, "open_w": 101_600}


def planned(nodes: tuple[NodePlan, ...] = TREE) -> Plan:
    """The sample plan on a tree with sources and busways; feed B is a catcher."""
    data: dict[str, Any] = sample_plan().model_dump()
    data["power"][0]["nodes"] = [n.model_dump() for n in nodes]
    data["power"][0]["stranded"] = [LEVEL | {"stranded_w": 100_000, "reason": "air cooling"}]
    hall = data["request"]["sites"][0]["halls"][0]
    for row in hall["rows"]:
        row["panels"] = {feed: PANELS[feed] for feed in row["feeds"]}
    power = hall["power"]
    power["sources"] = [
        {"id": n.node, "kind": n.kind, "upstream": list(n.upstream)} for n in nodes if n.level == "source"
    ]
    power["panels"] = [{"id": p, "upstream": f, "capacity": "200 kW"} for f, p in PANELS.items()]
    for feed, source in zip(power["feeds"], ("ups-a", "ups-b"), strict=False):
        feed["source"] = source
    power["feeds"][1]["role"] = "catcher"
    return Plan.model_validate(data)


def drawn(plan: Plan) -> list[str]:
    power: HallPower = plan.power[0]
    drawing = oneline.diagram(power, Lookup(plan))
    assert faults(drawing) == []
    return [text.content for text in drawing.texts()]


def test_sources_stand_in_layers_above_what_they_carry() -> None:
    found = [[source.node for source in layer] for layer in sources.layers([n for n in TREE if n.level == "source"])]
    assert found == [["grid-1", "grid-2", "diesel"], ["ups-a", "ups-b"]]
    many = [node(f"u{n}", "utility") for n in range(9)] + [node(f"x{n}", "ups", f"u{n}") for n in range(9)]
    assert drawn(planned((*many, *TREE[5:])))


def test_the_diagram_names_sources_catcher_and_panels() -> None:
    texts = drawn(planned())
    assert "grid grid-1, 400 kW" in texts
    assert "generator diesel, capacity not stated" in texts
    assert "Feed B, 300 kW, catcher" in texts
    assert any("BW-A1" in text for text in texts)


def test_tables_tell_every_state_and_where_the_power_goes() -> None:
    page = render_html(planned())
    for words in ("Each source and panel in each state", "busway BW-A1", "grid-1 / diesel", "Where the power of each"):
        assert words in page
    row = page[page.index("Where the power of each level goes") :]
    cells = ("Feed A", "300 kW", "49.2 kW", "101.6 kW", "100 kW", "air cooling")
    places = [row.index(cell) for cell in cells]
    assert places == sorted(places)
    assert "not stated" in page
    assert "Each source and panel" not in render_html(sample_plan())
