"""Single drawings of a plan as SVG files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from planner.document import nearest
from planner.errors import InputError
from planner.plan.said import retold
from planner.plan.schema import Plan
from planner.report import templating, text
from planner.report.drawings import fabric, floor, flow, oneline, rack, rear
from planner.report.drawings.canvas import Drawing
from planner.report.language import PLAIN_CODE, Code, language, say, speaking
from planner.report.lookup import Lookup
from planner.report.pdf import fonts

MARGIN = 16  # units of a drawing around a picture that stands alone
PIXELS_PER_INCH = 216.0  # three pixels a point: sharp on paper and on screens of double density


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
    title = say("picture.row", hall=lookup.hall_name(hall), row=row)
    if len(shown) < len(racks):
        title += ": " + say("of", part=len(shown), whole=text.counted("rack", len(racks)))
    return templating.standalone_svg(rack.row(shown, lookup, title), ground="#ffffff")


def drawing_of(plan: Plan, what: str, code: Code = PLAIN_CODE) -> Drawing:
    """One drawing of a plan: "floor", "weight", "power" (each with ":HALL" where there are several halls),
    "rack:ID" for a rack or a pattern, "rear:ID" for a rack from behind,
    "fabric:NAME" (with "@HALL" and "/SYSTEM" where there are several), "flow".

    Raises:
        InputError: the plan has no such drawing; the ones that it has are named.
    """
    with speaking(language(code)):
        return _drawing(retold(plan, plan.said, code), what)


def _drawing(plan: Plan, what: str) -> Drawing:
    drawings = choices(plan, Lookup(plan))
    kind, _, name = what.partition(":")
    if kind == "fabric" and name:
        found = [key for key in drawings if key.startswith((f"{what}@", f"{what}/"))]
    else:
        found = [key for key in drawings if not name and key.partition(":")[0] == kind]
    if what in drawings:
        return drawings[what]()
    if len(found) == 1:
        return drawings[found[0]]()
    if found:
        raise InputError.of("--what", f'"{what}", which is {len(found)} drawings', "one drawing", _some(found), "plan")
    hint = nearest(what, list(drawings)) or _some(list(drawings))
    raise InputError.of("--what", f'"{what}"', "a drawing of the plan", hint, "plan")


def choices(plan: Plan, lookup: Lookup) -> dict[str, Callable[[], Drawing]]:
    """Every drawing of the plan by its name."""
    found: dict[str, Callable[[], Drawing]] = {}
    for hall in lookup.hall_ids:
        if hall in lookup.halls:
            where = (lookup.halls[hall], lookup.racks_of(hall), lookup)
            found[f"floor:{hall}"] = partial(floor.plan, *where, "power")
            found[f"weight:{hall}"] = partial(floor.plan, *where, "weight")
    for power in plan.power:
        found[f"power:{power.hall}"] = partial(oneline.diagram, power, lookup)
    for entry in plan.fabrics:
        if not entry.switches:
            continue  # nothing of its own to draw
        found[f"fabric:{entry.fabric}@{entry.hall}/{entry.system}"] = partial(fabric.diagram, entry, lookup)
    for standing in plan.racks:
        pattern = lookup.pattern_of(standing)
        found[f"rack:{standing.id}"] = partial(rack.elevation, pattern, lookup)
        if pattern.devices:
            found[f"rear:{standing.id}"] = partial(rear.elevation, pattern, lookup)
    for pattern in plan.patterns:
        found[f"rack:{pattern.id}"] = partial(rack.elevation, pattern, lookup)
        if pattern.devices:
            found[f"rear:{pattern.id}"] = partial(rear.elevation, pattern, lookup)
    whole = flow.diagram(plan, lookup)
    return found | ({"flow": lambda: whole} if whole else {})


def _some(names: list[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"take one of {', '.join(names[:most])}{more}"


def drawing_svg(drawing: Drawing) -> str:
    """The drawing as an SVG file on white."""
    return templating.standalone_svg(drawing, ground="#ffffff", margin=MARGIN) + "\n"


def drawing_png(drawing: Drawing) -> bytes:
    """The drawing as a PNG picture on white, its texts in the bundled font."""
    import typst  # noqa: PLC0415 - 80 MB that only this output needs

    wide, tall = (
        f"{templating.coordinate(side * 0.25)}mm" for side in (drawing.width + 2 * MARGIN, drawing.height + 2 * MARGIN)
    )
    source = (
        f"#set page(width: {wide}, height: {tall}, margin: 0pt)\n"
        f'#image(bytes({templating.literal(drawing_svg(drawing))}), format: "svg", width: {wide})\n'
    )
    made = typst.compile(
        source.encode(), format="png", ppi=PIXELS_PER_INCH, ignore_system_fonts=True, font_paths=fonts()
    )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single picture")
    return made
