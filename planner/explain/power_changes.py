"""Larger feeds, and the tree behind them, for a hall whose power is short."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import TypeVar

from planner.explain.edits import Edit, Place, spans
from planner.facility.power import plannable_hall
from planner.facility.tree_loads import carried_w, tree_of
from planner.request.site import Feed, Hall, Panel, Source
from planner.sizing.halls import nameplate_w
from planner.wording import sentence

MOST_W = 10**11
Node = TypeVar("Node", Feed, Source, Panel)


def larger_feeds(place: Place) -> Iterator[Edit]:
    """Every feed grows by the same, until what survives the worst loss has grown by enough; with it the tree behind."""
    hall = place.hall
    behind = bool(hall.power.panels) or any(source.capacity is not None for source in hall.power.sources)
    raised = partial(_grown_tree if behind else _raised_feeds, place)
    if not _carries(place, raised(MOST_W)):
        return  # something else than capacity holds the hall back
    low, high = 0, place.by
    while not _carries(place, raised(high)):
        low, high = high + 1, 2 * high + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _carries(place, raised(middle)) else (middle + 1, high)
    changed = raised(low)
    moves = [
        (before.id, before.capacity, after.capacity)
        for before, after in zip(hall.power.feeds, changed.power.feeds, strict=True)
    ]
    feeds = spans("feeds", "power", moves)
    yield sentence("change.feeds-and-tree" if behind else "change.feeds", feeds=feeds, hall=hall.id), changed


def _grown_tree(place: Place, by: int) -> Hall:
    """Every source, feed and panel grown by the share by which `by` grows the smallest feed."""
    hall = place.hall
    share = 1 + Fraction(by, min(feed.capacity for feed in hall.power.feeds))

    def grown(nodes: Sequence[Node]) -> tuple[Node, ...]:
        return tuple(
            node.model_copy(
                update={"capacity": place.worded(math.ceil(node.capacity * share)) if by else node.capacity}
            )
            if node.capacity is not None
            else node
            for node in nodes
        )

    power = hall.power
    update = {"feeds": grown(power.feeds), "sources": grown(power.sources), "panels": grown(power.panels)}
    return hall.model_copy(update={"power": power.model_copy(update=update)})


def _raised_feeds(place: Place, by: int) -> Hall:
    hall = place.hall
    feeds = tuple(
        feed.model_copy(update={"capacity": place.worded(feed.capacity + by) if by else feed.capacity})
        for feed in hall.power.feeds
    )
    return hall.model_copy(update={"power": hall.power.model_copy(update={"feeds": feeds})})


def _carries(place: Place, hall: Hall) -> bool:
    planned = plannable_hall(place.site, hall)
    if nameplate_w(planned) < place.data.nameplate_w + place.by:
        return False
    survives = carried_w(tree_of(planned))
    return place.peak_only or survives >= place.data.survivable_w + place.by
