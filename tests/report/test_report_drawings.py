"""Drawings are laid out before they are printed: nothing overlaps, leaves the picture, or is too small to read."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_plan import hostile_plan, large_plan, sample_plan

from planner.errors import InputError
from planner.plan.schema import CountedLinks, FabricPlan, Plan
from planner.report import rack_row_svg, templating
from planner.report.blocks import Fold
from planner.report.drawings import canvas, charts, fabric, floor, metrics, palette, rack
from planner.report.drawings.canvas import Drawing, faults
from planner.report.lookup import Lookup
from planner.report.view.whole import report_of

LONG = "Überlange Bezeichnung eines Geräts mit vielen Wörtern GmbH & Co. KG " * 3
WIDE = "WMWMWMWMWMWMWMWMWMWMWMWMWMWMWMWMWMWMWMWMWMWMWMWM"
NAMES = ("x", LONG, WIDE, "機器" * 40, '<&>"{{ }}#$\\')


def drawings(plan: Plan) -> dict[str, Drawing]:
    found = {}
    for section in report_of(plan).sections:
        for block in section.blocks:
            for inner in block.blocks if isinstance(block, Fold) else (block,):
                if inner.kind == "figure":
                    found[inner.id] = inner.drawing
                elif inner.kind == "gallery":
                    found |= {figure.id: figure.drawing for figure in inner.figures}
    return found


@pytest.mark.parametrize("plan", [sample_plan(), large_plan(300, 20), *map(hostile_plan, NAMES)])
def test_no_text_overlaps_overflows_or_shrinks_below_print_size(plan: Plan) -> None:
    for name, drawing in drawings(plan).items():
        assert faults(drawing) == [], name


def test_the_check_finds_overlap_overflow_and_small_print() -> None:
    drawing = Drawing(100, 40, "three faults")
    drawing.text(5, 20, "one text", 10)
    drawing.text(20, 20, "another", 10)
    drawing.text(80, 36, "out of the picture", 10)
    drawing.text(5, 36, "tiny", 6)
    found = faults(drawing)
    assert any("lies on" in fault for fault in found)
    assert any("leaves the picture" in fault for fault in found)
    assert any("too small" in fault for fault in found)


@given(st.text(max_size=60), st.floats(20, 300), st.booleans())
@settings(max_examples=200, deadline=None)
def test_fitted_text_keeps_to_its_room(text: str, room: float, bold: bool) -> None:
    fitted, size = metrics.fit(text, room, 10, 8.5, bold)
    assert metrics.width(fitted, size, bold) <= room + 1e-6
    assert 8.5 <= size <= 10


def test_a_shortened_name_keeps_its_tail() -> None:
    fitted, _ = metrics.fit("NVIDIA Quantum-2 QM9700 switch number 17", 90, 10, 8.5)
    assert fitted.startswith("NV") and fitted.endswith("17") and metrics.ELLIPSIS in fitted


def test_widths_come_from_the_font() -> None:
    assert metrics.width("iiii", 10) < metrics.width("WWWW", 10)
    assert metrics.width("abc", 20) == pytest.approx(2 * metrics.width("abc", 10))
    assert metrics.width("abc", 10, True) > metrics.width("abc", 10)


def test_devices_are_drawn_to_scale_at_their_units() -> None:
    plan = sample_plan()
    pattern = plan.patterns[1]
    drawing = rack.elevation(pattern, Lookup(plan))
    boxes = [
        i
        for i in drawing.items
        if isinstance(i, canvas.Box) and "U" in i.title and i.kind in palette.LETTERS and "rPDU" not in i.title
    ]
    assert len(boxes) == len(pattern.devices)
    bottom = rack.HEAD + 48 * rack.UNIT
    for box, device in zip(boxes, pattern.devices, strict=True):
        assert box.h == pytest.approx(device.height_u * rack.UNIT - 1)
        assert box.y + box.h == pytest.approx(bottom - (device.u - 1) * rack.UNIT - 0.5)


def test_a_rack_system_is_one_block_as_high_as_the_rack() -> None:
    plan = sample_plan()
    pattern = plan.patterns[0].model_copy(update={"system": "nvidia-gb300-nvl72", "devices": (), "rack_product": None})
    (slot,) = rack.slots(pattern, Lookup(plan))
    assert (slot.u, slot.height_u) == (1, 48)


def test_floor_has_every_position_and_every_rack_once() -> None:
    plan = sample_plan()
    lookup = Lookup(plan)
    drawing = floor.plan(lookup.halls["hall-1"], lookup.racks_of("hall-1"), lookup, "power")
    cells = [i for i in drawing.items if isinstance(i, canvas.Box) and i.title]
    assert sum(": free" in c.title for c in cells) == 8
    assert sum("design" in c.title for c in cells) == 6
    assert all(c.href for c in cells if "design" in c.title)


@given(st.lists(st.integers(0, 10**7), max_size=30))
@settings(deadline=None)
def test_floor_classes_hold_every_value(values: list[int]) -> None:
    edges = floor.bounds(values)
    assert edges == sorted(set(edges)) and len(edges) <= floor.CLASSES
    assert max(values, default=0) <= edges[-1]


@pytest.mark.parametrize("systems", [1, 8, 64, 256, 2048])
def test_a_fabric_stays_readable_at_any_size(systems: int) -> None:
    plan = FabricPlan(
        hall="h",
        fabric="compute",
        design="d",
        systems=systems,
        scalable_units=max(1, systems // 32),
        switches={
            "compute-core": systems // 8,
            "compute-leaf": max(8, systems // 4),
            "compute-spine": max(4, systems // 4),
        },
        switch_products={},
        links=(CountedLinks(tier="node-leaf", speed_gbit_s=400, links=8 * systems),),
    )
    drawing = fabric.diagram(plan, Lookup(sample_plan()))
    assert faults(drawing) == []
    assert len(drawing.items) < 700
    said = " ".join(text.content for text in drawing.texts())
    assert f"{systems:,} x Systems" in said and f"{8 * systems:,} links" in said


def test_a_bar_over_its_limit_says_so_without_colour() -> None:
    entries = [charts.Bar("Feed A", 120, 100, "120 of 100, over its limit"), charts.Bar("Feed B", 50, 100, "50 of 100")]
    drawing = charts.bars(entries, "loads")
    kinds = [i.kind for i in drawing.items if isinstance(i, canvas.Box)]
    assert kinds.count("over") == 1
    assert any("over its limit" in text.content and text.bold for text in drawing.texts())


def test_nothing_known_draws_no_band() -> None:
    drawing = charts.ranges([charts.Span("x", None, None, None, "quote required")], "alt")
    assert not [i for i in drawing.items if isinstance(i, canvas.Box)]


def test_row_picture_is_well_formed_and_names_every_position() -> None:
    svg = rack_row_svg(sample_plan(), "hall-1", "A")
    root = ElementTree.fromstring(svg)
    said = " ".join(root.itertext())
    assert all(f"A{n:02d}" in said for n in range(1, 6))


def test_row_picture_of_a_row_without_racks_names_the_nearest() -> None:
    with pytest.raises(InputError, match="hall-1 A"):
        rack_row_svg(sample_plan(), "hall-1", "AA")


def test_every_look_exists_in_both_themes_and_reads_on_its_ground() -> None:
    assert set(palette.LIGHT) == set(palette.DARK)
    for looks in (palette.LIGHT, palette.DARK):
        for kind, look in looks.items():
            assert contrast(look.fill, look.text) >= 4.5, kind


def contrast(one: str, two: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def test_drawings_are_well_formed_whatever_the_names() -> None:
    for name, drawing in drawings(hostile_plan("\x00\x0b<b>&\"'\ud7ff{{x}}")).items():
        assert ElementTree.fromstring(templating.standalone_svg(drawing)) is not None, name
        assert drawing.alt
