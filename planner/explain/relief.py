"""The price of moving a limit: what the request or the price book says it is, and nothing where neither does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner import money
from planner.errors import InputError
from planner.explain.limits import exact, value_of
from planner.explain.trial import Standing
from planner.request.schema import Request
from planner.sizing.data import SizingData
from planner.sizing.halls import cdu_for
from planner.sizing.items import each_price
from planner.sizing.limits import AIR, BUDGET, LIQUID, PEAK, POSITIONS, POWER, RACK_POWER, WEIGHT, Limit
from planner.sizing.question import Question
from planner.wording import sentence

RATES: dict[str, tuple[str, int, str]] = {
    POWER: ("power", 1000, "kW"),
    PEAK: ("power", 1000, "kW"),
    AIR: ("air", 1000, "kW"),
    LIQUID: ("liquid", 1000, "kW"),
    POSITIONS: ("positions", 1, "position"),
    RACK_POWER: ("rack_power", 1000, "kW"),
    WEIGHT: ("weight", 1, "kg"),
}
"""The rate of the request for a kind of limit, and how many base units of the limit one unit of the rate has."""

AT_POSITIONS = (RACK_POWER, WEIGHT)  # paid at each position that needs more than it has


@dataclass(frozen=True)
class Relief:
    """The price of one change, in whole units of the request's currency, and how it was reached, in words."""

    amount: int
    basis: str


def rate_of(limit: Limit, request: Request) -> Fraction | None:
    """What one base unit of a limit costs (W, kg, position) in the request's currency; None: not known."""
    if limit.kind == BUDGET:
        return Fraction(1)
    relief = request.policy.relief_costs
    if relief is None or limit.kind not in RATES:
        return None
    name, units, _ = RATES[limit.kind]
    rate = getattr(relief, name)
    return money.convert(rate, relief.currency or request.currency, request) / units if rate is not None else None


def relief_of(
    limit: Limit, missing: int, question: Question, data: SizingData, standing: Sequence[Standing]
) -> Relief | None:
    """The price of moving a limit by an amount, `standing` being the racks of the plan with it; None: not known."""
    request = question.request
    if limit.kind == BUDGET:
        return Relief(missing, sentence("relief.budget"))
    rate = rate_of(limit, request)
    if rate is None:
        return _price_of_cdus(limit, missing, question) if limit.kind == LIQUID else None
    relief = request.policy.relief_costs
    assert relief is not None, "a rate has a price list"
    name, _, unit = RATES[limit.kind]
    places = _places_in_need(limit, data, standing) if limit.kind in AT_POSITIONS else 1
    currency = relief.currency or request.currency
    more = sentence("relief.positions", n=missing) if limit.kind == POSITIONS else exact(limit, missing, currency)
    if limit.kind in AT_POSITIONS:
        more = sentence("relief.at-positions", more=more, n=places)
    basis = sentence(
        "relief.rate", more=more, rate=getattr(relief, name), currency=currency, unit=unit, source=relief.source,
        as_of=relief.as_of,
    )  # fmt: skip
    return Relief(money.whole(rate * missing * places), basis)


def _places_in_need(limit: Limit, data: SizingData, standing: Sequence[Standing]) -> int:
    """Positions of the plan whose rack draws or weighs more than any position of the hall allows now."""
    now = value_of(limit, data)
    return sum(
        s.positions
        for s in standing
        if s.hall == limit.subject
        and now is not None
        and (s.design_w if limit.kind == RACK_POWER else s.weight_kg) > now
    )


def _price_of_cdus(limit: Limit, missing: int, question: Question) -> Relief | None:
    """Distribution units of the catalog for the missing heat, where the price book has a price for them."""
    hall_id, _, loop_id = limit.subject.partition("/")
    hall = next(hall for _, hall in question.request.halls() if hall.id == hall_id)
    loop = next(loop for loop in hall.cooling.loops if loop.id == loop_id)
    try:
        cdu, capacity = cdu_for(question, loop)
    except InputError:
        return None  # the catalog has none for these conditions, so that it has no price for one either
    price = each_price(question, cdu.id)
    if price is None or loop.cdus != "present":
        return None
    count = -(-missing // capacity)
    basis = sentence("relief.cdus", count=count, cdu=cdu.name, capacity=capacity, source=price.entry.source)
    return Relief(price.times(count).typical, basis)
