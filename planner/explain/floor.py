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
from planner.explain.case import Case, WayOut
from planner.explain.conflict import minimal_conflict
from planner.explain.explanation import Conflict
from planner.explain.limits import words
from planner.explain.trial import Trial
from planner.explain.ways import ways_out
from planner.explain.wording import way_lines
from planner.floor.data import FloorInfeasible
from planner.request.schema import Request
from planner.sizing.data import Cut
from planner.sizing.prepare import Prepared, prepare
from planner.sizing.question import Question
from planner.sizing.row_by_row import row_by_row
from planner.sizing.settle import NoLayout


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
    conflict: tuple[Conflict, ...] = ()
    ways_out: tuple[WayOut, ...] = ()
    racks_proven: bool = False  # no layout of the racks exists into which the first mix was packed

    @property
    def certainty(self) -> str:
        """Whether it is proven that there is no plan, in words."""
        if self.proven:
            return "proven: no layout exists"
        return f"not proven: {self.tried} {'mix' if self.tried == 1 else 'mixes'} tried"

    def text(self) -> str:
        """The explanation as a person reads it."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        mixes = f"{self.tried} mixes of systems were" if self.tried != 1 else "1 mix of systems was"
        whose = "its" if self.tried == 1 else "their"
        found = "No plan meets this request" if self.proven else "No plan was found"
        yield f"{found}: {mixes} sized and packed, and {whose} racks do not stand in hall {self.hall}."
        yield f"  - line {self.line}: {self.reason}"
        if not self.proven:
            yield f"{_sentence(self.certainty)}; others, or other racks for the same, may stand."
            if self.racks_proven:
                yield "Of the first it is proven that the racks into which it was packed have no layout."
            yield f"To try first: raise the limit named above, or ask less of hall {self.hall}."
            return
        yield f"{_sentence(self.certainty)}, whatever the mix and however it is packed."
        if self.conflict:
            yield "Row by row these limits conflict; without any one of them the others could be met:"
            yield from (f"  - line {entry.line}: {entry.text}" for entry in self.conflict)
        if self.ways_out:
            yield "Any one of these changes would be enough, all else as it is (cheapest first):"
            for way in self.ways_out:
                yield from way_lines(way)
        else:
            yield "No single change was found to be enough."


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def explain_floor(
    refusal: FloorInfeasible, hall: str, tried: int, request: Request, source: Document | None
) -> FloorExplanation:
    """The explanation of the first refusal, without a proof for other mixes."""
    line = source.mark(place_of(refusal, hall, request)).line if source is not None else 0
    return FloorExplanation(hall, refusal.limit, str(refusal), line, tried, racks_proven=refusal.proven)


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
    conflict = tuple(Conflict(str(one), words(one, case.data, case.currency), case.line_of(one)) for one in limits)
    return replace(found, conflict=conflict, ways_out=tuple(ways_out(case, limits)))


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
