"""The problem in arrays: equal device classes and equal rack classes merged, and the way back to the ids."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import gcd

import numpy as np

from planner.packing.data import (
    DeviceClass,
    PackingInfeasible,
    PackingProblem,
    Pattern,
    RackClass,
    fits,
    may_stand_in,
)
from planner.packing.gaps import Gaps, with_thresholds
from planner.packing.knapsack import Ints, Shelf

Column = tuple[int, tuple[int, ...]]  # merged rack class, count of each merged device class


@dataclass(frozen=True)
class Counted:
    """Merged classes: T device classes with `demand`, K rack classes with `cost` and `limit` (at most all devices).

    `shelf` limits copies by the demand; `open_shelf` does not, for certificates that hold for every mix.
    `device_ids` and `rack_ids` list what was merged, with counts and limits, in id order.
    """

    shelf: Shelf
    open_shelf: Shelf
    demand: Ints
    cost: Ints
    limit: Ints
    limited: tuple[bool, ...]
    device_ids: tuple[tuple[tuple[str, int], ...], ...]
    rack_ids: tuple[tuple[tuple[str, int], ...], ...]

    @property
    def cost_step(self) -> int:
        """Every packing's cost is a multiple of this."""
        return gcd(*(int(cost) for cost in self.cost)) or 1


def count_classes(problem: PackingProblem) -> Counted:
    """Merge equal classes. Raises PackingInfeasible naming each device class that fits no rack class."""
    devices = [device for device in problem.devices if device.count > 0]
    homeless = [device for device in devices if not any(fits(device, rack) for rack in problem.racks)]
    if homeless:
        raise PackingInfeasible(_homeless_message(problem, homeless), devices=[device.id for device in homeless])
    total = sum(device.count for device in devices)
    device_groups = _merged_devices(devices, problem)
    rack_groups = _merged_racks(problem, devices, total)
    sizes = np.array([group[0].size for group in device_groups], dtype=np.int64)
    sizes = sizes.reshape(len(device_groups), len(problem.resources))
    capacity = np.array([group[0].capacity for group in rack_groups], dtype=np.int64)
    capacity = capacity.reshape(len(rack_groups), len(problem.resources))
    gaps = _gaps(device_groups, rack_groups)
    if gaps is not None:
        sizes, capacity = with_thresholds(sizes, capacity, gaps)
    demand = np.array([sum(device.count for device in group) for group in device_groups], dtype=np.int64)
    free = np.array(
        [[_copies(group[0], rack[0], total) for group in device_groups] for rack in rack_groups], dtype=np.int64
    ).reshape(len(rack_groups), len(device_groups))
    limits = [sum(_stock(rack, total) for rack in group) for group in rack_groups]
    return Counted(
        shelf=Shelf(sizes, capacity, np.minimum(free, demand[None, :]), gaps),
        open_shelf=Shelf(sizes, capacity, free, gaps),
        demand=demand,
        cost=np.array([group[0].cost for group in rack_groups], dtype=np.int64),
        limit=np.array([min(limit, total) for limit in limits], dtype=np.int64),
        limited=tuple(limit < total for limit in limits),
        device_ids=tuple(tuple((device.id, device.count) for device in group) for group in device_groups),
        rack_ids=tuple(tuple((rack.id, _stock(rack, total)) for rack in group) for group in rack_groups),
    )


def _gaps(devices: list[list[DeviceClass]], racks: list[list[RackClass]]) -> Gaps | None:
    """The free blocks of every rack class; None where each has one block only."""
    if all(len(group[0].blocks) < 2 for group in racks):
        return None
    most = max(len(group[0].blocks) for group in racks)
    blocks = [[*(0,) * (most - len(group[0].blocks)), *group[0].blocks] for group in racks]
    heights = [group[0].size[0] for group in devices]
    return Gaps(np.array(heights, dtype=np.int64), np.array(blocks, dtype=np.int64))


