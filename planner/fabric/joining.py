"""Networks that join switches that stand already: whole, or not at all. Pure arithmetic on free ports.

A network joins where free ports of its fabric, at the speed of its links, take every link that would go to its leaves.
What it joins has spines, inter-switch links, site uplinks and fabric managers already: none of them is bought.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

IN_BAND, STORAGE = "in-band", "storage"  # fabrics of the request; in-band ports serve a converged network too


@dataclass(frozen=True, order=True)
class FreePorts:
    """Equal free ports of one standing switch for one fabric at one speed. Each takes as many links as it has lanes."""

    switch: str
    fabric: str
    technology: str  # ethernet, infiniband
    speed_gbit_s: float
    lanes: int
    ports: tuple[int, ...]

    @property
    def links(self) -> int:
        """Links that all of them take."""
        return self.lanes * len(self.ports)


class End(NamedTuple):
    """A port and lane of a standing switch that one link ends at. Both count from 1."""

    switch: str
    port: int
    lane: int


@dataclass(frozen=True)
class Wanted:
    """Links of one speed that a network would take to its leaves, tier by tier."""

    speed_gbit_s: float
    tiers: tuple[int, ...]


@dataclass(frozen=True)
class Dealt:
    """Links of one speed that standing switches would have to take, and those that they can.

    `ends` are those of every link, tier by tier, in the order in which they are dealt out.
    """

    speed_gbit_s: float
    needed: int
    usable: int
    ends: tuple[tuple[End, ...], ...]


@dataclass(frozen=True)
class Join:
    """Whether one network joins the switches that stand, and what of them was free for it."""

    fabric: str  # as the request names it
    network: str  # as the plan names it: in-band, converged, storage
    technology: str
    free: tuple[FreePorts, ...]
    dealt: tuple[Dealt, ...]

    @property
    def joined(self) -> bool:
        """Whether all of its links end at standing switches."""
        return all(dealt.needed <= dealt.usable for dealt in self.dealt)

    def ends_at(self, speed_gbit_s: float) -> tuple[tuple[End, ...], ...]:
        """The ends of links of one speed, tier by tier; none where the network has no such links."""
        return next((dealt.ends for dealt in self.dealt if dealt.speed_gbit_s == speed_gbit_s), ())


def join(
    free: Sequence[FreePorts], fabric: str, network: str, technology: str, wanted: Sequence[Wanted]
) -> Join | None:
    """Whether a network joins what stands; None where no switch has free ports of its fabric."""
    own = tuple(entry for entry in free if entry.fabric == fabric)
    if not own:
        return None
    speaks = technology.partition("-")[0]
    dealt = tuple(_dealt(own, speaks, each) for each in wanted if any(each.tiers))
    return Join(fabric, network, speaks, own, dealt)


@lru_cache(maxsize=4096)
def _dealt(free: tuple[FreePorts, ...], technology: str, wanted: Wanted) -> Dealt:
    """Every tier in turn. Each starts at ports of its own, for what sits in a port serves the links of one tier."""
    hands = {entry.switch: _Hand() for entry in free}
    for entry in free:
        if (entry.technology, entry.speed_gbit_s) == (technology, wanted.speed_gbit_s):
            hands[entry.switch].ports += [(port, entry.lanes) for port in entry.ports]
    turns = _in_pairs if free[0].fabric == IN_BAND else _in_turn
    ends = []
    for links in wanted.tiers:
        ends.append(tuple(islice(turns(hands), links)))
        for hand in hands.values():
            hand.close()
    return Dealt(wanted.speed_gbit_s, sum(wanted.tiers), sum(len(tier) for tier in ends), tuple(ends))


@dataclass
class _Hand:
    """The free ports of one switch, given away one lane after the other."""

    ports: list[tuple[int, int]] = field(default_factory=list)  # (port, its lanes)
    lane: int = 0  # lanes of the first port that are gone

    @property
    def room(self) -> int:
        return sum(lanes for _, lanes in self.ports) - self.lane

    def take(self) -> tuple[int, int]:
        port, lanes = self.ports[0]
        self.lane += 1
        taken = (port, self.lane)
        if self.lane == lanes:
            self.close()
        return taken

    def close(self) -> None:
        if self.lane:
            self.ports, self.lane = self.ports[1:], 0


def _in_pairs(hands: dict[str, _Hand]) -> Iterator[End]:
    """Half of the links on each switch of a pair: two by two in the order of the switches.

    A lone switch is half of a pair, and serves nothing.
    """
    names = list(hands)
    for pair in zip(names[::2], names[1::2], strict=False):
        for _ in range(min(hands[name].room for name in pair)):
            for name in pair:
                yield End(name, *hands[name].take())


def _in_turn(hands: dict[str, _Hand]) -> Iterator[End]:
    """Link after link over all switches that have room: a device with two or more ends at two switches or more.

    The switch with most room takes no more than the next, so a lone one serves nothing.
    """
    room = {name: hand.room for name, hand in hands.items()}
    rounds = sorted(room.values())[-2] if len(room) > 1 else 0
    for turn in range(rounds):
        for name, most in room.items():
            if turn < most:
                yield End(name, *hands[name].take())


def left_by(free: tuple[FreePorts, ...], joins: Sequence[Join]) -> tuple[FreePorts, ...]:
    """What the networks of one system product leave for those of the next: whole ports."""
    taken = {
        (one.fabric, end.switch, end.port)
        for one in joins
        if one.joined
        for dealt in one.dealt
        for tier in dealt.ends
        for end in tier
    }
    return tuple(
        replace(entry, ports=tuple(port for port in entry.ports if (entry.fabric, entry.switch, port) not in taken))
        for entry in free
    )
