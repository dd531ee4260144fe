"""Which cable and modules join two cages: what fits, what reaches, what is preferred.

The compatibility rules come with the products: form and top of a plug, technology, speed, fibre type and splits. XDR
has no passive copper, no active optical cable and no multimode because the catalog lists none for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from planner.cabling.lengths import sku_for
from planner.cabling.model import Position, Products, SiteParameters
from planner.cabling.ports import Socket
from planner.catalog.schema import Cable, Module
from planner.errors import InputError

COPPER = ("dac", "active-copper")
FIBRE = ("multimode", "single-mode")
MADE_TO_ORDER = (*FIBRE, "cat6")  # beyond the lengths on sale, cut to length
PLUGS_THAT_FIT = {
    "QSFP112": ("QSFP112", "QSFP56", "QSFP28"),
    "QSFP56": ("QSFP56", "QSFP28"),
    "SFP28": ("SFP28", "SFP"),
}
CAT6_REACH_M = 100.0  # TIA-568 channel


@dataclass(frozen=True)
class Need:
    """A kind of link: both cages, the lower end first, speed and technology of the fabric."""

    lower: Socket
    upper: Socket
    speed_gbit_s: float
    technology: str


@dataclass(frozen=True)
class Assembly:
    """One way to join two cages: a cable with its own ends, or a fibre with a module at each end."""

    medium: str
    cable: Cable
    lower_module: Module | None
    upper_module: Module | None
    reach_m: float
    links_per_cable: int
    lower_cages: int  # cages at the lower end of one cable: 2 for a split

    @property
    def direct(self) -> bool:
        """True when the ends are part of the cable."""
        return self.lower_module is None


@dataclass(frozen=True)
class Choice:
    """An assembly, the length to order and its order code."""

    assembly: Assembly
    length_m: float
    part_number: str


def assemblies(
    need: Need, products: Products, site: SiteParameters, preferred: frozenset[str] = frozenset()
) -> list[Assembly]:
    """Every way to join the two cages that the catalog knows and the site allows.

    Preferred media first, then the shortest reach, then the products that the fabric design names, then the least
    power (unknown last).
    """
    found = [*_direct(need, products, site), *_optical(need, products)]
    allowed = [way for way in found if way.medium in site.media]
    order = {medium: rank for rank, medium in enumerate(site.media)}
    return sorted(
        allowed,
        key=lambda way: (
            order[way.medium],
            way.reach_m,
            _others(way, preferred),
            _power_w(way),
            way.cable.id,
            _names(way),
        ),
    )


def _names(way: Assembly) -> tuple[str, str]:
    return (way.lower_module.id if way.lower_module else "", way.upper_module.id if way.upper_module else "")


def _others(way: Assembly, preferred: frozenset[str]) -> int:
    return sum(name not in preferred for name in _names(way) if name)


def _power_w(way: Assembly) -> float:
    watts = [module.power_peak_w.value for module in (way.lower_module, way.upper_module) if module]
    return sum(math.inf if value is None else value for value in watts)


def _direct(need: Need, products: Products, site: SiteParameters) -> Iterator[Assembly]:
    for _, cable in sorted(products.cables.items()):
        if cable.medium in FIBRE or cable.medium == "power" or cable.speed_gbit_s != need.speed_gbit_s:
            continue
        if not _serves(cable.technology, need.technology):
            continue
        reach = _direct_reach_m(cable, site)
        if reach is None or not _direct_fits(cable, need):
            continue
        split = cable.ends == (1, 2)
        yield Assembly(cable.medium, cable, None, None, reach, cable.links, 2 if split else 1)


def _direct_reach_m(cable: Cable, site: SiteParameters) -> float | None:
    reach = cable.reach_m.value
    if reach is None and cable.medium == "cat6":
        reach = CAT6_REACH_M
    if cable.lengths and cable.medium not in MADE_TO_ORDER:
        longest = max(sku.length_m for sku in cable.lengths)
        reach = longest if reach is None else min(reach, longest)
    if reach is not None and cable.medium in COPPER and site.max_copper_m is not None:
        reach = min(reach, site.max_copper_m)
    return reach


def _direct_fits(cable: Cable, need: Need) -> bool:
    """Plug A goes to the upper cage, plug B (one, or two of a split) to lower cages; equal ends go either way."""
    if not _plugs(cable.connector_a, need.upper) or not _plugs(cable.connector_b, need.lower):
        return False
    if cable.ends == (1, 2):
        return need.upper.lanes == cable.links and need.lower.lanes == 1
    return need.upper.lanes == need.lower.lanes == cable.links


def _plugs(connector: str, socket: Socket) -> bool:
    form, _, top = connector.partition(" ")
    if top and socket.top and top != socket.top:
        return False
    return form in PLUGS_THAT_FIT.get(socket.form, (socket.form,))


def _serves(technologies: tuple[str, ...], technology: str) -> bool:
    return not technologies or technology in technologies


def _optical(need: Need, products: Products) -> Iterator[Assembly]:
    uppers = list(_modules_for(need.upper, need, products))
    lowers = list(_modules_for(need.lower, need, products))
    for _, fibre in sorted(products.cables.items()):
        if fibre.medium not in FIBRE or not _serves(fibre.technology, need.technology):
            continue
        for upper, upper_split in uppers:
            for lower, _ in lowers:
                if not upper.fibre == lower.fibre == fibre.medium:
                    continue
                if not upper.fibre_connector == lower.fibre_connector == fibre.connector_a:
                    continue
                if (upper_split > 1) == (fibre.ends == (1, 2)):
                    yield _optical_way(fibre, lower, upper, upper_split)


def _optical_way(fibre: Cable, lower: Module, upper: Module, split: int) -> Assembly:
    reaches = [m.reach_m.value for m in (lower, upper) if m.reach_m.value is not None]
    own = fibre.reach_m.value
    reach = min([*reaches, own] if own is not None and fibre.medium == "multimode" else reaches, default=0.0)
    return Assembly(fibre.medium, fibre, lower, upper, reach, split, split)


def _modules_for(socket: Socket, need: Need, products: Products) -> Iterator[tuple[Module, int]]:
    """Modules that sit in the cage and run the link: at its own speed, or split in two (then with what split)."""
    for _, module in sorted(products.modules.items()):
        if module.form != socket.form or (socket.top and module.top not in (socket.top, "unspecified")):
            continue
        if not _serves(module.technology, need.technology):
            continue
        if module.speed_gbit_s == need.speed_gbit_s and module.ports in (socket.lanes, 1):
            yield module, 1
        elif module.speed_gbit_s == 2 * need.speed_gbit_s and module.ports * 2 == socket.lanes and 2 in module.split:
            yield module, 2
        elif module.ports == 1 and module.speed_gbit_s == 2 * need.speed_gbit_s and socket.lanes == 1:
            yield module, 1  # an end of a split: runs at half speed


class BeyondReachError(InputError):
    """A link that no allowed medium reaches: where its ends stand, its length, and how far the longest cable goes."""

    def __init__(
        self, error: InputError, what: str, lower: Position, upper: Position, needed_m: float, reach_m: float
    ) -> None:
        self.what, self.lower, self.upper = what, lower, upper
        self.needed_m, self.reach_m = needed_m, reach_m
        super().__init__(error.problems)


def choose(ways: list[Assembly], needed_m: float, site: SiteParameters, what: str) -> Choice:
    """The preferred way that reaches: a medium used over `reach_margin` of its reach gives way to the next.

    Raises:
        InputError: no medium reaches, with the longest that any does.
    """
    last: Choice | None = None
    for way in ways:
        length = _order(way, needed_m)
        if length is None:
            continue
        choice = Choice(way, *length)
        if needed_m <= site.reach_margin * way.reach_m:
            return choice
        last = last or choice
    if last is not None:
        return last
    raise over_reach(ways, needed_m, what)


def over_reach(ways: list[Assembly], needed_m: float, what: str) -> InputError:
    """The error for a link that no medium reaches."""
    longest = max((way.reach_m for way in ways), default=0.0)
    media = ", ".join(dict.fromkeys(way.medium for way in ways)) or "any allowed medium"
    return InputError.of(
        f"cabling: reach of {what}",
        f"{needed_m:.1f} m",
        f"at most {longest:g} m on {media}",
        "move the racks closer, or allow a longer medium" if ways else "allow another medium, or add a fitting product",
    )


def _order(way: Assembly, needed_m: float) -> tuple[float, str] | None:
    """(length, order code): the next length on sale, or whole metres of a fibre or Cat6 sold by length."""
    sku = sku_for(way.cable, needed_m, way.reach_m)
    if sku is not None:
        return sku.length_m, sku.part_number
    if needed_m > way.reach_m:
        return None
    if way.cable.lengths and way.medium not in MADE_TO_ORDER:
        return None
    length = float(next_round(needed_m))
    return (length, "") if length <= way.reach_m else None


def next_round(needed_m: float) -> int:
    """Length of a cable made to order: whole metres to 10, then steps of 5."""
    whole = -int(-needed_m // 1)
    return max(1, whole) if whole <= 10 else -(-whole // 5) * 5
