"""The cable schedule: one row for each cable, with both ends, labels, bundle and route, under ids that stay."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, fields
from operator import attrgetter

from planner.cabling.model import CablePlan, CableRun, Link, Position, SiteParameters
from planner.cabling.standing import EXISTING

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One cable. A split has several ports at one end, joined by " + "."""

    cable_id: str
    fabric: str
    tier: str
    from_rack: str
    from_u: int
    from_device: str
    from_port: str
    to_rack: str
    to_u: int
    to_device: str
    to_port: str
    medium: str
    product: str
    part_number: str
    length_m: float
    from_module: str
    to_module: str
    label_from: str
    label_to: str
    bundle: str
    route: str


def schedule(plan: CablePlan) -> Iterator[ScheduleRow]:
    """Every cable of the plan in the order of its links.

    Ids come from the lower end's device and port, so that a change elsewhere leaves them.
    """
    for run in plan.runs:
        yield _row(plan, run)


def _row(plan: CablePlan, run: CableRun) -> ScheduleRow:
    links = [plan.links[index] for index in run.links]
    first = links[0]
    a, b = plan.placement[first.a], plan.placement[first.b]
    lower, upper = plan.modules[run.links[0]]
    if len(links) == 1:
        devices, from_port, to_port = first.a, port_name(plan, first, "a"), port_name(plan, first, "b")
    else:
        devices = " + ".join(dict.fromkeys(link.a for link in links))
        from_port = " + ".join(dict.fromkeys(port_name(plan, link, "a") for link in links))
        to_port = " + ".join(dict.fromkeys(port_name(plan, link, "b") for link in links))
    return ScheduleRow(
        first.id, first.fabric, first.tier, a.rack, a.u, devices, from_port, b.rack, b.u, first.b, to_port,
        run.medium or "to be quoted", run.product, run.part_number, run.length_m, lower, upper,
        label(a, devices, from_port, b, first.b, to_port), label(b, first.b, to_port, a, devices, from_port),
        bundle(plan, first, a, b), route(a, b, plan.parameters),
    )  # fmt: skip


def port_name(plan: CablePlan, link: Link, end: str) -> str:
    """A port as a person finds it: cage/lane of a switch, the fabric's port of a system, mgmt for controllers.

    A 1 Gb/s port of a switch that stands has its bare number.
    """
    device, cage, lane = (link.a, link.a_cage, link.a_lane) if end == "a" else (link.b, link.b_cage, link.b_lane)
    role = plan.devices[device].role
    if role == EXISTING:
        return str(cage) if link.speed_gbit_s == 1 else f"{cage}/{lane}"
    if role.endswith(("-leaf", "-spine", "-core")):
        own = role.startswith("out-of-band") or link.fabric != "out-of-band" or link.speed_gbit_s > 1
        return f"{cage}/{lane}" if own else f"mgmt{cage}"
    return f"mgmt{cage}" if link.fabric == "out-of-band" else f"{link.fabric} {cage}/{lane}"


def label(near: Position, device: str, port: str, far: Position, far_device: str, far_port: str) -> str:
    """Text of the label at one end: this end first, then where the cable goes."""
    return f"{near.rack} U{near.u} {device} {port} > {far.rack} U{far.u} {far_device} {far_port}"


def bundle(plan: CablePlan, link: Link, a: Position, b: Position) -> str:
    """Cables between the same two racks, left or right of the switch's rack so that half leave on each side."""
    used = link.b_cage if link.tier != "isl" else link.a_cage
    half = max(1, plan.highest_cage.get(link.b, 2) // 2)
    side = "L" if used <= half else "R"
    return f"{a.rack}>{b.rack}:{link.fabric}:{side}" if a.rack != b.rack else f"{a.rack}:{link.fabric}:{side}"


def route(a: Position, b: Position, site: SiteParameters) -> str:
    """The way in words: within the rack, or through trays and crossover from rack to rack."""
    if a.rack == b.rack:
        return "in rack"
    way = "under floor" if site.under_floor else "tray"
    if a.hall == b.hall and a.row == b.row:
        return f"{way} {a.row}: {a.number} to {b.number}"
    crossing = ""
    if site.crossovers_x_mm:
        x = min(site.crossovers_x_mm, key=lambda x: (abs(a.x_mm - x) + abs(x - b.x_mm), x))
        crossing = f" at {x / 1000:g} m"
    return f"{way} {a.row} from {a.number}, crossover{crossing}, {way} {b.row} to {b.number}"


def schedule_csv(plan: CablePlan) -> str:
    """The schedule as CSV. Cells that a spreadsheet would run as formulas are quoted with an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(column.name for column in fields(ScheduleRow))
    columns = attrgetter(*(column.name for column in fields(ScheduleRow)))
    for row in schedule(plan):
        writer.writerow([_plain(value) for value in columns(row)])
    return buffer.getvalue()


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
