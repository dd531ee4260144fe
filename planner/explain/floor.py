"""Why the racks do not stand: the limit of the floor that stops them, with the line of the request that states it."""

from __future__ import annotations

from dataclasses import dataclass

from planner.document import Document, Location
from planner.floor.data import FloorInfeasible
from planner.request.schema import Request


@dataclass(frozen=True)
class FloorExplanation:
    """A refusal of the floor. `tried` mixes of systems and storage were sized, packed, and found no place.

    It is no proof: other racks with the same content were not all tried.
    """

    hall: str
    limit: str
    reason: str
    line: int
    tried: int

    def text(self) -> str:
        """The explanation as a person reads it."""
        mixes = f"{self.tried} mixes of systems were" if self.tried != 1 else "1 mix of systems was"
        return "\n".join(
            (
                f"No plan was found: {mixes} sized and packed, and its racks do not stand in hall {self.hall}."
                if self.tried == 1
                else f"No plan was found: {mixes} sized and packed, and their racks do not stand in hall {self.hall}.",
                f"  - line {self.line}: {self.reason}",
            )
        )


def explain_floor(
    refusal: FloorInfeasible, hall: str, tried: int, request: Request, source: Document | None
) -> FloorExplanation:
    """The explanation of the first refusal."""
    line = source.mark(place_of(refusal, hall, request)).line if source is not None else 0
    return FloorExplanation(hall, refusal.limit, str(refusal), line, tried)


def place_of(refusal: FloorInfeasible, hall: str, request: Request) -> Location:
    """Where the request states the limit."""
    if refusal.stated:
        return refusal.stated
    places = [(i, j) for i, site in enumerate(request.sites) for j, h in enumerate(site.halls) if h.id == hall]
    i, j = places[0]
    own: Location = ("power", "feeds") if refusal.limit == "feeds" else ("rows",)
    return ("sites", i, "halls", j, *own)
