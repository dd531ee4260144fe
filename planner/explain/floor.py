"""Why the racks do not stand: the limit of the floor that stops them, with the line of the request that states it.

A refusal of the floor concerns one mix as it was packed. Where sizing, asked row by row, proves that no mix stands
however it is packed, the explanation says so, names what conflicts, and what would be enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from planner.document import Document, Location
from planner.errors import TimeLimitReached
from planner.explain.case import Case, OffMenu, WayOut, said_by
from planner.explain.conflict import minimal_conflict
from planner.explain.explanation import Told, parted, told
from planner.explain.trial import Trial
from planner.explain.ways import ways_out
from planner.explain.wording import Line, conflict_lines, entry, menu_lines, off_menu_lines, written
from planner.floor.data import FloorInfeasible
from planner.request.schema import Request
from planner.sizing.data import Cut
from planner.sizing.prepare import Prepared, prepare
from planner.sizing.question import Question
from planner.sizing.row_by_row import row_by_row
from planner.sizing.settle import NoLayout
from planner.wording import CANONICAL, sentence


@dataclass(frozen=True)
class FloorExplanation:
    """A refusal of the floor. `tried` mixes of systems and storage were sized, packed, and found no place.

    Where it is `proven`, no mix has a layout: the limits in `conflict` cannot hold together row by row, and each of the
    `ways_out` is enough. Otherwise other mixes, or the same in other racks, were not all tried.
    """

    hall: str
    limit: str
    reason: str
    line: int
    tried: int
    proven: bool = False
    conflict: tuple[Told, ...] = ()
    ways_out: tuple[WayOut, ...] = ()
    racks_proven: bool = False  # no layout of the racks exists into which the first mix was packed
    off_menu: tuple[OffMenu, ...] = ()

    def text(self, code: str = CANONICAL) -> str:
        """The explanation as a person reads it, in a language."""
        return written(self._lines(), code)

    def _lines(self) -> Iterator[Line]:
        key = "no-plan" if self.proven else "none-found"
        yield Line(sentence(f"floor-refusal.{key}", n=self.tried, hall=self.hall))
        yield entry(self.reason, self.line)
        if not self.proven:
            yield Line(sentence("floor-refusal.others-may", n=self.tried))
            if self.racks_proven:
                yield Line(sentence("floor-refusal.racks-proven"))
            yield Line(sentence("floor-refusal.try-first", hall=self.hall))
            return
        yield Line(sentence("floor-refusal.whatever"))
        if self.conflict:
            yield Line(sentence("floor-refusal.conflict"))
            yield from conflict_lines(self.conflict, self.off_menu)
        yield from menu_lines(self.ways_out)
        if not self.ways_out:
            yield Line(sentence("explain.no-way-found"))
        yield from off_menu_lines(self.off_menu)


def explain_floor(
    refusal: FloorInfeasible, hall: str, tried: int, request: Request, source: Document | None
) -> FloorExplanation:
    """The explanation of the first refusal, without a proof for other mixes."""
    line = source.mark(place_of(refusal, hall, request)).line if source is not None else 0
    return FloorExplanation(hall, refusal.limit, said_by(refusal), line, tried, racks_proven=refusal.proven)


def explain_no_layout(
    refusal: FloorInfeasible, hall: str, proof: NoLayout, question: Question, source: Document | None, trial: Trial
) -> FloorExplanation:
    """The explanation of the first refusal where it is proven that no mix stands."""
    found = replace(explain_floor(refusal, hall, 1, question.request, source), proven=True)
    case = RowByRow(question, source, trial, proof)
    try:
        limits = minimal_conflict(case.data, case.cuts)
    except TimeLimitReached:
        return found  # proven all the same; which limits conflict is not decided within the deterministic limits
    ways, others = parted(ways_out(case, limits))
    return replace(found, conflict=tuple(told(case, one) for one in limits), ways_out=ways, off_menu=others)


@dataclass
class RowByRow(Case):
    """A question that has no answer row by row."""

    proof: NoLayout

    @cached_property
    def prepared(self) -> Prepared:
        """The question as integers, every row of the halls in the proof by itself."""
        wide = prepare(self.question, wide=True)
        data = replace(wide.data, part_cuts=self.proof.part_cuts)
        return replace(wide, data=row_by_row(data, self.proof.by_row))

    @cached_property
    def _refusal(self) -> tuple[Sequence[Cut], str]:
        return self.proof.cuts, ""


def place_of(refusal: FloorInfeasible, hall: str, request: Request) -> Location:
    """Where the request states the limit."""
    if refusal.stated:
        return refusal.stated
    places = [(i, j) for i, site in enumerate(request.sites) for j, h in enumerate(site.halls) if h.id == hall]
    i, j = places[0]
    own: Location = ("power", "feeds") if refusal.limit == "feeds" else ("rows",)
    return ("sites", i, "halls", j, *own)
