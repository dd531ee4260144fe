"""Two neighbouring tiles taken apart and rebuilt: every pair of hub slots on their cells, the racks split best.

With both hubs given, each rack goes to the hub that it gains most from: sorting the cells by the difference of the two
distances is best. All pairs of hub slots are compared at once.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from planner.floor.data import RackGroup
from planner.floor.field import Field, Ints, Kind
from planner.floor.stand import Stand
from planner.floor.work import Work

NEIGHBOURS = 8
PAIR_WORK = 0.0002
"""In units of about a second, as measured."""


def exchanged(field: Field, stand: Stand, work: Work) -> Stand:
    """The hubs after one sweep over all pairs of neighbouring tiles; the racks themselves are left to the caller."""
    hubs = {rack.group: (rack, at) for rack, at in stand if rack.hub}
    others: dict[str, list[int]] = {}
    for rack, at in stand:
        if not rack.hub:
            others.setdefault(rack.group, []).append(at)
    moved: dict[str, int] = {}
    for kind in field.kinds:
        if _of_one_sort(field, kind, [hubs[group][0] for group in kind.groups if group in hubs]):
            tiles = {group: [hubs[group][1], *others.get(group, [])] for group in kind.groups}
            _sweep(field, kind, tiles, _above(field, stand), work)
            moved.update({group: tile[0] for group, tile in tiles.items()})
    return tuple((rack, moved.get(rack.group, at)) for rack, at in stand if rack.hub)


def _of_one_sort(field: Field, kind: Kind, hubs: list[RackGroup]) -> bool:
    """Whether all racks of the kind take one position of the same rows, so that any of them may stand for another."""
    if kind.hubs != 1 or len(kind.members) != 1 or len(kind.groups) < 2 or not hubs:
        return False
    slots = kind.members[0].slots
    same = len(slots) == len(kind.hub_slots) and bool((slots == kind.hub_slots).all())
    return same and bool((field.first[slots] == field.last[slots]).all())


def _above(field: Field, stand: Stand) -> Ints:
    """Distance of every slot to the nearest hub of the hall; 0 without one."""
    common = np.array([at for rack, at in stand if rack.hub and rack.group == ""], dtype=np.int64)
    every = np.arange(len(field.slots))
    return field.far_from(common, every) if len(common) else np.zeros(len(field.slots), dtype=np.int64)


def _sweep(field: Field, kind: Kind, tiles: dict[str, list[int]], above: Ints, work: Work) -> None:
    groups = sorted(tiles)
    at = np.array([tiles[group][0] for group in groups], dtype=np.int64)
    for number, group in enumerate(groups):
        near = np.argsort(field.distance[at[number], at], kind="stable")[:NEIGHBOURS]
        for other in near.tolist():
            if other > number:
                work.spend(PAIR_WORK)
                better = _rebuilt(field, kind, tiles[group], tiles[groups[other]], above)
                if better is not None:
                    tiles[group], tiles[groups[other]] = better


def _rebuilt(
    field: Field, kind: Kind, one: list[int], other: list[int], above: Ints
) -> tuple[list[int], list[int]] | None:
    """The best two tiles on the cells of these two, hub first, or None when none is better."""
    cells = np.array([*one, *other], dtype=np.int64)
    x, y = field.x_mm[cells], field.y_mm[cells]
    far = np.abs(x[:, None] - x) + np.abs(y[:, None] - y)
    cables, size = kind.members[0].cables, len(one) - 1
    pull = kind.hub_cables * above[cells]
    split = len(one)
    now = cables * int(far[0, :split].sum() + far[split, split:].sum()) + int(pull[0] + pull[split])
    pairs = np.array(list(combinations(range(len(cells)), 2)), dtype=np.int64)
    first, second = pairs[:, 0], pairs[:, 1]
    gain = far[first] - far[second]
    rows = np.arange(len(pairs))
    gain[rows, first] = gain[rows, second] = 4 * field.far
    order = np.argsort(gain, axis=1, kind="stable")
    taken = np.take_along_axis(gain, order[:, :size], axis=1).sum(axis=1)
    cost = cables * (far[second].sum(axis=1) - far[second, first] + taken) + pull[first] + pull[second]
    best = int(cost.argmin())
    if int(cost[best]) >= now:
        return None
    hubs = int(first[best]), int(second[best])
    left = order[best, :size].tolist()
    right = [cell for cell in range(len(cells)) if cell not in left and cell not in hubs]
    return [int(cells[c]) for c in (hubs[0], *left)], [int(cells[c]) for c in (hubs[1], *right)]
