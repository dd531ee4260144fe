"""Switches that stand already: what sits at their free ports, and the links of networks that join them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.cabling.model import Position
from planner.cabling.ports import Socket
from planner.fabric.counts import FabricCounts
from planner.fabric.joining import End

EXISTING = "existing-switch"


@dataclass(frozen=True)
class ExistingSwitch:
    """A switch that stands already, by the name that people call it: its free ports, and those of 1 Gb/s in order."""

    name: str
    product: str
    position: Position
    sockets: Mapping[int, Socket]
    management: tuple[int, ...] = ()


def management_ends(existing: Sequence[ExistingSwitch]) -> list[End]:
    """Free out-of-band ports, switch by switch."""
    return [End(switch.name, port, 1) for switch in existing for port in switch.management]


def sockets_of(existing: Sequence[ExistingSwitch]) -> dict[tuple[str, int], Socket]:
    """The kind of every free port, by (switch, port)."""
    return {(switch.name, port): socket for switch in existing for port, socket in switch.sockets.items()}


def switches_used(
    existing: Sequence[ExistingSwitch], counts: FabricCounts, *, manages: bool
) -> tuple[ExistingSwitch, ...]:
    """The switches that links of a fabric may end at: of networks that join, and where it `manages` the hall."""
    joined = {
        end.switch
        for join in counts.joins
        if join.joined
        for dealt in join.dealt
        for tier in dealt.ends
        for end in tier
    }
    return tuple(switch for switch in existing if switch.name in joined or (manages and switch.management))
