"""A packing repaired where its racks break a rule that no resource states: devices move, or open a new rack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from planner.packing.data import DeviceClass, PackingProblem, PackingResult, Pattern, RackClass, fits, may_stand_in

Holds = Callable[[Pattern], bool]


def repaired(problem: PackingProblem, packed: PackingResult, holds: Holds) -> Iterator[PackingResult]:
    """The packing with every rack holding the rule, or nothing. Its bound is not looked at: a repair proves none.

    Racks that break the rule give up the lightest device that cures them, or else the heaviest, until they hold it.
    What was given up goes into the first rack that takes it, the most demanding first, and else opens the cheapest.
    """
    repair = _Repair(problem, packed, holds)
    if repair.done():
        yield replace(packed, patterns=repair.patterns(), cost=repair.cost())


class _Repair:
    """Racks one by one, as (rack class, devices)."""

    def __init__(self, problem: PackingProblem, packed: PackingResult, holds: Holds) -> None:
        self.holds, self.resources = holds, len(problem.resources)
        self.devices = {device.id: device for device in problem.devices}
        self.classes = {rack.id: rack for rack in problem.racks}
        self.racks = [(p.rack, Counter(dict(p.content))) for p, count in packed.patterns for _ in range(count)]

    def done(self) -> bool:
        """Whether every device found a place again."""
        loose = [name for rack, content in self.racks for name in self._given_up(rack, content)]
        self.racks = [(rack, content) for rack, content in self.racks if content]
        return all(self._placed(name) for name in sorted(loose, key=self._demanding))

    def _demanding(self, name: str) -> tuple[tuple[int, ...], str]:
        return tuple(-size for size in self.devices[name].size), name

    def _given_up(self, rack: str, content: Counter[str]) -> Iterator[str]:
        while content and not self._is_held(rack, content):
            light_first = sorted(content, key=self._demanding, reverse=True)
            cures = (n for n in light_first if self._is_held(rack, content - Counter([n])))
            name = next(cures, light_first[-1])
            content[name] -= 1
            content += Counter()  # drops what is used up
            yield name

    def _is_held(self, rack: str, content: Counter[str]) -> bool:
        return not content or self.holds(Pattern(rack, tuple(sorted(content.items()))))

    def _placed(self, name: str) -> bool:
        device = self.devices[name]
        for rack, content in self.racks:
            if self._room(device, self.classes[rack], content) and self._is_held(rack, content + Counter([name])):
                content[name] += 1
                return True
        for rack_class in sorted(self.classes.values(), key=lambda r: (r.cost, r.id)):
            opened = sum(rack == rack_class.id for rack, _ in self.racks)
            stock = rack_class.limit is None or opened < rack_class.limit
            if stock and fits(device, rack_class) and self._is_held(rack_class.id, Counter([name])):
                self.racks.append((rack_class.id, Counter([name])))
                return True
        return False

    def _room(self, device: DeviceClass, rack: RackClass, content: Counter[str]) -> bool:
        if not may_stand_in(device, rack):
            return False
        if device.per_rack_max is not None and content[device.id] >= device.per_rack_max:
            return False
        return all(
            device.size[k] + sum(self.devices[n].size[k] * many for n, many in content.items()) <= rack.capacity[k]
            for k in range(self.resources)
        )

    def patterns(self) -> tuple[tuple[Pattern, int], ...]:
        """Equal racks counted, by rack class and content."""
        counted = Counter(Pattern(rack, tuple(sorted(content.items()))) for rack, content in self.racks)
        return tuple(sorted(counted.items(), key=lambda entry: (entry[0].rack, entry[0].content)))

    def cost(self) -> int:
        """What the opened racks cost."""
        return sum(self.classes[rack].cost for rack, _ in self.racks)
