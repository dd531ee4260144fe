"""What workloads need, and what sites must store, as the plan tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.demand.results import AcceleratorNeed
from planner.plan.library import Library
from planner.plan.question import sensitivities_on
from planner.plan.schema import Decision, Need, StorageDemand, WorkloadDemand
from planner.plan.why import Sketch
from planner.plan.words import summary_of
from planner.sizing.question import Question
from planner.wording import sentence


def demand_of(question: Question, library: Library, decisions: Sequence[Decision]) -> Iterator[WorkloadDemand]:
    """Each workload with what it needs on every system, and what moves its need most on the one decided."""

    for workload in question.request.workloads:
        yield WorkloadDemand(
            id=workload.id,
            name=workload.name or workload.id,
            kind=workload.kind,
            summary=summary_of(workload),
            needs=tuple(_need(question, need) for need in question.needs if need.workload == workload.id),
            sensitivities=tuple(
                moved
                for decision in decisions
                if decision.workload == workload.id
                for moved in sensitivities_on(decision.system, workload, question.request, library)
            ),
        )


def _need(question: Question, need: AcceleratorNeed) -> Need:
    product = question.catalog.products.get(need.system)
    return Need(
        workload=need.workload,
        system=need.system,
        name=product.name if product is not None else need.system,
        feasible=need.feasible,
        reason=need.reason,
        accelerators=need.accelerators,
        accelerators_p10=need.accelerators_p10,
        accelerators_p90=need.accelerators_p90,
        unit_accelerators=need.unit_accelerators,
        units=need.units,
        indivisible=need.indivisible,
        binding=need.binding,
        calibrated=need.calibrated,
        layout=dict(need.layout),
        unit_seconds_per_day=need.unit_seconds_per_day,
        units_most=need.units_most,
        figures={f"{name} ({unit})" if unit else name: _round(value) for name, value, unit in need.figures},
    )


def _round(value: float) -> float:
    return float(f"{value:.6g}")


def storage_demand_of(question: Question, sketched: Sketch) -> Iterator[StorageDemand]:
    """What each site must store and move, for the accelerators that stand there in service."""
    for demand in sketched.settled.prepared.data.storage:
        serving = sum(
            (c.count - c.spares) * (c.accelerators // c.count)
            for c in sketched.contents.systems
            for hall in sketched.settled.prepared.data.halls
            if hall.key == c.hall and hall.site == demand.site
        )
        read = demand.read_mb_s + demand.read_mb_s_per_accelerator * serving
        write = demand.write_mb_s + demand.write_mb_s_per_accelerator * serving
        need = question.storage[demand.site]
        yield StorageDemand(
            site=demand.site,
            usable_tb=demand.usable_tb,
            read_gb_s=-(-read // 1000),
            write_gb_s=-(-write // 1000),
            causes={
                "capacity": sentence("storage.capacity", fast=need.fast_tb, capacity=need.capacity_tb),
                "bandwidth": sentence("storage.bandwidth", accelerators=serving, rule=need.binding),
            },
        )
