"""The rules of sizing in the order in which they are added, and those that what was proven before gives."""

from __future__ import annotations

from collections.abc import Sequence

from ortools.sat.python import cp_model

from planner.sizing.apart import workloads_survive_the_loss_of_a_domain
from planner.sizing.data import Cut, SizingData
from planner.sizing.limits import (
    ANCHORS,
    BUDGET,
    COOLING_KIND,
    HEIGHT,
    RACK_POWER,
    WEIGHT,
    Relaxation,
)
from planner.sizing.objective import capex
from planner.sizing.pdus import weight_held
from planner.sizing.rules.air import air_is_moved, rows_take_their_air
from planner.sizing.rules.demand import DemandRules
from planner.sizing.rules.floor import (
    alike_rows_fill_in_order,
    certificates_of_classes_hold,
    measured_anchors,
    other_mixes_than_the_floor_refused,
)
from planner.sizing.rules.measured import MeasuredRules
from planner.sizing.rules.network import mixes_have_their_networks
from planner.sizing.rules.power import nodes_survive_a_loss
from planner.sizing.rules.racks import RackRules
from planner.sizing.rules.supply import SupplyRules
from planner.sizing.variables import Variables, total

PROVEN_WITH = (
    RACK_POWER,
    WEIGHT,
    HEIGHT,
    COOLING_KIND,
    ANCHORS,
)  # without them a certificate of packing proves nothing


class Constraints(DemandRules, RackRules, SupplyRules, MeasuredRules):
    """Adds every rule to a model. `add_all` reads like the specification."""

    def __init__(
        self, model: cp_model.CpModel, data: SizingData, v: Variables, relaxation: Relaxation, cuts: Sequence[Cut]
    ) -> None:
        super().__init__(model, data, v, relaxation)
        self.cuts = cuts

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
        mixes_have_their_networks(self.model, self.data, self.v)
        alike_rows_fill_in_order(self.model, self.data, self.v)
        self.budget_is_kept()
        self.everything_arrives_in_time()
        self.systems_come_before_their_first_phase()
        self.measured_limits_of_a_piece()
        measured_anchors(self.model, self.data, self.v, self.relaxation)

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
