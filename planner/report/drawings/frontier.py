"""A frontier: points of two objectives on axes with units, joined by the staircase that no plan lies below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.report.drawings import metrics
from planner.report.drawings.canvas import Drawing, Text
from planner.report.language import current, say, term

WIDE = 720.0
LEFT, RIGHT, TOP, TALL, BELOW = 84.0, 24.0, 30.0, 330.0, 58.0
ROW = 18.0
DOT = 9.0
TICKS = 5
PLACES = ((8, -8, "start"), (-8, -8, "end"), (8, 16, "start"), (-8, 16, "end"), (0, -14, "middle"), (0, 22, "middle"))


@dataclass(frozen=True)
class Axis:
    """What an axis measures, in the unit that its numbers are divided into: 1,000,000 EUR, 1,000 W."""

    name: str
    unit: str
    divisor: int = 1

    @property
    def title(self) -> str:
        """The axis in words, with its unit."""
        return f"{self.name}, {self.unit}"


@dataclass(frozen=True)
class Mark:
    """One point: its two values in base units, whether it is proven best, and what it is, in words."""

    x: int
    y: int
    proven: bool
    words: str


@dataclass(frozen=True)
class _Scale:
    low: float
    step: float
    count: int
    start: float  # of the picture, where `low` lies
    length: float  # of the picture, negative where the axis grows upwards

    def at(self, value: float) -> float:
        """Where a value lies."""
        return self.start + self.length * (value - self.low) / (self.step * self.count)

    def ticks(self) -> list[float]:
        """The values that have a number."""
        return [self.low + self.step * n for n in range(self.count + 1)]


def axis_of(name: str, unit: str, most: int) -> Axis:
    """The axis of an objective, its unit large enough that numbers are short. `unit` is the base unit."""
    if unit == "W":
        return Axis(name, "MW", 10**6) if most >= 10**7 else Axis(name, "kW", 10**3)
    if unit == "kg CO2e":
        return Axis(name, "t CO2e", 10**3)
    if unit in ("positions", "weeks"):
        return Axis(name, term("frontier-unit", unit))
    if most >= 10**6:
        return Axis(name, say("frontier.million", unit=unit), 10**6)
    return Axis(name, say("frontier.thousand", unit=unit), 10**3)


def diagram(points: Sequence[Mark], x: Axis, y: Axis, note: str) -> Drawing:
    """The points in order, numbered, on axes that do not start at zero; below them what each one is."""
    height = TOP + TALL + BELOW + ROW * (len(points) + 1) + 8
    drawing = Drawing(WIDE, height, say("frontier.alt", x=x.title, y=y.title, note=note))
    across = _scale([p.x / x.divisor for p in points], LEFT, WIDE - LEFT - RIGHT)
    up = _scale([p.y / y.divisor for p in points], TOP + TALL, -TALL)
    _axes(drawing, across, up, x, y)
    spots = [(across.at(p.x / x.divisor), up.at(p.y / y.divisor)) for p in points]
    for (x0, y0), (x1, y1) in pairwise(spots):
        drawing.line("path-a", (x0, y0), (x1, y0), (x1, y1))
    for mark, (left, top) in zip(points, spots, strict=True):
        look = "compute" if mark.proven else "network"
        drawing.box(left - DOT / 2, top - DOT / 2, DOT, DOT, look, mark.words, DOT / 2)
    _numbers(drawing, spots)
    _list(drawing, points, x, y, TOP + TALL + BELOW)
    return drawing


def _scale(values: Sequence[float], start: float, length: float) -> _Scale:
    low, high = min(values), max(values)
    spread = max(high - low, abs(high) / 1000) or 1.0  # ticks closer than that would have too long numbers
    step = _nice(spread / TICKS)
    first = math.floor((low - spread * 0.04) / step) * step
    count = max(1, math.ceil((high + spread * 0.04 - first) / step))
    return _Scale(max(first, 0.0), step, count, start, length)


def _nice(step: float) -> float:
    """The next step of 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= step * (1 - 1e-9))


