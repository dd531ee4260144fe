"""Racks with a DC busbar: power shelves instead of rack PDUs, as many on every feed, and what they carry.

"N+N" is computed: with a feed lost its shelves are lost, and what the others give must carry the design load. The loss
of conversion is in no figure: no maker publishes it for the shelves of the catalog, and a finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import floor
from planner.catalog.schema import Device, Pdu, PowerShelf
from planner.facility.power import pdu_w
from planner.plan.schema_base import Finding
from planner.request.power_tree import loss_states
from planner.request.site import Power, Row
from planner.wording import sentence

BUSBAR = "busbar"


def needs_busbar(device: Device) -> bool:
    """Whether a device takes its power from a rack's busbar."""
    return any(inlet.outlet == BUSBAR for inlet in device.inlets)


def box_w(box: Pdu | PowerShelf, row: Row, power: Power) -> int | None:
    """What a rack PDU or power shelf may give all the time, in W; None where it is not published."""
    return floor(box.output_w) if isinstance(box, PowerShelf) else pdu_w(box, row, power)


def shelves_per_feed(row: Row) -> int:
    """Power shelves of a rack of the row on each of its feeds; 0 where the row has no busbar."""
    return row.busbar.shelves // len(row.feeds) if row.busbar is not None else 0


def shelves_u(box: Pdu | PowerShelf, count: int) -> int:
    """The height in U that shelves take, above all devices; rack PDUs take none of it."""
    return count * (box.height_u.value or 0) if isinstance(box, PowerShelf) else 0


def shelf_limits(row: Row, power: Power, shelf: PowerShelf) -> tuple[int, int]:
    """(design, peak) W that the shelves of one rack carry: design with a feed lost, peak with all of them there."""
    each = floor(shelf.output_w) or 0
    left = min(sum(feed not in state.lost for feed in row.feeds) for state in loss_states(power)) or 1
    return shelves_per_feed(row) * left * each, shelves_per_feed(row) * len(row.feeds) * each


def shelf_findings(
    place: str, shelf: PowerShelf, row: Row, power: Power, design_w: int, peak_w: int
) -> Iterator[Finding]:
    """What a rack's shelves leave with a feed lost, where that is less than its peak; and what nobody publishes."""
    carried, _ = shelf_limits(row, power, shelf)
    if carried < peak_w:
        yield Finding(
            severity="warning",
            rule="shelves-carry-the-load",
            place=place,
            text=sentence("supplies.shelves", given=carried, design=design_w, peak=peak_w),
            numbers={"available_w": carried, "design_w": design_w, "peak_w": peak_w, "state": "throttled"},
        )
    yield Finding(
        severity="information",
        rule="unknown-conversion-loss",
        place=shelf.id,
        text=sentence("supplies.conversion"),
    )
