"""The limits that bind, tightest first."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan.schema import Plan
from planner.report import text
from planner.report.blocks import Figure
from planner.report.drawings import charts
from planner.report.language import say

MOST = 5


@dataclass(frozen=True)
class Margin:
    """How much of a limit is used."""

    name: str
    used: float
    limit: float
    words: str
    kind: str

    @property
    def share(self) -> float:
        """Used part of the limit."""
        return self.used / self.limit if self.limit else 0.0


def figure(plan: Plan) -> Figure:
    """The tightest limits as bars."""
    tight = sorted(found(plan), key=lambda m: (-m.share, m.name))[:MOST]
    entries = [charts.Bar(m.name, m.share, 1.0, f"{text.percent(m.share, 0)} · {m.words}", m.kind) for m in tight]
    alt = say("margins.alt", each="; ".join(f"{m.name}: {text.percent(m.share, 0)}, {m.words}" for m in tight))
    title = (
        say("margins.tightest", limit=tight[0].name, share=text.percent(tight[0].share, 0))
        if tight
        else say("margins.none")
    )
    return Figure("margins", title, charts.bars(entries, alt), say("margins.note"), depth="summary", origin=("margin",))


def found(plan: Plan) -> list[Margin]:
    """Every limit that the plan states both sides of."""
    many = len({power.hall for power in plan.power}) > 1
    margins = [m for hall in plan.power for m in _power(plan, hall.hall, many)]
    for cooling in plan.cooling:
        where = f", {cooling.hall}" if many else ""
        margins.append(_of(say("margins.air") + where, cooling.air_w, cooling.air_capacity_w, "cooling"))
        margins += [
            _of(say("cooling.loop", loop=p.loop) + where, p.load_w, p.capacity_w, "cooling") for p in cooling.loops
        ]
    for floor in plan.floor:
        where = f", {floor.hall}" if many else ""
        words = say("of", part=text.count(floor.used), whole=text.count(floor.positions))
        margins.append(Margin(say("margins.positions") + where, floor.used, floor.positions, words, "other"))
        for name, load, limit in (
            (say("margins.floor"), floor.distributed_pa, floor.distributed_limit_pa),
            (say("margins.footprint"), floor.footprint_pa, floor.footprint_limit_pa),
        ):
            if load is not None and limit is not None:
                words = say("of", part=text.floor_load(load), whole=text.floor_load(limit))
                margins.append(Margin(f"{name}{where}", load, limit, words, "management"))
        if floor.point_kg is not None and floor.point_limit_kg is not None:
            words = say("of", part=text.mass(floor.point_kg), whole=text.mass(floor.point_limit_kg))
            margins.append(
                Margin(say("margins.foot") + where, floor.point_kg, floor.point_limit_kg, words, "management")
            )
    return [m for m in margins if m.limit > 0]


def _power(plan: Plan, hall: str, many: bool) -> list[Margin]:
    power = next(p for p in plan.power if p.hall == hall)
    found = []
    for feed in power.feeds:
        if feed.states:
            state = max(feed.states, key=lambda s: s.load_w / max(s.continuous_w, 1))
            place = feed.feed + (f", {hall}" if many else "")
            lost = text.lost(state.lost)
            name = say("margins.feed-lost", feed=place, lost=lost) if lost else say("power.feed", feed=place)
            found.append(_of(name, state.load_w, state.continuous_w, "power"))
    return found


def _of(name: str, used: int, limit: int, kind: str) -> Margin:
    return Margin(name, used, limit, say("of", part=text.power(used), whole=text.power(limit)), kind)
