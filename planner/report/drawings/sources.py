"""The sources of a hall in a one-line diagram: layers from the grid down to the feeds, and who takes over from whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.plan.schema import NodePlan
from planner.report import text
from planner.report.drawings.canvas import Drawing
from planner.report.language import say

BOX_W, BOX_H, GAP, TOP = 168.0, 44.0, 34.0, 8.0


@dataclass(frozen=True)
class Wires:
    """Who hangs on whom: (what is below, its upstreams with the one that carries it first)."""

    below: str
    x: float
    y: float
    upstream: tuple[str, ...]


def layers(sources: Sequence[NodePlan]) -> list[list[NodePlan]]:
    """Sources by their distance from those that hang on nothing, those first."""
    by_id = {source.node: source for source in sources}

    def depth(source: NodePlan) -> int:
        return 1 + max((depth(by_id[name]) for name in source.upstream), default=-1)

    found: list[list[NodePlan]] = []
    for source in sorted(sources, key=depth):
        if depth(source) == len(found):
            found.append([])
        found[-1].append(source)
    return found


def height(sources: Sequence[NodePlan]) -> float:
    """What the layers take above the feeds."""
    return TOP + len(layers(sources)) * (BOX_H + GAP)


def draw(drawing: Drawing, sources: Sequence[NodePlan], feeds: Sequence[Wires], wide: float) -> None:
    """The layers, and wires from each source to what hangs on it: solid from the first upstream, dashed from others."""
    found = layers(sources)
    place: dict[str, tuple[float, float]] = {}
    below = list(feeds)
    for depth in range(len(found) - 1, -1, -1):
        y = TOP + depth * (BOX_H + GAP)
        ordered = _over_what_they_carry(found[depth], below)
        for source, x in zip(ordered, _spread(ordered, wide), strict=True):
            place[source.node] = x, y
            _box(drawing, source, x, y)
        below += [Wires(s.node, *place[s.node], s.upstream) for s in found[depth]]
    order = {source.node: n for layer in found for n, source in enumerate(layer)}
    for wires in below:
        _wire(drawing, wires, place, order)


def _over_what_they_carry(layer: Sequence[NodePlan], below: Sequence[Wires]) -> list[NodePlan]:
    """From left to right by the mean x of what takes its power from each source first, else of what may."""

    def centre(source: NodePlan) -> tuple[float, str]:
        first = [wires.x for wires in below if wires.upstream[:1] == (source.node,)]
        carried = first or [wires.x for wires in below if source.node in wires.upstream]
        return sum(carried) / max(1, len(carried)), source.node

    return sorted(layer, key=centre)


def _spread(layer: Sequence[NodePlan], wide: float) -> list[float]:
    share = max(wide / len(layer), BOX_W + 12)
    return [share * (n + 0.5) for n in range(len(layer))]


def _box(drawing: Drawing, source: NodePlan, x: float, y: float) -> None:
    usual = next((s for s in source.states if not s.lost), None)
    worst = max(source.states, key=lambda s: s.load_w, default=None)
    limit = worst.continuous_w if worst is not None else None
    name = f"{say(f'source-kind.{source.kind}')} {source.node}"
    capacity = say("oneline.no-capacity") if limit is None else text.power(limit)
    drawing.box(x - BOX_W / 2, y, BOX_W, BOX_H, "panel", f"{name}, {capacity}", 3)
    drawing.text(x, y + 13, f"{name}, {capacity}", 9.5, anchor="middle", bold=True, room=BOX_W - 6)
    if usual is not None:
        drawing.text(x, y + 26, f"{say('power.normal')} {text.power(usual.load_w)}", 9, anchor="middle", room=BOX_W - 6)
    if worst is not None and worst.lost:
        share = f" ({text.percent(worst.load_w / limit, 0)})" if limit else ""
        words = f"{say('power.lost', lost=text.lost(worst.lost))} {text.power(worst.load_w)}{share}"
        drawing.text(x, y + 38, words, 9, anchor="middle", room=BOX_W - 6)


def _wire(drawing: Drawing, wires: Wires, place: Mapping[str, tuple[float, float]], order: Mapping[str, int]) -> None:
    for n, name in enumerate(wires.upstream):
        if name not in place:
            continue
        x, y = place[name]
        into = wires.x + (n - (len(wires.upstream) - 1) / 2) * 14
        out = x + 5 * (n - (len(wires.upstream) - 1) / 2)
        turn = y + BOX_H + 6 + 7 * (order[name] % 4)
        kind = "path-a" if n == 0 else "path-b"
        drawing.line(kind, (out, y + BOX_H), (out, turn), (into, turn), (into, wires.y))
