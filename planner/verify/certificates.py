"""Packing certificates, checked against devices and racks that are built again from the request and the catalog."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from planner import money
from planner.catalog.schema import Device, Pdu, PowerShelf
from planner.facility.anchors import anchored_role
from planner.facility.busbar import needs_busbar, shelf_limits, shelves_per_feed, shelves_u
from planner.facility.loads import air_of_a_rack, max_rack_weight_kg
from planner.facility.power import loss_states, pdu_w, rack_limits
from planner.facility.standing import extended
from planner.packing.certificate import bound_from_certificate, check_certificate
from planner.packing.data import Certificate, DeviceClass, PackingProblem, RackClass, renamed, renamed_in
from planner.plan.schema import CutCertificate, Pattern, Proof
from planner.request.check_existing import spot_of
from planner.request.ground import Stretch, admitted_roles, stretches_of
from planner.request.positions import Role
from planner.request.site import Row
from planner.verify.existing import room_of
from planner.verify.racks import OUTLETS, SHARED_OUTLET, cords_per_side, fewest_feeds
from planner.verify.subject import Broken, Place, Rule, Subject, differs
from planner.verify.weight import footprint_mm

FIXED = "@"  # before the position of a rack that stands already
PDUS = "#"  # before the number of PDUs on each feed, where a kind of rack is told by it
UNLIMITED = 10**9
WHERE_IT_IS = {"id", "positions", "x", "y", "blocked", "reserved", "pod"}
RESOURCES = ("height_u", "design_w", "peak_w", "air_w", "weight_kg", *OUTLETS, "C13 or C19")
PRICE_WEIGHT = 1000  # packing pays for a rack 1000 times its price, and 1: the price first, then the number


def role_counts(subject: Subject, hall: str) -> Counter[str]:
    """Devices of a hall that stand in racks with others, by "role/product"."""
    counts: Counter[str] = Counter()
    for rack in subject.racks_in(hall):
        counts.update(f"{device.role}/{device.product}" for device in subject.pattern_of(rack).devices)
    return counts


def device_class(subject: Subject, place: Place, key: str, racks: list[RackClass], count: int) -> DeviceClass | None:
    """A device by "role/product" as a rack must hold it; None when the catalog has no such device."""
    product = subject.product(key.split("/", 1)[-1], Device)
    if product is None:
        return None
    tiers, (air, liquid) = subject.tiers(product.id), subject.heat(product.id)
    feeds = fewest_feeds(place.hall)
    cords = [sum(cords_per_side(i.count, feeds) for i in product.inlets if i.outlet == kind) for kind in OUTLETS]
    size = (
        product.height_u.value or 0, tiers.design_w or 0, tiers.peak_w or 0, air, subject.weight_kg(product.id) or 0,
        *cords, sum(cords),
    )  # fmt: skip
    anchor = anchored_role(product, key.split("/", 1)[0])
    allowed = frozenset(
        rack.id
        for rack in racks
        if not (liquid and any("liquid" not in row.cooling for row in rows_of(place, rack.id)))
        if anchor is None or admitted(place, rack.id, anchor)
        if all((row.busbar is not None) == needs_busbar(product) for row in rows_of(place, rack.id))
    )
    return DeviceClass(key, size, count, allowed)


def rows_of(place: Place, key: str) -> list[Row]:
    """The rows of a kind of position, "hall/rowA+rowB", each once; of a part of a row the row, of racks theirs."""
    if stand_at(key):
        spots = [spot_of(place.planned, name) for name in stand_at(key)]
        return list({spot[0].id: spot[0] for spot in spots if spot is not None}.values())
    return [row for row in place.planned.rows if row.id in {stretch.row.id for stretch in stretches_at(place, key)}]


def stand_at(key: str) -> list[str]:
    """The positions of a kind of racks that stand already, "hall/@A03+@A07"; none for another kind."""
    names = key.partition("/")[2].split("+")
    return [name[1:] for name in names] if all(name.startswith(FIXED) for name in names) else []


def admitted(place: Place, key: str, role: Role) -> bool:
    """Whether racks that a hall binds to places by this role may be at every position of a kind."""
    if not stand_at(key):
        return all(role in stretch.admits for stretch in stretches_at(place, key))
    roles = admitted_roles(place.planned)
    spots = [spot_of(place.planned, name) for name in stand_at(key)]
    return all(spot is not None and role in roles.get((spot[0].id, spot[1]), (role,)) for spot in spots)


def standing_class(subject: Subject, place: Place, key: str) -> RackClass | None:
    """Racks that stand already as racks to fill, at no cost: the most that any of them may still take."""
    racks = extended(subject.standing(place.hall.id).values())
    mine = [racks.get(f"{place.hall.id}/{name}") for name in stand_at(key)]
    known = [rack for rack in mine if rack is not None]
    if len(known) != len(mine) or len({rack.gaps for rack in known}) != 1:
        return None
    rooms = [room_of(place, rack) for rack in known]
    none = (UNLIMITED,) * (len(OUTLETS) + 1)
    capacities = []
    for room in rooms:
        free = dict(room.outlets or ())
        sockets = (*(free.get(kind, 0) for kind in OUTLETS), sum(free.values())) if room.outlets is not None else none
        air, weight = (UNLIMITED if most is None else most for most in (room.air_w, room.weight_kg))
        capacities.append((room.design_w, room.peak_w, air, weight, *sockets))
    most = tuple(max(values) for values in zip(*capacities, strict=True))
    return RackClass(key, (sum(known[0].gaps), *most), 0, len(known), known[0].gaps)


def stretches_at(place: Place, key: str) -> list[Stretch]:
    """The stretches of a kind of position; none where the key names one that the hall does not have."""
    hall, _, names = key.partition(PDUS)[0].partition("/")
    known = {stretch.name: stretch for stretch in stretches_of(place.planned)}
    wanted = names.split("+")
    return [known[name] for name in wanted] if hall == place.hall.id and all(n in known for n in wanted) else []


def rack_class(subject: Subject, place: Place, key: str, objective: str) -> RackClass | None:
    """A kind of position as a rack to fill: the most that any of its rows lets one hold; None: no such rows.

    Of a kind told by a number of PDUs, the most that those carry and have sockets for.
    """
    if stand_at(key):
        return standing_class(subject, place, key)
    rows, stretches = rows_of(place, key), stretches_at(place, key)
    if not rows:
        return None
    number = key.partition(PDUS)[2]
    capacities = [_capacity(subject, place, row, int(number) if number else None) for row in rows]
    most = tuple(max(values) for values in zip(*capacities, strict=True))
    spots = {(stretch.row.id, number) for stretch in stretches for number in stretch.numbers}
    free = len(spots)
    for rack in subject.racks_in(place.hall.id):
        if subject.pattern_of(rack).rack_product is None and not subject.added_to(rack):
            free -= sum((rack.row, number) in spots for number in rack.positions)
    return RackClass(key, most, rack_cost(subject, place, rows[0], objective), max(0, free))


def filled(subject: Subject, place: Place, row: Row) -> list[Pattern]:
    """Patterns of racks that devices stand in: those of the row, else of rows like it, else those of the hall."""
    alike = {other.id for other in place.planned.rows if _kind(other) == _kind(row)}
    here = {rack.pattern for rack in subject.racks_in(place.hall.id) if rack.row == row.id}
    near = {rack.pattern for rack in subject.racks_in(place.hall.id) if rack.row in alike}
    like = [p for p in subject.plan.patterns if p.hall == place.hall.id and p.rack_product is not None]
    return [p for p in like if p.id in here] or [p for p in like if p.id in near] or like


def _kind(row: Row) -> dict[str, object]:
    """All that a request says of a row but its name and place: rows of one kind have one kind of rack."""
    return row.model_dump(exclude=WHERE_IT_IS)


def _capacity(subject: Subject, place: Place, row: Row, pdus: int | None) -> tuple[int, ...]:
    design, peak = rack_limits(row, place.planned.power)
    if row.busbar is not None:
        shelf = subject.known(row.busbar.shelf, PowerShelf)
        design, peak = (
            min(pair) for pair in zip((design, peak), shelf_limits(row, place.planned.power, shelf), strict=True)
        )
    like = filled(subject, place, row)
    if pdus is not None:
        design = min(design, max((pdus * _carried_w(subject, place, row, p) for p in like), default=design))
    height = max((min(p.height_u or row.rack_height_u, row.rack_height_u) for p in like), default=row.rack_height_u)
    if row.busbar is not None:
        height -= shelves_u(subject.known(row.busbar.shelf, PowerShelf), row.busbar.shelves)
    most_air = air_of_a_rack(row)
    air = most_air if most_air is not None else UNLIMITED
    weight = max((_room_kg(subject, place, row, p) for p in like), default=UNLIMITED)
    sockets = [_sockets(subject, place, row, p, pdus) for p in like] or [(UNLIMITED,) * (len(OUTLETS) + 1)]
    return (height, design, peak, air, weight, *(max(values) for values in zip(*sockets, strict=True)))


def most_per_feed(subject: Subject, place: Place, row: Row, name: str) -> int:
    """PDUs of one product on one feed that the row's full rack power takes in the hall's worst state."""
    if row.busbar is not None:
        return shelves_per_feed(row)
    design, _ = rack_limits(row, place.planned.power)
    rating = pdu_w(subject.known(name, Pdu), row, place.planned.power) or 1
    return math.ceil(Fraction(math.ceil(Fraction(design, _feeds_left(place, row))), rating))


def _carried_w(subject: Subject, place: Place, row: Row, pattern: Pattern) -> int:
    """What one PDU on each feed carries in the hall's worst state; the best of a pattern's."""
    ratings = (pdu_w(subject.known(name, Pdu), row, place.planned.power) for name in pattern.pdus)
    return max((rating or 0 for rating in ratings), default=0) * _feeds_left(place, row)


def _feeds_left(place: Place, row: Row) -> int:
    """Feeds of a row that work in the hall's worst state, one at least."""
    return min(len([f for f in row.feeds if f not in s.lost]) for s in loss_states(place.planned.power)) or 1