def name_columns(counted: Counted, chosen: list[tuple[Column, int]]) -> tuple[tuple[Pattern, int], ...]:
    """Give the merged classes back their ids, in id order, and count equal patterns."""
    devices = [_Stock(stock) for stock in counted.device_ids]
    racks = [_Stock(stock) for stock in counted.rack_ids]
    patterns: dict[Pattern, int] = defaultdict(int)
    for (rack, content), count in sorted(chosen):
        left = count
        while left > 0:
            run = min([left, racks[rack].run(1), *(devices[t].run(c) for t, c in enumerate(content) if c)])
            if run == 0:  # this rack straddles two ids of a merged class
                run = 1
            named: list[tuple[str, int]] = []
            for item, copies in enumerate(content):
                named += devices[item].take(copies, run)
            rack_id = racks[rack].take(1, run)[0][0]
            patterns[Pattern(rack_id, tuple(sorted(named)))] += run
            left -= run
    return tuple(sorted(patterns.items(), key=lambda entry: (entry[0].rack, entry[0].content)))


class _Stock:
    """Ids with how many are left of each, used up in order."""

    def __init__(self, stock: tuple[tuple[str, int], ...]) -> None:
        self._names = [name for name, _ in stock]
        self._left = [count for _, count in stock]
        self._first = 0

    def run(self, copies: int) -> int:
        """How many racks in a row can take `copies` each from the first id that is left."""
        self._skip_used()
        return self._left[self._first] // copies

    def take(self, copies: int, run: int) -> list[tuple[str, int]]:
        """Take `copies` for each of `run` racks; returns one rack's share by id. Only a single rack may mix ids."""
        taken: list[tuple[str, int]] = []
        missing = copies * run
        while missing:
            self._skip_used()
            part = min(missing, self._left[self._first])
            self._left[self._first] -= part
            taken.append((self._names[self._first], part // run))
            missing -= part
        return taken

    def _skip_used(self) -> None:
        while self._left[self._first] == 0:
            self._first += 1


def _merged_devices(devices: list[DeviceClass], problem: PackingProblem) -> list[list[DeviceClass]]:
    groups: dict[object, list[DeviceClass]] = defaultdict(list)
    for device in sorted(devices, key=lambda d: d.id):
        homes = tuple(sorted(rack.id for rack in problem.racks if may_stand_in(device, rack)))
        apart = None if device.per_rack_max is None else device.id
        groups[(device.size, homes, apart, device.per_rack_max)].append(device)
    return sorted(groups.values(), key=lambda group: (tuple(-size for size in group[0].size), group[0].id))


def _merged_racks(problem: PackingProblem, devices: list[DeviceClass], total: int) -> list[list[RackClass]]:
    groups: dict[object, list[RackClass]] = defaultdict(list)
    for rack in sorted(problem.racks, key=lambda r: r.id):
        guests = tuple(device.id for device in devices if _copies(device, rack, total) > 0)
        if guests and rack.limit != 0:
            groups[(rack.capacity, rack.cost, rack.blocks, guests)].append(rack)
    return sorted(groups.values(), key=lambda group: (group[0].cost, tuple(-c for c in group[0].capacity), group[0].id))


def _stock(rack: RackClass, total: int) -> int:
    return total if rack.limit is None else rack.limit


def _copies(device: DeviceClass, rack: RackClass, total: int) -> int:
    if not may_stand_in(device, rack):
        return 0
    limits = [room // size for size, room in zip(device.size, rack.capacity, strict=True) if size > 0]
    if rack.gaps and device.size[0]:
        limits.append(sum(gap // device.size[0] for gap in rack.gaps))
    if device.per_rack_max is not None:
        limits.append(device.per_rack_max)
    return min(limits, default=total)


def _homeless_message(problem: PackingProblem, homeless: list[DeviceClass]) -> str:
    lines = []
    for device in homeless:
        reasons = [f"{rack.id}: {_why_not(problem, device, rack)}" for rack in problem.racks]
        lines.append(
            f"device class {device.id} fits no rack class ({'; '.join(reasons) or 'there are no rack classes'})"
        )
    return "\n".join(lines)


def _why_not(problem: PackingProblem, device: DeviceClass, rack: RackClass) -> str:
    if not may_stand_in(device, rack):
        return "not allowed"
    if rack.limit == 0:
        return "none exist"
    if device.per_rack_max == 0:
        return "at most 0 of the class per rack"
    for resource, size, room in zip(problem.resources, device.size, rack.capacity, strict=True):
        if size > room:
            return f"{resource} {size} over {room}"
    if rack.gaps and device.size[0] > max(rack.gaps):
        return f"{problem.resources[0]} {device.size[0]} over the largest gap, {max(rack.gaps)}"
    raise AssertionError("the device fits")
