"""Extended racks as sizing sees them: kinds of position that are open already, cost nothing and are few."""

from __future__ import annotations

from dataclasses import replace

from planner.facility.apart import CONTAINED_IN, domain_of
from planner.facility.loads import max_rack_weight_kg
from planner.facility.power import plannable_hall, rack_limits
from planner.facility.standing import Room, StandingRack, extended, room_left, standing_racks
from planner.request.ground import admitted_roles
from planner.request.positions import ANCHORED, Role
from planner.request.power_tree import drops_of
from planner.request.site import Hall, Row, Site
from planner.sizing.data import Item, Part, PositionClass
from planner.sizing.items import EITHER, SOCKETS
from planner.sizing.question import Question

FIXED = "@"
"""Before the name of a position whose rack stands already, where kinds of position are named."""


def standing_classes(question: Question, site: Site, hall: Hall) -> tuple[PositionClass, ...]:
    """The extended racks of a hall; those with the same free units and the same left of everything are one class."""
    planned = plannable_hall(site, hall)
    rows, roles = {row.id: row for row in planned.rows}, admitted_roles(hall)
    classes: dict[tuple[object, ...], list[PositionClass]] = {}
    for rack in extended(standing_racks(hall, question.catalog, question.request.policy)).values():
        row = rows[rack.row]
        room = room_of(rack, row, planned)
        admits = roles.get((rack.row, rack.number), frozenset(ANCHORED))
        if rack.gaps and room.design_w:
            alike = (
                room,
                rack.height_u,
                rack.taken,
                rack.depth_mm,
                drops_of(row),
                row.cooling,
                row.loop,
                row.rear_door,
                admits,
            )
            classes.setdefault(alike, []).append(_class(rack, row, room, admits))
    return tuple(_together(hall, members) for members in classes.values())


def room_of(rack: StandingRack, row: Row, planned: Hall) -> Room:
    """What an extended rack may still take at its place."""
    width, depth = rack.width_mm or row.pitch, rack.depth_mm or row.rack_depth
    most_kg = max_rack_weight_kg(row, planned.floor, width, depth)
    return room_left(rack, row, rack_limits(row, planned.power), most_kg)


def _class(rack: StandingRack, row: Row, room: Room, admits: frozenset[Role]) -> PositionClass:
    return PositionClass(
        key="",
        rows=(rack.row,),
        positions=1,
        pairs=0,
        height_u=sum(rack.gaps),
        design_w=room.design_w,
        peak_w=room.peak_w,
        air_w=room.air_w,
        weight_kg=room.weight_kg,
        depth_mm=rack.depth_mm or row.rack_depth,
        air="air" in row.cooling,
        liquid="liquid" in row.cooling,
        loop=row.loop,
        door_loop=row.rear_door.loop if row.rear_door is not None else None,
        drops=tuple(sorted(drops_of(row))),
        rack=Item(key="rack/standing", product="", role="rack", form="loose"),
        outlets=sockets_left(room),
        admits=admits,
        gaps=rack.gaps,
        stands_at=((rack.row, rack.number),),
    )


def sockets_left(room: Room) -> tuple[tuple[str, int], ...]:
    """Free sockets of one feed side for C13 cords, C19 cords, and both together; empty where they are not known."""
    if room.outlets is None:
        return ()
    free = dict(room.outlets)
    return (*((kind, free.get(kind, 0)) for kind in SOCKETS), (EITHER, sum(free.values())))


def _together(hall: Hall, members: list[PositionClass]) -> PositionClass:
    """One class of racks that are alike, named after where they stand."""
    at = tuple(spot for member in members for spot in member.stands_at)
    names = [f"{FIXED}{row}{number:02d}" for row, number in at]
    row_of = {row.id: row for row in hall.rows}
    return replace(
        members[0],
        key=f"{hall.id}/{'+'.join(names)}",
        rows=tuple(dict.fromkeys(row for row, _ in at)),
        positions=len(at),
        stands_at=at,
        parts=tuple(
            Part(name, 1, 0, {kind: domain_of(hall.id, row_of[row], kind) for kind in CONTAINED_IN})
            for name, (row, _) in zip(names, at, strict=True)
        ),
    )
