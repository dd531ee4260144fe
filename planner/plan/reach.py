"""Cables that nothing reaches go back to the floor: racks may stand no farther from their switches than cables go."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.cabling.products import BeyondReachError
from planner.document import Document, Location
from planner.explain.floor import explain_floor
from planner.floor.data import FloorInfeasible
from planner.plan.site import PlacedHall
from planner.plan.standing import FloorRefusal, place_hall
from planner.plan.why import Sketch
from planner.sizing.answer import Settled
from planner.sizing.question import Question
from planner.wording import sentence

MOST_ROUNDS = 8
Sketcher = Callable[[Question, Settled, Sequence[PlacedHall]], Sketch]


def wired_within_reach(
    question: Question, source: Document | None, settled: Settled, halls: list[PlacedHall], sketch: Sketcher
) -> tuple[list[PlacedHall], Sketch]:
    """The racks where every cable reaches, and the sketch with those cables.

    Each link that no allowed medium reaches limits how far racks like its own may stand from their switches, and the
    floor places them again.

    Raises:
        FloorRefusal: no such place was found; says which cable is too short, by how many mm, and what limits it.
    """
    reach: dict[str, int] = {}
    for _ in range(MOST_ROUNDS):
        try:
            return halls, sketch(question, settled, halls)
        except BeyondReachError as beyond:
            placed = next(p for p in halls if p.hall.id == beyond.lower.hall)
            stated = reach_place(question, placed)
            pattern, most = reach_of(placed, beyond)
            if pattern is None or most < 0 or reach.get(pattern, most + 1) <= most:
                refusal = FloorInfeasible(_too_short(placed, beyond), "reach", stated, proven=False)
                raise FloorRefusal(explain_floor(refusal, placed.hall.id, 1, question.request, source)) from None
            reach[pattern] = most
            halls = [_again(question, source, settled, p, reach, stated) if p is placed else p for p in halls]
    text = sentence("floor-refusal.none-within-reach", hall=placed.hall.id)
    refusal = FloorInfeasible(text, "reach", proven=False)
    raise FloorRefusal(explain_floor(refusal, placed.hall.id, 1, question.request, source))


def _again(
    question: Question, source: Document | None, settled: Settled, placed: PlacedHall, reach: dict[str, int],
    stated: Location,
) -> PlacedHall:  # fmt: skip
    """The hall placed again under what was learned of reach."""
    try:
        found = place_hall(question, settled, placed.site, placed.hall, reach, stated)
    except FloorInfeasible as refusal:
        raise FloorRefusal(explain_floor(refusal, placed.hall.id, 1, question.request, source)) from None
    assert found is not None, "racks that stood stand again"
    return found


def reach_of(placed: PlacedHall, beyond: BeyondReachError) -> tuple[str | None, int]:
    """The pattern of the lower end's rack and the most mm of tray that leave its cables long enough.

    None where both ends are in racks of switches, which the floor does not hold together, in one rack, or where the
    lower one stands already.
    """
    lower = beyond.lower
    rack = next((p for p in placed.floor.placements if p.row == lower.row and lower.number in p.numbers), None)
    along_m = (abs(beyond.lower.x_mm - beyond.upper.x_mm) + abs(beyond.lower.y_mm - beyond.upper.y_mm)) / 1000
    most = int(1000 * (beyond.reach_m - (beyond.needed_m - along_m)))
    return (None if rack is None or rack.hub or not along_m else rack.pattern), most


def reach_place(question: Question, placed: PlacedHall) -> Location:
    """Where the request limits the media of a hall."""
    sites = question.request.sites
    i = next(n for n, site in enumerate(sites) if site.id == placed.site.id)
    j = next(n for n, hall in enumerate(sites[i].halls) if hall.id == placed.hall.id)
    key = "media" if placed.hall.cabling.max_copper is None else "max_copper"
    return ("sites", i, "halls", j, "cabling", key)


def _too_short(placed: PlacedHall, beyond: BeyondReachError) -> str:
    key = "floor-refusal.too-short-joined" if _joined_from_afar(placed, beyond) else "floor-refusal.too-short"
    return sentence(
        key, hall=placed.hall.id, link=beyond.what, needed=beyond.needed_m, reach=beyond.reach_m,
        missing=round(1000 * (beyond.needed_m - beyond.reach_m)),
    )  # fmt: skip


def _joined_from_afar(placed: PlacedHall, beyond: BeyondReachError) -> bool:
    """Whether the far end is a switch that stands already."""
    upper = beyond.upper
    here = (rack for rack in placed.hall.existing.racks if rack.position == f"{upper.row}{upper.number:02d}")
    return any(device.free_ports and device.u == upper.u for rack in here for device in rack.devices)
