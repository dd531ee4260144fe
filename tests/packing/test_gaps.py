"""Racks that are not empty: each device in one free block, bounds and certificates that know it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.brownfield import run, synthetic_brownfield
from planner.errors import InputError
from planner.facility.standing import free_gaps
from planner.packing import DeviceClass, PackingProblem, RackClass, check_certificate, pack
from planner.packing.certificate import heaviest_content
from planner.packing.filling import fill_in_order, fill_one
from planner.packing.gaps import Gaps, heights_fit
from planner.packing.knapsack import Shelf


def stands(blocks: list[int], heights: list[int]) -> bool:
    """Every way to give each device a block, tried."""
    return any(
        all(sum(h for h, b in zip(heights, homes, strict=True) if b == n) <= size for n, size in enumerate(blocks))
        for homes in product(range(len(blocks)), repeat=len(heights))
    )


BLOCKS = st.lists(st.integers(1, 9), min_size=1, max_size=3)
HEIGHTS = st.lists(st.integers(1, 6), max_size=5)


@given(BLOCKS, HEIGHTS)
def test_heights_fit_as_trying_every_way_says(blocks: list[int], heights: list[int]) -> None:
    right = stands(blocks, heights)
    assert heights_fit(blocks, [(h, 1) for h in heights]) == right
    kinds = sorted(set(heights)) or [1]
    gaps = Gaps(np.array(kinds), np.array([sorted(blocks)]))
    assert gaps.fit(np.array([0]), np.array([[heights.count(kind) for kind in kinds]])).tolist() == [right]


def problem(gaps: tuple[int, ...], counts: dict[int, int]) -> PackingProblem:
    devices = tuple(DeviceClass(f"{height}U", (height, 1), count) for height, count in counts.items())
    standing = RackClass("standing", (sum(gaps), 100), 0, 1, gaps)
    return PackingProblem(("units", "power"), devices, (standing, RackClass("new", (12, 100))))


@given(BLOCKS, st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), min_size=1, max_size=4), st.randoms())
def test_one_rack_is_filled_as_many_are(blocks: list[int], kinds: list[tuple[int, int]], draw: Random) -> None:
    sizes = np.array([[height, power] for height, power in kinds], dtype=np.int64)
    gaps = Gaps(sizes[:, 0], np.array([sorted(blocks)]))
    copies = np.array([[draw.randint(0, 4) for _ in kinds]])
    shelf = Shelf(sizes, np.array([[sum(blocks), draw.randint(0, 12)]]), copies, gaps)
    order = np.array(draw.sample(range(len(kinds)), len(kinds)))
    many = fill_in_order(shelf, np.array([0]), order[None, :], copies)
    assert fill_one(shelf, 0, order, copies[0]).tolist() == many.tolist()


def test_units_that_add_up_over_two_gaps_hold_no_device_that_neither_takes() -> None:
    # 8 + 6 units: two of 5 and one of 4 add up to 14, and every threshold sum holds, but they do not stand.
    assert pack(problem((8, 6), {5: 2, 4: 1})).cost == 1
    assert pack(problem((9, 5), {5: 2, 4: 1})).cost == 0


@settings(max_examples=40, deadline=None)
@given(BLOCKS, st.dictionaries(st.integers(1, 5), st.integers(1, 3), min_size=1, max_size=3))
def test_what_goes_in_and_what_is_proven_agree_with_trying_every_way(blocks: list[int], counts: dict[int, int]) -> None:
    asked = problem(tuple(blocks), counts)
    result = pack(asked)
    assert result.status == "optimal"
    choices = product(*(range(n + 1) for n in counts.values()))
    most = 0
    for inside in choices:
        heights = [h for h, n in zip(counts, inside, strict=True) for _ in range(n)]
        left = sum(h * (n - k) for (h, n), k in zip(counts.items(), inside, strict=True))
        most = max(most, stands(blocks, heights) and left == 0)
    assert (result.cost == 0) == bool(most)
    for certificate in result.mix_certificates:
        assert check_certificate(certificate, asked, within_counts=True)


def test_the_certificate_of_a_rack_with_gaps_is_as_tight_as_its_gaps() -> None:
    asked = problem((8, 6), {5: 2, 4: 1})
    standing = asked.racks[0]
    weights = {"5U": 5, "4U": 4}
    assert heaviest_content(weights, asked, standing, within_counts=True) == 10
    one_block = replace(standing, gaps=())
    assert (
        heaviest_content(weights, replace(asked, racks=(one_block, asked.racks[1])), one_block, within_counts=True)
        == 14
    )


def test_gaps_must_add_up_to_the_units_that_are_free() -> None:
    with pytest.raises(InputError, match="gaps of 14 units together"):
        PackingProblem(("units",), (), (RackClass("standing", (15,), 0, 1, (8, 6)),))


def test_a_synthetic_hall_is_proven_and_its_certificate_holds() -> None:
    row = run(30, 300)
    assert row["proven"] and row["certificate_holds"] and row["certificate_bound"] <= row["new_racks"]
    result = pack(asked := synthetic_brownfield(30, 300))
    blocks = {rack.id: rack.gaps for rack in asked.racks if rack.gaps}
    heights = {device.id: device.size[0] for device in asked.devices}
    assert blocks and all(len(b) > 1 for b in list(blocks.values())[:1])
    for pattern, _ in result.patterns:
        if pattern.rack in blocks:
            assert heights_fit(blocks[pattern.rack], [(heights[name], n) for name, n in pattern.content])


def test_free_gaps_are_the_runs_between_what_is_taken() -> None:
    assert free_gaps(10, {1, 4, 5}) == (2, 5)
    assert free_gaps(3, {1, 2, 3}) == ()
