"""The load of racks that stand already: a power tree that carries it along with what the request states."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from planner.request.electrical import Power
from planner.request.power_tree import Drops

AnyPower = TypeVar("AnyPower", bound=Power)


class StandingLoad(NamedTuple):
    """What one rack that stands draws, in W, and where its row hangs on the tree."""

    drops: Drops
    design_w: int
    peak_w: int


class StandingPower(Power):
    """The power tree of a hall with the loads of the racks that stand there; no part of a request."""

    standing: tuple[StandingLoad, ...] = ()


def with_standing(power: Power, loads: tuple[StandingLoad, ...]) -> StandingPower:
    """The same tree with the loads of racks that stand."""
    own = {name: getattr(power, name) for name in type(power).model_fields}
    return StandingPower.model_construct(**own, standing=loads)


def at_peak(power: AnyPower) -> AnyPower:
    """The same tree with the racks that stand at their peak."""
    if not isinstance(power, StandingPower):
        return power
    return power.model_copy(update={"standing": tuple(load._replace(design_w=load.peak_w) for load in power.standing)})


def standing_loads(power: Power) -> tuple[tuple[Drops, int], ...]:
    """(drops, W) of the racks that stand, on the feeds and panels that the tree has on the day it is taken for."""
    if not isinstance(power, StandingPower):
        return ()
    there = {feed.id for feed in power.feeds} | {panel.id for panel in power.panels}
    return tuple((tuple(d for d in load.drops if d in there), load.design_w) for load in power.standing)
