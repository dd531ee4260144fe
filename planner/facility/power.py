"""Power: the tiers of a product, circuits, rack limits, and the load of every feed when one of them is lost.

Sources: three-phase power is sqrt(3) x line voltage x current at power factor 1; a rating holds continuously under
IEC, 80 % of it under NEC (article 210.20: continuous loads at 125 %). Design load is held against continuous ratings,
peak load against nameplates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.catalog.facts import ceiling
from planner.catalog.schema import Device, Pdu, System
from planner.facility.electrical_phases import pdu_continuous_w
from planner.facility.supplies import redundancy_findings
from planner.facility.tree_loads import (
    Load,
    NodeState,
    PowerTree,
    continuous_w,
    existing_loads,
    node_loads,
    share_load,
)
from planner.request.electrical import rating_w
from planner.request.positions import RearDoor
from planner.request.power_tree import LossState, loss_states
from planner.request.site import Circuit, Hall, Power, Row, Site, Standard
from planner.wording import sentence

__all__ = [
    "FeedState", "LossState", "PowerTiers", "circuit_limits", "continuous_w", "existing_loads", "feed_states",
    "loss_states", "pdu_w", "plannable_hall", "power_tiers", "rack_limits", "redundancy_findings", "share_load",
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
            update={
                "rack_power": usable(row.rack_power, share),
                "air_per_rack": _usable(row.air_per_rack, share),
                "air": _usable(row.air, share),
                "rear_door": _usable_door(row.rear_door, share),
                "airflow": _usable(row.airflow, share),
            }
        )
        for row in hall.rows
    )
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
    return hall.model_copy(update={"rows": rows, "power": _usable_tree(hall.power, share), "cooling": cooling})


def _usable_door(door: RearDoor | None, share: float) -> RearDoor | None:
    return None if door is None else door.model_copy(update={"capacity": usable(door.capacity, share)})


def _usable_tree(power: Power, share: float) -> Power:
    return power.model_copy(
        update={
            "sources": tuple(s.model_copy(update={"capacity": _usable(s.capacity, share)}) for s in power.sources),
            "feeds": tuple(f.model_copy(update={"capacity": usable(f.capacity, share)}) for f in power.feeds),
            "panels": tuple(p.model_copy(update={"capacity": usable(p.capacity, share)}) for p in power.panels),
        }
    )


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
        notes.append(sentence("stand-in.peak", product=product.id, power=design))
    if design is None and isinstance(product, System) and product.chip_floor_w.known:
        floor_w = product.chip_floor_w.need("chip_floor_w")
        notes.append(sentence("stand-in.chips-alone", product=product.id, power=floor_w))
    return PowerTiers(typical, design, peak, tuple(notes))


def _stand_in_for_design(name: str, typical: int | None, peak: int | None, own: int | None) -> tuple[int | None, str]:
    if peak is not None:
        return peak, sentence("stand-in.design-by-peak", product=name, power=peak)
    if own is not None:
        return own, sentence("stand-in.design-by-site", product=name, power=own)
    if typical is not None:
        return typical, sentence("stand-in.design-by-typical", product=name, power=typical)
    return None, sentence("stand-in.no-power", product=name)


def circuit_limits(circuit: Circuit, standard: Standard, power_factor: float = 1.0) -> tuple[int, int]:
    """(continuous, nameplate) W that the circuits of one feed give one rack, rounded down."""
    nameplate = rating_w(circuit, power_factor)
    continuous = nameplate if standard == "IEC" else rating_w(circuit, power_factor, Fraction(4, 5))
    return continuous, nameplate


def rack_limits(row: Row, power: Power) -> tuple[int, int]:
    """(design, peak) W that one rack of the row may draw in the hall's worst state.

    Design: the row's rack power, and the continuous rating of the circuits that are left. Peak: their nameplate; where
    the row states no circuit, the capacity of the feeds, or panels on them, that are left.
    """
    peaks: list[int] = []
    design = row.rack_power
    for state in loss_states(power):
        left = [feed for feed in row.feeds if feed not in state.lost]
        if row.circuit is None:
            design = design if left else 0
            peaks.append(sum(_capacity_w(power, row.panels.get(feed, feed), state) for feed in left))
        else:
            continuous, nameplate = circuit_limits(row.circuit, power.standard, power.power_factor)
            design = min(design, continuous * len(left))
            peaks.append(nameplate * len(left))
    return design, min(peaks)


def _capacity_w(power: Power, drop: str, state: LossState) -> int:
    """Nameplate W of a panel, or of the feed that carries racks which hang on a feed itself."""
    capacity = {feed.id: feed.capacity for feed in power.feeds} | {p.id: p.capacity for p in power.panels}
    return capacity[state.carrier(drop) or drop]


def pdu_w(pdu: Pdu, row: Row, power: Power) -> int | None:
    """What a rack PDU of the row may carry all the time, in W: its rating at the circuit's power factor, rounded down.

    None where the rating is not published.
    """
    rating = pdu_continuous_w(pdu)
    own = row.circuit.power_factor if row.circuit is not None else None
    factor = own if own is not None else power.power_factor
    return None if rating is None else int(rating * Fraction(str(factor)))


def feed_loads(power: Power, racks: Iterable[Load], state: LossState) -> dict[str, int]:
    """W on each surviving feed in one state; see `tree_loads.node_loads`."""
    loaded = list(racks)
    tree = PowerTree(power, tuple(sorted({drops for drops, _ in loaded})))
    loads = node_loads(tree, loaded, state)
    return {feed.id: loads[feed.id] for feed in power.feeds if feed.id in loads}


def feed_states(power: Power, racks: Sequence[Load]) -> dict[str, tuple[FeedState, ...]]:
    """Every feed's load in every state in which it is not lost itself. `racks` gives (drops, W) of each rack."""
    found: dict[str, list[FeedState]] = {feed.id: [] for feed in power.feeds}
    for state in loss_states(power):
        loads = feed_loads(power, racks, state)
        for feed in power.feeds:
            if feed.id in loads:
                limit = continuous_w(feed, power.standard)
                found[feed.id].append(FeedState(state.name, loads[feed.id], feed.capacity, limit))
    return {feed: tuple(states) for feed, states in found.items()}


def worst_load_w(states: Iterable[FeedState | NodeState]) -> int:
    """The highest load of a node over its states, in W."""
    return max(state.load_w for state in states)


def when_lost(lost: str) -> str:
    """The state with a feed or a source lost, as the start of a sentence or the end of a name."""
    name = lost.removeprefix("source ")
    return sentence("state.lost", node=lost if name == lost else sentence("state.source", source=name))
