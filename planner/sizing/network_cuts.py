"""Bounds that know the networks of a mix: what it has around its systems makes them larger than their least.

A bound with nothing around the systems counts the smallest networks there could be. Where its answer is better than the
plan in hand, the networks of those systems are counted with storage, PDUs and CDUs, and the solver learns that count as
a cut (logic-based Benders; Hooker and Ottosson, Mathematical Programming 96, 2003) and looks again, until no mix is
left that seems better.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from planner.catalog.fabrics import FabricDesign
from planner.errors import InputError, TimeLimitReached
from planner.packing.data import PackingInfeasible
from planner.sizing.data import Cut, HallData, NetworkCut, NetworkStep, SizingData, SizingResult, Stage
from planner.sizing.exact_networks import devices_in_hall, fabrics_in, stored_in
from planner.sizing.model import Caps, SizingInfeasible, size
from planner.sizing.network import Surroundings, alone
from planner.sizing.packed_racks import pack_all, packing_problem
from planner.sizing.pdus import rack_pdus_in, with_pdus_at_no_price
from planner.sizing.prepare import prepare
from planner.sizing.question import Question

MOST_LOOKS = 24  # for each objective: a bound that has not met the value by then holds all the same

Devices = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class InHand:
    """A plan: the values of its objectives in their order, and its certificates of packing."""

    stages: Sequence[Stage]
    cuts: tuple[Cut, ...]

    def caps(self, last: int) -> Caps:
        """No worse than this plan in its objectives up to number `last`."""
        return tuple((stage.objective, stage.value) for stage in self.stages[: last + 1])


@dataclass(frozen=True)
class Closer:
    """Bounds by objective, and the networks and certificates of packing that they rest on."""

    bounds: dict[str, int]
    networks: tuple[NetworkCut, ...]
    cuts: tuple[Cut, ...]


def bounds_with_networks(
    question: Question, plan: InHand, wanted: Sequence[int], within: frozenset[str] | None,
    networks: tuple[NetworkCut, ...] = (),
) -> Closer:  # fmt: skip
    """Bounds of the `wanted` objectives, by number, each for every plan that is no worse in those before it.

    Those that the solver does not come to are left out. `within` are the systems of all plans that are no worse in the
    main objective; None: any. Networks that are known already hold from the start.
    """
    data = with_pdus_at_no_price(prepare(question, None, within, every_pdu=True).data)
    cuts, bounds = plan.cuts, dict[str, int]()
    for n in wanted:
        name, value = plan.stages[n].objective, plan.stages[n].value
        for _ in range(MOST_LOOKS):
            looked = replace(data, objectives=(name,), networks=networks)
            try:
                sized = size(
                    looked, cuts, deadline=question.deadline, main_only=True, caps=plan.caps(n), canonical=False
                )
            except (SizingInfeasible, TimeLimitReached):
                break  # infeasible: racks as they were packed break a limit by row, and the floor will refuse them
            bounds[name] = min(value, sized.stages[-1].lower_bound)
            if bounds[name] == value:
                break
            larger = joined((*networks, *larger_networks(question, looked, sized)))
            more = () if larger != networks else _more_racks(question, looked, sized, cuts)
            if larger == networks and not more:
                break
            networks, cuts = larger, (*cuts, *more)
    return Closer(bounds, networks, cuts)


def _more_racks(question: Question, data: SizingData, sized: SizingResult, cuts: Sequence[Cut]) -> tuple[Cut, ...]:
    """What packing proves of an answer that needs more racks than it counts."""
    problems = {hall.key: packing_problem(hall, sized, question.request.policy.objective[0]) for hall in data.halls}
    try:
        _, learned, _ = pack_all(question, data, problems, sized, prove=False)
    except (PackingInfeasible, TimeLimitReached):
        return ()
    return tuple(cut for cut in learned if cut not in cuts)


def larger_networks(question: Question, data: SizingData, sized: SizingResult) -> Iterator[NetworkCut]:
    """Cuts for the halls of an answer whose networks are larger than it counts, and for halls that may be like them."""
    bare = alone(question)
    for hall in data.halls:
        counts = sized.counts[hall.key]
        fabrics = tuple(fabrics_in(question, hall, sized))
        if len(fabrics) > 1 and bare[hall.key].has_free_ports:
            continue  # which of them takes the ports may change as they grow: counts need not rise step by step
        stored, units = stored_in(hall, counts)
        around = replace(
            bare[hall.key],
            storage_product=hall.items[stored].product if stored else "",
            storage_units=units,
            pdus=rack_pdus_in(hall, sized) + sum(counts.get(key, 0) for key in hall.cdus),
        )
        networks = _Networks(question, fabrics, around)
        try:
            if _covers(counts, networks.devices(units, around.pdus)):
                continue
            steps = tuple(_steps(networks.devices, units, around.pdus))
        except InputError:
            continue  # no network of the design joins them: another one has to serve, or none
        for like in data.halls:
            if bare[like.key] == bare[hall.key]:
                yield from _cut(like, {o.item: counts.get(o.item, 0) for o in hall.systems}, stored, steps)


class _Networks:
    """The networks of the systems of a hall, whatever is around them."""

    def __init__(self, question: Question, fabrics: tuple[tuple[FabricDesign, int], ...], around: Surroundings) -> None:
        self._question, self._fabrics, self._around = question, fabrics, around
        self._known: dict[tuple[int, int], Devices] = {}

    def devices(self, units: int, pdus: int) -> Devices:
        """Devices with so many units of storage and so many PDUs.

        Raises:
            InputError: a network outgrows its design.
        """
        if (units, pdus) not in self._known:
            around = replace(self._around, storage_units=units, pdus=pdus)
            found = devices_in_hall(self._question, self._fabrics, around)
            self._known[units, pdus] = tuple(sorted(found.items()))
        return self._known[units, pdus]


def joined(cuts: Sequence[NetworkCut]) -> tuple[NetworkCut, ...]:
    """One cut for the same systems and storage, with the steps that say something which no other one says."""
    steps: dict[tuple[str, tuple[tuple[str, int], ...], str], list[NetworkStep]] = {}
    for cut in cuts:
        steps.setdefault((cut.hall, cut.systems, cut.storage), []).extend(cut.steps)
    return tuple(NetworkCut(*of, tuple(_telling(dict.fromkeys(found)))) for of, found in steps.items())


def _telling(steps: Collection[NetworkStep]) -> Iterator[NetworkStep]:
    """The steps that no other one makes idle: for as many units, from no more PDUs on, with no fewer devices."""
    for step in steps:
        wider = (one for one in steps if one != step and one.units <= step.units and step.last <= one.last)
        if not any(one.pdus <= step.pdus and _covers(dict(one.devices), step.devices) for one in wider):
            yield step


def _covers(devices: Mapping[str, int], less: Devices) -> bool:
    return all(devices.get(key, 0) >= n for key, n in less)


def _cut(hall: HallData, systems: Mapping[str, int], stored: str, steps: Sequence[NetworkStep]) -> Iterator[NetworkCut]:
    """The cut of a hall that has a mix and every item that it speaks of."""
    own = {option.item for option in hall.systems}
    if {key for key, n in systems.items() if n} <= own and (not stored or stored in hall.items):
        known = tuple(
            replace(step, devices=tuple((key, n) for key, n in step.devices if key in hall.items)) for step in steps
        )
        yield NetworkCut(hall.key, tuple((key, systems.get(key, 0)) for key in sorted(own)), stored, known)


def _steps(devices: Callable[[int, int], Devices], units: int, pdus: int) -> Iterator[NetworkStep]:
    """Devices with `pdus`, for every stretch of units in which they are the same, each from the fewest PDUs on.

    A stretch ends where the next begins, for a storage network may have more leaves and fewer spines from there on.
    Fewer PDUs than an answer had are of no use to most others: where one has fewer, it has cuts of its own.
    """
    starts = _changes(lambda n: devices(n, pdus), units)
    stretches = [*zip(starts, [*(start - 1 for start in starts[1:]), units], strict=True), (units, units)]
    for first, last in dict.fromkeys(stretches):
        least = _first_as_large(partial(devices, first), pdus)
        yield NetworkStep(first, last, least, devices(first, least))


def _first_as_large(devices: Callable[[int], Devices], last: int) -> int:
    """The least number from which on devices, which never fall, are those of `last`."""
    return bisect_left(range(last), True, key=lambda n: devices(n) == devices(last))


def _changes(devices: Callable[[int], Devices], last: int) -> list[int]:
    """The numbers from 0 to `last` from which on devices, which never fall, are more than one before."""
    found, stretches = [0], [(0, last)]
    while stretches:
        low, high = stretches.pop()
        if devices(low) == devices(high):
            continue
        if high - low == 1:
            found.append(high)
            continue
        middle = (low + high) // 2
        stretches += [(middle, high), (low, middle)]
    return sorted(found)
