"""The build-out of a plan: every phase from the end state, with what it serves, draws, orders and spends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from planner.document import Document
from planner.errors import Infeasible
from planner.facility.power import worst_load_w
from planner.facility.tree_loads import continuous_w, node_states, tree_of
from planner.money import Range, total
from planner.phasing.data import PhasingData, PhasingInfeasible, PhasingResult
from planner.phasing.model import phase_in
from planner.plan.bill import line_price
from planner.plan.phase_limits import hall_in_phase
from planner.plan.phase_orders import Standing, bought_by_line, cables_laid, order_by, pieces_bought
from planner.plan.phase_question import EndState, PhasingQuestion
from planner.plan.phase_refusal import Refusal
from planner.plan.schema import (
    BillLine,
    PartRack,
    PhaseFeed,
    PhaseOrder,
    PhasePlan,
    PhaseService,
    PhaseSystems,
    Proof,
)
from planner.request.phase import Phase
from planner.request.power_tree import drops_of
from planner.sizing.question import Question
from planner.wording import sentence


class PhasesOfAPlan:
    """Phases of a request on a decided end state.

    Raises:
        Infeasible: a phase cannot be served by parts of the end state.
        TimeLimitReached: no order was found within the deterministic limit.
    """

    def __init__(self, question: Question, source: Document, end: EndState, bill: Sequence[BillLine]) -> None:
        self.question, self.source, self.end, self.bill = question, source, end, bill
        self.request = question.request
        self.asked = PhasingQuestion(question, end)
        self.data: PhasingData = self.asked.data()
        self.result: PhasingResult = self._solve()

    def _solve(self) -> PhasingResult:
        try:
            return phase_in(self.data)
        except PhasingInfeasible as refusal:
            number = next(n for n, phase in enumerate(self.request.phases) if phase.id == refusal.phase)
            refused = Refusal(self.question, self.end, self.source, number)
            explanation = refused.explanation(refusal.kinds)
            raise Infeasible(explanation.text(), explanation) from None

    def proof(self) -> Proof:
        """How good the order of installing is: capital that stands early, times the days it does."""
        value, bound = self.result.objective, self.result.lower_bound
        return Proof(
            stage="phases",
            subject=sentence("method.capital-early"),
            status="optimal" if value == bound else "feasible",
            objective=value,
            lower_bound=bound,
            gap=round((value - bound) / value, 9) if value else 0.0,
            unit="thousands of money x days",
            method=sentence("method.phases"),
        )

    def plans(self) -> Iterator[PhasePlan]:
        """Every phase, the last one too."""
        before: Mapping[int, int] = {}
        stood: frozenset[str] = frozenset()
        for n, phase in enumerate(self.request.phases):
            standing = self.standing(n)
            pieces = pieces_bought(standing, self.end.racks, self.end.patterns)
            cables, modules = cables_laid(standing, self.end.wired, self.end.racks, self.question.catalog)
            bought = bought_by_line(self.bill, pieces, cables, modules, self.question.catalog, self.request)
            orders = tuple(self._orders(phase, before, bought))
            yield self._plan(n, phase, standing, orders, sorted(standing.racks - stood))
            before, stood = bought, standing.racks

    def standing(self, n: int) -> Standing:
        """What stands in the n-th phase."""
        last = n == len(self.request.phases) - 1
        pieces = {
            piece.key: len(piece.at) if last else self.result.pieces[n][number]
            for number, piece in enumerate(self.asked.pieces)
        }
        racks = {rack.id for number, rack in enumerate(self.end.racks) if last or self.result.stands[n][number]}
        return Standing({key: count for key, count in pieces.items() if count}, frozenset(racks))

    def _orders(self, phase: Phase, before: Mapping[int, int], bought: Mapping[int, int]) -> Iterator[PhaseOrder]:
        for line in self.bill:
            now, then = bought.get(line.line, 0), before.get(line.line, 0)
            if now > then:
                yield PhaseOrder(
                    line=line.line,
                    quantity=now - then,
                    extended=self._price(line, then, now),
                    order_by=order_by(phase.date, line.lead_time_weeks),
                )

    def _price(self, line: BillLine, then: int, now: int) -> Range | None:
        """What the pieces from `then` to `now` cost: differences of rounded sums, so that phases add up to the line."""
        price = line_price(self.question, line.product, line.unit)
        if price is None:
            return None
        low, high = price.times(then), price.times(now)
        return Range(low=high.low - low.low, typical=high.typical - low.typical, high=high.high - low.high)

    def _plan(
        self, n: int, phase: Phase, standing: Standing, orders: tuple[PhaseOrder, ...], added: list[str]
    ) -> PhasePlan:
        priced = [order.extended for order in orders if order.extended is not None]
        order = {rack.id: k for k, rack in enumerate(self.end.racks)}
        return PhasePlan(
            id=phase.id,
            name=phase.name or phase.id,
            date=phase.date,
            shares={w: phase.shares.get(w, 1.0) for w in self.end.settled.sizing.units},
            redundancy={
                hall.id: there.power.redundancy
                for site, hall in self.request.halls()
                if (there := hall_in_phase(site, hall, phase)) is not None
            },
            racks=sum(len(rack.positions) for rack in self.end.racks if rack.id in standing.racks),
            added_racks=tuple(sorted(added, key=order.__getitem__)),
            part_racks=tuple(self._part_racks(standing)),
            systems=tuple(self._systems(n, standing)),
            services=tuple(self._services(n)),
            storage_units=self._storage(standing),
            power_design_w=sum(self._loads(standing).values()),
            feeds=tuple(self._feeds(phase, standing)),
            orders=orders,
            spend=total(priced),
            orders_without_price=len(orders) - len(priced),
        )

    @cached_property
    def _all_pieces(self) -> dict[tuple[str, str, str], int]:
        return {piece.key: len(piece.at) for piece in self.asked.pieces}

    def _part_racks(self, standing: Standing) -> Iterator[PartRack]:
        for key, count in self._all_pieces.items():
            now = standing.pieces.get(key, 0)
            if key[0] in standing.racks and now < count:
                yield PartRack(rack=key[0], role=key[1], product=key[2], count=now)

    def _systems(self, n: int, standing: Standing) -> Iterator[PhaseSystems]:
        last = n == len(self.request.phases) - 1
        for pool in self.data.pools:
            count = sum(standing.pieces.get(self.asked.pieces[stock].key, 0) for stock in pool.stocks)
            key = f"system/{pool.system}"
            end = self.end.settled.sizing.spares[pool.hall].get(key, 0)
            in_service = {(h, s): k for h, s, k in self.result.service[n]} if not last else {}
            spares = end if last else max(0, count - in_service[pool.hall, pool.system])
            if count:
                yield PhaseSystems(
                    hall=pool.hall, product=pool.system, count=count, spares=spares,
                    accelerators=count * pool.accelerators,
                )  # fmt: skip

    def _services(self, n: int) -> Iterator[PhaseService]:
        if n < len(self.request.phases) - 1:
            found = [(w, p, k) for w, p, k in self.result.units[n]]
        else:
            found = [(w, p, k) for w, placed in sorted(self.end.settled.sizing.units.items()) for p, _, k in placed]
        yield from (PhaseService(workload=w, location=p, units=k) for w, p, k in found)

    def _storage(self, standing: Standing) -> dict[str, int]:
        units: dict[str, int] = {}
        for (rack, role, _), count in standing.pieces.items():
            if role == "storage":
                hall = self.asked.rack_of[rack].hall
                units[hall] = units.get(hall, 0) + count
        return dict(sorted(units.items()))

    def _loads(self, standing: Standing) -> dict[str, int]:
        """Design power of every rack, in W."""
        loads: dict[str, int] = {}
        for piece, item in zip(self.asked.pieces, self.asked.items, strict=True):
            loads[piece.key[0]] = loads.get(piece.key[0], 0) + standing.pieces.get(piece.key, 0) * item.design_w
        return loads

    def _feeds(self, phase: Phase, standing: Standing) -> Iterator[PhaseFeed]:
        loads = self._loads(standing)
        for site, hall in self.request.halls():
            there = hall_in_phase(site, hall, phase)
            if there is None:
                continue
            drops = {row.id: drops_of(row) for row in there.rows}
            racks = [(drops[r.row], loads[r.id]) for r in self.end.racks if r.hall == hall.id and r.row in drops]
            states = node_states(tree_of(there), racks)
            for feed in there.power.feeds:
                yield PhaseFeed(
                    hall=hall.id, feed=feed.id, load_w=worst_load_w(states[feed.id]),
                    continuous_w=continuous_w(feed, there.power.standard),
                )  # fmt: skip
