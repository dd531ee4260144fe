"""The phasing question of a plan: its end state as stocks, and every phase before the last in integers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from planner.demand.phase_units import units_in_phase
from planner.phasing.data import Carrier, Ceiling, PhaseData, PhasingData, Pool, Service, Store
from planner.plan.phase_limits import Draw, ceilings_of, hall_in_phase, rows_held_up
from planner.plan.phase_stocks import Piece, ends_of, numbered, pieces_of, rack_names
from planner.plan.schema import Pattern, Rack
from planner.plan.wiring import MANAGEMENT, Wired
from planner.request.phase import Phase
from planner.sizing.answer import Settled
from planner.sizing.asked import weeks_until
from planner.sizing.data import HallData, Item
from planner.sizing.items import each_price, item_key
from planner.sizing.question import Question

ALWAYS = (MANAGEMENT, "compute-manager", "storage-manager")
NOT_THERE, LATE = "not-there-yet", "lead-time"


@dataclass(frozen=True)
class EndState:
    """Everything that stands in the end."""

    settled: Settled
    racks: tuple[Rack, ...]
    patterns: dict[str, Pattern]
    wired: tuple[Wired, ...]


class PhasingQuestion:
    """Turns an end state into the integers that phasing works on."""

    def __init__(self, question: Question, end: EndState) -> None:
        self.question, self.end, self.request = question, end, question.request
        self.halls: dict[str, HallData] = {h.key: h for h in end.settled.prepared.data.halls}
        self.pieces: list[Piece] = list(pieces_of(end.racks, end.patterns))
        self.rack_of = {rack.id: rack for rack in end.racks}
        self.names = rack_names(end.racks)
        self.items = [self._item(piece) for piece in self.pieces]

    def _item(self, piece: Piece) -> Item:
        rack, role, product = piece.key
        items = self.halls[self.rack_of[rack].hall].items
        found = items.get(item_key(product, role))
        if found is None:  # a rack system's pattern names the product alone: a system, or a unit of a loop
            found = next(item for _, item in sorted(items.items()) if item.product == product)
        return found

    def data(self) -> PhasingData:
        """The whole question."""
        ends = ends_of(self.end.wired, self.names)
        weights = {p.key: _thousands(item.capex) for p, item in zip(self.pieces, self.items, strict=True)}
        boxes = {rack.id: _thousands(self._box(rack)) for rack in self.end.racks}
        racks, stocks = numbered(self.end.racks, self.pieces, ends, weights, boxes)
        return PhasingData(racks, stocks, tuple(self.pools()), tuple(self._always()), tuple(self._phases()))

    def _box(self, rack: Rack) -> int:
        """Typical price of an empty rack with its PDUs; what has no price counts nothing."""
        pattern = self.end.patterns[rack.pattern]
        bodies = [(pattern.rack_product, 1)] if pattern.rack_product is not None else []
        bodies += list(pattern.pdus.items())
        prices = [(each_price(self.question, name or ""), n) for name, n in bodies]
        return math.floor(sum((price.typical * n for price, n in prices if price is not None), Fraction(0)))

    def _of_hall(self, hall: str) -> Iterator[tuple[int, Item]]:
        for n, (piece, item) in enumerate(zip(self.pieces, self.items, strict=True)):
            if self.rack_of[piece.key[0]].hall == hall:
                yield n, item

    def pools(self) -> Iterator[Pool]:
        """Systems of each product in each hall."""
        for hall in self.halls.values():
            for option in hall.systems:
                stocks = tuple(n for n, item in self._of_hall(hall.key) if item.key == option.item)
                count = sum(len(self.pieces[n].at) for n in stocks)
                if count:
                    product = hall.items[option.item].product
                    steps = option.spares
                    yield Pool(hall.key, product, stocks, count, option.accelerators, steps, option.fails_whole)

    def _always(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        for hall in self.halls:
            found = tuple(n for n, item in self._of_hall(hall) if item.role in ALWAYS)
            if found:
                yield hall, found

    def _phases(self) -> Iterator[PhaseData]:
        phases = self.request.phases
        for phase, after in pairwise(phases):
            days = (date.fromisoformat(after.date) - date.fromisoformat(phase.date)).days
            yield PhaseData(
                phase.id, days, tuple(self.services(phase)), tuple(self._stores(phase)),
                tuple(self._absent_racks(phase)), tuple(self._absent_stocks(phase)), tuple(self._ceilings(phase)),
                tuple(self._carriers()),
            )  # fmt: skip

    def services(self, phase: Phase) -> Iterator[Service]:
        """What each workload needs in a phase, on the system that it was given."""
        for workload in self.end.settled.prepared.data.workloads:
            placed = self.end.settled.sizing.units.get(workload.key, ())
            if not placed:
                continue
            key = placed[0][1]
            option = next(o for o in workload.options if o.system == key)
            units = units_in_phase(option.units, option.spare_units, phase.shares.get(workload.key, 1.0))
            system = key.split("/", 1)[-1]
            places = tuple((place, n) for place, _, n in placed)
            spare = option.spare_units if units else 0
            yield Service(workload.key, system, units, option.unit_accelerators, spare, places)

    def _stores(self, phase: Phase) -> Iterator[Store]:
        share = Fraction(str(phase.storage))
        for demand in self.end.settled.prepared.data.storage:
            halls = tuple(h.key for h in self.halls.values() if h.site == demand.site)
            units, least = [], 0
            for hall in halls:
                for option in self.halls[hall].storage:
                    mine = [n for n, item in self._of_hall(hall) if item.key == option.item]
                    units += [(n, option.usable_tb, option.read_mb_s, option.write_mb_s) for n in mine]
                    least = max(least, option.min_units if mine and share else 0)
            if units:
                yield Store(
                    demand.site, halls, tuple(units), math.ceil(share * demand.usable_tb),
                    math.ceil(share * demand.read_mb_s), math.ceil(share * demand.write_mb_s),
                    demand.read_mb_s_per_accelerator, demand.write_mb_s_per_accelerator, least,
                )  # fmt: skip

    def _absent_racks(self, phase: Phase) -> Iterator[tuple[int, str]]:
        rows = {
            hall.id: rows_held_up(there) if (there := hall_in_phase(site, hall, phase)) else set()
            for site, hall in self.request.halls()
        }
        weeks = weeks_until(phase.date, self.request)
        for n, rack in enumerate(self.end.racks):
            if rack.row not in rows[rack.hall]:
                yield n, NOT_THERE
            elif self._box_weeks(rack) > weeks:
                yield n, LATE

    def _box_weeks(self, rack: Rack) -> int:
        classes = [c for c in self.halls[rack.hall].classes if rack.row in c.rows]
        own = self.end.patterns[rack.pattern].rack_product is not None
        return max((c.rack.lead_weeks for c in classes), default=0) if own else 0

    def _absent_stocks(self, phase: Phase) -> Iterator[tuple[int, str]]:
        weeks = weeks_until(phase.date, self.request)
        loops = {
            (hall.id, loop.id)
            for site, hall in self.request.halls()
            if (there := hall_in_phase(site, hall, phase)) is not None
            for loop in there.cooling.loops
        }
        row_loop = {(hall.id, row.id): row.loop for _, hall in self.request.halls() for row in hall.rows}
        for n, (piece, item) in enumerate(zip(self.pieces, self.items, strict=True)):
            rack = self.rack_of[piece.key[0]]
            loop = row_loop[rack.hall, rack.row]
            if item.lead_weeks > weeks:
                yield n, LATE
            elif item.liquid_w and loop is not None and (rack.hall, loop) not in loops:
                yield n, NOT_THERE

    def _ceilings(self, phase: Phase) -> Iterator[Ceiling]:
        for site, hall in self.request.halls():
            there = hall_in_phase(site, hall, phase)
            if there is None:
                continue
            draws = [
                Draw(n, hall.id, self.rack_of[self.pieces[n].key[0]].row, item.design_w, item.peak_w)
                for n, item in self._of_hall(hall.id)
            ]
            yield from ceilings_of(there, draws)

    def _carriers(self) -> Iterator[Carrier]:
        rows = {(hall.id, row.id): row.loop for _, hall in self.request.halls() for row in hall.rows}
        for hall in self.halls.values():
            for loop in hall.loops:
                if loop.cdu is None:
                    continue
                here = [
                    (n, item)
                    for n, item in self._of_hall(hall.key)
                    if rows[hall.key, self.rack_of[self.pieces[n].key[0]].row] == loop.key
                ]
                product = hall.items[loop.cdu].product
                units = tuple(n for n, item in here if item.product == product)
                loads = tuple((n, item.liquid_w) for n, item in here if item.liquid_w)
                if units and loads:
                    yield Carrier(units, loop.cdu_capacity_w, loop.cdu_spare, loads)


def _thousands(amount: int) -> int:
    """Typical price in thousands; what has none, or costs less, weighs one."""
    return max(1, amount // 1000)
