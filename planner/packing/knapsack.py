"""Best contents of racks for given integer values per device: exact, for all rack classes at once.

Branch and bound over one device class after the other. Resource prices give the bound: a content's value is at most
prices * capacity + the sum of positive reduced values, and each choice that departs from the sign of a reduced value
loses that much. All states of a block are expanded together in arrays; blocks are worked last in, first out, so memory
stays bounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.packing.budget import Budget
from planner.packing.gaps import Gaps

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_BLOCK = 1 << 13
STEPS = 120
_PATIENCE = 3
_KEPT_PER_BLOCK = 8


@dataclass(frozen=True)
class Shelf:
    """Where to pack: device sizes (T, D), capacity of each rack class (K, D), copies that one rack takes (K, T).

    `gaps` where some rack class has more than one free block.
    """

    sizes: Ints
    capacity: Ints
    copies: Ints
    gaps: Gaps | None = None


@dataclass
class Fillings:
    """Contents found: rack class (M,), value (M,), content (M, T)."""

    rack: Ints
    value: Ints
    content: Ints


def joined(parts: Sequence[Fillings]) -> Fillings:
    """Contents of several searches, one after the other."""
    return Fillings(
        np.concatenate([part.rack for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.content for part in parts]),
    )


@dataclass
class _Block:
    depth: int
    rack: Ints
    room: Ints
    value: Ints
    bound: Ints
    content: Ints


@dataclass
class _Search:
    shelf: Shelf
    worth: Ints
    order: Ints
    gain: Ints  # reduced value (K, T)
    floor: Ints  # a content must be worth more than this (K,)
    per_unit: Floats  # best value per unit of each resource among the devices still to decide (T + 1, D)
    for_free: Floats  # value of the devices still to decide that take nothing of a resource (T + 1, K, D)
    stack: list[_Block] = field(default_factory=list)
    states: int = 0


def best_contents(worth: Ints, shelf: Shelf, floor: Ints, most_states: int, budget: Budget) -> tuple[Fillings, Ints]:
    """For each rack class the contents found that are worth more than its floor, the best one of all among them.

    Returns every improvement met, and the rack classes that were not searched to the end within `most_states`. For the
    others no content is worth more than the best returned (or than the floor, when none is).
    """
    search = _start(worth, shelf, floor)
    found: list[_Block] = []
    while search.stack and search.states <= most_states:
        block = _pruned(search, search.stack.pop())
        if block is None:
            continue
        if block.depth == len(search.order):
            found.append(_improvements(search, block))
        else:
            _expand(search, block, budget)
    undecided = [block.rack for block in search.stack]
    return _collect(found, shelf), np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *undecided]))


def all_contents(worth: Ints, shelf: Shelf, floor: Ints, most: int, budget: Budget) -> Fillings | None:
    """Every content that is worth at least its class's floor and to which nothing can be added.

    None when there are more than `most` of them, or the budget ends first.
    """
    search = _start(worth, shelf, floor - 1)
    found: list[_Block] = []
    number = 0
    while search.stack:
        if budget.over():
            return None
        block = _pruned(search, search.stack.pop())
        if block is None:
            continue
        if block.depth < len(search.order):
            _expand(search, block, budget)
            continue
        good = _select(block, block.value > search.floor[block.rack])
        if shelf.gaps is not None:
            good = _select(good, shelf.gaps.fit(good.rack, good.content.astype(np.int64)))
        full = _select(good, _is_full(shelf, good))
        number += len(full.rack)
        if number > most:
            return None
        found.append(full)
    return _collect(found, shelf)


def resource_prices(worth: Ints, shelf: Shelf, steps: int = STEPS) -> Ints:
    """Integer prices per unit of resource and rack class (K, D) that make the Lagrangian bound small.

    Any non-negative prices give a valid bound. These come from subgradient steps with momentum on capacities scaled to
    one; the step aims at a level below the best bound, nearer each time that the bound stops falling. (`einsum` and not
    a matrix product: that would run on as many threads as the machine has, and round differently.)
    """
    capacity = shelf.capacity.astype(np.float64)
    scale = np.where(capacity > 0, 1.0 / np.maximum(capacity, 1.0), 0.0)
    sizes, copies = shelf.sizes.astype(np.float64), shelf.copies.astype(np.float64)
    prices, direction = np.zeros_like(capacity), np.zeros_like(capacity)
    value = worth.astype(np.float64)
    best = np.einsum("kt,t->k", copies, value)
    best_prices = prices
    aim = 0.5 * best
    stale = np.zeros(len(capacity))
    for _ in range(steps):
        taken = np.where(worth > np.einsum("kd,td->kt", prices * scale, sizes), copies, 0.0)
        use = np.einsum("kt,td->kd", taken, sizes) * scale - 1.0
        bound = np.einsum("kt,t->k", taken, value) - (prices * use).sum(axis=1)
        stale = np.where(bound < best - 0.1 * aim, 0, stale + 1)
        better = bound < best
        best = np.where(better, bound, best)
        best_prices = np.where(better[:, None], prices, best_prices)
        aim = np.where(stale >= _PATIENCE, 0.7 * aim, aim)
        stale = np.where(stale >= _PATIENCE, 0, stale)
        direction = use + 0.7 * direction
        length = np.maximum((direction * direction).sum(axis=1), 1e-12)
        prices = np.maximum(0.0, prices + ((bound - best + aim) / length)[:, None] * direction)
    return np.floor(best_prices * scale).astype(np.int64)


def _start(worth: Ints, shelf: Shelf, floor: Ints) -> _Search:
    prices = resource_prices(worth, shelf)
    gain = worth[None, :] - prices @ shelf.sizes.T
    order = np.argsort(-(np.abs(gain) * np.maximum(shelf.copies, 1)).mean(axis=0), kind="stable")
    bound = (prices * shelf.capacity).sum(axis=1) + (np.maximum(gain, 0) * shelf.copies).sum(axis=1)
    racks = np.arange(len(shelf.capacity), dtype=np.int64)
    content = np.zeros((len(racks), len(worth)), dtype=np.int16)
    per_unit, for_free = _single_resource_bounds(worth, shelf, order)
    search = _Search(shelf, worth, order, gain, floor.copy(), per_unit, for_free)
    search.stack.append(
        _Block(0, racks, shelf.capacity.copy(), np.zeros(len(racks), dtype=np.int64), bound, content)  # type: ignore[arg-type]
    )
    return search


def _single_resource_bounds(worth: Ints, shelf: Shelf, order: Ints) -> tuple[Floats, Floats]:
    """For each depth and resource: most value per unit among what is to come, and what comes without using it."""
    depths, resources = len(order) + 1, shelf.sizes.shape[1]
    per_unit = np.zeros((depths, resources))
    for_free = np.zeros((depths, len(shelf.capacity), resources))
    for depth in range(depths - 2, -1, -1):
        item = order[depth]
        size = shelf.sizes[item]
        ratio = np.where(size > 0, worth[item] / np.maximum(size, 1), 0.0)
        per_unit[depth] = np.maximum(per_unit[depth + 1], ratio)
        whole = np.where(size > 0, 0.0, float(worth[item]))
        for_free[depth] = for_free[depth + 1] + whole[None, :] * shelf.copies[:, item, None]
    return per_unit, for_free


def _select(block: _Block, keep: NDArray[np.bool_] | Ints) -> _Block:
    return _Block(
        block.depth, block.rack[keep], block.room[keep], block.value[keep], block.bound[keep], block.content[keep]
    )


def _pruned(search: _Search, block: _Block) -> _Block | None:
    to_come = (search.per_unit[block.depth] * block.room + search.for_free[block.depth][block.rack]).min(axis=1)
    alone = block.value + np.floor(to_come).astype(np.int64) + 1  # one more, for the rounding of the floats
    keep = np.minimum(block.bound, alone) > search.floor[block.rack]
    if keep.all():
        return block
    return _select(block, keep) if keep.any() else None


def _expand(search: _Search, block: _Block, budget: Budget) -> None:
    """Decide how many copies of the next device class each state takes, and push the states that may still win."""
    item = search.order[block.depth]
    size = search.shelf.sizes[item]
    used = size > 0
    gain = search.gain[block.rack, item]
    copies = search.shelf.copies[block.rack, item]
    most = copies
    if used.any():
        most = np.minimum(most, (block.room[:, used] // size[used]).min(axis=1))
    spare = block.bound - search.floor[block.rack] - 1
    loss = np.maximum(np.abs(gain), 1)
    least = np.where(gain > 0, np.maximum(0, copies - spare // loss), 0)
    most = np.where(gain < 0, np.minimum(most, spare // loss), most)
    if block.depth == len(search.order) - 1:  # fewer of the last class than go in is never better, nor full
        fills = most >= least
        if search.shelf.gaps is not None:  # but more may find no block
            fills &= ~search.shelf.gaps.several[block.rack]
        least = np.where(fills, most, least)
    choices = np.maximum(0, most - least + 1)
    total = int(choices.sum())
    search.states += total
    budget.spend_states(total)
    if total == 0:
        return
    parent = np.repeat(np.arange(len(choices)), choices)
    first = np.repeat(np.cumsum(choices) - choices, choices)
    count = least[parent] + (np.arange(total) - first)
    lost = np.where(gain > 0, gain * copies, 0)[parent] - gain[parent] * count
    content = block.content[parent]
    content[:, item] = count
    child = _Block(
        block.depth + 1,
        block.rack[parent],
        block.room[parent] - count[:, None] * size,
        block.value[parent] + count * search.worth[item],
        block.bound[parent] - lost,
        content,
    )
    _push(search, child)


def _push(search: _Search, block: _Block) -> None:
    """Push in pieces of bounded size, the most promising on top."""
    if len(block.rack) <= _BLOCK:
        search.stack.append(block)
        return
    order = np.argsort(block.bound - search.floor[block.rack], kind="stable")
    for start in range(0, len(order), _BLOCK):
        search.stack.append(_select(block, order[start : start + _BLOCK]))


def _improvements(search: _Search, block: _Block) -> _Block:
    """The best contents in a finished block that improve on what each rack class had; raises the floors."""
    better = _select(block, block.value > search.floor[block.rack])
    order = np.lexsort((-better.value, better.rack))
    ranked = _select(better, order)
    if search.shelf.gaps is not None and len(order):
        ranked = _best_that_fit(search.shelf.gaps, ranked)
    racks, first = np.unique(ranked.rack, return_index=True)
    search.floor[racks] = ranked.value[first]
    rank = np.arange(len(ranked.rack)) - first[np.searchsorted(racks, ranked.rack)]
    return _select(ranked, rank < _KEPT_PER_BLOCK)


def _best_that_fit(gaps: Gaps, block: _Block) -> _Block:
    """Of contents in order of rack class and falling value: the best of each class that go into its free blocks."""
    kept: list[NDArray[np.int64]] = []
    rows, tried = np.arange(len(block.rack)), _KEPT_PER_BLOCK
    while len(rows):
        racks, first = np.unique(block.rack[rows], return_index=True)
        rank = np.arange(len(rows)) - first[np.searchsorted(racks, block.rack[rows])]
        top = rows[rank < tried]
        good = top[gaps.fit(block.rack[top], block.content[top].astype(np.int64))]
        kept.append(good)
        rows = rows[(rank >= tried) & ~np.isin(block.rack[rows], block.rack[good])]
        tried *= 4
    return _select(block, np.sort(np.concatenate(kept)))


def _is_full(shelf: Shelf, block: _Block) -> NDArray[np.bool_]:
    full = np.ones(len(block.rack), dtype=np.bool_)
    for item, size in enumerate(shelf.sizes):
        more = (block.content[:, item] < shelf.copies[block.rack, item]) & (block.room >= size).all(axis=1)
        if shelf.gaps is not None and more.any():
            rows = np.flatnonzero(more)
            wider = block.content[rows].astype(np.int64)
            wider[:, item] += 1
            more[rows] = shelf.gaps.fit(block.rack[rows], wider)
        full &= ~more
    return full


def _collect(blocks: list[_Block], shelf: Shelf) -> Fillings:
    if not blocks:
        none = np.zeros(0, dtype=np.int64)
        return Fillings(none, none, np.zeros((0, len(shelf.sizes)), dtype=np.int64))
    return Fillings(
        np.concatenate([block.rack for block in blocks]),
        np.concatenate([block.value for block in blocks]),
        np.concatenate([block.content for block in blocks]).astype(np.int64),
    )
