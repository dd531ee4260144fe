"""Stranded power: what a level of the power tree may carry and cannot, and what comes first.

More load is asked for only where rows are: each kind of row takes more up to what its free positions and racks let in,
up to what the cooling of its row takes away, and as far as no other node of the tree is overloaded in any state. Each
is a bound from above: where positions, power and cooling are left, more demand could use the power.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from planner.facility.power import rack_limits, when_lost
from planner.facility.spread import most_under
from planner.facility.tree_loads import NodeRoom, PowerTree, node_rooms, node_states, tree_of
from planner.plan.schema import HallCooling, Pattern, Rack, Stranded
from planner.request.ground import free_positions
from planner.request.power_tree import Drops, drops_of
from planner.request.site import Hall, Row
from planner.wording import Said, sentence

AIR = ""
Kind = tuple[Drops, tuple[str, ...]]
"""Rows that hang on the same drops and give their heat to the same takers: the room's `AIR`, loops."""

# Reasons, by their sentence under `stranded`.
NO_DEMAND, FULL, NO_ROW = "no-demand", "full", "no-row"
POSITIONS, CIRCUITS, RACK_POWER = "positions", "circuits", "rack-power"
ROOM, COOLING, TREE = "room", "cooling", "tree"


@dataclass(frozen=True)
class Bound:
    """At most `most_w` more load over some kinds of row, each counted with its part; `reason` says what stops there.

    `level` is what all limits like it are together: the panels with a feed lost, say.
    """

    reason: str
    level: str
    parts: tuple[tuple[Kind, Fraction], ...]
    most_w: int

    @cached_property
    def part(self) -> Mapping[Kind, Fraction]:
        """The part of each kind of row."""
        return dict(self.parts)


def stranded_power(
    hall: Hall, racks: Sequence[Rack], patterns: Mapping[str, Pattern], cooling: HallCooling, carried_w: int
) -> tuple[Stranded, ...]:
    """The hall as a whole, then every source, feed and panel with a stated capacity. `hall` is the plannable hall.

    `carried_w` is the design load that the hall carries in its worst state.
    """
    rows = {row.id: row for row in hall.rows}
    loads = [(drops_of(rows[rack.row]), patterns[rack.pattern].power_design_w or 0) for rack in racks]
    tree = tree_of(hall)
    kinds = sorted({kind_of(row) for row in hall.rows})
    bounds = tightest(
        (*_of_rows(hall, racks, patterns, kinds), *_of_cooling(cooling, kinds), *_of_tree(tree, kinds, loads))
    )
    load_w = sum(watts for _, watts in loads)
    whole = Bound(hall.id, ROOM, tuple((kind, Fraction(1)) for kind in kinds), max(0, carried_w - load_w))
    found = [_split("hall", hall.id, carried_w, (load_w, load_w), [(load_w, whole)], bounds)]
    rooms = {(room.node, room.lost): room for room in node_rooms(tree, tree.drops)}
    for node, states in node_states(tree, loads).items():
        level, _ = tree.nodes[node]
        limit = tree.limits(node)[1]
        if limit is None or not states:
            continue
        normal = next((s.load_w for s in states if not s.lost), 0)
        own = [
            (s.load_w, Bound(node, ROOM, _parts(rooms[node, s.lost], kinds), max(0, limit - s.load_w))) for s in states
        ]
        found.append(_split(level, node, limit, (normal, max(s.load_w for s in states)), own, bounds))
    return tuple(found)


def tightest(bounds: Sequence[Bound]) -> tuple[Bound, ...]:
    """Of the bounds that count the same rows in the same proportion the tightest: no other lets less in."""
    found: dict[tuple[tuple[Kind, Fraction], ...], tuple[Fraction, int]] = {}
    for n, bound in enumerate(bounds):
        largest = max((part for _, part in bound.parts), default=Fraction(0))
        if largest:
            shape = tuple((kind, part / largest) for kind, part in bound.parts)
            entry = bound.most_w / largest, n
            found[shape] = min(entry, found.get(shape, entry))
    return tuple(bounds[n] for n in sorted(n for _, n in found.values()))


def kind_of(row: Row) -> Kind:
    """Where a row hangs on the power tree and what takes its heat."""
    takers = {row.rear_door.loop if row.rear_door is not None else AIR}
    if "liquid" in row.cooling and row.loop is not None:
        takers.add(row.loop)
    return drops_of(row), tuple(sorted(takers))


def _parts(room: NodeRoom, kinds: Sequence[Kind]) -> tuple[tuple[Kind, Fraction], ...]:
    return tuple((kind, share) for kind in kinds if (share := room.share(kind[0])))


def _of_tree(tree: PowerTree, kinds: Sequence[Kind], loads: Sequence[tuple[Drops, int]]) -> Iterator[Bound]:
    carried = {(node, s.lost): s.load_w for node, states in node_states(tree, loads).items() for s in states}
    for room in node_rooms(tree, tree.drops):
        limit = tree.limits(room.node)[1]
        if room.shares and limit is not None:
            when = when_lost(room.lost) if room.lost else sentence("stranded.normally")
            one = sentence("stranded.node", kind=room.kind, node=room.node, when=when)
            every = sentence("stranded.every-lost" if room.lost else "stranded.every", kind=room.kind)
            free = max(0, limit - carried[room.node, room.lost])
            yield Bound(one, every, _parts(room, kinds), free)


