"""Lower bounds from prices: a weight per device class and the heaviest content of each rack class."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from planner.packing.budget import Budget
from planner.packing.certificate import Offer, least_cover, least_whole_cover
from planner.packing.classes import Counted
from planner.packing.data import Certificate, PackingProblem
from planner.packing.exact_pricing import Priced, heaviest
from planner.packing.knapsack import Floats, Shelf

_MANY_RACK_CLASSES = 50
_DIGITS = (10, 14, 18, 22)  # binary, of the largest weight
_SCALES = (1, 2, 3, 4, 6, 8, 12, 24, 60, 120, 360, 840, 2520, 10_000, 100_000, 1_000_000)


def cover_bound(counted: Counted, priced: Priced) -> Fraction | None:
    """Least cost, in fractions, of racks that carry the total weight; None when the racks that exist cannot."""
    return least_cover(_total(counted, priced), _offers(counted, priced))


def whole_bound(counted: Counted, priced: Priced) -> int:
    """The same in whole racks; 0 when the racks that exist cannot carry the weight (another matter than cost)."""
    return least_whole_cover(_total(counted, priced), _offers(counted, priced)) or 0


def _total(counted: Counted, priced: Priced) -> int:
    return int((priced.worth * counted.demand).sum())


def _offers(counted: Counted, priced: Priced) -> list[Offer]:
    limits = [int(limit) if limited else None for limit, limited in zip(counted.limit, counted.limited, strict=True)]
    return list(zip((int(c) for c in counted.cost), (int(z) for z in priced.z), limits, strict=True))


def resource_bounds(counted: Counted) -> list[Priced]:
    """Each resource as prices: what all devices take against what each rack class has."""
    shelf = counted.shelf
    return [Priced(shelf.sizes[:, d], shelf.capacity[:, d]) for d in range(shelf.sizes.shape[1])]


def coarser_proof(counted: Counted, proof: Priced, enough: int) -> Priced | None:
    """The proof in smaller integers without a search: where weights are halved and rounded down, so may each z be.

    Only where there are many rack classes, each of which another proof would have to search; None: not tight enough.
    """
    if len(counted.cost) <= _MANY_RACK_CLASSES:
        return None
    for digits in _DIGITS:
        shift = max(0, int(proof.worth.max(initial=0)).bit_length() - digits)
        coarse = Priced(proof.worth >> shift, proof.z >> shift)
        if whole_bound(counted, coarse) >= enough:
            return coarse
    return None


def small_certificate(counted: Counted, shelf: Shelf, price: Floats, enough: int, budget: Budget) -> Priced | None:
    """Weights in small integers in proportion to the prices: the coarsest that prove `enough`, or the strongest tried.

    `shelf` says how many copies a rack may take: limited by the counts of this mix, or not.
    """
    endless = (shelf.sizes == 0).all(axis=1) & (shelf.copies.max(axis=0, initial=0) >= counted.demand.sum())
    price = np.where(endless, 0.0, price)
    if not (price > 0).any():
        return None
    unit = price / price.max()
    best: Priced | None = None
    best_bound = -1
    for scale in _SCALES:
        worth = np.rint(unit * scale).astype(np.int64)
        priced, _ = heaviest(worth, shelf, np.zeros(len(counted.cost), dtype=np.int64), budget)
        if priced is None:
            break
        bound = whole_bound(counted, priced)
        if bound > best_bound:
            best, best_bound = priced, bound
        if best_bound >= enough:
            break
    return best


def name_certificate(problem: PackingProblem, counted: Counted, priced: Priced) -> Certificate:
    """The certificate with the ids of the problem; device classes of count 0 weigh nothing."""
    weights: dict[str, int] = {device.id: 0 for device in problem.devices}
    z: dict[str, int] = {rack.id: 0 for rack in problem.racks}
    for ids, worth in zip(counted.device_ids, priced.worth, strict=True):
        weights.update({name: int(worth) for name, _ in ids})
    for ids, value in zip(counted.rack_ids, priced.z, strict=True):
        z.update({name: int(value) for name, _ in ids})
    return Certificate(tuple(sorted(weights.items())), tuple(sorted(z.items())))
