"""Words that the tables and drawings of power share."""

from __future__ import annotations

from planner.report import text
from planner.report.language import say


def used_of(load_w: int, limit_w: int, share: float | None) -> str:
    """ "8 kW of 10 kW (80 %)"."""
    limit = say("of", part=text.power(load_w), whole=text.power(limit_w))
    return f"{limit} ({text.percent(share, 0)})"


def state_name(lost: str) -> str:
    """What works in a state of the power tree."""
    return say("power.lost", lost=text.lost(lost)) if lost else say("power.normal")
