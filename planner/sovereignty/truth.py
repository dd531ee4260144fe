"""Logic with three values: true, false, and None for unknown (Kleene's strong logic).

Its law is what makes "unknown never passes" hold: an answer that is true or false while a fact is missing stays the
same whatever that fact turns out to be.
"""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def conjunction(values: Iterable[Truth]) -> Truth:
    """False as soon as one is false, unknown as soon as one is unknown, else true."""
    seen = list(values)
    if any(value is False for value in seen):
        return False
    return None if any(value is None for value in seen) else True


def disjunction(values: Iterable[Truth]) -> Truth:
    """True as soon as one is true, unknown as soon as one is unknown, else false."""
    return negation(conjunction(negation(value) for value in values))


def negation(value: Truth) -> Truth:
    """Swaps true and false; unknown stays unknown."""
    return None if value is None else not value
