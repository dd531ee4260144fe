"""Networks counted exactly for the storage and the PDUs that were found, hall by hall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from planner.catalog.fabrics import FabricDesign
from planner.catalog.schema import System
from planner.fabric.generic import fitted
from planner.packing.data import PackingResult
from planner.sizing.data import HallData, SizingData, SizingResult
from planner.sizing.network import Surroundings, counts_in_hall, devices_of, with_free_ports
from planner.sizing.phase_ratings import pdus_on_a_feed, rack_in
from planner.sizing.question import Question
from planner.sizing.rack_kinds import rack_kinds


def fabrics_in(question: Question, hall: HallData, sized: SizingResult) -> list[tuple[FabricDesign, int]]:
    """The fabric design and the number of systems of every system product in a hall, in the order of products."""
    found = []
    for system in systems_in(hall, sized):
        design = question.designs[sized.rows[hall.key][system].design]
        product = question.catalog.get(hall.items[system].product, System)
        found.append((fitted(design, product), sized.counts[hall.key][system]))
    return found


def systems_in(hall: HallData, sized: SizingResult) -> list[str]:
    """The systems of a hall that have a fabric."""
    return [system for system in sorted(sized.rows[hall.key]) if sized.counts[hall.key].get(system)]


def exact_networks(
    question: Question, data: SizingData, sized: SizingResult, around: Mapping[str, Surroundings]
) -> SizingResult:
    """The same sizing with switches, fabric managers and management servers counted exactly."""
    counts: dict[str, dict[str, int]] = {}
    for hall in data.halls:
        network = {key for option in hall.systems for row in option.rows for key, _ in row.devices}
        kept = {key: n for key, n in sized.counts[hall.key].items() if key not in network}
        devices = devices_in_hall(question, fabrics_in(question, hall, sized), around[hall.key])
        counts[hall.key] = dict(sorted((kept | devices).items()))
    return replace(sized, counts=counts)


def devices_in_hall(
    question: Question, fabrics: Sequence[tuple[FabricDesign, int]], around: Surroundings
) -> dict[str, int]:
    """Switches, fabric managers and management servers by item, of all fabrics of a hall.

    Raises:
        InputError: a network outgrows its design.
    """
    found: dict[str, int] = {}
    for (design, _), exact in zip(fabrics, counts_in_hall(question, fabrics, around), strict=True):
        for key, n in devices_of(design, exact).items():
            found[key] = found.get(key, 0) + n
    return found


def knows(data: SizingData, sized: SizingResult) -> bool:
    """Whether every device counted is one that sizing had on offer: more storage may ask for a tier it had not."""
    return all(key in hall.items for hall in data.halls for key in sized.counts[hall.key])


def stored_in(hall: HallData, counts: Mapping[str, int]) -> tuple[str, int]:
    """The item of storage that counts have in a hall, and its units; "" where there is none."""
    return next(((s.item, units) for s in hall.storage if (units := counts.get(s.item))), ("", 0))


def surroundings(question: Question, hall: HallData, sized: SizingResult, packed: PackingResult | None) -> Surroundings:
    """What the networks of a hall join besides systems, as it was packed."""
    counts = sized.counts[hall.key]
    stored, units = stored_in(hall, counts)
    product = hall.items[stored].product if stored else ""
    standing = {kind.key for kind in rack_kinds(hall) if kind.standing}
    patterns = packed.patterns if packed is not None else ()
    pdus = 0
    for pattern, n in patterns:
        if pattern.rack in standing:
            continue  # a rack that stands has its PDUs
        choice, row = rack_in(question, hall, pattern.rack)
        pdus += n * choice.feeds * pdus_on_a_feed(question, hall, choice, row, pattern)
    cdus = sum(counts.get(key, 0) for key in hall.cdus)
    _, room = next((s, h) for s, h in question.request.halls() if h.id == hall.key)
    return with_free_ports(question, Surroundings(product, units, pdus, cdus), room)


def widest_of(before: Surroundings, around: Iterable[Surroundings]) -> Surroundings:
    """Surroundings that cover all of these."""
    seen = [before, *around]
    stores = [s for s in seen if s.storage_units]
    largest = max(stores, key=lambda s: (s.storage_units, s.storage_product), default=before)
    return Surroundings(
        largest.storage_product, largest.storage_units, max(s.pdus for s in seen), max(s.others for s in seen)
    )
