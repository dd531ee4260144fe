"""From counts to positions: what is sized and packed must also stand, and what does not goes back to sizing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from planner.document import Document, Location
from planner.errors import Infeasible, TimeLimitReached
from planner.explain.floor import FloorExplanation, explain_floor, explain_no_layout
from planner.explain.trial import Trial
from planner.facility.apart import domains_of
from planner.facility.power import plannable_hall
from planner.facility.rear_doors import loop_heat_w, room_air_w
from planner.floor.data import FloorInfeasible, FloorProblem, RackGroup, RowLimit
from planner.floor.fixed import row_at, where_they_stand, with_fixed
from planner.floor.model import place
from planner.packing.data import PackingInfeasible
from planner.plan.air import air_of_pattern
from planner.plan.patterns import MadePattern, patterns_of
from planner.plan.site import PlacedHall
from planner.request.ground import stretches_of
from planner.request.schema import Request
from planner.request.site import Hall, Site
from planner.sizing.answer import Settled
from planner.sizing.apart import Cap, caps_of
from planner.sizing.data import Mix
from planner.sizing.model import Progress, SizingInfeasible
from planner.sizing.question import Question
from planner.sizing.settle import NoLayout, no_layout, settle


class FloorRefusal(Infeasible):
    """No racks that were tried stand; `why` is the explanation."""

    def __init__(self, why: FloorExplanation) -> None:
        self.why = why
        super().__init__(why.text(), why)
        self.proven = why.proven


FLOOR_TIME = 5.0  # deterministic
MOST_MIXES = 4


def stand(
    question: Question, source: Document | None, trial: Trial, *, progress: Progress | None = None
) -> tuple[Settled, list[PlacedHall]]:
    """Counts and racks that fit together and stand at positions.

    Where racks as packed balance no feeds, they are packed again by what each feed carries; where the floor refuses for
    anything else, sizing is asked row by row, which finds counts that stand or proves that there are none; where it
    decides neither, sizing is asked for the next best mixes. The bounds are those of the first look, which no refusal
    of the floor has raised: they hold for every plan.

    Raises:
        SizingInfeasible, PackingInfeasible, TimeLimitReached: as `settle`.
        FloorRefusal: no mix stands, or none that was tried; carries the explanation of the first refusal.
    """
    avoid: tuple[Mix, ...] = ()
    spread: frozenset[str] = frozenset()
    first: tuple[FloorInfeasible, str] | None = None
    while len(avoid) < MOST_MIXES:
        try:
            settled = settle(question, progress=progress, avoid=avoid, spread=spread)
        except (SizingInfeasible, PackingInfeasible):
            if first is None:
                raise
            break
        placed, refused = _all_halls(question, settled)
        if refused is None:
            return settled, placed
        first = first or refused
        if _may_spread(settled, *refused) and refused[1] not in spread:
            spread |= {refused[1]}
            continue
        if not avoid:
            found = _row_by_row(question, refused[1], progress)
            if isinstance(found, NoLayout):
                raise FloorRefusal(explain_no_layout(*first, found, question, source, trial)) from None
            if found is not None:
                return found
        avoid = (*avoid, _mix(settled, refused[1]))
    assert first is not None
    raise FloorRefusal(explain_floor(*first, max(1, len(avoid)), question.request, source)) from None


def _row_by_row(
    question: Question, hall: str, progress: Progress | None
) -> tuple[Settled, list[PlacedHall]] | NoLayout | None:
    """Counts sized row by row in the halls whose racks do not stand, or the proof that there are none; None: open."""
    by_row: frozenset[str] = frozenset()
    refused: tuple[FloorInfeasible, str] | None
    while hall not in by_row:
        by_row |= {hall}
        try:
            settled = settle(question, progress=progress, by_row=by_row)
        except (SizingInfeasible, PackingInfeasible, TimeLimitReached):
            return no_layout(question, by_row)
        placed, refused = _all_halls(question, settled)
        if refused is None:
            return settled, placed
        hall = refused[1]
    return None


def _all_halls(question: Question, settled: Settled) -> tuple[list[PlacedHall], tuple[FloorInfeasible, str] | None]:
    """Every hall with racks at their positions, and the first refusal with its hall."""
    placed: list[PlacedHall] = []
    for site, hall in question.request.halls():
        try:
            found = place_hall(question, settled, site, hall)
        except FloorInfeasible as refusal:
            return placed, (refusal, hall.id)
        if found is not None:
            placed.append(found)
    return placed, None


def _may_spread(settled: Settled, refusal: FloorInfeasible, hall: str) -> bool:
    """Whether racks packed by position class may balance what the floor could not."""
    data = next(h for h in settled.prepared.data.halls if h.key == hall)
    return refusal.limit == "feeds" and bool(data.nodes)


def _mix(settled: Settled, hall: str) -> Mix:
    """Systems and storage of a hall, which the next answer must differ from."""
    data = next(h for h in settled.prepared.data.halls if h.key == hall)
    keys = sorted({*(option.item for option in data.systems), *(store.item for store in data.storage)})
    return Mix(hall, tuple((key, settled.sizing.counts[hall].get(key, 0)) for key in keys))


def place_hall(
    question: Question, settled: Settled, site: Site, hall: Hall, reach: Mapping[str, int] | None = None,
    reach_stated: Location = (),
) -> PlacedHall | None:  # fmt: skip
    """The racks of one hall at their positions; None where nothing stands in it.

    `reach` gives, by pattern, how many mm of tray racks may be from their switches; `reach_stated` is what limits it.

    Raises:
        FloorInfeasible: they do not stand there.
    """
    problem = floor_problem(question, settled, site, hall)
    if problem is None:
        return None
    if reach:
        racks = tuple(replace(rack, reach_mm=reach.get(rack.pattern)) for rack in problem.racks)
        problem = replace(problem, racks=racks, reach_stated=reach_stated)
    made = patterns_of(question, settled, hall)
    data = next(h for h in settled.prepared.data.halls if h.key == hall.id)
    found = place(problem, deterministic_time=FLOOR_TIME, deadline=question.deadline)
    found = replace(found, placements=where_they_stand(found.placements, fixed_spots(made)))
    return PlacedHall(site, hall, data, tuple(made), found)


def floor_problem(question: Question, settled: Settled, site: Site, hall: Hall) -> FloorProblem | None:
    """The racks of one hall that look for positions; None where nothing stands in it."""
    made = patterns_of(question, settled, hall)
    if not made:
        return None
    groups = tuple(
        RackGroup(
            pattern=m.pattern.id,
            count=count,
            positions=m.pattern.positions,
            rows=rows,
            design_w=m.pattern.power_design_w or 0,
            peak_w=m.pattern.power_peak_w or 0,
            cables=m.cables,
            hub=m.hub,
        )
        for m in made
        for rows, count in _rows_of(m)
    )
    limits = tuple(limits_of_rows(question, settled, hall, made))
    return FloorProblem(with_fixed(plannable_hall(site, hall), fixed_spots(made)), groups, limits=limits)


def fixed_spots(made: Iterable[MadePattern]) -> list[tuple[str, int]]:
    """Where racks stand to which something is added."""
    return [spot for m in made for spot in m.stands_at]


def _rows_of(made: MadePattern) -> Iterator[tuple[frozenset[str], int]]:
    """Stretches of rows that the racks of a pattern may take, and how many racks: those that stand have one each."""
    if made.stands_at:
        yield from ((frozenset({row_at(spot)}), 1) for spot in made.stands_at)
    else:
        yield frozenset(part.stretch for part in made.place.parts), made.pattern.count


def limits_of_rows(question: Question, settled: Settled, hall: Hall, made: list[MadePattern]) -> Iterator[RowLimit]:
    """What no row, pod or set of feeds of a hall may hold more of."""
    yield from _air_of_rows(question, settled, hall, made)
    yield from _heat_beside_doors(question, hall, made)
    for cap in caps_of(settled.prepared.data, settled.sizing):
        if cap.kind != "hall":
            yield from _apart(question.request, hall, made, cap)


def _apart(request: Request, hall: Hall, made: list[MadePattern], cap: Cap) -> Iterator[RowLimit]:
    """No failure domain holds more of a system than may be lost."""
    product = cap.item.split("/", 1)[1]
    each = tuple((m.pattern.id, n) for m in made if (n := _systems_in(m, product)))
    if not each:
        return
    stretches = stretches_of(hall)
    stated = next(i for i, w in enumerate(request.workloads) if getattr(w, "keep_apart", None) == cap.kind)
    for name, rows in domains_of(hall, cap.kind).items():
        ids = {row.id for row in rows}
        inside = frozenset(s.name for s in stretches if s.row in rows)
        inside |= {row_at(spot) for spot in fixed_spots(made) if spot[0] in ids}
        if inside:
            what = f"{product} in {cap.kind} {name.split('/', 1)[1]}"
            yield RowLimit(what, "systems", inside, each, cap.most, ("workloads", stated, "keep_apart"))


def _air_of_rows(question: Question, settled: Settled, hall: Hall, made: list[MadePattern]) -> Iterator[RowLimit]:
    """Heat to air and air of each row that limits them."""
    site, planned = next((s, plannable_hall(s, h)) for s, h in question.request.halls() if h.id == hall.id)
    if all(row.air is None and row.airflow is None for row in planned.rows):
        return
    place = ("sites", question.request.sites.index(site), "halls", [h.id for h in site.halls].index(hall.id), "rows")
    data = next(h for h in settled.prepared.data.halls if h.key == hall.id)
    heat = tuple((m.pattern.id, m.pattern.heat_air_w or 0) for m in made)
    moved = tuple((m.pattern.id, air_of_pattern(question, data, hall, m.pattern).total_m3_h) for m in made)
    for k, row in enumerate(planned.rows):
        inside = frozenset(s.name for s in stretches_of(hall) if s.row.id == row.id)
        inside |= {row_at(spot) for spot in fixed_spots(made) if spot[0] == row.id}
        for key, each, most, unit in (("air", heat, row.air, "W"), ("airflow", moved, row.airflow, "m3/h")):
            if most is not None and inside:
                what = f"heat to air in row {row.id}" if key == "air" else f"air for row {row.id}"
                yield RowLimit(what, unit, inside, each, most, (*place, k, key))


def _heat_beside_doors(question: Question, hall: Hall, made: list[MadePattern]) -> Iterator[RowLimit]:
    """In a hall with rear doors, what the racks as packed give to the room or a loop and neither can take.

    Sizing has fitted the heat by position class; a packing that could not follow it stands nowhere.
    """
    site, planned = next((s, plannable_hall(s, h)) for s, h in question.request.halls() if h.id == hall.id)
    if all(row.rear_door is None for row in planned.rows):
        return
    at = ("sites", question.request.sites.index(site), "halls", [h.id for h in site.halls].index(hall.id), "cooling")
    rows = {row.id: row for row in planned.rows}
    inside = frozenset(s.name for s in stretches_of(hall)) | {row_at(spot) for spot in fixed_spots(made)}
    heat = [(m, rows[m.place.rows[0]], m.pattern.heat_air_w or 0, m.pattern.heat_liquid_w or 0) for m in made]
    room = max(0, planned.cooling.air - planned.cooling.existing_air_load)
    each = tuple((m.pattern.id, room_air_w(row, air)) for m, row, air, _ in heat)
    if sum(w * m.pattern.count for (_, w), m in zip(each, made, strict=True)) > room:
        yield RowLimit("heat to the room's air", "W", inside, each, room, (*at, "air"))
    for k, loop in enumerate(planned.cooling.loops):
        each = tuple((m.pattern.id, loop_heat_w(row, loop.id, air, wet)) for m, row, air, wet in heat)
        if sum(w * m.pattern.count for (_, w), m in zip(each, made, strict=True)) > loop.capacity:
            yield RowLimit(f"heat to loop {loop.id}", "W", inside, each, loop.capacity, (*at, "loops", k, "capacity"))


def _systems_in(made: MadePattern, product: str) -> int:
    if made.pattern.system == product:
        return 1
    return sum(device.role == "system" and device.product == product for device in made.pattern.devices)
