"""Racks of each position class packed with the nodes that sizing put there, where feeds or rear doors ask for it.

Sizing holds every source, feed and panel by position class, packing fills racks whatever they hang on. Where whole
racks then balance no feeds, racks of each class hold what sizing counted for it, and the floor has a way to stand them.
Where rear doors take the heat of some classes to a loop, no other packing keeps what the room and the loop carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.packing.data import DeviceClass, PackingProblem
from planner.sizing.apart_racks import PART
from planner.sizing.data import HallData, SizingResult
from planner.sizing.rack_kinds import members_of_kinds


def heat_parts_ways(hall: HallData) -> bool:
    """Whether it matters for the room's air or a loop in which position class a node stands, for its heat to air."""
    return len({place.door_loop for place in hall.classes}) > 1


def split_by_class(
    hall: HallData, problem: PackingProblem, sized: SizingResult, *, always: bool = False
) -> PackingProblem | None:
    """The packing problem with the racks and nodes of each position class apart; None where there is but one.

    Without `always` also where neither feeds nor heat tell the classes apart.
    """
    members = members_of_kinds(hall)
    if len(hall.classes) < 2 or not (always or hall.nodes or heat_parts_ways(hall)):
        return None
    number = {place.key: n for n, place in enumerate(hall.classes)}
    racks = [
        replace(rack, id=f"{rack.id}{PART}{number[place.key]}", limit=_free(hall, place.key, sized, rack.limit))
        for rack in problem.racks
        for place in members[rack.id]
    ]
    kind_of = {place.key: key for key, places in members.items() for place in places}
    known = {rack.id for rack in racks}
    devices: list[DeviceClass] = []
    for device in problem.devices:
        for place, share in _shares(device, sized.nodes[hall.key], number).items():
            home = f"{kind_of[place]}{PART}{number[place]}"
            if share and home in known:
                own = f"{device.id}{PART}{number[place]}"
                devices.append(replace(device, id=own, count=share, allowed=frozenset({home})))
    return replace(problem, devices=tuple(devices), racks=tuple(racks))


def _free(hall: HallData, key: str, sized: SizingResult, most: int | None) -> int:
    """Positions of a class that rack systems leave, of those that packing may use."""
    place = next(c for c in hall.classes if c.key == key)
    taken = sum(n * hall.items[item].positions for item, n in sized.standing[hall.key][key].items())
    free = max(0, place.positions - taken)
    return free if most is None else min(free, most)


def _shares(device: DeviceClass, placed: Mapping[str, Mapping[str, int]], order: Mapping[str, int]) -> dict[str, int]:
    """How many of a device each position class gets: as sizing placed them, where networks need fewer from the last on;
    where they need more, the rest in the class with the most."""
    wanted = {place: items[device.id] for place, items in placed.items() if items.get(device.id)}
    shares, left = {}, device.count
    for place in sorted(wanted, key=lambda place: order[place]):
        shares[place] = min(left, wanted[place])
        left -= shares[place]
    if left:
        first = min(order, key=lambda place: order[place])
        fullest = max(wanted, key=lambda place: (wanted[place], -order[place]), default=first)
        shares[fullest] = shares.get(fullest, 0) + left
    return shares
