"""Networks of leaf pairs: in-band, converged and frontend. Two ports of each system go to the two leaves of a pair."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.fabrics import PairedLeaves
from planner.errors import InputError
from planner.fabric.counts import (
    CableCount,
    LinkCount,
    ModuleCount,
    Part,
    SwitchCount,
    cable_counts,
    fixed_cables,
    link_counts,
)
from planner.fabric.joining import Wanted
from planner.fabric.tree import stripe


def leaf_pairs(network: PairedLeaves, ports: int) -> int:
    """Leaf pairs that `ports` need, half of them on each leaf of a pair; at least one pair."""
    on_each_leaf = -(-ports // 2)
    return max(1, -(-on_each_leaf // network.leaf_down))


@dataclass(frozen=True)
class Attached:
    """What a network of leaf pairs connects besides systems, in ports."""

    servers: int = 0
    storage: int = 0
    switch_uplinks: int = 0  # of out-of-band switches


def paired_leaves_part(network: PairedLeaves, system_ports: int, attached: Attached) -> Part:
    """Leaves, spines and links for the ports of systems, servers and storage, and for out-of-band uplinks.

    Out-of-band uplinks take ports here and are counted as links of the out-of-band network.

    Raises:
        InputError: more leaves than the spines join.
    """
    storage = network.storage_links + attached.storage
    ports = system_ports + attached.servers + attached.switch_uplinks + storage
    pairs = leaf_pairs(network, ports)
    leaves = 2 * pairs
    spines, up_links = _spines(network, pairs)
    isl = pairs * network.isl_per_pair
    fabric = network.role
    switches = [SwitchCount(f"{fabric}-leaf", network.switch, leaves)]
    if spines and network.spine is not None:
        switches.append(SwitchCount(f"{fabric}-spine", network.spine.switch, spines))
    links = _links_to_leaves(network, system_ports, attached) + link_counts(
        fabric,
        ("isl", network.isl_gbit_s or network.link_gbit_s, isl),
        ("leaf-spine", network.uplink_gbit_s or network.link_gbit_s, up_links),
        ("site", network.link_gbit_s, network.site_uplinks),
    )
    return Part(tuple(switches), links, _modules(network, system_ports, up_links), _cables(network, links))


def joined_part(network: PairedLeaves, system_ports: int, attached: Attached) -> Part:
    """The links of a network whose leaves stand already: those that would go to its own, and nothing between leaves."""
    links = _links_to_leaves(network, system_ports, attached)
    return Part((), links, _modules(network, system_ports, 0), _cables(network, links))


def _links_to_leaves(network: PairedLeaves, system_ports: int, attached: Attached) -> tuple[LinkCount, ...]:
    return link_counts(
        network.role,
        ("node-leaf", network.link_gbit_s, system_ports),
        ("server-leaf", network.link_gbit_s, attached.servers),
        ("storage-leaf", network.link_gbit_s, network.storage_links + attached.storage),
    )


def links_to_join(network: PairedLeaves, system_ports: int, attached: Attached, uplink_gbit_s: float) -> list[Wanted]:
    """Links to the leaves by speed: systems, servers and storage, then uplinks of out-of-band switches."""
    tiers = (system_ports, attached.servers, network.storage_links + attached.storage)
    if uplink_gbit_s == network.link_gbit_s:
        return [Wanted(network.link_gbit_s, (*tiers, attached.switch_uplinks))]
    return [Wanted(network.link_gbit_s, tiers), Wanted(uplink_gbit_s, (attached.switch_uplinks,))]


def _spines(network: PairedLeaves, pairs: int) -> tuple[int, int]:
    """(spines, links between leaves and spines)."""
    if network.spine is None or not network.uplinks_per_leaf:
        if pairs > 1:
            raise InputError.of(
                f"{network.role} network: tier limit",
                f"{2 * pairs} leaves",
                "one pair of leaves, or a design with spines",
                "use a design whose network has spines",
            )
        return 0, 0
    if pairs == 1 and not network.spine_always:
        return 0, 0
    up = network.uplinks_per_leaf
    striping = stripe(2 * pairs, up, up, network.spine.ports, network.min_spines)
    if striping is None:
        raise InputError.of(
            f"{network.role} network: tier limit",
            f"{2 * pairs} leaves with {up} uplinks each",
            f"as many as spines of {network.spine.ports} ports join",
            "use a spine with more ports",
        )
    return striping.upper, 2 * pairs * striping.links_per_lower


def _modules(network: PairedLeaves, system_ports: int, up_links: int) -> tuple[ModuleCount, ...]:
    optics = network.optics
    if optics.node_module is None and optics.switch_module is None and optics.fibre is None:
        return ()
    on_switches = -(-system_ports // optics.switch_ports_per_module) + 2 * -(-up_links // optics.uplinks_per_module)
    per_node = optics.node_ports_per_module
    found = (
        ModuleCount(network.role, "node", optics.node_module or "", -(-system_ports // per_node), per_node),
        ModuleCount(network.role, "switch", optics.switch_module or "", on_switches, optics.switch_ports_per_module),
    )
    return tuple(entry for entry in found if entry.count)


def _cables(network: PairedLeaves, links: tuple[LinkCount, ...]) -> tuple[CableCount, ...]:
    products = {
        "node-leaf": network.node_cable,
        "server-leaf": network.server_cable or network.node_cable,
        "storage-leaf": network.storage_cable or network.server_cable,
        "isl": network.isl_cable,
        "leaf-spine": network.uplink_cable,
        "site": network.site_cable,
    }
    fibre = network.optics.fibre
    cables: tuple[CableCount, ...] = ()
    for link in links:
        product = products.get(link.tier)
        if product is not None:
            cables += fixed_cables(network.role, (link.tier, product, link.count, 1))
        else:
            cables += cable_counts(network.role, (link.tier, fibre, link.count, 1))
    return cables