def _of_rows(
    hall: Hall, racks: Sequence[Rack], patterns: Mapping[str, Pattern], kinds: Sequence[Kind]
) -> Iterator[Bound]:
    """Free positions take a rack of the row's full power each, and racks with height left what they have left."""
    numbers = free_positions(hall)
    for kind in kinds:
        reason, most = POSITIONS, 0
        for row in (row for row in hall.rows if kind_of(row) == kind):
            each, _ = rack_limits(row, hall.power)
            here = [rack for rack in racks if rack.row == row.id]
            left = len(numbers[row.id]) - sum(len(rack.positions) for rack in here)
            if left:
                reason = CIRCUITS if each < row.rack_power else RACK_POWER
            most += left * each
            most += sum(max(0, each - (patterns[r.pattern].power_design_w or 0)) for r in here if _open(r, patterns))
        yield Bound(reason, ROOM, ((kind, Fraction(1)),), most)


def _open(rack: Rack, patterns: Mapping[str, Pattern]) -> bool:
    """Whether a rack of devices has height left."""
    pattern = patterns[rack.pattern]
    taken = sum(device.height_u for device in pattern.devices)
    return pattern.rack_product is not None and pattern.height_u is not None and taken < pattern.height_u


def _of_cooling(cooling: HallCooling, kinds: Sequence[Kind]) -> Iterator[Bound]:
    """Rows give all their heat to their takers: the air, a loop, or several; those to no others share what is left."""
    left = {AIR: max(0, cooling.air_capacity_w - cooling.air_w)}
    left |= {loop.loop: max(0, loop.capacity_w - loop.load_w) for loop in cooling.loops}
    order = {taker: n for n, taker in enumerate(left)}
    for takers in sorted({kind[1] for kind in kinds}, key=lambda takers: [order[taker] for taker in takers]):
        within = tuple((kind, Fraction(1)) for kind in kinds if set(kind[1]) <= set(takers))
        names = [sentence("stranded.loop", loop=taker) for taker in takers if taker != AIR]
        names += [sentence("stranded.air")] * (AIR in takers)
        yield Bound(_all_of(names), COOLING, within, sum(left[taker] for taker in takers))


def _all_of(names: list[str]) -> str:
    return names[0] if len(names) == 1 else sentence("name.and", names=names)


def _said(reason: str) -> str:
    """A reason that is the same everywhere as its sentence; one that names its place is a sentence already."""
    return reason if isinstance(reason, Said) else sentence(f"stranded.{reason}")


def _split(
    level: str,
    node: str,
    limit_w: int,
    normal_and_worst_w: tuple[int, int],
    states: Sequence[tuple[int, Bound]],
    bounds: Sequence[Bound],
) -> Stranded:
    """The four parts of what a node may carry, and what stops the rest. `states` are its load and room in each."""
    normal_w, worst_w = normal_and_worst_w
    filled = [(load_w + _most(own, bounds), -n) for n, (load_w, own) in enumerate(states)]
    reach_w, n = max(filled)
    own = states[-n][1]
    stranded_w = max(0, limit_w - reach_w)
    reason = NO_DEMAND if limit_w > worst_w else FULL
    if not any(bound.parts for _, bound in states):
        reason = NO_ROW
    elif stranded_w:
        reason = _first_to_stop(own, bounds)
    return Stranded.model_validate(
        {
            "level": level, "node": node, "continuous_w": limit_w, "load_w": normal_w, "held_w": worst_w - normal_w,
            "open_w": max(0, reach_w - worst_w), "stranded_w": stranded_w, "reason": _said(reason),
        }
    )  # fmt: skip


def _first_to_stop(own: Bound, bounds: Sequence[Bound]) -> str:
    """What stops more load first: one limit where one does so by itself, else all of a level, else all of a kind."""
    near = [bound for bound in bounds if not own.part.keys().isdisjoint(bound.part)]
    families = {name: [b for b in near if _family(b) == name] for name in (ROOM, COOLING, TREE)}
    most = {name: _most(own, found) for name, found in families.items() if found}
    first = min(most, key=lambda name: most[name])
    if first == ROOM:
        return next((bound.reason for bound in families[ROOM] if bound.reason != POSITIONS), POSITIONS)
    alone = next((b.reason for b in families[first] if _most_alone(own, b) == most[first]), None)
    levels = dict.fromkeys(bound.level for bound in families[first])
    whole = (name for name in levels if _most(own, [b for b in near if b.level == name]) == most[first])
    return alone or next(whole, first)


def _family(bound: Bound) -> str:
    return bound.level if bound.level in (ROOM, COOLING) else TREE


def _most_alone(own: Bound, bound: Bound) -> int:
    """As `_most` within one bound: what it does not count is free, else its least part lets the most in."""
    if any(kind not in bound.part for kind in own.part):
        return own.most_w
    least = min(bound.part[kind] / share for kind, share in own.part.items())
    return min(own.most_w, int(bound.most_w / least))


def _most(own: Bound, bounds: Iterable[Bound]) -> int:
    """The most of its own room that a node could still fill within the bounds, in W, rounded down.

    The linear program is in watts at the node: a kind of row with part p puts p watts on it for each of its own.
    """
    parts = own.part
    if not parts or not own.most_w:
        return 0
    limits = [([Fraction(1)] * len(parts), Fraction(own.most_w))]
    for bound in bounds:
        if not parts.keys().isdisjoint(bound.part):
            row = [bound.part[kind] / share if kind in bound.part else Fraction(0) for kind, share in parts.items()]
            limits.append((row, Fraction(bound.most_w)))
    return int(most_under(limits))
