"""Feeds on the floor: where racks stand decides which feed carries them. Pure: loads no solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.facility.power import continuous_w, existing_loads, feed_loads, loss_states
from planner.floor.data import RackGroup
from planner.quantity import show
from planner.request.site import Power

Feeds = tuple[str, ...]
Loads = Mapping[Feeds, tuple[int, int]]
"""Design and peak load in W of the racks whose rows have these feeds."""


@dataclass(frozen=True)
class FeedRoom:
    """What new racks may put on one feed in one state. `shares` gives the racks' feeds that reach it, the number of
    them left to share a load, and the place of this feed among those, since odd watts go to the first."""

    feed: str
    lost: str
    shares: tuple[tuple[Feeds, int, int], ...]
    design_w: int
    peak_w: int


def feed_rooms(power: Power, groups: Iterable[Feeds]) -> tuple[FeedRoom, ...]:
    """One entry for each surviving feed in each state that must be survived: design against its continuous rating,
    peak against its nameplate."""
    wanted = sorted(set(groups))
    rooms: list[FeedRoom] = []
    for state in loss_states(power):
        existing = existing_loads(power, state)
        for feed in power.feeds:
            if feed.id not in existing:
                continue
            shares: list[tuple[Feeds, int, int]] = []
            for group in wanted:
                left = [name for name in group if name not in state.lost]
                if feed.id in left:
                    shares.append((group, len(left), left.index(feed.id)))
            free = continuous_w(feed, power.standard) - existing[feed.id], feed.capacity - existing[feed.id]
            rooms.append(FeedRoom(feed.id, state.name, tuple(shares), *free))
    return tuple(rooms)


def overload(power: Power, loads: Loads) -> str | None:
    """The first feed that is asked for too much, in words, or None when every state holds."""
    for state in loss_states(power):
        design = feed_loads(power, [(feeds, load[0]) for feeds, load in loads.items()], state)
        peak = feed_loads(power, [(feeds, load[1]) for feeds, load in loads.items()], state)
        when = f"with {state.name} lost" if state.name else "with nothing lost"
        for feed in power.feeds:
            if feed.id not in design:
                continue
            limit = continuous_w(feed, power.standard)
            if design[feed.id] > limit:
                return f"feed {feed.id} carries {show(design[feed.id], 'W')} {when}, at most {show(limit, 'W')}"
            if peak[feed.id] > feed.capacity:
                found, most = show(peak[feed.id], "W"), show(feed.capacity, "W")
                return f"feed {feed.id} carries {found} at peak {when}, at most {most}"
    return None


def total_loads(racks: Iterable[tuple[RackGroup, Feeds, int]]) -> dict[Feeds, tuple[int, int]]:
    """Design and peak load by feeds, of (rack, the feeds of where it stands, how many)."""
    loads: dict[Feeds, tuple[int, int]] = {}
    for rack, feeds, count in racks:
        design, peak = loads.get(feeds, (0, 0))
        loads[feeds] = design + count * rack.design_w, peak + count * rack.peak_w
    return loads
