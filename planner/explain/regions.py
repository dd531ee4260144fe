"""Cloud regions that would make a request possible for one workload: those that policy or the workload leave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner import money
from planner.catalog.schema import Region
from planner.explain.case import Case, OffMenu, WayOut
from planner.facility.energy import HOURS_PER_YEAR
from planner.request.schema import Request
from planner.request.workload import WITHOUT_ACCELERATORS, Workload
from planner.sizing.limits import WORKLOAD, Limit
from planner.sizing.question import Question, Ruling, ruled_out
from planner.wording import sentence

MOST_FOR_ONE = 3  # regions told for one workload, the cheapest to rent


@dataclass(frozen=True)
class _Offer:
    """A region for a workload, and the typical rent over the horizon in the request's currency."""

    rent: int | None
    region: Region

    def order(self) -> tuple[bool, int, str]:
        """Known rents first, the lowest first."""
        return self.rent is None, self.rent or 0, self.region.id


def regions_allowed(case: Case, workloads: Sequence[str]) -> Iterator[WayOut | OffMenu]:
    """For each of these workloads the regions that, allowed for it alone, make the request possible."""
    request = case.question.request
    able = [
        w.id
        for w in request.workloads
        if w.id in workloads and w.kind not in WITHOUT_ACCELERATORS and _is_all_that_is_wrong(case, w.id)
    ]
    regions = [r for _, r in sorted(case.question.catalog.of(Region).items()) if r.instances]
    if not able or not regions:
        return
    everywhere = request
    for workload in able:
        everywhere = _allowing(everywhere, workload, [region.id for region in regions])
    rulings = case.trial.rulings(everywhere)
    closed = {w: [r for r in regions if _may_open(request, rulings, w, r)] for w in able}
    if not any(closed.values()):
        return  # and no need has to be estimated
    asked = case.trial.ask(everywhere, case.question)
    for workload in able:
        offers = sorted(_offers(asked, workload, closed[workload]), key=_Offer.order)
        for offer in offers[:MOST_FOR_ONE]:
            yield from _tried(case, workload, offer)


def _is_all_that_is_wrong(case: Case, workload: str) -> bool:
    """A workload that may rent takes no room on site: without it the rest must be possible."""
    return case.possible_without(Limit(WORKLOAD, workload))


def _may_open(request: Request, rulings: Sequence[Ruling], workload: str, region: Region) -> bool:
    """Whether a region is not open to a workload yet, and no rule would keep it closed."""
    may_run = next(w.locations for w in request.workloads if w.id == workload)
    is_open = region.id in request.policy.regions and (may_run is None or region.id in may_run)
    return not is_open and ruled_out(rulings, "region", region.id, workload) is None


def _offers(asked: Question, workload: str, regions: Sequence[Region]) -> Iterator[_Offer]:
    """Regions that may serve a workload, with the rent of what it needs there."""
    for region in regions:
        instances = {i.name: i for i in region.instances}
        needs = [n for n in asked.needs if n.workload == workload and n.feasible and n.system in instances]
        rents = [_rent(asked, region, need.system, need.units * need.unit_accelerators) for need in needs]
        if needs:
            yield _Offer(min((rent for rent in rents if rent is not None), default=None), region)


def _rent(asked: Question, region: Region, name: str, accelerators: int) -> int | None:
    instance = next(i for i in region.instances if i.name == name)
    entry = asked.catalog.prices.find(instance.price or "", "hour")
    if entry is None:
        return None
    hours = HOURS_PER_YEAR * asked.request.policy.horizon_years
    return money.whole(
        money.unit_price(entry, asked.request).typical * hours * -(-accelerators // instance.accelerators)
    )


def _allowing(request: Request, workload: str, regions: Sequence[str]) -> Request:
    """The request with regions open to one workload; the others stay where they may run now.

    Where there are several sites, a workload that names no location goes on naming none: named halls would have it keep
    its data at each of their sites.
    """
    now = (*(hall.id for _, hall in request.halls()), *request.policy.regions)

    def placed(w: Workload) -> Workload:
        if w.locations is None and len(request.sites) > 1:
            return w
        places = now if w.locations is None else w.locations
        more = regions if w.id == workload else ()
        return w.model_copy(update={"locations": tuple(dict.fromkeys((*places, *more)))})

    allowed = tuple(dict.fromkeys((*request.policy.regions, *regions)))
    policy = request.policy.model_copy(update={"regions": allowed})
    return request.model_copy(update={"workloads": tuple(placed(w) for w in request.workloads), "policy": policy})


def _tried(case: Case, workload: str, offer: _Offer) -> Iterator[WayOut | OffMenu]:
    request, name = case.question.request, offer.region.id
    tried = case.tried(case.trial.ask(_allowing(request, workload, [name]), case.question))
    index = next(i for i, w in enumerate(request.workloads) if w.id == workload)
    listed = name in request.policy.regions
    place = ("workloads", index) if listed else ("policy",)
    text = sentence(
        "change.region", region=name, workload=workload, name=offer.region.name, country=offer.region.operator_country
    )
    yield from case.way(f"region:{name}/{workload}", text, case.line(place), tried)
