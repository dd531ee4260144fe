"""From counts to cables: links with both ends, lengths from positions, products, modules and totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from planner.cabling.airflow import airflow_notes
from planner.cabling.devices import (
    SERVER,
    STORAGE,
    SYSTEM,
    Inventory,
    device_id,
    named_devices,
)
from planner.cabling.model import CablePlan, CablingNote, Device, Link, Position, Products, SiteParameters
from planner.cabling.network_links import (
    Group,
    Wirer,
    ids_of,
    isl_links,
    joined_links,
    out_of_band_links,
    pair_links,
    spread_over_leaves,
    spread_over_pairs,
    striped,
)
from planner.cabling.ports import Bank, check_zones, device_bank, ports_of, switch_bank, usual_bank
from planner.cabling.runs import Runs
from planner.cabling.standing import EXISTING, ExistingSwitch, management_ends, sockets_of
from planner.cabling.tree_links import TreeBanks, tree_links
from planner.catalog.fabrics import FabricDesign, Growth, Manager, Pair, PairedLeaves, StorageFabric, Tree
from planner.errors import InputError
from planner.fabric.compute import Compute, linked_manager
from planner.fabric.counts import FabricCounts
from planner.fabric.design import compute_of
from planner.fabric.joining import Join
from planner.fabric.storage import storage_islands
from planner.fabric.tree import TreeShape
from planner.wording import sentence

COMPUTE, IN_BAND_ROLES = "compute", ("in-band", "converged")


def wire(
    design: FabricDesign,
    counts: FabricCounts,
    placement: Mapping[str, Position],
    products: Products,
    inventory: Inventory,
    parameters: SiteParameters | None = None,
    existing: Sequence[ExistingSwitch] = (),
) -> CablePlan:
    """Port-to-port cabling of everything that `counts` speaks of (from `count_fabric` or `count_site_fabrics`).

    `placement` holds a position for every device of `named_devices(counts, inventory)`; free ports of `existing`
    switches take the first out-of-band links, and all links of networks that join them.

    Raises:
        InputError: a device without a position, a switch that cannot make the ports, a link that no medium reaches.
    """
    site = parameters or SiteParameters()
    devices = named_devices(counts, inventory)
    used = {device.product for device in devices.values()}
    links = list(link_all(design, counts, devices, products, existing, inventory.storage_first_port))
    placement = {**placement, **{switch.name: switch.position for switch in existing}}
    devices |= {switch.name: Device(switch.name, EXISTING, switch.product) for switch in existing}
    _check_placed(links, placement)
    _check_zones(design, links, devices, products)
    runs = Runs(design, devices, placement, products, site, sockets_of(existing))
    switches = [switch for name, switch in products.switches.items() if name in used]
    notes = (*notes_of(design, counts, devices), *airflow_notes(switches, site.switch_ports_face))
    return runs.plan(links, notes)


def link_all(
    design: FabricDesign,
    counts: FabricCounts,
    devices: dict[str, Device],
    products: Products,
    existing: Sequence[ExistingSwitch] = (),
    storage_first_port: int = 0,
) -> Iterator[Link]:
    """Every link of every fabric in the counts, in a fixed order, without lengths or products."""
    wirer = Wirer(devices, partial(bank_of, products), storage_first_port=storage_first_port)
    if counts.links_of(COMPUTE, "node-leaf"):
        yield from _compute_links(design, counts, wirer, products)
    if design.storage is not None:
        if counts.switches_of("storage-leaf"):
            yield from _storage_links(design, design.storage, counts, wirer)
        elif (join := counts.joined("storage")) is not None:
            yield from _joined_storage(design.storage, counts, wirer, join)
    network = design.in_band or design.converged
    join = counts.joined(network.role) if network is not None else None
    if network is not None and counts.switches_of(f"{network.role}-leaf"):
        yield from _paired_links(network, counts, wirer)
    elif network is not None and join is not None:
        groups = _paired_groups(network, counts, wirer)
        yield from joined_links(wirer, network.role, groups, join.ends_at(network.link_gbit_s))
    yield from _out_of_band(design, counts, wirer, join, existing)


def _out_of_band(
    design: FabricDesign, counts: FabricCounts, wirer: Wirer, in_band: Join | None, existing: Sequence[ExistingSwitch]
) -> Iterator[Link]:
    """Management links; uplinks to the leaves of the in-band network, or to the switches that it joins."""
    network, switches, free = design.out_of_band, ids_of(wirer.devices, "out-of-band-leaf"), management_ends(existing)
    if network is None or not (switches or free):
        return
    ports = {entry.tier: entry.count for entry in counts.links if entry.fabric == "out-of-band"}
    leaves = [name for role in IN_BAND_ROLES for name in ids_of(wirer.devices, f"{role}-leaf")]
    tiers = in_band.ends_at(network.uplink_gbit_s) if in_band is not None else ()  # uplinks are the last of them
    yield from out_of_band_links(wirer, network, ports, switches, leaves, free, tiers[-1] if tiers else ())


def bank_of(products: Products, device: Device, fabric: str, links: int, speed_gbit_s: float) -> Bank:
    """The cages of a device for the links of one fabric at a speed."""
    switch = products.switches.get(device.product)
    if switch is None:
        if fabric == "out-of-band":
            return usual_bank(max(1, links), speed_gbit_s)
        return device_bank(ports_of(device.product, products), fabric, max(1, links), speed_gbit_s)
    if fabric == "out-of-band" and not device.role.startswith("out-of-band") and speed_gbit_s == 1:
        return usual_bank(max(1, links), speed_gbit_s)  # its management ports
    return switch_bank(switch, speed_gbit_s)


def _compute_links(design: FabricDesign, counts: FabricCounts, wirer: Wirer, products: Products) -> Iterator[Link]:
    join = counts.joined(COMPUTE)
    if join is not None:
        yield from _joined_compute(wirer, join)
        return
    managed = counts.links_of(COMPUTE, "manager") > 0
    growth: Growth = "right-size" if counts.growth == "right-size" else "full-unit"
    compute = compute_of(design, counts.systems, growth, managed)
    stage = compute.stage
    if isinstance(stage, Pair):
        yield from pair_links(wirer, stage, counts.systems, counts.links_of(COMPUTE, "isl"))
    elif isinstance(stage, Tree) and compute.shape is not None:
        yield from tree_links(design, stage, compute.shape, counts.systems, tree_banks(stage, wirer))
        manager = linked_manager(stage, compute.shape)
        if managed and manager is not None:
            yield from _manager_links(stage, compute, manager, wirer, products)


def _joined_compute(wirer: Wirer, join: Join) -> Iterator[Link]:
    """Every compute port of each system to its leaf of the standing unit."""
    for dealt in join.dealt:
        for name, ends in zip(ids_of(wirer.devices, SYSTEM), dealt.ends, strict=True):
            group = Group("node-leaf", (name,), len(ends), dealt.speed_gbit_s)
            yield from joined_links(wirer, COMPUTE, [group], [ends])


def tree_banks(tree: Tree, wirer: Wirer) -> TreeBanks:
    """The cages of a tree: downlinks of a leaf first, uplinks in the cages after them.

    Raises:
        InputError: a switch product that the catalog lacks or that cannot make the ports.
    """
    leaf = wirer.devices[device_id("compute-leaf", 1)]
    down = wirer.sockets(leaf, COMPUTE, 0, tree.link_gbit_s)
    up = wirer.sockets(leaf, COMPUTE, 0, tree.uplink_gbit_s)
    used = -(-tree.leaf.down // down.socket.lanes)
    if used + -(-tree.leaf.up // up.socket.lanes) > down.cages:
        raise InputError.of(
            f"switch {tree.leaf.switch}: breakout",
            f"{tree.leaf.down} links down and {tree.leaf.up} up on {down.cages} cages",
            "no more cages than the switch has",
            "use a higher oversubscription or another switch",
        )
    spine = Device("", "", tree.spine.switch)
    core = Device("", "", tree.core.switch if tree.core else tree.spine.switch)
    system = wirer.devices[device_id(SYSTEM, 1)]
    all_links = tree.planes * tree.links_per_system
    return TreeBanks(
        wirer.sockets(system, COMPUTE, all_links, tree.link_gbit_s),
        down,
        Bank(down.first_cage + used, up.cages - used, up.socket),
        wirer.sockets(spine, COMPUTE, 0, tree.uplink_gbit_s),
        wirer.sockets(core, COMPUTE, 0, tree.uplink_gbit_s),
    )


def _manager_links(tree: Tree, compute: Compute, manager: Manager, wirer: Wirer, products: Products) -> Iterator[Link]:
    """Fabric manager links: to the switch's own port, to spare cages, or to the leaf ports of a displaced system."""
    shape = compute.shape
    names = ids_of(wirer.devices, "compute-manager")
    if shape is None or not names:
        return
    speed, links = manager.link_gbit_s, manager.links
    each = -(-links // len(names))
    for index in range(links):
        name, own = names[index // each], index % each + 1
        leaf, cage, lane = _manager_port(tree, shape, manager, index, products)
        yield Link(COMPUTE, "manager", speed, name, own, 1, device_id("compute-leaf", leaf + 1), cage, lane)


def _manager_port(
    tree: Tree, shape: TreeShape, manager: Manager, index: int, products: Products
) -> tuple[int, int, int]:
    """(leaf, cage, lane) of the n-th manager link. Lanes of a split port count at the split's speed."""
    switch = products.switches[tree.leaf.switch]
    if manager.dedicated_ports:
        return index % shape.leaves, switch_bank(switch, manager.link_gbit_s, "ufm").first_cage, 1
    bank = switch_bank(switch, tree.link_gbit_s)
    cable, branch = divmod(index, manager.links_per_cable)
    if tree.leaf.spare:
        first = -(-(tree.leaf.down + tree.leaf.up) // bank.socket.lanes)
        return 0, bank.first_cage + first + cable, branch + 1
    leaf = shape.leaves - 1 - cable % shape.leaves
    cage, lane = bank.at(tree.leaf.down - 1)
    return leaf, cage, (lane - 1) * manager.links_per_cable + branch + 1


def _storage_links(design: FabricDesign, fabric: StorageFabric, counts: FabricCounts, wirer: Wirer) -> Iterator[Link]:
    """Systems on the leaves of their island, storage and servers on all leaves in turn."""
    leaves, spines = ids_of(wirer.devices, "storage-leaf"), ids_of(wirer.devices, "storage-spine")
    islands = storage_islands(design, counts, counts.links_of("storage", "storage-leaf"))
    systems, speed, first = ids_of(wirer.devices, SYSTEM), fabric.link_gbit_s, 0
    for island in islands:
        own = leaves[first : first + island.leaves]
        share = systems[len(systems) * first // len(leaves) : len(systems) * (first + island.leaves) // len(leaves)]
        group = Group("node-leaf", tuple(share), len(share) * fabric.ports_per_system, speed)
        yield from spread_over_leaves(wirer, "storage", [group], own)
        first += island.leaves
    groups = (
        _group(counts, wirer, "storage", "storage-leaf", STORAGE, speed),
        _group(counts, wirer, "storage", "server-leaf", SERVER, speed / 2, per_cable=2),
        _group(counts, wirer, "storage", "manager", "storage-manager", speed / 2, per_cable=2),
    )
    yield from spread_over_leaves(wirer, "storage", groups, leaves)
    first = above = 0
    for island in islands:
        lower, upper = leaves[first : first + island.leaves], spines[above : above + island.spines]
        yield from striped(wirer, "storage", speed, lower, upper, island.uplinks)
        first, above = first + island.leaves, above + island.spines


def _joined_storage(fabric: StorageFabric, counts: FabricCounts, wirer: Wirer, join: Join) -> Iterator[Link]:
    """Systems and storage, then servers at half the speed, to the free ports of switches that stand."""
    speed = fabric.link_gbit_s
    groups = (
        _group(counts, wirer, "storage", "node-leaf", SYSTEM, speed),
        _group(counts, wirer, "storage", "storage-leaf", STORAGE, speed),
    )
    yield from joined_links(wirer, "storage", groups, join.ends_at(speed))
    servers = _group(counts, wirer, "storage", "server-leaf", SERVER, speed / 2)
    yield from joined_links(wirer, "storage", [servers], join.ends_at(speed / 2))


def _paired_groups(network: PairedLeaves, counts: FabricCounts, wirer: Wirer) -> list[Group]:
    role, speed = network.role, network.link_gbit_s
    return [
        _group(counts, wirer, role, "node-leaf", SYSTEM, speed),
        _group(counts, wirer, role, "server-leaf", SERVER, speed),
        _group(counts, wirer, role, "storage-leaf", STORAGE, speed),
    ]


def _paired_links(network: PairedLeaves, counts: FabricCounts, wirer: Wirer) -> Iterator[Link]:
    role, speed = network.role, network.link_gbit_s
    leaves, spines = ids_of(wirer.devices, f"{role}-leaf"), ids_of(wirer.devices, f"{role}-spine")
    shared = counts.switches_of("compute-leaf") == 0 and counts.joined(COMPUTE) is None
    groups = _paired_groups(network, counts, wirer)[1 if shared else 0 :]
    yield from spread_over_pairs(wirer, role, groups, leaves, network.leaf_down)
    isl = 0 if shared else counts.links_of(role, "isl")
    yield from isl_links(wirer, role, network.isl_gbit_s or speed, leaves, isl)
    wirer.close(leaves)
    up = counts.links_of(role, "leaf-spine")
    yield from striped(wirer, role, network.uplink_gbit_s or speed, leaves, spines, up)


def _group(
    counts: FabricCounts, wirer: Wirer, fabric: str, tier: str, role: str, speed: float, *, per_cable: int = 1
) -> Group:
    return Group(tier, tuple(ids_of(wirer.devices, role)), counts.links_of(fabric, tier), speed, per_cable)


def _check_placed(links: list[Link], placement: Mapping[str, Position]) -> None:
    missing = sorted({name for link in links for name in (link.a, link.b) if name not in placement})
    if missing:
        raise InputError.of(
            "cabling: placement",
            f"{len(missing)} devices without a position, the first {missing[0]}",
            "a position for every device",
            "place the racks first",
        )


def _check_zones(design: FabricDesign, links: list[Link], devices: Mapping[str, Device], products: Products) -> None:
    """Breakouts of neighbouring cages against the ports of the pipeline they share."""
    for zone in design.zones:
        splits: dict[str, dict[int, int]] = {}
        for link in links:
            for name, cage in ((link.a, link.a_cage), (link.b, link.b_cage)):
                management = link.fabric == "out-of-band" and link.speed_gbit_s == 1
                stands = devices[name].role == EXISTING  # its free ports run as the request says
                if devices[name].product == zone.switch and not management and not stands:
                    bank = switch_bank(products.switches[zone.switch], link.speed_gbit_s)
                    splits.setdefault(name, {})[cage] = bank.socket.lanes
        for cages in splits.values():
            check_zones(cages, zone.cages, zone.max_logical_ports)


def notes_of(design: FabricDesign, counts: FabricCounts, devices: dict[str, Device]) -> tuple[CablingNote, ...]:
    """What the links leave out or cannot keep."""
    notes = [CablingNote("counts", sentence("cable.unknown", what=what)) for what in counts.unknown]
    for role, tiers in ((STORAGE, ("storage-leaf",)), (SERVER, ("server-leaf",))):
        links = sum(e.count for e in counts.links if e.tier in tiers)
        if links and not ids_of(devices, role):
            text = sentence("cable.no-endpoint", links=links, tier=tiers[0], role=role)
            notes.append(CablingNote("endpoints", text))
    boxes = ids_of(devices, STORAGE)
    if boxes and 0 < sum(e.count for e in counts.links if e.tier == "storage-leaf") < 2 * len(boxes):
        text = sentence("cable.one-path", storage=devices[boxes[0]].product, design=counts.design)
        notes.append(CablingNote("storage-paths", text))
    outside = sum(e.count for e in counts.links if e.tier in ("site", "manager-back-to-back"))
    if outside:
        notes.append(CablingNote("endpoints", sentence("cable.outside", links=outside)))
    last = design.compute[-1]
    managed = counts.links_of(COMPUTE, "manager") > 0
    if managed and isinstance(last, Tree) and last.manager and not last.manager.dedicated_ports and not last.leaf.spare:
        notes.append(CablingNote("R5", sentence("cable.shared-cage")))
    return tuple(notes)
