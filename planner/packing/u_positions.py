"""U positions for one rack content: heavy devices low, switches where asked, blanking at the top.

In a rack whose free units are one block any content whose heights add up to it can be stacked. Blocked units cut the
rack into gaps; devices are then spread over the gaps by exact search, which fails only when no spread exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from planner.errors import InputError

Zone = Literal["bottom", "middle", "top"]


@dataclass(frozen=True)
class StackedDevice:
    """One device to place: height in rack units, weight, power, what it is, and where it should be, if that matters."""

    id: str
    height_u: int
    weight_kg: int
    power_w: int
    kind: str
    zone: Zone | None = None


@dataclass(frozen=True)
class RackUnits:
    """A rack's height and the units that are taken already; unit 1 is the lowest."""

    height_u: int
    blocked: frozenset[int] = frozenset()


@dataclass(frozen=True, order=True)
class UPosition:
    """A device stands from `lowest_u` up to `lowest_u + height_u - 1`."""

    lowest_u: int
    height_u: int
    device_id: str


@dataclass(frozen=True)
class _Gap:
    lowest_u: int
    height_u: int

    @property
    def twice_middle(self) -> int:
        return 2 * self.lowest_u + self.height_u - 1


def place_in_units(devices: Sequence[StackedDevice], rack: RackUnits) -> tuple[UPosition, ...]:
    """Positions of all devices, from the lowest unit up; the same for any order of `devices`.

    A device without height takes no position. Raises InputError when the content does not go into the free units.
    """
    _refuse_nonsense(devices, rack)
    standing = sorted((d for d in devices if d.height_u > 0), key=_heavy_first)
    gaps = _free_gaps(rack)
    homes = _spread(standing, gaps, rack)
    if homes is None:
        need, free = sum(d.height_u for d in standing), sum(gap.height_u for gap in gaps)
        raise InputError.of(
            "rack content",
            f"{len(standing)} devices of {need}U for gaps of {', '.join(f'{g.height_u}U' for g in gaps) or 'no units'}",
            f"devices that go into {free} free units",
            "take devices out, or free the blocked units",
        )
    placed: list[UPosition] = []
    for number, gap in enumerate(gaps):
        inside = [device for device, home in zip(standing, homes, strict=True) if home == number]
        placed += _stack(inside, gap, rack)
    return tuple(sorted(placed))


def _refuse_nonsense(devices: Sequence[StackedDevice], rack: RackUnits) -> None:
    if rack.height_u < 0:
        raise InputError.of("rack", f"height {rack.height_u}U", "0U or more")
    for device in devices:
        if device.height_u < 0:
            raise InputError.of(f"device {device.id}", f"height {device.height_u}U", "0U or more")
    outside = sorted(unit for unit in rack.blocked if not 1 <= unit <= rack.height_u)
    if outside:
        raise InputError.of("rack", f"blocked unit {outside[0]}", f"a unit from 1 to {rack.height_u}")


def _heavy_first(device: StackedDevice) -> tuple[object, ...]:
    zone = ("bottom", None, "middle", "top").index(device.zone)
    return (zone, -device.weight_kg, -device.height_u, -device.power_w, device.kind, device.id)


def _free_gaps(rack: RackUnits) -> list[_Gap]:
    gaps: list[_Gap] = []
    start = 1
    for unit in [*sorted(rack.blocked), rack.height_u + 1]:
        if unit > start:
            gaps.append(_Gap(start, unit - start))
        start = unit + 1
    return gaps


def _spread(devices: list[StackedDevice], gaps: list[_Gap], rack: RackUnits) -> list[int] | None:
    """A gap for each device, the first of its preferred gaps that leaves room for the rest; None: impossible."""
    orders = [_preferred_gaps(device, gaps, rack) for device in devices]
    left = [gap.height_u for gap in gaps]
    homes: list[int] = []
    tried = [0]
    dead: set[tuple[int, ...]] = set()
    while len(homes) < len(devices):
        index = len(homes)
        height = devices[index].height_u
        choice = next((p for p in range(tried[-1], len(gaps)) if left[orders[index][p]] >= height), None)
        if choice is not None:
            home = orders[index][choice]
            tried[-1] = choice + 1
            left[home] -= height
            if (index + 1, *left) in dead:
                left[home] += height
                continue
            homes.append(home)
            tried.append(0)
            continue
        dead.add((index, *left))
        tried.pop()
        if not homes:
            return None
        left[homes[-1]] += devices[len(homes) - 1].height_u
        homes.pop()
    return homes


def _preferred_gaps(device: StackedDevice, gaps: list[_Gap], rack: RackUnits) -> list[int]:
    numbers = range(len(gaps))
    if device.zone == "top":
        return list(reversed(numbers))
    if device.zone == "middle":
        return sorted(numbers, key=lambda n: (abs(gaps[n].twice_middle - rack.height_u - 1), n))
    return list(numbers)


def _stack(devices: list[StackedDevice], gap: _Gap, rack: RackUnits) -> list[UPosition]:
    """Low devices from the bottom of the gap, top ones under its upper end, middle ones near the rack's middle."""
    low = [device for device in devices if device.zone in ("bottom", None)]
    middle = [device for device in devices if device.zone == "middle"]
    top = [device for device in devices if device.zone == "top"]
    ceiling = gap.lowest_u + gap.height_u - _height(top)
    placed = _upwards(top, ceiling)
    if not middle:
        return placed + _upwards(low, gap.lowest_u)
    wanted = (rack.height_u - _height(middle)) // 2 + 1
    start = max(gap.lowest_u, min(wanted, ceiling - _height(middle)))
    below = _first_fit(low, start - gap.lowest_u)
    above = [device for number, device in enumerate(low) if number not in below]
    under = [low[number] for number in sorted(below)]
    if start + _height(middle) + _height(above) > ceiling:
        start = gap.lowest_u + _height(under)
    return placed + _upwards(under, gap.lowest_u) + _upwards(middle, start) + _upwards(above, start + _height(middle))


def _first_fit(devices: list[StackedDevice], room: int) -> set[int]:
    taken: set[int] = set()
    for number, device in enumerate(devices):
        if device.height_u <= room:
            taken.add(number)
            room -= device.height_u
    return taken


def _upwards(devices: list[StackedDevice], start: int) -> list[UPosition]:
    placed: list[UPosition] = []
    for device in devices:
        placed.append(UPosition(start, device.height_u, device.id))
        start += device.height_u
    return placed


def _height(devices: list[StackedDevice]) -> int:
    return sum(device.height_u for device in devices)
