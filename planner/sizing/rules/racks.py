"""What stands in a hall: fabrics for its systems, pieces at positions, nodes in racks."""

from __future__ import annotations

from collections.abc import Iterable

from ortools.sat.python import cp_model

from planner.sizing.data import HallData, Item, PositionClass, SizingData
from planner.sizing.limits import (
    HEIGHT,
    POSITIONS,
    RACK_POWER,
    WEIGHT,
    Limit,
    Relaxation,
)
from planner.sizing.pdus import racks_have_their_pdus
from planner.sizing.rules.base import Rules
from planner.sizing.variables import Expr, Variables, most_excess, peak_is_free, total


class RackRules(Rules):
    """Rules of what is counted in a hall, and where it stands."""

    def __init__(self, model: cp_model.CpModel, data: SizingData, v: Variables, relaxation: Relaxation) -> None:
        super().__init__(model, data, v, relaxation)
        self.more: dict[tuple[Limit, str], cp_model.IntVar] = {}

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
            most = most_excess(self.data, limit) * place.positions
            more = self.model.new_int_var(0, most, f"more[{limit},{place.key}]")
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