def _room_kg(subject: Subject, place: Place, row: Row, pattern: Pattern) -> int:
    width, depth = footprint_mm(subject, pattern, row)
    most = max_rack_weight_kg(row, place.hall.floor, width, depth)
    if most is None or pattern.rack_product is None:
        return UNLIMITED
    empty = subject.weight_kg(pattern.rack_product) or 0
    for name in pattern.pdus:
        count = most_per_feed(subject, place, row, name) * len(row.feeds)
        empty += (subject.weight_kg(name) or 0) * count
    return max(0, most - empty)


def _sockets(subject: Subject, place: Place, row: Row, pattern: Pattern, pdus: int | None) -> tuple[int, ...]:
    """Sockets of one feed side that C13 cords, C19 cords, and both together may use; no limit while unpublished."""
    given: Counter[str] = Counter()
    for name in pattern.pdus:
        box = subject.box(name)
        outlets = {} if isinstance(box, PowerShelf) else box.outlets
        if not outlets:
            return (UNLIMITED,) * (len(OUTLETS) + 1)
        each = most_per_feed(subject, place, row, name) if pdus is None else pdus
        given.update({kind: count * each for kind, count in outlets.items()})
    shared = given[SHARED_OUTLET]
    return (*(given[kind] + shared for kind in OUTLETS), sum(given[kind] for kind in OUTLETS) + shared)


