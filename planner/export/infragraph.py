"""A cable plan as an InfraGraph infrastructure (JSON): device kinds with ports, instances, an edge for each link."""

from __future__ import annotations

from typing import Any

from planner.cabling import CablePlan, Link
from planner.cabling.schedule import port_name
from planner.document import canonical_json

SWITCH_ENDS = ("-leaf", "-spine", "-core")


def infragraph(plan: CablePlan, name: str = "fabric") -> dict[str, Any]:
    """The infrastructure: one device kind for each role and product, its ports those that any of its kind uses."""
    kinds = _members(plan)
    ports = {kind: _ports(plan, members) for kind, members in kinds.items()}
    places = {member: (kind, index) for kind, members in kinds.items() for index, member in enumerate(members)}
    return {
        "name": name,
        "devices": [_device(kind, list(found)) for kind, found in ports.items()],
        "links": [
            {"name": link, "physical": {"bandwidth": {"choice": "gigabits_per_second", "gigabits_per_second": speed}}}
            for link, speed in sorted({(_link_name(link), float(link.speed_gbit_s)) for link in plan.links})
        ],
        "instances": [{"name": kind, "device": kind, "count": len(members)} for kind, members in kinds.items()],
        "edges": [
            {
                "ep1": _end(places[link.a], ports, port_name(plan, link, "a")),
                "ep2": _end(places[link.b], ports, port_name(plan, link, "b")),
                "scheme": "one2one",
                "link": _link_name(link),
            }
            for link in plan.links
        ],
    }


def infragraph_json(plan: CablePlan, name: str = "fabric") -> str:
    """The infrastructure as canonical JSON text."""
    return canonical_json(infragraph(plan, name))


def _members(plan: CablePlan) -> dict[str, list[str]]:
    """Devices of each kind that have a link, in order."""
    kinds: dict[str, list[str]] = {}
    for name in sorted({end for link in plan.links for end in (link.a, link.b)}):
        device = plan.devices[name]
        kinds.setdefault(f"{device.role} {device.product}".strip().replace(".", "-"), []).append(name)
    return dict(sorted(kinds.items()))


def _ports(plan: CablePlan, members: list[str]) -> dict[str, int]:
    """Index of each port name that any member uses."""
    own = set(members)
    used: set[tuple[str, int, int, str]] = set()
    for link in plan.links:
        if link.a in own:
            used.add((link.fabric, link.a_cage, link.a_lane, port_name(plan, link, "a")))
        if link.b in own:
            used.add((link.fabric, link.b_cage, link.b_lane, port_name(plan, link, "b")))
    return {port: index for index, port in enumerate(dict.fromkeys(entry[3] for entry in sorted(used)))}


def _device(kind: str, ports: list[str]) -> dict[str, Any]:
    role = kind.split(" ", maxsplit=1)[0]
    choice = "switch" if role.endswith(SWITCH_ENDS) else "cpu"
    return {
        "name": kind,
        "description": "ports in order: " + ", ".join(ports),
        "components": [
            {"name": "core", "count": 1, "choice": choice, choice: {}},
            {"name": "port", "count": len(ports), "choice": "port", "port": {}},
        ],
        "links": [{"name": "internal"}],
        "edges": [
            {
                "ep1": {"component": "core[0]"},
                "ep2": {"component": f"port[0:{len(ports)}]"},
                "scheme": "many2many",
                "link": "internal",
            }
        ],
    }


def _end(place: tuple[str, int], ports: dict[str, dict[str, int]], port: str) -> dict[str, str]:
    kind, index = place
    return {"instance": f"{kind}[{index}]", "component": f"port[{ports[kind][port]}]"}


def _link_name(link: Link) -> str:
    return f"{link.fabric} {link.speed_gbit_s:g}G".replace(".", "-")
