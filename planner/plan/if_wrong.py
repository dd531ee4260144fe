"""What an assumption moves if it is wrong, where arithmetic on the plan as it stands gives it exactly.

Nothing is solved again: the same systems are bought, and one figure of the plan changes. What only another plan could
tell is not computed, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.catalog.schema import Device, System
from planner.demand.sensitivity import STEPS
from planner.demand.spares import spares
from planner.facility.power import power_tiers
from planner.money import whole
from planner.plan.bill import line_price, spares_of_type
from planner.plan.jobs import varied
from planner.plan.notes import rate_in_words, spare_parts
from planner.plan.schema import Assumption, BillLine, Decision, Effect, Need, Sensitivity, SystemChoice, WorkloadDemand
from planner.plan.schema_base import Change, Measure
from planner.sizing.items import energy_cost, energy_kwh
from planner.sizing.question import Question

TIMES = 1.1  # every price and rate is taken to be a tenth higher
MORE = Fraction(1, 10)
DAY_S = 86_400
Effects = tuple[Effect, ...]


@dataclass(frozen=True)
class Planned:
    """What the plan has decided by now; `typical_w` is the typical load of each site."""

    bill: Sequence[BillLine]
    typical_w: Mapping[str, int]
    demand: Sequence[WorkloadDemand]
    decisions: Sequence[Decision]
    systems: Sequence[SystemChoice]


def with_effects(question: Question, assumptions: Iterable[Assumption], planned: Planned) -> list[Assumption]:
    """The assumptions, each with what it moves; those of which that cannot be computed stay without."""
    return [a.model_copy(update={"if_wrong": effects_of(question, a, planned)}) for a in assumptions]


def effects_of(question: Question, assumption: Assumption, planned: Planned) -> Effects | None:
    """What one assumption moves; None where only another plan could tell."""
    rules: dict[str, Callable[[Question, Assumption, Planned], Effects | None]] = {
        "money.rate": _exchange_rate,
        "site.energy price": _energy_price,
        "site.PUE": _pue,
        "site.grid carbon": _grid_carbon,
        "default.spares.cable_share": _cable_share,
        "spares.rate": _failures,
        "default.spares.repair": _failures,
        "default.spares.cover": _cover,
        "product.stand-in": _stand_in,
    }
    if assumption.id in rules:
        return rules[assumption.id](question, assumption, planned)
    family, _, rest = assumption.id.partition(".")
    if family == "prior":
        return _throughput_band(assumption, planned)
    return _input(question, assumption, rest, planned) if family == "default" else None


def _more(measure: Measure, difference: int) -> Effect:
    return Effect(change="times", factor=TIMES, measure=measure, difference=difference)


def _exchange_rate(question: Question, assumption: Assumption, planned: Planned) -> Effects:
    """A tenth of the typical price of every line whose price is in that currency."""
    currency = question.request.currency
    bases = {r.base for r in question.request.exchange_rates if rate_in_words(r, currency) == assumption.value}
    once = total = 0
    for line in planned.bill:
        price = line_price(question, line.product, line.unit)
        if price is not None and line.extended is not None and price.entry.currency in bases:
            total += line.extended.typical
            once += 0 if line.recurring else line.extended.typical
    return _more("capex", whole(once * MORE)), _more("tco", whole(total * MORE))


def _energy_price(question: Question, assumption: Assumption, planned: Planned) -> Effects:
    return (_more("tco", whole(_energy_cost(question, assumption, planned) * MORE)),)


def _energy_cost(question: Question, assumption: Assumption, planned: Planned) -> Fraction:
    costs = (energy_cost(question, site, planned.typical_w[site]) for site in assumption.used_by)
    return sum(costs, Fraction(0))


def _pue(question: Question, assumption: Assumption, planned: Planned) -> Effects:
    """Energy at the meter is in proportion to the PUE: so are its cost, its carbon and the power drawn."""
    found = []
    if all(question.rates[site].price_per_kwh is not None for site in assumption.used_by):
        found.append(_more("tco", whole(_energy_cost(question, assumption, planned) * MORE)))
    if all(question.rates[site].carbon_g_per_kwh is not None for site in assumption.used_by):
        found += _grid_carbon(question, assumption, planned)
    drawn = sum((planned.typical_w[site] * question.rates[site].pue for site in assumption.used_by), Fraction(0))
    return (*found, _more("facility_w", whole(drawn * MORE)))


def _grid_carbon(question: Question, assumption: Assumption, planned: Planned) -> Effects:
    grams = (
        energy_kwh(question, site, planned.typical_w[site]) * (question.rates[site].carbon_g_per_kwh or 0)
        for site in assumption.used_by
    )
    return (_more("operational_kg", whole(sum(grams, Fraction(0)) / 1000 * MORE)),)


def _cable_share(question: Question, _: Assumption, planned: Planned) -> Effects:
    """Pieces, not money: most cables have no price."""
    policy = question.request.policy.spares
    laid = {_type(line): line.quantity for line in planned.bill if line.group == "optics and cables"}
    spare = list(spare_parts(question, planned.bill))
    more = sum(spares_of_type(laid[_type(line)], policy, 1 + MORE) - line.quantity for line in spare)
    return (_more("spare_parts", more),)


def _failures(question: Question, assumption: Assumption, planned: Planned) -> Effects | None:
    """Spares when a tenth more fail, or repairs take a tenth longer: the mean away is in proportion to either."""
    policy = question.request.policy.spares
    return _spares(question, assumption, planned, "times", TIMES * policy.repair / DAY_S, policy.cover)


def _cover(question: Question, assumption: Assumption, planned: Planned) -> Effects | None:
    policy = question.request.policy.spares
    return _spares(question, assumption, planned, "divided", policy.repair / DAY_S, policy.cover / TIMES)


def _spares(
    question: Question, assumption: Assumption, planned: Planned, change: Change, days: float, cover: float
) -> Effects | None:
    """Spare systems, and their price where they have one; the spares of a rack system are trays of no line."""
    more, cost = 0, Fraction(0)
    mine = [(choice, question.catalog.get(choice.product, System)) for choice in planned.systems]
    nodes = [(c, system) for c, system in mine if c.product in assumption.used_by and system.form == "node"]
    for choice, system in nodes:
        rate = question.failures_per_accelerator_day * system.accelerators
        missing = spares(choice.count - choice.spares, rate, days, cover) - choice.spares
        price = line_price(question, choice.product, "each")
        more += missing
        cost += Fraction(0) if price is None else price.typical * missing
    if not nodes:
        return None
    kept = Effect(change=change, factor=TIMES, measure="spare_systems", difference=more)
    return (kept, Effect(change=change, factor=TIMES, measure="capex", difference=whole(cost))) if cost else (kept,)


def _stand_in(question: Question, assumption: Assumption, planned: Planned) -> Effects | None:
    """Load of every piece of the product whose power another figure stands in for."""
    for product in sorted({line.product for line in planned.bill}):
        device = question.catalog.products.get(product)
        if isinstance(device, Device):
            tiers = power_tiers(device, question.request.policy.assumed_power_w)
            count = sum(line.quantity for line in planned.bill if line.product == product)
            if assumption.text in tiers.assumed and tiers.design_w is not None and tiers.peak_w is not None:
                design = not device.power_design_w.known and assumption.text == tiers.assumed[0]
                watts = count * (tiers.design_w if design else tiers.peak_w)
                return (_more("design_w" if design else "peak_w", whole(watts * MORE)),)
    return None


def _type(line: BillLine) -> tuple[str, str, str | None]:
    """What spares are counted for: one product of one length."""
    return line.product, line.name, line.part_number


def _throughput_band(assumption: Assumption, planned: Planned) -> Effects | None:
    """Accelerators at either end of the band that the measurements leave."""
    found: list[Effect] = []
    for need in _needs(assumption, planned):
        ends: tuple[tuple[Change, int], ...]
        ends = ("optimistic", need.accelerators_p10), ("pessimistic", need.accelerators_p90)
        for change, count in ends:
            more = count - need.accelerators
            found.append(Effect(change=change, measure="accelerators", difference=more, subject=need.workload))
    return tuple(found) or None


def _needs(assumption: Assumption, planned: Planned) -> list[Need]:
    """What the workloads that rest on an assumption need on the one system that each was given."""
    given = _on_one_system(assumption, planned)
    needs = (need for workload in planned.demand if workload.id in given for need in workload.needs)
    return [need for need in needs if need.feasible and need.system == given[need.workload]]


def _on_one_system(assumption: Assumption, planned: Planned) -> dict[str, str]:
    """The system of every workload that rests on an assumption; on several, counts do not add up to one change."""
    given: dict[str, list[str]] = {}
    for decision in planned.decisions:
        given.setdefault(decision.workload, []).append(decision.system)
    return {w: systems[0] for w, systems in given.items() if len(systems) == 1 and w in assumption.used_by}


def _input(question: Question, assumption: Assumption, key: str, planned: Planned) -> Effects | None:
    """Accelerators when the input is larger and smaller; one that was varied and is not listed moves none."""
    given = _on_one_system(assumption, planned)
    asked = {workload.id: workload for workload in question.request.workloads}
    found: list[Effect] = []
    for workload in planned.demand:
        if workload.id in given and key in varied(asked[workload.id]):
            moved = [entry for entry in workload.sensitivities if entry.input == key]
            found += [effect for entry in moved for effect in _both_ways(workload.id, entry)]
            found += [] if moved else _unmoved(workload)
    return tuple(found) or None


def _unmoved(workload: WorkloadDemand) -> list[Effect]:
    factor = workload.sensitivities[0].factor if workload.sensitivities else STEPS[-1]
    ends: tuple[Change, ...] = "times", "divided"
    return [
        Effect(change=change, factor=factor, measure="accelerators", difference=0, subject=workload.id)
        for change in ends
    ]


def _both_ways(workload: str, moved: Sensitivity) -> list[Effect]:
    ends: tuple[tuple[Change, int | None], ...]
    ends = ("times", moved.if_larger), ("divided", moved.if_smaller)
    return [
        Effect(
            change=change,
            factor=moved.factor,
            measure="accelerators",
            difference=None if count is None else count - moved.accelerators,
            subject=workload,
        )
        for change, count in ends
    ]
