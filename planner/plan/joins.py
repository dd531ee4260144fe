"""What a plan says of free ports of switches that stand: which networks join them, and which do not and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.catalog.load import Catalog
from planner.fabric.compute import COMPUTE
from planner.fabric.free_ports import existing_switches
from planner.fabric.joining import STORAGE, Dealt, FreePorts, Join
from planner.fabric.site import OUT_OF_BAND
from planner.plan.schema import Finding
from planner.plan.wiring import HallFabric
from planner.request.schema import Request
from planner.wording import sentence

KINDS = {COMPUTE: "compute", STORAGE: "storage"}  # of which the plan says something else than of leaf pairs


def join_findings(request: Request, catalog: Catalog, fabrics: Sequence[HallFabric]) -> Iterator[Finding]:
    """Of every network for which a hall has free ports: that it joins, with what to check there, or why it is new."""
    for _, hall in request.halls():
        here = [fabric for fabric in fabrics if fabric.hall == hall.id]
        for fabric in here:
            yield from (_of_network(fabric, one) for one in fabric.counts.joins)
        asked = {one.fabric for fabric in here for one in fabric.counts.joins}
        names: dict[str, list[str]] = {}
        for entry in existing_switches(hall, catalog):
            if entry.fabric not in (OUT_OF_BAND, *asked) and entry.name not in names.setdefault(entry.fabric, []):
                names[entry.fabric].append(entry.name)
        for unused, switches in sorted(names.items()):
            what = "unit" if unused == COMPUTE else "network"
            text = sentence(f"finding.ports-without-a-{what}", fabric=unused, switches=switches)
            yield Finding(severity="warning", rule="free-ports-unused", place=hall.id, text=text)


def _of_network(fabric: HallFabric, one: Join) -> Finding:
    kind = KINDS.get(one.fabric, "network")
    if one.joined:
        ends = {end.switch for dealt in one.dealt for tier in dealt.ends for end in tier}
        taken = [name for name in dict.fromkeys(entry.switch for entry in one.free) if name in ends]
        links = [sentence("finding.links-at", n=dealt.needed, speed=dealt.speed_gbit_s) for dealt in one.dealt]
        text = sentence(f"finding.{kind}-joins", network=one.network, system=fabric.system, switches=taken, links=links)
        return Finding(severity="information", rule="free-ports-joined", place=fabric.hall, text=text)
    needed = [_needed(one, dealt) for dealt in one.dealt]
    text = sentence(
        f"finding.{kind}-is-new", network=one.network, system=fabric.system, needed=needed, free=_free(one.free)
    )
    return Finding(severity="warning", rule="free-ports-unused", place=fabric.hall, text=text)


def _needed(one: Join, dealt: Dealt) -> str:
    """Links of one speed that standing switches would have to take, and those that they can."""
    return sentence(
        "finding.links-needed", n=dealt.needed, speed=dealt.speed_gbit_s, technology=one.technology,
        usable=dealt.usable,
    )  # fmt: skip


def _free(free: Sequence[FreePorts]) -> list[str]:
    """Every speed and technology that is free, from the slowest, and on how many switches."""
    kinds = sorted({(entry.speed_gbit_s, entry.technology) for entry in free if entry.links})
    found = []
    for kind in kinds:
        own = [entry for entry in free if entry.links and (entry.speed_gbit_s, entry.technology) == kind]
        switches = len({entry.switch for entry in own})
        links = sum(entry.links for entry in own)
        found.append(sentence("finding.links-free", n=switches, links=links, speed=kind[0], technology=kind[1]))
    return found or [sentence("finding.none-free")]
