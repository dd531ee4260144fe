"""What an explanation asks of the rooms above it: a changed request as a question, and the plan it would have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from planner.request.schema import Request
from planner.sizing.answer import Settled
from planner.sizing.network import Surroundings
from planner.sizing.question import Question, Ruling


@dataclass(frozen=True)
class Amount:
    """Money in whole units of the request's currency."""

    low: int
    typical: int
    high: int


@dataclass(frozen=True)
class Standing:
    """Racks of one kind in a hall: what one draws and weighs on each of its positions."""

    hall: str
    positions: int  # of all of them
    design_w: int
    weight_kg: int


@dataclass(frozen=True)
class Outcome:
    """The plan of a question in a few figures, before cables are routed. What has no price is in no sum."""

    currency: str
    capex: Amount
    tco: Amount
    horizon_years: int
    lines: int
    lines_without_price: int
    power_design_w: int
    racks: int
    systems: str
    unpriced: tuple[str, ...]  # systems and storage without a price: the cost cannot be compared with another plan's


@dataclass(frozen=True)
class Tried:
    """A plan that was found for a question, sized, packed, and seen to fit the floor."""

    outcome: Outcome
    standing: tuple[Standing, ...]
    settled: Settled


class Trial(Protocol):
    """Solves changed questions for an explanation."""

    def ask(self, request: Request, like: Question | None = None) -> Question:
        """The question of a changed request, from needs to rules; needs of workloads that are as in `like` are kept."""
        ...

    def solve(self, question: Question, around: Mapping[str, Surroundings] | None = None) -> Tried | None:
        """The best plan of a question; None: there is none. Networks start as large as `around`, by hall, where known.

        Raises:
            TimeLimitReached: undecided within the deterministic limits.
        """
        ...

    def solve_or_grow(self, question: Question) -> Tried | Mapping[str, Surroundings] | None:
        """The quick plan of a question, or the networks, by hall, that left no room for one; None: neither.

        Raises:
            TimeLimitReached: as `solve`.
        """
        ...

    def rulings(self, request: Request) -> tuple[Ruling, ...]:
        """What the rules of a changed request exclude, before any need is estimated."""
        ...

    def clause(self, rule: str) -> str:
        """The clause that a rule stands for, in words; empty for rules of the request itself."""
        ...
