"""Fabrics: switches and links recounted from the design, ports enough for the links, cables for every link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.catalog.fabrics import FabricDesign
from planner.catalog.schema import Switch, System
from planner.errors import InputError
from planner.fabric.counts import FabricCounts
from planner.fabric.generic import fitted
from planner.fabric.sharing import count_hall
from planner.plan.schema import CableLine, FabricPlan
from planner.plan.wiring import cable_lines, endpoints_of
from planner.verify.subject import Broken, Rule, Subject, above, differs

NOT_FIXED = "not fixed by the design"
# Roles of the switches at the two ends of a link between switches, by tier; "leaf", "spine" and "core" are endings.
SWITCH_ENDS = {"leaf-spine": ("leaf", "spine"), "spine-core": ("spine", "core"), "isl": ("leaf", "leaf")}


def fitted_design(subject: Subject, fabric: FabricPlan) -> FabricDesign | None:
    """The design of a fabric, fitted to the ports of its system; None where either is unknown or they do not suit."""
    design, system = subject.library.fabrics.get(fabric.design), subject.product(fabric.system, System)
    if design is None or system is None:
        return None
    try:
        return fitted(design, system)
    except InputError:
        return None


def counts_of(subject: Subject, fabric: FabricPlan) -> FabricCounts | str:
    """The networks of a fabric's design for its systems and the hall's endpoints, counted again, or why not."""
    design = fitted_design(subject, fabric)
    if design is None:
        return f'no fabric design "{fabric.design}" for {fabric.system or "no system"}'
    try:
        ends = endpoints_of(subject.plan, subject.catalog, subject.request, fabric.hall)
        beside = _systems_beside(subject, fabric)
        own = sum(system < fabric.system for system in beside)
        fabrics = list(beside.values())
        fabrics.insert(own, (design, fabric.systems))
        return count_hall(ends, fabrics, subject.request.policy.fabric_growth)[own]
    except InputError as error:
        return str(error)


def _systems_beside(subject: Subject, fabric: FabricPlan) -> dict[str, tuple[FabricDesign, int]]:
    """Designs and numbers of the other systems that the hall of a fabric has, in the order of products."""
    others = sorted(compute_fabrics(subject, fabric.hall), key=lambda other: other.system)
    found = {other.system: (fitted_design(subject, other), other.systems) for other in others}
    return {s: (design, n) for s, (design, n) in found.items() if s != fabric.system and design is not None}


def compute_fabrics(subject: Subject, hall: str) -> list[FabricPlan]:
    """The compute fabrics of a hall: one for each system product in it."""
    return [f for f in subject.plan.fabrics if f.hall == hall and f.fabric == "compute"]


def every_system_has_a_fabric(subject: Subject) -> Iterator[Broken]:
    """The compute fabrics of a hall serve exactly its systems, by designs of the catalog that suit them."""
    for hall in subject.places:
        served = sum(fabric.systems for fabric in compute_fabrics(subject, hall))
        wanted = sum(choice.count for choice in subject.plan.systems if choice.hall == hall)
        yield from differs(hall, "systems on compute fabrics", served, wanted)
    for fabric in subject.plan.fabrics:
        counts = counts_of(subject, fabric)
        if isinstance(counts, str):
            yield Broken(f"{fabric.hall}, {fabric.fabric}", counts)


def switches_are_those_of_the_design(subject: Subject) -> Iterator[Broken]:
    """Switches and fabric managers of a hall are as many as its designs need for its systems and endpoints."""
    for hall in subject.places:
        wanted: Counter[tuple[str, str]] = Counter()
        for fabric in compute_fabrics(subject, hall):
            counts = counts_of(subject, fabric)
            if not isinstance(counts, str):
                for entry in (*counts.switches, *counts.appliances):
                    wanted[entry.role, entry.product] += entry.count
        stands: Counter[tuple[str, str]] = Counter()
        for device in subject.plan.devices:
            if device.hall == hall and ((device.role, device.product) in wanted or _is_switch(subject, device.product)):
                stands[device.role, device.product] += device.count
        for role, name in sorted(wanted | stands):
            yield from differs(f"{hall}, {role}", name, stands[role, name], wanted[role, name])


def _is_switch(subject: Subject, name: str) -> bool:
    return subject.product(name, Switch) is not None


def fabrics_name_their_switches(subject: Subject) -> Iterator[Broken]:
    """The switches that the fabrics of a hall name by role are the devices that the plan counts."""
    for hall in subject.places:
        named: Counter[tuple[str, str]] = Counter()
        for fabric in subject.plan.fabrics:
            if fabric.hall == hall:
                for role, count in fabric.switches.items():
                    named[role, fabric.switch_products.get(role, "")] += count
        for (role, name), count in sorted(named.items()):
            stands = sum(d.count for d in subject.plan.devices if (d.hall, d.role, d.product) == (hall, role, name))
            yield from differs(f"{hall}, {role}", f"{name or 'no product'} in its fabrics", count, stands)


def fabrics_tell_the_source_of_their_design(subject: Subject) -> Iterator[Broken]:
    """Source, date and confidence of a fabric are those of its design in the catalog."""
    for fabric in subject.plan.fabrics:
        design = subject.library.fabrics.get(fabric.design)
        if design is not None:
            place = f"{fabric.hall}, {fabric.fabric}"
            yield from differs(place, "source of its design", fabric.design_source, design.source)
            yield from differs(place, "date of that source", fabric.design_as_of, design.as_of)
            yield from differs(place, "confidence in it", fabric.design_confidence, design.confidence)


def links_are_those_of_the_design(subject: Subject) -> Iterator[Broken]:
    """Links of a fabric, tier by tier at port speed, and its scalable units, are recounted from its design."""
    for fabric in subject.plan.fabrics:
        counts = counts_of(subject, fabric)
        if isinstance(counts, str):
            continue
        place = f"{fabric.hall}, {fabric.fabric}"
        yield from differs(place, "scalable units", fabric.scalable_units, counts.sus)
        known = fabric.fabric != "compute" or not counts.unknown
        yield from differs(place, "whether its counts are known", fabric.counts_known, known)
        wanted = {(e.tier, e.speed_gbit_s): e.count for e in counts.links if e.fabric == fabric.fabric}
        found = {(link.tier, link.speed_gbit_s): link.links for link in fabric.links}
        for tier, speed in sorted(wanted.keys() | found.keys()):
            what = f"{tier} links at {speed:g} Gb/s"
            yield from differs(place, what, found.get((tier, speed), 0), wanted.get((tier, speed), 0))


def fabrics_serve_their_system(subject: Subject) -> Iterator[Broken]:
    """All fabrics of a design in a hall are for the systems of one product there, all of them, spares too."""
    bought = {(choice.hall, choice.product): choice.count for choice in subject.plan.systems}
    for fabric in subject.plan.fabrics:
        place = f"{fabric.hall}, {fabric.fabric}"
        yield from differs(place, f"systems {fabric.system}", fabric.systems, bought.get((fabric.hall, fabric.system)))


def switches_have_the_ports(subject: Subject) -> Iterator[Broken]:
    """Links that end at the switches of one role need no more bandwidth than all their data ports give."""
    for fabric in subject.plan.fabrics:
        used: Counter[str] = Counter()
        for link in fabric.links:
            for ending in SWITCH_ENDS.get(link.tier, ("leaf",)):
                used[ending] += round(link.links * link.speed_gbit_s)
        for ending, bandwidth in sorted(used.items()):
            roles = [role for role in sorted(fabric.switches) if role.endswith(ending)]
            switches = [(subject.product(fabric.switch_products.get(r, ""), Switch), fabric.switches[r]) for r in roles]
            given = sum(count * _bandwidth(switch) for switch, count in switches if switch is not None)
            given += _existing_bandwidth(subject, fabric)
            if roles and all(switch is not None and switch.port_groups for switch, _ in switches):
                yield from above(f"{fabric.hall}, {', '.join(roles)}", "Gb/s of links", bandwidth, given)


def _existing_bandwidth(subject: Subject, fabric: FabricPlan) -> int:
    """Gb/s of the ports of existing switches that links of the fabric take."""
    ports = [p for rack in subject.plan.existing if rack.hall == fabric.hall for p in rack.ports]
    return round(sum(len(p.used) * p.speed_gbit_s for p in ports if p.fabric == fabric.fabric))


def _bandwidth(switch: Switch) -> int:
    return round(sum(group.ports * group.speed_gbit_s for group in switch.port_groups))


def cables_are_wired_again(subject: Subject) -> Iterator[Broken]:
    """Every fabric wired again, port to port between where its devices stand, takes the cables that the plan lists."""
    if any(isinstance(counts_of(subject, fabric), str) for fabric in subject.plan.fabrics):
        return  # every_system_has_a_fabric says so
    if isinstance(subject.wired, InputError):
        yield Broken("cables", f"they cannot be wired: {subject.wired}")
        return
    right = cable_lines(subject.wired)
    found, expected = ({_key(line): line for line in lines} for lines in (subject.plan.cables, right))
    yield from differs("cables", "lines", len(subject.plan.cables), len(right))
    for key in sorted(found.keys() | expected.keys()):
        place = ", ".join(part for part in key if part)
        if key not in found or key not in expected:
            yield Broken(place, "cables that the wiring does not need" if key in found else "cables left out")
            continue
        for what in ("medium", "part_number", "cables", "links", "modules"):
            yield from differs(place, what.replace("_", " "), getattr(found[key], what), getattr(expected[key], what))


def _key(line: CableLine) -> tuple[str, str, str, str, str, str]:
    length = "" if line.length_m is None else f"{line.length_m:g} m"
    return line.hall, line.fabric, line.tier, line.product or "", length, line.part_number


def modules_are_those_of_the_design(subject: Subject) -> Iterator[Broken]:
    """Modules in the cages of a fabric, by where they sit and product, are recounted from its design."""
    for fabric in subject.plan.fabrics:
        counts = counts_of(subject, fabric)
        if isinstance(counts, str):
            continue
        wanted: Counter[str] = Counter()
        for entry in counts.modules:
            if entry.fabric == fabric.fabric:
                wanted[f"{entry.where}/{entry.product or NOT_FIXED}"] += entry.count
        for name in sorted(wanted.keys() | fabric.modules.keys()):
            place = f"{fabric.hall}, {fabric.fabric}"
            yield from differs(place, f"modules {name}", fabric.modules.get(name, 0), wanted[name])


RULES: tuple[Rule, ...] = (
    every_system_has_a_fabric,
    switches_are_those_of_the_design,
    fabrics_name_their_switches,
    fabrics_tell_the_source_of_their_design,
    links_are_those_of_the_design,
    fabrics_serve_their_system,
    switches_have_the_ports,
    cables_are_wired_again,
    modules_are_those_of_the_design,
)
