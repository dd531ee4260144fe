"""The rules of phasing, one short method each."""

from __future__ import annotations

from collections.abc import Iterable

from ortools.sat.python import cp_model

from planner.phasing.data import Carrier, PhaseData, PhasingData, Pool, Store
from planner.phasing.variables import Variables

Expr = cp_model.LinearExpr


def total(terms: Iterable[cp_model.LinearExprT]) -> Expr:
    """The sum of terms as an expression, of none too."""
    added = cp_model.LinearExpr.sum(list(terms))
    return added if isinstance(added, cp_model.LinearExpr) else cp_model.LinearExpr.term(0, 0)


class Constraints:
    """Adds every rule to a model. `dropped` kinds of limit do not hold."""

    def __init__(self, model: cp_model.CpModel, data: PhasingData, v: Variables, dropped: frozenset[str]) -> None:
        self.model, self.data, self.v, self.dropped = model, data, v, dropped

    def add_all(self) -> None:
        """Every rule, in the order in which a person would state them."""
        for t, phase in enumerate(self.data.phases):
            self.racks_hold_what_stands_in_them(t)
            self.cables_end_at_switches_that_stand(t)
            self.every_hall_in_use_has_its_managers(t)
            self.alike_racks_come_in_order(t)
            self.services_get_their_share(t, phase)
            self.spares_cover_the_repair_time(t)
            self.services_survive_the_loss_of_a_node(t, phase)
            for store in phase.stores:
                self.storage_holds_its_share(t, store)
            self.nothing_comes_before_its_time(t, phase)
            if "feeds" not in self.dropped:
                self.feeds_that_are_there_carry_it(t, phase)
            if "cooling" not in self.dropped:
                for carrier in phase.carriers:
                    self.units_carry_the_heat(t, carrier)
        self.what_stands_stays()

    def count(self, t: int, stock: int) -> cp_model.LinearExprT:
        """Pieces of a stock in a phase."""
        return self.v.count(self.data, t, stock)

    def racks_hold_what_stands_in_them(self, t: int) -> None:
        """A device stands in a rack that stands; a rack stands for a device."""
        inside: dict[int, list[cp_model.LinearExprT]] = {}
        for n, stock in enumerate(self.data.stocks):
            self.model.add(self.count(t, n) <= self.v.stands[t, stock.rack] * stock.count)
            inside.setdefault(stock.rack, []).append(self.count(t, n))
        for rack, counts in inside.items():
            self.model.add(self.v.stands[t, rack] <= total(counts))

    def cables_end_at_switches_that_stand(self, t: int) -> None:
        """Cables are never moved: a device stands only when every switch above it does."""
        for n, stock in enumerate(self.data.stocks):
            for above in stock.above:
                self.model.add(self.count(t, n) <= self.v.whole[t, above] * stock.count)
        for n, rack in enumerate(self.data.racks):
            for above in rack.above:
                self.model.add_implication(self.v.stands[t, n], self.v.whole[t, above])

    def every_hall_in_use_has_its_managers(self, t: int) -> None:
        """Fabric managers and management servers of a hall stand with its first system."""
        for hall, needed in self.data.always:
            for pool in self.data.pools:
                for stock in pool.stocks if pool.hall == hall else ():
                    for manager in needed:
                        pieces = self.data.stocks[stock].count
                        self.model.add(self.count(t, stock) <= self.v.whole[t, manager] * pieces)

    def alike_racks_come_in_order(self, t: int) -> None:
        """Of racks that differ in name alone the first stands first: an order, not a limit."""
        for n, rack in enumerate(self.data.racks):
            if rack.like is not None:
                self.model.add_implication(self.v.stands[t, n], self.v.stands[t, rack.like])

    def services_get_their_share(self, t: int, phase: PhaseData) -> None:
        """The units of every workload are placed, and the accelerators in service cover them.

        No more than the end state has: there, workloads may share accelerators by the hour.
        """
        for service in phase.services:
            placed = total(self.v.units[t, service.workload, place] for place, _ in service.places)
            self.model.add(placed == service.units)
        for pool in self.data.pools:
            in_service = self.v.service[t, pool.hall, pool.system]
            asked = total(
                self.v.units[t, s.workload, pool.hall] * s.unit_accelerators
                for s in phase.services
                if s.system == pool.system and pool.hall in dict(s.places)
            )
            everything = self.model.new_bool_var(f"everything[{t},{pool.hall},{pool.system}]")
            self.model.add(in_service * pool.accelerators >= asked).only_enforce_if(everything.negated())
            self.model.add(in_service >= self.in_the_end(pool)).only_enforce_if(everything)

    def in_the_end(self, pool: Pool) -> int:
        """Systems in service in the end state: all but the fewest spares that cover them."""
        return next(pool.total - k for k, most in enumerate(pool.steps) if most >= pool.total - k)

    def spares_cover_the_repair_time(self, t: int) -> None:
        """k spares cover at most steps[k] systems in service; both are pieces that stand."""
        for pool in self.data.pools:
            key = (t, pool.hall, pool.system)
            standing = total(self.count(t, n) for n in pool.stocks)
            self.model.add(standing >= self.v.service[key] + self.v.spares[key])
            for k, covered in enumerate(pool.steps[:-1]):
                more = self.model.new_bool_var(f"spare[{key},{k}]")
                self.model.add(self.v.service[key] <= covered).only_enforce_if(more.negated())
                self.model.add(self.v.spares[key] >= k + 1).only_enforce_if(more)

    def services_survive_the_loss_of_a_node(self, t: int, phase: PhaseData) -> None:
        """When k nodes fail, a service with k spare replicas and all else on those nodes go on with what is left."""
        for system in sorted({p.system for p in self.data.pools if p.fails_whole}):
            pools = [p for p in self.data.pools if p.system == system]
            services = [s for s in phase.services if s.system == system and s.units]
            lost = max((s.spare for s in services), default=0)
            working = sum((s.units - s.spare) * s.unit_accelerators for s in services)
            end = sum(self.in_the_end(p) for p in pools)
            needed = min(-(-working // pools[0].accelerators) + lost, end) if lost else 0
            self.model.add(total(self.v.service[t, p.hall, p.system] for p in pools) >= needed)

    def storage_holds_its_share(self, t: int, store: Store) -> None:
        """Usable capacity and bandwidth of a site; bandwidth grows with the accelerators in service."""
        accelerators = total(
            self.v.service[t, p.hall, p.system] * p.accelerators for p in self.data.pools if p.hall in store.halls
        )
        units = [(self.count(t, n), tb, read, write) for n, tb, read, write in store.units]
        everything = self.model.new_bool_var(f"storage[{t},{store.site}]")
        self.model.add(total(n for n, *_ in units) >= sum(self.data.stocks[n].count for n, *_ in store.units)
                       ).only_enforce_if(everything)  # fmt: skip
        enough = everything.negated()
        self.model.add(total(n * tb for n, tb, _, _ in units) >= store.usable_tb)
        read, write = total(n * r for n, _, r, _ in units), total(n * w for n, _, _, w in units)
        self.model.add(read >= store.read_mb_s + accelerators * store.read_per_accelerator).only_enforce_if(enough)
        self.model.add(write >= store.write_mb_s + accelerators * store.write_per_accelerator).only_enforce_if(enough)
        self.model.add(total(n for n, *_ in units) >= store.least_units)

    def nothing_comes_before_its_time(self, t: int, phase: PhaseData) -> None:
        """Rows, feeds and loops that have not arrived, and products that take longer to come."""
        for rack, why in phase.absent_racks:
            if why not in self.dropped:
                self.model.add(self.v.stands[t, rack] == 0)
        for stock, why in phase.absent_stocks:
            if why not in self.dropped:
                self.model.add(self.count(t, stock) == 0)

    def feeds_that_are_there_carry_it(self, t: int, phase: PhaseData) -> None:
        """Every feed carries its load in every state that the phase must survive."""
        for ceiling in phase.ceilings:
            self.model.add(total(self.count(t, n) * each for n, each in ceiling.terms) <= ceiling.limit)

    def units_carry_the_heat(self, t: int, carrier: Carrier) -> None:
        """Distribution units carry the heat of their loop besides the spare ones, where there is any."""
        heat = total(self.count(t, n) * each for n, each in carrier.loads)
        units = total(self.count(t, n) for n in carrier.units)
        wet = self.model.new_bool_var(f"wet[{t},{carrier.units}]")
        self.model.add(heat == 0).only_enforce_if(wet.negated())
        needed = heat + carrier.spare * carrier.unit_capacity
        self.model.add(units * carrier.unit_capacity >= needed).only_enforce_if(wet)

    def what_stands_stays(self) -> None:
        """Nothing is taken away from one phase to the next."""
        for t in range(1, len(self.data.phases)):
            for n, stock in enumerate(self.data.stocks):
                self.model.add(self.count(t, n) >= self.count(t - 1, n))
                if stock.whole:
                    self.model.add_implication(self.v.whole[t - 1, n], self.v.whole[t, n])
            for n, _ in enumerate(self.data.racks):
                self.model.add_implication(self.v.stands[t - 1, n], self.v.stands[t, n])
