"""Racks that stand already: units, what is left of their place, and what they leave of the hall."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.document import parse
from planner.facility.standing import free_gaps, standing_racks, with_what_stands
from planner.facility.tree_loads import carried_w, node_rooms, node_states, tree_of
from planner.plan.library import Library, load_library
from planner.request import read_request
from planner.request.schema import Request

GOOD = (Path(__file__).parents[1] / "bad" / "good.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def left(library: Library) -> Callable[[str], Request]:
    """The request with these racks in its hall, as they leave it."""

    def make(racks: str) -> Request:
        lines = GOOD.splitlines()
        at = next(n for n, line in enumerate(lines) if line.lstrip().startswith("cooling:"))
        indent = " " * (len(lines[at]) - len(lines[at].lstrip()))
        new = [f"{indent}existing:", f"{indent}  racks:", *(f"{indent}    - {rack}" for rack in racks.splitlines())]
        text = "\n".join([*lines[: at + 1], *new, *lines[at + 1 :]]) + "\n"
        return with_what_stands(read_request(parse(text, "good"))[0], library.catalog)

    return make


DEVICE = "{product: {name: server, height_u: 2, power: 3 kW, peak: 4 kW}, u: 10, count: 2}"


def test_what_is_kept_or_extended_loads_feeds_and_air_and_blocks_its_position(left: Callable[[str], Request]) -> None:
    before = left("{position: A02, rack: {height_u: 42}, decision: retire, load: 9 kW}").sites[0].halls[0]
    hall = left(f"{{position: A02, rack: {{height_u: 42}}, devices: [{DEVICE}]}}").sites[0].halls[0]
    assert 2 in hall.rows[0].blocked and 2 not in before.rows[0].blocked
    assert hall.cooling.existing_air_load - before.cooling.existing_air_load == 6_000
    assert carried_w(tree_of(before)) - carried_w(tree_of(hall)) == 6_000
    assert carried_w(tree_of(before), "peak_w") - carried_w(tree_of(hall), "peak_w") == 8_000


def test_a_standing_rack_moves_to_the_feed_that_is_left(left: Callable[[str], Request]) -> None:
    hall = left("{position: A02, rack: {height_u: 42}, load: 7001 W}").sites[0].halls[0]
    tree = tree_of(hall)
    states = {(node, s.lost): s.load_w for node, found in node_states(tree, []).items() for s in found}
    assert states["A", ""] + states["B", ""] == 7_001
    assert states["A", "B"] == states["B", "A"] == 7_001
    assert all(room.design_w == room.peak_w for room in node_rooms(tree, tree.drops))  # a measured load is its peak too


def test_a_request_is_left_as_it_is_the_second_time(left: Callable[[str], Request], library: Library) -> None:
    once = left("{position: A02, rack: {height_u: 42}, load: 7 kW}")
    assert with_what_stands(once, library.catalog) == once


def test_units_and_weight_of_a_rack_of_the_catalog(left: Callable[[str], Request], library: Library) -> None:
    request = left(f"{{position: A02, rack: apc-ar3300, decision: extend, load: 6 kW, devices: [{DEVICE}]}}")
    (rack,) = standing_racks(request.sites[0].halls[0], library.catalog, request.policy)
    assert rack.taken == frozenset({10, 11, 12, 13})
    assert rack.gaps == (9, (rack.height_u or 0) - 13)
    assert rack.weight_kg is None  # the server's weight is not stated
    assert (rack.design_w, rack.peak_w) == (6_000, 6_000)


@given(st.integers(1, 60), st.sets(st.integers(1, 60)))
def test_gaps_and_taken_units_are_the_rack(height: int, taken: set[int]) -> None:
    inside = {unit for unit in taken if unit <= height}
    gaps = free_gaps(height, taken)
    assert sum(gaps) == height - len(inside)
    assert len(gaps) <= len(inside) + 1 and all(gap > 0 for gap in gaps)
