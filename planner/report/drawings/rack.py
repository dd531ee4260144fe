"""Rack elevations: every unit numbered, devices to scale, vertical rPDUs in the side channels."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan.schema import Pattern, Rack
from planner.report import text
from planner.report.drawings import metrics, palette
from planner.report.drawings.canvas import SMALLEST, Drawing
from planner.report.language import say, term
from planner.report.lookup import Lookup

UNIT = 11.0  # 2.75 mm a rack unit in print
GUTTER, CHANNEL, BODY = 17.0, 8.0, 134.0
WIDE = GUTTER + 2 * CHANNEL + BODY + 4
HEAD, FOOT = 93.0, 8.0
LEGEND = 14.0  # from one row of a legend to the next
ASSUMED_UNITS = 48  # how high a rack system is drawn when its height is not published


@dataclass(frozen=True)
class Slot:
    """A device in its place, ready to draw."""

    label: str
    role: str
    kind: str
    u: int
    height_u: int
    title: str


def units(pattern: Pattern) -> int:
    """The height a pattern is drawn at."""
    return pattern.height_u or max((d.u + d.height_u - 1 for d in pattern.devices), default=ASSUMED_UNITS)


def slots(pattern: Pattern, lookup: Lookup) -> list[Slot]:
    """The devices of a pattern; a rack system is one block over its whole height."""
    if pattern.system is not None and not pattern.devices:
        name = lookup.name(pattern.system)
        kind = lookup.look(pattern.system, "system")
        label = next((n for n in lookup.names(pattern.system) if metrics.width(n, SMALLEST) <= BODY - 21), name)
        return [Slot(label, say("rack.whole", kind=kind_name(kind)), kind, 1, units(pattern), name)]
    return [
        *_standing(pattern, lookup),
        *_own(pattern, lookup),
        *_shelves(pattern, lookup),
    ]


def rpdus(pattern: Pattern, lookup: Lookup) -> list[str]:
    """The names of a rack's vertical PDUs, each as often as it has it."""
    return [
        lookup.name(product)
        for product in sorted(pattern.pdus)
        for _ in range(pattern.pdus[product])
        if lookup.kind(product) != "power-shelf"
    ]


def _shelves(pattern: Pattern, lookup: Lookup) -> list[Slot]:
    """Power shelves at the top of a rack with a busbar."""
    names = [n for n in sorted(pattern.pdus) for _ in range(pattern.pdus[n]) if lookup.kind(n) == "power-shelf"]
    top, found = units(pattern), []
    for name in names:
        high = lookup.height_u(name)
        role = term("role", "power-shelf")
        title = f"{lookup.name(name)}, {role}, {placed(top - high + 1, high)}"
        found.append(Slot(_label(name, lookup), role, "power", top - high + 1, high, title))
        top -= high
    return found


def _standing(pattern: Pattern, lookup: Lookup) -> list[Slot]:
    """What stands already in the first rack that the pattern is added to."""
    standing = next((rack for rack in lookup.plan.existing if rack.added == pattern.id), None)
    words = say("existing.stands")
    return [
        Slot(d.name or d.title, words, "existing", d.u, d.height_u, f"{d.title}, {words}, {placed(d.u, d.height_u)}")
        for d in (standing.devices if standing is not None else ())
    ]


def _own(pattern: Pattern, lookup: Lookup) -> list[Slot]:
    return [
        Slot(
            _label(device.product, lookup),
            term("role", device.role),
            lookup.look(device.product, device.role),
            device.u,
            device.height_u,
            f"{lookup.name(device.product)}, {term('role', device.role)}, {placed(device.u, device.height_u)}",
        )
        for device in pattern.devices
    ]


def _label(product: str, lookup: Lookup) -> str:
    names = lookup.names(product)
    return next((name for name in names if metrics.width(name, SMALLEST) <= BODY - 21), names[-1])


def placed(u: int, height_u: int) -> str:
    """ "U10" or "U1 to U10"."""
    return f"U{u}" if height_u == 1 else text.low_to_high(f"U{u}", f"U{u + height_u - 1}")


def caption(pattern: Pattern) -> tuple[str, str, str]:
    """Design power, peak power and weight, one line each; what is unknown is named."""
    design = say("rack.design", power=text.power(pattern.power_design_w))
    peak = say("rack.peak", power=text.power(pattern.power_peak_w))
    if pattern.weight_kg is None:
        return design, peak, say("rack.weight-unknown")
    return design, peak, text.mass(pattern.weight_kg, known=pattern.weight_known)


