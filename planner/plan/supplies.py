"""How the systems of a hall run when supplies, shelves or feeds are lost."""

from __future__ import annotations

from collections.abc import Iterator

from planner.facility.power import power_tiers
from planner.facility.supply_states import fewest_feeds_with
from planner.plan.schema_supplies import SystemSupplies
from planner.plan.site import PlacedHall, systems_of
from planner.plan.supply_table import supplies_in
from planner.sizing.question import Question


def supplies_of_hall(question: Question, placed: PlacedHall) -> Iterator[SystemSupplies]:
    """Every system product of a hall, by id."""
    for system in systems_of(question, placed):
        tiers = power_tiers(system, question.request.policy.assumed_power_w)
        yield supplies_in(placed.hall.id, system, tiers, *feeds_of_system(placed, system.id))


def feeds_of_system(placed: PlacedHall, product: str) -> tuple[int, int]:
    """(feeds, most that one failure takes) of the rows where racks with this product stand."""
    patterns = {p.id for p in placed.patterns if p.system == product or any(d.product == product for d in p.devices)}
    rows = {placement.row for placement in placed.floor.placements if placement.pattern in patterns}
    return fewest_feeds_with(placed.hall.power, [row for row in placed.hall.rows if row.id in rows])
