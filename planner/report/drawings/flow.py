"""Workloads to systems to halls to feeds, as bands as wide as the accelerators they carry."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from planner.plan.schema import Plan
from planner.report import text
from planner.report.drawings import metrics
from planner.report.drawings.canvas import Drawing, Ribbon
from planner.report.language import say
from planner.report.lookup import Lookup

WIDE, HIGH, NODE, LEAST = 720.0, 230.0, 132.0, 44.0
HEADINGS = ("workloads", "systems", "halls", "feeds")


@dataclass(frozen=True)
class Node:
    """A box of one column."""

    key: str
    label: str
    note: str
    weight: int
    kind: str


Links = dict[tuple[str, str], int]


def diagram(plan: Plan, lookup: Lookup) -> Drawing | None:
    """None when no accelerator stands in a hall: then there is nothing to draw."""
    columns, links = _columns(plan, lookup)
    if not columns[1]:
        return None
    label = {node.key: node.label for column in columns for node in column}
    tall = max(HIGH, max(len(column) for column in columns) * (LEAST + 10) + 40)
    each = "; ".join(f"{label[a]} – {label[b]}: {text.count(many)}" for (a, b), many in links.items() if many)
    drawing = Drawing(WIDE, tall + 30, say("flow.alt", each=each))
    gap = (WIDE - NODE * len(columns)) / (len(columns) - 1)
    spots: dict[str, tuple[float, float, float]] = {}
    for index, (heading, column) in enumerate(zip(HEADINGS, columns, strict=True)):
        x = index * (NODE + gap)
        drawing.text(x, 13, say(f"flow.{heading}"), 11, bold=True, room=NODE)
        spots |= _place(column, x, tall)
    _ribbons(drawing, links, spots, columns)
    for column in columns:
        for node in column:
            _node(drawing, node, spots[node.key])
    return drawing


def _columns(plan: Plan, lookup: Lookup) -> tuple[list[list[Node]], Links]:
    links: Links = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for choice in plan.systems:
        total[choice.product] += choice.accelerators
        links[f"s:{choice.product}", f"h:{choice.hall}"] += choice.accelerators
    used = [d for d in plan.decisions if d.system in total and d.accelerators > 0]
    for decision in used:
        links[f"w:{decision.workload}", f"s:{decision.system}"] += decision.accelerators
    for product, many in total.items():
        free = many - sum(d.accelerators for d in used if d.system == product)
        if free > 0:
            links["w:", f"s:{product}"] += free
    names = {**lookup.workload_names, "": say("flow.free")}
    workloads = [key[2:] for key in dict.fromkeys(a for a, _ in links if a.startswith("w:"))]
    first = [
        _summed(f"w:{w}", names.get(w, w), links, f"flow{min(n, 5) if w else 6}") for n, w in enumerate(workloads, 1)
    ]
    second = [_summed(f"s:{p}", lookup.name(p), links, "compute") for p in total]
    halls = dict.fromkeys(choice.hall for choice in plan.systems)
    third = [_summed(f"h:{h}", lookup.hall_name(h), links, "other", incoming=True) for h in halls]
    return [first, second, third, _feeds(plan, third, links)], dict(links)


def _summed(key: str, label: str, links: Links, kind: str, *, incoming: bool = False) -> Node:
    many = sum(v for (a, b), v in links.items() if (b if incoming else a) == key)
    return Node(key, label, text.counted("accelerator", many), many, kind)


def _feeds(plan: Plan, halls: list[Node], links: Links) -> list[Node]:
    nodes = []
    by_hall = {power.hall: power for power in plan.power}
    for hall in halls:
        power = by_hall.get(hall.key[2:])
        feeds = power.feeds if power else ()
        for feed in feeds:
            load = next((state.load_w for state in feed.states if state.lost == ""), None)
            key = f"f:{feed.hall}/{feed.feed}"
            weight = max(1, hall.weight // len(feeds))
            links[hall.key, key] = weight
            where = f", {feed.hall}" if len(halls) > 1 else ""
            nodes.append(
                Node(
                    key,
                    say("power.feed", feed=feed.feed) + where,
                    say("flow.normally", load=text.power(load)),
                    weight,
                    "power",
                )
            )
    return nodes


def _place(column: list[Node], x: float, tall: float) -> dict[str, tuple[float, float, float]]:
    room = tall - 10 * (len(column) - 1) - LEAST * len(column)
    whole = sum(node.weight for node in column) or 1
    y, spots = 24.0, {}
    for node in column:
        high = LEAST + max(room, 0) * node.weight / whole
        spots[node.key] = (x, y, high)
        y += high + 10
    return spots


def _ribbons(
    drawing: Drawing, links: Links, spots: dict[str, tuple[float, float, float]], columns: list[list[Node]]
) -> None:
    nodes = {node.key: node for column in columns for node in column}
    out: dict[str, float] = defaultdict(float)
    into: dict[str, float] = defaultdict(float)
    arriving: dict[str, int] = defaultdict(int)
    leaving: dict[str, int] = defaultdict(int)
    for (a, b), many in links.items():
        leaving[a] += many
        arriving[b] += many
    for (a, b), many in links.items():
        xa, ya, ha = spots[a]
        xb, yb, hb = spots[b]
        h0, h1 = ha * many / max(leaving[a], 1), hb * many / max(arriving[b], 1)
        kind = nodes[a].kind if nodes[a].kind.startswith("flow") else "range" if a.startswith("s:") else "track"
        words = f"{nodes[a].label} – {nodes[b].label}: {text.count(many)}"
        drawing.items.append(Ribbon(xa + NODE, ya + out[a], xb, yb + into[b], h0, h1, kind, words))
        out[a] += h0
        into[b] += h1


def _node(drawing: Drawing, node: Node, spot: tuple[float, float, float]) -> None:
    x, y, high = spot
    drawing.box(x, y, NODE, high, node.kind, f"{node.label}: {node.note}", 3)
    lines = metrics.wrap(node.label, NODE - 16, 9.5, 2, True)
    top = y + high / 2 + 3 - 6 * len(lines)
    for index, line in enumerate(lines):
        drawing.text(x + 8, top + 12 * index, line, 9.5, bold=True, kind=f"on-{node.kind}", room=NODE - 16)
    drawing.text(x + 8, top + 12 * len(lines), node.note, 9, kind=f"on-{node.kind}", room=NODE - 16)
