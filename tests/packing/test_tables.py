"""The search bounded by tables: against every content there is, on racks small enough to list them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from planner.packing import tables
from planner.packing.budget import Budget
from planner.packing.knapsack import Shelf
from planner.packing.tables import TableSearch

PATIENCE = 2**62


def drawn(seed: int) -> tuple[np.ndarray, Shelf]:
    """Six device classes in one rack of three resources; some take nothing of one, some come in several copies."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(0, 9, size=(6, 3))
    sizes[sizes.sum(axis=1) == 0] = 1
    copies = draw.integers(0, 4, size=(1, 6))
    return draw.integers(0, 30, size=6), Shelf(sizes, draw.integers(8, 20, size=(1, 3)), copies)


def every_content(shelf: Shelf) -> list[np.ndarray]:
    mixes = product(*(range(int(most) + 1) for most in shelf.copies[0]))
    return [c for c in map(np.array, mixes) if (c @ shelf.sizes <= shelf.capacity[0]).all()]


def is_full(content: np.ndarray, shelf: Shelf) -> bool:
    room = shelf.capacity[0] - content @ shelf.sizes
    return not any((content < shelf.copies[0]) & (shelf.sizes <= room).all(axis=1))


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("cells", [2_000_000, 60])
def test_the_heaviest_content_is_found_whatever_the_grain_of_the_tables(
    seed: int, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_CELLS", cells)
    worth, shelf = drawn(seed)
    search = TableSearch(worth, shelf, 0, Budget(10.0))
    found = search.best(0, PATIENCE)
    most = max(int(content @ worth) for content in every_content(shelf))
    assert search.complete
    assert max([0, *found.value.tolist()]) == most
    assert (found.content @ worth == found.value).all()
    assert (found.content @ shelf.sizes <= shelf.capacity[0]).all()
    assert (found.content <= shelf.copies[0]).all()


@pytest.mark.parametrize("seed", range(25))
def test_every_full_content_of_enough_worth_is_listed_once(seed: int) -> None:
    worth, shelf = drawn(seed)
    full = [c for c in every_content(shelf) if c.any() and is_full(c, shelf)]
    floor = int(np.median([int(c @ worth) for c in full])) if full else 1
    wanted = sorted(tuple(c.tolist()) for c in full if c @ worth >= floor)
    found = TableSearch(worth, shelf, 0, Budget(10.0)).all(floor, 10_000)
    assert found is not None
    assert sorted(map(tuple, found.content.tolist())) == wanted
    if len(wanted) > 1:
        assert TableSearch(worth, shelf, 0, Budget(10.0)).all(floor, len(wanted) - 1) is None
