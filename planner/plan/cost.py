"""Cost and carbon over the horizon. What has no price is in no sum, and is counted apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from planner.catalog.facts import CONFIDENCES, ceiling
from planner.facility.energy import HOURS_PER_YEAR
from planner.money import Range, total, whole
from planner.plan.schema import BillLine, Carbon, Cost, CostLine
from planner.sizing.items import energy_kwh
from planner.sizing.question import Question
from planner.wording import joined, sentence

NAMES = {
    "systems": "Accelerator systems", "spares": "Spare systems", "storage": "Storage", "network": "Network switches",
    "optics and cables": "Optics and cables", "management": "Management servers", "racks": "Racks",
    "power": "Rack power", "cooling": "Coolant distribution", "software": "Software", "services": "Services",
    "cloud": "Cloud instances",
}  # fmt: skip


def cost_of(question: Question, bill: list[BillLine], typical_w: dict[str, int]) -> Cost:
    """Capital cost, and total cost over the horizon with energy at the typical load of each site."""
    request = question.request
    once = [line for line in bill if not line.recurring]
    lines = list(_by_group(once)) + list(_by_group([line for line in bill if line.recurring]))
    energy = _energy_line(question, typical_w)
    capex = total([line.extended for line in once if line.extended is not None])
    recurring = total([line.extended for line in bill if line.recurring and line.extended is not None])
    missing = sorted({line.product for line in bill if line.extended is None})
    return Cost(
        currency=request.currency,
        horizon_years=request.policy.horizon_years,
        capex=capex,
        tco=total([capex, recurring, energy.amount]),
        lines=(*lines, energy),
        lines_total=len(bill),
        lines_without_price=sum(1 for line in bill if line.extended is None),
        without_price=tuple(missing),
        confidence_share=confidence_shares(once),
        expired_prices=tuple(sorted({line.product for line in bill if line.price_expired})),
        rates=tuple(
            sentence("cost.rate", base=r.base, rate=r.rate, currency=request.currency, day=r.as_of, source=r.source)
            for r in request.exchange_rates
        ),
    )


def _by_group(lines: Iterable[BillLine]) -> Iterable[CostLine]:
    groups: dict[str, list[BillLine]] = {}
    for line in lines:
        groups.setdefault(line.group, []).append(line)
    for group, members in groups.items():
        priced = [line.extended for line in members if line.extended is not None]
        open_ = len(members) - len(priced)
        told = [sentence("cost.priced", priced=len(priced), lines=len(members))]
        basis = joined([*told, *([sentence("cost.open", lines=open_)] if open_ else [])])
        yield CostLine(name=NAMES[group], amount=total(list(priced)), basis=basis)


def _energy_line(question: Question, typical_w: dict[str, int]) -> CostLine:
    amount, words = Fraction(0), []
    years = question.request.policy.horizon_years
    for site, watts in sorted(typical_w.items()):
        rates = question.rates[site]
        if rates.price_per_kwh is None:
            words.append(sentence("cost.energy-unknown", site=site))
            continue
        amount += energy_kwh(question, site, watts) * rates.price_per_kwh
        words.append(
            sentence(
                "cost.energy",
                site=site,
                kilowatts=watts / 1000,
                hours=HOURS_PER_YEAR,
                years=years,
                pue=float(rates.pue),
                price=float(rates.price_per_kwh),
            )
        )
    paid = whole(amount)
    return CostLine(name="Energy", amount=Range(low=paid, typical=paid, high=paid), basis=joined(words))


def confidence_shares(lines: list[BillLine]) -> dict[str, float]:
    """Share of the typical capital cost by the confidence of its prices. Lines without a price have no amount."""
    amounts: Counter[str] = Counter()
    for line in lines:
        if line.extended is not None:
            amounts[line.price_confidence] += line.extended.typical
    everything = sum(amounts.values())
    return {name: round(amounts[name] / everything, 4) if everything else 0.0 for name in CONFIDENCES}


def carbon_of(question: Question, bill: list[BillLine], typical_w: dict[str, int]) -> Carbon:
    """Operational carbon of the sites, and embodied carbon of the products whose figure is known."""
    operational: int | None = 0
    words = []
    for site, watts in sorted(typical_w.items()):
        grams = question.rates[site].carbon_g_per_kwh
        if grams is None:
            operational = None
            words.append(sentence("cost.carbon-unknown", site=site))
            break
        energy = energy_kwh(question, site, watts)
        operational = (operational or 0) + whole(energy * grams / 1000)
        words.append(sentence("cost.carbon", site=site, energy=float(energy), grams=float(grams)))
    known, unknown, embodied = set(), set(), 0
    for line in bill:
        product = question.catalog.products.get(line.product)
        if product is None or line.unit != "each":
            continue
        each = ceiling(product.embodied_carbon_kg)
        if each is None:
            unknown.add(line.product)
        else:
            known.add(line.product)
            embodied += each * line.quantity
    return Carbon(
        operational_kg=operational,
        embodied_kg=embodied if known else None,
        embodied_known=tuple(sorted(known)),
        embodied_unknown=tuple(sorted(unknown)),
        basis=joined(words),
    )
