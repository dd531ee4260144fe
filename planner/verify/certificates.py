"""Packing certificates, checked against devices and racks that are built again from the request and the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.catalog.schema import Device, System
from planner.facility.loads import max_rack_weight_kg
from planner.facility.power import rack_limits
from planner.packing.certificate import bound_from_certificate, check_certificate
from planner.packing.data import Certificate, DeviceClass, PackingProblem, RackClass
from planner.plan.schema import CutCertificate, Pattern
from planner.request.site import Row
from planner.verify.racks import OUTLETS, SHARED_OUTLET, cords_per_side, outlets_given
from planner.verify.subject import Broken, Place, Rule, Subject, differs, feeds_of
from planner.verify.weight import footprint_mm

UNLIMITED = 10**9
EITHER = "C13 or C19"
RESOURCES = ("height_u", "design_w", "peak_w", "air_w", "weight_kg")


def device_classes(subject: Subject, hall: str, names: list[str], feeds: int) -> list[DeviceClass]:
    """Devices by "role/product" as a rack must hold them: height, design and peak W, W to air, kg, sockets."""
    counts = role_counts(subject, hall)
    found = []
    for key in names:
        product = subject.product(key.split("/", 1)[-1], Device)
        if product is None:
            continue
        tiers = subject.tiers(product.id)
        cords = sockets_needed(product, feeds)
        size = (
            product.height_u.value or 0, tiers.design_w or 0, tiers.peak_w or 0, subject.heat(product.id)[0],
            subject.weight_kg(product.id) or 0,
        )  # fmt: skip
        found.append(DeviceClass(key, (*size, *cords), counts[key]))
    return found


def sockets_needed(product: Device, feeds: int) -> tuple[int, ...]:
    """C13 sockets, C19 sockets, and both together on each feed side."""
    kinds = tuple(sum(cords_per_side(i.count, feeds) for i in product.inlets if i.outlet == k) for k in OUTLETS)
    return (*kinds, sum(kinds))


def role_counts(subject: Subject, hall: str) -> Counter[str]:
    """Devices of a hall that stand in racks with others, by "role/product"."""
    counts: Counter[str] = Counter()
    for rack in subject.racks_in(hall):
        for device in subject.pattern_of(rack).devices:
            system = subject.product(device.product, System) is not None
            role = "system" if system else device.role
            counts[f"{role}/{device.product}"] += 1
    return counts


def rack_class(subject: Subject, place: Place, key: str) -> RackClass | None:
    """A kind of position ("hall/rowA+rowB") as a rack to fill: the most that any of its rows lets one rack hold."""
    hall, _, names = key.partition("/")
    rows = [row for row in place.planned.rows if row.id in names.split("+")]
    if hall != place.hall.id or not rows or len(rows) != len(names.split("+")):
        return None
    capacities = [_capacity(subject, place, row) for row in rows]
    return RackClass(key, tuple(max(values) for values in zip(*capacities, strict=True)))


def _capacity(subject: Subject, place: Place, row: Row) -> tuple[int, ...]:
    design, peak = rack_limits(row, place.planned.power)
    here = {rack.pattern for rack in subject.racks_in(place.hall.id) if rack.row == row.id}
    like = [p for p in subject.plan.patterns if p.hall == place.hall.id and p.rack_product is not None]
    like = [p for p in like if p.id in here] or like
    height = max((min(p.height_u or row.rack_height_u, row.rack_height_u) for p in like), default=row.rack_height_u)
    air = row.air_per_rack if row.air_per_rack is not None else UNLIMITED
    weights = [_room_kg(subject, place, row, pattern) for pattern in like]
    sockets = [_sockets(subject, place, pattern) for pattern in like] or [(UNLIMITED,) * (len(OUTLETS) + 1)]
    most = tuple(max(values) for values in zip(*sockets, strict=True))
    return (height, design, peak, air, max(weights, default=UNLIMITED), *most)


def _room_kg(subject: Subject, place: Place, row: Row, pattern: Pattern) -> int:
    width, depth = footprint_mm(subject, pattern, row)
    most = max_rack_weight_kg(row, place.hall.floor, width, depth)
    if most is None:
        return UNLIMITED
    own = [pattern.rack_product] if pattern.rack_product is not None else []
    empty = sum(subject.weight_kg(name) or 0 for name in own)
    empty += sum((subject.weight_kg(name) or 0) * count for name, count in pattern.pdus.items())
    return max(0, most - empty)


def _sockets(subject: Subject, place: Place, pattern: Pattern) -> tuple[int, ...]:
    """Sockets of one feed side that C13 cords, C19 cords, and both together may use."""
    feeds = feeds_of(place, pattern, subject.racks_in(place.hall.id))
    given = outlets_given(subject, pattern, feeds)
    if not given:
        return (UNLIMITED,) * (len(OUTLETS) + 1)
    shared = given[SHARED_OUTLET]
    return (*(given[kind] + shared for kind in OUTLETS), sum(given[kind] for kind in OUTLETS) + shared)


def problem_of(subject: Subject, certificate: CutCertificate) -> PackingProblem | str:
    """The packing problem that a certificate speaks of, or why it speaks of nothing in the request."""
    place = subject.places.get(certificate.hall)
    if place is None:
        return f'no hall "{certificate.hall}"'
    feeds = max(len(row.feeds) for row in place.hall.rows)
    names = sorted(certificate.weights)
    devices = device_classes(subject, certificate.hall, names, feeds)
    if [device.id for device in devices] != names:
        return "it weighs devices that the catalog does not have"
    racks = [rack_class(subject, place, key) for key in sorted(certificate.z)]
    if None in racks:
        return "it counts kinds of rows that the request does not have"
    return PackingProblem((*RESOURCES, *OUTLETS, EITHER), tuple(devices), tuple(r for r in racks if r is not None))


def certificates_hold(subject: Subject) -> Iterator[Broken]:
    """No content of one rack weighs more than the certificate says: checked by a search of its own, in integers.

    A certificate of packing may rest on the counts of the plan; one of sizing holds for every mix.
    """
    for proof in subject.plan.proofs:
        for certificate in proof.certificates:
            place = f"{proof.stage}, {proof.subject}"
            problem = problem_of(subject, certificate)
            if isinstance(problem, str):
                yield Broken(place, f"a certificate that cannot be read: {problem}")
                continue
            plain = plain_certificate(certificate)
            if not check_certificate(plain, problem, within_counts=proof.stage == "packing"):
                yield Broken(place, "a certificate that does not hold: some rack can carry more weight than it says")


def plain_certificate(certificate: CutCertificate) -> Certificate:
    """The certificate as the checker takes it."""
    return Certificate(tuple(sorted(certificate.weights.items())), tuple(sorted(certificate.z.items())))


def packing_counts_the_racks(subject: Subject) -> Iterator[Broken]:
    """What packing proves is about the racks that stand in its hall: those that hold devices."""
    for proof in subject.plan.proofs:
        if proof.stage == "packing" and proof.unit == "racks":
            filled = sum(subject.pattern_of(r).rack_product is not None for r in subject.racks_in(proof.subject))
            yield from differs(f"packing, {proof.subject}", "racks", proof.objective, filled)


def packing_bounds_follow_from_certificates(subject: Subject) -> Iterator[Broken]:
    """Racks said to be needed at least are proven by a certificate or by one resource alone; else the plan is believed.

    A bound beyond both may still be right (the search closes the last rack by enumeration), so it is only a warning.
    """
    for proof in subject.plan.proofs:
        if proof.stage != "packing" or proof.unit != "racks" or proof.subject not in subject.places:
            continue
        bounds = [_bound(subject, certificate) for certificate in proof.certificates]
        best = max(*bounds, resource_bound(subject, proof.subject), 0)
        if proof.lower_bound > best:
            text = f"a lower bound of {proof.lower_bound} racks; what the plan carries proves {best}"
            numbers = {"found": proof.lower_bound, "proven": best}
            yield Broken(f"packing, {proof.subject}", text, numbers, "warning")


def resource_bound(subject: Subject, hall: str) -> int:
    """Racks that the devices of a hall fill by height, power, air, weight or sockets alone."""
    place = subject.places[hall]
    feeds = max(len(row.feeds) for row in place.hall.rows)
    devices = device_classes(subject, hall, sorted(role_counts(subject, hall)), feeds)
    racks = [rack for row in place.planned.rows if (rack := rack_class(subject, place, f"{hall}/{row.id}"))]
    needed = [sum(device.size[k] * device.count for device in devices) for k in range(len(racks[0].capacity))]
    most = [max(rack.capacity[k] for rack in racks) for k in range(len(needed))]
    return max((-(-n // room) for n, room in zip(needed, most, strict=True) if room), default=0)


def _bound(subject: Subject, certificate: CutCertificate) -> int:
    try:
        return bound_from_certificate(plain_certificate(certificate), role_counts(subject, certificate.hall))
    except ValueError:
        return 0


RULES: tuple[Rule, ...] = (certificates_hold, packing_counts_the_racks, packing_bounds_follow_from_certificates)
