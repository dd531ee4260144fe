"""Links to cables: what shares a cable or a cage, which product it takes, and the totals to order."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from planner.cabling.lengths import run_length_m
from planner.cabling.model import (
    CablePlan,
    CableRun,
    CableTotal,
    CablingNote,
    Device,
    Link,
    ModuleTotal,
    Position,
    Products,
    SiteParameters,
)
from planner.cabling.ports import Socket, device_bank, ports_of, switch_bank, usual_bank
from planner.cabling.products import Assembly, BeyondReachError, Choice, Need, assemblies, choose, over_reach
from planner.catalog.fabrics import FabricDesign, Supplied
from planner.errors import InputError
from planner.wording import sentence

Indices = list[int]
Kind = tuple[str, str, float, str, str, Socket | None]  # fabric, tier, speed, products of both ends, standing cage


class Runs:
    """Chooses cables for the links of one hall. Optics of one tier share one medium, so that no cage mixes two."""

    def __init__(
        self,
        design: FabricDesign,
        devices: Mapping[str, Device],
        placement: Mapping[str, Position],
        products: Products,
        site: SiteParameters,
        standing: Mapping[tuple[str, int], Socket],
    ) -> None:
        self.design, self.devices, self.placement = design, devices, placement
        self.products, self.site = products, site
        self.standing = standing  # cages of switches that stand already, by (switch, cage)
        self.notes: list[CablingNote] = []
        self.preferred = preferred_products(design)
        self._lengths: dict[tuple[str, str], float] = {}
        self._per_device: dict[tuple[str, str], int] = {}

    def plan(self, links: list[Link], notes: tuple[CablingNote, ...]) -> CablePlan:
        """Cables, modules and totals for all links."""
        for link in links:
            key = (link.fabric, link.a)
            self._per_device[key] = self._per_device.get(key, 0) + 1
        runs: list[CableRun] = []
        modules: list[tuple[str, str]] = [("", "")] * len(links)
        for indices in self._by_kind(links).values():
            runs.extend(self._runs_of(links, indices, modules))
        runs.sort(key=lambda run: run.links)
        return CablePlan(
            tuple(links),
            tuple(runs),
            tuple(modules),
            self._cable_totals(links, runs),
            self._module_totals(links, modules),
            self.devices,
            self.placement,
            self.site,
            _highest_cages(links),
            (*notes, *self.notes),
        )

    def _by_kind(self, links: list[Link]) -> dict[Kind, Indices]:
        """Links of one fabric, tier and speed between the same two products, and the same cages of what stands."""
        found: dict[Kind, Indices] = defaultdict(list)
        for index, link in enumerate(links):
            lower, upper = self.devices[link.a].product, self.devices[link.b].product
            stands = self.standing.get((link.b, link.b_cage))
            found[link.fabric, link.tier, link.speed_gbit_s, lower, upper, stands].append(index)
        return found

    def _runs_of(self, links: list[Link], indices: Indices, modules: list[tuple[str, str]]) -> list[CableRun]:
        need = self._need(links[indices[0]])
        ways = assemblies(need, self.products, self.site, self.preferred)
        if not ways:
            return self._without_product(links, indices, need)
        direct = [way for way in ways if way.direct]
        runs: list[CableRun] = []
        optical: Indices = []
        for cage in self._upper_cages(links, indices):
            run = self._direct_run(links, cage, direct, ways)
            if run is None:
                optical.extend(cage)
            else:
                runs.append(run)
        fibre = [way for way in ways if not way.direct]
        beyond = self._beyond_reach(links, optical, fibre, ways)
        if beyond:
            out = set(beyond)
            optical = [index for index in optical if index not in out]
            runs.extend(self._unjoined(links, beyond))
        if optical:
            runs.extend(self._optical_runs(links, optical, fibre, modules))
        return runs

    def _beyond_reach(
        self, links: list[Link], indices: Indices, fibre: list[Assembly], ways: list[Assembly]
    ) -> Indices:
        """Links that no fibre reaches, noted where the site asks for notes.

        Raises:
            InputError: there is one, and the site asks for errors.
        """
        reach = max((way.reach_m for way in fibre), default=0.0)
        beyond = [index for index in indices if self._needed_m(links[index]) > reach]
        if not beyond:
            return []
        first = links[beyond[0]]
        needed = max(self._needed_m(links[index]) for index in beyond)
        longest = max(way.reach_m for way in ways)
        if self.site.over_reach == "error":
            far = max((links[index] for index in beyond), key=self._needed_m)
            ends = self.placement[far.a], self.placement[far.b]
            raise BeyondReachError(over_reach(ways, needed, _what(far)), _what(far), *ends, needed, longest)
        text = sentence(
            "cable.reach", links=len(beyond), fabric=first.fabric, tier=first.tier, needed=needed, longest=longest
        )
        self.notes.append(CablingNote("reach", text))
        return beyond

    @staticmethod
    def _upper_cages(links: list[Link], indices: Indices) -> list[Indices]:
        cages: dict[tuple[str, int], Indices] = defaultdict(list)
        for index in indices:
            cages[links[index].b, links[index].b_cage].append(index)
        return list(cages.values())

    def _direct_run(
        self, links: list[Link], cage: Indices, direct: list[Assembly], ways: list[Assembly]
    ) -> CableRun | None:
        """A cable with its own ends for all links of an upper cage, when it fits them and is the preferred way."""
        fitting = [way for way in direct if _fits(way, links, cage)]
        if not fitting:
            return None
        needed = max(self._needed_m(links[index]) for index in cage)
        if needed > max(way.reach_m for way in fitting):
            return None
        others = [way for way in ways if not way.direct]
        choice = choose([*fitting, *others], needed, self.site, _what(links[cage[0]]))
        if not choice.assembly.direct:
            return None
        way = choice.assembly
        return CableRun(tuple(cage), way.cable.id, way.medium, choice.length_m, needed, choice.part_number)

    def _optical_runs(
        self, links: list[Link], indices: Indices, ways: list[Assembly], modules: list[tuple[str, str]]
    ) -> list[CableRun]:
        farthest = max(indices, key=lambda index: (self._needed_m(links[index]), -index))
        way = choose(ways, self._needed_m(links[farthest]), self.site, _what(links[farthest])).assembly
        pair = (way.lower_module.id if way.lower_module else "", way.upper_module.id if way.upper_module else "")
        runs: list[CableRun] = []
        choices: dict[float, Choice] = {}
        for group in _fibre_groups(links, indices, way.links_per_cable):
            needed = max([self._needed_m(links[index]) for index in group])
            choice = choices.get(needed)
            if choice is None:
                choice = choices[needed] = choose([way], needed, self.site, _what(links[group[0]]))
            run = CableRun(tuple(group), way.cable.id, way.medium, choice.length_m, needed, choice.part_number)
            runs.append(run)
            for index in group:
                modules[index] = pair
        return runs

    def _without_product(self, links: list[Link], indices: Indices, need: Need) -> list[CableRun]:
        """Links that no product of the catalog joins: planned by length, to be quoted.

        Raises:
            InputError: products exist, but the site allows none of their media.
        """
        everything = SiteParameters()
        barred = assemblies(need, self.products, everything)
        link = links[indices[0]]
        if barred:
            raise InputError.of(
                f"cabling: media of {_what(link)}",
                f"only {', '.join(self.site.media) or 'no medium'} allowed",
                f"one of {', '.join(dict.fromkeys(way.medium for way in barred))}",
                "allow a medium that fits both cages",
            )
        text = sentence(
            "cable.no-product",
            lower=need.lower.plug,
            upper=need.upper.plug,
            fabric=link.fabric,
            tier=link.tier,
            speed=link.speed_gbit_s,
        )
        self.notes.append(CablingNote("products", text))
        return self._unjoined(links, indices)

    def _unjoined(self, links: list[Link], indices: Indices) -> list[CableRun]:
        """Links planned by length alone."""
        lengths = [self._needed_m(links[index]) for index in indices]
        return [
            CableRun((index,), "", "", float(math.ceil(needed)), needed, "")
            for index, needed in zip(indices, lengths, strict=True)
        ]

    def _need(self, link: Link) -> Need:
        upper = self.standing.get((link.b, link.b_cage)) or self._socket(link, link.b)
        return Need(self._socket(link, link.a), upper, link.speed_gbit_s, self._technology(link))

    def _socket(self, link: Link, name: str) -> Socket:
        device = self.devices[name]
        switch = self.products.switches.get(device.product)
        management = link.fabric == "out-of-band" and link.speed_gbit_s == 1 and not device.role.startswith("out-of")
        if switch is not None and not management:
            dedicated = link.tier == "manager" and any(group.role == "ufm" for group in switch.port_groups)
            return switch_bank(switch, link.speed_gbit_s, "ufm" if dedicated else "data").socket
        if link.fabric == "out-of-band":
            return usual_bank(1, link.speed_gbit_s).socket
        fabric = "compute" if link.tier == "manager" else link.fabric
        ports = ports_of(device.product, self.products)
        return device_bank(ports, fabric, self._per_device[link.fabric, name], link.speed_gbit_s).socket

    def _technology(self, link: Link) -> str:
        if link.fabric == "compute":
            own = self.design.compute[-1].technology
            return "infiniband-ndr" if own == "infiniband-xdr" and link.speed_gbit_s <= 400 else own
        if link.fabric == "storage" and self.design.storage is not None:
            return self.design.storage.technology
        return "ethernet"

    def _needed_m(self, link: Link) -> float:
        key = (link.a, link.b)
        found = self._lengths.get(key)
        if found is None:
            found = run_length_m(self.placement[link.a], self.placement[link.b], self.site)
            self._lengths[key] = found
        return found

    def _cable_totals(self, links: list[Link], runs: list[CableRun]) -> tuple[CableTotal, ...]:
        counted: dict[tuple[str, str, str, str, float, str], list[int]] = defaultdict(lambda: [0, 0])
        for run in runs:
            first = links[run.links[0]]
            tally = counted[first.fabric, first.tier, run.product, run.medium, run.length_m, run.part_number]
            tally[0] += 1
            tally[1] += len(run.links)
        return tuple(
            CableTotal(*key, cables, carried, spares_for(cables, self.site))
            for key, (cables, carried) in sorted(counted.items())
        )

    def _module_totals(self, links: list[Link], modules: list[tuple[str, str]]) -> tuple[ModuleTotal, ...]:
        cages: dict[tuple[str, str, str, str], set[tuple[str, int]]] = defaultdict(set)
        for link, (lower, upper) in zip(links, modules, strict=True):
            if lower:
                cages[link.fabric, link.tier, self.devices[link.a].role, lower].add((link.a, link.a_cage))
                cages[link.fabric, link.tier, self.devices[link.b].role, upper].add((link.b, link.b_cage))
        totals: dict[tuple[str, str, str, str], int] = {key: len(found) for key, found in cages.items()}
        return tuple(ModuleTotal(*key, count, spares_for(count, self.site)) for key, count in sorted(totals.items()))


def preferred_products(design: FabricDesign) -> frozenset[str]:
    """Modules that the design names for its fabrics."""
    stages = [stage.optics for stage in design.compute if not isinstance(stage, Supplied)]
    networks = [part.optics for part in (design.storage, design.in_band, design.converged) if part is not None]
    named = [(optics.node_module, optics.switch_module) for optics in (*stages, *networks)]
    return frozenset(product for pair in named for product in pair if product)


def spares_for(count: int, site: SiteParameters) -> int:
    """Spares of one type: a share of the count, and at least a minimum."""
    share = count * Fraction(str(site.spare_share))
    return max(site.spare_least, math.ceil(share)) if count else 0


def _fits(way: Assembly, links: list[Link], cage: Indices) -> bool:
    """True when the links of an upper cage are just what one such cable carries."""
    if len(cage) != way.links_per_cable:
        return False
    lower = {(links[index].a, links[index].a_cage) for index in cage}
    return len(lower) == way.lower_cages


def _fibre_groups(links: list[Link], indices: Indices, per_fibre: int) -> list[Indices]:
    """Links that share a fibre: one each, or the two neighbours of a split port."""
    if per_fibre == 1:
        return [[index] for index in indices]
    ports: dict[tuple[str, int, int], Indices] = defaultdict(list)
    for index in indices:
        link = links[index]
        ports[link.b, link.b_cage, (link.b_lane - 1) // per_fibre].append(index)
    return list(ports.values())


def _highest_cages(links: list[Link]) -> dict[str, int]:
    highest: dict[str, int] = {}
    for link in links:
        if link.b_cage > highest.get(link.b, 0):
            highest[link.b] = link.b_cage
    return highest


def _what(link: Link) -> str:
    return f"{link.a} to {link.b} ({link.fabric} {link.tier})"
