"""From a request to the question that sizing answers: needs, storage, rates, and what the rules exclude."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from planner import demand
from planner.catalog.schema import Accelerator, Region, System
from planner.demand.architecture import geometry
from planner.demand.timetable import timetable_of
from planner.facility.standing import with_what_stands
from planner.plan.defaults import default_assumptions
from planner.plan.jobs import SPARE_REPLICAS, need_of, restart_s, sensitivities_of
from planner.plan.library import Library, models_of
from planner.plan.power_caps import with_power_caps
from planner.plan.schema import Sensitivity
from planner.request import workload as wanted
from planner.request.schema import Request
from planner.request.site import Site
from planner.request.workload import WITHOUT_ACCELERATORS
from planner.sizing.question import Question, Ruling, SiteRates
from planner.sovereignty import exclusions
from planner.wording import sentence

RULED_KINDS = ("accelerator", "system", "storage", "service")


def make_question(request: Request, library: Library, like: Question | None = None) -> Question:
    """Everything sizing needs, from the request and the library; needs of workloads that are as in `like` are kept.

    Raises:
        InputError: a profile or factor that the request rests on is missing.
    """
    request = with_what_stands(request, library.catalog)
    library = with_power_caps(library, request)
    needs = tuple(
        need for w in request.workloads for need in needs_of(w, request, library, _known_needs(w, request, like))
    )
    return Question(
        request=request,
        catalog=library.catalog,
        designs=library.fabrics,
        needs=needs,
        storage={site.id: storage_need(request, site, library) for site in request.sites},
        rates={site.id: site_rates(request, site, library) for site in request.sites},
        rulings=rulings_of(request, library),
        reliability_source=library.priors.of("reliability", "any").source,
        failures_per_accelerator_day=library.priors.of("reliability", "any").values["failures_per_accelerator_day"],
        timetable=timetable_of(request, restart_s(library.priors)),
        spare_units={w.id: SPARE_REPLICAS[w.redundancy] for w in request.workloads if isinstance(w, wanted.Inference)},
        of_no_limit=_known_of_no_limit(request, library, like),
    )


def _known_of_no_limit(request: Request, library: Library, like: Question | None) -> dict[tuple[Hashable, ...], Any]:
    """What another question knows of products, fabrics, spares and packings, where only what is wanted differs."""
    if like is None or like.catalog is not library.catalog or like.designs is not library.fabrics:
        return {}
    return like.of_no_limit if _but_for_demand(like.request) == _but_for_demand(request) else {}


def _but_for_demand(request: Request) -> Request:
    """The request without what must run, what it keeps, and which regions it may use."""
    policy = request.policy.model_copy(update={"regions": ()})
    return request.model_copy(update={"workloads": (), "datasets": (), "policy": policy})


def _known_needs(
    workload: wanted.Workload, request: Request, like: Question | None
) -> dict[str, demand.AcceleratorNeed]:
    """What a workload needs by system or instance, where another question has it; where it may run plays no part."""
    if like is None or like.request.models != request.models:
        return {}
    before = next((w for w in like.request.workloads if w.id == workload.id), None)
    if before is None or before.model_copy(update={"locations": workload.locations}) != workload:
        return {}
    return {need.system: need for need in like.needs if need.workload == workload.id}


def needs_of(
    workload: wanted.Workload,
    request: Request,
    library: Library,
    known: Mapping[str, demand.AcceleratorNeed] = MappingProxyType({}),
) -> Iterator[demand.AcceleratorNeed]:
    """What one workload needs on every system of the catalog and every instance of the allowed regions."""
    if workload.kind in WITHOUT_ACCELERATORS:
        return
    models = models_of(request, library)
    alike: dict[demand.SystemRates, demand.AcceleratorNeed] = {}  # systems of several makers have the same accelerators
    for rates in _rates_for(workload, request, library):
        nameless = replace(rates, id="")
        if nameless not in alike:
            alike[nameless] = known.get(rates.id) or need_of(workload, rates, models, library.priors)
        yield replace(alike[nameless], system=rates.id)


def sensitivities_on(
    system: str, workload: wanted.Workload, request: Request, library: Library
) -> tuple[Sensitivity, ...]:
    """What moves the count of a workload most on the system or instance of that name; none where it is not one."""
    for rates in _rates_for(workload, request, library):
        if rates.id == system:
            return sensitivities_of(workload, rates, models_of(request, library), library.priors)
    return ()


def _rates_for(workload: wanted.Workload, request: Request, library: Library) -> Iterator[demand.SystemRates]:
    for name, system in library.catalog.of(System).items():
        if workload.systems is None or name in workload.systems or system.capped_from in workload.systems:
            yield demand.system_rates(library.catalog, system.id)
    # Regions rent the same instance: what a workload needs on it is one need, whatever the number of regions.
    regions = [library.catalog.get(region, Region) for region in request.policy.regions]
    for name, instance in {i.name: i for region in regions for i in region.instances}.items():
        yield _instance_rates(library, name, instance.accelerator, instance.accelerators)


def _instance_rates(library: Library, name: str, accelerator: str, accelerators: int) -> demand.SystemRates:
    chip = library.catalog.get(accelerator, Accelerator)
    return demand.SystemRates(name, demand.rates_of(chip), accelerators, accelerators)


def storage_need(request: Request, site: Site, library: Library) -> demand.StorageNeed:
    """Storage of one site: its datasets, the storage that workloads ask for, checkpoints of training jobs.

    A workload without locations counts at the first site; one with locations at the sites of those halls.
    """
    here = [w for w in request.workloads if counts_at(w, site, request)]
    notes: list[demand.Assumption] = []
    asked = [
        demand.StorageNeedInput(w.id, w.capacity, w.growth, w.read or 0.0, w.write or 0.0, w.tier)
        for w in here
        if isinstance(w, wanted.StorageNeed)
    ]
    for w in here:
        if isinstance(w, wanted.Retrieval):
            store = demand.need_retrieval(
                demand.RetrievalStore(w.id, w.vectors, w.dimensions, w.bytes_per_number, w.queries)
            )
            asked.append(demand.StorageNeedInput(w.id, store.storage_gb * 1e9, tier="fast"))
            notes += store.assumptions
        if w.kind in WITHOUT_ACCELERATORS:
            notes += default_assumptions(w)
    data = [
        demand.DatasetNeed(d.id, d.size, d.growth, d.tier)
        for d in request.datasets
        if d.location in (None, site.id) and (d.location is not None or site is request.sites[0])
    ]
    models = models_of(request, library)
    jobs = [
        demand.CheckpointingJob(w.id, geometry(models.get(w.model)).total, 1, 0.01 if _is_lora(w) else 1.0)
        for w in here
        if isinstance(w, wanted.Training | wanted.FineTuning)
    ]
    need = demand.need_storage(
        data, jobs, 0, library.priors, wanted=asked, horizon_years=float(request.policy.horizon_years)
    )
    return replace(need, assumptions=(*need.assumptions, *dict.fromkeys(notes)))


def _is_lora(workload: wanted.Training | wanted.FineTuning) -> bool:
    return isinstance(workload, wanted.FineTuning) and workload.method == "lora"


def counts_at(workload: wanted.Workload, site: Site, request: Request) -> bool:
    """Whether what a workload stores is stored at a site: where it may run, at the first site if anywhere."""
    if workload.locations is None:
        return site is request.sites[0]
    return any(hall.id in workload.locations for hall in site.halls)


def site_rates(request: Request, site: Site, library: Library) -> SiteRates:
    """Energy price, carbon and PUE of a site: the request's own, else the catalog's dated factor, else unknown."""
    energy = site.energy
    sources: list[tuple[str, str, str]] = []
    price = Fraction(str(energy.price_per_kwh)) if energy.price_per_kwh is not None else None
    if price is not None:
        sources.append(
            (
                "energy price",
                sentence("rate.energy-value", price=energy.price_per_kwh, currency=request.currency),
                energy.source or sentence("source.request"),
            )
        )
    carbon = Fraction(str(energy.carbon_g_per_kwh)) if energy.carbon_g_per_kwh is not None else None
    if carbon is not None:
        value = sentence("rate.carbon-value", grams=energy.carbon_g_per_kwh)
        sources.append(("grid carbon", value, energy.source or sentence("source.request")))
    else:
        grid = library.factors.of("grid-carbon")
        known = grid.table("carbon_g_per_kwh").get(site.country)
        if known is not None:
            carbon = Fraction(str(known))
            value = sentence("rate.carbon-average", grams=known, country=site.country)
            sources.append(("grid carbon", value, grid.source))
    if energy.pue is not None:
        pue = Fraction(str(energy.pue))
        value = sentence("rate.pue-value", pue=energy.pue)
        sources.append(("PUE", value, energy.source or sentence("source.request")))
    else:
        efficiency = library.factors.of("site-efficiency")
        average = efficiency.number("pue_average")
        pue = Fraction(str(average))
        value = sentence("rate.pue-average", pue=average)
        sources.append(("PUE", value, efficiency.factors["pue_average"].source))
    return SiteRates(price, carbon, pue, tuple(sources))


def rulings_of(request: Request, library: Library) -> tuple[Ruling, ...]:
    """Everything that policy and sovereignty profiles rule out."""
    return (*policy_rulings(request, library), *sovereignty_rulings(request, library))


def policy_rulings(request: Request, library: Library) -> Iterator[Ruling]:
    """Vendors, systems and storage that the policy itself leaves out."""
    policy = request.policy
    for name, product in sorted(library.catalog.products.items()):
        if product.vendor in policy.vendors.exclude:
            reason = sentence("excluded.vendor", vendor=product.vendor)
            yield Ruling("product", name, "*", "policy.vendors.exclude", reason)
        elif policy.vendors.allow and product.vendor not in policy.vendors.allow and product.kind == "system":
            reason = sentence("excluded.vendor-not-allowed", vendor=product.vendor)
            yield Ruling("product", name, "*", "policy.vendors.allow", reason)
        key, choice = {"system": ("systems", policy.systems), "storage": ("storage", policy.storage)}.get(
            product.kind, ("", None)
        )
        ids = {name, product.capped_from} if isinstance(product, System) else {name}
        if choice is not None and ids & set(choice.exclude):
            yield Ruling("product", name, "*", f"policy.{key}.exclude", sentence("excluded.request"))
        elif choice is not None and choice.allow and not ids & set(choice.allow):
            yield Ruling("product", name, "*", f"policy.{key}.allow", sentence("excluded.not-allowed"))


def sovereignty_rulings(request: Request, library: Library) -> Iterator[Ruling]:
    """What the sovereignty profiles rule out before sizing."""
    regions = [library.catalog.get(name, Region) for name in request.policy.regions]
    policy = request.policy
    for found in exclusions(
        policy.sovereignty.profiles,
        library.rules,
        library.profiles,
        products=[p for p in library.catalog.products.values() if p.kind in RULED_KINDS],
        regions=regions,
        sites=[site.model_dump(mode="json") for site in request.sites],
        workloads=[workload.model_dump(mode="json") for workload in request.workloads],
        operators=[],
        on=date.fromisoformat(request.service_date or request.date),
        evidence=dict(policy.sovereignty.evidence),
        plan=buyer(request),
    ):
        yield Ruling(found.kind, found.id, found.workload, found.rule, found.reason, found.location)


def buyer(request: Request) -> dict[str, str]:
    """Who buys, as rules name it; what is not stated is left out."""
    who = request.policy.sovereignty
    names = ("buyer_type", "buyer_country", "buyer_parent_country")
    return {name: value for name in names if (value := getattr(who, name)) is not None}
