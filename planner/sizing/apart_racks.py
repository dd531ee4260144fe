"""Racks for systems that are kept apart: each failure domain is packed with its own share of them.

Positions of a class are split by the domains that are asked for, and so are the systems; everything else may stand
anywhere, as before. Afterwards the racks are counted together again: which stands where is for the floor to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from planner.packing.data import DeviceClass, PackingProblem, Pattern, RackClass
from planner.request.workload import Domain
from planner.sizing.apart import Cap, per_rack
from planner.sizing.data import HallData, PositionClass
from planner.sizing.rack_kinds import rack_kinds

PART = "@"
Domains = tuple[str, ...]
"""The names of one part of a hall, one for each kind of domain that is asked for."""


def split_by_domain(hall: HallData, problem: PackingProblem, caps: tuple[Cap, ...]) -> PackingProblem | None:
    """The packing problem of a hall with racks and kept systems by domain; None where no node is kept apart, or where
    no even spread was found."""
    within = [cap for cap in caps if cap.kind != "hall"]
    counts = {device.id: device.count for device in problem.devices}
    kept = sorted({cap.item for cap in within if counts.get(cap.item)})
    if not kept:
        return None
    parts = sorted({_domains(part.domains, within) for place in rack_kinds(hall) for part in place.parts})
    places = {place.key: place for place in rack_kinds(hall)}
    racks = [part for rack in problem.racks for part in _split_rack(rack, places[rack.id], parts, within)]
    known = {rack.id for rack in racks}
    devices: list[DeviceClass] = []
    for device in problem.devices:
        allowed = device.allowed if device.allowed is not None else frozenset(places)
        homes = {n: frozenset(f"{key}{PART}{n}" for key in allowed) & known for n in range(len(parts))}
        if device.id not in kept:
            devices.append(replace(device, allowed=frozenset().union(*homes.values())))
            continue
        shares = _even_shares(hall, device, allowed, parts, [cap for cap in within if cap.item == device.id], within)
        if shares is None:
            return None
        devices.extend(
            replace(device, id=f"{device.id}{PART}{n}", count=share, allowed=homes[n])
            for n, share in enumerate(shares)
            if share
        )
    return replace(problem, devices=tuple(devices), racks=tuple(racks))


def _domains(names: Mapping[Domain, str], within: list[Cap]) -> Domains:
    return tuple(names[kind] for kind in sorted({cap.kind for cap in within}))


def _split_rack(rack: RackClass, place: PositionClass, parts: list[Domains], within: list[Cap]) -> Iterable[RackClass]:
    """The racks of a class in each part of the hall, no more than its positions there."""
    for n, domains in enumerate(parts):
        here = sum(part.positions for part in place.parts if _domains(part.domains, within) == domains)
        if here:
            limit = here if rack.limit is None else min(here, rack.limit)
            yield replace(rack, id=f"{rack.id}{PART}{n}", limit=limit)


def _even_shares(
    hall: HallData, device: DeviceClass, allowed: frozenset[str], parts: list[Domains], caps: list[Cap],
    within: list[Cap],
) -> list[int] | None:  # fmt: skip
    """Systems in each part, as far as its positions and every domain's cap go; None: not all found a place.

    Whole racks first, the emptiest domain first; what is left goes by smaller and smaller groups.
    """
    item, kinds = hall.items[device.id], sorted({cap.kind for cap in within})
    places = [place for place in rack_kinds(hall) if place.key in allowed]
    room = [
        sum(p.positions * per_rack(c, item) for c in places for p in c.parts if _domains(p.domains, within) == domains)
        for domains in parts
    ]
    most = dict.fromkeys(kinds, device.count) | {cap.kind: cap.most for cap in caps}
    shares, filled, left = [0] * len(parts), Counter[tuple[Domain, str]](), device.count
    for group in range(max((per_rack(place, item) for place in places), default=1), 0, -1):
        while left >= group:
            free = [
                n
                for n, domains in enumerate(parts)
                if shares[n] + group <= room[n]
                and all(filled[k, name] + group <= most[k] for k, name in zip(kinds, domains, strict=True))
            ]
            if not free:
                break
            n = min(free, key=lambda n: (max(filled[key] for key in zip(kinds, parts[n], strict=True)), shares[n], n))
            shares[n], left = shares[n] + group, left - group
            filled.update(dict.fromkeys(zip(kinds, parts[n], strict=True), group))
    return None if left else shares


def counted_together(patterns: Iterable[tuple[Pattern, int]]) -> tuple[tuple[Pattern, int], ...]:
    """Racks of all parts by class and content."""
    found: dict[Pattern, int] = {}
    for pattern, count in patterns:
        content: dict[str, int] = {}
        for key, n in pattern.content:
            own = key.rpartition(PART)[0] or key
            content[own] = content.get(own, 0) + n
        whole = Pattern(pattern.rack.rpartition(PART)[0], tuple(sorted(content.items())))
        found[whole] = found.get(whole, 0) + count
    return tuple(sorted(found.items(), key=lambda entry: (entry[0].rack, entry[0].content)))
