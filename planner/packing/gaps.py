"""Free blocks of racks that are not empty: a device stands in one of them, so units that add up are not enough.

Three tools, from quick to exact. Threshold resources: for every height h a device of height a takes floor(a / h) of the
sum of floor(g / h) over the blocks g; each block holds at most floor(g / h) of them, so the sum holds for the rack, and
bounds and searches may use it. Filling: the highest devices first, each into the smallest block that takes it. And a
search that tells for certain whether heights go into blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_REMEMBERED = 1 << 16


@dataclass(frozen=True)
class Gaps:
    """Heights of the device classes (T,), and the blocks of each rack class (K, G): smallest first, 0 for none.

    A rack class whose free units are one block has that one.
    """

    height: Ints
    blocks: Ints

    @property
    def several(self) -> NDArray[np.bool_]:
        """Rack classes with more than one block (K,)."""
        more: NDArray[np.bool_] = (self.blocks > 0).sum(axis=1) > 1
        return more

    def of(self, devices: Ints | NDArray[np.bool_]) -> Gaps:
        """The same racks for some of the device classes."""
        return Gaps(self.height[devices], self.blocks)

    def left_beside(self, rack: Ints, content: Ints) -> tuple[Ints, Ints]:
        """Fill contents (M, T) of rack classes (M,): (units left in each block (M, G), what found no block (M, T))."""
        left, out = self.blocks[rack].copy(), content.copy()
        for item in np.argsort(-self.height, kind="stable"):
            if self.height[item]:
                out[:, item] -= self.put(left, np.full(len(rack), item), content[:, item])
            else:
                out[:, item] = 0
        return left, out

    def put(self, left: Ints, item: Ints, count: Ints) -> Ints:
        """Stand up to `count` (M,) devices of class `item` (M,) into `left` (M, G), which shrinks; how many went in."""
        height, wanted = self.height[item], count.copy()
        for block in range(left.shape[1]):
            taken = np.where(height > 0, np.minimum(wanted, left[:, block] // np.maximum(height, 1)), wanted)
            left[:, block] -= taken * height
            wanted -= taken
        return count - wanted

    def fit(self, rack: Ints, content: Ints) -> NDArray[np.bool_]:
        """Whether each content (M, T) goes into the blocks of its rack class: by filling, else by search."""
        _, out = self.left_beside(rack, content)
        fits: NDArray[np.bool_] = np.equal(out.sum(axis=1), 0)
        for row in np.flatnonzero(~fits):
            fits[row] = self.fits_one(int(rack[row]), content[row])
        return fits

    def fits_one(self, rack: int, content: Ints) -> bool:
        """Whether one content goes into the blocks of a rack class, for certain."""
        return heights_fit(
            [int(g) for g in self.blocks[rack] if g], zip(self.height.tolist(), content.tolist(), strict=True)
        )


def heights_fit(blocks: Sequence[int], heights: Iterable[tuple[int, int]]) -> bool:
    """Whether devices, as (height, count), go into blocks so that each stands in one."""
    counts: dict[int, int] = {}
    for height, count in heights:
        if height and count:
            counts[height] = counts.get(height, 0) + count
    return _spread(tuple(sorted(blocks)), tuple(sorted(counts.items(), reverse=True)))


@lru_cache(maxsize=_REMEMBERED)
def _spread(blocks: tuple[int, ...], heights: tuple[tuple[int, int], ...]) -> bool:
    """The highest device into each different block that takes it; of like devices the later ones follow."""
    if not heights:
        return True
    (height, count), rest = heights[0], heights[1:]
    if sum(h * n for h, n in heights) > sum(blocks) or any(
        sum(a // h * n for a, n in heights) > sum(g // h for g in blocks) for h, _ in heights
    ):
        return False
    after = ((height, count - 1), *rest) if count > 1 else rest
    tried: set[int] = set()
    for number, block in enumerate(blocks):
        if block >= height and block not in tried:
            tried.add(block)
            if _spread(tuple(sorted((*blocks[:number], block - height, *blocks[number + 1 :]))), after):
                return True
    return False


def thresholds(heights: Iterable[int]) -> tuple[int, ...]:
    """The heights at which threshold resources tell something: every height of a device above one unit."""
    return tuple(sorted({height for height in heights if height > 1}))


def with_thresholds(sizes: Ints, capacity: Ints, gaps: Gaps) -> tuple[Ints, Ints]:
    """Sizes (T, D) and capacities (K, D) with one more resource for each threshold."""
    for h in thresholds(int(height) for height in gaps.height):
        sizes = np.column_stack([sizes, gaps.height // h])
        capacity = np.column_stack([capacity, (gaps.blocks // h).sum(axis=1)])
    return sizes, capacity
