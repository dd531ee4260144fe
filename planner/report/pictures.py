"""Single drawings of a plan as SVG files."""

from __future__ import annotations

from planner.document import nearest
from planner.errors import InputError
from planner.plan.schema import Plan
from planner.report import templating, text
from planner.report.drawings import rack
from planner.report.lookup import Lookup


def rack_row_svg(plan: Plan, hall: str, row: str, most: int = 8) -> str:
    """The racks of one row side by side, at most `most` of them.

    Raises:
        InputError: the plan has no rack in such a row; the nearest row is named.
    """
    lookup = Lookup(plan)
    racks = [entry for entry in plan.racks if entry.hall == hall and entry.row == row]
    if not racks:
        rows = sorted({f"{entry.hall} {entry.row}" for entry in plan.racks})
        found = f'no rack in row "{row}" of hall "{hall}"'
        raise InputError.of("row", found, "a hall and row that hold racks", nearest(f"{hall} {row}", rows))
    shown = racks[:most]
    title = f"{lookup.hall_name(hall)}, row {row}"
    if len(shown) < len(racks):
        title += f": {len(shown)} of {text.plural(len(racks), 'rack')}"
    return templating.standalone_svg(rack.row(shown, lookup, title), ground="#ffffff")
