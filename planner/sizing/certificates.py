"""Certificates of packing, kept with the racks and devices that they were proven for.

A certificate says what racks may hold, and nothing of how much is wanted or what the site gives: another question with
the same racks and devices starts from it, in place of learning it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from planner.sizing.data import Cut, HallData, Item, PositionClass, SizingData
from planner.sizing.question import Question
from planner.sizing.rack_kinds import anywhere, members_of_kinds

KEY = ("certificates",)


@dataclass(frozen=True)
class Certified:
    """A certificate, with the devices that it weighs and the racks of its hall by kind."""

    cut: Cut
    devices: Mapping[str, Item]
    racks: Mapping[str, PositionClass]

    def holds_in(self, hall: HallData) -> bool:
        """Whether racks are the same, and so is every device that stands in this hall too; of others there is none."""
        same = all(hall.items[key] == item for key, item in self.devices.items() if key in hall.items)
        return same and hall.key == self.cut.hall and _racks(hall, self.devices.values()) == self.racks


def remember_certificates(question: Question, data: SizingData, cuts: Iterable[Cut]) -> None:
    """Keeps what packing has proven of the racks of a question for questions that are asked like it."""
    kept: list[Certified] = question.once(KEY, list)
    halls = {hall.key: hall for hall in data.halls}
    for cut in cuts:
        found = certified(halls[cut.hall], cut)
        if found not in kept:
            kept.append(found)


def certified(hall: HallData, cut: Cut) -> Certified:
    """A certificate with what it was proven for."""
    devices = {key: hall.items[key] for key, _ in cut.weights if key in hall.items}
    return Certified(cut, devices, _racks(hall, devices.values()))


def certificates_for(question: Question, data: SizingData) -> tuple[Cut, ...]:
    """What is known to hold for the racks of a question before any of them is packed."""
    kept: list[Certified] = question.once(KEY, list)
    return tuple(known.cut for known in kept if any(known.holds_in(hall) for hall in data.halls))


def _racks(hall: HallData, devices: Iterable[Item]) -> dict[str, PositionClass]:
    """The racks of a hall by kind, with what plays no part in what one of them holds left out."""
    nodes = [item for item in devices if item.form == "node"]
    return {
        key: replace(anywhere(members[0]), own_weight_kg=(), peak_w=_peak_that_binds(members[0], nodes))
        for key, members in members_of_kinds(hall).items()
    }


def _peak_that_binds(place: PositionClass, nodes: Iterable[Item]) -> int:
    """The peak limit of a rack, or the most that devices within its design limit can reach where that is less."""
    reached = 0
    for item in nodes:
        if not item.design_w and item.peak_w:
            return place.peak_w
        reached = max(reached, -(-item.peak_w * place.design_w // item.design_w) if item.design_w else 0)
    return min(place.peak_w, reached)
