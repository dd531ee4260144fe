"""How every system runs when a supply, a shelf, a feed or a source is lost, recomputed from catalog and request."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.schema import System
from planner.facility.supply_states import fewest_feeds_with
from planner.plan.supply_table import supplies_in
from planner.verify.subject import Broken, Rule, Subject, contents, differs


def systems_state_how_they_run(subject: Subject) -> Iterator[Broken]:
    """Every system product in every hall says how it runs after each loss, state by state."""
    found = {(entry.hall, entry.product): entry for entry in subject.plan.supplies}
    expected = {}
    for hall, place in subject.places.items():
        rows: dict[str, set[str]] = {}
        for rack in subject.racks_in(hall):
            for name in contents(subject.pattern_of(rack)):
                rows.setdefault(name, set()).add(rack.row)
        for name in sorted(rows):
            system = subject.product(name, System)
            if system is not None:
                feeds, taken = fewest_feeds_with(place.planned.power, [place.row(r) for r in sorted(rows[name])])
                expected[hall, name] = supplies_in(hall, system, subject.tiers(name), feeds, taken)
    order = [(entry.hall, entry.product) for entry in subject.plan.supplies]
    yield from differs("supplies", "systems", order, list(expected))
    for key, right in expected.items():
        if key in found and found[key] != right:
            place_, stated = f"{key[0]}, {key[1]}", found[key]
            for name in ("label", "feeds", "design_w", "peak_w", "lowest_cap_w", "states"):
                yield from differs(f"{place_}, supplies", name, getattr(stated, name), getattr(right, name))


RULES: tuple[Rule, ...] = (systems_state_how_they_run,)
