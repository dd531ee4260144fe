"""The packing problem and its answer: immutable, integers only, free of any solver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from planner.errors import Infeasible, InputError, Problem

LARGEST_SUM = 2**53 - 1  # sums stay exact in readers whose numbers are doubles

Status = Literal["optimal", "feasible"]


@dataclass(frozen=True)
class DeviceClass:
    """Identical devices: how much of each resource one of them takes, and how many there are.

    `size` follows the order of `PackingProblem.resources`. `allowed` names the rack classes it may stand in (None:
    all). `per_rack_max` keeps devices of this class apart: at most that many in one rack.
    """

    id: str
    size: tuple[int, ...]
    count: int
    allowed: frozenset[str] | None = None
    per_rack_max: int | None = None


@dataclass(frozen=True)
class RackClass:
    """Identical racks: capacity, cost of opening one, and how many exist.

    `gaps` are the free blocks of a rack that is not empty: a device stands in one of them. They divide the first
    resource, rack units; without gaps the units are one block, in which any devices that add up can be stacked.
    """

    id: str
    capacity: tuple[int, ...]
    cost: int = 1
    limit: int | None = None
    gaps: tuple[int, ...] = ()

    @property
    def blocks(self) -> tuple[int, ...]:
        """The free blocks, smallest first."""
        return tuple(sorted(self.gaps)) or self.capacity[:1]


@dataclass(frozen=True)
class PackingProblem:
    """All devices must stand in racks; the sum of the costs of the opened racks is to be least."""

    resources: tuple[str, ...]
    devices: tuple[DeviceClass, ...]
    racks: tuple[RackClass, ...]

    def __post_init__(self) -> None:
        problems = sorted(_faults(self))
        if problems:
            raise InputError(problems)


@dataclass(frozen=True)
class Pattern:
    """One rack content: rack class and (device id, count), by device id."""

    rack: str
    content: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Certificate:
    """Proof that `sum_t weight[t] * n_t <= sum_k z[k] * R_k` for the device counts n and opened racks R.

    It holds for every mix when z[k] is at least the weight of any content of one rack of class k with unlimited copies,
    which `planner.packing.certificate.check_certificate` re-computes.
    """

    weights: tuple[tuple[str, int], ...]
    z: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PackingResult:
    """The racks by pattern, their cost, a lower bound on any packing's cost, and the proof.

    `certificates` hold for every mix and may be cuts in sizing; `mix_certificates` hold for mixes with at most the
    counts of this problem (copies in one rack limited by the count), and can be stronger. `gap` is
    (cost - lower_bound) / cost, 0 when both are 0. `status` is computed from the two bounds alone.
    `reproducible` is false when a caller's `stop` ended the search.
    """

    patterns: tuple[tuple[Pattern, int], ...]
    cost: int
    lower_bound: int
    certificates: tuple[Certificate, ...]
    mix_certificates: tuple[Certificate, ...]
    rounds: int
    columns: int
    deterministic_time: float
    reproducible: bool = True

    @property
    def gap(self) -> float:
        """Relative distance of the cost from its proven lower bound."""
        return (self.cost - self.lower_bound) / self.cost if self.cost else 0.0

    @property
    def status(self) -> Status:
        """`optimal` when the bound equals the cost, else `feasible`."""
        return "optimal" if self.cost == self.lower_bound else "feasible"

    @property
    def racks_by_class(self) -> tuple[tuple[str, int], ...]:
        """How many racks of each class are opened, by class id; classes without an opened rack are left out."""
        opened: dict[str, int] = {}
        for pattern, count in self.patterns:
            opened[pattern.rack] = opened.get(pattern.rack, 0) + count
        return tuple(sorted(opened.items()))


class PackingInfeasible(Infeasible):
    """No packing exists. `devices` fit no rack, or `racks` are the limits that bind, or both are named.

    `certificate`, when there is one, proves it: the devices weigh more than all racks that exist can hold.
    """

    def __init__(
        self,
        message: str,
        devices: Iterable[str] = (),
        racks: Iterable[str] = (),
        certificate: Certificate | None = None,
    ) -> None:
        self.devices = tuple(devices)
        self.racks = tuple(racks)
        self.certificate = certificate
        super().__init__(message)


def renamed(problem: PackingProblem, names: Mapping[str, str]) -> PackingProblem:
    """The same problem with other names of its racks, by the name of each."""
    return replace(
        problem,
        devices=tuple(
            replace(d, allowed=frozenset(names[rack] for rack in d.allowed if rack in names))
            if d.allowed is not None
            else d
            for d in problem.devices
        ),
        racks=tuple(replace(rack, id=names[rack.id]) for rack in problem.racks),
    )


def renamed_in(certificate: Certificate, names: Mapping[str, str]) -> Certificate:
    """The same certificate with other names of its racks."""
    return replace(certificate, z=tuple((names[rack], z) for rack, z in certificate.z))


def may_stand_in(device: DeviceClass, rack: RackClass) -> bool:
    """Whether the device's class allows this rack class (whatever its size)."""
    return device.allowed is None or rack.id in device.allowed


