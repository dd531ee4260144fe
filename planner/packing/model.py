"""`pack`: the whole room in one call."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.errors import TimeLimitReached
from planner.packing.bounds import coarser_proof, cover_bound, name_certificate, small_certificate
from planner.packing.budget import Budget
from planner.packing.classes import Counted, count_classes, name_columns
from planner.packing.data import Certificate, PackingInfeasible, PackingProblem, PackingResult
from planner.packing.exact_pricing import Priced
from planner.packing.search import Found, search, with_missing_class

_CERTIFICATE_TIME = 2.0


def pack(
    problem: PackingProblem,
    *,
    deterministic_time: float = 30.0,
    stop: Callable[[], bool] | None = None,
    enough: int | None = None,
) -> PackingResult:
    """Stand all devices in racks at the least total cost, with a proven lower bound.

    `deterministic_time` limits the work (one unit is about a second of one core, counted, not measured); the same input
    gives the same result on every run. `stop` is asked between steps and ends the search early; the best packing found
    so far is returned with `reproducible` false. A packing of cost `enough` or less ends the search too, and is
    returned without certificates: for callers who know from elsewhere that no better one is wanted.

    Raises PackingInfeasible naming the device classes that fit no rack class, or the rack limits that bind;
    TimeLimitReached when the limit ends the search before a first packing is found.
    """
    budget = Budget(deterministic_time, stop)
    counted = count_classes(problem)
    if not len(counted.demand):
        return PackingResult((), 0, 0, (), (), 0, 0, 0.0)
    found = search(counted, budget, enough=enough) or _search_under_limits(problem, counted, budget, enough)
    wanted = enough is None or found.cost > enough
    open_, mix = _certificates(problem, counted, found, budget) if wanted else ((), ())
    return PackingResult(
        patterns=name_columns(counted, found.chosen),
        cost=found.cost,
        lower_bound=found.lower,
        certificates=open_,
        mix_certificates=mix,
        rounds=found.rounds,
        columns=found.columns,
        deterministic_time=budget.spent,
        reproducible=not budget.stopped,
    )


def _search_under_limits(problem: PackingProblem, counted: Counted, budget: Budget, enough: int | None) -> Found:
    """First the fewest devices that must stay out, then, if none must, the cheapest packing from there."""
    relief = search(with_missing_class(counted), budget)
    if relief is None:
        raise AssertionError("every device may stay out")
    if relief.lower > 0:
        raise _limits_bind(problem, counted, relief)
    if relief.cost > 0:
        raise TimeLimitReached(f"no packing of all devices found; the best leaves {relief.cost} out, none may have to")
    found = search(counted, budget, relief.chosen, enough)
    if found is None:
        raise AssertionError("the search has a start")
    return found


def _limits_bind(problem: PackingProblem, counted: Counted, relief: Found) -> PackingInfeasible:
    """Say how many devices must stay out and which rack limits are used up."""
    opened = np.zeros(len(counted.cost), dtype=np.int64)
    for (rack, _), count in relief.chosen:
        if rack < len(opened):
            opened[rack] += count
    full = [k for k, limited in enumerate(counted.limited) if limited and opened[k] >= counted.limit[k]]
    racks = sorted(name for k in full for name, _ in counted.rack_ids[k])
    proof = None
    if relief.proof is not None:
        inside = Priced(relief.proof.worth, relief.proof.z[:-1])
        if cover_bound(counted, inside) is None:
            proof = name_certificate(problem, counted, inside)
    total = int(counted.demand.sum())
    message = (
        f"at least {relief.lower} of {total} devices find no place: "
        f"all racks of {', '.join(racks) or 'the limited classes'} that exist are used"
    )
    return PackingInfeasible(message, racks=racks, certificate=proof)


def _certificates(
    problem: PackingProblem, counted: Counted, found: Found, budget: Budget
) -> tuple[tuple[Certificate, ...], tuple[Certificate, ...]]:
    """The prices as certificates for every mix, and for mixes of at most these counts; in small integers."""
    if found.proof is None:
        return (), ()
    prices = found.proof.worth.astype(np.float64)
    part = Budget(_CERTIFICATE_TIME)  # of its own: the proof is wanted when the search has used up its time too
    unlike = not np.array_equal(counted.open_shelf.copies, counted.shelf.copies)
    if not unlike and (coarse := coarser_proof(counted, found.proof, found.lower)) is not None:
        return _named(problem, counted, coarse), _named(problem, counted, coarse)
    every = small_certificate(counted, counted.open_shelf, prices, found.lower, part)
    mix = every
    if unlike:
        mix = small_certificate(counted, counted.shelf, prices, found.lower, part)
    budget.spend(part.spent)
    return _named(problem, counted, every), _named(problem, counted, mix)


def _named(problem: PackingProblem, counted: Counted, priced: Priced | None) -> tuple[Certificate, ...]:
    return () if priced is None else (name_certificate(problem, counted, priced),)
