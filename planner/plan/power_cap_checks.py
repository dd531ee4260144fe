"""Power caps of a request against the catalog: of which system, not below what its maker allows, and truly a cap."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import ceiling
from planner.catalog.load import Catalog
from planner.catalog.schema import System
from planner.document import Document, Location, nearest
from planner.errors import Problem
from planner.quantity import show
from planner.request.schema import Request


def power_cap_problems(request: Request, source: Document, catalog: Catalog) -> Iterator[Problem]:
    """Caps of no system, caps that cap nothing, caps below the lowest that its maker publishes, caps stated twice."""
    systems = catalog.of(System)
    seen: set[str] = set()
    for n, cap in enumerate(request.policy.power_caps):
        at: Location = ("policy", "power_caps", n)
        system = systems.get(cap.product)
        if system is None:
            hint = nearest(cap.product, sorted(systems)) or "see `planner catalog list` for every system"
            yield source.problem((*at, "product"), f'the system "{cap.product}"', "a system of the catalog", hint)
            continue
        least = ceiling(system.power_cap_min_w)
        design = ceiling(system.power_design_w) or request.policy.assumed_power_w.get(cap.product)
        if least is not None and cap.cap < least:
            expected = f"at least {show(least, 'W')}, the lowest published for {cap.product}"
            yield source.problem((*at, "cap"), show(cap.cap, "W"), expected)
        elif design is not None and cap.cap >= design:
            expected = f"less than the {show(design, 'W')} that {cap.product} is designed for"
            yield source.problem((*at, "cap"), show(cap.cap, "W"), expected)
        if cap.product_id in seen:
            yield source.problem((*at, "cap"), f"{show(cap.cap, 'W')} for {cap.product} twice", "each cap once")
        seen.add(cap.product_id)
