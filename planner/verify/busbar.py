"""Racks with a busbar: the shelves that their row states, and nothing in them that takes another kind of power."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.schema import Device, PowerShelf
from planner.facility.busbar import needs_busbar, shelf_limits, shelves_u
from planner.verify.subject import Broken, Rule, Subject, above, differs


def busbars_have_their_shelves(subject: Subject) -> Iterator[Broken]:
    """A rack in a row with busbars has the shelves of the row, room for them above its devices, and power of them."""
    for rack in subject.plan.racks:
        pattern, place = subject.pattern_of(rack), subject.places[rack.hall]
        row = place.row(rack.row)
        if pattern.rack_product is None:
            continue
        wanted = {} if row.busbar is None else {row.busbar.shelf: row.busbar.shelves}
        shelves = {name: count for name, count in pattern.pdus.items() if isinstance(subject.box(name), PowerShelf)}
        yield from differs(rack.id, "power shelves", shelves, wanted)
        if row.busbar is None or shelves != wanted:
            continue
        shelf = subject.known(row.busbar.shelf, PowerShelf)
        top = max((device.u + device.height_u - 1 for device in pattern.devices), default=0)
        highest = (pattern.height_u or 0) - shelves_u(shelf, row.busbar.shelves)
        yield from above(rack.id, "highest U in use below its shelves", top, highest)
        design, peak = shelf_limits(row, place.planned.power, shelf)
        yield from above(rack.id, "design W on its shelves with a feed lost", pattern.power_design_w or 0, design)
        yield from above(rack.id, "peak W on its shelves", pattern.power_peak_w or 0, peak)


def devices_have_their_kind_of_power(subject: Subject) -> Iterator[Broken]:
    """What takes its power from a busbar stands in a rack with shelves, what has cords does not."""
    for rack in subject.plan.racks:
        pattern, row = subject.pattern_of(rack), subject.places[rack.hall].row(rack.row)
        for name in sorted({device.product for device in pattern.devices}):
            if needs_busbar(subject.known(name, Device)) != (row.busbar is not None):
                kind = "a busbar" if row.busbar is None else "cords"
                yield Broken(rack.id, f"{name} needs {kind}, which this rack does not have")


RULES: tuple[Rule, ...] = (busbars_have_their_shelves, devices_have_their_kind_of_power)
