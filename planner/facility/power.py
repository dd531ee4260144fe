"""Power: the tiers of a product, circuits, rack limits, and the load of every feed when one of them is lost.

Sources: three-phase power is sqrt(3) x line voltage x current at power factor 1; a rating holds continuously under
IEC, 80 % of it under NEC (article 210.20: continuous loads at 125 %). Design load is held against continuous ratings,
peak load against nameplates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from planner.catalog.facts import ceiling
from planner.catalog.schema import Device, System
from planner.facility.spread import most_in_total
from planner.facility.supplies import redundancy_findings
from planner.quantity import show
from planner.request.site import Circuit, Feed, Hall, Power, Row, Site, Standard

__all__ = [
    "FeedState", "LossState", "PowerTiers", "circuit_limits", "continuous_w", "existing_loads", "feed_states",
    "loss_states", "plannable_hall", "power_tiers", "rack_limits", "redundancy_findings", "share_load", "survivable_w",
    "usable", "worst_load_w",
]  # fmt: skip


@dataclass(frozen=True)
class PowerTiers:
    """Typical, design and peak power of a product in W, None while unknown; `assumed` says what stands in for what."""

    typical_w: int | None
    design_w: int | None
    peak_w: int | None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class LossState:
    """One state that the hall must survive: nothing lost (`name` empty), one feed, or one source with its feeds."""

    name: str
    lost: frozenset[str]


@dataclass(frozen=True)
class FeedState:
    """Load of one feed in one state, against its nameplate capacity and what it may carry continuously, in W."""

    lost: str
    load_w: int
    capacity_w: int
    continuous_w: int


def usable(limit: int, share: float) -> int:
    """The part of a limit that may be planned, rounded down."""
    return int(limit * Fraction(str(share)))


def plannable_hall(site: Site, hall: Hall) -> Hall:
    """The hall with every power and cooling limit cut to the site's `usable_share`, so that the rest is headroom.

    Circuits keep their rating: it belongs to the breaker, and the rack's power limit carries the headroom.
    """
    share = site.usable_share
    if share == 1:
        return hall
    rows = tuple(
        row.model_copy(
            update={"rack_power": usable(row.rack_power, share), "air_per_rack": _usable(row.air_per_rack, share)}
        )
        for row in hall.rows
    )
    feeds = tuple(feed.model_copy(update={"capacity": usable(feed.capacity, share)}) for feed in hall.power.feeds)
    loops = tuple(
        loop.model_copy(update={"capacity": usable(loop.capacity, share), "flow": _usable(loop.flow, share)})
        for loop in hall.cooling.loops
    )
    cooling = hall.cooling.model_copy(
        update={
            "air": usable(hall.cooling.air, share),
            "airflow": _usable(hall.cooling.airflow, share),
            "loops": loops,
        }
    )
    power = hall.power.model_copy(update={"feeds": feeds})
    return hall.model_copy(update={"rows": rows, "power": power, "cooling": cooling})


def _usable(limit: int | None, share: float) -> int | None:
    return None if limit is None else usable(limit, share)


def power_tiers(product: Device, assumed_w: Mapping[str, int]) -> PowerTiers:
    """The three tiers of one product, each unknown one replaced by the nearest safe figure, and said so.

    Design falls back to peak, then to the site's own figure (`assumed_w`), then to typical; peak falls back to design.
    Nothing known and no figure from the site: every tier is None, never 0.
    """
    typical, design, peak = (
        ceiling(f) for f in (product.power_typical_w, product.power_design_w, product.power_peak_w)
    )
    own = assumed_w.get(product.id)
    notes: list[str] = []
    if design is None:
        design, note = _stand_in_for_design(product.id, typical, peak, own)
        notes.append(note)
    if peak is None and design is not None:
        peak = design
        notes.append(f"{product.id}: peak power is not published; the design figure of {show(design, 'W')} stands in")
    if design is None and isinstance(product, System) and product.chip_floor_w.known:
        floor_w = product.chip_floor_w.need("chip_floor_w")
        notes.append(f"{product.id}: its accelerators alone draw {show(floor_w, 'W')}; that is a floor, not its power")
    return PowerTiers(typical, design, peak, tuple(notes))


def _stand_in_for_design(name: str, typical: int | None, peak: int | None, own: int | None) -> tuple[int | None, str]:
    start = f"{name}: design power is not published; "
    if peak is not None:
        return peak, f"{start}the peak figure of {show(peak, 'W')} stands in"
    if own is not None:
        return own, f"{start}the site's own figure of {show(own, 'W')} stands in"
    if typical is not None:
        return typical, f"{start}the typical figure of {show(typical, 'W')} stands in and may be too low"
    return None, f"{name}: power is not published"


def circuit_limits(circuit: Circuit, standard: Standard) -> tuple[int, int]:
    """(continuous, nameplate) W that the circuits of one feed give one rack, at power factor 1, rounded down."""
    volt_amperes = circuit.voltage * circuit.current * circuit.per_feed
    phases = 3 if circuit.phases == 3 else 1
    nameplate = isqrt(phases * volt_amperes**2)
    continuous = nameplate if standard == "IEC" else isqrt(phases * (4 * volt_amperes) ** 2) // 5
    return continuous, nameplate


def continuous_w(feed: Feed, standard: Standard) -> int:
    """What a feed may carry all the time, in W: its capacity under IEC, 80 % of it under NEC, rounded down."""
    return feed.capacity if standard == "IEC" else feed.capacity * 4 // 5


def loss_states(power: Power) -> tuple[LossState, ...]:
    """Nothing lost, then each feed, then each source behind two feeds or more. Under `N` nothing may be lost."""
    normal = LossState("", frozenset())
    if power.redundancy == "N":
        return (normal,)
    behind: dict[str, list[str]] = {}
    for feed in power.feeds:
        if feed.source is not None:
            behind.setdefault(feed.source, []).append(feed.id)
    feeds = [LossState(feed.id, frozenset({feed.id})) for feed in power.feeds]
    sources = [LossState(f"source {name}", frozenset(ids)) for name, ids in sorted(behind.items()) if len(ids) > 1]
    return (normal, *feeds, *sources)


def rack_limits(row: Row, power: Power) -> tuple[int, int]:
    """(design, peak) W that one rack of the row may draw in the hall's worst state.

    Design: the row's rack power, and the continuous rating of the circuits that are left. Peak: their nameplate; where
    the row states no circuit, the capacity of the feeds that are left.
    """
    capacity = {feed.id: feed.capacity for feed in power.feeds}
    design, peak = row.rack_power, sum(capacity.values())
    for state in loss_states(power):
        left = [feed for feed in row.feeds if feed not in state.lost]
        if row.circuit is None:
            design = design if left else 0
            peak = min(peak, sum(capacity[feed] for feed in left))
        else:
            continuous, nameplate = circuit_limits(row.circuit, power.standard)
            design, peak = min(design, continuous * len(left)), min(peak, nameplate * len(left))
    return design, peak


def share_load(load_w: int, feeds: Sequence[str]) -> dict[str, int]:
    """A load in equal whole watts over the feeds; the watts left over go to the first of them. The sum is kept."""
    if not feeds:
        return {}
    equal, over = divmod(load_w, len(feeds))
    return {feed: equal + (index < over) for index, feed in enumerate(feeds)}


def existing_loads(power: Power, state: LossState) -> dict[str, int]:
    """W of existing equipment on each surviving feed: its own, and an equal share of what the lost feeds carried.

    Existing equipment is taken to have a cord on every feed; where it has not, the true load is lower.
    """
    left = [feed for feed in power.feeds if feed.id not in state.lost]
    moved = share_load(sum(f.existing_load for f in power.feeds if f.id in state.lost), [f.id for f in left])
    return {feed.id: feed.existing_load + moved[feed.id] for feed in left}


def feed_loads(power: Power, racks: Iterable[tuple[tuple[str, ...], int]], state: LossState) -> dict[str, int]:
    """W on each surviving feed in one state: racks with the same feeds share their sum equally over those left.

    A rack that has lost every feed is down and loads nothing.
    """
    together: dict[tuple[str, ...], int] = {}
    for feeds, load_w in racks:
        together[feeds] = together.get(feeds, 0) + load_w
    loads = existing_loads(power, state)
    for feeds, load_w in sorted(together.items()):
        for feed, part in share_load(load_w, [f for f in feeds if f not in state.lost]).items():
            loads[feed] += part
    return loads


def feed_states(power: Power, racks: Sequence[tuple[tuple[str, ...], int]]) -> dict[str, tuple[FeedState, ...]]:
    """Every feed's load in every state in which it is not lost itself. `racks` gives (feeds, W) of each rack."""
    found: dict[str, list[FeedState]] = {feed.id: [] for feed in power.feeds}
    for state in loss_states(power):
        loads = feed_loads(power, racks, state)
        for feed in power.feeds:
            if feed.id in loads:
                limit = continuous_w(feed, power.standard)
                found[feed.id].append(FeedState(state.name, loads[feed.id], feed.capacity, limit))
    return {feed: tuple(states) for feed, states in found.items()}


