"""Quick contents of racks: devices in a given order, as many of each as go in. For many racks at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from planner.packing.classes import Column, Counted
from planner.packing.knapsack import Floats, Ints, Shelf

_ENDLESS = 2**62


def fill_in_order(shelf: Shelf, rack: Ints, order: Ints, copies: Ints, content: Ints | None = None) -> Ints:
    """Contents (M, T) of racks of classes `rack` (M,): each takes the device classes in its own `order` (M, T).

    `copies` (M, T) limits what may be added; `content` is what stands there already.
    """
    rows = np.arange(len(rack))
    result = np.zeros((len(rack), len(shelf.sizes)), dtype=np.int64) if content is None else content.copy()
    room = shelf.capacity[rack] - result @ shelf.sizes
    left = _blocks_left(shelf, rack, result)
    for place in range(order.shape[1]):
        item = order[:, place]
        size = shelf.sizes[item]
        by_resource = np.where(size > 0, room // np.maximum(size, 1), _ENDLESS)
        count = np.maximum(
            0, np.minimum(copies[rows, item] - result[rows, item], by_resource.min(axis=1, initial=2**62))
        )
        if left is not None and shelf.gaps is not None:
            count = shelf.gaps.put(left, item, count)
        result[rows, item] += count
        room -= count[:, None] * size
    return result


def fill_one(shelf: Shelf, rack: int, order: Ints, copies: Ints) -> Ints:
    """What `fill_in_order` puts into one empty rack (1, T), without the cost of arrays."""
    room = shelf.capacity[rack].tolist()
    blocks = shelf.gaps.blocks[rack].tolist() if shelf.gaps is not None else []
    result = np.zeros((1, len(shelf.sizes)), dtype=np.int64)
    for item in order.tolist():
        size = shelf.sizes[item].tolist()
        count = min([int(copies[item]), *(r // s for r, s in zip(room, size, strict=True) if s)])
        height = int(shelf.gaps.height[item]) if shelf.gaps is not None else 0
        if height:
            wanted = count
            for number, block in enumerate(blocks):
                taken = min(wanted, block // height)
                blocks[number] -= taken * height
                wanted -= taken
            count -= wanted
        if count > 0:
            result[0, item] = count
            room = [r - s * count for r, s in zip(room, size, strict=True)]
    return result


def _blocks_left(shelf: Shelf, rack: Ints, content: Ints) -> Ints | None:
    """Units left in each block beside what stands there; none where filling found no way to stand it."""
    if shelf.gaps is None:
        return None
    left, out = shelf.gaps.left_beside(rack, content)
    return np.where(out.sum(axis=1, keepdims=True) > 0, 0, left)


def fill_up(counted: Counted, rack: Ints, content: Ints) -> Ints:
    """Add to each content whatever still goes in, largest devices first, so that no content is part of another."""
    if not len(rack):
        return content
    big_first = np.argsort(-relative_size(counted), kind="stable")
    order = np.broadcast_to(big_first, content.shape)
    return fill_in_order(counted.shelf, rack, order, counted.shelf.copies[rack], content)


def relative_size(counted: Counted) -> Floats:
    """One number per device class: the sum of its shares of the scarcest resources, weighted by total demand."""
    sizes = counted.shelf.sizes.astype(np.float64)
    capacity = np.maximum(counted.shelf.capacity.max(axis=0), 1)
    share = sizes / capacity
    weight: Floats = (share * (share * counted.demand[:, None]).sum(axis=0)).sum(axis=1)
    return weight


def fill_by_rule(shelf: Shelf, rack: Ints, copies: Ints, scarcity: Floats, rule: Rule) -> Ints:
    """Contents (M, T) built one device at a time, each time the heaviest that goes in, or the one that suits best.

    Suits best: the largest product of device and room, or the least squared distance between them; both by share of the
    capacity and weighted by how scarce each resource is.
    """
    if rule.fit == "order":  # what no longer goes in never will: all copies of the heaviest, then of the next
        by_weight = np.argsort(-rule.weight, kind="stable")
        if len(rack) == 1:
            return fill_one(shelf, int(rack[0]), by_weight, copies[0])
        return fill_in_order(shelf, rack, np.broadcast_to(by_weight, copies.shape), copies)
    rows = np.arange(len(rack))
    capacity = np.maximum(shelf.capacity[rack], 1)
    room, left = shelf.capacity[rack].copy(), copies.copy()
    result = np.zeros_like(copies)
    share = shelf.sizes[None, :, :] / capacity[:, None, :]
    blocks = _blocks_left(shelf, rack, result)
    while True:
        fits = (left > 0) & (shelf.sizes[None, :, :] <= room[:, None, :]).all(axis=2)
        if blocks is not None and shelf.gaps is not None:
            fits &= shelf.gaps.height[None, :] <= blocks.max(axis=1)[:, None]
        more: NDArray[np.bool_] = np.asarray(fits.any(axis=1))
        if not more.any():
            return result
        free = (room / capacity)[:, None, :]
        if rule.fit == "product":
            score = (scarcity * share * free).sum(axis=2)
        else:
            score = -(scarcity * (share - free) ** 2).sum(axis=2)
        item = np.where(fits, score, -np.inf).argmax(axis=1)
        result[rows, item] += more.astype(np.int64)
        left[rows, item] -= more.astype(np.int64)
        room -= np.where(more[:, None], shelf.sizes[item], 0)
        if blocks is not None and shelf.gaps is not None:
            shelf.gaps.put(blocks, item, more.astype(np.int64))


def greedy_packing(counted: Counted, rule: Rule) -> list[tuple[Column, int]] | None:
    """A packing rack by rack, free racks before those that cost; None when racks run out."""
    greedy = _Greedy(counted, rule)
    for rack in np.flatnonzero(counted.cost == 0):
        while greedy.open_best(np.array([rack])):
            pass
    paid = np.flatnonzero(counted.cost > 0)
    while greedy.left.any():
        if not greedy.open_best(paid):
            return None
    return greedy.chosen


@dataclass(frozen=True)
class Rule:
    """How a greedy packing fills a rack: devices by falling `weight`, or by fit (dot product or distance).

    Fit counts each resource by a power of its scarcity; `anew`: the scarcity among what is left as each rack is opened.
    """

    weight: Floats
    fit: Literal["order", "product", "distance"] = "order"
    power: int = 1
    anew: bool = False


class _Greedy:
    """What is left to pack, and what has been chosen."""

    def __init__(self, counted: Counted, rule: Rule) -> None:
        self._counted = counted
        self._rule = rule
        self._weight = rule.weight + 1e-12
        self._share = counted.shelf.sizes / np.maximum(counted.shelf.capacity.max(axis=0), 1)
        self._scarcity = self._scarcity_of(counted.demand)
        self._stock = counted.limit.copy()
        self.left = counted.demand.copy()
        self.chosen: list[tuple[Column, int]] = []

    def open_best(self, racks: Ints) -> bool:
        """Fill the rack class of most weight per cost, as often as the devices last; False when nothing goes in."""
        racks = racks[self._stock[racks] > 0]
        if not len(racks) or not self.left.any():
            return False
        shelf = self._counted.shelf
        copies = np.minimum(shelf.copies[racks], self.left)
        scarcity = self._scarcity_of(self.left) if self._rule.anew else self._scarcity
        contents = fill_by_rule(shelf, racks, copies, scarcity, self._rule)
        best = int(np.argmax((contents * self._weight).sum(axis=1) / np.maximum(self._counted.cost[racks], 1)))
        content, rack = contents[best], int(racks[best])
        used = content > 0
        if not used.any():
            return False
        count = int(min(self._stock[rack], (self.left[used] // content[used]).min()))
        self.left -= count * content
        self._stock[rack] -= count
        self.chosen.append(((rack, tuple(int(c) for c in content)), count))
        return True

    def _scarcity_of(self, devices: Ints) -> Floats:
        """How much of each resource the devices take, as so many racks, to the rule's power."""
        taken = (self._share * devices[:, None]).sum(axis=0)
        power: Floats = np.where(taken > 0, np.maximum(taken, 1e-12) ** float(self._rule.power), 0.0)
        return power
