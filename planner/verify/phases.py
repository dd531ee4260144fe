"""The build-out: every phase served by what stands and has arrived, nothing taken away, orders that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from math import ceil

from planner.catalog.facts import ceiling, floor
from planner.catalog.schema import Cdu, Device, Storage, System
from planner.demand.phase_units import units_in_phase
from planner.demand.spares import spares
from planner.errors import InputError
from planner.facility.cooling import cdu_capacity_w
from planner.facility.power import worst_load_w
from planner.facility.tree_loads import NodeState, node_states, tree_of
from planner.money import Range, total
from planner.plan.jobs import SPARE_REPLICAS
from planner.plan.phase_limits import hall_in_phase, rows_held_up
from planner.plan.phase_orders import Standing, bought_by_line, cables_laid, order_by, pieces_bought
from planner.plan.phase_stocks import ends_of, pieces_of, rack_names
from planner.plan.question import storage_need
from planner.plan.schema import PhasePlan
from planner.request.phase import Phase
from planner.request.power_tree import drops_of
from planner.request.workload import Inference
from planner.verify.bill import unit_price_of
from planner.verify.subject import Broken, Rule, Subject, above, differs

SECONDS_PER_DAY = 86_400
Key = tuple[str, str, str]


def phases_are_those_of_the_request(subject: Subject) -> Iterator[Broken]:
    """Every phase of the request in its order, by its name, date, shares and what its halls survive."""
    asked = subject.request.phases
    yield from differs("phases", "phases", [p.id for p in subject.plan.phases], [p.id for p in asked])
    decided = [d.workload for d in subject.plan.decisions if d.system]
    for plan, phase in pairs(subject):
        place = f"phase {phase.id}"
        yield from differs(place, "name", plan.name, phase.name or phase.id)
        yield from differs(place, "date", plan.date, phase.date)
        yield from differs(place, "shares", plan.shares, {w: phase.shares.get(w, 1.0) for w in sorted(decided)})
        halls = {name: hall_in_phase(p.site, p.hall, phase) for name, p in subject.places.items()}
        redundancy = {name: hall.power.redundancy for name, hall in halls.items() if hall is not None}
        yield from differs(place, "redundancy", plan.redundancy, redundancy)


def pairs(subject: Subject) -> list[tuple[PhasePlan, Phase]]:
    """Phases of the plan beside those of the request, as far as both go."""
    return list(zip(subject.plan.phases, subject.request.phases, strict=False))


def whole(subject: Subject) -> dict[Key, int]:
    """Every device of the end state by rack, role and product."""
    return {piece.key: len(piece.at) for piece in pieces_of(subject.plan.racks, subject.patterns)}


def standings(subject: Subject) -> list[Standing]:
    """What stands in each phase, read off the racks that the phases add and those that are not full yet."""
    everything, racks, found = whole(subject), set[str](), []
    for plan in subject.plan.phases:
        racks.update(plan.added_racks)
        pieces = {key: count for key, count in everything.items() if key[0] in racks}
        for part in plan.part_racks:
            pieces[part.rack, part.role, part.product] = part.count
        found.append(Standing({key: n for key, n in pieces.items() if n}, frozenset(racks)))
    return found


def phases_never_shrink(subject: Subject) -> Iterator[Broken]:
    """A rack is added once, no device is taken away, and in the last phase everything stands."""
    if not subject.plan.phases:
        return
    added = [rack for plan in subject.plan.phases for rack in plan.added_racks]
    yield from differs("phases", "racks", sorted(added), sorted(rack.id for rack in subject.plan.racks))
    everything, before = whole(subject), Standing({}, frozenset())
    for plan, now in zip(subject.plan.phases, standings(subject), strict=True):
        place = f"phase {plan.id}"
        for key, count in now.pieces.items():
            if count < 0 or count > everything.get(key, 0):
                yield Broken(place, f"{count} x {key[2]} in {key[0]}, {everything.get(key, 0)} in the end")
        for key, count in before.pieces.items():
            if now.pieces.get(key, 0) < count:
                yield Broken(place, f"{now.pieces.get(key, 0)} x {key[2]} in {key[0]} after {count}")
        positions = sum(len(rack.positions) for rack in subject.plan.racks if rack.id in now.racks)
        yield from differs(place, "positions in use", plan.racks, positions)
        before = now
    yield from differs("last phase", "devices", before.pieces, {key: n for key, n in everything.items() if n})


def phases_count_their_systems(subject: Subject) -> Iterator[Broken]:
    """Systems, accelerators and storage units of a phase are those of the racks that stand."""
    for plan, now in zip(subject.plan.phases, standings(subject), strict=True):
        place, halls = f"phase {plan.id}", {rack.id: rack.hall for rack in subject.plan.racks}
        systems: Counter[tuple[str, str]] = Counter()
        stores: Counter[str] = Counter()
        for (rack, role, product), count in now.pieces.items():
            if subject.product(product, System) is not None:
                systems[halls[rack], product] += count
            elif role == "storage":
                stores[halls[rack]] += count
        stated = {(s.hall, s.product): s.count for s in plan.systems}
        yield from differs(place, "systems", stated, dict(systems))
        yield from differs(place, "storage units", plan.storage_units, dict(sorted(stores.items())))
        for system in plan.systems:
            each = subject.known(system.product, System).accelerators
            yield from differs(place, "accelerators", system.accelerators, system.count * each)


def is_whole(subject: Subject, plan: PhasePlan, hall: str, product: str) -> bool:
    """Whether every system of a product in a hall stands: there, workloads are served as in the end state."""
    final = {(s.hall, s.product): s.count for s in subject.plan.systems}
    return any(s.count == final.get((hall, product)) for s in plan.systems if (s.hall, s.product) == (hall, product))


def phases_serve_their_shares(subject: Subject) -> Iterator[Broken]:
    """Units of every workload are its share, at places where it runs, on accelerators in service there."""
    decided = {d.workload: d for d in subject.plan.decisions if d.system}
    spare = {w.id: SPARE_REPLICAS[w.redundancy] for w in subject.request.workloads if isinstance(w, Inference)}
    for plan, phase in pairs(subject):
        units: Counter[str] = Counter()
        asked: Counter[tuple[str, str]] = Counter()
        for service in plan.services:
            decision = decided.get(service.workload)
            if decision is None or service.location not in decision.location.split(" + "):
                yield Broken(f"phase {plan.id}", f"{service.workload} does not run at {service.location}")
                continue
            need = subject.needs.get((service.workload, decision.system))
            if need is None:
                continue  # decided_needs_are_stated says so
            units[service.workload] += service.units
            asked[service.location, decision.system] += service.units * need.unit_accelerators
        for name, decision in decided.items():
            need = subject.needs.get((name, decision.system))
            if need is None:
                continue  # decided_needs_are_stated says so
            here = any(place in subject.places for place in decision.location.split(" + "))
            standby = min(spare.get(name, 0), need.units - 1) if here else 0
            right = units_in_phase(need.units, standby, phase.shares.get(name, 1.0))
            yield from differs(f"phase {plan.id}, {name}", "units", units[name], right)
        running = {(s.hall, s.product): s.accelerators // max(1, s.count) * (s.count - s.spares) for s in plan.systems}
        for key, wanted in asked.items():
            if key[0] in subject.places and running.get(key, 0) < wanted and not is_whole(subject, plan, *key):
                yield Broken(f"phase {plan.id}, {key[0]}", f"{running.get(key, 0)} accelerators, {wanted} asked for")


def phases_keep_their_spares(subject: Subject) -> Iterator[Broken]:
    """Spare nodes of a phase cover the failures expected while one is repaired."""
    policy = subject.request.policy.spares
    rate = subject.library.priors.of("reliability", "any").values["failures_per_accelerator_day"]
    for plan in subject.plan.phases:
        for choice in plan.systems:
            system = subject.known(choice.product, System)
            if system.form != "node" or is_whole(subject, plan, choice.hall, choice.product):
                continue
            serving = max(0, choice.count - choice.spares)
            wanted = spares(serving, rate * system.accelerators, policy.repair / SECONDS_PER_DAY, policy.cover)
            if choice.spares < wanted:
                yield Broken(f"phase {plan.id}, {choice.hall}", f"{choice.spares} spares, {wanted} needed")


def phases_store_their_share(subject: Subject) -> Iterator[Broken]:
    """Usable capacity of a site in a phase is its share of what the end state needs."""
    for plan, phase in pairs(subject):
        for site in subject.request.sites:
            need = storage_need(subject.request, site, subject.library)
            wanted = ceil(Fraction(str(phase.storage)) * need.usable_tb) if need.keeps_data else 0
            given = 0
            for choice in subject.plan.storage:
                if choice.hall in {hall.id for hall in site.halls}:
                    each = floor(subject.known(choice.product, Storage).usable_tb) or 0
                    given += each * plan.storage_units.get(choice.hall, 0)
            if given < wanted:
                yield Broken(f"phase {plan.id}, {site.id}", f"{given} TB of storage, {wanted} needed")


def cables_of_a_phase_end_at_switches(subject: Subject) -> Iterator[Broken]:
    """Where a device stands, so do the switches that its cables end at: no cable is ever moved."""
    if not subject.plan.phases or isinstance(subject.wired, InputError):
        return  # cables_are_wired_again says so
    ends = ends_of(subject.wired, rack_names(subject.plan.racks))
    for plan, now in zip(subject.plan.phases, standings(subject), strict=True):
        for key in now.pieces:
            for above_it in sorted(ends.above.get(key, set())):
                if above_it not in now.pieces:
                    yield Broken(f"phase {plan.id}", f"{key[2]} in {key[0]} stands without {above_it[2]}")


def nothing_stands_before_it_can(subject: Subject) -> Iterator[Broken]:
    """Rows and loops have arrived, and every product had its lead time since the order."""
    ordered = date.fromisoformat(subject.request.policy.order_date or subject.request.date)
    places = {rack.id: rack for rack in subject.plan.racks}
    for (plan, phase), now in zip(pairs(subject), standings(subject), strict=False):
        halls = {name: hall_in_phase(p.site, p.hall, phase) for name, p in subject.places.items()}
        weeks = (date.fromisoformat(phase.date) - ordered).days // 7
        for rack in sorted(now.racks):
            there = halls[places[rack].hall]
            row = next((r for r in there.rows if r.id == places[rack].row), None) if there is not None else None
            if row is None or there is None:
                yield Broken(f"phase {plan.id}", f"{rack} stands in a row that has not arrived")
                continue
            if row.id not in rows_held_up(there):
                yield Broken(f"phase {plan.id}", f"{rack} is left without a feed under {there.power.redundancy}")
            wet = subject.pattern_of(places[rack]).heat_liquid_w and row.loop is not None
            if wet and row.loop not in {loop.id for loop in there.cooling.loops}:
                yield Broken(f"phase {plan.id}", f"{rack} needs the loop {row.loop}, which has not arrived")
        for name in sorted({key[2] for key in now.pieces}):
            lead = ceiling(subject.catalog.products[name].lead_time_weeks)
            if lead is not None and lead > weeks:
                yield Broken(f"phase {plan.id}", f"{name} takes {lead} weeks, {weeks} are left")


def feeds_of_a_phase_hold(subject: Subject) -> Iterator[Broken]:
    """Every source, feed and panel that has arrived carries what stands, in every state that the phase must survive."""
    for (plan, phase), now in zip(pairs(subject), standings(subject), strict=False):
        design = {rack: load(subject, now, rack, "design_w") for rack in now.racks}
        peak = {rack: load(subject, now, rack, "peak_w") for rack in now.racks}
        yield from differs(f"phase {plan.id}", "design W", plan.power_design_w, sum(design.values()))
        right = []
        for name, place in subject.places.items():
            there = hall_in_phase(place.site, place.hall, phase)
            if there is None:
                continue
            drops, tree = {row.id: drops_of(row) for row in there.rows}, tree_of(there)
            here = [r for r in subject.racks_in(name) if r.id in now.racks and r.row in drops]
            states = node_states(tree, [(drops[r.row], design[r.id]) for r in here])
            peaks = node_states(tree, [(drops[r.row], peak[r.id]) for r in here])
            for node, (kind, _) in tree.nodes.items():
                at = f"phase {plan.id}, {name}, {kind} {node}"
                yield from _carried(at, states[node], peaks[node])
                if kind == "feed":
                    right.append((name, node, worst_load_w(states[node]), tree.limits(node)[1]))
        stated = [(f.hall, f.feed, f.load_w, f.continuous_w) for f in plan.feeds]
        yield from differs(f"phase {plan.id}", "feeds", stated, right)


def _carried(place: str, design: tuple[NodeState, ...], peak: tuple[NodeState, ...]) -> Iterator[Broken]:
    for state in design:
        if state.continuous_w is not None:
            yield from above(place, f"W, {state.lost or 'normal'}", state.load_w, state.continuous_w)
    for state in peak:
        if state.capacity_w is not None:
            yield from above(place, f"W at peak, {state.lost or 'normal'}", state.load_w, state.capacity_w)


def load(subject: Subject, now: Standing, rack: str, tier: str) -> int:
    """Power of what stands in a rack, in W."""
    return sum(
        count * (getattr(subject.tiers(product), tier) or 0)
        for (name, _, product), count in now.pieces.items()
        if name == rack
    )


def heat_of_a_phase_is_carried(subject: Subject) -> Iterator[Broken]:
    """Distribution units that stand carry the heat of their loop, with one lost where the policy asks for it."""
    spare = 1 if subject.request.policy.cdu_redundancy == "N+1" else 0
    for plan, now in zip(subject.plan.phases, standings(subject), strict=True):
        for name, place in subject.places.items():
            for loop in place.planned.cooling.loops:
                if loop.cdus == "present":
                    continue
                rows = {row.id for row in place.planned.rows if row.loop == loop.id}
                racks = {rack.id for rack in subject.racks_in(name) if rack.row in rows}
                heat = units = 0
                for (rack, _, product), count in now.pieces.items():
                    if rack not in racks:
                        continue
                    cdu = subject.product(product, Cdu)
                    if cdu is not None:
                        units += count * (cdu_capacity_w(cdu, loop.approach, loop.supply) or 0)
                        lost = spare * (cdu_capacity_w(cdu, loop.approach, loop.supply) or 0)
                    elif subject.product(product, Device) is not None:
                        heat += count * subject.heat(product)[1]
                if heat and units - lost < heat:
                    yield Broken(f"phase {plan.id}, loop {loop.id}", f"{units - lost:,} W of CDUs, {heat:,} W of heat")


def orders_buy_what_stands(subject: Subject) -> Iterator[Broken]:
    """Orders of a phase are what stands by then less what was ordered before; together they are the bill."""
    if not subject.plan.phases or isinstance(subject.wired, InputError):
        return  # cables_are_wired_again says so
    before: Mapping[int, int] = {}
    lines = {line.line: line for line in subject.plan.bill}
    for plan, now in zip(subject.plan.phases, standings(subject), strict=True):
        pieces = pieces_bought(now, subject.plan.racks, subject.patterns)
        cables, modules = cables_laid(now, subject.wired, subject.plan.racks, subject.catalog)
        bought = bought_by_line(subject.plan.bill, pieces, cables, modules, subject.catalog, subject.request)
        right = {n: bought[n] - before.get(n, 0) for n in bought if bought[n] > before.get(n, 0)}
        stated = {order.line: order.quantity for order in plan.orders}
        yield from differs(f"phase {plan.id}", "orders by line", stated, right)
        for order in plan.orders:
            line = lines.get(order.line)
            if line is None:
                continue
            place = f"phase {plan.id}, line {order.line}"
            yield from differs(place, "order by", order.order_by, order_by(plan.date, line.lead_time_weeks))
            price = unit_price_of(subject, line)
            then, by_now = before.get(order.line, 0), before.get(order.line, 0) + order.quantity
            cost = _between(price.times(then), price.times(by_now)) if price is not None else None
            yield from differs(place, "price", order.extended, cost)
        priced = [order.extended for order in plan.orders if order.extended is not None]
        yield from differs(f"phase {plan.id}", "spend", plan.spend, total(priced))
        yield from differs(
            f"phase {plan.id}", "orders without a price", plan.orders_without_price, len(plan.orders) - len(priced)
        )
        before = bought
    for line in subject.plan.bill:
        if not line.recurring:
            yield from differs(f"line {line.line}", "quantity over all phases", before.get(line.line, 0), line.quantity)


def _between(then: Range, now: Range) -> Range:
    return Range(low=now.low - then.low, typical=now.typical - then.typical, high=now.high - then.high)


RULES: tuple[Rule, ...] = (
    phases_are_those_of_the_request,
    phases_never_shrink,
    phases_count_their_systems,
    phases_serve_their_shares,
    phases_keep_their_spares,
    phases_store_their_share,
    cables_of_a_phase_end_at_switches,
    nothing_stands_before_it_can,
    feeds_of_a_phase_hold,
    heat_of_a_phase_is_carried,
    orders_buy_what_stands,
)
