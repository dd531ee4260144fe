"""Switches that stand already: where links may end on them, and the links of networks that join them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from planner.cabling.model import Position
from planner.cabling.ports import Socket
from planner.fabric.counts import FabricCounts
from planner.fabric.joining import IN_BAND, Join, starts_of

EXISTING = "existing-switch"
OUT_OF_BAND = "out-of-band"


class FreeEnd(NamedTuple):
    """One link that a free port takes: for which fabric, at which speed, its cage and lane, and the kind of cage."""

    fabric: str  # as the request names it
    technology: str
    speed_gbit_s: float
    cage: int
    lane: int
    socket: Socket


@dataclass(frozen=True)
class ExistingSwitch:
    """A switch that stands already, by the name that people call it, with its free ends in order."""

    name: str
    product: str
    position: Position
    ends: tuple[FreeEnd, ...]

    def at(self, join: Join, speed_gbit_s: float) -> Iterator[FreeEnd]:
        """The ends that a network which joins may take at a speed."""
        wanted = (join.fabric, join.technology, speed_gbit_s)
        return (end for end in self.ends if end[:3] == wanted)


class End(NamedTuple):
    """A cage and lane of a standing switch that one link ends at."""

    switch: str
    cage: int
    lane: int


def management_ends(existing: Sequence[ExistingSwitch]) -> list[End]:
    """Free out-of-band ports, switch by switch."""
    return [End(s.name, end.cage, end.lane) for s in existing for end in s.ends if end.fabric == OUT_OF_BAND]


def joined_ends(join: Join, speed_gbit_s: float, existing: Sequence[ExistingSwitch]) -> list[End]:
    """The end of every link of one speed of a network that joins, in the order in which they are dealt out."""
    left = {switch.name: switch.at(join, speed_gbit_s) for switch in existing}
    turns = (turn for turn in join.turns if turn.speed_gbit_s == speed_gbit_s)
    names = [name for turn in turns for name in turn.switches]
    return [End(name, end.cage, end.lane) for name, end in ((name, next(left[name])) for name in names)]


def group_ends(join: Join, speed_gbit_s: float, existing: Sequence[ExistingSwitch]) -> list[list[End]]:
    """The ends of each group of links of one speed; none where the network has no links of the speed."""
    turns = next((turn for turn in join.turns if turn.speed_gbit_s == speed_gbit_s), None)
    if turns is None:
        return []
    ends = joined_ends(join, speed_gbit_s, existing)
    starts = starts_of(turns.groups, paired=join.fabric == IN_BAND)
    return [ends[start : start + links] for start, links in zip(starts, turns.groups, strict=False)]


def sockets_of(existing: Sequence[ExistingSwitch]) -> dict[tuple[str, int], Socket]:
    """The kind of every cage with a free port, by (switch, cage)."""
    return {(switch.name, end.cage): end.socket for switch in existing for end in switch.ends}


def used_by(existing: Sequence[ExistingSwitch], counts: FabricCounts, *, manages: bool) -> tuple[ExistingSwitch, ...]:
    """The switches, with the ends that a fabric may take: of networks that join, and where it `manages` of 1 Gb/s."""
    fabrics = {join.fabric for join in counts.joins if join.joined} | ({OUT_OF_BAND} if manages else set())
    kept = (replace(s, ends=tuple(end for end in s.ends if end.fabric in fabrics)) for s in existing)
    return tuple(switch for switch in kept if switch.ends)


def without_taken(existing: Sequence[ExistingSwitch], counts: FabricCounts) -> tuple[ExistingSwitch, ...]:
    """The switches without the ends that the networks of a fabric took, or passed over."""
    gone = {
        end for join in counts.joins for turns in join.turns for end in joined_ends(join, turns.speed_gbit_s, existing)
    }
    return tuple(
        replace(s, ends=tuple(end for end in s.ends if End(s.name, end.cage, end.lane) not in gone)) for s in existing
    )
