"""The rules of sizing, one short method each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ortools.sat.python import cp_model

from planner.sizing.air_rules import air_is_moved, heat_to_doors, rows_take_their_air
from planner.sizing.apart import workloads_survive_the_loss_of_a_domain
from planner.sizing.data import Cut, HallData, Item, PositionClass, SizingData, StorageDemandData
from planner.sizing.floor_rules import (
    alike_rows_fill_in_order,
    certificates_of_classes_hold,
    measured_anchors,
    other_mixes_than_the_floor_refused,
)
from planner.sizing.limits import (
    AIR,
    ANCHORS,
    BUDGET,
    COOLING_KIND,
    FIRST_PHASE,
    FLOW,
    HEIGHT,
    LEAD,
    LIQUID,
    PEAK,
    POSITIONS,
    POWER,
    RACK_POWER,
    STORAGE,
    WEIGHT,
    WORKLOAD,
    Limit,
    Relaxation,
)
from planner.sizing.objective import capex
from planner.sizing.pdus import racks_have_their_pdus, weight_held
from planner.sizing.power_rules import nodes_survive_a_loss
from planner.sizing.timetable import hold_over_the_day, must_work
from planner.sizing.variables import MOST, MOST_OF_A_PIECE, Expr, Variables, peak_is_free, total

PROVEN_WITH = (
    RACK_POWER,
    WEIGHT,
    HEIGHT,
    COOLING_KIND,
    ANCHORS,
)  # without them a certificate of packing proves nothing


class Constraints:
    """Adds every rule to a model. `add_all` reads like the specification."""

    def __init__(
        self, model: cp_model.CpModel, data: SizingData, v: Variables, relaxation: Relaxation, cuts: Sequence[Cut]
    ) -> None:
        self.model, self.data, self.v, self.relaxation, self.cuts = model, data, v, relaxation, cuts
        self.more: dict[tuple[Limit, str], cp_model.IntVar] = {}

    def add_all(self) -> None:
        """Every rule, in the order in which a person would state them."""
        self.each_workload_runs_on_one_system()
        self.systems_serve_their_workloads()
        self.services_survive_the_loss_of_a_node()
        workloads_survive_the_loss_of_a_domain(self.model, self.data, self.v, self.relaxation)
        self.spares_cover_the_repair_time()
        self.orders_meet_their_minimum()
        self.rented_instances_serve_their_workloads()
        self.storage_holds_and_moves_the_data()
        for hall in self.data.halls:
            self.fabric_serves_the_systems(hall)
            self.counts_add_up(hall)
            self.every_piece_stands_somewhere(hall)
            self.racks_hold_their_nodes(hall)
            self.positions_are_enough(hall)
            self.feeds_survive_a_loss(hall)
            self.breakers_survive_the_peak(hall)
            nodes_survive_a_loss(self.model, hall, self.v, self.relaxation)
            self.air_is_cooled(hall)
            air_is_moved(hall, self.v, self.limit)
            rows_take_their_air(hall, self.v, self.limit)
            self.liquid_is_cooled(hall)
        self.packing_certificates_hold()
        certificates_of_classes_hold(self.model, self.data, self.v, self.proves_nothing)
        other_mixes_than_the_floor_refused(self.model, self.data, self.v)
        alike_rows_fill_in_order(self.model, self.data, self.v)
        self.budget_is_kept()
        self.everything_arrives_in_time()
        self.systems_come_before_their_first_phase()
        self.measured_limits_of_a_piece()
        measured_anchors(self.model, self.data, self.v, self.relaxation)

    def limit(self, expression: Expr, bound: int, kind: str, subject: str = "") -> None:
        """expression <= bound, unless the limit is dropped; where it is measured, the excess takes the difference."""
        wanted = Limit(kind, subject)
        if wanted in self.relaxation.dropped:
            return
        if wanted in self.relaxation.measured:
            self.model.add(expression <= bound + self.v.excess[wanted])
        else:
            self.model.add(expression <= bound)

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

    def fabric_serves_the_systems(self, hall: HallData) -> None:
        """One row of a fabric design is built for each system product in use, large enough for it and its spares."""
        for option in hall.systems:
            systems, spares = self.v.systems[hall.key, option.item], self.v.spares[hall.key, option.item]
            if not option.rows:
                continue
            rows = [self.v.rows[hall.key, option.item, k] for k in range(len(option.rows))]
            self.model.add_at_most_one(rows)
            served = total(row * option.rows[k].systems for k, row in enumerate(rows))
            self.model.add(systems + spares <= served)
            self.model.add(total(rows) <= systems)

    def counts_add_up(self, hall: HallData) -> None:
        """Systems with spares, and storage units, are what is counted; fabric rows set the least of their devices."""
        for option in hall.systems:
            bought = self.v.systems[hall.key, option.item] + self.v.spares[hall.key, option.item]
            self.model.add(self.v.counts[hall.key, option.item] == bought)
        for store in hall.storage:
            self.model.add(self.v.counts[hall.key, store.item] == self.v.storage[hall.key, store.item])
        for key, built in sorted(self.devices_of_rows(hall).items()):
            self.model.add(self.v.counts[hall.key, key] >= total(built))

    def devices_of_rows(self, hall: HallData) -> dict[str, list[cp_model.LinearExprT]]:
        """What the fabric rows of a hall count, by item."""
        found: dict[str, list[cp_model.LinearExprT]] = {}
        for option in hall.systems:
            for k, row in enumerate(option.rows):
                for key, count in row.devices:
                    found.setdefault(key, []).append(self.v.rows[hall.key, option.item, k] * count)
        return found

    def every_piece_stands_somewhere(self, hall: HallData) -> None:
        """The pieces of an item are spread over position classes that can take them."""
        for key, item in hall.items.items():
            if item.form != "loose":
                self.model.add(total(self.places(hall, key)) == self.v.counts[hall.key, key])

    def places(self, hall: HallData, key: str) -> list[cp_model.IntVar]:
        """Pieces of an item per position class."""
        return [self.v.placed[hall.key, c.key, key] for c in hall.classes if (hall.key, c.key, key) in self.v.placed]

    def nodes(self, hall: HallData, place: PositionClass) -> Iterable[tuple[cp_model.IntVar, Item]]:
        """Nodes in one position class: (pieces, item)."""
        for key, item in sorted(hall.items.items()):
            if item.form == "node" and (hall.key, place.key, key) in self.v.placed:
                yield self.v.placed[hall.key, place.key, key], item

    def racks_hold_their_nodes(self, hall: HallData) -> None:
        """Racks of a class hold their nodes by height, power, air, weight and outlets (volume bounds; cuts tighten)."""
        for place in hall.classes:
            racks = self.v.racks[hall.key, place.key]
            nodes = list(self.nodes(hall, place))
            if place.standing:
                self.standing_racks_hold_their_nodes(place, racks, nodes)
                continue
            self.racks_hold(hall, place, total(n * i.height_u for n, i in nodes), place.height_u, HEIGHT)
            self.racks_hold(hall, place, total(n * i.design_w for n, i in nodes), place.design_w, RACK_POWER)
            peak = total(n * i.peak_w for n, i in nodes)
            if not place.peak_of_feeds:
                self.racks_hold(hall, place, peak, place.peak_w, RACK_POWER)
            elif not peak_is_free(hall, place, self.relaxation):
                self.model.add(peak <= place.peak_w * racks)
            if place.air_w is not None:
                self.racks_hold(hall, place, total(n * i.air_w for n, i in nodes), place.air_w, RACK_POWER)
            if place.weight_kg is not None:
                room = max(0, place.weight_kg - place.rack.weight_kg)
                self.racks_hold(hall, place, total(n * i.weight_kg for n, i in nodes), room, WEIGHT)
            for outlet, given in place.outlets:
                self.model.add(total(n * dict(i.outlets).get(outlet, 0) for n, i in nodes) <= given * racks)
            racks_have_their_pdus(self.model, hall, place, self.v, self.relaxation, nodes)

    def racks_hold(self, hall: HallData, place: PositionClass, load: Expr, each: int, kind: str) -> None:
        """A load on all racks of a class fits them; where the limit of a rack is measured, every rack holds more."""
        limit, racks = Limit(kind, hall.key), self.v.racks[hall.key, place.key]
        if limit in self.relaxation.dropped:
            return
        if limit not in self.relaxation.measured:
            self.model.add(load <= each * racks)
            return
        self.model.add(load <= each * racks + self.more_in_all_racks(limit, place))

    def more_in_all_racks(self, limit: Limit, place: PositionClass) -> cp_model.IntVar:
        """The excess of a rack's limit times the racks opened in a class."""
        if (limit, place.key) not in self.more:
            more = self.model.new_int_var(0, MOST_OF_A_PIECE * place.positions, f"more[{limit},{place.key}]")
            racks = self.v.racks[limit.subject, place.key]
            self.model.add_multiplication_equality(more, [self.v.excess[limit], racks])
            self.more[limit, place.key] = more
            self.v.excess_at_positions.setdefault(limit, []).append(more)
        return self.more[limit, place.key]

    def standing_racks_hold_their_nodes(
        self, place: PositionClass, racks: cp_model.IntVar, nodes: list[tuple[cp_model.IntVar, Item]]
    ) -> None:
        """What stands keeps its limits whatever is relaxed; of nodes h high or more a gap of g units holds g // h."""
        for h in sorted({1, *(item.height_u for _, item in nodes if item.height_u)}):
            held = sum(gap // h for gap in place.gaps)
            self.model.add(total(n * (i.height_u // h) for n, i in nodes) <= held * racks)
        limits = (("design_w", place.design_w), ("peak_w", place.peak_w), ("air_w", place.air_w))
        for of, most in (*limits, ("weight_kg", place.weight_kg)):
            if most is not None:
                self.model.add(total(n * getattr(i, of) for n, i in nodes) <= most * racks)
        for outlet, given in place.outlets:
            self.model.add(total(n * dict(i.outlets).get(outlet, 0) for n, i in nodes) <= given * racks)

    def positions_are_enough(self, hall: HallData) -> None:
        """Racks, rack systems and floor-standing units share positions; two-rack systems take adjacent pairs."""
        everywhere: list[cp_model.LinearExprT] = []
        for place in hall.classes:
            if place.standing:
                self.model.add(self.v.racks[hall.key, place.key] <= place.positions)
                continue
            used: list[cp_model.LinearExprT] = [self.v.racks[hall.key, place.key]]
            double: list[cp_model.LinearExprT] = []
            for key, item in sorted(hall.items.items()):
                pieces = self.v.placed.get((hall.key, place.key, key))
                if item.form == "rack" and pieces is not None:
                    used.append(pieces * item.positions)
                    if item.positions == 2:
                        double.append(pieces)
            if self.relaxation.free(POSITIONS, hall.key):
                everywhere.extend(used)
                continue
            self.model.add(total(used) <= place.positions)
            if double:
                self.model.add(total(double) <= place.pairs)
        if everywhere:
            free = sum(c.positions for c in hall.classes if not c.standing)
            self.limit(total(everywhere), free, POSITIONS, hall.key)

    def load(self, hall: HallData, of: str) -> Expr:
        """The sum of one number over everything in a hall, racks included."""
        pieces = total(self.v.counts[hall.key, key] * getattr(item, of) for key, item in sorted(hall.items.items()))
        return pieces + total(self.v.racks[hall.key, c.key] * getattr(c.rack, of) for c in hall.classes)

    def feeds_survive_a_loss(self, hall: HallData) -> None:
        """Design load fits what the surviving feeds carry continuously."""
        self.limit(self.load(hall, "design_w"), hall.survivable_w, POWER, hall.key)

    def breakers_survive_the_peak(self, hall: HallData) -> None:
        """Peak load fits the nameplate of the surviving feeds; feeds that grow have larger breakers too."""
        feeds, peak = Limit(POWER, hall.key), self.load(hall, "peak_w")
        if feeds in self.relaxation.measured:
            self.model.add(peak <= hall.nameplate_w + self.v.excess[feeds])
        elif feeds not in self.relaxation.dropped:
            self.limit(peak, hall.nameplate_w, PEAK, hall.key)

    def air_is_cooled(self, hall: HallData) -> None:
        """Heat to air, of liquid-cooled racks too, fits the room's air cooling, but for what rear doors take."""
        self.limit(self.load(hall, "air_w") - heat_to_doors(hall, self.v), hall.air_w, AIR, hall.key)

    def liquid_is_cooled(self, hall: HallData) -> None:
        """Heat to liquid and through rear doors, and coolant flow, fit each loop.

        CDUs carry the heat with one lost where N+1 is asked.
        """
        for loop in hall.loops:
            heat = self.loop_load(hall, loop.key, "liquid_w") + heat_to_doors(hall, self.v, loop.key)
            flow = self.loop_load(hall, loop.key, "flow_ml_min")
            subject = f"{hall.key}/{loop.key}"
            self.limit(heat, loop.capacity_w, LIQUID, subject)
            if loop.flow_ml_min is not None:
                self.limit(flow, loop.flow_ml_min, FLOW, subject)
            if loop.cdu is None:
                continue
            cdus = self.v.counts[hall.key, loop.cdu]
            wet = self.model.new_bool_var(f"wet[{subject}]")
            self.model.add(heat == 0).only_enforce_if(wet.negated())
            self.model.add(cdus * loop.cdu_capacity_w >= heat + loop.cdu_spare * loop.cdu_capacity_w).only_enforce_if(
                wet
            )

    def loop_load(self, hall: HallData, loop: str, of: str) -> Expr:
        """The sum of one number over what stands in the rows of a loop."""
        kinds = [c for c in hall.classes if c.loop == loop]
        if self.relaxation.free(COOLING_KIND, hall.key):
            kinds = list(hall.classes)
        return total(
            self.v.placed[hall.key, c.key, key] * getattr(item, of)
            for c in kinds
            for key, item in sorted(hall.items.items())
            if getattr(item, of) and (hall.key, c.key, key) in self.v.placed
        )

    def packing_certificates_hold(self) -> None:
        """What packing proved impossible stays impossible: sum(weights x count) <= sum(z x racks)."""
        for cut in self.cuts:
            hall = next(h for h in self.data.halls if h.key == cut.hall)
            if self.proves_nothing(hall.key):
                continue
            weights = [(key, weight) for key, weight in cut.weights if key in hall.items]  # of others there is none
            packed = total(self.v.counts[cut.hall, key] * weight for key, weight in weights)
            self.model.add(packed <= weight_held(hall, self.v, cut.z))

    def proves_nothing(self, hall: str) -> bool:
        """Whether a limit under which packing proved something in a hall does not hold."""
        return any(self.relaxation.free(kind, hall) for kind in PROVEN_WITH)

    def budget_is_kept(self) -> None:
        """Typical capital cost of everything with a price fits the budget."""
        if self.data.budget is not None:
            self.limit(capex(self.data, self.v), self.data.budget, BUDGET)

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

    def measured_limits_of_a_piece(self) -> None:
        """Where the limit of one rack or position is measured: by how much the worst piece in use exceeds it."""
        for measured in sorted(self.relaxation.measured):
            if measured.kind in (RACK_POWER, WEIGHT, COOLING_KIND, HEIGHT, POWER, PEAK):
                self.every_piece_in_use_is_measured(measured)

    def every_piece_in_use_is_measured(self, measured: Limit) -> None:
        """The excess of a limit is no less than that of any piece in use."""
        hall = next(h for h in self.data.halls if h.key == measured.subject)
        for place in hall.classes:
            for key, item in sorted(hall.items.items()):
                pieces = self.v.placed.get((hall.key, place.key, key))
                over = self.over(measured.kind, place, item)
                if pieces is None or over <= 0:
                    continue
                used = self.model.new_bool_var(f"over[{measured},{place.key},{key}]")
                self.model.add(pieces == 0).only_enforce_if(used.negated())
                self.model.add(pieces <= MOST).only_enforce_if(used)
                self.model.add(self.v.excess[measured] >= over).only_enforce_if(used)
                if item.form == "rack":
                    self.v.excess_at_positions.setdefault(measured, []).append(pieces * (over * item.positions))

    @staticmethod
    def over(kind: str, place: PositionClass, item: Item) -> int:
        """By how much one piece exceeds its position class: W, kg per position, or W of liquid cooling."""
        peak = item.peak_w - place.peak_w
        if kind == RACK_POWER:
            air = item.air_w - place.air_w if place.air_w is not None else 0
            return max(item.design_w - place.design_w, air, peak if not place.peak_of_feeds else 0)
        if kind in (POWER, PEAK):
            return peak if place.peak_of_feeds else 0
        if kind == WEIGHT:
            rated = place.weight_limit_kg(item)
            if rated is None:
                return 0
            empty = place.rack.weight_kg if item.form == "node" else 0
            return -(-(item.weight_kg + empty) // max(1, item.positions)) - rated
        if kind == HEIGHT:
            return item.height_u - place.height_u if item.form == "node" else 0
        return item.liquid_w if not place.liquid else 0
