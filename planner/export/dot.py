"""A cable plan as a Graphviz DOT graph of devices and port-to-port links, as NVIDIA Air imports topologies."""

from __future__ import annotations

from planner.cabling import CablePlan, Link

SWITCH_ENDS = ("-leaf", "-spine", "-core")
SWITCH_IMAGE, SERVER_IMAGE = "cumulus-vx-5.10.1", "generic/ubuntu2404"  # Air's documentation; what runs is yours


def dot(plan: CablePlan, name: str = "fabric") -> str:
    """The undirected graph. Switch ports are `swp<cage>` or `swp<cage>s<lane>`, management ports `eth0` and on."""
    split = _split_cages(plan)
    lines = [f"graph {_quoted(name)} {{"]
    for device in sorted({end for link in plan.links for end in (link.a, link.b)}):
        at, role = plan.placement[device], plan.devices[device].role
        image = SWITCH_IMAGE if role.endswith(SWITCH_ENDS) else SERVER_IMAGE
        labels = {"function": _function(role), "os": image, "role": role, "rack_name": at.rack, "rack_unit": str(at.u)}
        lines.append(f"  {_quoted(device)} [{' '.join(f'{key}={_quoted(value)}' for key, value in labels.items())}]")
    for link in plan.links:
        one = f"{_quoted(link.a)}:{_quoted(_port(plan, link, 'a', split))}"
        two = f"{_quoted(link.b)}:{_quoted(_port(plan, link, 'b', split))}"
        lines.append(f"  {one} -- {two}")
    return "\n".join([*lines, "}"]) + "\n"


def _split_cages(plan: CablePlan) -> set[tuple[str, int]]:
    """Cages that carry more than one logical port."""
    return {(link.a, link.a_cage) for link in plan.links if link.a_lane > 1} | {
        (link.b, link.b_cage) for link in plan.links if link.b_lane > 1
    }


def _port(plan: CablePlan, link: Link, end: str, split: set[tuple[str, int]]) -> str:
    device, cage, lane = (link.a, link.a_cage, link.a_lane) if end == "a" else (link.b, link.b_cage, link.b_lane)
    role = plan.devices[device].role
    if link.fabric == "out-of-band" and link.speed_gbit_s == 1 and not role.startswith("out-of-band"):
        return f"eth{cage - 1}"
    suffix = f"s{lane - 1}" if (device, cage) in split else ""
    if role.endswith(SWITCH_ENDS):
        return f"swp{cage}{suffix}"
    return f"{link.fabric.replace('-', '')}{cage}{suffix}"


def _function(role: str) -> str:
    if role.startswith("out-of-band"):
        return "oob-switch"
    for end, function in (("-leaf", "leaf"), ("-spine", "spine"), ("-core", "super-spine")):
        if role.endswith(end):
            return function
    return "server"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
