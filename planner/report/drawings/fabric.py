"""A fabric as bands, one a tier, so that 8 systems and 2,048 read alike: boxes where they fit, counts always."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from planner.plan.schema import CountedLinks, FabricPlan
from planner.report import text
from planner.report.drawings import metrics
from planner.report.drawings.canvas import Drawing
from planner.report.language import say, term
from planner.report.lookup import Lookup

WIDE = 720.0
GUTTER = 178.0
BAND, GAP = 40.0, 62.0
MOST_BOXES, MOST_WIRES = 12, 96
_TIERS = ("leaf", "spine", "core", "super-spine")


@dataclass(frozen=True)
class Tier:
    """One band: what stands in it and how many."""

    title: str
    product: str
    count: int
    kind: str
    short: str


def rank(role: str) -> tuple[int, str]:
    """Leaves lowest, then spines, then cores; other roles after them by name."""
    last = role.rsplit("-", 1)[-1]
    return (_TIERS.index(last), role) if last in _TIERS else (len(_TIERS), role)


def tiers(fabric: FabricPlan, lookup: Lookup) -> list[Tier]:
    """Bands from the bottom: systems, then switches by tier."""
    found = [
        Tier(
            say("fabric.systems"),
            say("fabric.in-units", n=fabric.scalable_units),
            fabric.systems,
            "compute",
            "system",
        )
    ]
    for role in sorted(fabric.switches, key=rank):
        if fabric.switches[role] > 0:
            product = lookup.name(fabric.switch_products.get(role))
            found.append(
                Tier(
                    text.sentence(term("role", role)),
                    product,
                    fabric.switches[role],
                    "network",
                    text.words(role).rsplit(" ", 1)[-1],
                )
            )
    return found


def joining(lower: Tier, upper: Tier, links: tuple[CountedLinks, ...]) -> CountedLinks | None:
    """The counted links between two bands, by the names of their ends."""
    low = ("node", "system") if lower.kind == "compute" else (lower.short,)
    for entry in links:
        ends = entry.tier.replace("_", "-").split("-")
        if any(name in ends for name in low) and (upper.short in ends or len(ends) == 1):
            return entry
    return None


def complete(fabric: FabricPlan, lookup: Lookup) -> bool:
    """Whether the drawing counts the links between all its tiers, so that no table is needed to read it."""
    bands = tiers(fabric, lookup)
    return fabric.counts_known and all(joining(lower, upper, fabric.links) for lower, upper in pairwise(bands))


def others(bands: list[Tier], links: tuple[CountedLinks, ...]) -> list[str]:
    """The links that join no two bands: to storage, servers, managers, between switches of one tier."""
    drawn = [joining(lower, upper, links) for lower, upper in pairwise(bands)]
    return [
        say("fabric.further", n=e.links, tier=term("tier", e.tier), speed=text.speed(e.speed_gbit_s))
        for e in links
        if e not in drawn
    ]


def diagram(fabric: FabricPlan, lookup: Lookup) -> Drawing:
    """Systems at the foot, each tier of switches above, the links between two bands counted on the right."""
    bands = tiers(fabric, lookup)
    rest = others(bands, fabric.links)
    lines = metrics.wrap(say("fabric.others", each="; ".join(rest)), WIDE, 9, 3) if rest else []
    foot = 10 + (8 + 13 * len(lines) if lines else 0)
    drawing = Drawing(WIDE, 10 + len(bands) * BAND + (len(bands) - 1) * GAP + foot, _alt(fabric, bands, lookup))
    for index, line in enumerate(lines):
        drawing.text(0, drawing.height - foot + 18 + 13 * index, line, 9, kind="t-soft", room=WIDE)
    spots: list[list[float]] = []
    for index, band in enumerate(bands):
        y = drawing.height - foot - BAND - index * (BAND + GAP)
        spots.append(_band(drawing, band, y))
        if index:
            _between(drawing, bands[index - 1], band, spots[-2], spots[-1], y + BAND, fabric.links)
    return drawing


def _band(drawing: Drawing, band: Tier, y: float) -> list[float]:
    drawing.text(0, y + 16, text.times(band.count, band.title), 10.5, bold=True, room=GUTTER - 12)
    drawing.text(0, y + 31, band.product, 9, kind="t-soft", room=GUTTER - 12)
    names = _box_names(band)
    share = (WIDE - GUTTER) / len(names)
    wide = min(share - 8, 62.0)
    centres = []
    for index, name in enumerate(names):
        x = GUTTER + share * (index + 0.5)
        if name == "…":
            drawing.text(x, y + BAND / 2 + 4, "…", 14, anchor="middle", bold=True, kind="t-soft")
            continue
        centres.append(x)
        drawing.box(x - wide / 2, y, wide, BAND, band.kind, f"{band.title} {name}", 3)
        drawing.text(x, y + 17, term("short", band.short), 9, anchor="middle", kind=f"on-{band.kind}", room=wide - 4)
        drawing.text(x, y + 30, name, 9, anchor="middle", bold=True, kind=f"on-{band.kind}", room=wide - 4)
    return centres


def _box_names(band: Tier) -> list[str]:
    if band.count <= MOST_BOXES:
        return [str(number) for number in range(1, band.count + 1)]
    return ["1", "2", "3", "4", "…", text.count(band.count - 1), text.count(band.count)]


def _between(
    drawing: Drawing,
    lower: Tier,
    upper: Tier,
    low: list[float],
    high: list[float],
    top: float,
    links: tuple[CountedLinks, ...],
) -> None:
    found = joining(lower, upper, links)
    if found and len(low) * len(high) <= MOST_WIRES:
        for x in low:
            for end in high:
                drawing.line("strand", (x, top + GAP), (end, top))
    words = (
        say("fabric.links", n=found.links, speed=text.speed(found.speed_gbit_s)) if found else say("fabric.see-table")
    )
    drawing.text(0, top + GAP / 2 + 3, words, 9.5, kind="t-link", room=GUTTER - 12)


def _alt(fabric: FabricPlan, bands: list[Tier], lookup: Lookup) -> str:
    parts = [f"{text.times(band.count, band.title)} ({band.product})" for band in bands]
    links = [
        say("fabric.links", n=e.links, speed=text.speed(e.speed_gbit_s)) + f" ({term('tier', e.tier)})"
        for e in fabric.links
    ]
    name = term("fabric-name", fabric.fabric)
    return say("fabric.alt", fabric=name, hall=lookup.hall_name(fabric.hall), each="; ".join(parts + links))