def wide(pattern: Pattern) -> float:
    """How wide a pattern is drawn: a system that takes two positions is drawn over both."""
    return WIDE + (pattern.positions - 1) * (BODY + 2 * CHANNEL)


def elevation(pattern: Pattern, lookup: Lookup) -> Drawing:
    """One distinct rack from the front, drawn once."""
    racks, (design, peak, weight) = text.counted("rack", pattern.count), caption(pattern)
    power = f"{design}, {peak}"
    alt = say("rack.alt", racks=racks, pattern=pattern.id, content=pattern.title, power=power, weight=weight)
    alt += f" {contents(pattern, lookup)}"
    drawing = Drawing(wide(pattern), HEAD + units(pattern) * UNIT + FOOT, alt)
    _header(drawing, GUTTER, say("rack.front", racks=racks), pattern.title, caption(pattern))
    place(drawing, 0, HEAD, pattern, lookup)
    return drawing


def contents(pattern: Pattern, lookup: Lookup) -> str:
    """What stands where, from the top, in words."""
    parts = [f"{placed(s.u, s.height_u)} {s.label}" for s in sorted(slots(pattern, lookup), key=lambda s: -s.u)]
    return say("rack.contents", each="; ".join(parts)) if parts else say("rack.empty")


def _header(drawing: Drawing, left: float, count: str, title: str, figures: tuple[str, ...]) -> None:
    room = drawing.width - left - 4
    drawing.text(left, 11, count, 10.5, bold=True, room=room)
    for index, line in enumerate(metrics.wrap(title, room, 9, 3, True)):
        drawing.text(left, 24 + 11.5 * index, line, 9, bold=True, room=room)
    for index, figure in enumerate(figures):
        drawing.text(left, HEAD - 32 + 12 * index, figure, 9, kind="t-soft", room=room)


def place(drawing: Drawing, x: float, top: float, pattern: Pattern, lookup: Lookup) -> None:
    """Draws the rack with its unit numbers, at the given corner."""
    height = units(pattern)
    left, bottom = x + GUTTER + CHANNEL, top + height * UNIT
    body = wide(pattern) - WIDE + BODY
    drawing.box(x + GUTTER, top, body + 2 * CHANNEL, height * UNIT, "frame")
    numbers(drawing, x + GUTTER - 3, bottom, height)
    _side_channels(drawing, x, top, pattern, height, lookup)
    taken: set[int] = set()
    for slot in slots(pattern, lookup):
        taken.update(range(slot.u, slot.u + slot.height_u))
        _device(drawing, left, bottom - (slot.u + slot.height_u - 1) * UNIT, slot, body)
    for start, size in _free(height, taken):
        _free_run(drawing, left, bottom - (start + size - 1) * UNIT, size)


def numbers(drawing: Drawing, right: float, bottom: float, height: int) -> None:
    """The lowest unit and every fifth, beside the rack."""
    for unit in range(1, height + 1):
        if unit == 1 or unit % 5 == 0:
            drawing.text(right, bottom - (unit - 1) * UNIT - 2.6, str(unit), 8.5, anchor="end", kind="t-soft")


def _side_channels(drawing: Drawing, x: float, top: float, pattern: Pattern, height: int, lookup: Lookup) -> None:
    names = rpdus(pattern, lookup)
    sides = (x + GUTTER + 1.2, x + GUTTER + CHANNEL + BODY + 1.2)
    for side, left in enumerate(sides):
        mine = names[side::2]
        for index, name in enumerate(mine):
            share = (height * UNIT - 4) / len(mine)
            drawing.box(
                left, top + 2 + index * share, CHANNEL - 2.4, share - 2, "power", f"{say('rack.rpdu')}: {name}", 1
            )


def _device(drawing: Drawing, left: float, top: float, slot: Slot, body: float) -> None:
    high = slot.height_u * UNIT
    drawing.box(left + 0.5, top + 0.5, body - 1, high - 1, slot.kind, slot.title, 1.5)
    ink = f"on-{slot.kind}"
    middle = top + high / 2
    double = slot.height_u >= 3
    base = middle + (-1.5 if double else 3.1)
    drawing.text(left + 5, base, palette.LETTERS[slot.kind], 8.5, bold=True, kind=ink)
    drawing.text(left + 17, base, slot.label, 9.5, kind=ink, room=body - 21)
    if double:
        drawing.text(left + 17, middle + 10, slot.role, 8.5, kind=ink, room=body - 21)


