"""The picture of a frontier: nothing overlaps or leaves it, whatever the points."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.report import drawing_svg
from planner.report.drawings.canvas import Box, faults
from planner.report.drawings.frontier import DOT, Axis, Mark, axis_of, diagram

MONEY, WATTS = st.integers(0, 10**11), st.integers(0, 10**8)


def marks(values: list[tuple[int, int]]) -> list[Mark]:
    across, up = sorted({x for x, _ in values}), sorted({y for _, y in values}, reverse=True)
    words = "within 0.25 % of the bound; 13 x Supermicro SYS-422GS-NB3RT-LCC, HGX B300, liquid, and others besides"
    return [Mark(x, y, n % 2 == 0, words) for n, (x, y) in enumerate(zip(across, up, strict=False))]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(MONEY, WATTS), min_size=1, max_size=30))
def test_texts_keep_apart_and_inside(values: list[tuple[int, int]]) -> None:
    points = marks(values)
    x = axis_of("Capital cost", "EUR", points[-1].x)
    y = axis_of("Design power", "W", points[0].y)
    drawing = diagram(points, x, y, "all that exist")
    assert faults(drawing) == []
    dots = [item for item in drawing.items if isinstance(item, Box) and item.w == DOT]
    assert len(dots) == len(points)


def test_points_lie_where_their_values_are_between_the_ticks() -> None:
    drawing = diagram(
        [Mark(10, 90, True, "a"), Mark(20, 80, True, "b")], Axis("Cost", "EUR"), Axis("Power", "W"), "two"
    )
    first, last = (item for item in drawing.items if isinstance(item, Box))
    assert last.x > first.x
    assert last.y > first.y
    shown = {text.content for text in drawing.texts()}
    assert {"Cost, EUR", "Power, W", "10", "20", "80", "90", "1", "2"} <= shown


def test_the_picture_is_svg_with_its_words_for_those_who_do_not_see_it() -> None:
    svg = drawing_svg(diagram([Mark(1, 2, False, "one")], Axis("Cost", "EUR"), Axis("Power", "W"), "one point"))
    assert svg.startswith("<svg")
    assert "Frontier of Cost, EUR against Power, W: one point. Axes do not start at zero." in svg
