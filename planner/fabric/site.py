"""All fabrics of a site: compute, storage, in-band and out-of-band. Pure arithmetic on a design and a few counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from planner.catalog.fabrics import FabricDesign, Growth, OutOfBand, PairedLeaves
from planner.fabric.compute_joining import join_compute, on_standing_leaves
from planner.fabric.counts import (
    FabricCounts,
    FabricNote,
    Part,
    SwitchCount,
    added,
    cable_counts,
    fixed_cables,
    link_counts,
)
from planner.fabric.design import count_fabric
from planner.fabric.joining import IN_BAND, STORAGE, FreePorts, Join, Wanted, join
from planner.fabric.paired import Attached, joined_part, links_to_join, paired_leaves_part
from planner.fabric.storage import joined_part as joined_storage
from planner.fabric.storage import storage_islands, storage_part
from planner.wording import sentence

OUT_OF_BAND = "out-of-band"


@dataclass(frozen=True)
class Endpoints:
    """What a site connects besides systems. None means: as the design says.

    `storage_ports` are ports of storage in the storage fabric (at its link speed), `storage_controllers` the boxes
    that need an out-of-band port each, `other_ports` anything else with a 1G port (CDUs, sensors, consoles).
    `existing_ports` are free 1G ports of switches that stand already: they are used before any switch is added. `free`
    are those for other networks, which join them whole or not at all.
    """

    storage_ports: int | None = None
    storage_controllers: int = 0
    management_servers: int | None = None
    pdus: int | None = None
    other_ports: int = 0
    headroom_share: float | None = None
    existing_ports: int = 0
    free: tuple[FreePorts, ...] = ()


@dataclass(frozen=True)
class Network:
    """What one network adds, and how it joins switches that stand, where they have ports for it."""

    part: Part = field(default_factory=Part)
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True)
class OutOfBandPorts:
    """1G ports by what needs them."""

    systems: int
    fabric_switches: int
    in_band_switches: int
    managers_and_servers: int
    storage_controllers: int
    pdus: int
    fixed: int
    other: int

    @property
    def total(self) -> int:
        """All ports."""
        return (
            self.systems + self.fabric_switches + self.in_band_switches + self.managers_and_servers
            + self.storage_controllers + self.pdus + self.fixed + self.other
        )  # fmt: skip


def count_site_fabrics(
    design: FabricDesign,
    systems: int,
    endpoints: Endpoints | None = None,
    *,
    growth: Growth | None = None,
    others: Mapping[str, FabricDesign] | None = None,
) -> FabricCounts:
    """Every fabric of a site in one `FabricCounts`.

    Raises:
        InputError: as `count_fabric`, or an in-band or storage network that outgrows its spines.
    """
    wanted = endpoints or Endpoints()
    base = count_fabric(design, systems, growth=growth, others=others)
    if design.in_band is None and design.converged is not None:
        base = _without_converged(base)
    compute = join_compute(design, systems, wanted.free)
    if compute is not None and compute[0].joined:
        base = on_standing_leaves(base, compute[1])
    servers = management_servers(design, wanted)
    storage = _storage(design, base, servers, wanted)
    rest = _in_band_and_out_of_band(design, base, storage.part, servers, wanted)
    part = added([storage.part, rest.part])
    unknown = tuple(f"compute {what}" for what in base.unknown)
    return replace(
        base,
        switches=base.switches + part.switches,
        links=base.links + part.links,
        modules=base.modules + part.modules,
        cables=base.cables + part.cables,
        appliances=base.appliances + part.appliances,
        unknown=unknown,
        notes=base.notes + part.notes,
        joins=(() if compute is None else (compute[0],)) + storage.joins + rest.joins,
    )


def management_servers(design: FabricDesign, endpoints: Endpoints) -> int:
    """Servers that run the cluster."""
    given = endpoints.management_servers
    return design.management.servers if given is None else given


def compute_racks(design: FabricDesign, systems: int) -> int:
    """Racks of systems as the published design fills them."""
    return -(-systems // design.racks.systems_per_rack)


def design_pdus(design: FabricDesign, systems: int) -> tuple[int, int]:
    """(rack PDUs in racks of systems, rack PDUs in management racks) of the published design."""
    racks = design.racks
    return compute_racks(design, systems) * racks.pdus_per_rack, racks.management_racks * racks.pdus_per_management_rack


def _storage(design: FabricDesign, base: FabricCounts, servers: int, endpoints: Endpoints) -> Network:
    """The storage fabric for systems, storage and the management servers that mount it."""
    fabric = design.storage
    if fabric is None:
        return Network()
    ports = endpoints.storage_ports
    if ports is None:
        ports = fabric.storage_ports_per_unit * max(1, base.sus)
    of_servers = _servers_in_storage(design, servers)
    nodes, split = base.systems * fabric.ports_per_system, sum(entry.count for entry in of_servers.links)
    wanted = [Wanted(fabric.link_gbit_s, (nodes, ports)), Wanted(fabric.link_gbit_s / 2, (split,))]
    verdict = join(endpoints.free, STORAGE, STORAGE, fabric.technology, wanted)
    if verdict is not None and verdict.joined:
        return Network(joined_storage(fabric, base.systems, ports) + of_servers, (verdict,))
    own = storage_part(fabric, base.systems, ports, storage_islands(design, base, ports))
    return Network(own + of_servers, () if verdict is None else (verdict,))


def _servers_in_storage(design: FabricDesign, servers: int) -> Part:
    """Management servers that mount the storage: each cable splits into two half-speed links."""
    cables = servers * design.management.storage_cables_each
    if design.storage is None or not cables:
        return Part()
    links = link_counts(STORAGE, ("server-leaf", design.storage.link_gbit_s / 2, 2 * cables))
    product = design.storage.storage_cable or design.storage.optics.fibre
    return Part(links=links, cables=fixed_cables(STORAGE, ("server-leaf", product, 2 * cables, 2)))


def _in_band_and_out_of_band(
    design: FabricDesign, base: FabricCounts, storage: Part, servers: int, endpoints: Endpoints
) -> Network:
    """Both networks: each out-of-band switch needs in-band ports, each in-band switch an out-of-band port."""
    server_ports = servers * design.management.in_band_ports_each
    attached = Attached(server_ports, 0 if design.storage else endpoints.storage_ports or 0)
    network = design.out_of_band
    if network is None:
        return _in_band(design, base, attached, endpoints.free)
    out_switches = 0
    while True:
        uplinks = replace(attached, switch_uplinks=out_switches * network.uplinks_per_switch)
        in_band = _in_band(design, base, uplinks, endpoints.free)
        switches = added([storage, in_band.part])
        ports = _out_of_band_ports(design, network, base, switches, servers=servers, wanted=endpoints)
        needed = out_of_band_switches(network, ports.total, endpoints)
        if needed <= out_switches:
            out_of_band = out_of_band_part(network, ports, out_switches) + _manager_extras(design, base, storage)
            return Network(in_band.part + out_of_band, in_band.joins)
        out_switches = needed


def _in_band(design: FabricDesign, base: FabricCounts, attached: Attached, free: tuple[FreePorts, ...]) -> Network:
    """The network that servers and, without a storage fabric, storage attach to."""
    network = design.in_band or design.converged
    if network is None:
        return Network()
    if design.in_band is None and base.switches_of("converged-leaf"):
        return Network(_on_the_compute_pair(network, attached))
    ports = base.systems * network.ports_per_system
    speed = design.out_of_band.uplink_gbit_s if design.out_of_band is not None else network.link_gbit_s
    wanted = links_to_join(network, ports, attached, speed)
    verdict = join(free, IN_BAND, network.role, network.technology, wanted)
    if verdict is not None and verdict.joined:
        return Network(joined_part(network, ports, attached), (verdict,))
    return Network(paired_leaves_part(network, ports, attached), () if verdict is None else (verdict,))


def _on_the_compute_pair(network: PairedLeaves, attached: Attached) -> Part:
    """A converged network whose switches are those of the compute fabric: what attaches to them besides systems."""
    links = link_counts(
        network.role,
        ("server-leaf", network.link_gbit_s, attached.servers),
        ("storage-leaf", network.link_gbit_s, attached.storage),
    )
    cables = cable_counts(network.role, *((entry.tier, network.optics.fibre, entry.count, 1) for entry in links))
    return Part(links=links, cables=cables)


def _without_converged(base: FabricCounts) -> FabricCounts:
    """The compute fabric alone; the converged network is counted again with what else attaches to it."""
    if base.switches_of("compute-leaf") == 0:
        return base
    return replace(
        base,
        switches=tuple(entry for entry in base.switches if not entry.role.startswith("converged")),
        links=tuple(entry for entry in base.links if entry.fabric != "converged"),
        modules=tuple(entry for entry in base.modules if entry.fabric != "converged"),
        cables=tuple(entry for entry in base.cables if entry.fabric != "converged"),
    )


def _out_of_band_ports(
    design: FabricDesign, network: OutOfBand, base: FabricCounts, part: Part, *, servers: int, wanted: Endpoints
) -> OutOfBandPorts:
    held = max(1, base.sus) * design.unit_systems if network.per == "unit" else base.systems
    systems = held * network.ports_per_system
    pdus = sum(design_pdus(design, base.systems)) if wanted.pdus is None else wanted.pdus
    if network.fixed_ports is not None:
        return OutOfBandPorts(
            systems, 0, 0, 0, wanted.storage_controllers, pdus, network.fixed_ports, wanted.other_ports
        )
    in_band = sum(entry.count for entry in part.switches if entry.role.startswith(("in-band", "converged")))
    storage = sum(entry.count for entry in part.switches) - in_band
    managers = sum(entry.count for entry in base.appliances + part.appliances)
    return OutOfBandPorts(
        systems, base.switch_total + storage, in_band, managers + servers, wanted.storage_controllers, pdus, 0,
        wanted.other_ports,
    )  # fmt: skip


def out_of_band_switches(network: OutOfBand, ports: int, endpoints: Endpoints | None = None) -> int:
    """Switches to add for the ports with headroom (rule R12), and never fewer than the design's minimum.

    Existing switches with free ports count first, and stand for the minimum.
    """
    given = endpoints.headroom_share if endpoints else None
    share = Fraction(str(network.headroom_share if given is None else given))
    wanted = ports * (1 + share)
    if endpoints is not None and endpoints.existing_ports:
        return max(0, math.ceil((wanted - endpoints.existing_ports) / network.ports))
    return max(network.min_switches, -(-wanted.numerator // (wanted.denominator * network.ports)))


def out_of_band_part(network: OutOfBand, ports: OutOfBandPorts, switches: int) -> Part:
    """The switches, one cable for each port by what it serves, and the uplinks to the in-band network."""
    served = (
        ("system", ports.systems),
        ("fabric-switch", ports.fabric_switches),
        ("in-band-switch", ports.in_band_switches),
        ("server", ports.managers_and_servers),
        ("storage", ports.storage_controllers),
        ("pdu", ports.pdus),
        ("fixed", ports.fixed),
        ("other", ports.other),
    )
    uplinks = switches * network.uplinks_per_switch
    links = link_counts(OUT_OF_BAND, *((tier, 1.0, count) for tier, count in served))
    cables = fixed_cables(OUT_OF_BAND, *((tier, network.cable, count, 1) for tier, count in served))
    links += link_counts(OUT_OF_BAND, ("uplink", network.uplink_gbit_s, uplinks))
    cables += fixed_cables(OUT_OF_BAND, ("uplink", network.uplink_cable, uplinks, 1))
    return Part((SwitchCount("out-of-band-leaf", network.switch, switches),), links, (), cables)


def _manager_extras(design: FabricDesign, base: FabricCounts, storage: Part) -> Part:
    """Cables that join the two fabric managers of a fabric back to back; they use no switch port."""
    pairs = sum(entry.count // 2 for entry in base.appliances + storage.appliances)
    back = pairs * design.management.back_to_back_per_manager_pair
    if not back or design.out_of_band is None:
        return Part()
    note = FabricNote("R12", sentence("network.back-to-back", cables=back))
    cables = fixed_cables(OUT_OF_BAND, ("manager-back-to-back", design.out_of_band.cable, back, 1))
    return Part(links=link_counts(OUT_OF_BAND, ("manager-back-to-back", 1.0, back)), cables=cables, notes=(note,))
