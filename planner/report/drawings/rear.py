"""Rear elevations: the same rack from behind, with its rPDUs by feed and the side that ports and supplies face."""

from __future__ import annotations

from planner.plan.schema import Pattern
from planner.report import text
from planner.report.drawings import metrics, palette
from planner.report.drawings.canvas import Anchor, Drawing
from planner.report.drawings.rack import BODY, CHANNEL, GUTTER, HEAD, UNIT, WIDE, Slot, numbers, rpdus, slots, units
from planner.report.language import say
from planner.report.lookup import Lookup

FOOT = 18.0  # room for the letters of the feeds


def elevation(pattern: Pattern, lookup: Lookup) -> Drawing:
    """One distinct rack from behind: left and right change sides, units do not."""
    height = units(pattern)
    feeds = feeds_of(pattern, lookup)
    outlets = outlets_of(pattern)
    alt = say("rear.alt", pattern=pattern.id, outlets=outlets, feeds=", ".join(feeds) or text.unknown())
    drawing = Drawing(WIDE, HEAD + height * UNIT + FOOT, f"{alt} {_sides(pattern, lookup)}")
    drawing.text(GUTTER, 11, say("rear.title"), 10.5, bold=True, room=WIDE - GUTTER - 4)
    for index, line in enumerate(metrics.wrap(outlets, BODY + 2 * CHANNEL, 9, 2)):
        drawing.text(GUTTER, 24 + 11.5 * index, line, 9, kind="t-soft", room=BODY + 2 * CHANNEL)
    bottom = HEAD + height * UNIT
    drawing.box(GUTTER, HEAD, BODY + 2 * CHANNEL, height * UNIT, "frame")
    numbers(drawing, GUTTER - 3, bottom, height)
    for slot in slots(pattern, lookup):
        _device(drawing, bottom - (slot.u + slot.height_u - 1) * UNIT, slot, facing(slot, pattern, lookup))
    _rpdus(drawing, pattern, lookup, feeds)
    return drawing


def feeds_of(pattern: Pattern, lookup: Lookup) -> tuple[str, ...]:
    """The feeds of every rack of the pattern; none where they differ."""
    found = {rack.feeds for rack in lookup.plan.racks if rack.pattern == pattern.id}
    return found.pop() if len(found) == 1 else ()


def outlets_of(pattern: Pattern) -> str:
    """How many outlets of each kind a side needs."""
    named = ", ".join(f"{count} x {kind}" for kind, count in sorted(pattern.outlets.items()))
    return say("rear.outlets", outlets=named) if named else say("rear.no-outlets")


def facing(slot: Slot, pattern: Pattern, lookup: Lookup) -> str:
    """What of a device is seen from behind: a switch's ports where the hall has them face the hot aisle."""
    hall = lookup.halls.get(pattern.hall)
    if slot.kind != "network" or hall is None:
        return ""
    return say("rear.ports" if hall.cabling.switch_ports == "hot" else "rear.supplies")


def _sides(pattern: Pattern, lookup: Lookup) -> str:
    shown = {words: slot.label for slot in slots(pattern, lookup) if (words := facing(slot, pattern, lookup))}
    return " ".join(f"{label}: {words}." for words, label in shown.items())


def _device(drawing: Drawing, top: float, slot: Slot, words: str) -> None:
    left, high = GUTTER + CHANNEL, slot.height_u * UNIT
    drawing.box(left + 0.5, top + 0.5, BODY - 1, high - 1, "rear", f"{say('rear.title')}: {slot.title}", 1.5)
    drawing.box(left + BODY - 13, top + 1.5, 11, high - 3, slot.kind)
    base = top + high / 2 + 3.1
    drawing.text(
        left + BODY - 7.5, base, palette.LETTERS[slot.kind], 8.5, anchor="middle", bold=True, kind=f"on-{slot.kind}"
    )
    wide = metrics.width(words, 8.5) + 8 if words else 0
    drawing.text(left + 5, base, slot.label, 9, kind="on-rear", room=BODY - 23 - wide)
    if words:
        drawing.text(left + BODY - 17, base, words, 8.5, anchor="end", kind="t-soft")


def _rpdus(drawing: Drawing, pattern: Pattern, lookup: Lookup, feeds: tuple[str, ...]) -> None:
    """rPDUs in the side channels; from behind the first one's side is on the right."""
    height = units(pattern) * UNIT
    names = rpdus(pattern, lookup)
    for side, left in enumerate((GUTTER + CHANNEL + BODY + 1.2, GUTTER + 1.2)):
        mine = names[side::2]
        for index, name in enumerate(mine):
            share = (height - 4) / len(mine)
            title = f"{say('rack.rpdu')}: {name}"
            drawing.box(left, HEAD + 2 + index * share, CHANNEL - 2.4, share - 2, "power", title, 1)
        if mine and len(feeds) == 2:
            anchor: Anchor = "end" if side == 0 else "start"
            at = GUTTER + 2 * CHANNEL + BODY if side == 0 else GUTTER
            words = say("power.feed", feed=feeds[side])
            drawing.text(at, HEAD + height + 12, words, 8.5, anchor=anchor, kind="t-soft", room=BODY / 2)
