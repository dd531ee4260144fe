"""What an assumption moves if it is wrong, where arithmetic on the plan as it stands gives it exactly.

Nothing is solved again: the same systems are bought, and one figure of the plan changes. What only another plan could
tell is not computed, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.money import whole
from planner.plan.bill import line_price, spares_of_type
from planner.plan.notes import rate_in_words, spare_parts
from planner.plan.schema import Assumption, BillLine, Decision, Effect, Need, Sensitivity, WorkloadDemand
from planner.plan.schema_base import Change, Measure
from planner.sizing.items import energy_cost, energy_kwh
from planner.sizing.question import Question

TIMES = 1.1  # every price and rate is taken to be a tenth higher
MORE = Fraction(1, 10)
Effects = tuple[Effect, ...]


@dataclass(frozen=True)
class Planned:
    """What the plan has decided by now: its bill, the typical load of each site in W, its demand and decisions."""

    bill: Sequence[BillLine]
    typical_w: Mapping[str, int]
    demand: Sequence[WorkloadDemand]
    decisions: Sequence[Decision]


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
    }
    if assumption.id in rules:
        return rules[assumption.id](question, assumption, planned)
    family, _, rest = assumption.id.partition(".")
    if family == "prior":
        return _throughput_band(assumption, planned)
    return _input(assumption, rest, planned) if family == "default" else None


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


def _input(assumption: Assumption, key: str, planned: Planned) -> Effects | None:
    """Accelerators when the input is larger and smaller, for workloads that it is known to move."""
    given = _on_one_system(assumption, planned)
    found: list[Effect] = []
    for workload in planned.demand:
        if workload.id in given:
            for moved in workload.sensitivities:
                found += _both_ways(workload.id, moved) if moved.input == key else ()
    return tuple(found) or None


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
