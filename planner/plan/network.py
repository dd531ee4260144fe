"""The fabrics of each hall, counted exactly for what was sized: switches, links, modules and cables apart."""

from __future__ import annotations

from typing import Literal

from planner.plan.schema import CountedLinks, FabricPlan
from planner.plan.wiring import HallFabric
from planner.sizing.answer import Settled
from planner.sizing.exact_networks import fabrics_in, systems_in
from planner.sizing.network import counts_in_hall
from planner.sizing.question import Question
from planner.wording import sentence

FabricName = Literal["compute", "storage", "in-band", "converged", "out-of-band"]
FABRICS: tuple[FabricName, ...] = ("compute", "storage", "in-band", "converged", "out-of-band")


def hall_fabrics(question: Question, settled: Settled) -> list[HallFabric]:
    """The exact counts for the systems and spares of each hall."""
    found = []
    for hall in settled.prepared.data.halls:
        fabrics = fabrics_in(question, hall, settled.sizing)
        counted = counts_in_hall(question, fabrics, settled.around[hall.key])
        products = [hall.items[system].product for system in systems_in(hall, settled.sizing)]
        for product, (design, _), counts in zip(products, fabrics, counted, strict=True):
            found.append(HallFabric(hall.key, product, design, counts))
    return found


def fabric_plans(fabrics: list[HallFabric]) -> list[FabricPlan]:
    """One entry for each fabric of each hall that has switches, links or unknown counts."""
    plans = []
    for entry in fabrics:
        for fabric in FABRICS:
            plan = _fabric_plan(entry, fabric)
            if plan.switches or plan.links or not plan.counts_known:
                plans.append(plan)
    return plans


def _fabric_plan(entry: HallFabric, fabric: FabricName) -> FabricPlan:
    counts = entry.counts
    switches: dict[str, int] = {}
    products: dict[str, str] = {}
    for switch in counts.switches:
        if switch.role.startswith(f"{fabric}-") and switch.count:
            switches[switch.role] = switches.get(switch.role, 0) + switch.count
            products[switch.role] = switch.product
    supplied = fabric == "compute" and bool(counts.unknown)
    notes = (
        tuple(sentence("network.note", rule=note.rule, text=note.text) for note in counts.notes)
        if fabric == "compute"
        else ()
    )
    if supplied:
        notes = (*notes, sentence("network.supplied"))
    return FabricPlan(
        hall=entry.hall,
        fabric=fabric,
        design=entry.design.id,
        system=entry.system,
        systems=counts.systems,
        scalable_units=counts.sus,
        switches=switches,
        switch_products=products,
        links=tuple(
            CountedLinks(tier=link.tier, speed_gbit_s=link.speed_gbit_s, links=link.count)
            for link in counts.links
            if link.fabric == fabric
        ),
        modules={
            f"{m.where}/{m.product or 'not fixed by the design'}": m.count for m in counts.modules if m.fabric == fabric
        },
        counts_known=not supplied,
        notes=notes,
        design_source=entry.design.source,
        design_as_of=entry.design.as_of,
        design_confidence=entry.design.confidence,
    )
