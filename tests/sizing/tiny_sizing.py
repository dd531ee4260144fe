"""The smallest sizing questions: one hall, one kind of position, one system, nothing that binds unless it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from planner.sizing.data import (
    HallData,
    Item,
    LoopData,
    PositionClass,
    SizingData,
    StorageDemandData,
    StorageOption,
    SystemOption,
    WorkloadData,
    WorkloadOption,
)

PLENTY = 10**6
NODE, STORE, CDU = "system/node", "storage/store", "cdu/cdu"
EMPTY_RACK = Item("rack/rack", "rack", "rack", "loose", height_u=48, weight_kg=100, capex=10, tco=10)


def item(key: str = NODE, **facts: Any) -> Item:
    """A node of 4U, 1 kW, 50 kg, unless it is said otherwise."""
    role, product = key.split("/")
    body: dict[str, Any] = {
        "form": "node", "height_u": 4, "design_w": 1000, "peak_w": 1200, "air_w": 1000, "weight_kg": 50,
        "capex": 100, "tco": 150, "carbon_kg": 7,
    }  # fmt: skip
    return Item(key, product, role, **(body | facts))


def rack_system(key: str = NODE, **facts: Any) -> Item:
    """A system that is a rack of its own."""
    body: dict[str, Any] = {"form": "rack", "positions": 1, "height_u": 0, "weight_kg": 800}
    return item(key, **(body | facts))


def kind(key: str = "hall/A", **facts: Any) -> PositionClass:
    """Ten positions where nothing is scarce."""
    base = PositionClass(
        key, (key.split("/")[-1],), positions=10, pairs=5, height_u=48, design_w=PLENTY, peak_w=PLENTY, air_w=None,
        weight_kg=None, depth_mm=1200, air=True, liquid=True, loop="warm", drops=("A", "B"), rack=EMPTY_RACK,
        outlets=(),
    )  # fmt: skip
    return replace(base, **facts)


def option(key: str = NODE, **facts: Any) -> SystemOption:
    """A system of 8 accelerators that needs neither switches nor spares."""
    base = SystemOption(key, accelerators=8, rows=(), spares=(1000,), max_systems=1000)
    return replace(base, **facts)


def store_option(key: str = STORE, **facts: Any) -> StorageOption:
    """A storage product of 100 TB, 10 GB/s to read and 5 GB/s to write."""
    base = StorageOption(key, usable_tb=100, read_mb_s=10_000, write_mb_s=5_000, min_units=1, max_units=50)
    return replace(base, **facts)


def hall(
    key: str = "hall",
    *,
    items: Iterable[Item] = (),
    classes: Iterable[PositionClass] | None = None,
    systems: Iterable[SystemOption] | None = None,
    **facts: Any,
) -> HallData:
    """A hall with one kind of position and one system on offer."""
    found = {i.key: i for i in (*items,)} or {NODE: item()}
    base = HallData(
        key, "site", survivable_w=PLENTY, nameplate_w=PLENTY, air_w=PLENTY,
        classes=tuple(classes) if classes is not None else (kind(f"{key}/A"),), loops=(), items=found,
        systems=tuple(systems) if systems is not None else (option(),), storage=(),
    )  # fmt: skip
    return replace(base, **facts)


def need(system: str = NODE, units: int = 3, unit_accelerators: int = 8, **facts: Any) -> WorkloadOption:
    """Three units of a whole node each."""
    return replace(WorkloadOption(system, units, unit_accelerators, indivisible=False), **facts)


def workload(
    key: str = "service", *, options: Iterable[WorkloadOption] = (), places: Iterable[tuple[str, str]] | None = None
) -> WorkloadData:
    """A workload that may run in the hall on every system that it has a need for."""
    needs = tuple(options) or (need(),)
    where = places if places is not None else [("hall", n.system) for n in needs]
    return WorkloadData(key, needs, frozenset(where))


def question(
    *halls: HallData,
    workloads: Iterable[WorkloadData] | None = None,
    objectives: Iterable[str] = ("capex",),
    **facts: Any,
) -> SizingData:
    """One hall and one workload, least capex."""
    base = SizingData(
        halls=halls or (hall(),), rents=(), workloads=(workload(),) if workloads is None else tuple(workloads),
        storage=(), objectives=tuple(objectives), budget=None,
    )  # fmt: skip
    return replace(base, **facts)


def loop(**facts: Any) -> LoopData:
    """A loop that carries all and whose distribution units are present."""
    return replace(LoopData("warm", PLENTY, None, None, 0, 0), **facts)


def storage_demand(**facts: Any) -> StorageDemandData:
    """Nothing is stored unless it is said otherwise."""
    return replace(StorageDemandData("site", 0, 0, 0, 0, 0), **facts)
