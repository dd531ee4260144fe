"""Why no rack of the catalog fits a hall, and what would let one in: higher or larger positions, a wider way in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.catalog.facts import ceiling
from planner.catalog.schema import Rack, System
from planner.document import Location
from planner.explain.case import Case, OffMenu, Undecided, WayOut, undecided_about
from planner.explain.changes import with_hall
from planner.explain.edits import span, with_rows
from planner.request.site import Hall
from planner.sizing.halls import fitting_racks
from planner.sizing.limits import HEIGHT, NOTHING, Limit
from planner.sizing.model import feasible
from planner.sizing.prepare import prepare
from planner.wording import sentence

LARGEST = 10**6  # mm, kg or U: as good as no limit


@dataclass(frozen=True)
class Opening:
    """A key of a hall's floor or rows that a rack must not exceed, and the facts whose least is held against it."""

    key: str
    unit: str
    facts: tuple[str, ...]
    in_rows: bool = False
    always: int = 0  # so much is given whatever is stated

    @property
    def place(self) -> Location:
        """Where a hall states it."""
        return ("rows", 0, self.key) if self.in_rows else ("floor", self.key)

    def now(self, hall: Hall) -> int | None:
        """The limit as it is, of rows the largest; None: not stated."""
        rows: list[int] = [getattr(row, self.key) for row in hall.rows] if self.in_rows else []
        value: int | None = max(rows) if self.in_rows else getattr(hall.floor, self.key)
        return value

    def raised(self, hall: Hall, value: int) -> Hall:
        """The hall with no less than this."""
        if self.in_rows:
            return with_rows(hall, lambda row: {self.key: max(value, getattr(row, self.key))})
        return hall.model_copy(update={"floor": hall.floor.model_copy(update={self.key: value})})

    def short_of(self, hall: Hall, product: Rack | System) -> int | None:
        """What a product needs of it where that is more than there is; None: not more, or not known."""
        now = self.now(hall)
        if now is None or (self.in_rows and isinstance(product, System)):
            return None  # rows are no limit to what is its own rack
        values = (ceiling(getattr(product, fact)) for fact in self.facts if hasattr(product, fact))
        wanted = min((value for value in values if value is not None), default=None)
        if wanted is not None and isinstance(product, System) and self.unit == "weight":
            wanted = -(-wanted // product.racks)  # each comes by itself
        return wanted if wanted is not None and wanted > max(now, self.always) else None


OPENINGS = (
    Opening("door_width", "length", ("width_mm", "depth_mm")),
    Opening("door_height", "length", ("height_mm",)),
    Opening("lift_capacity", "weight", ("weight_kg",)),
    Opening("route_capacity", "weight", ("weight_kg",)),
    Opening("rack_height_u", "height", ("height_u",), in_rows=True),
    Opening("rack_depth", "length", ("depth_mm",), in_rows=True),
    Opening("pitch", "length", ("width_mm",), in_rows=True, always=600),
)


Needs = dict[Opening, int]
"""What a rack needs of each key that keeps it out."""


def no_rack(case: Case, limit: Limit) -> tuple[str, int] | None:
    """Where no rack fits a hall, whose height is then none: what keeps out the one that lacks least, and its line.

    None: some rack fits.
    """
    hall = next((hall for _, hall in case.question.request.halls() if hall.id == limit.subject), None)
    if limit.kind != HEIGHT or hall is None or _some_fit(case, hall):
        return None
    needs = next(_needs(hall, _racks_of(case, hall)), None)
    if needs is None:
        return None
    stated = [
        sentence(f"opening.{opening.key}", now=sentence(f"amount.{opening.unit}", value=opening.now(hall)))
        for opening in needs
    ]
    return sentence("limit.no-rack", hall=hall.id, openings=stated), case.line(_place(case, hall, next(iter(needs))))


def _some_fit(case: Case, hall: Hall) -> bool:
    return any(fitting_racks(case.question, hall, row) for row in hall.rows)


def _racks_of(case: Case, hall: Hall) -> list[Rack | System]:
    """Racks for nodes that would fit if only they came in and had the room."""
    large = hall
    for opening in OPENINGS:
        if opening.now(hall) is not None:
            large = opening.raised(large, LARGEST)
    found = {rack.id: rack for row in large.rows for rack in fitting_racks(case.question, large, row)}
    return [rack for _, rack in sorted(found.items())]


def _needs(hall: Hall, products: Sequence[Rack | System]) -> Iterator[Needs]:
    """What each of some racks needs more than the hall gives, the least first by the sum of shares."""
    found: list[tuple[Fraction, str, Needs]] = []
    for product in products:
        needs = {opening: wanted for opening in OPENINGS if (wanted := opening.short_of(hall, product)) is not None}
        if needs:
            share = sum((Fraction(wanted, opening.now(hall) or 1) - 1 for opening, wanted in needs.items()), Fraction())
            found.append((share, product.id, needs))
    yield from (needs for _, _, needs in sorted(found, key=lambda one: one[:2]))


def _place(case: Case, hall: Hall, opening: Opening) -> Location:
    sites = case.question.request.sites
    i, j = next((i, j) for i, site in enumerate(sites) for j, one in enumerate(site.halls) if one.id == hall.id)
    return ("sites", i, "halls", j, *opening.place)


def openings_widened(case: Case) -> Iterator[WayOut | OffMenu]:
    """For each hall that keeps racks out, the least more that lets one in which makes the request possible."""
    barred = {(bar.place, bar.product) for bar in case.prepared.bars if bar.rule == "delivery"}
    for _, hall in case.question.request.halls():
        kept_out = [s for s in case.question.catalog.of(System).values() if (hall.id, s.id) in barred]
        products = [*([] if _some_fit(case, hall) else _racks_of(case, hall)), *kept_out]
        for needs in _needs(hall, products):
            way = _widened(case, hall, needs)
            if way is not None:
                yield way
                break


def _widened(case: Case, hall: Hall, needs: Needs) -> WayOut | OffMenu | None:
    """The hall with what a rack needs, if that is enough."""
    changed = hall
    for opening, wanted in needs.items():
        changed = opening.raised(changed, wanted)
    question = case.question.asked_of(with_hall(case.question.request, changed))
    data = prepare(question, wide=True).data
    if data == case.data or any(not w.places for w in data.workloads) or not feasible(data, NOTHING):
        return None
    tried = case.tried(question)
    first = next(iter(needs))
    name, line = f"{first.key}:{hall.id}", case.line(_place(case, hall, first))
    text = sentence("change.openings", hall=hall.id, openings=[_raise(hall, one, needs[one]) for one in needs])
    if isinstance(tried, Undecided):
        return undecided_about(name, text, line, tried)
    if tried is None:
        return None
    now = first.now(hall) or 0
    return WayOut(name, text, line, needs[first] - now, plan=tried.outcome, share=round(needs[first] / now - 1, 6))


def _raise(hall: Hall, opening: Opening, wanted: int) -> str:
    return sentence(f"opening.{opening.key}", now=span(opening.unit, opening.now(hall) or 0, wanted))
