"""What is paid and emitted over the horizon: licences, rented instances, energy, carbon."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from planner import money
from planner.catalog.facts import ceiling
from planner.catalog.schema import Instance, Region, Software, System
from planner.facility.energy import HOURS_PER_YEAR
from planner.plan.question import site_rates
from planner.request.site import Site
from planner.verify.demand import locations
from planner.verify.subject import Broken, Rule, Subject, differs
from planner.verify.timetable import most_at_once

LICENSED = ("software", "services")
ENERGY = "Energy"


def licences_follow_the_systems(subject: Subject) -> Iterator[Broken]:
    """Software and services are bought for every system, spares too, over the horizon less the years included."""
    wanted: Counter[tuple[str, str]] = Counter()
    for choice in subject.plan.systems:
        system = subject.known(choice.product, System)
        for entitlement in system.software:
            product = subject.catalog.products.get(entitlement.product)
            unit: str = product.unit if isinstance(product, Software) else "accelerator-year"
            years = subject.request.policy.horizon_years - Fraction(str(entitlement.included_years))
            wanted[entitlement.product, unit] += math.ceil(_units(system, unit, max(years, Fraction(0))) * choice.count)
    billed: Counter[tuple[str, str]] = Counter()
    for line in subject.plan.bill:
        if line.group in LICENSED:
            billed[line.product, line.unit] += line.quantity
            if not line.recurring:
                yield Broken(f"line {line.line}", f"{line.product} is paid over the horizon, not once")
    for name, unit in sorted(billed.keys() | wanted.keys()):
        yield from differs(name, f"{unit}s", billed[name, unit], wanted[name, unit])


def _units(system: System, unit: str, years: Fraction) -> Fraction:
    per_system = {
        "accelerator-year": system.accelerators * years,
        "accelerator": Fraction(system.accelerators),
        "system-year": years,
        "node-year": years,
    }
    return per_system.get(unit, Fraction(0))


def _instance(subject: Subject, region: str, name: str) -> Instance | None:
    found = subject.product(region, Region)
    return next((i for i in found.instances if i.name == name), None) if found is not None else None


def rents_serve_their_workloads(subject: Subject) -> Iterator[Broken]:
    """Rented hours over the horizon are whole instances all the time, enough for what was decided to run there."""
    hours = HOURS_PER_YEAR * subject.request.policy.horizon_years
    rented: Counter[str] = Counter()
    for line in subject.plan.bill:
        if line.group == "cloud":
            rented[line.name] += line.quantity
    asked = Counter({key: n for key, n in most_at_once(subject).items() if key[0] not in subject.places})
    for decision in subject.plan.decisions if subject.plan.timetable is None else ():
        places = locations(decision)
        if len(places) == 1 and places[0] not in subject.places:
            asked[places[0], decision.system] += decision.accelerators
    for (region, name), accelerators in sorted(asked.items()):
        instance = _instance(subject, region, name)
        if instance is None:
            yield Broken(region, f'it has no instance "{name}"')
            continue
        count, rest = divmod(rented[f"{name}, {region}"], hours)
        needed = -(-accelerators // instance.accelerators)
        if rest or count < needed:
            yield Broken(f"{name}, {region}", f"{count} instances over the horizon, {needed} needed")


def site_energy_kwh(subject: Subject, site: Site) -> Fraction:
    """Energy of a site's halls over the horizon at the meter: typical load x hours x PUE."""
    halls = {hall.id for hall in site.halls}
    watts = sum(power.typical_w or 0 for power in subject.plan.power if power.hall in halls)
    hours = HOURS_PER_YEAR * subject.request.policy.horizon_years
    return Fraction(watts, 1000) * hours * site_rates(subject.request, site, subject.library).pue


def energy_is_paid(subject: Subject) -> Iterator[Broken]:
    """The energy of every site whose price is known, at typical load over the horizon, is one part of the cost."""
    amount = Fraction(0)
    for site in subject.request.sites:
        price = site_rates(subject.request, site, subject.library).price_per_kwh
        amount += site_energy_kwh(subject, site) * price if price is not None else 0
    found = [line.amount.typical for line in subject.plan.cost.lines if line.name == ENERGY]
    yield from differs("cost", "energy", found, [money.whole(amount)])


def parts_of_the_cost_are_the_bill_and_energy(subject: Subject) -> Iterator[Broken]:
    """The parts but energy are what the groups of the bill cost, those paid once apart from those over the horizon."""
    groups: dict[tuple[bool, str], list[money.Range]] = {}
    for line in subject.plan.bill:
        amounts = groups.setdefault((line.recurring, line.group), [])
        amounts.extend([line.extended] if line.extended is not None else [])
    expected = sorted(_ends(money.total(amounts)) for amounts in groups.values())
    found = sorted(_ends(line.amount) for line in subject.plan.cost.lines if line.name != ENERGY)
    yield from differs("cost", "parts but energy", found, expected)


def _ends(amount: money.Range) -> tuple[int, int, int]:
    return amount.low, amount.typical, amount.high


def carbon_is_recomputed(subject: Subject) -> Iterator[Broken]:
    """Operational carbon from energy and the grid, unknown where a grid is; embodied carbon of what is bought."""
    operational: int | None = 0
    for site in subject.request.sites:
        grams = site_rates(subject.request, site, subject.library).carbon_g_per_kwh
        if grams is None or operational is None:
            operational = None
        else:
            operational += money.whole(site_energy_kwh(subject, site) * grams / 1000)
    carbon = subject.plan.carbon
    yield from differs("carbon", "operational kg", carbon.operational_kg, operational)
    embodied: Counter[str] = Counter()
    unknown: set[str] = set()
    for line in subject.plan.bill:
        product = subject.catalog.products.get(line.product)
        if product is not None and line.unit == "each":
            each = ceiling(product.embodied_carbon_kg)
            unknown.update([line.product] if each is None else [])
            embodied.update({line.product: each * line.quantity} if each is not None else {})
    yield from differs("carbon", "embodied kg", carbon.embodied_kg, sum(embodied.values()) if embodied else None)
    yield from differs("carbon", "products of known carbon", sorted(carbon.embodied_known), sorted(embodied))
    yield from differs("carbon", "products of unknown carbon", sorted(carbon.embodied_unknown), sorted(unknown))


RULES: tuple[Rule, ...] = (
    licences_follow_the_systems,
    rents_serve_their_workloads,
    energy_is_paid,
    parts_of_the_cost_are_the_bill_and_energy,
    carbon_is_recomputed,
)
