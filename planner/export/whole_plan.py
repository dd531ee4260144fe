"""A finished plan, wired port to port, as the files of another tool."""

from __future__ import annotations

from collections.abc import Sequence

from planner.cabling import CablePlan
from planner.errors import InputError
from planner.export.dot import dot
from planner.export.infragraph import infragraph_json
from planner.export.netbox import netbox_files
from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.plan.wiring import Wired, products_of, schedule_of, wire_plan
from planner.request.schema import Request


def exported(plan: Plan, request: Request, library: Library, to: str) -> dict[str, str]:
    """Text by file name. `to` is netbox, infragraph, dot or cables.

    NetBox refuses what it already has, so all halls make one set of files; DOT and InfraGraph have one file for the
    fabrics of each system product in each hall.

    Raises:
        InputError: the plan has no fabric whose links are known, or names what the catalog lacks.
    """
    wired = [entry for entry in wire_plan(plan, request, library) if entry.cables.links]
    if not wired:
        raise InputError.of(
            "planner export",
            "no fabric whose links are known",
            "a plan with one",
            "fabrics as supplied are not exported",
        )
    if to == "cables":
        return {"cables.csv": schedule_of(wired)}
    if to == "netbox":
        products = products_of(library.catalog, request.policy.vendors.exclude)
        sites = {hall.id: site.id for site, hall in request.halls()}
        return netbox_files(merged([entry.cables for entry in wired]), products, sites, rack_heights(plan))
    if to == "dot":
        return {f"{file_name(entry)}.dot": dot(entry.cables, file_name(entry)) for entry in wired}
    return {f"{file_name(entry)}.json": infragraph_json(entry.cables, file_name(entry)) for entry in wired}


def file_name(wired: Wired) -> str:
    """The hall and the system of a fabric."""
    return f"{wired.fabric.hall}-{wired.fabric.system}"


def rack_heights(plan: Plan) -> dict[str, int]:
    """U of each rack, by the name that cabling gives it, where the catalog knows it."""
    known = {pattern.id: pattern.height_u for pattern in plan.patterns}
    named = {f"{rack.hall}/{rack.row}/{rack.positions[0]}": known[rack.pattern] for rack in plan.racks}
    return {name: height for name, height in named.items() if height is not None}


def merged(plans: Sequence[CablePlan]) -> CablePlan:
    """Several fabrics, whose devices have different names, as one."""
    first = plans[0]
    runs, links = list(first.runs), list(first.links)
    for plan in plans[1:]:
        offset = len(links)
        runs += [run._replace(links=tuple(index + offset for index in run.links)) for run in plan.runs]
        links += plan.links
    return CablePlan(
        tuple(links),
        tuple(runs),
        tuple(pair for plan in plans for pair in plan.modules),
        tuple(total for plan in plans for total in plan.cable_totals),
        tuple(total for plan in plans for total in plan.module_totals),
        {name: device for plan in plans for name, device in plan.devices.items()},
        {name: position for plan in plans for name, position in plan.placement.items()},
        first.parameters,
        {name: cage for plan in plans for name, cage in plan.highest_cage.items()},
        tuple(note for plan in plans for note in plan.notes),
    )
