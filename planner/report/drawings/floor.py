"""The floor to scale: rows, positions and aisles, shaded by one measure and labelled with it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from planner.plan.schema import Rack
from planner.report import text
from planner.report.drawings.canvas import Drawing
from planner.report.drawings.rack import legend, legend_width
from planner.report.lookup import Lookup
from planner.request.site import Hall, Row

Measure = Literal["power", "weight"]
CLASSES = 5
PORTRAIT, UPRIGHT, ACROSS = 720.0, 800.0, 510.0  # width and heights that pages have room for
LARGEST = 0.062  # units a mm: about 1:65
LEFT, TOP, BOTTOM = 46.0, 12.0, 62.0
NAMED = 26.0  # a cell as wide as this carries its figure


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
    """The figure in a rack: kW with one decimal, or kg."""
    if value is None:
        return "?"
    return f"{value / 1000:.3g}" if measure == "power" else f"{value:,}"


def plan(hall: Hall, racks: list[Rack], lookup: Lookup, measure: Measure, wide: float = 1068.0) -> Drawing:
    """One hall seen from above. Positions that take no rack are drawn too."""
    rows = placed_rows(hall, racks)
    right = max(row.right for row in rows)
    first, last = min(r.y for r in rows), max(r.y + r.row.rack_depth for r in rows)
    scale = min((wide - LEFT - 12) / right, LARGEST, (UPRIGHT - TOP - BOTTOM) / max(last - first, 1))
    if right * scale + LEFT + 12 > PORTRAIT:
        scale = min(scale, (ACROSS - TOP - BOTTOM) / max(last - first, 1))
    values = [value for rack in racks if (value := measured(rack, lookup, measure)) is not None]
    what = "design power" if measure == "power" else "weight"
    alt = (
        f"Floor plan of {lookup.hall_name(hall.id)} to scale, shaded by {what}: {text.plural(len(rows), 'row')}, "
        f"{text.plural(len(racks), 'rack')} on {sum(r.row.positions for r in rows)} positions."
    )
    edges = bounds(values)
    key = _entries(measure, edges, len(values) < len(racks))
    width = min(wide, max(LEFT + right * scale + 12, LEFT + legend_width(key)))
    drawing = Drawing(width, TOP + (last - first) * scale + BOTTOM, alt)
    for row in rows:
        _row(drawing, row, TOP + (row.y - first) * scale, scale, lookup, measure, edges)
    _aisles(drawing, rows, first, scale)
    legend(drawing, LEFT, drawing.height - 30, key)
    labelled = max(row.row.pitch for row in rows) * scale >= NAMED
    _scale_bar(
        drawing,
        scale,
        f"each cell carries position and {_unit(measure)}" if labelled else "point at a cell for its rack",
    )
    return drawing


def _row(
    drawing: Drawing, placed: PlacedRow, y: float, scale: float, lookup: Lookup, measure: Measure, edges: list[int]
) -> None:
    row, pitch, depth = placed.row, placed.row.pitch * scale, placed.row.rack_depth * scale
    left = LEFT + row.x * scale
    drawing.text(LEFT - 8, y + depth / 2 + 4, row.id, 11, anchor="end", bold=True, room=LEFT - 10)
    taken = {position for rack in placed.racks for position in rack.positions}
    for position in range(1, row.positions + 1):
        x = left + (position - 1) * pitch
        if position in row.blocked:
            drawing.box(x + 0.5, y, pitch - 1, depth, "blocked", f"{row.id}{position:02d}: blocked")
            drawing.line("axis", (x + 0.5, y), (x + pitch - 0.5, y + depth))
            drawing.line("axis", (x + pitch - 0.5, y), (x + 0.5, y + depth))
        elif position not in taken:
            drawing.box(x + 0.5, y, pitch - 1, depth, "free", f"{row.id}{position:02d}: free")
            if pitch >= 16 and depth >= 30:
                drawing.text(x + pitch / 2, y + 11, f"{position:02d}", 8.5, anchor="middle", kind="on-free")
    for rack in placed.racks:
        _rack(drawing, rack, left, y, pitch, depth, lookup, measure, edges)


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
    title = (
        f"{rack.id}: {pattern.title}; {text.power(pattern.power_design_w)} design; "
        f"{text.mass(pattern.weight_kg, known=pattern.weight_known)}; feeds {' + '.join(rack.feeds)}"
    )
    drawing.box(x + 0.5, y, wide - 1, depth, kind, title, 1, f"#{text.anchor('pattern', pattern.id)}")
    if wide >= 16 and depth >= 30:
        name = f"{rack.positions[0]:02d}"
        drawing.text(x + wide / 2, y + 11, name, 8.5, anchor="middle", bold=True, kind=f"on-{kind}")
        if wide >= NAMED:
            words = shown(value, measure)
            drawing.text(x + wide / 2, y + depth / 2 + 8, words, 9, anchor="middle", kind=f"on-{kind}", room=wide - 3)


def _aisles(drawing: Drawing, rows: list[PlacedRow], first: int, scale: float) -> None:
    """Each aisle as a band with its width; cold or hot where rows follow each other front to front, back to back."""
    for index, (one, two) in enumerate(pairwise(rows)):
        start, gap = one.y + one.row.rack_depth, two.y - one.y - one.row.rack_depth
        if gap * scale < 13:
            continue
        y, wide = TOP + (start - first) * scale, max(one.right, two.right) * scale
        words, ink = f"aisle {gap / 1000:.2f} m", "t-soft"
        if two.row.y is None:
            side = "hot" if index % 2 else "cold"
            words, ink = f"{side} {words}", f"on-aisle-{side}"
            drawing.box(LEFT, y + 2, wide, gap * scale - 4, f"aisle-{side}", words)
        drawing.text(LEFT + 6, y + gap * scale / 2 + 3, words, 8.5, kind=ink, room=max(wide - 8, 90))


def _unit(measure: Measure) -> str:
    return "kW" if measure == "power" else "kg"


def _entries(measure: Measure, edges: list[int], some_unknown: bool) -> list[tuple[str, str]]:
    entries, low = [], 0
    for step, edge in enumerate(edges, 1):
        entries.append((f"heat{step}", f"{shown(low, measure)} to {shown(edge, measure)} {_unit(measure)}"))
        low = edge
    entries.append(("free", "free"))
    if some_unknown:
        entries.append(("unknown", "? unknown"))
    return entries


def _scale_bar(drawing: Drawing, scale: float, words: str) -> None:
    metre = 1000 * scale
    base = drawing.height - 12
    many = max(1, int(60 / metre))
    drawing.line("mark", (LEFT, base - 6), (LEFT, base), (LEFT + many * metre, base), (LEFT + many * metre, base - 6))
    drawing.text(LEFT + many * metre + 8, base, f"{many} m; {words}", 9, kind="t-soft")
