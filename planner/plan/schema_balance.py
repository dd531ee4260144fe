"""Phases in a plan: the cords of each pattern, and what every phase of every feed carries."""

from __future__ import annotations

from typing import Literal

from planner.catalog.facts import Strict

Watts = tuple[int, int, int]  # on L1, L2, L3; under line-line on the pairs L1-L2, L2-L3, L3-L1


class DeviceCords(Strict):
    """Where the cords of one device go on each feed side: branch 0, 1, 2 are the phases of the first PDU, and so on."""

    product: str
    u: int
    branches: tuple[int, ...]


class PatternPhases(Strict):
    """One rack of a pattern on one of its feed sides, before it is rotated."""

    pattern: str
    connection: Literal["line-neutral", "line-line", "single-phase", "three-phase", "unknown"]
    units: int  # PDUs, or single-phase circuits, on each feed side
    cords: tuple[DeviceCords, ...]
    normal_w: Watts  # design load with every feed there
    worst_w: Watts  # design load with as many feeds lost as must be survived
    peak_w: Watts  # peak load in that state
    fullest_w: int  # the fullest phase of one PDU (or single-phase circuit), worst state, design load
    fullest_peak_w: int  # the same at peak load
    continuous_w: int | None  # that one phase of one PDU may carry all the time; None: its rating is not known
    nameplate_w: int | None
    unknown_w: int  # of the worst state: load of devices whose cords are not published
    imbalance: float  # of the worst state: largest distance from the mean, over the mean


class RackRotation(Strict):
    """By how many phases the wiring of a rack is turned, on all its feeds."""

    rack: str
    rotation: Literal[0, 1, 2]


class FeedPhases(Strict):
    """Design load of one feed by phase, in one state."""

    feed: str
    lost: str
    phases_w: Watts
    unknown_w: int
    imbalance: float


class PhaseBalance(Strict):
    """Phases of one hall. `tolerance` is the request's limit of imbalance; None: none is asked for."""

    hall: str
    tolerance: float | None
    patterns: tuple[PatternPhases, ...]
    rotations: tuple[RackRotation, ...]
    feeds: tuple[FeedPhases, ...]
