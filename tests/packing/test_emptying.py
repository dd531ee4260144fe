"""Emptying a rack by exchanges: the same devices, within every rack, one rack fewer."""

from __future__ import annotations

from collections import Counter

from planner.packing import DeviceClass, PackingProblem, RackClass
from planner.packing.budget import Budget
from planner.packing.classes import count_classes
from planner.packing.emptying import Emptier


def problem() -> PackingProblem:
    """Pairs that fill a rack of 10 exactly, in sizes that all differ but two."""
    sizes = [9, 1, 8, 2, 7, 3, 6, 4, 5, 5]
    devices = tuple(DeviceClass(f"d{n}", (size,), 1) for n, size in enumerate(sizes))
    return PackingProblem(("units",), devices, (RackClass("rack", (10,)),))


def test_a_rack_is_closed_by_exchanges_and_every_device_still_stands() -> None:
    counted = count_classes(problem())
    sizes = counted.shelf.sizes[:, 0]
    alone = [((0, tuple(int(n == place) for n in range(len(sizes)))), int(counted.demand[place]))
             for place in range(len(sizes))]  # fmt: skip
    chosen, budget = alone, Budget(5.0)
    for seed in range(12):
        fewer = Emptier(counted, chosen, seed).run(budget)
        if fewer is None:
            break
        assert sum(n for _, n in fewer) == sum(n for _, n in chosen) - 1
        chosen = fewer
    assert sum(n for _, n in chosen) == 5
    stood: Counter[int] = Counter()
    for (_, content), count in chosen:
        assert sum(copies * int(size) for copies, size in zip(content, sizes, strict=True)) <= 10
        stood.update({place: copies * count for place, copies in enumerate(content) if copies})
    assert [stood[place] for place in range(len(sizes))] == counted.demand.tolist()
