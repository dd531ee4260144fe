"""What is checked: a plan beside its request and the catalog, and what every rule asks of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

from planner.catalog.facts import ceiling
from planner.catalog.load import Catalog
from planner.catalog.schema import Device, Pdu, PowerShelf, Product, Rack, System
from planner.demand.results import AcceleratorNeed
from planner.errors import InputError
from planner.facility.cooling import heat_split
from planner.facility.power import PowerTiers, plannable_hall, power_tiers
from planner.facility.standing import StandingRack, standing_racks
from planner.plan.library import Library
from planner.plan.question import needs_of, policy_rulings, sovereignty_rulings
from planner.plan.schema import Pattern, Plan, Severity
from planner.plan.schema import Rack as PlacedRack
from planner.plan.wiring import Wired, wire_plan
from planner.request.schema import Request
from planner.request.site import Hall, Row, Site
from planner.sizing.question import Ruling

Kind = TypeVar("Kind", bound=Product)


class Broken(NamedTuple):
    """A rule that does not hold at a place: what was found and what should be, in words and numbers."""

    place: str
    text: str
    numbers: Mapping[str, float | int | str] = {}
    severity: Severity = "error"


Rule = Callable[["Subject"], Iterator[Broken]]


def differs(place: str, what: str, found: object, expected: object) -> Iterator[Broken]:
    """Nothing when equal, else one fault with both values."""
    if found != expected:
        numbers = {
            name: value
            for name, value in (("found", found), ("expected", expected))
            if isinstance(value, int | float | str) and not isinstance(value, bool)
        }
        yield Broken(place, f"{what}: the plan says {shown(found)}, recomputed {shown(expected)}", numbers)


def above(place: str, what: str, found: int, limit: int) -> Iterator[Broken]:
    """Nothing up to the limit, else one fault with both values."""
    if found > limit:
        yield Broken(place, f"{what}: {found:,}, at most {limit:,}", {"found": found, "limit": limit})


def shown(value: object) -> str:
    """A value for a sentence."""
    if value is None:
        return "unknown"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value) if value not in ("", (), {}) else "nothing"


@dataclass(frozen=True)
class Place:
    """A hall: its site, as the request states it, and with its limits cut to what may be planned."""

    site: Site
    hall: Hall
    planned: Hall

    def row(self, name: str) -> Row:
        """A planned row by id; foundation rules have made sure that it exists."""
        return next(row for row in self.planned.rows if row.id == name)


@dataclass(frozen=True, eq=False)
class Subject:
    """A plan whose references all hold, its request, and everything that the catalog folders hold."""

    plan: Plan
    request: Request
    library: Library
    _tiers: dict[str, PowerTiers] = field(default_factory=dict, repr=False)

    @property
    def catalog(self) -> Catalog:
        """Products and prices."""
        return self.library.catalog

    @cached_property
    def places(self) -> dict[str, Place]:
        """Halls of the request by id."""
        return {hall.id: Place(site, hall, plannable_hall(site, hall)) for site, hall in self.request.halls()}

    @cached_property
    def patterns(self) -> dict[str, Pattern]:
        """Patterns of the plan by id."""
        return {pattern.id: pattern for pattern in self.plan.patterns}

    @cached_property
    def needs(self) -> dict[tuple[str, str], AcceleratorNeed]:
        """What every workload needs on every system, by (workload, system), from the request and the catalog alone."""
        fresh = (need for workload in self.request.workloads for need in needs_of(workload, self.request, self.library))
        return {(need.workload, need.system): need for need in fresh}

    @cached_property
    def wired(self) -> tuple[Wired, ...] | InputError:
        """The plan's cabling port to port, worked out again; the fault where it cannot be wired."""
        try:
            return tuple(wire_plan(self.plan, self.request, self.library))
        except InputError as error:
            return error

    @cached_property
    def rulings(self) -> tuple[Ruling, ...]:
        """What the policy and the sovereignty profiles rule out."""
        return (*policy_rulings(self.request, self.library), *sovereignty_rulings(self.request, self.library))

    def product(self, name: str, kind: type[Kind]) -> Kind | None:
        """A product of the catalog if it is of this kind."""
        found = self.catalog.products.get(name)
        return found if isinstance(found, kind) else None

    def known(self, name: str, kind: type[Kind]) -> Kind:
        """A product of this kind that foundation rules have found in the catalog."""
        found = self.product(name, kind)
        assert found is not None, name
        return found

    def box(self, name: str) -> Pdu | PowerShelf:
        """A rack PDU or power shelf that foundation rules have found in the catalog."""
        found = self.catalog.products[name]
        assert isinstance(found, Pdu | PowerShelf), name
        return found

    def tiers(self, name: str) -> PowerTiers:
        """Power of one piece of a device."""
        if name not in self._tiers:
            assumed = self.request.policy.assumed_power_w
            self._tiers[name] = power_tiers(self.known(name, Device), assumed)
        return self._tiers[name]

    def heat(self, name: str) -> tuple[int, int]:
        """(air, liquid) W of one piece of a device at design load; unknown power has no heat to count."""
        shares = self.request.policy.assumed_liquid_share
        return heat_split(self.known(name, Device), self.tiers(name).design_w or 0, shares)

    def weight_kg(self, name: str) -> int | None:
        """Weight of one piece: the site's own figure, else the catalog's rounded up; None while unknown."""
        own = self.request.policy.assumed_weight_kg.get(name)
        product = self.catalog.products[name]
        assert isinstance(product, Device | Rack | Pdu), name
        return own if own is not None else ceiling(product.weight_kg)

    def standing(self, hall: str) -> dict[str, StandingRack]:
        """Racks that stand in a hall already, by id, from the request and the catalog."""
        racks = standing_racks(self.places[hall].hall, self.catalog, self.request.policy)
        return {rack.id: rack for rack in racks}

    def added_to(self, rack: PlacedRack) -> bool:
        """Whether a rack of the plan is what is added to a rack that stands."""
        return self.pattern_of(rack).in_standing_rack

    def racks_in(self, hall: str) -> list[PlacedRack]:
        """Racks of a hall, in the plan's order."""
        return [rack for rack in self.plan.racks if rack.hall == hall]

    def pattern_of(self, rack: PlacedRack) -> Pattern:
        """The pattern of a rack."""
        return self.patterns[rack.pattern]

    def counted_devices(self, hall: str) -> Counter[str]:
        """What the plan's counts say stands in a hall: systems, storage units and other devices, by product."""
        counted: Counter[str] = Counter()
        for system in self.plan.systems:
            counted[system.product] += system.count if system.hall == hall else 0
        for storage in self.plan.storage:
            counted[storage.product] += storage.units if storage.hall == hall else 0
        for device in self.plan.devices:
            counted[device.product] += device.count if device.hall == hall else 0
        return +counted

    def placed_devices(self, hall: str) -> Counter[str]:
        """What really stands in the racks of a hall, by product."""
        placed: Counter[str] = Counter()
        for rack in self.racks_in(hall):
            placed.update(contents(self.pattern_of(rack)))
        return placed


def contents(pattern: Pattern) -> list[str]:
    """Product ids of every device of a pattern, a rack system included."""
    own = [pattern.system] if pattern.system is not None else []
    return own + [device.product for device in pattern.devices]


def feeds_of(place: Place, pattern: Pattern, racks: list[PlacedRack]) -> int:
    """Feeds of the racks of a pattern: the fewest of any of its rows."""
    rows = {rack.row for rack in racks if rack.pattern == pattern.id}
    return min((len(place.row(name).feeds) for name in sorted(rows)), default=1)


def systems_of(subject: Subject) -> dict[str, System]:
    """The system products in use, by id."""
    return {choice.product: subject.known(choice.product, System) for choice in subject.plan.systems}