def fits(device: DeviceClass, rack: RackClass) -> bool:
    """Whether one device of the class can stand alone in a rack of the class."""
    room = all(size <= capacity for size, capacity in zip(device.size, rack.capacity, strict=True))
    room = room and (not rack.gaps or device.size[0] <= max(rack.gaps))
    return room and may_stand_in(device, rack) and device.per_rack_max != 0 and rack.limit != 0


def _faults(problem: PackingProblem) -> Iterator[Problem]:
    yield from _repeated("resources", problem.resources)
    yield from _repeated("devices", [device.id for device in problem.devices])
    yield from _repeated("racks", [rack.id for rack in problem.racks])
    for device in problem.devices:
        where = f"device class {device.id}"
        yield from _vector_faults(where, device.size, problem.resources)
        yield from _negative(where, "count", device.count)
        yield from _negative(where, "per_rack_max", device.per_rack_max)
        yield from _unknown_racks(where, device, problem.racks)
    for rack in problem.racks:
        where = f"rack class {rack.id}"
        yield from _vector_faults(where, rack.capacity, problem.resources)
        yield from _negative(where, "cost", rack.cost)
        yield from _negative(where, "limit", rack.limit)
        yield from _gap_faults(where, rack)
    yield from _sums_too_large(problem)


def _fault(where: str, found: str, expected: str, hint: str = "") -> Problem:
    return Problem("packing problem", 0, 0, where, found, expected, hint)


def _repeated(where: str, ids: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            yield _fault(where, f"{name!r} twice", "distinct ids")
        seen.add(name)


def _vector_faults(where: str, vector: tuple[int, ...], resources: tuple[str, ...]) -> Iterator[Problem]:
    if len(vector) != len(resources):
        yield _fault(where, f"{len(vector)} numbers", f"one for each of the {len(resources)} resources")
        return
    for resource, amount in zip(resources, vector, strict=True):
        yield from _negative(where, resource, amount)


def _gap_faults(where: str, rack: RackClass) -> Iterator[Problem]:
    for gap in rack.gaps:
        if gap < 1:
            yield _fault(where, f"a gap of {gap}", "gaps of 1 or more")
    if rack.gaps and rack.capacity[:1] != (sum(rack.gaps),):
        yield _fault(where, f"gaps of {sum(rack.gaps)} units together", "as many as the capacity of the first resource")


def _negative(where: str, name: str, amount: int | None) -> Iterator[Problem]:
    if amount is not None and amount < 0:
        yield _fault(where, f"{name} {amount}", f"{name} of 0 or more")


def _unknown_racks(where: str, device: DeviceClass, racks: tuple[RackClass, ...]) -> Iterator[Problem]:
    known = {rack.id for rack in racks}
    for name in sorted((device.allowed or frozenset()) - known):
        yield _fault(where, f"allowed rack class {name!r}", "an id of `racks`", f"known: {', '.join(sorted(known))}")


def _sums_too_large(problem: PackingProblem) -> Iterator[Problem]:
    devices = sum(max(device.count, 0) for device in problem.devices)
    for index, resource in enumerate(problem.resources):
        sizes = (device.size[index] * device.count for device in problem.devices if len(device.size) > index)
        if sum(sizes) > LARGEST_SUM:
            yield _fault(f"resource {resource}", "a total over 2^53", "a smaller total", "use a coarser unit")
    if devices * max((rack.cost for rack in problem.racks), default=0) > LARGEST_SUM:
        yield _fault("rack costs", "a total over 2^53", "a smaller total", "use a coarser unit")
