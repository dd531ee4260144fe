"""Re-checks packing certificates without any solver, in plain integers.

A certificate gives every device class a weight and every rack class a number z. If no content of one rack of class k
weighs more than z[k], then for every packing `sum_t weight[t] * n_t <= sum_k z[k] * R_k`. The check is a small
branch and bound of its own; it shares no code with the search that found the certificate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from heapq import heappop, heappush
from math import ceil, gcd

from planner.packing.data import Certificate, DeviceClass, PackingProblem, RackClass, may_stand_in

__all__ = [
    "Certificate",
    "bound_from_certificate",
    "check_certificate",
    "heaviest_content",
    "least_cover",
    "least_whole_cover",
]

_COVER_WORK = 10_000
_PRICE_SCALE = 1 << 40
_PRICE_ROUNDS = 200
_PATIENCE = 3
_STEPS_WITH_GIVEN_PRICES = 500


def check_certificate(certificate: Certificate, problem: PackingProblem, *, within_counts: bool = False) -> bool:
    """Whether the certificate is valid for every mix of the problem's device classes in its rack classes.

    Copies in one rack are unlimited except by `per_rack_max`. With `within_counts` they are also limited by each
    class's count: the certificate is then valid for every mix that has at most those counts.
    """
    weights, z = dict(certificate.weights), dict(certificate.z)
    if len(weights) != len(certificate.weights) or len(z) != len(certificate.z):
        return False
    if not set(weights) <= {device.id for device in problem.devices}:
        return False
    if set(z) != {rack.id for rack in problem.racks} or min((*weights.values(), *z.values()), default=0) < 0:
        return False
    proven: set[tuple[object, ...]] = set()
    prices: list[int] | None = None
    for rack in problem.racks:
        items = _items(weights, problem, rack, within_counts)
        key = (rack.capacity, rack.blocks, z[rack.id], tuple(items))
        if rack.limit == 0 or key in proven:
            continue
        knapsack = _knapsack(items, problem, rack, prices)  # like racks have like prices; any are valid
        verdict = knapsack.holds_more_than(z[rack.id], _STEPS_WITH_GIVEN_PRICES if prices else None)
        if verdict is None:
            knapsack = _knapsack(items, problem, rack)
            verdict = knapsack.holds_more_than(z[rack.id])
        if verdict:
            return False
        prices = knapsack.prices
        proven.add(key)
    return True


def heaviest_content(
    weights: Mapping[str, int], problem: PackingProblem, rack: RackClass, *, within_counts: bool = False
) -> int:
    """The greatest total weight of one rack's content: the least valid z for the rack's class.

    Raises ValueError when a device class with a weight could stand in the rack without limit.
    """
    items = _items(dict(weights), problem, rack, within_counts)
    if any(copies is None for _, _, copies in items):
        raise ValueError(f"a device with weight takes nothing of rack class {rack.id}: its content has no limit")
    low, high = 0, sum(weight * (copies or 0) for weight, _, copies in items)
    while low < high:
        middle = (low + high) // 2
        if _knapsack(items, problem, rack).holds_more_than(middle):
            low = middle + 1
        else:
            high = middle
    return low


def bound_from_certificate(
    certificate: Certificate, counts: Mapping[str, int], racks: tuple[RackClass, ...] | None = None
) -> int:
    """The fewest racks that `counts` (devices by class id) need; with `racks`, the least cost under costs and limits.

    Raises ValueError when the racks that exist cannot hold the devices:
    the certificate then proves that no packing exists.
    """
    total = sum(weight * counts.get(device, 0) for device, weight in certificate.weights)
    if total <= 0:
        return 0
    z = dict(certificate.z)
    if racks is None:
        best = max(z.values(), default=0)
        if best <= 0:
            raise ValueError("the certificate says that no rack holds anything of weight")
        return -(-total // best)
    cost = least_whole_cover(total, [(rack.cost, z[rack.id], rack.limit) for rack in racks])
    if cost is None:
        raise ValueError(f"the racks that exist cannot hold the weight {total}")
    return cost


Offer = tuple[int, int, int | None]  # cost of a rack, its z, how many exist


def least_cover(total: int, offers: Sequence[Offer]) -> Fraction | None:
    """Least cost of racks, in fractions, whose z add up to `total`; None when all that exist do not."""
    cost_so_far, missing = Fraction(0), total
    for cost, z, limit in sorted((offer for offer in offers if offer[1] > 0), key=_by_cost_per_z):
        held = missing if limit is None else min(missing, z * limit)
        cost_so_far += Fraction(held * cost, z)
        missing -= held
        if missing <= 0:
            return cost_so_far
    return cost_so_far if missing <= 0 else None


def least_whole_cover(total: int, offers: Sequence[Offer]) -> int | None:
    """A lower bound on the cost of whole racks whose z add up to `total`; None when all that exist do not.

    Exact unless a search over the counts of each class, the best class last, grows beyond a fixed number of steps.
    """
    free = sum(z * limit for cost, z, limit in offers if cost == 0 and limit is not None)
    if total <= free or any(cost == 0 and limit is None and z > 0 for cost, z, limit in offers):
        return 0
    paid = sorted((offer for offer in offers if offer[0] > 0 and offer[1] > 0), key=_by_cost_per_z, reverse=True)
    bound = least_cover(total - free, paid)
    if bound is None:
        return None
    heap = [(ceil(bound), 0, 0, 0, total - free)]  # bound, index of the class, how many of it, cost, weight to hold
    for _ in range(_COVER_WORK // len(paid)):
        least, index, taken, cost, missing = heappop(heap)
        if missing <= 0:
            return least
        rack_cost, z, limit = paid[index]
        if index == len(paid) - 1:
            heappush(heap, (cost + rack_cost * -(-missing // z), index, 0, 0, 0))
            continue
        children = [(index + 1, 0, cost, missing)]
        if limit is None or taken < limit:
            children.append((index, taken + 1, cost + rack_cost, missing - z))
        for at, of_it, child_cost, left in children:
            rest = _rest_of(paid, at, of_it)
            more = least_cover(left, rest) if left > 0 else Fraction(0)
            if more is not None:
                heappush(heap, (child_cost + ceil(more), at, of_it, child_cost, left))
    step = gcd(*(offer[0] for offer in paid))
    return -(-heap[0][0] // step) * step


def _rest_of(paid: Sequence[Offer], index: int, taken: int) -> list[Offer]:
    if index == len(paid):
        return []
    cost, z, limit = paid[index]
    return [(cost, z, None if limit is None else limit - taken), *paid[index + 1 :]]


def _by_cost_per_z(offer: Offer) -> tuple[Fraction, int]:
    return Fraction(offer[0], offer[1]), -offer[1]


_Item = tuple[int, tuple[int, ...], int | None]  # weight, size, copies


def _items(weights: dict[str, int], problem: PackingProblem, rack: RackClass, within_counts: bool) -> list[_Item]:
    items: list[_Item] = []
    for device in problem.devices:
        weight = weights.get(device.id, 0)
        copies = _copies(device, rack, within_counts)
        if weight > 0 and copies != 0 and may_stand_in(device, rack):
            items.append((weight, device.size, copies))
    return sorted(items, key=lambda item: (item[0], item[1], -1 if item[2] is None else item[2]))


def _copies(device: DeviceClass, rack: RackClass, within_counts: bool) -> int | None:
    """How many of the class one rack can hold by each resource alone; None when nothing limits them."""
    limits = [room // size for size, room in zip(device.size, rack.capacity, strict=True) if size > 0]
    if device.size and device.size[0] > 0:
        limits.append(sum(block // device.size[0] for block in rack.blocks))
    if device.per_rack_max is not None:
        limits.append(device.per_rack_max)
    if within_counts:
        limits.append(device.count)
    return min(limits, default=None)


def _knapsack(
    items: list[_Item], problem: PackingProblem, rack: RackClass, prices: list[int] | None = None
) -> _Knapsack:
    """The search for one rack class; with free blocks, every height of the problem's devices is a resource too.

    Of devices at least h high a block of g units takes g // h; one of a units counts as a // h of them.
    """
    if not any(len(other.blocks) > 1 for other in problem.racks):
        return _Knapsack(items, rack.capacity, prices)
    heights = sorted({device.size[0] for device in problem.devices if device.size[0] > 1})
    wider = [(weight, (*size, *(size[0] // h for h in heights)), copies) for weight, size, copies in items]
    capacity = (*rack.capacity, *(sum(block // h for block in rack.blocks) for h in heights))
    return _Knapsack(wider, capacity, prices, rack.blocks if len(rack.blocks) > 1 else ())


class _Knapsack:
    """Depth-first search with two bounds on what is still to come.

    One charges every resource at a fixed price; the other looks at each resource alone and fills what is left of it
    with the devices of most weight per unit.
    """

    def __init__(
        self,
        items: list[_Item],
        capacity: tuple[int, ...],
        prices: list[int] | None = None,
        blocks: tuple[int, ...] = (),
    ) -> None:
        self.prices, self.blocks = prices, blocks
        self.unlimited = any(copies is None for _, _, copies in items)
        self.capacity = capacity
        if self.unlimited:
            return
        known = [(weight * _PRICE_SCALE, size, copies or 0) for weight, size, copies in items]
        prices = self.prices = _resource_prices(known, capacity) if prices is None else prices
        reduced = [
            (weight - sum(p * s for p, s in zip(prices, size, strict=True)), weight, size, copies)
            for weight, size, copies in known
        ]
        reduced.sort(key=lambda item: (-abs(item[0]) * item[3], item[1:]))
        self.items = reduced
        self.start = sum(p * c for p, c in zip(prices, capacity, strict=True))
        self.to_come = [0] * (len(reduced) + 1)
        for index in range(len(reduced) - 1, -1, -1):
            gain, _, _, copies = reduced[index]
            self.to_come[index] = self.to_come[index + 1] + max(0, gain) * copies
        self.alone = [self._alone(reduced[index:]) for index in range(len(reduced) + 1)]

    def _alone(self, items: list[tuple[int, int, tuple[int, ...], int]]) -> list[tuple[int, int]]:
        """Per resource: weight per unit, rounded up, and the weight of what takes none of it."""
        bounds = []
        for resource in range(len(self.capacity)):
            per_unit = [-(-weight // size[resource]) for _, weight, size, _ in items if size[resource] > 0]
            free = sum(weight * copies for _, weight, size, copies in items if size[resource] == 0)
            bounds.append((max(per_unit, default=0), free))
        return bounds

    def holds_more_than(self, limit: int, most_steps: int | None = None) -> bool | None:
        """Whether some content weighs more than `limit`; None when `most_steps` are not enough to tell."""
        if self.unlimited:
            return True
        target = limit * _PRICE_SCALE
        if not self.items:
            return target < 0
        last = len(self.items) - 1
        stack: list[tuple[int, int, int, tuple[int, ...], tuple[int, ...]]] = [(0, 0, self.start, self.capacity, ())]
        steps = 0
        while stack:
            steps += 1
            if most_steps is not None and steps > most_steps:
                return None
            index, weight, priced, room, taken = stack.pop()
            if any(weight + unit * r + free <= target for (unit, free), r in zip(self.alone[index], room, strict=True)):
                continue
            gain, item_weight, size, copies = self.items[index]
            most = min([copies, *(r // s for r, s in zip(room, size, strict=True) if s)])
            while self.blocks and most and not self._go_into_blocks((*taken, most)):
                most -= 1
            if weight + item_weight * most > target:
                return True
            if index == last:
                continue
            spare = priced + self.to_come[index] - target
            if gain > 0:
                counts = range(max(0, copies - (spare - 1) // gain), most + 1)
            else:
                counts = range(most if gain == 0 else min(most, (spare - 1) // -gain), -1, -1)
            for count in counts:
                left = tuple([r - s * count for r, s in zip(room, size, strict=True)])
                content = (*taken, count) if self.blocks else ()
                stack.append((index + 1, weight + item_weight * count, priced + gain * count, left, content))
        return False

    def _go_into_blocks(self, taken: tuple[int, ...]) -> bool:
        """Whether so many of the first items, each in one block, go into the rack."""
        heights = sorted(
            ((item[2][0], n) for item, n in zip(self.items, taken, strict=False) if item[2][0]), reverse=True
        )
        return _stand(tuple(sorted(self.blocks)), tuple(h for h, n in heights for _ in range(n)))


@lru_cache(maxsize=1 << 16)
def _stand(blocks: tuple[int, ...], heights: tuple[int, ...]) -> bool:
    """Whether devices of these heights, highest first, each stand in one block."""
    if not heights:
        return True
    if sum(heights) > sum(blocks):
        return False
    for block in sorted(set(blocks)):
        if block >= heights[0]:
            left = list(blocks)
            left.remove(block)
            if _stand(tuple(sorted((*left, block - heights[0]))), heights[1:]):
                return True
    return False


def _resource_prices(items: list[tuple[int, tuple[int, ...], int]], capacity: tuple[int, ...]) -> list[int]:
    """Integer prices per unit of each resource that nearly minimise the priced bound (any prices are valid).

    Subgradient steps with momentum on capacities scaled to one: raise the price of what the priced choice overfills,
    aiming at a level below the best bound so far, and nearer each time that the bound stops falling.
    """
    shares = [[s / c if c else 0.0 for s, c in zip(size, capacity, strict=True)] for _, size, _ in items]
    prices = [0.0] * len(capacity)
    direction = prices
    best, best_prices = float(sum(weight * copies for weight, _, copies in items)), prices
    aim, stale = 0.5 * best, 0
    for _ in range(_PRICE_ROUNDS):
        use, bound = [-1.0] * len(capacity), sum(prices)
        for (weight, _, copies), share in zip(items, shares, strict=True):
            gain = weight - sum(p * s for p, s in zip(prices, share, strict=True))
            if gain > 0:
                bound += gain * copies
                use = [u + copies * s for u, s in zip(use, share, strict=True)]
        stale = 0 if bound < best - 0.1 * aim else stale + 1
        if bound < best:
            best, best_prices = bound, prices
        if stale == _PATIENCE:
            aim, stale = 0.7 * aim, 0
        direction = [u + 0.7 * d for u, d in zip(use, direction, strict=True)]
        step = (bound - best + aim) / max(sum(d * d for d in direction), 1e-12)
        prices = [max(0.0, p + step * d) for p, d in zip(prices, direction, strict=True)]
    return [int(p / c) if c else 0 for p, c in zip(best_prices, capacity, strict=True)]
