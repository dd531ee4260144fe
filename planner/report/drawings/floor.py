"""The floor to scale: rows, positions and aisles, shaded by one measure and labelled with it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from planner.plan.schema import Rack, StandingRackPlan
from planner.report import text
from planner.report.drawings import metrics, palette
from planner.report.drawings.canvas import Drawing
from planner.report.drawings.rack import LEGEND, kind_name, legend, legend_rows, legend_width, main_kind
from planner.report.language import say, term
from planner.report.lookup import Lookup
from planner.request.ground import admitted_roles, column_box, growth_positions, under_columns
from planner.request.positions import ANCHORED, Containment
from planner.request.site import Hall, Row

Measure = Literal["power", "weight"]
CLASSES = 5
LETTERS = {"keep": "existing.letter-keep", "extend": "existing.letter-extend", "retire": "existing.letter-retire"}
PORTRAIT, UPRIGHT, ACROSS = 720.0, 800.0, 510.0  # width and heights that pages have room for
PAIRED = 425.0  # so high, two stand on one page
HALF = 350.0  # so wide, two stand side by side
LARGEST = 0.062  # units a mm: about 1:65
LEFT, TOP, BOTTOM = 46.0, 12.0, 78.0
NAMED = 20.0  # a cell as wide as this carries its figure


@dataclass(frozen=True)
class PlacedRow:
    """A row of the request with where it stands, in mm."""

    row: Row
    y: int
    racks: tuple[Rack, ...]

    @property
    def right(self) -> int:
        """Where its last position ends."""
        return self.row.x + self.row.positions * self.row.pitch


def placed_rows(hall: Hall, racks: list[Rack]) -> list[PlacedRow]:
    """Every row at the place its racks have in the plan; an empty row follows the one before at the same distance."""
    found: list[PlacedRow] = []
    for row in hall.rows:
        mine = tuple(rack for rack in racks if rack.row == row.id)
        if mine:
            y = min(rack.y_mm for rack in mine)
        elif row.y is not None:
            y = row.y
        elif found:
            y = found[-1].y + found[-1].row.rack_depth + _aisle(hall, len(found) - 1)
        else:
            y = 0
        found.append(PlacedRow(row, y, mine))
    return found


def _aisle(hall: Hall, index: int) -> int:
    return hall.floor.cold_aisle if index % 2 == 0 else hall.floor.hot_aisle


def measured(rack: Rack, lookup: Lookup, measure: Measure) -> int | None:
    """Design power in W or weight in kg of one rack; None is unknown."""
    pattern = lookup.pattern_of(rack)
    return pattern.power_design_w if measure == "power" else pattern.weight_kg


def bounds(values: list[int]) -> list[int]:
    """Upper edges of up to five classes between nothing and the largest value, rounded up to clean numbers."""
    if not values or max(values) == 0:
        return [1]
    step = max(values) / CLASSES
    unit = 10 ** max(0, len(str(int(step))) - 2)
    clean = -(-int(step + 0.999999) // unit) * unit
    edges = [clean * n for n in range(1, CLASSES + 1)]
    return edges[: next(i for i, edge in enumerate(edges) if edge >= max(values)) + 1]


def shown(value: int | None, measure: Measure) -> str:
    """The figure in a rack: kW to three digits, or t."""
    if value is None:
        return "?"
    return text.figure(f"{value / 1000:.3g}" if measure == "power" else f"{value / 1000:.2f}")


def plan(hall: Hall, racks: list[Rack], lookup: Lookup, measure: Measure, wide: float = 1068.0) -> Drawing:
    """One hall seen from above. Positions that take no rack are drawn too."""
    rows = placed_rows(hall, racks)
    columns = [column_box(column) for column in hall.columns]
    right = max([row.right for row in rows] + [box.right for box in columns])
    first = min([row.y for row in rows] + [box.y for box in columns])
    last = max([row.y + row.row.rack_depth for row in rows] + [box.end for box in columns])
    scale = min((wide - LEFT - 12) / right, LARGEST, (UPRIGHT - TOP - BOTTOM) / max(last - first, 1))
    if right * scale + LEFT + 12 > PORTRAIT:
        scale = min(scale, (ACROSS - TOP - BOTTOM) / max(last - first, 1))
    paired = (PAIRED - TOP - BOTTOM) / max(last - first, 1)
    if min((row.row.pitch for row in rows), default=0) * paired >= NAMED:
        scale = min(scale, paired)
    values = [value for rack in racks if (value := measured(rack, lookup, measure)) is not None]
    alt = say(
        f"floor.alt-{measure}",
        hall=lookup.hall_name(hall.id),
        rows=text.counted("row", len(rows)),
        racks=text.counted("rack", len(racks)),
        positions=text.counted("position", sum(r.row.positions for r in rows)),
    )
    edges = bounds(values)
    key = _entries(measure, edges, hall, len(values) < len(racks)) + _standing_entries(hall, lookup)
    own = LEFT + right * scale + 12
    width = min(wide, max(own, min(HALF if own <= HALF else PORTRAIT, LEFT + legend_width(key))))
    letters = metrics.wrap(_letters(racks, lookup), width - LEFT, 9, 3)
    more = LEGEND * (len(legend_rows(key, width - LEFT)) - 1) + 12 * (len(letters) - 1)
    drawing = Drawing(width, TOP + (last - first) * scale + BOTTOM + more, alt)
    for row in rows:
        _row(drawing, hall, row, TOP + (row.y - first) * scale, scale, lookup, measure, edges)
    _names(drawing, rows, first, scale)
    _aisles(drawing, rows, first, scale, hall.floor.containment)
    for box in columns:
        x, y = LEFT + box.x * scale, TOP + (box.y - first) * scale
        words = say("floor.column-size", width=box.width, depth=box.depth)
        drawing.box(x, y, box.width * scale, box.depth * scale, "column", words)
    legend(drawing, LEFT, drawing.height - 46 - more, key)
    for index, line in enumerate(reversed(letters)):
        drawing.text(LEFT, drawing.height - 30 - 12 * index, line, 9, kind="t-soft", room=width - LEFT)
    labelled = max(row.row.pitch for row in rows) * scale >= NAMED
    _scale_bar(
        drawing,
        scale,
        say("floor.labelled", unit=_unit(measure)) if labelled else say("floor.unlabelled"),
    )
    return drawing


def _row(
    drawing: Drawing,
    hall: Hall,
    placed: PlacedRow,
    y: float,
    scale: float,
    lookup: Lookup,
    measure: Measure,
    edges: list[int],
) -> None:
    row, pitch, depth = placed.row, placed.row.pitch * scale, placed.row.rack_depth * scale
    left = LEFT + row.x * scale
    taken = {position for rack in placed.racks for position in rack.positions}
    standing = {r.position: r for r in lookup.plan.existing if (r.hall, r.row) == (hall.id, row.id)}
    under, anchors = under_columns(hall), anchored_at(hall)
    for position in range(1, row.positions + 1):
        x = left + (position - 1) * pitch
        column = (row.id, position) in under
        if position in row.blocked or column:
            words = say("floor.under-column" if column else "floor.blocked")
            drawing.box(x + 0.5, y, pitch - 1, depth, "blocked", f"{row.id}{position:02d}: {words}")
            drawing.line("axis", (x + 0.5, y), (x + pitch - 0.5, y + depth))
            drawing.line("axis", (x + pitch - 0.5, y), (x + 0.5, y + depth))
        elif position in row.reserved:
            drawing.box(x + 0.5, y, pitch - 1, depth, "reserved", f"{row.id}{position:02d}: {say('floor.reserved')}")
            drawing.line("axis", (x + 0.5, y + depth), (x + pitch - 0.5, y))
        elif position in standing and position not in taken:
            _standing(drawing, standing[position], x, y, pitch, depth)
        elif position not in taken:
            words = say("floor.free") + anchors.get((row.id, position), "")
            drawing.box(x + 0.5, y, pitch - 1, depth, "free", f"{row.id}{position:02d}: {words}")
            if pitch >= 16 and depth >= 30:
                drawing.text(x + pitch / 2, y + 11, f"{position:02d}", 8.5, anchor="middle", kind="on-free")
    for rack in placed.racks:
        _rack(drawing, rack, left, y, pitch, depth, lookup, measure, edges)
        if lookup.pattern_of(rack).in_standing_rack:  # a grey edge: the rack stands, the figure is what is added
            x = left + (rack.positions[0] - 1) * pitch
            drawing.box(x + 0.5, y + depth - 7, pitch - 1, 7, "existing", say("existing.stands"))


def _standing(drawing: Drawing, rack: StandingRackPlan, x: float, y: float, pitch: float, depth: float) -> None:
    """A rack that stands and takes nothing new, or one that is retired and whose position stays free."""
    kind = "retired" if rack.decision == "retire" else "existing"
    words = f"{rack.id}: {term('treatment', rack.decision)}, {rack.title}"
    drawing.box(x + 0.5, y, pitch - 1, depth, kind, words, 1, f"#{text.anchor('existing', rack.id)}")
    if kind == "retired":
        drawing.line("axis", (x + 0.5, y), (x + pitch - 0.5, y + depth))
    if pitch >= 16 and depth >= 30:
        drawing.text(x + pitch / 2, y + 11, f"{rack.position:02d}", 8.5, anchor="middle", kind=f"on-{kind}")
        letter = say(LETTERS[rack.decision])
        drawing.text(x + pitch / 2, y + depth / 2 + 8, letter, 9, anchor="middle", bold=True, kind=f"on-{kind}")


def _rack(
    drawing: Drawing,
    rack: Rack,
    left: float,
    y: float,
    pitch: float,
    depth: float,
    lookup: Lookup,
    measure: Measure,
    edges: list[int],
) -> None:
    value = measured(rack, lookup, measure)
    step = next((n for n, edge in enumerate(edges, 1) if value is not None and value <= edge), len(edges))
    kind = "unknown" if value is None else f"heat{step}"
    pattern = lookup.pattern_of(rack)
    x, wide = left + (rack.positions[0] - 1) * pitch, pitch * len(rack.positions)
    title = say(
        "floor.rack",
        rack=rack.id,
        content=pattern.title,
        power=text.power(pattern.power_design_w),
        weight=text.mass(pattern.weight_kg, known=pattern.weight_known),
        feeds=" + ".join(rack.feeds),
    )
    drawing.box(x + 0.5, y, wide - 1, depth, kind, title, 1, f"#{text.anchor('pattern', pattern.id)}")
    if wide >= 16 and depth >= 30:
        name = f"{rack.positions[0]:02d}"
        drawing.text(x + wide / 2, y + 11, name, 8.5, anchor="middle", bold=True, kind=f"on-{kind}")
        if wide >= NAMED:
            words = shown(value, measure)
            drawing.text(x + wide / 2, y + depth / 2 + 5, words, 9, anchor="middle", kind=f"on-{kind}", room=wide - 2)
        letter = palette.LETTERS[main_kind(pattern, lookup)]
        low = min(depth - 4, depth / 2 + 18)  # under the figure, above the foot of a rack that is extended
        drawing.text(x + wide / 2, y + low, letter, 8.5, anchor="middle", kind=f"on-{kind}")


def _names(drawing: Drawing, rows: list[PlacedRow], first: int, scale: float) -> None:
    """The ids of rows on the left, those side by side together."""
    beside: dict[int, list[PlacedRow]] = {}
    for row in rows:
        beside.setdefault(row.y, []).append(row)
    for y_mm, same in beside.items():
        names = " ".join(row.row.id for row in sorted(same, key=lambda row: row.row.x))
        middle = TOP + (y_mm - first + same[0].row.rack_depth / 2) * scale
        drawing.text(LEFT - 8, middle, names, 11, anchor="end", bold=True, room=LEFT - 10)
        feeds = sorted({"+".join(row.row.feeds) for row in same})
        if len(feeds) == 1:
            drawing.text(LEFT - 8, middle + 12, feeds[0], 8.5, anchor="end", kind="t-soft", room=LEFT - 10)


def anchored_at(hall: Hall) -> dict[tuple[str, int], str]:
    """Words for positions that the hall names for network or storage."""
    admitted = admitted_roles(hall)
    named = [role for role in ANCHORED if any(anchor.role == role for anchor in hall.anchors)]
    return {
        spot: ", " + say("floor.may-take", what=text.listed([term("group", role) for role in named if role in roles]))
        for spot, roles in admitted.items()
        if any(role in roles for role in named)
    }


def _aisles(drawing: Drawing, rows: list[PlacedRow], first: int, scale: float, containment: Containment | None) -> None:
    """Each aisle as a band with its width; cold or hot where rows follow each other front to front, back to back."""
    for index, (one, two) in enumerate(pairwise(rows)):
        start, gap = one.y + one.row.rack_depth, two.y - one.y - one.row.rack_depth
        if gap * scale < 13:
            continue
        y, wide = TOP + (start - first) * scale, max(one.right, two.right) * scale
        width = text.figure(f"{gap / 1000:.2f} m")
        words, ink = say("floor.aisle", width=width), "t-soft"
        if two.row.y is None:
            side = "hot" if index % 2 else "cold"
            words, ink = say(f"floor.{side}-aisle", width=width), f"on-aisle-{side}"
            words += f", {say('floor.contained')}" if containment == side else ""
            drawing.box(LEFT, y + 2, wide, gap * scale - 4, f"aisle-{side}", words)
        drawing.text(LEFT + 6, y + gap * scale / 2 + 3, words, 8.5, kind=ink, room=max(wide - 8, 90))


def _letters(racks: list[Rack], lookup: Lookup) -> str:
    """What the letter in a cell says, and what stands beside a row."""
    patterns = {rack.pattern: lookup.pattern_of(rack) for rack in racks}
    kinds = {main_kind(pattern, lookup) for pattern in patterns.values()}
    named = [f"{letter} {kind_name(kind)}" for kind, letter in palette.LETTERS.items() if kind in kinds]
    return "; ".join((say("floor.letters", kinds=", ".join(named)), say("floor.feeds-beside")))


def _unit(measure: Measure) -> str:
    return "kW" if measure == "power" else "t"


def _entries(measure: Measure, edges: list[int], hall: Hall, some_unknown: bool) -> list[tuple[str, str]]:
    entries, low = [], 0
    for step, edge in enumerate(edges, 1):
        entries.append(
            (f"heat{step}", f"{text.low_to_high(shown(low, measure), shown(edge, measure))} {_unit(measure)}")
        )
        low = edge
    entries.append(("free", say("floor.free")))
    if growth_positions(hall):
        entries.append(("reserved", say("floor.reserved")))
    if hall.columns:
        entries.append(("column", say("floor.column")))
    if some_unknown:
        entries.append(("unknown", f"? {text.unknown()}"))
    return entries


def _standing_entries(hall: Hall, lookup: Lookup) -> list[tuple[str, str]]:
    """What racks that stand already look like, where the hall has any."""
    decisions = {rack.decision for rack in lookup.plan.existing if rack.hall == hall.id}
    stands = [("existing", say("existing.legend"))] if decisions - {"retire"} else []
    return stands + ([("retired", say("existing.legend-retired"))] if "retire" in decisions else [])


def _scale_bar(drawing: Drawing, scale: float, words: str) -> None:
    metre = 1000 * scale
    base = drawing.height - 12
    many = max(1, int(60 / metre))
    drawing.line("mark", (LEFT, base - 6), (LEFT, base), (LEFT + many * metre, base), (LEFT + many * metre, base - 6))
    drawing.text(LEFT + many * metre + 8, base, f"{many} m; {words}", 9, kind="t-soft")
