"""New columns for given prices: quick ones by greedy filling with noise, and the best one by exact search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.packing.budget import Budget
from planner.packing.classes import Column, Counted
from planner.packing.exact_pricing import Priced, heaviest, tables_serve
from planner.packing.filling import fill_in_order, fill_up
from planner.packing.knapsack import STEPS, Fillings, Floats, Ints, resource_prices

_TOP = 1 << 40
_PATIENCE = 300_000
"""States after which a search that met plenty of useful contents ends without a proof."""
_CONTENTS_PER_DEVICE = 2
"""Useful contents taken from an exact pricing with each device class, so that they serve all of them."""
_SEED = 20_240_229
_CLOSE_TO_ZERO = 1e-7
_GREEDY_ROWS = 256
_MANY_RACK_CLASSES = 50
_FEW_STEPS = 30
"""Greedy pricing needs the order of devices alone; over many rack classes rough prices of resources do."""


@dataclass(frozen=True)
class Prices:
    """Price of each device class and, per rack class, what a content must be worth to be of use (its cost and rent)."""

    device: Floats
    hurdle: Floats


class Pricing:
    """Greedy and exact pricing over one problem; the noise is drawn from a fixed seed."""

    def __init__(self, counted: Counted, cost: Ints, budget: Budget) -> None:
        self._counted = counted
        self._cost = cost
        self._budget = budget
        self._noise = np.random.default_rng(_SEED)
        self.scale = _TOP // max(1, int(cost.max(initial=1)))

    def greedy(self, prices: Prices, most: int) -> list[Column]:
        """Up to `most` contents worth more than the hurdle, or as many as there are rack classes; best first."""
        shelf = self._counted.shelf
        racks = np.arange(len(shelf.capacity))
        tries = max(1, _GREEDY_ROWS // len(racks))
        rack = np.tile(racks, tries)
        worth = np.floor(prices.device * self.scale).astype(np.int64)
        steps = STEPS if len(racks) <= _MANY_RACK_CLASSES else _FEW_STEPS
        rent = np.maximum(resource_prices(worth, shelf, steps) @ shelf.sizes.T, 1)
        ratio = worth[None, :] / rent
        noise = self._noise.uniform(0.6, 1.4, size=(len(rack), len(worth)))
        noise[: len(racks)] = 1.0
        order = np.argsort(-ratio[rack] * noise, axis=1, kind="stable")
        copies = np.where(worth > 0, shelf.copies[rack], 0)
        some = np.ceil(copies * self._noise.uniform(0.0, 1.0, size=copies.shape)).astype(np.int64)
        copies[len(racks) :: 2] = some[len(racks) :: 2]
        content = fill_in_order(shelf, rack, order, copies)
        self._budget.spend(1e-4 * len(worth) + 2e-7 * content.size)
        return self._useful(Fillings(rack, content @ worth, content), prices, most)

    def exact(self, prices: Prices, most: int, time: float) -> tuple[Priced | None, list[Column]]:
        """The heaviest content of each rack class at these prices, and the useful contents among those met.

        Rack classes whose contents are worth no more than the class costs count as worth that cost. None instead of the
        proof when `time` is not enough for it.
        """
        worth = np.floor(prices.device * self.scale).astype(np.int64)
        shelf, part = self._counted.shelf, self._budget.part(time)
        priced, found = heaviest(worth, shelf, self._cost * self.scale, part, _PATIENCE)
        if not tables_serve(shelf):
            return priced, self._useful(found, prices, most)
        return priced, self._useful(found, prices, max(most, len(worth) // 4), _CONTENTS_PER_DEVICE)

    def _useful(self, found: Fillings, prices: Prices, most: int, per_device: int | None = None) -> list[Column]:
        """The contents worth most beyond the hurdle, each once, filled up with whatever still goes in.

        With `per_device`, a content none of whose devices still lacks as many contents is passed over.
        """
        saving = (found.content * prices.device).sum(axis=1) - prices.hurdle[found.rack]
        order = np.argsort(-saving, kind="stable")
        chosen: dict[bytes, int] = {}
        served = np.zeros(len(prices.device), dtype=np.int64)
        for row in order[saving[order] > _CLOSE_TO_ZERO]:
            used = found.content[row] > 0
            if per_device is not None and (served[used] >= per_device).all():
                continue
            served[used] += 1
            chosen.setdefault(found.rack[row].tobytes() + found.content[row].tobytes(), int(row))
            if len(chosen) == max(most, len(self._cost)):
                break
        rows = np.array(list(chosen.values()), dtype=np.int64)
        full = fill_up(self._counted, found.rack[rows], found.content[rows])
        columns = ((int(k), tuple(int(c) for c in content)) for k, content in zip(found.rack[rows], full, strict=True))
        return list(dict.fromkeys(columns))
