"""How long a cable must be between two positions, and which length of a product to order."""

from __future__ import annotations

from planner.cabling.model import Position, SiteParameters
from planner.catalog.schema import Cable, CableLength


def run_length_m(a: Position, b: Position, site: SiteParameters) -> float:
    """Metres from device to device: in the rack, or up (or down) to the tray, along it, and back.

    Same rack: |Ua - Ub| x U height + both side offsets + slack. Otherwise the vertical way from each device to the
    tray, the Manhattan way through tray crossovers, both side offsets, and slack.
    """
    sides = 2 * site.side_offset_m
    if a.hall == b.hall and a.row == b.row and a.number == b.number:
        return abs(a.u - b.u) * site.u_height_m + sides + site.slack_in_rack_m
    return to_tray_m(a, site) + to_tray_m(b, site) + along_trays_m(a, b, site) + sides + site.slack_m


def to_tray_m(position: Position, site: SiteParameters) -> float:
    """Metres from a device to the overhead tray or the space under the floor."""
    height = site.rack_base_m + position.u * site.u_height_m
    if site.under_floor:
        return height + site.floor_depth_m
    return max(0.0, site.rack_top_m - height) + (site.tray_height_m - site.rack_top_m)


def along_trays_m(a: Position, b: Position, site: SiteParameters) -> float:
    """Metres along trays: Manhattan distance, crossing between rows only where trays cross."""
    across = abs(a.y_mm - b.y_mm)
    if a.row == b.row or not site.crossovers_x_mm:
        return (abs(a.x_mm - b.x_mm) + across) / 1000
    detour = min(abs(a.x_mm - x) + abs(x - b.x_mm) for x in site.crossovers_x_mm)
    return (detour + across) / 1000


def sku_for(cable: Cable, needed_m: float, reach_m: float) -> CableLength | None:
    """The shortest length on sale that is long enough and within reach; None if there is none."""
    fitting = [sku for sku in cable.lengths if needed_m <= sku.length_m <= reach_m]
    return min(fitting, key=lambda sku: sku.length_m) if fitting else None
