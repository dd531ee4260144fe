"""A settled answer as things to buy: contents, bill and cost, before racks have positions and after, with cables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.catalog.schema import System
from planner.demand.spares import repair_of
from planner.plan.bill import Contents, bill_of
from planner.plan.cost import cost_of
from planner.plan.network import hall_fabrics
from planner.plan.patterns import patterns_of
from planner.plan.schema import (
    DeviceCount,
    StorageChoice,
    SystemChoice,
)
from planner.plan.site import PlacedHall, racks_of
from planner.plan.why import Sketch
from planner.plan.wiring import HallFabric, wire_halls
from planner.sizing.answer import Settled
from planner.sizing.data import HallData
from planner.sizing.items import STORAGE, SYSTEM
from planner.sizing.question import Question
from planner.wording import sentence

SECONDS_PER_DAY = 86_400


def sketch(question: Question, settled: Settled, halls: Sequence[PlacedHall] = ()) -> Sketch:
    """Contents, bill and cost of a settled answer; cables are those of the positions in `halls`, if there are any."""
    contents = contents_of(question, settled)
    if halls:
        racks = [rack for placed in halls for rack in racks_of(placed)]
        patterns = {pattern.id: pattern for pattern in contents.patterns}
        wired = wire_halls(question.catalog, question.request, contents.fabrics, racks, patterns)
        contents = replace(contents, wired=tuple(wired))
    bill = bill_of(question, contents)
    typical = typical_by_site(question, settled)
    return Sketch(
        settled=settled,
        contents=contents,
        bill=tuple(bill),
        cost=cost_of(question, bill, typical),
        design_w=sum((p.power_design_w or 0) * p.count for p in contents.patterns),
        racks=sum(p.positions * p.count for p in contents.patterns if not p.in_standing_rack),
    )


def typical_by_site(question: Question, settled: Settled) -> dict[str, int]:
    """Typical load of each site in W."""
    found = {site.id: 0 for site in question.request.sites}
    for hall in settled.prepared.data.halls:
        found[hall.site] += sum(n * hall.items[key].typical_w for key, n in settled.sizing.counts[hall.key].items())
    return found


def contents_of(question: Question, settled: Settled) -> Contents:
    """Everything that is bought, as counts."""
    fabrics = hall_fabrics(question, settled)
    patterns = tuple(
        made.pattern for _, hall in question.request.halls() for made in patterns_of(question, settled, hall)
    )
    systems, storage, devices = [], [], []
    for hall in settled.prepared.data.halls:
        counts = settled.sizing.counts[hall.key]
        for key, count in sorted(counts.items()):
            role = hall.items[key].role
            if role == SYSTEM:
                systems.append(_system_choice(question, settled, hall, key, count))
            elif role == STORAGE:
                storage.append(_storage_choice(hall, key, count))
            else:
                devices.append(_device_count(hall, key, count, fabrics))
    rents = tuple((region, instance, n) for (region, instance), n in settled.sizing.rents.items())
    return Contents(tuple(systems), tuple(storage), tuple(devices), patterns, tuple(fabrics), rents)


def _system_choice(question: Question, settled: Settled, hall: HallData, key: str, count: int) -> SystemChoice:
    option = next(o for o in hall.systems if o.item == key)
    served = [w for w, placed in sorted(settled.sizing.units.items()) if any(p[:2] == (hall.key, key) for p in placed)]
    product, spare = question.catalog.get(hall.items[key].product, System), settled.sizing.spares[hall.key].get(key, 0)
    policy = question.request.policy.spares
    repair = repair_of(
        count, spare, product.compute_trays.value, product.form == "node",
        question.failures_per_accelerator_day * product.accelerators, policy.repair / SECONDS_PER_DAY, policy.cover,
    )  # fmt: skip
    return SystemChoice(
        hall=hall.key,
        product=product.id,
        count=count,
        spares=spare,
        accelerators=count * option.accelerators,
        workloads=tuple(served),
        availability=repair.availability,
        spare_trays=repair.spare_trays,
    )


def _storage_choice(hall: HallData, key: str, count: int) -> StorageChoice:
    option = next(s for s in hall.storage if s.item == key)
    return StorageChoice(
        hall=hall.key,
        product=hall.items[key].product,
        units=count,
        usable_tb=count * option.usable_tb,
        read_gb_s=count * option.read_mb_s // 1000,
        write_gb_s=count * option.write_mb_s // 1000,
    )


def _device_count(hall: HallData, key: str, count: int, fabrics: list[HallFabric]) -> DeviceCount:
    item = hall.items[key]
    designs = sorted({f.design.id for f in fabrics if f.hall == hall.key})
    cause = sentence("cause.device", role=item.role, designs=designs, hall=hall.key)
    if item.role == "cdu":
        cause = sentence("cause.heat", hall=hall.key)
    return DeviceCount(hall=hall.key, role=item.role, product=item.product, count=count, cause=cause)
