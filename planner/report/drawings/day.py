"""A day of one pool: what each workload holds hour by hour, under the line of what is in service."""

from __future__ import annotations

from dataclasses import dataclass

from planner.report import text
from planner.report.drawings.canvas import Drawing
from planner.report.drawings.rack import legend
from planner.report.language import say

WIDE, HIGH, LEFT, TOP = 720.0, 150.0, 44.0, 14.0
KINDS = 5  # looks that tell workloads apart before they are used again


@dataclass(frozen=True)
class Held:
    """Accelerators of one workload in each of the 24 hours."""

    name: str
    hours: tuple[int, ...]


def pool(entries: list[Held], in_service: int, alt: str) -> Drawing:
    """One column an hour, the workloads stacked in it in their order; the line is what is in service."""
    most = max(in_service, *(sum(e.hours[hour] for e in entries) for hour in range(24)), 1)
    each = (WIDE - LEFT) / 24
    base = TOP + HIGH
    drawing = Drawing(WIDE, base + 44, alt)
    looks = [f"flow{n % KINDS + 1}" for n, _ in enumerate(entries)]
    for hour in range(24):
        x, y = LEFT + hour * each, base
        for entry, look in zip(entries, looks, strict=True):
            tall = HIGH * entry.hours[hour] / most
            y -= tall
            told = say("timetable.hour", name=entry.name, n=entry.hours[hour], hour=f"{hour:02d}")
            drawing.box(x + 0.5, y, each - 1, tall, look, told)
        if hour % 2 == 0:
            drawing.text(x, base + 13, f"{hour:02d}", 9, room=2 * each)
    line = base - HIGH * in_service / most
    drawing.line("limit", (LEFT, line), (WIDE, line))
    drawing.line("axis", (LEFT, base), (WIDE, base))
    drawing.text(LEFT - 6, line + 4, text.count(in_service), 10, anchor="end", bold=True, room=LEFT - 6)
    drawing.text(LEFT - 6, base, "0", 10, anchor="end", room=LEFT - 6)
    legend(drawing, LEFT, base + 34, [(look, entry.name) for entry, look in zip(entries, looks, strict=True)])
    return drawing
