"""What an assumption moves if it is wrong: every difference worked out again, and none left out or made up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from planner import money
from planner.catalog.schema import Cable, Device, Module, System
from planner.demand.sensitivity import STEPS
from planner.demand.spares import spares
from planner.facility.power import power_tiers
from planner.plan.jobs import varied
from planner.plan.question import sensitivities_on, site_rates
from planner.plan.schema import Assumption
from planner.request.site import Site
from planner.verify.bill import unit_price_of
from planner.verify.running import site_energy_kwh
from planner.verify.subject import Broken, Rule, Subject, differs

TENTH = Fraction(1, 10)
SECONDS_PER_DAY = 86_400
Told = tuple[str, float | None, str, int | None, str]  # change, factor, measure, difference, workload


def effects_are_recomputed(subject: Subject) -> Iterator[Broken]:
    """Every assumption has the effects that follow from the plan, and where none can be computed it states none."""
    for assumption in subject.plan.assumptions:
        told = assumption.if_wrong
        found = None if told is None else [tuple(effect.model_dump().values()) for effect in told]
        expected = [*_expected(subject, assumption)] or None
        if found != expected:
            yield from differs(assumption.id, "if it is wrong", _words(found), _words(expected))


def _words(effects: list[Told] | list[tuple[object, ...]] | None) -> str:
    if effects is None:
        return "not computed"
    return "; ".join(" ".join(str(part) for part in effect if part not in (None, "")) for effect in effects)


def _expected(subject: Subject, assumption: Assumption) -> Iterator[Told]:
    by_id: dict[str, Callable[[Subject, Assumption], Iterator[tuple[str, Fraction | int]]]] = {
        "money.rate": _exchange_rate,
        "site.energy price": _energy_price,
        "site.PUE": _pue,
        "site.grid carbon": _grid_carbon,
        "default.spares.cable_share": _cable_share,
        "spares.rate": _spares,
        "default.spares.repair": _spares,
        "product.stand-in": _stand_in,
    }
    if assumption.id in by_id:
        for measure, more in by_id[assumption.id](subject, assumption):
            yield "times", 1.1, measure, more if isinstance(more, int) else money.whole(more), ""
    elif assumption.id == "default.spares.cover":
        for measure, more in _spares(subject, assumption):
            yield "divided", 1.1, measure, more if isinstance(more, int) else money.whole(more), ""
    elif assumption.id.startswith("prior."):
        yield from _band(subject, assumption)
    elif assumption.id.startswith("default."):
        yield from _inputs(subject, assumption)


def _exchange_rate(subject: Subject, assumption: Assumption) -> Iterator[tuple[str, Fraction]]:
    base = assumption.value.removeprefix("1 ").split(" ")[0]
    once, recurring = Fraction(0), Fraction(0)
    for line in subject.plan.bill:
        price = unit_price_of(subject, line)
        if price is not None and price.entry.currency == base:
            amount = price.times(line.quantity).typical
            once, recurring = (once, recurring + amount) if line.recurring else (once + amount, recurring)
    yield "capex", once * TENTH
    yield "tco", (once + recurring) * TENTH


def _sites(subject: Subject, assumption: Assumption) -> list[Site]:
    return [site for site in subject.request.sites if site.id in assumption.used_by]


def _energy_price(subject: Subject, assumption: Assumption) -> Iterator[tuple[str, Fraction]]:
    cost = Fraction(0)
    for site in _sites(subject, assumption):
        price = site_rates(subject.request, site, subject.library).price_per_kwh
        if price is None:
            return
        cost += site_energy_kwh(subject, site) * price
    yield "tco", cost * TENTH


def _grid_carbon(subject: Subject, assumption: Assumption) -> Iterator[tuple[str, Fraction]]:
    grams = Fraction(0)
    for site in _sites(subject, assumption):
        each = site_rates(subject.request, site, subject.library).carbon_g_per_kwh
        if each is None:
            return
        grams += site_energy_kwh(subject, site) * each
    yield "operational_kg", grams / 1000 * TENTH


def _pue(subject: Subject, assumption: Assumption) -> Iterator[tuple[str, Fraction]]:
    """Energy at the meter, and with it cost, carbon and power, are in proportion to the PUE."""
    yield from _energy_price(subject, assumption)
    yield from _grid_carbon(subject, assumption)
    drawn = Fraction(0)
    for site in _sites(subject, assumption):
        halls = {hall.id for hall in site.halls}
        watts = sum(power.typical_w or 0 for power in subject.plan.power if power.hall in halls)
        drawn += watts * site_rates(subject.request, site, subject.library).pue
    yield "facility_w", drawn * TENTH


def _cable_share(subject: Subject, _: Assumption) -> Iterator[tuple[str, int]]:
    policy = subject.request.policy.spares
    share = Fraction(str(policy.cable_share)) * (1 + TENTH)
    products = subject.catalog.products
    parts = [line for line in subject.plan.bill if isinstance(products.get(line.product), Cable | Module)]
    bought = sum(line.quantity for line in parts if line.group == "spares")
    wanted = (max(policy.cable_least, math.ceil(share * line.quantity)) for line in parts if line.group != "spares")
    yield "spare_parts", sum(wanted) - bought


def _spares(subject: Subject, assumption: Assumption) -> Iterator[tuple[str, Fraction | int]]:
    """Spare nodes with a tenth more failures or longer repairs, or with a cover that much lower, and their price."""
    policy = subject.request.policy.spares
    rate = subject.library.priors.of("reliability", "any").values["failures_per_accelerator_day"]
    lower = assumption.id == "default.spares.cover"
    days, cover = policy.repair / SECONDS_PER_DAY, policy.cover
    days, cover = (days, cover / 1.1) if lower else (days * 1.1, cover)
    lines = {line.product: line for line in subject.plan.bill if line.group == "systems"}
    missing, cost, nodes = 0, Fraction(0), 0
    for choice in subject.plan.systems:
        system = subject.known(choice.product, System)
        if system.form == "node" and choice.product in assumption.used_by:
            units = max(0, choice.count - choice.spares)
            more = spares(units, rate * system.accelerators, days, cover) - choice.spares
            line = lines.get(choice.product)
            price = None if line is None else unit_price_of(subject, line)
            nodes, missing = nodes + 1, missing + more
            cost += Fraction(0) if price is None else price.typical * more
    if nodes:
        yield "spare_systems", missing
    if cost:
        yield "capex", cost


def _stand_in(subject: Subject, assumption: Assumption) -> Iterator[tuple[str, Fraction]]:
    """A tenth of the design or peak load of all pieces of the product whose power another figure stands in for."""
    assumed = subject.request.policy.assumed_power_w
    for product in sorted({line.product for line in subject.plan.bill}):
        device = subject.catalog.products.get(product)
        if not isinstance(device, Device):
            continue
        tiers = power_tiers(device, assumed)
        if assumption.text in tiers.assumed and tiers.design_w is not None and tiers.peak_w is not None:
            pieces = sum(line.quantity for line in subject.plan.bill if line.product == product)
            first = tiers.assumed.index(assumption.text) == 0
            if first and device.power_design_w.value is None:
                yield "design_w", pieces * tiers.design_w * TENTH
            else:
                yield "peak_w", pieces * tiers.peak_w * TENTH
            return


def _given(subject: Subject, assumption: Assumption) -> Iterator[tuple[str, str]]:
    """Workloads that rest on an assumption and were given one system, in the order of the request."""
    for workload in subject.request.workloads:
        systems = [d.system for d in subject.plan.decisions if d.workload == workload.id]
        if workload.id in assumption.used_by and len(systems) == 1:
            yield workload.id, systems[0]


def _band(subject: Subject, assumption: Assumption) -> Iterator[Told]:
    for key in _given(subject, assumption):
        need = subject.needs.get(key)
        if need is not None and need.feasible:
            for change, count in (("optimistic", need.accelerators_p10), ("pessimistic", need.accelerators_p90)):
                yield change, None, "accelerators", count - need.accelerators, need.workload


def _inputs(subject: Subject, assumption: Assumption) -> Iterator[Told]:
    asked = {workload.id: workload for workload in subject.request.workloads}
    for workload, system in _given(subject, assumption):
        tried = {f"default.{key}" for key in varied(asked[workload])}
        every = sensitivities_on(system, asked[workload], subject.request, subject.library)
        mine = [moved for moved in every if f"default.{moved.input}" == assumption.id]
        for moved in mine:
            for change, count in (("times", moved.if_larger), ("divided", moved.if_smaller)):
                more = None if count is None else count - moved.accelerators
                yield change, moved.factor, "accelerators", more, workload
        if assumption.id in tried and not mine:
            factor = every[0].factor if every else STEPS[-1]
            yield "times", factor, "accelerators", 0, workload
            yield "divided", factor, "accelerators", 0, workload


RULES: tuple[Rule, ...] = (effects_are_recomputed,)
