"""Quantities of single items in published tables, asked of the planner by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planner.catalog.fabrics import FabricDesign
from planner.catalog.load import Catalog
from planner.catalog.schema import System
from planner.fabric import FabricCounts
from planner.fabric.site import compute_racks, design_pdus

Number = int | float


class NotCountedError(Exception):
    """The planner has no such quantity; the message says why."""


@dataclass(frozen=True)
class Site:
    """A design at a size, counted, with the catalog behind it."""

    design: FabricDesign
    counts: FabricCounts
    catalog: Catalog
    item: str


def quantity(expression: str, site: Site) -> Number:
    """The value of an expression of the map: terms added up.

    Raises:
        NotCountedError: a term has no value in this design.
    """
    return sum(_term(term.strip(), site) for term in expression.split(" + "))


def _term(term: str, site: Site) -> Number:
    word, *rest = term.split()
    counted = _COUNTED.get(word)
    if counted is not None:
        return counted(site.counts, rest)
    if word == "fact":
        if rest[0] not in site.design.racks.facts:
            raise NotCountedError(f"{site.design.id} states no {rest[0]}")
        return site.design.racks.facts[rest[0]]
    return _NAMED[word](site)


_COUNTED: dict[str, Callable[[FabricCounts, list[str]], int]] = {
    "switches": lambda counts, words: counts.switches_of(words[0]),
    "product": lambda counts, words: sum(e.count for e in counts.switches if e.product == words[0]),
    "links": lambda counts, words: counts.links_of(words[0], words[1]),
    "modules": lambda counts, words: counts.modules_of(words[0], words[1]),
    "cables": lambda counts, words: counts.cables_of(words[0], words[1]),
    "managers": lambda counts, words: sum(e.count for e in counts.appliances if e.role == words[0]),
}


def _rack_power_kw(site: Site) -> Number:
    systems = [s for s in (site.catalog.products.get(name) for name in site.design.systems) if isinstance(s, System)]
    if not systems or systems[0].power_peak_w.value is None:
        raise NotCountedError("the power of the system is unknown")
    return float(site.design.racks.systems_per_rack * systems[0].power_peak_w.value / 1000)


def _server_role(site: Site) -> Number:
    return site.design.management.roles.get(site.item, 0)


def _media_converters(site: Site) -> Number:
    pairs = sum(entry.count // 2 for entry in site.counts.appliances)
    return pairs * site.design.management.media_converters_per_manager_pair


def _out_of_band_ports(site: Site) -> Number:
    uplinks = ("uplink", "manager-back-to-back")
    return sum(e.count for e in site.counts.links if e.fabric == "out-of-band" and e.tier not in uplinks)


def _racks(site: Site) -> Number:
    return compute_racks(site.design, site.counts.systems) + site.design.racks.management_racks


def _unit_racks(site: Site) -> Number:
    return compute_racks(site.design, site.design.unit_systems)


_NAMED: dict[str, Callable[[Site], Number]] = {
    "racks": _racks,
    "unit-racks": _unit_racks,
    "management-racks": lambda site: site.design.racks.management_racks,
    "systems": lambda site: site.counts.systems,
    "systems-per-rack": lambda site: site.design.racks.systems_per_rack,
    "rack-power-kw": _rack_power_kw,
    "pdus-per-rack": lambda site: site.design.racks.pdus_per_rack,
    "compute-pdus": lambda site: design_pdus(site.design, site.counts.systems)[0],
    "management-pdus": lambda site: design_pdus(site.design, site.counts.systems)[1],
    "unit-accelerators": lambda site: site.design.unit_systems * (site.design.accelerators_per_system or 0),
    "server-role": _server_role,
    "servers": lambda site: site.design.management.servers,
    "media-converters": _media_converters,
    "out-of-band-ports": _out_of_band_ports,
}
