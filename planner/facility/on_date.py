"""A hall as it is on a date: only the feeds, loops and rows that have arrived."""

from __future__ import annotations

from planner.request.power_tree import feed_of
from planner.request.site import Hall


def arrived(available_from: str | None, date: str) -> bool:
    """Whether something is there on a date; what states no date is there from the start."""
    return available_from is None or available_from <= date


def hall_on(hall: Hall, date: str, redundancy: str | None = None) -> Hall | None:
    """The hall with what has arrived by the date; None while no rack can stand in it.

    A row takes its load from those of its feeds that are there, and is no row before the first of them. `redundancy`
    stands in for the hall's own while feeds are still to come.
    """
    feeds = tuple(feed for feed in hall.power.feeds if arrived(feed.available_from, date))
    here = {feed.id for feed in feeds}
    panels = tuple(panel for panel in hall.power.panels if feed_of(hall.power, panel.id) in here)
    rows = tuple(
        row.model_copy(update={"feeds": left, "panels": {f: p for f, p in row.panels.items() if f in here}})
        for row in hall.rows
        if arrived(row.available_from, date) and (left := tuple(feed for feed in row.feeds if feed in here))
    )
    if not rows:
        return None
    loops = tuple(loop for loop in hall.cooling.loops if arrived(loop.available_from, date))
    power = {"feeds": feeds, "panels": panels, "redundancy": redundancy or hall.power.redundancy}
    return hall.model_copy(
        update={
            "rows": rows,
            "power": hall.power.model_copy(update=power),
            "cooling": hall.cooling.model_copy(update={"loops": loops}),
        }
    )
