"""Workloads that are kept apart: with any one failure domain lost, what is left still serves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ortools.sat.python import cp_model

from planner.facility.apart import CONTAINED_IN, most_in_a_domain
from planner.request.workload import Domain
from planner.sizing.data import HallData, Item, PositionClass, SizingData, SizingResult, WorkloadData, WorkloadOption
from planner.sizing.limits import APART, Limit, Relaxation
from planner.sizing.variables import Expr, Variables, total


def kinds_asked(data: SizingData) -> list[Domain]:
    """Kinds of domain that any workload is kept apart by."""
    asked = {workload.keep_apart for workload in data.workloads}
    return [kind for kind in CONTAINED_IN if kind in asked]


def protected(data: SizingData, kind: Domain) -> list[WorkloadData]:
    """Workloads that must survive the loss of one domain of a kind, or of something that contains one."""
    return [workload for workload in data.workloads if workload.keep_apart in CONTAINED_IN[kind]]


def working(option: WorkloadOption) -> int:
    """Accelerators that a workload needs on a system without its spare replicas."""
    return (option.units - option.spare_units) * option.unit_accelerators


def workloads_survive_the_loss_of_a_domain(
    model: cp_model.CpModel, data: SizingData, v: Variables, relaxation: Relaxation
) -> None:
    """With any one domain lost, the accelerators in service elsewhere carry all workloads that are kept apart by it.

    The rule is linear: n_d is the number of systems in domain d, spares too, and (n - n_d) x accelerators >= working
    for each d, where n are those in service. The n_d of a position class add up to what stands there, and each has
    racks enough on the domain's own positions; so the counts that the solver gives are a spread that exists.
    `planner.sizing.apart_racks` packs such a spread, domain by domain.
    """
    for kind in kinds_asked(data):
        kept = [w for w in protected(data, kind) if Limit(APART, w.key) not in relaxation.dropped]
        for system in sorted({option.system for w in kept for option in w.options}):
            for left in _left_without(model, data, v, kind, system):
                need = total(
                    uses * working(option)
                    for w in kept
                    for option in w.options
                    if option.system == system and (uses := v.uses.get((w.key, system))) is not None
                )
                for w in kept:
                    _enough_is_left(model, v, relaxation, w, system, left - need)


def _enough_is_left(
    model: cp_model.CpModel, v: Variables, relaxation: Relaxation, w: WorkloadData, system: str, margin: Expr
) -> None:
    uses = v.uses.get((w.key, system))
    if uses is None:
        return
    limit = Limit(APART, w.key)
    if limit in relaxation.measured:
        margin = margin + v.excess[limit]
    model.add(margin >= 0).only_enforce_if(uses)


def _left_without(model: cp_model.CpModel, data: SizingData, v: Variables, kind: Domain, system: str) -> Iterator[Expr]:
    """For each domain of a kind the accelerators of a system in service outside of it. A region is one domain."""
    halls = [(hall, option) for hall in data.halls for option in hall.systems if option.item == system]
    rents = [(r.region, v.rents[r.region, r.instance] * r.accelerators) for r in data.rents if r.system == system]
    service = total([*(v.systems[hall.key, system] * o.accelerators for hall, o in halls), *(n for _, n in rents)])
    for _, there in rents:
        yield service - there
    for hall, option in halls:
        for _, there in sorted(_in_domains(model, hall, v, kind, system).items()):
            yield service - there * option.accelerators


def _in_domains(model: cp_model.CpModel, hall: HallData, v: Variables, kind: Domain, system: str) -> dict[str, Expr]:
    """Systems in each domain of a hall, spares too."""
    found: dict[str, list[cp_model.LinearExprT]] = {}
    for place in hall.classes:
        pieces = v.placed.get((hall.key, place.key, system))
        if pieces is None:
            continue
        shares = _shares(model, hall, v, place, kind, system)
        model.add(total(shares.values()) == pieces)
        for name, share in shares.items():
            found.setdefault(name, []).append(share)
    return {name: total(terms) for name, terms in found.items()}


def _shares(
    model: cp_model.CpModel, hall: HallData, v: Variables, place: PositionClass, kind: Domain, system: str
) -> dict[str, Expr]:
    """Systems of a class in each domain, no more than its positions hold; nodes need racks of the class there."""
    item, shares, racks = hall.items[system], {}, []
    for name, positions in _room(place, item, kind).items():
        share = model.new_int_var(
            0, positions * max(1, per_rack(place, item)), f"in[{kind},{name},{place.key},{system}]"
        )
        shares[name] = total([share])
        if item.form == "node":
            here = model.new_int_var(0, positions, f"racks[{kind},{name},{place.key},{system}]")
            model.add(share <= here * per_rack(place, item))
            racks.append(here)
        else:
            model.add(share <= positions)
    if racks:
        model.add(total(racks) <= v.racks[hall.key, place.key])
    return shares


def _room(place: PositionClass, item: Item, kind: Domain) -> dict[str, int]:
    """Positions of each domain, or pairs for a system that takes two."""
    room: dict[str, int] = {}
    for part in place.parts:
        name = part.domains[kind]
        room[name] = room.get(name, 0) + (part.pairs if item.positions == 2 else part.positions)
    return dict(sorted(room.items()))


def per_rack(place: PositionClass, item: Item) -> int:
    """The most of a node that a rack of a class could hold by height, power and air."""
    sizes = ((place.height_u, item.height_u), (place.design_w, item.design_w), (place.peak_w, item.peak_w))
    air = ((place.air_w, item.air_w),) if place.air_w is not None else ()
    return min((limit // size for limit, size in (*sizes, *air) if size), default=place.height_u)


@dataclass(frozen=True)
class Cap:
    """No domain of a kind holds more than `most` of a system."""

    kind: Domain
    item: str
    most: int


def caps_of(data: SizingData, sized: SizingResult) -> tuple[Cap, ...]:
    """What the counts of a sizing allow in one domain, for every system that serves a workload kept apart."""
    caps = []
    for kind in kinds_asked(data):
        needs: dict[str, int] = {}
        for workload in protected(data, kind):
            system = next((system for _, system, _ in sized.units.get(workload.key, ())), None)
            option = next((o for o in workload.options if o.system == system), None)
            if option is not None:
                needs[option.system] = needs.get(option.system, 0) + working(option)
        for system, need in sorted(needs.items()):
            service, each = _in_service(data, sized, system)
            if each:
                caps.append(Cap(kind, system, most_in_a_domain(service, need, each)))
    return tuple(caps)


def _in_service(data: SizingData, sized: SizingResult, system: str) -> tuple[int, int]:
    """(accelerators of a system in service on site, accelerators of one); (0, 0) where it is rented or not there."""
    found = each = 0
    for hall in data.halls:
        for option in hall.systems:
            if option.item == system and sized.counts[hall.key].get(system):
                count = sized.counts[hall.key][system] - sized.spares[hall.key].get(system, 0)
                found, each = found + count * option.accelerators, option.accelerators
    return found, each
