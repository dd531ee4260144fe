"""The question as sizing takes it: a request with everything the pure rooms have made of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeVar

from planner.catalog.fabrics import FabricDesign
from planner.catalog.load import Catalog
from planner.deadline import Deadline
from planner.demand.results import AcceleratorNeed, StorageNeed
from planner.demand.timetable import Timetable
from planner.request.schema import Request

T = TypeVar("T")
OF_NO_LIMIT = frozenset(
    {"item", "designs", "fabric rows", "spares", "packed", "packed within", "packed apart", "certificates"}
)
"""What `Question.once` remembers of catalog, designs and the whole of its key alone, or with all that it rests on."""


@dataclass(frozen=True)
class SiteRates:
    """What energy costs and emits at a site, and where the figures come from."""

    price_per_kwh: Fraction | None  # in the request's currency
    carbon_g_per_kwh: Fraction | None
    pue: Fraction
    sources: tuple[tuple[str, str, str], ...]  # (what, value in words, source)


@dataclass(frozen=True)
class Ruling:
    """A product, region or location ruled out for a workload ("*": all) before sizing."""

    kind: str  # product | region | location
    id: str
    workload: str
    rule: str
    reason: str
    location: str = "*"  # a site id, or everywhere


@dataclass(frozen=True)
class Bar:
    """Why a product cannot be an option in a hall at all, whatever the amounts."""

    place: str
    product: str
    rule: str
    reason: str


@dataclass(frozen=True)
class Question:
    """Everything sizing needs to know."""

    request: Request
    catalog: Catalog
    designs: Mapping[str, FabricDesign]
    needs: tuple[AcceleratorNeed, ...]
    storage: Mapping[str, StorageNeed]  # by site
    rates: Mapping[str, SiteRates]  # by site
    rulings: tuple[Ruling, ...] = ()
    failures_per_accelerator_day: float = 0.0
    reliability_source: str = ""
    spare_units: Mapping[str, int] = field(default_factory=dict)  # by workload: replicas that stand by
    timetable: Timetable | None = None  # None: no workload says when it runs
    deadline: Deadline = field(default_factory=Deadline, compare=False, repr=False)
    remembered: dict[tuple[Hashable, ...], Any] = field(default_factory=dict, compare=False, repr=False)
    of_no_limit: dict[tuple[Hashable, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """The value of a pure computation on this question, made the first time it is asked for."""
        known = self.of_no_limit if key[0] in OF_NO_LIMIT else self.remembered
        if key not in known:
            known[key] = make()
        value: T = known[key]
        return value

    def asked_of(self, request: Request) -> Question:
        """The same question of a request with other limits; both remember what depends on none, whoever finds it."""
        return replace(self, request=request, remembered={})

    def ruled_out(self, kind: str, name: str, workload: str = "*", location: str = "*") -> Ruling | None:
        """The first ruling against an id, for everything or for this workload, anywhere or at this site."""
        return ruled_out(self.rulings, kind, name, workload, location)


def ruled_out(
    rulings: Iterable[Ruling], kind: str, name: str, workload: str = "*", location: str = "*"
) -> Ruling | None:
    """The first of some rulings against an id, for everything or for this workload, anywhere or at this site."""
    for ruling in rulings:
        here = ruling.location in ("*", location)
        if ruling.kind == kind and ruling.id == name and ruling.workload in ("*", workload) and here:
            return ruling
    return None