def rack_cost(subject: Subject, place: Place, row: Row, objective: str) -> int:
    """What packing pays for one rack of a row: its price with one PDU a feed where money comes first, then 1."""
    like = filled(subject, place, row)
    if objective not in ("capex", "tco") or not like:
        return 1
    price = 0
    for name, count in [(like[0].rack_product, 1), *((pdu, _fewest(row)) for pdu in like[0].pdus)]:
        entry = subject.catalog.prices.find(name or "")
        price += money.whole(money.unit_price(entry, subject.request).typical * count) if entry is not None else 0
    return PRICE_WEIGHT * price + 1


def _fewest(row: Row) -> int:
    """The fewest PDUs that a rack of the row can have; all its power shelves where it has a busbar."""
    return len(row.feeds) if row.busbar is None else row.busbar.shelves


def main_objective(subject: Subject) -> str:
    """The first objective that the plan was made for."""
    return subject.plan.inputs.objective[0]


def problem_of(subject: Subject, certificate: CutCertificate) -> PackingProblem | str:
    """The packing problem that a certificate speaks of, or why it speaks of nothing in the request."""
    place = subject.places.get(certificate.hall)
    if place is None:
        return f'no hall "{certificate.hall}"'
    racks = [rack_class(subject, place, key, main_objective(subject)) for key in sorted(certificate.z)]
    known = [rack for rack in racks if rack is not None]
    if len(known) != len(racks):
        return "it counts kinds of rows that the request does not have"
    counts = role_counts(subject, certificate.hall)
    devices = [device_class(subject, place, key, known, counts[key]) for key in sorted(certificate.weights)]
    if None in devices:
        return "it weighs devices that the catalog does not have"
    return PackingProblem(RESOURCES, tuple(device for device in devices if device is not None), tuple(known))


