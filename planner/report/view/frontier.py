"""The frontier in the words of the language spoken: its axes, its points and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from planner.report import text
from planner.report.drawings.canvas import Drawing
from planner.report.drawings.frontier import Mark, axis_of, diagram
from planner.report.language import say, term

PROVEN = 1e-5  # a gap below which a point is told as proven best


class Point(Protocol):
    """What is drawn of a point: its two values in base units, and how good it is."""

    @property
    def first(self) -> int:
        """Value of the first axis."""

    @property
    def second(self) -> int:
        """Value of the second axis."""

    @property
    def gap(self) -> float:
        """How far it may lie above the bound, of the bound."""

    @property
    def status(self) -> str:
        """Whether it is proven: optimal, or feasible."""

    @property
    def systems(self) -> str:
        """What is bought, in words."""


class Frontier(Protocol):
    """What is drawn of a frontier; the one that is solved has it, and drawing loads no solver."""

    @property
    def axes(self) -> tuple[str, str]:
        """The two objectives."""

    @property
    def units(self) -> tuple[str, str]:
        """Their base units."""

    @property
    def points(self) -> Sequence[Point]:
        """In order of the first axis."""

    @property
    def wanted(self) -> int:
        """How many were asked for."""

    @property
    def complete(self) -> bool:
        """Whether no others exist."""


def drawing(found: Frontier) -> Drawing:
    """The picture of the frontier."""
    most = found.points[-1].first, found.points[0].second
    across, up = (
        axis_of(term("frontier-axis", axis), unit, largest)
        for axis, unit, largest in zip(found.axes, found.units, most, strict=True)
    )
    marks = [Mark(p.first, p.second, p.status == "optimal", f"{proof_words(p.gap)}; {p.systems}") for p in found.points]
    return diagram(marks, across, up, _note(found))


def proof_words(gap: float) -> str:
    """What is proven of a point."""
    if gap < PROVEN:
        return say("frontier.proven")
    return say("frontier.within", share=text.figure(f"{gap * 100:.2f}"))


def _note(found: Frontier) -> str:
    """How many points there are, against how many were asked for."""
    many = len(found.points)
    if not found.complete:
        return say("frontier.some", n=many)
    fewer = say("frontier.fewer", wanted=found.wanted) if many < found.wanted else ""
    return say("frontier.all", n=many) + fewer
