"""The power tree in a plan: every feed, source and panel in each state, and what none of them can give."""

from __future__ import annotations

from typing import Literal

from planner.catalog.facts import Strict
from planner.plan.said import Words


class FeedState(Strict):
    """Load of one feed when everything works (`lost` empty) or with one feed or source lost."""

    lost: str
    load_w: int
    capacity_w: int
    continuous_w: int  # what may be drawn all the time: the capacity under IEC, 80 % of it under NEC


class FeedPlan(Strict):
    """One feed of one hall in each state, at design load."""

    hall: str
    feed: str
    states: tuple[FeedState, ...]
    peak_w: int | None  # worst state at peak load, against the nameplate


class NodeState(Strict):
    """Load of one source or panel in one state; capacities are None where the request states none."""

    lost: str
    load_w: int
    capacity_w: int | None
    continuous_w: int | None


class NodePlan(Strict):
    """One source or panel of one hall in each state in which it is up, at design load."""

    node: str
    level: Literal["source", "panel"]
    kind: str  # utility, ups, generator; panel, busway, rpp
    upstream: tuple[str, ...]
    states: tuple[NodeState, ...]
    peak_w: int | None  # worst state at peak load, against the nameplate


class Stranded(Strict):
    """Where the power goes that one level of the tree may carry all the time: the four parts add up to it.

    `load_w` is drawn in normal operation. `held_w` is kept free for the worst loss. More demand could use `open_w`.
    `stranded_w` no demand could use, since `reason` comes first.
    """

    level: Literal["hall", "source", "feed", "panel"]
    node: str
    continuous_w: int  # of the hall: the design load that it carries in its worst state
    load_w: int
    held_w: int
    open_w: int
    stranded_w: int
    reason: Words


class HallPower(Strict):
    """Power of one hall."""

    hall: str
    redundancy: str
    standard: str
    typical_w: int | None
    design_w: int
    peak_w: int | None
    survivable_w: int  # design load that the hall carries in its worst state
    stranded_w: int  # survivable and not used
    unknown_power: tuple[str, ...]  # products whose power is not published
    feeds: tuple[FeedPlan, ...]
    nodes: tuple[NodePlan, ...] = ()  # the sources and panels that the request lists
    stranded: tuple[Stranded, ...] = ()
