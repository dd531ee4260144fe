"""Where the heat of a rack goes: to the room's air, or through the rear door of its row to a loop."""

from __future__ import annotations

from planner.request.positions import Row


def door_capacity_w(row: Row) -> int | None:
    """The most heat to air in W of one rack that its rear door takes; None: the row has none."""
    return row.rear_door.capacity if row.rear_door is not None else None


def room_air_w(row: Row, air_w: int) -> int:
    """W that a rack with `air_w` of heat to air gives to the room: none where a rear door takes it."""
    return air_w if row.rear_door is None else 0


def door_heat_w(row: Row, loop: str, air_w: int) -> int:
    """W of a rack's heat to air that the rear doors of its row give to a loop."""
    return air_w if row.rear_door is not None and row.rear_door.loop == loop else 0


def loop_heat_w(row: Row, loop: str, air_w: int, liquid_w: int) -> int:
    """W that a rack gives to a loop: its heat to liquid where the row is on it, its heat to air where doors are."""
    return (liquid_w if row.loop == loop else 0) + door_heat_w(row, loop, air_w)
