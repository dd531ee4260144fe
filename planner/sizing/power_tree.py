"""The power tree as sizing sees it: what each source, feed and panel may carry of each position class in each state."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm

from planner.facility.tree_loads import NodeRoom, node_rooms, tree_of
from planner.request.site import Hall
from planner.sizing.data import NodeLimit, PositionClass


def node_limits(planned: Hall, classes: tuple[PositionClass, ...]) -> tuple[NodeLimit, ...]:
    """One limit for each node and state that racks can reach, the tightest of those that say the same of all classes.

    None where all rows hang on the same drops: then the hall's own limits are exact.
    """
    groups = sorted({place.drops for place in classes})
    if len(groups) < 2:
        return ()
    tightest: dict[tuple[int, tuple[tuple[str, int], ...]], NodeLimit] = {}
    for limit in _every_limit(planned, classes):
        key = limit.scale, limit.parts
        known = tightest.get(key, limit)
        if (limit.design_w, limit.peak_w) != (known.design_w, known.peak_w):
            both = min(limit.design_w, known.design_w), min(limit.peak_w, known.peak_w)
            known = NodeLimit(known.node, known.lost, *key, *both)
        tightest[key] = known
    return tuple(tightest.values())


def _every_limit(planned: Hall, classes: tuple[PositionClass, ...]) -> Iterator[NodeLimit]:
    for room in node_rooms(tree_of(planned), (place.drops for place in classes)):
        shares = [(place.key, room.share(place.drops)) for place in classes]
        reaching = [(key, share) for key, share in shares if share]
        if not reaching:
            continue
        scale = lcm(*(share.denominator for _, share in reaching))
        parts = tuple((key, int(share * scale)) for key, share in reaching)
        uneven = _lost_to_whole_watts(room)
        yield NodeLimit(room.node, room.lost, scale, parts, room.design_w - uneven, room.peak_w - uneven)


def _lost_to_whole_watts(room: NodeRoom) -> int:
    """W by which whole-watt shares of several kinds of row may exceed their exact sum: under one for each share."""
    if len(room.shares) < 2:
        return 0
    return int(sum((Fraction(among - 1, among) for _, among, _ in room.shares), Fraction(0)))
