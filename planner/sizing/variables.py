"""The decision variables of sizing, grouped as the rules speak of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from planner.sizing.data import HallData, Item, PositionClass, SizingData, SystemOption, WorkloadOption
from planner.sizing.limits import (
    ANCHORS,
    BUDGET,
    COOLING_KIND,
    HEIGHT,
    LEAD,
    NOTHING,
    PEAK,
    POSITIONS,
    POWER,
    RACK_POWER,
    WEIGHT,
    WORKLOAD,
    Limit,
    Relaxation,
)

Var = cp_model.IntVar
Expr = cp_model.LinearExpr

MOST = 100_000  # of anything in one hall
MOST_OF_A_PIECE = 10**7  # W or kg by which the limit of one rack may move: more is no way out
TALLEST_RACK_U = 60  # that a request may state
MOST_EXCESS = {HEIGHT: TALLEST_RACK_U, POSITIONS: MOST, LEAD: 10_000, BUDGET: 10**12}
"""By how much a limit may move, in its base unit; any other by 10^9 W or mL/min. Weighted sums stay below 2^63."""


def total(terms: Iterable[cp_model.LinearExprT]) -> Expr:
    """The sum of terms as an expression, of none too."""
    added = cp_model.LinearExpr.sum(list(terms))
    return added if isinstance(added, cp_model.LinearExpr) else cp_model.LinearExpr.term(0, 0)


@dataclass
class Variables:
    """Counts by location, product and position class.

    `uses[w, s]`: workload w runs on system s. `units[w, l, s]`: its units at location l, the most of any slot where
    `held[w, l, s, t]` tells the units of slot t. `systems[h, s]`: systems in
    service, and `spares[h, s]` besides. `rows[h, s, k]`: fabric row k is built. `placed[h, c, i]`: pieces of item i in
    position class c; `counts[h, i]` their sum. `racks[h, c]`: racks opened, and `more_pdus[h, c, n]` those
    of them with n or more PDUs on each feed, for n from 2 on. `storage[h, i]`: storage units, and
    `stores[h, i]`: any at all. `rents[r, n]`: instances.
    """

    uses: dict[tuple[str, str], Var] = field(default_factory=dict)
    units: dict[tuple[str, str, str], Var] = field(default_factory=dict)
    held: dict[tuple[str, str, str, int], Var] = field(default_factory=dict)
    systems: dict[tuple[str, str], Var] = field(default_factory=dict)
    spares: dict[tuple[str, str], Var] = field(default_factory=dict)
    rows: dict[tuple[str, str, int], Var] = field(default_factory=dict)
    counts: dict[tuple[str, str], Var] = field(default_factory=dict)
    placed: dict[tuple[str, str, str], Var] = field(default_factory=dict)
    racks: dict[tuple[str, str], Var] = field(default_factory=dict)
    more_pdus: dict[tuple[str, str, int], Var] = field(default_factory=dict)
    storage: dict[tuple[str, str], Var] = field(default_factory=dict)
    stores: dict[tuple[str, str], Var] = field(default_factory=dict)
    rents: dict[tuple[str, str], Var] = field(default_factory=dict)
    excess: dict[Limit, Var] = field(default_factory=dict)  # by how much each measured limit moves
    excess_at_positions: dict[Limit, list[cp_model.LinearExprT]] = field(default_factory=dict)  # of a rack's limits


def fits(hall: HallData, place: PositionClass, key: str, relaxation: Relaxation) -> bool:
    """Whether one piece of an item may stand in a position class at all: power, weight, height, anchor, cooling."""
    item = hall.items[key]
    if place.standing:
        relaxation = NOTHING
        if item.form != "node" or item.height_u > max(place.gaps):
            return False
    empty = place.rack if item.form == "node" else None
    if item.form == "node" and not _holds_node(hall, place, item, relaxation):
        return False
    if item.loop is not None and item.loop != place.loop:
        return False
    if item.anchor is not None and item.anchor not in place.admits and not relaxation.free(ANCHORS, hall.key):
        return False
    if not relaxation.free(COOLING_KIND, hall.key) and not (place.liquid if item.liquid_w else place.air):
        return False
    if item.peak_w > place.peak_w and not peak_is_free(hall, place, relaxation):
        return False
    if not relaxation.free(RACK_POWER, hall.key):
        if item.design_w > place.design_w:
            return False
        if place.air_w is not None and item.air_w > place.air_w:
            return False
    rated = place.weight_limit_kg(item)
    if not relaxation.free(WEIGHT, hall.key) and rated is not None:
        own = item.weight_kg + (empty.weight_kg if empty else 0)
        if own > rated * max(1, item.positions):
            return False
    return True


def _holds_node(hall: HallData, place: PositionClass, item: Item, relaxation: Relaxation) -> bool:
    """Whether racks of a class have the height and the kind of power that a node needs."""
    high = item.height_u > place.height_u and not relaxation.free(HEIGHT, hall.key)
    return item.busbar == place.busbar and not high


def peak_is_free(hall: HallData, place: PositionClass, relaxation: Relaxation) -> bool:
    """Whether the peak of a rack does not bind: a circuit limits it as rack power, feeds alone as the hall's power."""
    if place.peak_of_feeds:
        return relaxation.free(POWER, hall.key) or relaxation.free(PEAK, hall.key)
    return relaxation.free(RACK_POWER, hall.key)


