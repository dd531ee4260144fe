"""The floor's own objective: cables times distance to the hub, measured again from where the racks stand."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.schema import Device, Storage, System
from planner.errors import InputError
from planner.floor.cables import objective_mm
from planner.floor.data import FloorProblem, Placement, RackGroup
from planner.floor.fixed import row_at, with_fixed
from planner.plan.schema import Pattern, Rack
from planner.verify.subject import Broken, Rule, Subject, contents, differs

HUB_ROLES = ("compute-leaf", "converged-leaf", "in-band-leaf")


def network_ports(subject: Subject, pattern: Pattern) -> int:
    """Ports of the systems and storage of a rack that leave for a switch: all but those of the scale-up network."""
    products = [subject.known(name, Device) for name in contents(pattern)]
    ports = [port for product in products if isinstance(product, System | Storage) for port in product.ports]
    return sum(port.count for port in ports if port.fabric != "scale-up")


def floor_problem(subject: Subject, hall: str) -> FloorProblem:
    """The racks of a hall as the floor saw them: what they draw, their cables, and which of them are hubs."""
    rows: dict[str, set[str]] = {}
    fixed = [rack for rack in subject.racks_in(hall) if subject.added_to(rack)]
    for rack in subject.racks_in(hall):
        rows.setdefault(rack.pattern, set()).add(row_of(subject, rack))
    groups = tuple(
        RackGroup(
            pattern=name,
            count=subject.patterns[name].count,
            positions=subject.patterns[name].positions,
            rows=frozenset(used),
            design_w=subject.patterns[name].power_design_w or 0,
            peak_w=subject.patterns[name].power_peak_w or 0,
            cables=network_ports(subject, subject.patterns[name]),
            hub=is_hub(subject.patterns[name]),
        )
        for name, used in sorted(rows.items())
    )
    spots = [(rack.row, rack.positions[0]) for rack in fixed]
    return FloorProblem(with_fixed(subject.places[hall].planned, spots), groups)


def row_of(subject: Subject, rack: Rack) -> str:
    """The row of a rack as the floor saw it: one of its own for what is added to a rack that stands."""
    return row_at((rack.row, rack.positions[0])) if subject.added_to(rack) else rack.row


def numbers_of(subject: Subject, rack: Rack) -> tuple[int, ...]:
    """The position numbers of a rack as the floor saw them."""
    return (1,) if subject.added_to(rack) else rack.positions


def is_hub(pattern: Pattern) -> bool:
    """Whether a rack holds switches that others cable to."""
    return any(device.role in HUB_ROLES for device in pattern.devices)


def cable_distance_is_measured_again(subject: Subject) -> Iterator[Broken]:
    """The floor's proof states the cables times distance that the racks' positions give."""
    for proof in subject.plan.proofs:
        if proof.stage != "floor" or proof.subject not in subject.places:
            continue
        standing = [
            Placement(
                rack.pattern,
                row_of(subject, rack),
                numbers_of(subject, rack),
                hub=is_hub(subject.pattern_of(rack)),
            )
            for rack in subject.racks_in(proof.subject)
        ]
        try:
            found = objective_mm(floor_problem(subject, proof.subject), standing)
        except (InputError, KeyError):
            yield Broken(f"floor, {proof.subject}", "racks do not stand where the hall has positions")
            continue
        yield from differs(f"floor, {proof.subject}", "mm of cable", proof.objective, found)


RULES: tuple[Rule, ...] = (cable_distance_is_measured_again,)
