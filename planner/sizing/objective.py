"""The objectives of sizing as linear expressions over counts; several are optimised one after the other."""

from __future__ import annotations

from collections.abc import Callable

from ortools.sat.python import cp_model

from planner.sizing.data import SizingData
from planner.sizing.pdus import capex_of_more
from planner.sizing.variables import Expr, Variables, total

UNPRICED = "unpriced"


def _over_items(data: SizingData, v: Variables, of: str) -> Expr:
    pieces = total(
        v.counts[hall.key, key] * getattr(item, of)
        for hall in data.halls
        for key, item in sorted(hall.items.items())
        if getattr(item, of)
    )
    return pieces + total(
        v.racks[hall.key, place.key] * getattr(place.rack, of) for hall in data.halls for place in hall.classes
    )


def capex(data: SizingData, v: Variables) -> Expr:
    """Typical purchase price of everything that has one."""
    return _over_items(data, v, "capex") + total(capex_of_more(hall, v) for hall in data.halls)


def tco(data: SizingData, v: Variables) -> Expr:
    """Capex, energy, software, support and rent over the horizon."""
    rents = total(v.rents[r.region, r.instance] * (r.tco or 0) for r in data.rents)
    return _over_items(data, v, "tco") + total(capex_of_more(hall, v) for hall in data.halls) + rents


def power(data: SizingData, v: Variables) -> Expr:
    """Design power of everything on site."""
    return _over_items(data, v, "design_w")


def racks(data: SizingData, v: Variables) -> Expr:
    """Positions in use that were free."""
    opened = total(v.racks[hall.key, place.key] for hall in data.halls for place in hall.classes if not place.standing)
    return opened + _over_items(data, v, "positions")


def carbon(data: SizingData, v: Variables) -> Expr:
    """Operational and known embodied carbon over the horizon."""
    rents = total(v.rents[r.region, r.instance] * r.carbon_kg for r in data.rents)
    return _over_items(data, v, "carbon_kg") + rents


def unpriced(data: SizingData, v: Variables) -> Expr:
    """System and storage products in use without a price: money cannot compare them, so they come last."""
    terms: list[cp_model.LinearExprT] = []
    for hall in data.halls:
        for option in hall.systems:
            if not hall.items[option.item].priced:
                terms.append(v.systems[hall.key, option.item])
        for store in hall.storage:
            if not hall.items[store.item].priced:
                terms.append(v.stores[hall.key, store.item])
    terms.extend(v.rents[r.region, r.instance] for r in data.rents if r.tco is None)
    return total(terms)


def lead_time(model: cp_model.CpModel, data: SizingData, v: Variables) -> Expr:
    """Weeks until the last product in use can be there."""
    longest = model.new_int_var(0, 1000, "lead_time")
    for hall in data.halls:
        for key, item in sorted(hall.items.items()):
            if item.lead_weeks:
                used = model.new_bool_var(f"bought[{hall.key},{key}]")
                model.add(v.counts[hall.key, key] == 0).only_enforce_if(used.negated())
                model.add(longest >= item.lead_weeks).only_enforce_if(used)
    return longest


EXPRESSIONS: dict[str, Callable[[SizingData, Variables], Expr]] = {
    UNPRICED: unpriced,
    "capex": capex,
    "tco": tco,
    "power": power,
    "racks": racks,
    "carbon": carbon,
}


def expression(name: str, model: cp_model.CpModel, data: SizingData, v: Variables) -> Expr:
    """One objective by name."""
    return lead_time(model, data, v) if name == "lead-time" else EXPRESSIONS[name](data, v)


def order(data: SizingData) -> tuple[str, ...]:
    """The objectives in order; under money, products without a price are avoided first."""
    money = any(name in ("capex", "tco") for name in data.objectives)
    return ((UNPRICED,) if money else ()) + data.objectives


def working_hours(data: SizingData, v: Variables) -> Expr:
    """Hours of a day that units are held, then the earlier slots and places: one timetable among equals."""
    places = {key: n for n, key in enumerate(sorted(v.units))}
    return total(
        var * (1000 * data.slot_hours[slot] + len(places) * slot + places[w, place, system])
        for (w, place, system, slot), var in sorted(v.held.items())
    )


def tie_break(data: SizingData, v: Variables) -> Expr:
    """Fewest pieces, then the earlier halls, classes and products: one answer among equals, whatever the solver did."""
    terms: list[cp_model.LinearExprT] = []
    place = 0
    for hall in data.halls:
        for key in sorted(hall.items):
            place += 1
            terms.append(v.counts[hall.key, key] * (1000 + place))
            for n, kind in enumerate(hall.classes):
                placed = v.placed.get((hall.key, kind.key, key))
                if placed is not None:
                    terms.append(placed * n)
        terms.extend(v.racks[hall.key, kind.key] * (10 + n) for n, kind in enumerate(hall.classes))
        terms.extend(var for (h, _, _), var in sorted(v.more_pdus.items()) if h == hall.key)
        terms.extend(var * k for (h, _, k), var in sorted(v.rows.items()) if h == hall.key)
    terms.extend(var * n for n, (_, var) in enumerate(sorted(v.units.items())))
    terms.extend(var for _, var in sorted(v.rents.items()))
    return total(terms)