def create(model: cp_model.CpModel, data: SizingData, relaxation: Relaxation) -> Variables:
    """Every variable with a domain as tight as the data allow."""
    v = Variables()
    _workloads(model, data, relaxation, v)
    for hall in data.halls:
        _hall(model, data, hall, relaxation, v)
    for rent in data.rents:
        v.rents[rent.region, rent.instance] = model.new_int_var(0, MOST, f"rent[{rent.region},{rent.instance}]")
    for limit in sorted(relaxation.measured):
        v.excess[limit] = model.new_int_var(0, most_excess(data, limit), f"excess[{limit}]")
    return v


def most_excess(data: SizingData, limit: Limit) -> int:
    """By how much a limit may move and be of any use: of a rack, what the tallest one full of the densest nodes takes.

    The solver multiplies the excess of a rack's limit by the racks: a tight domain is worth a lot.
    """
    if limit.kind not in (RACK_POWER, WEIGHT):
        return MOST_EXCESS.get(limit.kind, 10**9)
    hall = next(hall for hall in data.halls if hall.key == limit.subject)
    own = max((place.rack.weight_kg for place in hall.classes), default=0) if limit.kind == WEIGHT else 0
    filled = (_fills_a_rack(item, limit.kind) for item in hall.items.values())
    return min(MOST_OF_A_PIECE, own + max(filled, default=0))


def _fills_a_rack(item: Item, kind: str) -> int:
    """W or kg of the tallest rack full of a node, or of a rack system."""
    each = item.weight_kg if kind == WEIGHT else max(item.design_w, item.peak_w, item.air_w)
    if item.form != "node":
        return each
    return -(-each // item.height_u) * TALLEST_RACK_U if item.height_u else MOST_OF_A_PIECE


def _workloads(model: cp_model.CpModel, data: SizingData, relaxation: Relaxation, v: Variables) -> None:
    for workload in data.workloads:
        if relaxation.free(WORKLOAD, workload.key):
            continue
        for option in workload.options:
            if data.only is not None and option.system not in data.only:
                continue
            places = sorted(place for place, system in workload.places if system == option.system)
            if not places:
                continue
            v.uses[workload.key, option.system] = model.new_bool_var(f"uses[{workload.key},{option.system}]")
            for place in places:
                key, most = (workload.key, place, option.system), most_at_once(option)
                v.units[key] = model.new_int_var(0, most, f"units[{','.join(key)}]")
                for slot, _ in enumerate(data.slot_hours if option.spread is not None else ()):
                    v.held[*key, slot] = model.new_int_var(0, most, f"held[{','.join(key)},{slot}]")


def most_at_once(option: WorkloadOption) -> int:
    """Units that a workload can hold at one time."""
    return option.units if option.spread is None else max(option.units, option.spread.most)


def _most_systems(data: SizingData, hall: HallData, option: SystemOption) -> int:
    """No more systems than every workload on this option together could ask for, with those that may be lost."""
    wanted = spare = apart = 0
    for workload in data.workloads:
        for need in workload.options:
            if need.system == option.item and (hall.key, option.item) in workload.places:
                wanted += need.units * need.unit_accelerators
                spare = max(spare, need.spare_units)
                apart += need.units * need.unit_accelerators if workload.keep_apart is not None else 0
    least = max(wanted, option.min_accelerators)
    spare += len(option.spares) if apart else 0
    return min(option.max_systems or MOST, -(-(least + apart) // option.accelerators) + spare) if wanted else 0


def _hall(model: cp_model.CpModel, data: SizingData, hall: HallData, relaxation: Relaxation, v: Variables) -> None:
    h = hall.key
    for option in hall.systems:
        allowed = data.only is None or option.item in data.only
        most = _most_systems(data, hall, option) if allowed else 0
        v.systems[h, option.item] = model.new_int_var(0, most, f"systems[{h},{option.item}]")
        v.spares[h, option.item] = model.new_int_var(
            0, len(option.spares) - 1 if most else 0, f"spares[{h},{option.item}]"
        )
        for k, _ in enumerate(option.rows):
            v.rows[h, option.item, k] = model.new_bool_var(f"row[{h},{option.item},{k}]")
    for store in hall.storage:
        v.storage[h, store.item] = model.new_int_var(0, store.max_units, f"storage[{h},{store.item}]")
        v.stores[h, store.item] = model.new_bool_var(f"stores[{h},{store.item}]")
    for key, item in sorted(hall.items.items()):
        v.counts[h, key] = model.new_int_var(0, MOST, f"count[{h},{key}]")
        if item.form == "loose":
            continue
        for place in hall.classes:
            if fits(hall, place, key, relaxation):
                v.placed[h, place.key, key] = model.new_int_var(0, MOST, f"placed[{h},{place.key},{key}]")
    for place in hall.classes:
        v.racks[h, place.key] = model.new_int_var(0, MOST, f"racks[{h},{place.key}]")
        for n in range(2, place.pdus.most + 1 if place.pdus is not None else 2):
            v.more_pdus[h, place.key, n] = model.new_int_var(0, MOST, f"pdus[{h},{place.key},{n}]")
