"""Fabrics: switches and links recounted from the design, ports enough for the links, cables for every link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.catalog.fabrics import FabricDesign
from planner.catalog.schema import Cdu, Storage, Switch
from planner.errors import InputError
from planner.fabric.counts import FabricCounts
from planner.fabric.site import Endpoints, count_site_fabrics
from planner.plan.schema import FabricPlan
from planner.verify.subject import Broken, Rule, Subject, above, differs

NOT_FIXED = "not fixed by the design"
# Roles of the switches at the two ends of a link between switches, by tier; "leaf", "spine" and "core" are endings.
SWITCH_ENDS = {"leaf-spine": ("leaf", "spine"), "spine-core": ("spine", "core"), "isl": ("leaf", "leaf")}


def endpoints_of(subject: Subject, hall: str) -> Endpoints:
    """What the fabrics of a hall connect besides systems: storage, rack PDUs and distribution units of the plan."""
    ports = controllers = 0
    for choice in subject.plan.storage:
        if choice.hall == hall:
            product = subject.known(choice.product, Storage)
            ports += choice.units * sum(p.count for p in product.ports if p.fabric == "storage")
            each = sum(p.count for p in product.ports if p.fabric == "out-of-band")
            controllers += choice.units * max(1, each)
    pdus = sum(p.count * sum(p.pdus.values()) for p in subject.plan.patterns if p.hall == hall)
    cdus = sum(n for name, n in subject.counted_devices(hall).items() if subject.product(name, Cdu) is not None)
    return Endpoints(storage_ports=ports, storage_controllers=controllers, pdus=pdus, other_ports=cdus)


def recounted(subject: Subject, hall: str, design: FabricDesign, systems: int) -> FabricCounts | str:
    """Every fabric of a design for so many systems, or why there is none."""
    growth = subject.request.policy.fabric_growth
    try:
        return count_site_fabrics(design, systems, endpoints_of(subject, hall), growth=growth)
    except InputError as error:
        return str(error)


def compute_fabrics(subject: Subject, hall: str) -> list[FabricPlan]:
    """The compute fabrics of a hall: one for each system product in it."""
    return [f for f in subject.plan.fabrics if f.hall == hall and f.fabric == "compute"]


def every_system_has_a_fabric(subject: Subject) -> Iterator[Broken]:
    """The compute fabrics of a hall serve exactly its systems, by designs that the catalog has."""
    for hall in subject.places:
        served = sum(fabric.systems for fabric in compute_fabrics(subject, hall))
        wanted = sum(choice.count for choice in subject.plan.systems if choice.hall == hall)
        yield from differs(hall, "systems on compute fabrics", served, wanted)
    for fabric in subject.plan.fabrics:
        if fabric.design not in subject.library.fabrics:
            yield Broken(f"{fabric.hall}, {fabric.fabric}", f'no fabric design "{fabric.design}" in the catalog')


def switches_are_those_of_the_design(subject: Subject) -> Iterator[Broken]:
    """Switches and fabric managers of a hall are as many as its designs need for its systems and endpoints."""
    for hall in subject.places:
        wanted: Counter[tuple[str, str]] = Counter()
        for fabric in compute_fabrics(subject, hall):
            design = subject.library.fabrics.get(fabric.design)
            counts = recounted(subject, hall, design, fabric.systems) if design is not None else ""
            if isinstance(counts, str):
                if counts:
                    yield Broken(f"{hall}, {fabric.design}", counts)
                continue
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


def counts_of(subject: Subject, fabric: FabricPlan) -> FabricCounts | None:
    """The networks of a fabric's design for its systems, counted again; None where the design is not known."""
    design = subject.library.fabrics.get(fabric.design)
    counts = recounted(subject, fabric.hall, design, fabric.systems) if design is not None else ""
    return None if isinstance(counts, str) else counts


def links_are_those_of_the_design(subject: Subject) -> Iterator[Broken]:
    """Links of a fabric, tier by tier at port speed, and its scalable units, are recounted from its design."""
    for fabric in subject.plan.fabrics:
        counts = counts_of(subject, fabric)
        if counts is None:
            continue
        place = f"{fabric.hall}, {fabric.fabric}"
        yield from differs(place, "scalable units", fabric.scalable_units, counts.sus)
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
            if roles and all(switch is not None and switch.port_groups for switch, _ in switches):
                yield from above(f"{fabric.hall}, {', '.join(roles)}", "Gb/s of links", bandwidth, given)


def _bandwidth(switch: Switch) -> int:
    groups = [g for g in switch.port_groups if g.role in ("data", "uplink", "management")]
    return round(sum(group.ports * group.speed_gbit_s for group in groups))


def every_link_has_a_cable(subject: Subject) -> Iterator[Broken]:
    """Cables of a fabric's tier carry all its links; only the last cable may have a link to spare."""
    Tier = tuple[str, str, str]
    carried: Counter[Tier] = Counter()
    for cable in subject.plan.cables:
        carried[cable.hall, cable.fabric, cable.tier] += cable.links
        if not 0 < cable.cables <= cable.links:
            place = f"{cable.hall}, {cable.fabric}, {cable.tier}"
            yield Broken(place, f"{cable.cables} cables for {cable.links} links")
    linked: Counter[Tier] = Counter()
    spare: Counter[Tier] = Counter()
    for fabric in subject.plan.fabrics:
        for link in fabric.links if fabric.counts_known else ():
            linked[fabric.hall, fabric.fabric, link.tier] += link.links
        counts = counts_of(subject, fabric)
        for entry in counts.cables if counts is not None else ():
            if entry.fabric == fabric.fabric:
                spare[fabric.hall, entry.fabric, entry.tier] += entry.links_per_cable - 1
    for tier in sorted(linked | carried):
        if not linked[tier] <= carried[tier] <= linked[tier] + spare[tier]:
            yield from differs(", ".join(tier), "links on cables", carried[tier], linked[tier])


def modules_are_those_of_the_design(subject: Subject) -> Iterator[Broken]:
    """Modules in the cages of a fabric, by where they sit and product, are recounted from its design."""
    for fabric in subject.plan.fabrics:
        counts = counts_of(subject, fabric)
        wanted: Counter[str] = Counter()
        for entry in counts.modules if counts is not None else ():
            if entry.fabric == fabric.fabric:
                wanted[f"{entry.where}/{entry.product or NOT_FIXED}"] += entry.count
        for name in sorted(wanted.keys() | fabric.modules.keys() if counts is not None else ()):
            place = f"{fabric.hall}, {fabric.fabric}"
            yield from differs(place, f"modules {name}", fabric.modules.get(name, 0), wanted[name])


RULES: tuple[Rule, ...] = (
    every_system_has_a_fabric,
    switches_are_those_of_the_design,
    fabrics_name_their_switches,
    links_are_those_of_the_design,
    fabrics_serve_their_system,
    switches_have_the_ports,
    every_link_has_a_cable,
    modules_are_those_of_the_design,
)
