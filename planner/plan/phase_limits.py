"""What limits a phase: the feeds and loops that are there by its date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import lcm

from planner.facility.on_date import hall_on
from planner.facility.power import plannable_hall
from planner.facility.tree_loads import node_rooms, tree_of
from planner.phasing.data import Ceiling
from planner.request.phase import Phase
from planner.request.power_tree import drops_of
from planner.request.site import Hall, Site


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
    """Rows that something still carries in every state that the hall must survive: racks may stand in no others."""
    tree = tree_of(hall)
    return {row.id for row in hall.rows if all(tree.alive(drops_of(row), state) for state in tree.states)}


def ceilings_of(hall: Hall, draws: Sequence[Draw]) -> Iterator[Ceiling]:
    """One limit for each node of the power tree in each state: design against what it carries all the time, peak
    against its capacity.

    The watts that do not divide go to the first of the drops that share them: one watt for each kind of row is kept.
    """
    drops = {row.id: drops_of(row) for row in hall.rows}
    for room in node_rooms(tree_of(hall), drops.values()):
        shares = {row: room.share(of) for row, of in drops.items()}
        parts = lcm(*(share.denominator for share in shares.values()))
        odd = len({of for of, among, _ in room.shares if among > 1})
        for tier, limit in (("design_w", room.design_w), ("peak_w", room.peak_w)):
            terms = tuple(
                (draw.stock, int(shares[draw.row] * parts) * getattr(draw, tier))
                for draw in draws
                if shares.get(draw.row)
            )
            if terms:
                name = f"{hall.id}, {room.kind} {room.node}, {tier}, {room.lost or 'normal'}"
                yield Ceiling("feeds", name, terms, parts * max(0, limit - odd))
