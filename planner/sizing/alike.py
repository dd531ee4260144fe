"""Halls that are alike: what is packed or proven in one of them holds in the others, under their names of racks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from planner.packing.data import PackingInfeasible, PackingProblem, PackingResult, renamed, renamed_in
from planner.packing.model import pack
from planner.sizing.certificates import certified
from planner.sizing.data import Cut, SizingData
from planner.sizing.pdus import kind_and_pdus, with_pdus
from planner.sizing.question import Question
from planner.sizing.rack_kinds import members_of_kinds


def packed_once(
    question: Question, hall: str, what: str, problem: PackingProblem, deterministic_time: float,
    enough: int | None = None, stop: Callable[[], bool] | None = None,
) -> PackingResult:  # fmt: skip
    """The packing of a problem of a hall, done once for all halls that have the same.

    Raises:
        PackingInfeasible, TimeLimitReached: as `pack`.
    """
    bare = {rack.id: rack.id.removeprefix(f"{hall}/") for rack in problem.racks}
    own = {name: rack for rack, name in bare.items()}
    alike = renamed(problem, bare)
    work = partial(pack, alike, deterministic_time=deterministic_time, enough=enough, stop=stop)
    try:
        found = question.once((what, alike, enough), work)
    except PackingInfeasible as refusal:
        if refusal.certificate is None:  # said again in the names of this hall
            return pack(problem, deterministic_time=deterministic_time, enough=enough, stop=stop)
        certificate = renamed_in(refusal.certificate, own)
        raise PackingInfeasible(
            str(refusal), refusal.devices, [own[rack] for rack in refusal.racks], certificate
        ) from refusal
    return replace(
        found,
        patterns=tuple((replace(pattern, rack=own[pattern.rack]), n) for pattern, n in found.patterns),
        certificates=tuple(renamed_in(c, own) for c in found.certificates),
        mix_certificates=tuple(renamed_in(c, own) for c in found.mix_certificates),
    )


def in_halls_alike(data: SizingData, cuts: Iterable[Cut]) -> Iterator[Cut]:
    """Each certificate, and the same for every other hall with the same racks and devices."""
    halls = {hall.key: hall for hall in data.halls}
    for cut in cuts:
        yield cut
        proven = certified(halls[cut.hall], cut)
        for hall in data.halls:
            names = {kind: f"{hall.key}/{kind.removeprefix(f'{cut.hall}/')}" for kind in proven.racks}
            if hall.key == cut.hall or set(names.values()) != set(members_of_kinds(hall)):
                continue
            there = Cut(hall.key, cut.weights, tuple((_there(name, names), z) for name, z in cut.z))
            if certified(hall, there) == replace(
                proven, cut=there, racks={names[kind]: place for kind, place in proven.racks.items()}
            ):
                yield there


def _there(name: str, names: Mapping[str, str]) -> str:
    kind, number = kind_and_pdus(name)
    return names[kind] if number is None else with_pdus(names[kind], number)
