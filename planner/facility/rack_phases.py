"""One rack on one feed side, phase by phase: what its devices load, and what of it nobody can say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from planner.catalog.schema import Device
from planner.facility.electrical_phases import Three, Wiring, cords_on_a_side, imbalance, rotated, three_phase_shelves
from planner.request.power_tree import loss_states
from planner.request.site import Power


@dataclass(frozen=True)
class Fed:
    """A device of a rack: its design or peak W, and the branches that its cords on one side are plugged into."""

    device: Device
    watts: int
    branches: tuple[int, ...] = ()
    equal: bool = False  # fed through three-phase power shelves


@dataclass(frozen=True)
class SideLoad:
    """Exact W on each phase of one feed side, on each branch, and W of devices whose cords are not published."""

    phases: tuple[Fraction, Fraction, Fraction]
    branches: tuple[Fraction, ...]
    unknown_w: Fraction


def side_load(wiring: Wiring | None, devices: Sequence[Fed], sides: int, left: int) -> SideLoad:
    """What one of `sides` feed sides of a rack carries when `left` of them share it equally (0: all are lost).

    Power shelves with three-phase input load all phases alike; a device of unpublished cords loads nobody knows which.
    """
    branches = [Fraction(0)] * (wiring.branches if wiring is not None else 0)
    equal, unknown = Fraction(0), Fraction(0)
    for fed in devices if left else ():
        share = Fraction(fed.watts, left)
        count = cords_on_a_side(fed.device, sides)
        if fed.equal or three_phase_shelves(fed.device):
            equal += share / 3
        elif wiring is None or not count:
            unknown += share
        else:
            for branch in fed.branches:
                branches[branch] += share / count
    phases = [equal + sum(branches[phase::3]) for phase in range(3)]
    return SideLoad((phases[0], phases[1], phases[2]), tuple(branches), unknown)


def whole(phases: Sequence[Fraction]) -> Three:
    """Phase loads rounded up to whole W."""
    return (ceil(phases[0]), ceil(phases[1]), ceil(phases[2]))


def rounded(phases: Sequence[Fraction]) -> float:
    """Imbalance to four digits after the point."""
    return round(float(imbalance(phases)), 4)


@dataclass(frozen=True)
class FeedPhaseLoad:
    """Exact W on each phase of one feed in one state."""

    feed: str
    lost: str
    phases: tuple[Fraction, Fraction, Fraction]
    unknown_w: Fraction


def feed_phases(
    power: Power, racks: Sequence[tuple[tuple[str, ...], str, int]], loads: Mapping[tuple[str, int], SideLoad]
) -> Iterator[FeedPhaseLoad]:
    """Every feed in every state in which it is not lost. `racks` gives (feeds, pattern, rotation) of each rack.

    `loads` gives what one side of a pattern carries when so many of its feeds are left. Existing load is on no phase
    here: the request does not say which.
    """
    together = Counter(racks)
    for state in loss_states(power):
        for name in (f.id for f in power.feeds if state.carrier(f.id) == f.id):
            phases, unknown = [Fraction(0)] * 3, Fraction(0)
            for (feeds, pattern, by), count in sorted(together.items()):
                left = [feed for feed in feeds if state.carrier(feed) is not None]
                here = count * sum(state.carrier(feed) == name for feed in left)
                load = loads[pattern, len(left)]
                for phase, watts in enumerate(rotated(load.phases, by)):
                    phases[phase] += here * watts
                unknown += here * load.unknown_w
            yield FeedPhaseLoad(name, state.name, (phases[0], phases[1], phases[2]), unknown)
