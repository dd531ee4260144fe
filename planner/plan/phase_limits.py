"""What limits a phase: the feeds and loops that are there by its date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.facility.on_date import hall_on
from planner.facility.power import feed_states, loss_states, plannable_hall
from planner.phasing.data import Ceiling
from planner.request.phase import Phase
from planner.request.site import Hall, Site

UNIT_W = 720_720  # divides by every number of feeds up to sixteen


@dataclass(frozen=True)
class Draw:
    """What one piece of a stock draws, and where."""

    stock: int
    hall: str
    row: str
    design_w: int
    peak_w: int


def hall_in_phase(site: Site, hall: Hall, phase: Phase) -> Hall | None:
    """The plannable hall with what has arrived by the phase."""
    return hall_on(plannable_hall(site, hall), phase.date, phase.redundancy)


def rows_held_up(hall: Hall) -> set[str]:
    """Rows that keep a feed in every state that the hall must survive: racks may stand in no others."""
    states = loss_states(hall.power)
    return {row.id for row in hall.rows if all(set(row.feeds) - state.lost for state in states)}


def ceilings_of(hall: Hall, draws: Sequence[Draw]) -> Iterator[Ceiling]:
    """One limit for each feed in each state: design against what it carries all the time, peak against its capacity.

    The load of a feed is linear in what the racks of each kind of row draw, but for the watts that do not divide: one
    watt for each kind of row is kept for them.
    """
    feeds = {row.id: row.feeds for row in hall.rows}
    groups = sorted({row.feeds for row in hall.rows})
    idle = feed_states(hall.power, [])
    shares = {group: feed_states(hall.power, [(group, UNIT_W)]) for group in groups}
    for feed, states in idle.items():
        for n, state in enumerate(states):
            share = {group: shares[group][feed][n].load_w - state.load_w for group in groups}
            for kind, limit in (("design", state.continuous_w), ("peak", state.capacity_w)):
                terms = tuple(
                    (draw.stock, share[feeds[draw.row]] * (draw.design_w if kind == "design" else draw.peak_w))
                    for draw in draws
                    if draw.row in feeds and share[feeds[draw.row]]
                )
                if terms:
                    spare = max(0, limit - state.load_w - len(groups))
                    yield Ceiling("feeds", f"{hall.id}, feed {feed}, {kind}, {state.lost}", terms, UNIT_W * spare)
