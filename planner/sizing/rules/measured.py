"""Limits of one rack or position, where an explanation measures by how much they are exceeded."""

from __future__ import annotations

from planner.sizing.data import Item, PositionClass
from planner.sizing.limits import (
    COOLING_KIND,
    HEIGHT,
    PEAK,
    POWER,
    RACK_POWER,
    WEIGHT,
    Limit,
)
from planner.sizing.rules.base import Rules
from planner.sizing.variables import MOST


class MeasuredRules(Rules):
    """Excesses of the limits of a piece."""

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
                more = over(measured.kind, place, item)
                if pieces is None or more <= 0:
                    continue
                used = self.model.new_bool_var(f"over[{measured},{place.key},{key}]")
                self.model.add(pieces == 0).only_enforce_if(used.negated())
                self.model.add(pieces <= MOST).only_enforce_if(used)
                self.model.add(self.v.excess[measured] >= more).only_enforce_if(used)
                if item.form == "rack":
                    self.v.excess_at_positions.setdefault(measured, []).append(pieces * (more * item.positions))


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
