"""What a reader must know besides the numbers: assumptions, findings, and the facts behind every product bought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planner import demand
from planner.catalog.facts import Fact, ceiling
from planner.catalog.priors import Priors
from planner.catalog.schema import Cable, Device, Module, PowerShelf, Product, System
from planner.demand.architecture import geometry
from planner.facility.air import inlet_refusal
from planner.facility.busbar import shelf_findings
from planner.facility.cooling import heat_note
from planner.facility.loads import floor_findings
from planner.facility.power import power_tiers
from planner.facility.supplies import redundancy_findings
from planner.plan.patterns import body_mm
from planner.plan.schema import (
    Assumption,
    BillLine,
    Cost,
    Decision,
    FactUsed,
    Finding,
    ProductUsed,
    Rack,
    StorageChoice,
    SystemChoice,
)
from planner.plan.site import PlacedHall, systems_of, unknown_weights
from planner.plan.supplies import feeds_of_system
from planner.request.policy import ExchangeRate
from planner.request.schema import Request
from planner.request.workload import Inference
from planner.sizing.answer import Settled
from planner.sizing.question import Question
from planner.wording import sentence


def assumptions_of(question: Question, decisions: list[Decision], bill: list[BillLine]) -> list[Assumption]:
    """Everything taken for granted by the plan, each once, with who uses it."""
    gathered: dict[tuple[str, str, str, str, str], set[str]] = {}
    for decision in decisions:
        need = next(n for n in question.needs if (n.workload, n.system) == (decision.workload, decision.system))
        for a in need.assumptions:
            gathered.setdefault((a.id, a.text, a.value, a.source, a.confidence), set()).add(decision.workload)
    for site, storage in sorted(question.storage.items()):
        for a in storage.assumptions:
            gathered.setdefault((a.id, a.text, a.value, a.source, a.confidence), set()).add(
                sentence("user.storage", site=site)
            )
    for users, a in spare_assumptions(question, bill):
        gathered.setdefault((a.id, a.text, a.value, a.source, a.confidence), set()).update(users)
    for site, rates in sorted(question.rates.items()):
        for what, value, source in rates.sources:
            gathered.setdefault((f"site.{what}", sentence(f"rate.{what}"), value, source, "estimate"), set()).add(site)
    for users, a in _from_files(question.request):
        gathered.setdefault((a.id, a.text, a.value, a.source, a.confidence), set()).update(users)
    for text in sorted(set(_stand_ins(question, bill))):
        key = ("product.stand-in", text, "", sentence("source.catalog"), "estimate")
        gathered.setdefault(key, set()).add(sentence("user.power-and-cooling"))
    for used, a in _power_caps(question, bill):
        gathered.setdefault((a.id, a.text, a.value, a.source, a.confidence), set()).add(used)
    for rate in question.request.exchange_rates:
        gathered.setdefault(
            (
                "money.rate",
                sentence("rate.exchange"),
                rate_in_words(rate, question.request.currency),
                rate.source,
                "estimate",
            ),
            set(),
        ).add(sentence("user.prices"))
    return [
        Assumption(id=i, text=t, value=v, source=s, confidence=c, used_by=tuple(sorted(users)))  # type: ignore[arg-type]
        for (i, t, v, s, c), users in sorted(gathered.items())
    ]


def rate_in_words(rate: ExchangeRate, currency: str) -> str:
    """An exchange rate with its day."""
    return sentence("rate.exchange-value", base=rate.base, rate=rate.rate, currency=currency, day=rate.as_of)


def spare_assumptions(question: Question, bill: list[BillLine]) -> Iterator[tuple[list[str], demand.Assumption]]:
    """What spares are counted by: how often an accelerator fails, and what the policy covers or leaves to defaults."""
    systems = sorted({line.product for line in bill if line.group == "systems"})
    if not systems:
        return
    policy = question.request.policy.spares
    rate = question.failures_per_accelerator_day
    yield systems, demand.Assumption(
        "spares.rate", sentence("assumed.failures"), sentence("figure.plain", value=rate),
        question.reliability_source, "press",
    )  # fmt: skip
    defaults = [
        ("cover", sentence("figure.share", value=policy.cover), systems),
        ("repair", sentence("figure.days", value=policy.repair / 86_400), systems),
    ]
    if any(spare_parts(question, bill)):
        parts = [sentence("user.spare-parts")]
        defaults.append(("cable_share", sentence("figure.share", value=policy.cable_share), parts))
    for key, value, users in defaults:
        if getattr(policy, key) == type(policy).model_fields[key].default:
            yield users, demand.Assumption(
                f"default.spares.{key}", sentence("default.spares", key=key), value,
                sentence("source.default"), "estimate",
            )  # fmt: skip


def spare_parts(question: Question, bill: Iterable[BillLine]) -> Iterator[BillLine]:
    """The lines of cables and modules that are bought beyond those laid."""
    for line in bill:
        if line.group == "spares" and isinstance(question.catalog.products.get(line.product), Cable | Module):
            yield line


def _from_files(request: Request) -> Iterator[tuple[list[str], demand.Assumption]]:
    """What the request took from files beside it, or says of models that the catalog does not have."""
    for model in request.models:
        names = (model.id, *model.aliases)
        billions = geometry(model).total / 1e9
        yield (
            [w.id for w in request.workloads if getattr(w, "model", None) in names],
            demand.Assumption(
                f"model.{model.id}", sentence("assumed.own-model"),
                sentence("assumed.own-model-value", billions=billions, format=model.native), model.source, "estimate",
            ),
        )  # fmt: skip
    for workload in request.workloads:
        if isinstance(workload, Inference) and workload.arrivals is not None:
            found = workload.arrivals
            yield (
                [workload.id],
                demand.Assumption(
                    "arrivals.windows", sentence("assumed.arrivals"),
                    sentence("assumed.arrivals-value", arrivals=found.requests, mean=found.mean_requests),
                    found.file, "estimate",
                ),
            )  # fmt: skip


def _power_caps(question: Question, bill: list[BillLine]) -> Iterator[tuple[str, demand.Assumption]]:
    """What power caps of systems in the plan cost, as the request says."""
    bought = {line.product for line in bill}
    for cap in (cap for cap in question.request.policy.power_caps if cap.product_id in bought):
        system = question.catalog.get(cap.product, System)
        lowest = ceiling(system.power_cap_min_w)
        known = sentence("assumed.no-lowest-cap") if lowest is None else sentence("assumed.lowest-cap", power=lowest)
        text = sentence("assumed.power-cap", system=system.name, cap=cap.cap, known=known)
        kept = sentence("figure.share-exact", value=cap.performance)
        assumption = demand.Assumption(f"power-cap.{cap.product_id}", text, kept, cap.source, "estimate")
        yield sentence("user.sizing-and-power"), assumption


def _stand_ins(question: Question, bill: list[BillLine]) -> Iterator[str]:
    for name in sorted({line.product for line in bill}):
        product = question.catalog.products.get(name)
        if isinstance(product, Device):
            yield from power_tiers(product, question.request.policy.assumed_power_w).assumed
            note = heat_note(product, question.request.policy.assumed_liquid_share)
            if note is not None:
                yield note
    for name, kg in sorted(question.request.policy.assumed_weight_kg.items()):
        if any(line.product == name for line in bill):
            yield sentence("stand-in.weight", product=name, kg=kg)


def findings_of(
    question: Question, settled: Settled, halls: list[PlacedHall], racks: list[Rack], cost: Cost, bill: list[BillLine]
) -> list[Finding]:
    """Everything a person should look at, worst first, each once."""
    found = [
        *_system_findings(question, halls),
        *_weight_findings(question, halls, racks),
        *_money_findings(question, cost),
        *_calibration_findings(question, settled),
        *_pdu_findings(question, halls),
        *_shelf_findings(question, halls),
        *_lead_time_findings(question.request, bill),
        *_storage_findings(question),
    ]
    if not settled.agreed:
        found.append(
            Finding(severity="warning", rule="rounds", place=sentence("place.sizing"), text=sentence("finding.rounds"))
        )
    return worst_first(found)


def tray_findings(systems: Iterable[SystemChoice], question: Question) -> Iterator[Finding]:
    """Spare trays of rack systems are to be ordered beside the bill: no product of the catalog stands for one."""
    for choice in systems:
        if choice.spare_trays:
            name = question.catalog.products[choice.product].name
            yield Finding(
                severity="information", rule="spare-trays", place=choice.hall,
                text=sentence("finding.spare-trays", n=choice.spare_trays, system=name),
                numbers={"trays": choice.spare_trays},
            )  # fmt: skip


def lone_storage_findings(storage: Iterable[StorageChoice], systems: Iterable[SystemChoice]) -> Iterator[Finding]:
    """Storage in a hall without systems: fabrics are designs around systems, so nothing joins it in the plan."""
    with_systems = {choice.hall for choice in systems}
    for choice in storage:
        if choice.hall not in with_systems:
            text = sentence("finding.storage-alone")
            yield Finding(severity="warning", rule="storage-alone", place=choice.hall, text=text)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once: errors, then warnings, then information."""
    worst = {"error": 0, "warning": 1, "information": 2}
    unique = {(f.severity, f.rule, f.place, f.text): f for f in findings}
    return [unique[key] for key in sorted(unique, key=lambda k: (worst[k[0]], *k[1:]))]


