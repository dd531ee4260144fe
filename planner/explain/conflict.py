"""A minimal set of limits that cannot hold together.

QuickXplain (U. Junker, AAAI 2004): a set is halved until what is left of it is in conflict with the rest, so that large
parts which play no role are dropped at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.explain.limits import limits_of
from planner.sizing.data import Cut, SizingData
from planner.sizing.limits import Limit, Relaxation
from planner.sizing.model import feasible

_Holds = Callable[[Sequence[Limit]], bool]


def minimal_conflict(
    data: SizingData, cuts: Sequence[Cut] = (), together: frozenset[Limit] = frozenset()
) -> list[Limit]:
    """Limits that cannot hold together, none of which can be left out, those that a reader cares for most.

    Empty where the data can be met, and where they cannot be met without any limit either. Those in `together` are
    known to hold together.

    Raises:
        TimeLimitReached: a question of the search is not decided within the deterministic limit.
    """
    every = limits_of(data)

    def holds(kept: Sequence[Limit]) -> bool:
        return together.issuperset(kept) or feasible(data, Relaxation(frozenset(every) - frozenset(kept)), cuts)

    if not holds(()) or holds(every):
        return []
    needed = [limit for limit in every if limit not in together]
    if len(needed) != 1:  # one alone without which the others hold is part of every conflict
        needed = []
    others = [limit for limit in every[::-1] if limit not in needed]
    found = needed + _conflict_in(others, needed, asked=bool(needed), holds=holds)
    return [limit for limit in every if limit in found]


def _conflict_in(limits: Sequence[Limit], kept: list[Limit], *, asked: bool, holds: _Holds) -> list[Limit]:
    """What of `limits` a conflict with `kept` needs. `asked`: whether `kept` has grown since it was last tried."""
    if asked and not holds(kept):
        return []
    if len(limits) == 1:
        return list(limits)
    half = len(limits) // 2
    first, second = list(limits[:half]), list(limits[half:])
    of_second = _conflict_in(second, kept + first, asked=True, holds=holds)
    of_first = _conflict_in(first, kept + of_second, asked=bool(of_second), holds=holds)
    return of_first + of_second
