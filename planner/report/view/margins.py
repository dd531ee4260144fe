"""The limits that bind, tightest first."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan.schema import Plan
from planner.report import text
from planner.report.blocks import Figure
from planner.report.drawings import charts

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
    alt = "Use of the tightest limits: " + "; ".join(f"{m.name}: {text.percent(m.share, 0)}, {m.words}" for m in tight)
    title = (
        f"The tightest limit is {tight[0].name}, {text.percent(tight[0].share, 0)} used"
        if tight
        else "No limit is known"
    )
    note = "Share of each limit that the plan uses in its worst state."
    return Figure("margins", title, charts.bars(entries, alt), note, depth="summary")


def found(plan: Plan) -> list[Margin]:
    """Every limit that the plan states both sides of."""
    many = len({power.hall for power in plan.power}) > 1
    margins = [m for hall in plan.power for m in _power(plan, hall.hall, many)]
    for cooling in plan.cooling:
        where = f", {cooling.hall}" if many else ""
        margins.append(_of(f"air cooling{where}", cooling.air_w, cooling.air_capacity_w, "cooling"))
        margins += [_of(f"loop {p.loop}{where}", p.load_w, p.capacity_w, "cooling") for p in cooling.loops]
    for floor in plan.floor:
        where = f", {floor.hall}" if many else ""
        words = f"{floor.used:,} of {floor.positions:,}"
        margins.append(Margin(f"rack positions{where}", floor.used, floor.positions, words, "other"))
        for name, load, limit in (
            ("floor load", floor.distributed_pa, floor.distributed_limit_pa),
            ("footprint load", floor.footprint_pa, floor.footprint_limit_pa),
        ):
            if load is not None and limit is not None:
                words = f"{text.floor_load(load)} of {text.floor_load(limit)}"
                margins.append(Margin(f"{name}{where}", load, limit, words, "management"))
        if floor.point_kg is not None and floor.point_limit_kg is not None:
            words = f"{text.mass(floor.point_kg)} of {text.mass(floor.point_limit_kg)}"
            margins.append(
                Margin(f"load of a rack foot{where}", floor.point_kg, floor.point_limit_kg, words, "management")
            )
    return [m for m in margins if m.limit > 0]


def _power(plan: Plan, hall: str, many: bool) -> list[Margin]:
    power = next(p for p in plan.power if p.hall == hall)
    found = []
    for feed in power.feeds:
        if feed.states:
            state = max(feed.states, key=lambda s: s.load_w / max(s.continuous_w, 1))
            when = f" with {state.lost} lost" if state.lost else ""
            name = f"feed {feed.feed}{', ' + hall if many else ''}{when}"
            found.append(_of(name, state.load_w, state.continuous_w, "power"))
    return found


def _of(name: str, used: int, limit: int, kind: str) -> Margin:
    return Margin(name, used, limit, f"{text.power(used)} of {text.power(limit)}", kind)