def certificates_hold(subject: Subject) -> Iterator[Broken]:
    """No content of one rack weighs more than the certificate says: checked by a search of its own, in integers.

    A certificate of packing may rest on the counts of the plan; one of sizing holds for every mix. Objectives and halls
    that are alike rest on the same ones: each is checked once.
    """
    known: dict[tuple[Certificate, PackingProblem, bool], bool] = {}
    for proof in subject.plan.proofs:
        for certificate in proof.certificates:
            place = f"{proof.stage}, {proof.subject}"
            problem = problem_of(subject, certificate)
            if isinstance(problem, str):
                yield Broken(place, f"a certificate that cannot be read: {problem}")
                continue
            key = (*_without_names(plain(certificate), problem), proof.stage == "packing")
            if key not in known:
                known[key] = check_certificate(key[0], key[1], within_counts=key[2])
            if not known[key]:
                yield _does_not_hold(subject, certificate, problem, proof)


def _without_names(certificate: Certificate, problem: PackingProblem) -> tuple[Certificate, PackingProblem]:
    """The same claim of racks that are numbered in the order of their names."""
    numbers = {name: f"{n:03}" for n, name in enumerate(sorted(rack.id for rack in problem.racks))}
    return renamed_in(certificate, numbers), renamed(problem, numbers)


def _does_not_hold(subject: Subject, certificate: CutCertificate, problem: PackingProblem, proof: Proof) -> Broken:
    """An error where it fails for rows in which racks stand.

    Where no rack of the plan stands, the plan does not say what rack and PDUs would: there it is only a warning.
    """
    place = f"{proof.stage}, {proof.subject}"
    used = {rack.row for rack in subject.racks_in(certificate.hall) if subject.pattern_of(rack).rack_product}
    hall = subject.places[certificate.hall]
    kinds = [key for key in sorted(certificate.z) if not stand_at(key)]
    open_ = [key for key in kinds if not used & {row.id for row in rows_of(hall, key)}]
    standing = certificate.model_copy(update={"z": {k: z for k, z in certificate.z.items() if k not in open_}})
    racks = tuple(rack for rack in problem.racks if rack.id not in open_)
    left = frozenset(rack.id for rack in racks)
    devices = tuple(replace(d, allowed=d.allowed & left if d.allowed is not None else None) for d in problem.devices)
    kept = replace(problem, racks=racks, devices=devices)
    if open_ and racks and check_certificate(plain(standing), kept, within_counts=proof.stage == "packing"):
        text = f"a certificate that cannot be checked for {', '.join(open_)}, where no rack of the plan stands"
        return Broken(place, text, {}, "warning")
    return Broken(place, "a certificate that does not hold: some rack can carry more weight than it says")


