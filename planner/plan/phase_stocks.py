"""The end state as stocks: equal devices of a rack, and the switches above them that their cables end at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from planner.cabling import EXISTING, CablePlan, Position
from planner.cabling.devices import PDU
from planner.phasing.data import RackSlot, Stock
from planner.plan.schema import Pattern, Rack
from planner.plan.wiring import STANDING, Wired

COUNTED = ("system", "storage", "cdu")  # roles whose pieces come one by one; all others of a rack come together
StockKey = tuple[str, str, str]  # rack, role, product


@dataclass(frozen=True)
class Piece:
    """Equal devices of a rack, before they have numbers: U positions from the lowest, 0 for a rack system."""

    key: StockKey
    at: tuple[int, ...]


@dataclass
class Ends:
    """What the cables of every stock, and those of each rack's PDUs, end at."""

    above: dict[StockKey, set[StockKey]] = field(default_factory=dict)
    of_racks: dict[str, set[StockKey]] = field(default_factory=dict)


def pieces_of(racks: Sequence[Rack], patterns: dict[str, Pattern]) -> Iterator[Piece]:
    """Every stock of every rack, in the order of racks, roles and products."""
    for rack in racks:
        pattern = patterns[rack.pattern]
        found: dict[tuple[str, str], list[int]] = {}
        if pattern.system is not None:
            found["system", pattern.system] = [0]
        for device in pattern.devices:
            found.setdefault((device.role, device.product), []).append(device.u)
        for (role, product), at in sorted(found.items()):
            yield Piece((rack.id, role, product), tuple(sorted(at)))


def rack_names(racks: Sequence[Rack]) -> dict[tuple[str, str, int], str]:
    """Rack ids by hall, row and first position, as cabling names them."""
    return {(rack.hall, rack.row, rack.positions[0]): rack.id for rack in racks}


def stock_of(plan: CablePlan, device: str, names: dict[tuple[str, str, int], str]) -> StockKey:
    """The stock that a device of the cabling belongs to."""
    place, found = plan.placement[device], plan.devices[device]
    return names[place.hall, place.row, place.number], STANDING.get(found.role, found.role), found.product


def ends_of(wired: Sequence[Wired], names: dict[tuple[str, str, int], str]) -> Ends:
    """Who must stand for whom: the lower end of a link needs the upper; two switches side by side need each other."""
    ends = Ends()
    for entry in wired:
        for link in entry.cables.links:
            if entry.cables.devices[link.b].role == EXISTING:
                continue  # it stands from the first phase on
            upper = stock_of(entry.cables, link.b, names)
            if entry.cables.devices[link.a].role == PDU:
                place: Position = entry.cables.placement[link.a]
                ends.of_racks.setdefault(names[place.hall, place.row, place.number], set()).add(upper)
                continue
            lower = stock_of(entry.cables, link.a, names)
            ends.above.setdefault(lower, set()).add(upper)
            if link.tier == "isl":
                ends.above.setdefault(upper, set()).add(lower)
    return ends


def numbered(
    racks: Sequence[Rack],
    pieces: Sequence[Piece],
    ends: Ends,
    weights: dict[StockKey, int],
    rack_weights: dict[str, int],
) -> tuple[tuple[RackSlot, ...], tuple[Stock, ...]]:
    """Racks and stocks as numbers. What is counted one by one is nothing that another stock needs."""
    number = {piece.key: n for n, piece in enumerate(pieces)}
    rack_number = {rack.id: n for n, rack in enumerate(racks)}

    def above(keys: set[StockKey], own: StockKey | None) -> tuple[int, ...]:
        return tuple(sorted(number[key] for key in keys if key != own and key[1] not in COUNTED))

    stocks = tuple(
        Stock(
            rack=rack_number[piece.key[0]],
            product=piece.key[2],
            role=piece.key[1],
            count=len(piece.at),
            whole=piece.key[1] not in COUNTED,
            weight=weights[piece.key],
            above=above(ends.above.get(piece.key, set()), piece.key),
        )
        for piece in pieces
    )
    slots: list[RackSlot] = []
    last: dict[object, int] = {}
    of_rack: dict[int, list[Stock]] = {}
    for stock in stocks:
        of_rack.setdefault(stock.rack, []).append(stock)
    wanted = {n for stock in stocks for n in stock.above}
    for n, rack in enumerate(racks):
        own = above(ends.of_racks.get(rack.id, set()), None)
        needed = any(number[piece.key] in wanted for piece in pieces if piece.key[0] == rack.id)
        like = (rack.pattern, rack.row, own, tuple(stock.above for stock in of_rack.get(n, ())))
        slots.append(RackSlot(rack.id, rack_weights[rack.id], own, None if needed else last.get(like)))
        if not needed:
            last[like] = n
    return tuple(slots), stocks
