"""Fabrics in sizing: one row for each size at which the switches, managers or management servers change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from planner.catalog.fabrics import FabricDesign
from planner.catalog.schema import System
from planner.errors import InputError
from planner.fabric.counts import FabricCounts
from planner.fabric.design import design_applies, limits
from planner.fabric.free_ports import free_links, free_ports
from planner.fabric.generic import fitted
from planner.fabric.joining import FreePorts
from planner.fabric.sharing import HallEndpoints, count_hall, storage_box
from planner.fabric.site import Endpoints, management_servers
from planner.request.site import Hall
from planner.sizing.data import FabricRow
from planner.sizing.items import item_key
from planner.sizing.question import Question

MANAGEMENT = "management-server"
DEFAULT_SERVER = "generic-control-plane-node"


@dataclass(frozen=True)
class Surroundings:
    """What stands in a hall besides the systems and wants ports: taken from the last round of sizing."""

    storage_product: str = ""
    storage_units: int = 0
    pdus: int = 0
    others: int = 0  # CDUs and the like, one out-of-band port each
    existing_ports: int = 0  # free out-of-band ports of switches that stand already
    free: tuple[FreePorts, ...] = ()  # ports of such switches for other networks

    @property
    def has_free_ports(self) -> bool:
        """Whether switches that stand may take links."""
        return bool(self.existing_ports or self.free)


def alone(question: Question) -> dict[str, Surroundings]:
    """Every hall with nothing but the free ports of its existing switches."""
    return {hall.id: with_free_ports(question, Surroundings(), hall) for _, hall in question.request.halls()}


def with_free_ports(question: Question, around: Surroundings, hall: Hall) -> Surroundings:
    """The same surroundings, and the free ports of the existing switches of a hall."""
    return replace(around, existing_ports=free_ports(hall), free=free_links(hall, question.catalog))


def designs_for(question: Question, system: System) -> list[FabricDesign]:
    """Designs for a system: those it names, in its order, else those made for it or its family; fitted to its ports."""
    named = [question.designs[name] for name in system.fabric_designs if name in question.designs]
    found = named or [d for _, d in sorted(question.designs.items()) if d.families and design_applies(d, system)]
    return [design for one in found if (design := _fitted(one, system)) is not None]


def _fitted(design: FabricDesign, system: System) -> FabricDesign | None:
    try:
        return fitted(design, system)
    except InputError:
        return None  # its ports do not suit this design: another one has to serve


def hall_endpoints(question: Question, around: Surroundings) -> HallEndpoints:
    """What the fabrics of a hall connect besides systems."""
    ports, controllers = storage_box(question.catalog.products.get(around.storage_product))
    return HallEndpoints(
        around.storage_units, ports, controllers, around.pdus, around.others, around.existing_ports, around.free
    )


def counts_of(question: Question, design: FabricDesign, systems: int, around: Surroundings) -> FabricCounts:
    """Every fabric of a hall for a number of systems of one product, alone in the hall."""
    return counts_in_hall(question, [(design, systems)], around)[0]


def counts_in_hall(
    question: Question, fabrics: Sequence[tuple[FabricDesign, int]], around: Surroundings
) -> list[FabricCounts]:
    """The fabrics of every system product of a hall, which share what stands there besides."""
    ends = hall_endpoints(question, around)
    return count_hall(ends, fabrics, question.request.policy.fabric_growth, question.designs)


def devices_of(design: FabricDesign, counts: FabricCounts) -> dict[str, int]:
    """Switches, fabric managers and management servers by item."""
    found: dict[str, int] = {}
    for entry in (*counts.switches, *counts.appliances):
        key = item_key(entry.product, entry.role)
        if entry.count:  # none where existing ports are enough
            found[key] = found.get(key, 0) + entry.count
    servers = management_servers(design, Endpoints())
    if servers:
        found[item_key(server_of(design), MANAGEMENT)] = servers
    return found


def server_of(design: FabricDesign) -> str:
    """The management server of a design."""
    return design.management.server or DEFAULT_SERVER


def fabric_rows(
    question: Question, system: System, most: int, around: Surroundings, totals: tuple[int, ...] | None = None
) -> tuple[FabricRow, ...]:
    """The sizes of every design that serves the system, up to `most` systems, at which its devices change.

    Where the `totals` that a hall may hold are known, the sizes are those.
    """
    rows: list[FabricRow] = []
    for design in question.once(("designs", system.id), partial(designs_for, question, system)):
        sizes = _sizes_of(question, design, around)
        found = sizes.up_to(most) if totals is None else sizes.at(sorted({min(n, most) for n in totals}))
        allowed = [row for row in found if _allowed(question, row)]
        following: list[FabricRow | None] = [*allowed[1:], None]
        rows.extend(row for row, after in zip(allowed, following, strict=False) if not _same(row, after))
    return tuple(rows)


def _sizes_of(question: Question, design: FabricDesign, around: Surroundings) -> _Sizes:
    """The sizes of a design, remembered; a generic one is fitted alike to systems with the same ports."""
    known: list[_Sizes] = question.once(("fabric rows", design.id, around), list)
    for sizes in known:
        if sizes.design is design or sizes.design == design:
            return sizes
    known.append(_Sizes(question, design, around))
    return known[-1]


class _Sizes:
    """The sizes of one design, found as far as they are asked for.

    Devices never fall as systems grow, so equal ends of a stretch mean that it is equal all along.
    """

    def __init__(self, question: Question, design: FabricDesign, around: Surroundings) -> None:
        self._question, self.design, self._around = question, design, around
        least, self._cap = limits(design)
        self._first = max(1, least)
        self._found: dict[int, FabricRow | None] = {}
        self._ends: list[int] = []  # of stretches with the same devices, to the largest number asked for so far
        self._ended = False  # the design serves no more than the last of them

    def up_to(self, most: int) -> list[FabricRow]:
        """The largest number of systems of every stretch, the last one cut off at `most`."""
        last = most if self._cap is None else min(most, self._cap)
        if last < self._first:
            return []
        self._reach(last)
        whole = [end for end in self._ends if end < last]
        cut = [last] if len(whole) < len(self._ends) else []
        return [row for end in (*whole, *cut) if (row := self._row(end)) is not None]

    def at(self, totals: Iterable[int]) -> list[FabricRow]:
        """The design at some numbers of systems, as far as it serves them."""
        served = [n for n in totals if n >= 1 and (self._cap is None or n <= self._cap)]
        return [row for n in served if (row := self._row(max(n, self._first))) is not None]

    def _reach(self, last: int) -> None:
        start = self._ends[-1] if self._ends else self._first
        if self._ended or (self._ends and start >= last):
            return
        while last >= start and self._row(last) is None:
            last, self._ended = last - 1, True  # the design ends here; a larger one, or none, takes over
        if last < start:
            return
        stretches = [(start, last)]
        self._ends = self._ends[:-1]
        while stretches:
            low, high = stretches.pop()
            if _same(self._row(low), self._row(high)):
                self._ends.append(high)
            else:
                middle = (low + high) // 2
                stretches += [(middle + 1, high), (low, middle)]

    def _row(self, systems: int) -> FabricRow | None:
        if systems not in self._found:
            self._found[systems] = _row(self._question, self.design, systems, self._around)
        return self._found[systems]


def _row(question: Question, design: FabricDesign, systems: int, around: Surroundings) -> FabricRow | None:
    try:
        counts = counts_of(question, design, systems, around)
    except InputError:
        return None
    devices = tuple(sorted(devices_of(design, counts).items()))
    return FabricRow(design.id, counts.sus, systems, devices)


def _allowed(question: Question, row: FabricRow) -> bool:
    return all(question.ruled_out("product", key.split("/", 1)[1]) is None for key, _ in row.devices)


def _same(one: FabricRow | None, other: FabricRow | None) -> bool:
    return one is not None and other is not None and one.devices == other.devices
