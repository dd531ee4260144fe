"""Networks that join switches that stand already: whole, or not at all. Pure arithmetic on free ports.

A network joins where free ports of its fabric, at the speed of its links, take every link that would go to its leaves.
What it joins has spines, inter-switch links, site uplinks and fabric managers already: none of them is bought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

IN_BAND, STORAGE = "in-band", "storage"  # fabrics of the request; in-band ports serve a converged network too


@dataclass(frozen=True, order=True)
class FreeLinks:
    """Links of one speed that the free ports of one standing switch take for one fabric."""

    switch: str
    fabric: str
    technology: str  # ethernet, infiniband
    speed_gbit_s: float
    links: int


@dataclass(frozen=True)
class Wanted:
    """Links of one speed that a network would take to its leaves, group by group of equal devices.

    `per_cable` links share a split cable, and so a switch.
    """

    speed_gbit_s: float
    groups: tuple[int, ...]
    per_cable: int = 1


@dataclass(frozen=True)
class Turns:
    """Where the links of one speed end: a switch for each, in the order in which links are dealt out.

    `needed` counts ports that stay empty between two groups; `usable` is how many turns the standing switches have.
    """

    speed_gbit_s: float
    groups: tuple[int, ...]
    needed: int
    usable: int
    switches: tuple[str, ...] = ()  # of the turns needed; none where the network does not join


@dataclass(frozen=True)
class Join:
    """Whether one network joins the switches that stand, and what of them was free for it."""

    fabric: str  # as the request names it
    network: str  # as the plan names it: in-band, converged, storage
    technology: str
    free: tuple[FreeLinks, ...]
    turns: tuple[Turns, ...]

    @property
    def joined(self) -> bool:
        """Whether all of its links end at standing switches."""
        return all(turns.needed <= turns.usable for turns in self.turns)

    def at(self, speed_gbit_s: float) -> Turns:
        """The turns of a speed."""
        return next(turns for turns in self.turns if turns.speed_gbit_s == speed_gbit_s)


def join(
    free: Sequence[FreeLinks], fabric: str, network: str, technology: str, wanted: Sequence[Wanted]
) -> Join | None:
    """Whether a network joins what stands; None where no switch has free ports of its fabric."""
    own = tuple(entry for entry in free if entry.fabric == fabric)
    if not own:
        return None
    speaks = technology.partition("-")[0]
    found = tuple(_turns(own, fabric, speaks, each) for each in wanted if any(each.groups))
    verdict = Join(fabric, network, speaks, own, found)
    return verdict if verdict.joined else replace(verdict, turns=tuple(replace(t, switches=()) for t in found))


def _turns(free: tuple[FreeLinks, ...], fabric: str, technology: str, wanted: Wanted) -> Turns:
    paired = fabric == IN_BAND
    needed = starts_of(wanted.groups, paired=paired)[-1]
    dealt = (in_pairs if paired else in_turn)(free, technology, wanted.speed_gbit_s, wanted.per_cable)
    return Turns(wanted.speed_gbit_s, wanted.groups, needed, len(dealt), dealt[:needed])


def starts_of(groups: Sequence[int], *, paired: bool) -> tuple[int, ...]:
    """The turn at which each group of links starts, and the end of the last.

    On pairs of switches each group starts at the first of a pair, so that two ports of a device never end at two pairs.
    """
    starts, end = [], 0
    for links in groups:
        start = end + end % 2 if paired and links else end
        starts.append(start)
        end = start + links
    return (*starts, end)


@lru_cache(maxsize=1024)
def in_pairs(free: tuple[FreeLinks, ...], technology: str, speed_gbit_s: float, per_cable: int = 1) -> tuple[str, ...]:
    """Turns over the two switches of each pair, half of the links on each: two by two in the order of the switches.

    A lone switch is half of a pair, and serves nothing.
    """
    names = list(dict.fromkeys(entry.switch for entry in free))
    room = _room(free, technology, speed_gbit_s)
    found: tuple[str, ...] = ()
    for one, two in zip(names[::2], names[1::2], strict=False):
        cables = min(room[one], room[two]) // per_cable
        found += ((one,) * per_cable + (two,) * per_cable) * cables
    return found


@lru_cache(maxsize=1024)
def in_turn(free: tuple[FreeLinks, ...], technology: str, speed_gbit_s: float, per_cable: int = 1) -> tuple[str, ...]:
    """Turns over all switches that have room: a device with two links or more always ends at two switches or more.

    The switch with most room takes no more than the next, so a lone one serves nothing.
    """
    room = _room(free, technology, speed_gbit_s)
    cables = {name: links // per_cable for name, links in room.items()}
    rounds = sorted(cables.values(), reverse=True)[1] if len(cables) > 1 else 0
    return tuple(
        name for turn in range(rounds) for name, most in cables.items() if turn < most for _ in range(per_cable)
    )


def _room(free: tuple[FreeLinks, ...], technology: str, speed_gbit_s: float) -> Counter[str]:
    room = Counter({entry.switch: 0 for entry in free})
    for entry in free:
        if (entry.technology, entry.speed_gbit_s) == (technology, speed_gbit_s):
            room[entry.switch] += entry.links
    return room


def left_by(free: tuple[FreeLinks, ...], joins: Sequence[Join]) -> tuple[FreeLinks, ...]:
    """What the networks of one system product leave for those of the next: ports passed over are taken too."""
    taken: Counter[FreeLinks] = Counter()
    for one in joins:
        for turns in one.turns:
            taken.update(FreeLinks(s, one.fabric, one.technology, turns.speed_gbit_s, 0) for s in turns.switches)
    return tuple(replace(entry, links=entry.links - taken[replace(entry, links=0)]) for entry in free)