def worst_load_w(states: Sequence[FeedState]) -> int:
    """The highest load of a feed over its states, in W."""
    return max(state.load_w for state in states)


def survivable_w(power: Power, rack_feeds: Iterable[Sequence[str]]) -> int:
    """Design load in W that new racks may draw so that every state holds, if it is spread best over the kinds of row.

    `rack_feeds` are the feeds of each row. The linear program behind it is solved exactly, in fractions. A state that
    leaves some row without a feed lets that row carry nothing; existing load that alone breaks a state leaves 0.
    """
    groups = sorted({tuple(sorted(feeds)) for feeds in rack_feeds})
    capacity = {feed.id: continuous_w(feed, power.standard) for feed in power.feeds}
    rows: list[list[Fraction]] = []
    limits: list[Fraction] = []
    for state in loss_states(power):
        left = [[feed for feed in group if feed not in state.lost] for group in groups]
        for feed, existing in existing_loads(power, state).items():
            rows.append([Fraction(1, len(feeds)) if feed in feeds else Fraction(0) for feeds in left])
            limits.append(Fraction(capacity[feed] - existing))
        for index, feeds in enumerate(left):
            if not feeds:
                rows.append([Fraction(int(index == other)) for other in range(len(groups))])
                limits.append(Fraction(0))
    return int(most_in_total(rows, limits)) if groups and min(limits) >= 0 else 0