def _axes(drawing: Drawing, across: _Scale, up: _Scale, x: Axis, y: Axis) -> None:
    bottom, right = TOP + TALL, WIDE - RIGHT
    for value in up.ticks():
        drawing.line("grid", (LEFT, up.at(value)), (right, up.at(value)))
        drawing.text(LEFT - 8, up.at(value) + 3.5, _number(value, up.step), 10, anchor="end", room=LEFT - 12)
    for value in across.ticks():
        drawing.line("grid", (across.at(value), TOP), (across.at(value), bottom))
        room = (right - LEFT) / across.count - 6
        anchor, at = ("end", WIDE) if value == across.ticks()[-1] else ("middle", across.at(value))
        drawing.text(at, bottom + 16, _number(value, across.step), 10, anchor=anchor, room=room)  # type: ignore[arg-type]
    drawing.line("axis", (LEFT, TOP), (LEFT, bottom), (right, bottom))
    drawing.text(0, TOP - 14, y.title, 10.5, bold=True, room=WIDE / 2)
    drawing.text(right, bottom + 36, x.title, 10.5, anchor="end", bold=True, room=WIDE / 2)


def _number(value: float, step: float) -> str:
    """A value with as many decimals as its step has."""
    decimals = next((n for n in range(7) if abs(round(step, n) - step) < step * 1e-6), 6)
    return current().figure(f"{value:,.{decimals}f}")


def _figure(value: int, axis: Axis) -> str:
    """A value in the axis's unit: whole numbers whole, others with four digits."""
    shown = value / axis.divisor
    decimals = max(0, 3 - math.floor(math.log10(shown))) if axis.divisor > 1 and shown else 0
    return current().figure(f"{shown:,.{min(6, decimals)}f}")


def _numbers(drawing: Drawing, spots: Sequence[tuple[float, float]]) -> None:
    """The number of each point beside it, where it lies on no point and no other number; else the list alone has it."""
    taken = [(x - DOT / 2, y - DOT / 2, x + DOT / 2, y + DOT / 2) for x, y in spots]
    for number, (x, y) in enumerate(spots, start=1):
        for dx, dy, anchor in PLACES:
            bounds = Text(x + dx, y + dy, str(number), 10, anchor, True).bounds()  # type: ignore[arg-type]
            inside = bounds[0] > LEFT and bounds[2] < WIDE and bounds[1] > TOP - 8 and bounds[3] < TOP + TALL
            if inside and not any(_touch(bounds, other) for other in taken):
                drawing.text(x + dx, y + dy, str(number), 10, anchor=anchor, bold=True)  # type: ignore[arg-type]
                taken.append(bounds)
                break


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _list(drawing: Drawing, points: Sequence[Mark], x: Axis, y: Axis, top: float) -> None:
    columns = [_figure(mark.x, x) for mark in points]
    others = [_figure(mark.y, y) for mark in points]
    wide = max(metrics.width(text, 10) for text in (*columns, x.unit)) + 14
    next_ = max(metrics.width(text, 10) for text in (*others, y.unit)) + 18
    drawing.text(24 + wide, top + 12, x.unit, 10, anchor="end", bold=True, kind="t-soft")
    drawing.text(24 + wide + next_, top + 12, y.unit, 10, anchor="end", bold=True, kind="t-soft")
    for index, mark in enumerate(points):
        line = top + 12 + ROW * (index + 1)
        drawing.text(0, line, str(index + 1), 10, bold=True)
        drawing.text(24 + wide, line, columns[index], 10, anchor="end")
        drawing.text(24 + wide + next_, line, others[index], 10, anchor="end")
        drawing.text(24 + wide + next_ + 14, line, mark.words, 10, room=WIDE - (24 + wide + next_ + 14))
