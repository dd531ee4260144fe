"""What a hall gives: power that survives a loss, air and liquid cooling."""

from __future__ import annotations

from planner.sizing.data import HallData
from planner.sizing.limits import (
    AIR,
    COOLING_KIND,
    FLOW,
    LIQUID,
    PEAK,
    POWER,
    Limit,
)
from planner.sizing.rules.air import heat_to_doors
from planner.sizing.rules.base import Rules
from planner.sizing.variables import Expr, total


class SupplyRules(Rules):
    """Rules of the power and cooling of a hall."""

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
