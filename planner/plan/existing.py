"""What stands already, as the plan tells it: each listed rack with what becomes of it and what is added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.facility.standing import StandingRack, standing_racks
from planner.floor.geometry import positions_of
from planner.plan.schema import Finding, Rack, StandingDevicePlan, StandingRackPlan, SwitchPortsPlan
from planner.request.site import Hall
from planner.sizing.question import Question
from planner.wording import sentence

Ports = Mapping[tuple[str, str], Sequence[SwitchPortsPlan]]  # (hall, rack id) -> ports of its switches


def standing_plans(question: Question, racks: Sequence[Rack], ports: Ports) -> Iterator[StandingRackPlan]:
    """Every listed rack, hall by hall, in the order of positions."""
    added = {rack.id: rack.pattern for rack in racks}
    for _, hall in question.request.halls():
        for rack in standing_racks(hall, question.catalog, question.request.policy):
            extended = added.get(rack.id) if rack.decision == "extend" else None
            yield standing_plan(hall, rack, extended, tuple(ports.get((hall.id, rack.id), ())))


def standing_plan(
    hall: Hall, rack: StandingRack, added: str | None, ports: tuple[SwitchPortsPlan, ...]
) -> StandingRackPlan:
    """One rack, with what was there before."""
    spot = next(p for p in positions_of(hall) if (p.row, p.number) == (rack.row, rack.number))
    return StandingRackPlan(
        id=rack.id,
        hall=rack.hall,
        row=rack.row,
        position=rack.number,
        decision=rack.decision,
        rack_product=rack.product,
        title=rack.title,
        height_u=rack.height_u,
        devices=tuple(
            StandingDevicePlan(
                name=d.name, product=d.product, title=d.title, u=d.u, height_u=d.height_u,
                power_design_w=d.tiers.design_w,
            )
            for d in sorted(rack.devices, key=lambda d: d.u)
        ),
        free_u=rack.gaps,
        power_design_w=rack.design_w,
        power_peak_w=rack.peak_w,
        heat_air_w=rack.air_w,
        weight_kg=rack.weight_kg,
        added=added,
        ports=ports,
        x_mm=spot.x_mm,
        y_mm=spot.y_mm,
    )  # fmt: skip


def existing_findings(question: Question, plans: Sequence[StandingRackPlan]) -> Iterator[Finding]:
    """Work that the plan asks for at racks that stand, and what it could not check there."""
    for _, hall in question.request.halls():
        racks = {rack.id: rack for rack in standing_racks(hall, question.catalog, question.request.policy)}
        mine = [plan for plan in plans if plan.hall == hall.id]
        retired = [plan for plan in mine if plan.decision == "retire"]
        if retired:
            names = [plan.id.rpartition("/")[2] for plan in retired]
            yield Finding(
                severity="information", rule="existing-retire", place=hall.id,
                text=sentence("finding.existing-retire", racks=names),
            )  # fmt: skip
        for plan in mine:
            if plan.added is None:
                continue
            rack = racks[plan.id]
            if rack.outlets_left is None:
                yield Finding(
                    severity="warning", rule="existing-outlets", place=plan.id,
                    text=sentence("finding.existing-outlets"),
                )  # fmt: skip
            if rack.power_left_w is None:
                yield Finding(
                    severity="warning", rule="existing-pdus", place=plan.id,
                    text=sentence("finding.existing-pdus"),
                )  # fmt: skip