def _free(height: int, taken: set[int]) -> list[tuple[int, int]]:
    """Runs of free units: the lowest unit and how many."""
    found: list[tuple[int, int]] = []
    for unit in range(1, height + 1):
        if unit in taken:
            continue
        if found and found[-1][0] + found[-1][1] == unit:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((unit, 1))
    return found


def _free_run(drawing: Drawing, left: float, top: float, size: int) -> None:
    for line in range(1, size):
        drawing.line("grid", (left, top + line * UNIT), (left + BODY, top + line * UNIT))
    if size >= 2:
        middle = top + size * UNIT / 2
        words = say("rack.free", units=size)
        wide = metrics.width(words, 8.5) + 12
        drawing.box(left + (BODY - wide) / 2, middle - 6, wide, 12, "free")
        drawing.text(left + BODY / 2, middle + 3.1, words, 8.5, anchor="middle", kind="on-free")


def row(racks: list[Rack], lookup: Lookup, title: str) -> Drawing:
    """Racks of one row side by side, each with its position above."""
    patterns = [lookup.pattern_of(rack) for rack in racks]
    highest = max((units(pattern) for pattern in patterns), default=ASSUMED_UNITS)
    top = 82.0
    drawing = Drawing(12 + sum(wide(pattern) + 6 for pattern in patterns), top + highest * UNIT + 40, title)
    drawing.text(GUTTER, 16, title, 13, bold=True, room=drawing.width - 2 * GUTTER)
    x = 0.0
    for rack, pattern in zip(racks, patterns, strict=True):
        room = BODY + 2 * CHANNEL
        drawing.text(x + GUTTER, 36, rack.id.rsplit("/", 1)[-1], 11, bold=True, room=room)
        for index, figure in enumerate(caption(pattern)):
            drawing.text(x + GUTTER, 49 + 12 * index, figure, 9, kind="t-soft", room=room)
        place(drawing, x, top + (highest - units(pattern)) * UNIT, pattern, lookup)
        x += wide(pattern) + 6
    entries = [(kind, f"{letter} {words}") for kind, letter, words in legend_of(patterns, lookup)]
    legend(drawing, GUTTER, drawing.height - 12, entries)
    return drawing


def legend_of(patterns: list[Pattern], lookup: Lookup) -> tuple[tuple[str, str, str], ...]:
    """Look, letter and words of every kind that these racks show."""
    shown = {slot.kind for pattern in patterns for slot in slots(pattern, lookup)}
    names = {kind: kind_name(kind) for kind in palette.LETTERS}
    if any(rpdus(pattern, lookup) for pattern in patterns):
        shown.add("power")
        names["power"] = say("rack.rpdu")
    return tuple((kind, palette.LETTERS[kind], words) for kind, words in names.items() if kind in shown)


def main_kind(pattern: Pattern, lookup: Lookup) -> str:
    """The look of what takes most of a rack."""
    heights: dict[str, int] = {}
    for slot in slots(pattern, lookup):
        heights[slot.kind] = heights.get(slot.kind, 0) + slot.height_u
    return max(sorted(heights), key=lambda kind: heights[kind], default="other")


def kind_name(kind: str) -> str:
    """What a look stands for."""
    return say(f"kind.{kind}")


def legend_width(entries: list[tuple[str, str]]) -> float:
    """How much room a legend takes."""
    return sum(32 + metrics.width(words, 9) for _, words in entries)


def legend(drawing: Drawing, x: float, base: float, entries: list[tuple[str, str]]) -> None:
    """Swatches with their meaning, left to right, in as many rows as the width of the picture needs."""
    for index, row in enumerate(legend_rows(entries, drawing.width - x)):
        at = x
        for kind, words in row:
            drawing.box(at, base - 8 + LEGEND * index, 11, 10, kind, radius=1)
            drawing.text(at + 16, base + LEGEND * index, words, 9, room=drawing.width - at - 16)
            at += 32 + metrics.width(words, 9)


def legend_rows(entries: list[tuple[str, str]], room: float) -> list[list[tuple[str, str]]]:
    """The entries of a legend in rows that fit the room."""
    rows: list[list[tuple[str, str]]] = [[]]
    for entry in entries:
        if rows[-1] and legend_width([*rows[-1], entry]) - 16 > room:
            rows.append([])
        rows[-1].append(entry)
    return rows