def _system_findings(question: Question, halls: list[PlacedHall]) -> Iterator[Finding]:
    for placed in halls:
        for system in systems_of(question, placed):
            feeds, _ = feeds_of_system(placed, system.id)
            yield from redundancy_findings(system, power_tiers(system, question.request.policy.assumed_power_w), feeds)
            breathless = inlet_refusal(system, placed.hall)
            if breathless is not None:
                yield Finding(severity="error", rule="inlet-temperature", place=system.id, text=breathless)


def _weight_findings(question: Question, halls: list[PlacedHall], racks: list[Rack]) -> Iterator[Finding]:
    for placed in halls:
        by_id = {p.id: p for p in placed.patterns}
        rows = {row.id: row for row in placed.hall.rows}
        for rack in racks:
            pattern = by_id.get(rack.pattern)
            if pattern is None or pattern.weight_kg is None:
                continue
            row = rows[rack.row]
            width, depth = body_mm(question, pattern, row)
            each = -(-pattern.weight_kg // pattern.positions)
            yield from floor_findings(rack.id, each, row, placed.hall.floor, width_mm=width, depth_mm=depth)
        for name in sorted(unknown_weights(question, placed)):
            yield Finding(
                severity="warning", rule="unknown-weight", place=placed.hall.id,
                text=sentence("finding.unknown-weight", product=name),
            )  # fmt: skip


def _money_findings(question: Question, cost: Cost) -> Iterator[Finding]:
    if cost.lines_without_price:
        yield Finding(
            severity="warning", rule="quote-required", place=sentence("place.bill"),
            text=sentence("finding.quote-required", open=cost.lines_without_price, lines=cost.lines_total),
            numbers={"lines": cost.lines_total, "without_price": cost.lines_without_price},
        )  # fmt: skip
    for name in cost.expired_prices:
        yield Finding(severity="warning", rule="price-expired", place=name, text=sentence("finding.price-expired"))
    for site, rates in sorted(question.rates.items()):
        if rates.price_per_kwh is None:
            yield Finding(
                severity="warning", rule="energy-price", place=site,
                text=sentence("finding.energy-price"),
            )  # fmt: skip


def _calibration_findings(question: Question, settled: Settled) -> Iterator[Finding]:
    for workload, placed in sorted(settled.sizing.units.items()):
        for system in sorted({s.split("/")[-1] for _, s, _ in placed}):
            need = next((n for n in question.needs if (n.workload, n.system) == (workload, system)), None)
            if need is not None and not need.calibrated:
                yield Finding(
                    severity="warning", rule="uncalibrated", place=workload,
                    text=sentence("finding.uncalibrated", system=system),
                )  # fmt: skip


def expired_findings(request: Request, priors: Priors, assumptions: Iterable[Assumption]) -> Iterator[Finding]:
    """Measurements that the plan rests on and that were past their date on the day of the request."""
    used = {a.id: a.used_by for a in assumptions}
    for prior in priors.expired(request.date):
        for place in used.get(f"prior.{prior.id}", ()):
            yield Finding(
                severity="warning", rule="priors-expired", place=place,
                text=sentence("finding.priors-expired", prior=prior.id, until=prior.valid_until),
            )  # fmt: skip


def _shelf_findings(question: Question, halls: list[PlacedHall]) -> Iterator[Finding]:
    for placed in halls:
        for made in placed.made:
            row = next(r for r in placed.hall.rows if r.id == made.place.rows[0])
            if made.place.busbar and made.pattern.pdus and row.busbar is not None:
                pattern, shelf = made.pattern, question.catalog.get(row.busbar.shelf, PowerShelf)
                loads = pattern.power_design_w or 0, pattern.power_peak_w or 0
                yield from shelf_findings(
                    sentence("place.pattern", pattern=pattern.id), shelf, row, placed.hall.power, *loads
                )


def _pdu_findings(question: Question, halls: list[PlacedHall]) -> Iterator[Finding]:
    for placed in halls:
        for name in sorted({pdu for pattern in placed.patterns for pdu in pattern.pdus}):
            outlets = getattr(question.catalog.products[name], "outlets", {})
            if not outlets and not isinstance(question.catalog.products[name], PowerShelf):
                yield Finding(
                    severity="information", rule="unknown-outlets", place=placed.hall.id,
                    text=sentence("finding.unknown-outlets", product=name),
                )  # fmt: skip
        for name in sorted({d.product for p in placed.patterns for d in p.devices}):
            product = question.catalog.products[name]
            if isinstance(product, Device) and not product.inlets:
                yield Finding(
                    severity="information", rule="unknown-inlets", place=name,
                    text=sentence("finding.unknown-inlets"),
                )  # fmt: skip


def _lead_time_findings(request: Request, bill: list[BillLine]) -> Iterator[Finding]:
    open_ = sorted({line.product for line in bill if line.unit == "each" and line.lead_time_weeks is None})
    if open_ and request.service_date is not None:
        yield Finding(
            severity="information", rule="unknown-lead-time", place=sentence("place.bill"),
            text=sentence("finding.unknown-lead-time", products=len(open_)),
            numbers={"products": len(open_)},
        )  # fmt: skip


def _storage_findings(question: Question) -> Iterator[Finding]:
    for site, need in sorted(question.storage.items()):
        if not need.keeps_data:
            yield Finding(
                severity="information", rule="no-storage", place=site,
                text=sentence("finding.no-storage"),
            )  # fmt: skip


NAMED = frozenset({"schema_", "kind", "id", "name", "vendor", "part_number"})


def products_used(question: Question, names: Iterable[str]) -> list[ProductUsed]:
    """Every product the plan rests on, with its facts, known and unknown."""
    found = []
    for name in sorted(set(names)):
        product = question.catalog.products.get(name)
        if product is not None:
            found.append(_product_used(product))
    return found


def with_accelerators(question: Question, names: Iterable[str]) -> Iterator[str]:
    """The names, and the accelerators of the systems among them."""
    for name in names:
        yield name
        product = question.catalog.products.get(name)
        if isinstance(product, System):
            yield product.accelerator


def _product_used(product: Product) -> ProductUsed:
    facts = []
    for name in sorted(type(product).model_fields):
        fact = getattr(product, name)
        if name in NAMED or not isinstance(fact, Fact) or isinstance(fact.value, dict):
            continue
        facts.append(
            FactUsed(
                name=name,
                value=fact.value,
                unit=fact.unit,
                source=fact.source,
                as_of=fact.as_of,
                confidence=fact.confidence,
                note=fact.note,
            )
        )
    return ProductUsed(
        id=product.id, kind=product.kind, name=product.name, vendor=product.vendor,
        part_number=product.part_number.value, facts=tuple(facts),
    )  # fmt: skip
