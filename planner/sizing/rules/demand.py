"""What workloads ask for: systems, spares, rented instances, storage, and all of it in time."""

from __future__ import annotations

from ortools.sat.python import cp_model

from planner.sizing.data import StorageDemandData
from planner.sizing.limits import (
    FIRST_PHASE,
    LEAD,
    STORAGE,
    WORKLOAD,
    Limit,
)
from planner.sizing.rules.base import Rules
from planner.sizing.timetable import hold_over_the_day, must_work
from planner.sizing.variables import Expr, total


class DemandRules(Rules):
    """Rules of workloads and storage."""

    def each_workload_runs_on_one_system(self) -> None:
        """A workload runs on one system product; a divisible one may spread over locations, a training job may not."""
        for w in self.data.workloads:
            if self.relaxation.free(WORKLOAD, w.key):
                continue
            self.model.add(total(var for (key, _), var in self.v.uses.items() if key == w.key) == 1)
            for option in w.options:
                chosen = self.v.uses.get((w.key, option.system))
                if chosen is None:
                    continue
                if option.spread is not None:
                    hold_over_the_day(self.model, self.v, w.key, option)
                    continue
                units = {p: u for (k, p, s), u in self.v.units.items() if k == w.key and s == option.system}
                self.model.add(total(units.values()) == option.units * chosen)
                if option.indivisible and len(units) > 1:
                    self.in_one_place(w.key, option.system, list(units.values()), option.units)

    def in_one_place(self, workload: str, system: str, units: list[cp_model.IntVar], all_units: int) -> None:
        """All units of a job stand in one location: its fabric does not leave the hall."""
        for n, var in enumerate(units):
            here = self.model.new_bool_var(f"here[{workload},{system},{n}]")
            self.model.add(var == all_units * here)

    def systems_serve_their_workloads(self) -> None:
        """Accelerators in service at a hall cover the units placed there, in every slot of the day."""
        for hall in self.data.halls:
            for option in hall.systems:
                served = self.v.systems[hall.key, option.item] * option.accelerators
                for slot, _ in enumerate(self.data.slot_hours):
                    self.model.add(served >= self.accelerators_needed(hall.key, option.item, slot))

    def accelerators_needed(self, place: str, system: str, slot: int) -> Expr:
        """Accelerators that the workloads placed on a system at a location hold in a slot."""
        terms = []
        for w in self.data.workloads:
            for option in w.options:
                always = self.v.units.get((w.key, place, system))
                units = self.v.held.get((w.key, place, system, slot), always)
                if option.system == system and units is not None:
                    terms.append(units * option.unit_accelerators)
        return total(terms)

    def services_survive_the_loss_of_a_node(self) -> None:
        """When k nodes fail, a service with k spare replicas and all else on those nodes go on with what is left."""
        for w in self.data.workloads:
            for option in w.options:
                uses = self.v.uses.get((w.key, option.system))
                nodes = [
                    (self.v.systems[h.key, o.item], o.accelerators)
                    for h in self.data.halls
                    for o in h.systems
                    if o.item == option.system and o.fails_whole
                ]
                if uses is None or not option.spare_units or not nodes:
                    continue
                left = total(n * a for n, a in nodes) - option.spare_units * nodes[0][1]
                for slot, _ in enumerate(self.data.slot_hours):
                    if must_work(option, slot):
                        working = self.working_accelerators(option.system, slot)
                        self.model.add(left >= working).only_enforce_if(uses)

    def working_accelerators(self, system: str, slot: int) -> Expr:
        """Accelerators that every workload on a system needs in a slot when its spare units are not there."""
        return total(
            uses * (must_work(option, slot) * option.unit_accelerators)
            for w in self.data.workloads
            for option in w.options
            if option.system == system and (uses := self.v.uses.get((w.key, system))) is not None
        )

    def spares_cover_the_repair_time(self) -> None:
        """k spares cover at most option.spares[k] systems in service."""
        for hall in self.data.halls:
            for option in hall.systems:
                systems, spares = self.v.systems[hall.key, option.item], self.v.spares[hall.key, option.item]
                for k, covered in enumerate(option.spares[:-1]):
                    more = self.model.new_bool_var(f"spare[{hall.key},{option.item},{k}]")
                    self.model.add(systems <= covered).only_enforce_if(more.negated())
                    self.model.add(spares >= k + 1).only_enforce_if(more)
                self.model.add(systems <= option.spares[-1])

    def orders_meet_their_minimum(self) -> None:
        """An offer with a smallest order is taken for at least that many accelerators over all halls, or not at all."""
        keys = sorted({(o.item, o.min_accelerators) for h in self.data.halls for o in h.systems if o.min_accelerators})
        for key, least in keys:
            halls = [(h.key, o.accelerators) for h in self.data.halls for o in h.systems if o.item == key]
            ordered = total(self.v.systems[h, key] * a for h, a in halls)
            taken = self.model.new_bool_var(f"taken[{key}]")
            self.model.add(ordered >= least).only_enforce_if(taken)
            self.model.add(ordered == 0).only_enforce_if(taken.negated())

    def rented_instances_serve_their_workloads(self) -> None:
        """Instances of a region cover the units placed there."""
        for rent in self.data.rents:
            rented = self.v.rents[rent.region, rent.instance] * rent.accelerators
            for slot, _ in enumerate(self.data.slot_hours):
                self.model.add(rented >= self.accelerators_needed(rent.region, rent.system, slot))

    def storage_holds_and_moves_the_data(self) -> None:
        """Usable capacity and bandwidth of a site's storage cover its demand; a site buys one storage product."""
        for demand in self.data.storage:
            halls = [h for h in self.data.halls if h.site == demand.site]
            accelerators = total(self.v.systems[h.key, o.item] * o.accelerators for h in halls for o in h.systems)
            units = [(self.v.storage[h.key, s.item], s) for h in halls for s in h.storage]
            for h in halls:
                for s in h.storage:
                    used = self.v.stores[h.key, s.item]
                    self.model.add(self.v.storage[h.key, s.item] >= s.min_units).only_enforce_if(used)
                    self.model.add(self.v.storage[h.key, s.item] == 0).only_enforce_if(used.negated())
            nothing = StorageDemandData(demand.site, 0, 0, 0, 0, 0)
            if demand == nothing or self.relaxation.free(STORAGE, demand.site):
                self.model.add(total(var for var, _ in units) == 0)
                continue
            self.model.add(total(self.v.stores[h.key, s.item] for h in halls for s in h.storage) == 1)
            self.model.add(total(var * s.usable_tb for var, s in units) >= demand.usable_tb)
            read = demand.read_mb_s + demand.read_mb_s_per_accelerator * accelerators
            write = demand.write_mb_s + demand.write_mb_s_per_accelerator * accelerators
            self.model.add(total(var * s.read_mb_s for var, s in units) >= read)
            self.model.add(total(var * s.write_mb_s for var, s in units) >= write)

    def everything_arrives_in_time(self) -> None:
        """No product in use takes longer to come than the time left."""
        if self.data.weeks is None or Limit(LEAD) in self.relaxation.dropped:
            return
        for hall in self.data.halls:
            for key, item in sorted(hall.items.items()):
                if item.lead_weeks <= self.data.weeks:
                    continue
                if Limit(LEAD) not in self.relaxation.measured:
                    self.model.add(self.v.counts[hall.key, key] == 0)
                    continue
                late = self.model.new_bool_var(f"late[{hall.key},{key}]")
                self.model.add(self.v.counts[hall.key, key] == 0).only_enforce_if(late.negated())
                self.model.add(self.v.excess[Limit(LEAD)] >= item.lead_weeks - self.data.weeks).only_enforce_if(late)

    def systems_come_before_their_first_phase(self) -> None:
        """No workload is given a system that takes longer to come than the first phase that serves it allows."""
        lead = {option.item: hall.items[option.item].lead_weeks for hall in self.data.halls for option in hall.systems}
        for workload in self.data.workloads:
            limit = Limit(FIRST_PHASE, workload.key)
            if workload.weeks is None or limit in self.relaxation.dropped:
                continue
            for (key, system), uses in self.v.uses.items():
                late = lead.get(system, 0) - workload.weeks
                if key != workload.key or late <= 0:
                    continue
                if limit in self.relaxation.measured:
                    self.model.add(self.v.excess[limit] >= late).only_enforce_if(uses)
                else:
                    self.model.add(uses == 0)
