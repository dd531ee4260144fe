"""From a request to the question that sizing answers: needs, storage, rates, and what the rules exclude."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from planner import demand
from planner.catalog.schema import Accelerator, Region, System
from planner.demand.architecture import geometry
from planner.errors import InputError
from planner.plan.library import Library
from planner.request import workload as wanted
from planner.request.schema import Request
from planner.request.site import Site
from planner.sizing.prepare import WITHOUT_ACCELERATORS
from planner.sizing.question import Question, Ruling, SiteRates
from planner.sovereignty import exclusions

RULED_KINDS = ("accelerator", "system", "storage", "service")
SPARE_REPLICAS = {"N": 0, "N+1": 1, "N+2": 2}


def make_question(request: Request, library: Library) -> Question:
    """Everything sizing needs, from the request and the library.

    Raises:
        InputError: a profile or factor that the request rests on is missing.
    """
    needs = tuple(need for workload in request.workloads for need in needs_of(workload, request, library))
    return Question(
        request=request,
        catalog=library.catalog,
        designs=library.fabrics,
        needs=needs,
        storage={site.id: storage_need(request, site, library) for site in request.sites},
        rates={site.id: site_rates(request, site, library) for site in request.sites},
        rulings=(*policy_rulings(request, library), *sovereignty_rulings(request, library)),
        failures_per_accelerator_day=library.priors.of("reliability", "any").values["failures_per_accelerator_day"],
        spare_units={w.id: SPARE_REPLICAS[w.redundancy] for w in request.workloads if isinstance(w, wanted.Inference)},
    )


def needs_of(workload: wanted.Workload, request: Request, library: Library) -> Iterator[demand.AcceleratorNeed]:
    """What one workload needs on every system of the catalog and every instance of the allowed regions."""
    if workload.kind in WITHOUT_ACCELERATORS:
        return
    for name, system in library.catalog.of(System).items():
        if workload.systems is None or name in workload.systems:
            yield _need(workload, demand.system_rates(library.catalog, system.id), library)
    for region_id in request.policy.regions:
        region = library.catalog.get(region_id, Region)
        for instance in region.instances:
            yield _need(
                workload, _instance_rates(library, instance.name, instance.accelerator, instance.accelerators), library
            )


def _instance_rates(library: Library, name: str, accelerator: str, accelerators: int) -> demand.SystemRates:
    chip = library.catalog.get(accelerator, Accelerator)
    return demand.SystemRates(name, demand.rates_of(chip), accelerators, accelerators)


def _need(workload: wanted.Workload, rates: demand.SystemRates, library: Library) -> demand.AcceleratorNeed:
    priors = library.priors
    match workload:
        case wanted.Inference():
            return demand.need_inference(_inference(workload), rates, library.models.get(workload.model), priors)
        case wanted.Training():
            return demand.need_training(_training(workload), rates, library.models.get(workload.model), priors)
        case wanted.FineTuning():
            return demand.need_fine_tune(_fine_tuning(workload), rates, library.models.get(workload.model), priors)
        case wanted.Embedding():
            service = demand.EmbeddingService(workload.id, workload.tokens_per_second, precision=workload.precision)
            return demand.need_embedding(service, rates, library.models.get(workload.model), priors)
        case wanted.Batch():
            batch = demand.BatchInference(
                workload.id, workload.requests, workload.input_tokens, workload.output_tokens, workload.within,
                workload.precision,
            )  # fmt: skip
            return demand.need_batch(batch, rates, library.models.get(workload.model), priors)
        case wanted.Notebooks():
            people = demand.Notebooks(
                workload.id, workload.users, workload.active_share, workload.accelerators_each, workload.memory_each
            )
            return demand.need_notebooks(people, rates)
    raise InputError.of(f"workload {workload.id}", workload.kind, "a workload that runs on accelerators")


def _inference(workload: wanted.Inference) -> demand.InferenceService:
    return demand.InferenceService(
        id=workload.id,
        peak_requests_s=workload.peak_requests,
        input_tokens=workload.input_tokens,
        output_tokens=workload.output_tokens,
        ttft_s=workload.ttft,
        tpot_s=workload.tpot,
        precision=workload.precision,
        prefix_hit=workload.prefix_cache_hit,
        spare_replicas=SPARE_REPLICAS[workload.redundancy],
    )


def _training(workload: wanted.Training) -> demand.TrainingJob:
    return demand.TrainingJob(
        id=workload.id,
        tokens=workload.tokens,
        within_s=workload.within,
        sequence=workload.sequence,
        precision="bf16" if workload.precision == "auto" else workload.precision,
        global_batch_tokens=workload.global_batch_tokens,
    )


def _fine_tuning(workload: wanted.FineTuning) -> demand.FineTuneJob:
    return demand.FineTuneJob(
        id=workload.id,
        tokens=workload.tokens,
        within_s=workload.within,
        every_s=workload.every,
        method=workload.method,
        sequence=workload.sequence,
        precision="bf16" if workload.precision == "auto" else workload.precision,
    )


def storage_need(request: Request, site: Site, library: Library) -> demand.StorageNeed:
    """Storage of one site: its datasets, the storage that workloads ask for, checkpoints of training jobs.

    A workload without locations counts at the first site; one with locations at the sites of those halls.
    """
    here = [w for w in request.workloads if _counts_at(w, site, request)]
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
    data = [
        demand.DatasetNeed(d.id, d.size, d.growth, d.tier)
        for d in request.datasets
        if d.location in (None, site.id) and (d.location is not None or site is request.sites[0])
    ]
    jobs = [
        demand.CheckpointingJob(w.id, geometry(library.models.get(w.model)).total, 1, 0.01 if _is_lora(w) else 1.0)
        for w in here
        if isinstance(w, wanted.Training | wanted.FineTuning)
    ]
    return demand.need_storage(
        data, jobs, 0, library.priors, wanted=asked, horizon_years=float(request.policy.horizon_years)
    )


def _is_lora(workload: wanted.Training | wanted.FineTuning) -> bool:
    return isinstance(workload, wanted.FineTuning) and workload.method == "lora"


def _counts_at(workload: wanted.Workload, site: Site, request: Request) -> bool:
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
            ("energy price", f"{energy.price_per_kwh} {request.currency}/kWh", energy.source or "the request")
        )
    carbon = Fraction(str(energy.carbon_g_per_kwh)) if energy.carbon_g_per_kwh is not None else None
    if carbon is not None:
        sources.append(("grid carbon", f"{energy.carbon_g_per_kwh} g/kWh", energy.source or "the request"))
    else:
        grid = library.factors.of("grid-carbon")
        known = grid.table("carbon_g_per_kwh").get(site.country)
        if known is not None:
            carbon = Fraction(str(known))
            sources.append(("grid carbon", f"{known:g} g/kWh, average of {site.country}", grid.source))
    if energy.pue is not None:
        pue = Fraction(str(energy.pue))
        sources.append(("PUE", f"{energy.pue}", energy.source or "the request"))
    else:
        efficiency = library.factors.of("site-efficiency")
        average = efficiency.number("pue_average")
        pue = Fraction(str(average))
        sources.append(("PUE", f"{average:g}, average over sites", efficiency.factors["pue_average"].source))
    return SiteRates(price, carbon, pue, tuple(sources))


def policy_rulings(request: Request, library: Library) -> Iterator[Ruling]:
    """Vendors, systems and storage that the policy itself leaves out."""
    policy = request.policy
    for name, product in sorted(library.catalog.products.items()):
        if product.vendor in policy.vendors.exclude:
            yield Ruling("product", name, "*", "policy.vendors.exclude", f"vendor {product.vendor} is excluded")
        elif policy.vendors.allow and product.vendor not in policy.vendors.allow and product.kind == "system":
            yield Ruling("product", name, "*", "policy.vendors.allow", f"vendor {product.vendor} is not allowed")
        choice = {"system": policy.systems, "storage": policy.storage}.get(product.kind)
        if choice is not None and name in choice.exclude:
            yield Ruling("product", name, "*", f"policy.{product.kind}.exclude", "excluded by the request")
        elif choice is not None and choice.allow and name not in choice.allow:
            yield Ruling("product", name, "*", f"policy.{product.kind}.allow", "not among those the request allows")


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
        on=date.fromisoformat(policy.in_service_by or request.date),
        evidence=dict(policy.sovereignty.evidence),
        plan=buyer(request),
    ):
        yield Ruling(found.kind, found.id, found.workload, found.rule, found.reason, found.location)


def buyer(request: Request) -> dict[str, str]:
    """Who buys, as rules name it; what is not stated is left out."""
    who = request.policy.sovereignty
    names = ("buyer_type", "buyer_country", "buyer_parent_country")
    return {name: value for name in names if (value := getattr(who, name)) is not None}