def plain(certificate: CutCertificate) -> Certificate:
    """The certificate as the checker takes it."""
    return Certificate(tuple(sorted(certificate.weights.items())), tuple(sorted(certificate.z.items())))


def packing_proofs(subject: Subject) -> Iterator[tuple[Proof, Place]]:
    """Packing proofs with the hall that they speak of."""
    for proof in subject.plan.proofs:
        if proof.stage == "packing" and proof.subject in subject.places:
            yield proof, subject.places[proof.subject]


def packing_pays_for_the_racks(subject: Subject) -> Iterator[Broken]:
    """What packing proves is about the racks that stand in its hall: the cost of those that hold devices."""
    for proof, place in packing_proofs(subject):
        racks = [r for r in subject.racks_in(proof.subject) if subject.pattern_of(r).rack_product is not None]
        paid = sum(rack_cost(subject, place, place.row(rack.row), main_objective(subject)) for rack in racks)
        yield from differs(f"packing, {proof.subject}", "cost of the racks", proof.objective, paid)


def packing_bounds_follow_from_certificates(subject: Subject) -> Iterator[Broken]:
    """The bound of packing is proven by a certificate, or by one resource alone; else the search must be believed.

    A bound beyond both may still be right (the search closes the last rack by enumeration), so it is only a warning.
    """
    for proof, place in packing_proofs(subject):
        racks = _all_rack_classes(subject, place)
        bounds = [_bound(plain(c), subject, c.hall, racks) for c in proof.certificates]
        best = max(*bounds, *_resource_bounds(subject, place, racks), 0, 0)
        if proof.lower_bound > best:
            text = f"a lower bound of {proof.lower_bound:,}; what the plan carries proves {best:,}"
            numbers = {"found": proof.lower_bound, "proven": best}
            yield Broken(f"packing, {proof.subject}", text, numbers, "warning")


def _all_rack_classes(subject: Subject, place: Place) -> list[RackClass]:
    keys = [f"{place.hall.id}/{row.id}" for row in place.planned.rows]
    racks = extended(subject.standing(place.hall.id).values())
    keys += [f"{place.hall.id}/{FIXED}{name.rpartition('/')[2]}" for name in racks]
    found = [rack_class(subject, place, key, main_objective(subject)) for key in keys]
    return [rack for rack in found if rack is not None]


def _resource_bounds(subject: Subject, place: Place, racks: list[RackClass]) -> Iterator[int]:
    """What height, power, air, weight and sockets of all devices prove, each as a certificate of its own."""
    counts = role_counts(subject, place.hall.id)
    found = [device_class(subject, place, key, racks, counts[key]) for key in sorted(counts)]
    devices = [device for device in found if device is not None]
    for k, _ in enumerate(RESOURCES):
        weights = tuple((device.id, device.size[k]) for device in devices)
        z = tuple((rack.id, rack.capacity[k]) for rack in racks)
        yield _bound(Certificate(weights, z), subject, place.hall.id, racks)


def _bound(certificate: Certificate, subject: Subject, hall: str, racks: list[RackClass]) -> int:
    """What a certificate proves for the devices of the plan; 0 where it speaks of rows together that are one kind."""
    z = dict(certificate.z)
    kinds = [rack for rack in racks if rack.id in z]
    for key in sorted(z.keys() - {rack.id for rack in kinds}):
        names = key.partition("/")[2].split("+")
        like = [rack for rack in racks if rack.id.partition("/")[2] in names]
        if like:
            kinds.append(RackClass(key, like[0].capacity, min(r.cost for r in like), sum(r.limit or 0 for r in like)))
    try:
        return bound_from_certificate(certificate, role_counts(subject, hall), tuple(kinds))
    except ValueError:
        return 0


RULES: tuple[Rule, ...] = (certificates_hold, packing_pays_for_the_racks, packing_bounds_follow_from_certificates)
