"""What changed from one plan to another: inputs, headline, decisions, racks, devices, cables, bill, cost, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from planner.money import Range
from planner.plan.schema import Pattern, Plan, Rack

Kind = Literal[
    "input", "headline", "decision", "rack", "device", "cable", "quantity", "money", "cost", "finding"
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
Value = int | float | str
Name = tuple[str, ...]
NO_PRICE = "quote required"


@dataclass(frozen=True)
class Change:
    """One thing that differs: its ids, and what it was and is; None where it is not there at all."""

    kind: Kind
    name: Name
    before: Value | None
    after: Value | None

    @property
    def delta(self) -> int | float | None:
        """How much more there is now; what is not there counts as none of it. None where words differ."""
        before, after = (0 if value is None else value for value in (self.before, self.after))
        if isinstance(before, str) or isinstance(after, str):
            return None
        return after - before

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "name": list(self.name), "delta": self.delta}


def difference(old: Plan, new: Plan) -> tuple[Change, ...]:
    """Every change, in the order of `KINDS` and by name."""
    described = _racks(old), _racks(new)
    sides: dict[Kind, tuple[Mapping[Name, Value], Mapping[Name, Value]]] = {
        "input": (_inputs(old), _inputs(new)),
        "headline": (_headline(old), _headline(new)),
        "decision": (_decisions(old), _decisions(new)),
        "device": (_devices(old), _devices(new)),
        "cable": (_cables(old), _cables(new)),
        "quantity": (_quantities(old), _quantities(new)),
        "money": (_money(old), _money(new)),
        "cost": (_costs(old), _costs(new)),
        "finding": (_findings(old), _findings(new)),
    }
    found: list[Change] = []
    for kind in KINDS:
        found += _rack_changes(*described) if kind == "rack" else _changes(kind, *sides[kind])
    return tuple(found)


def _changes(kind: Kind, old: Mapping[Name, Value], new: Mapping[Name, Value]) -> list[Change]:
    names = sorted(old.keys() | new.keys())
    return [Change(kind, name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _inputs(plan: Plan) -> dict[Name, Value]:
    i = plan.inputs
    return {
        ("request",): i.request_sha256,
        ("catalog",): i.catalog_sha256,
        ("prices",): i.prices_sha256,
        ("planner",): i.planner_version,
        ("solver",): i.solver_version,
        ("objective",): ", ".join(i.objective),
        ("currency",): plan.headline.currency,
    }


def _headline(plan: Plan) -> dict[Name, Value]:
    found: dict[Name, Value] = {}
    for key, value in plan.headline.model_dump(mode="json").items():
        if key == "currency" or value is None:
            continue
        for part, amount in value.items() if isinstance(value, dict) else (("", value),):
            found[(key, part) if part else (key,)] = amount
    return found


def _decisions(plan: Plan) -> dict[Name, Value]:
    return {(d.workload,): f"{d.accelerators} x {d.system or 'storage'}, {d.location}" for d in plan.decisions}


def _devices(plan: Plan) -> dict[Name, Value]:
    counts: Counter[Name] = Counter()
    for system in plan.systems:
        counts[system.hall, system.product] += system.count
    for store in plan.storage:
        counts[store.hall, store.product] += store.units
    for device in plan.devices:
        counts[device.hall, device.product] += device.count
    return dict(counts)


def _cables(plan: Plan) -> dict[Name, Value]:
    counts: Counter[Name] = Counter()
    for line in plan.cables:
        length = "length unknown" if line.length_m is None else f"{line.length_m:g} m"
        counts[line.hall, line.fabric, line.tier, line.product or "no product fits", length] += line.cables
    return dict(counts)


def _quantities(plan: Plan) -> dict[Name, Value]:
    counts: Counter[Name] = Counter()
    for line in plan.bill:
        counts[line.group, line.product] += line.quantity
    return dict(counts)


def _money(plan: Plan) -> dict[Name, Value]:
    """Typical amounts by product; where a line has no price, that is said and no amount."""
    found: dict[Name, Value] = {}
    for line in plan.bill:
        name = (line.group, line.product)
        before = found.get(name, 0)
        if line.extended is None or isinstance(before, str):
            found[name] = NO_PRICE
        else:
            found[name] = before + line.extended.typical
    return found


def _costs(plan: Plan) -> dict[Name, Value]:
    parts: list[tuple[str, Range]] = [(line.name, line.amount) for line in plan.cost.lines]
    return {(name,): amount.typical for name, amount in parts}


def _findings(plan: Plan) -> dict[Name, Value]:
    return {(f.severity, f.rule, f.place): f.text for f in plan.findings}


@dataclass(frozen=True)
class _Described:
    """A rack in words, and all that is in it."""

    words: str
    content: tuple[object, ...]


def _racks(plan: Plan) -> dict[str, _Described]:
    patterns = {pattern.id: pattern for pattern in plan.patterns}
    return {rack.id: _described(rack, patterns.get(rack.pattern)) for rack in plan.racks}


def _described(rack: Rack, pattern: Pattern | None) -> _Described:
    title = pattern.title if pattern else rack.pattern
    devices = tuple(sorted((d.u, d.product, d.role) for d in pattern.devices)) if pattern else ()
    feeds = " + ".join(rack.feeds)
    return _Described(f"{title}; {feeds}" if feeds else title, (title, devices, rack.feeds, rack.positions))


def _rack_changes(old: Mapping[str, _Described], new: Mapping[str, _Described]) -> list[Change]:
    found = []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before and after and before.content == after.content:
            continue
        words = after.words if after else None
        if before and after and before.words == after.words:
            words = f"{after.words}; other units"
        found.append(Change("rack", (name,), before.words if before else None, words))
    return found
